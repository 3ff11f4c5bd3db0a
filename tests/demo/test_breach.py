"""The failing box: under the limit on the road and past its two hours at the door, on whatever day."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from api.demo.breach import TOLD_WITHIN, breach_of, choose_breach
from api.demo.cast import choose_cast
from api.demo.legs import FREE_WINDOW, Leg, legs_of
from telemetry.simulate import SimBox, core_at

NINE_AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
LIMIT_C = 60.0
ACCURACY_C = 1.0


def minutes(count: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


def leg_of(waits: int, road: int, held: int, *, code: str = "X01", **box: Any) -> Leg:
    """A box packed at nine that waits for its van, is on the road, and whose food was held before packing."""
    leaves_at, signed_at = NINE_AT + minutes(waits), NINE_AT + minutes(waits + road)
    known = {
        "box_id": code,
        "code": code,
        "kind": "bulk",
        "hold_class": "hot",
        "site_id": f"site-{code}",
        "sensor_id": f"sensor-{code}",
        "senses": "core",
        "portions": 30,
        "second_leg": False,
        "batch_ids": [f"batch-{code}"],
        "packed_at": NINE_AT.isoformat(),
        "cooked_at": (NINE_AT - minutes(held)).isoformat(),
    }
    ends_at = signed_at + minutes(60)
    return Leg(known | box, leaves_at, signed_at, ends_at, ends_at)


def sound(leg: Leg, ambient_c: float = 18.0) -> SimBox:
    """Its food and sensor without a fault."""
    return SimBox(leg.box["sensor_id"], "core", "core", NINE_AT, 82.0, ambient_c, (), leg.back_at)


@settings(max_examples=40)
@given(st.integers(2, 60), st.integers(12, 90), st.integers(0, 90), st.floats(15, 21), st.integers(0, 10**6))
def test_the_box_is_told_on_the_road_and_refused_at_the_door(
    waits: int, road: int, held: int, ambient_c: float, seed: int
) -> None:
    """
    Tests for any way with time to cool that the core is over the limit when the van leaves, proven to be
    under it two ticks before the door, and that the two hours are over by then.
    """
    leg = leg_of(waits, road, held)
    breach = breach_of(leg, sound(leg, ambient_c), seed)
    if breach is None:
        assert waits + road < 35
        return
    assert core_at(breach.box, leg.leaves_at, seed) > LIMIT_C - ACCURACY_C
    assert leg.leaves_at < breach.passes_at <= leg.signed_at - TOLD_WITHIN
    assert core_at(breach.box, breach.passes_at, seed) < LIMIT_C - ACCURACY_C
    assert core_at(breach.box, leg.signed_at, seed) < LIMIT_C - ACCURACY_C
    assert leg.check_at - breach.earlier <= leg.signed_at - TOLD_WITHIN


def test_the_plan_is_changed_as_little_as_can_be() -> None:
    """
    Tests that a box past its two hours on the road goes before those whose food must be cooked earlier.
    """
    fitting = leg_of(20, 60, 45, code="X01")
    others = [leg_of(20, 60, 5 * n, code=f"X1{n}") for n in range(5)]
    legs = [*others, fitting]
    boxes = {leg.box["box_id"]: sound(leg) for leg in legs}
    chosen = {choose_breach(legs, boxes, random.Random(seed), 1).leg.box["code"] for seed in range(30)}
    assert chosen == {"X01", "X14", "X13"}
    assert choose_breach([leg_of(20, 60, 0, senses="air")], boxes, random.Random(1), 1) is None


def test_small_boxes_fail_only_where_there_is_no_full_one() -> None:
    """
    Tests that the refused box matters to somebody.
    """
    small, full = leg_of(20, 60, 60, code="X01", portions=3), leg_of(20, 60, 0, code="X02")
    boxes = {leg.box["box_id"]: sound(leg) for leg in (small, full)}
    assert choose_breach([small, full], boxes, random.Random(1), 1).leg is full
    assert choose_breach([small], boxes, random.Random(1), 1).leg is small


def test_the_first_batch_comes_off_the_heat_so_much_earlier() -> None:
    """
    Tests the parts of a day of one box, whose two hours would end long after its hand-over.
    """
    leg = leg_of(20, 60, 10)
    stop = {
        "site_id": leg.box["site_id"],
        "leave_at": leg.signed_at.isoformat(),
        "serving_ends_at": leg.ends_at.isoformat(),
        "second_leg_ends_at": leg.signed_at.isoformat(),
        "box_ids": ["X01"],
    }
    cooked_at = NINE_AT - minutes(10)
    batches = [{"batch_id": "batch-X01", "ready_at": cooked_at.isoformat()}]
    trips = [{"depart_at": leg.leaves_at.isoformat(), "stops": [stop]}]
    board = {"boxes": [leg.box], "batches": batches, "trips": trips}
    assert legs_of(board) == [leg]
    cast = choose_cast(board, 7)
    assert (cast.failing, cast.silent, cast.offline_site) == ("X01", None, None)
    assert cast.cooked_at == {"batch-X01": leg.signed_at - TOLD_WITHIN - FREE_WINDOW}
