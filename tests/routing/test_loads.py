"""Tests of turning boxes into stops."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import time

import pytest

from kitchen.boxes import Box
from orders.sites import Access, Hours, Kitchen, Place, Site
from routing.loads import NO_EMPTIES, Empties, build_problem, empties_of
from routing.problem import Load, Window
from routing.travel import TravelParams, straight_line
from tests.kitchen.builders import SERVICE, carrier, site
from tests.routing.by_hand import MINUTE, at, van

KITCHEN = Kitchen("K1", "K", "collective_meal_delivery", "JY", Place(24.3, 109.4), "Asia/Shanghai", "", "")
CANTEEN = site("C01", place=Place(24.32, 109.42))
HOME = site(
    "H-LZ2",
    kind="home",
    place=Place(24.31, 109.41),
    unload_s=120,
    hours=Hours(time(10), time(12), time(10), 20),
)
BULK = Box(
    "x1",
    "X01",
    "G1",
    "bulk",
    "C01",
    "C01",
    "hot",
    ("l1",),
    ("b1",),
    cooked_s=at("09:00"),
    packed_s=at("09:12"),
    release_s=at("09:20"),
    eat_by_s=at("13:00"),
    deliver_by_s=at("12:15"),
    gross_g=30_000,
    units=3,
)
BAG = replace(BULK, box_id="x2", code="X02", kind="bag", second_leg=True, gross_g=5_000, units=1)
DIRECT = replace(BULK, box_id="x3", code="X03", kind="bag", site_id="H-LZ2", stop_id="H-LZ2")


def build(*boxes: Box, canteen: Site = CANTEEN, empties: Mapping[str, Empties] = NO_EMPTIES, **room: int):
    sites = {"C01": canteen, "H-LZ2": HOME}
    return build_problem(SERVICE, KITCHEN, boxes, sites, [van(**room)], TravelParams(), empties)


def test_boxes_of_one_place_are_one_stop() -> None:
    """Tests that a canteen's bulk box and its volunteers' bag travel to one stop, the home to its own."""
    problem = build(DIRECT, BULK, BAG)
    assert [(stop.stop_id, [load.box_id for load in stop.boxes]) for stop in problem.stops] == [
        ("C01", ["x1", "x2"]),
        ("H-LZ2", ["x3"]),
    ]
    assert problem.service_key == SERVICE.key
    ways = straight_line([KITCHEN.place, CANTEEN.place, HOME.place], TravelParams())
    assert problem.travel.block(range(3)).duration_s.tolist() == ways.duration_s.tolist()


def test_a_stop_carries_its_sites_hours_on_the_clock_of_the_service() -> None:
    """Tests windows and serving as seconds from local midnight."""
    (stop,) = build(BULK).stops
    assert (stop.open_s, stop.close_s, stop.unload_s) == (at("10:20"), at("11:25"), 300)
    assert (stop.serving_starts_s, stop.serving_s) == (at("11:30"), 45 * MINUTE)


def test_only_boxes_that_go_on_have_a_second_leg() -> None:
    """Tests the food's clock of a bulk box and of a volunteers' bag of the same stop."""
    (stop,) = build(BULK, BAG).stops
    clock = (at("09:20"), at("12:15"), at("13:00"))
    assert stop.boxes == (Load("x1", 3, 30_000, *clock), Load("x2", 1, 5_000, *clock, 35 * MINUTE))


def test_a_stop_carries_what_its_site_asks_for() -> None:
    """Tests a canteen on the third floor without a lift, with a second window, a cold box and its drivers."""
    asks = Access(3, needs=frozenset({"lift"}), familiar=frozenset({"V1"}), priority=2)
    hours = replace(CANTEEN.hours, more_windows=((time(13), time(14)),))
    problem = build(replace(BULK, hold_class="cold"), canteen=replace(CANTEEN, access=asks, hours=hours))
    (stop,) = problem.stops
    assert stop.windows == (Window(at("10:20"), at("11:25")), Window(at("13:00"), at("14:00")))
    assert (stop.unload_box_s, stop.needs, stop.familiar, stop.priority) == (90, {"lift"}, {"V1"}, 2)
    assert stop.boxes[0].cold and not build(BULK).stops[0].boxes[0].cold


@pytest.mark.parametrize(
    ("access", "seconds"),
    [(Access(), 0), (Access(2), 60), (Access(-1), 30), (Access(6, lift=True), 15), (Access(2, False, 5), 5)],
)
def test_a_floor_costs_seconds_for_each_box(access: Access, seconds: int) -> None:
    """Tests stairs up and down, a lift, and seconds that were measured."""
    assert access.box_s == seconds


def test_the_kitchens_docks_bound_the_loading() -> None:
    """Tests the depot of a kitchen with docks."""
    wide = replace(KITCHEN, docks=2)
    problem = build_problem(SERVICE, wide, [BULK], {"C01": CANTEEN}, [van()], TravelParams())
    assert problem.depot.docks == 2


def test_empties_come_back_as_far_as_the_boxes_leave_room() -> None:
    """Tests carriers that wait at a canteen: all, as many as its boxes, or as its smallest box."""
    waiting = {"C01": Empties(2, 9_000)}
    (stop,) = build(BULK, BAG, empties=waiting).stops
    assert (stop.empties_units, stop.empties_weight_g) == (2, 9_000)
    (stop,) = build(BULK, BAG, empties={"C01": Empties(9, 90_000)}).stops
    assert (stop.empties_units, stop.empties_weight_g) == (4, 35_000)
    (stop,) = build(BULK, BAG, empties=waiting, units=3).stops
    assert (stop.empties_units, stop.empties_weight_g) == (1, 5_000)
    carriers = {"G1": carrier("G1")}
    assert empties_of(["G1", "?"], carriers) == Empties(3, 9_000)


def test_nothing_boxed_is_nothing_to_drive() -> None:
    """Tests that a day without boxes is a problem without stops."""
    assert build().stops == ()


def test_a_box_to_nowhere_is_a_slip() -> None:
    """Tests that a box for an unknown site is not left out in silence."""
    with pytest.raises(KeyError):
        build(replace(BULK, site_id="C99", stop_id="C99"))
