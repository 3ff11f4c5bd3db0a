"""Spare portions in boxes: where there is room, never before or instead of what was ordered."""

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from kitchen.batches import ExtraParams, plan_batches
from kitchen.box_clock import PackParams
from kitchen.boxes import Spare
from kitchen.demand import Portion, cook_order
from kitchen.equipment import Slot
from kitchen.packer import PackTask
from kitchen.packing import PackPlan, pack
from kitchen.pans import PanLine, pan_runs, with_spare
from kitchen.spare import shares, still_spare
from tests.kitchen.builders import SERVICE, batch, carrier, dish, gb, ids, pans, portions, site

PARAMS = PackParams(pack_s=720, load_s=480, core_c=82.0, ambient_c=18.0)
NINE_THIRTY_S = 34_200
SITES = {"C01": site(), "C02": site("C02", form="packed")}


def packed(asked, carriers, wanted, *, apart_s=0, spare=True) -> tuple[PackPlan, dict[str, int]]:
    """Packs what is cooked, with so much for walk-ins by site and dish; and the buffer of each batch."""
    dishes = {portion.dish_id: dish(portion.dish_id) for portion in asked}
    total = Counter[str]()
    for own in wanted.values():
        total.update(own)
    extras = ExtraParams(0, buffer=dict(total), buffer_at=wanted)
    batches = plan_batches(cook_order(asked, SITES), dishes, pans(1), extras, ids("b")).batches
    slots = [
        Slot(one.batch_id, "E1", NINE_THIRTY_S + apart_s * i - one.cook_s, NINE_THIRTY_S + apart_s * i)
        for i, one in enumerate(batches)
    ]
    given_to = shares(batches, {slot.batch_id: slot.ready_s for slot in slots}, asked, wanted)
    task = PackTask(SERVICE, asked, batches, slots, carriers, SITES, dishes, gb(), given_to if spare else {})
    buffer = {one.batch_id: one.extra_portions for one in batches}
    return pack(task, PARAMS, ids("x")), buffer


def test_spare_lies_in_the_pans_of_its_dish_and_is_weighed() -> None:
    """Tests two portions for walk-ins beside ten ordered ones: one box, 150 g each more."""
    plan, _ = packed(portions(10), [carrier("G1"), carrier("G2")], {"C01": {"D1": 2}})
    (box,) = plan.boxes
    assert (box.portions, box.spare_portions, len(box.line_ids)) == (12, 2, 10)
    assert box.gross_g == 9_000 + 12 * 150
    assert plan.spare_left == {}


def test_spare_takes_a_carrier_only_after_all_that_was_ordered() -> None:
    """Tests a full box: spare gets the next carrier, and stays behind where there is none."""
    asked = portions(160)
    two, _ = packed(asked, [carrier("G1"), carrier("G2")], {"C01": {"D1": 3}})
    assert [(len(box.line_ids), box.spare_portions) for box in two.boxes] == [(160, 0), (0, 3)]
    assert two.boxes[1].code == "X02" and two.boxes[1].gross_g == 9_000 + 450
    one, _ = packed(asked, [carrier("G1")], {"C01": {"D1": 3}})
    assert (one.spare_left, one.excepted) == ({"C01": 3}, ())


def test_whole_meals_are_spare_where_meals_are_packed() -> None:
    """Tests that a carrier of ten meals with nine orders takes one more meal of both dishes and no second."""
    asked = [Portion(f"L{i}{name}", f"O{i}", f"P{i}", "C02", name) for i in range(9) for name in ("D1", "D2")]
    plan, _ = packed(asked, [carrier("P1", "packed")], {"C02": {"D1": 2, "D2": 2}})
    (box,) = plan.boxes
    assert Counter(one.dish_id for one in box.spare for _ in range(one.portions)) == {"D1": 1, "D2": 1}
    assert plan.spare_left == {"C02": 2}


def test_each_canteens_spare_comes_from_the_cook_of_its_food() -> None:
    """Tests 120 portions for two canteens in pans of 100: each buffer is in a batch that it eats of."""
    asked = [*portions(60), *portions(60, site_id="C02")]
    wanted = {"C01": {"D1": 3}, "C02": {"D1": 3}}
    total = ExtraParams(0, buffer={"D1": 6}, buffer_at=wanted)
    batches = plan_batches(cook_order(asked, SITES), {"D1": dish()}, pans(1), total, ids("b")).batches
    site_of = {one.line_id: one.site_id for one in asked}
    found = shares(batches, {one.batch_id: 0 for one in batches}, asked, wanted)
    eats_of = {one.batch_id: {site_of[line] for line in one.line_ids} for one in batches}
    assert {site: sum(one.portions for one in own) for site, own in found.items()} == {"C01": 3, "C02": 3}
    assert all(site_id in eats_of[one.batch_id] for site_id, own in found.items() for one in own)


def test_what_a_batch_gave_away_is_no_more_spare_in_open_boxes() -> None:
    """Tests that a closed box keeps its spare, and open ones share what is left of the batch's buffer."""
    plan, _ = packed(portions(20), [carrier("G1")], {"C01": {"D1": 4}})
    shut = replace(plan.boxes[0], box_id="shut", spare=(Spare("b1", "D1", 2),))
    open_ = replace(plan.boxes[0], box_id="open", spare=(Spare("b1", "D1", 2),))
    giving = batch(1, extras=())
    with_one = replace(
        giving,
        extras=plan_batches(portions(10), {"D1": dish()}, pans(1), ExtraParams(0, buffer={"D1": 3}), ids("b"))
        .batches[0]
        .extras,
    )
    left = still_spare([shut, open_], [with_one], {"shut"})
    assert left == {"shut": (), "open": (Spare("b1", "D1", 1),)}


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.sampled_from(["C01", "C02"]), st.sampled_from(["D1", "D2", "D3"])),
        min_size=1,
        max_size=90,
        unique=True,
    ),
    st.integers(0, 6),
    st.integers(0, 4),
    st.integers(1, 40),
    st.integers(0, 1_200),
)
def test_spare_never_displaces_what_was_ordered(rows, spare, each, most, apart_s) -> None:
    """
    Tests over random days that with spare each ordered portion is in the same box with the same clock as
    without, no carrier is overfilled, and what is boxed and what is left is what was cooked for walk-ins.
    """
    asked = [
        Portion(f"L{i}", f"O{d}-{where}", f"P{d}-{where}", where, name)
        for i, (d, where, name) in enumerate(rows)
    ]
    carriers = [
        carrier(f"{k}{i}", k, capacity_portions=most) for k in ("bulk", "packed") for i in range(each)
    ]
    here = {where: {name for _, at, name in rows if at == where} for where in {at for _, at, _ in rows}}
    wanted = {where: dict.fromkeys(sorted(names), spare) for where, names in here.items() if spare}
    with_it, buffer = packed(asked, carriers, wanted, apart_s=apart_s)
    without, _ = packed(asked, carriers, wanted, apart_s=apart_s, spare=False)
    clocks = [
        {
            line: (box.code, box.carrier_id, box.cooked_s, box.packed_s, box.eat_by_s, box.deliver_by_s)
            for box in plan.boxes
            for line in box.line_ids
        }
        for plan in (with_it, without)
    ]
    assert clocks[0] == clocks[1]
    assert with_it.excepted_line_ids == without.excepted_line_ids
    boxed = sum(box.spare_portions for box in with_it.boxes)
    assert boxed + sum(with_it.spare_left.values()) == sum(buffer.values())
    of = {one.carrier_id: one for one in carriers}
    dish_of = {one.line_id: one.dish_id for one in asked}
    for box in with_it.boxes:
        held = of[box.carrier_id]
        lines = [PanLine(dish_of[line], "b", 150) for line in box.line_ids]
        more = [PanLine(one.dish_id, "b", 150) for one in box.spare for _ in range(one.portions)]
        assert box.portions <= held.capacity_portions
        assert box.gross_g == held.tare_g + 150 * box.portions <= held.tare_g + held.max_food_g
        assert not held.pans or len(pan_runs(with_spare(lines, more), held.pan_g)) <= held.pans
