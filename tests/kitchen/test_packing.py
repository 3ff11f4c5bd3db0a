"""Packing: each portion in one box of its stop, specials apart, clocks by the rule."""

from dataclasses import replace
from datetime import time
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from kitchen.batches import ExtraParams, plan_batches
from kitchen.box_clock import PackParams
from kitchen.demand import Portion, Size, cook_order
from kitchen.equipment import Slot
from kitchen.packer import PackTask
from kitchen.packing import pack
from kitchen.recipes import Ingredient, portion_g
from orders.sites import Hours
from tests.kitchen.builders import HOUR_S, SERVICE, carrier, dish, gb, ids, pans, portions, site

PARAMS = PackParams(pack_s=720, load_s=480, core_c=82.0, ambient_c=18.0)
NINE_THIRTY_S = 34_200


def packed(asked, carriers, *, ready_s=NINE_THIRTY_S, apart_s=0, sites=None, params=PARAMS, dishes=None):
    """Cooks the portions from ``ready_s`` on, ``apart_s`` between batches, and packs them."""
    dishes = dishes or {portion.dish_id: dish(portion.dish_id) for portion in asked}
    sites = sites or {"C01": site()}
    batches = plan_batches(cook_order(asked, sites), dishes, pans(1), ExtraParams(0), ids("b")).batches
    slots = [
        Slot(item.batch_id, "E1", ready_s + apart_s * i - item.cook_s, ready_s + apart_s * i)
        for i, item in enumerate(batches)
    ]
    task = PackTask(SERVICE, asked, batches, slots, carriers, sites, dishes, gb())
    return pack(task, params, ids("x"))


def test_a_bulk_box_by_hand():
    """
    Tests ten portions of 150 g, cooked 9:30: packed 9:42, away 9:50, eaten by 13:30, 10.5 kg gross.

    The low prediction holds (18 + 64 x 0.94 - 18) / (61.5 - 18) = e^0.3243 of ten hours, 11,675 s after
    packing: to 12:56, so the hand-over must be 45 minutes before that.
    """
    plan = packed(portions(10), [carrier("G1")])
    box = plan.boxes[0]
    assert (box.cooked_s, box.packed_s, box.release_s) == (
        NINE_THIRTY_S,
        NINE_THIRTY_S + 720,
        NINE_THIRTY_S + 1200,
    )
    assert box.eat_by_s == NINE_THIRTY_S + 4 * HOUR_S
    assert abs(box.deliver_by_s - (NINE_THIRTY_S + 720 + 11_675 - 45 * 60)) <= 3
    assert (box.code, box.gross_g, box.units, box.portions) == ("X01", 10_500, 3, 10)
    assert (plan.excepted, plan.findings) == ((), ())


def test_without_a_probe_the_clock_is_two_hours():
    """
    Tests that a carrier without a sensor keeps the short clock, and says that the table closes too late.
    """
    plan = packed(portions(1), [carrier("G1", sensor_id=None, senses=None)])
    assert plan.boxes[0].eat_by_s == NINE_THIRTY_S + 2 * HOUR_S
    assert plan.boxes[0].deliver_by_s == NINE_THIRTY_S + 2 * HOUR_S - 45 * 60
    assert [finding.code for finding in plan.findings] == ["box_clock_too_short"]


def test_a_box_that_cools_too_fast_keeps_the_short_clock():
    """
    Tests that a probe does not help where the prediction fails before the last plate.
    """
    plan = packed(portions(1), [carrier("G1")], params=replace(PARAMS, core_c=66.0))
    assert plan.boxes[0].eat_by_s == NINE_THIRTY_S + 2 * HOUR_S


def test_a_volunteers_bag_is_handed_over_earlier():
    """
    Tests that the second leg of 35 minutes comes off the latest hand-over, and the bag is its own box.
    """
    asked = [*portions(2), Portion("LB", "OB", "PB", "C01", "D1", second_leg=True)]
    plan = packed(asked, [carrier("G1"), carrier("B1", "bag", model=carrier("G1").model)])
    by_kind = {box.kind: box for box in plan.boxes}
    assert by_kind["bag"].line_ids == ("LB",)
    assert by_kind["bag"].second_leg and by_kind["bag"].for_diner == "PB"
    assert by_kind["bulk"].deliver_by_s - by_kind["bag"].deliver_by_s == 35 * 60


def test_an_allergic_diners_meal_has_its_own_sealed_box_first():
    """
    Tests that specials of a table are packed first, in a special carrier of their stop.
    """
    special = Portion("LS", "OS", "PS", "C01", "D1", special=True, name_label="A7")
    plan = packed([*portions(5), special], [carrier("G1"), carrier("S1", "special")])
    assert [(box.code, box.kind) for box in plan.boxes] == [("X01", "special"), ("X02", "bulk")]
    assert plan.boxes[0].line_ids == ("LS",)


def test_a_variant_never_lies_in_a_shared_pan():
    """
    Tests that a low-salt meal of a canteen that gets pans travels sealed, with its own diner's portions.
    """
    low_salt = Portion("LV", "OV", "PV", "C01", "D1", variant="low_salt")
    plan = packed([*portions(5), low_salt], [carrier("G1"), carrier("S1", "special")])
    inside = {box.kind: box.line_ids for box in plan.boxes}
    assert inside["special"] == ("LV",)
    assert "LV" not in inside["bulk"]


def test_the_pans_of_a_dish_go_together():
    """
    Tests that 100 portions of 150 g in pans of 10 kg take two pans of 66 and 34, then the next dish.
    """
    asked = [*portions(100), *portions(80, dish_id="D2"), *portions(20, dish_id="D3")]
    plan = packed(asked, [carrier("G1"), carrier("G2")])
    of = {portion.line_id: portion.dish_id for portion in asked}
    loads = [
        [sum(of[line] == name for line in box.line_ids) for name in ("D1", "D2", "D3")] for box in plan.boxes
    ]
    assert loads == [[100, 60, 0], [0, 20, 20]]


def test_a_box_weighs_what_its_variants_and_sizes_weigh():
    """
    Tests a pan of 10 kg: 51 large portions of 195 g fill it, and a diluted variant weighs what it is made to.
    """
    large = Size("large", Fraction(13, 10))
    box, rest = packed(portions(210, size=large), [carrier("G1"), carrier("G2")]).boxes
    assert (box.portions, box.gross_g) == (160, 9_000 + 160 * 195)
    assert rest.gross_g == 9_000 + 50 * 195
    soft = Portion("LV", "OV", "PV", "C01", "D1", variant="soft", size=large)
    made = dish(ingredients=(Ingredient("potato", 150_000), Ingredient("water", 50_000)))
    plan = packed([soft], [carrier("S1", "special")], dishes={"D1": dish(), "D1:soft": made})
    assert plan.boxes[0].gross_g == 2_000 + 260


def test_a_meal_is_never_torn_apart():
    """
    Tests that packed meals of two dishes stay whole when the carrier takes ten.
    """
    asked = [
        Portion(f"L{i}{name}", f"O{i}", f"P{i}", "C01", name) for i in range(12) for name in ("D1", "D2")
    ]
    sites = {"C01": site(form="packed")}
    plan = packed(asked, [carrier("P1", "packed"), carrier("P2", "packed")], sites=sites, apart_s=1_200)
    assert [box.portions for box in plan.boxes] == [20, 4]
    assert all(box.cooked_s == NINE_THIRTY_S for box in plan.boxes)
    assert all(box.release_s == NINE_THIRTY_S + 1_200 * 1 + 1_200 for box in plan.boxes)


def test_a_box_of_several_batches_takes_the_earliest_clock():
    """
    Tests that the clock starts with the first pan and the van waits for the last.
    """
    asked = [*portions(1), *portions(1, dish_id="D2")]
    box = packed(asked, [carrier("G1")], apart_s=1_800).boxes[0]
    assert (box.cooked_s, box.packed_s) == (NINE_THIRTY_S, NINE_THIRTY_S + 1_800 + 720)


def test_what_finds_no_carrier_is_listed():
    """
    Tests that portions without a carrier are named with their site and counted.
    """
    plan = packed(portions(3), [])
    assert [(item.reason.code, item.ref, item.portions) for item in plan.excepted] == [
        ("no_carrier", "C01", 3)
    ]
    assert len(plan.excepted_line_ids) == 3


def test_a_portion_heavier_than_a_pan_is_listed():
    """
    Tests that nothing is squeezed into a carrier that cannot hold it.
    """
    plan = packed(portions(1), [carrier("G1", max_food_g=400)])
    assert [item.reason.code for item in plan.excepted] == ["no_carrier"]


ASKED = st.lists(
    st.tuples(
        st.integers(0, 14),
        st.sampled_from(["C01", "C02", "H-1"]),
        st.sampled_from(["D1", "D2", "D3"]),
        st.booleans(),
        st.booleans(),
    ),
    max_size=120,
    unique_by=lambda row: row[:3],
)
SITES = {
    "C01": site(),
    "C02": site("C02", form="packed"),
    "H-1": site("H-1", kind="home", form="packed", hours=Hours(time(10, 30), time(12), time(10, 30), 20)),
}


@settings(max_examples=60)
@given(ASKED, st.integers(0, 6), st.integers(1, 30), st.integers(0, 1_800))
def test_every_portion_is_in_one_box_of_its_stop_or_excepted(asked, each, most, apart_s):
    """
    Tests over random days that nothing is lost, doubled, overfilled or sent to another stop.
    """
    ordered = [
        Portion(
            f"L{i}",
            f"O{diner}-{where}",
            f"P{diner}-{where}",
            where,
            name,
            special=diner % 5 == 0 and special,
            second_leg=where != "H-1" and second_leg and diner % 3 == 0,
        )
        for i, (diner, where, name, special, second_leg) in enumerate(asked)
    ]
    carriers = [
        carrier(f"{kind}{i}", kind, capacity_portions=most)
        for kind in ("bulk", "packed", "bag", "special")
        for i in range(each)
    ]
    plan = packed(ordered, carriers, sites=SITES, apart_s=apart_s)
    by_line = {portion.line_id: portion for portion in ordered}
    by_carrier = {item.carrier_id: item for item in carriers}
    boxed = [line_id for box in plan.boxes for line_id in box.line_ids]
    assert sorted([*boxed, *plan.excepted_line_ids]) == sorted(by_line)
    assert sum(item.portions for item in plan.excepted) == len(plan.excepted_line_ids)
    assert len({box.carrier_id for box in plan.boxes}) == len(plan.boxes)
    for box in plan.boxes:
        inside = [by_line[line_id] for line_id in box.line_ids]
        used = by_carrier[box.carrier_id]
        assert {portion.site_id for portion in inside} == {box.site_id}
        assert len(inside) <= used.capacity_portions
        assert sum(portion_g(dish()) for _ in inside) <= used.max_food_g
        assert used.pans or len({portion.order_id for portion in inside}) <= used.meals
        assert not used.pans or len({portion.dish_id for portion in inside}) <= used.pans
        assert box.kind in ("special", "bag") or not any(portion.special for portion in inside)
        assert box.eat_by_s in (box.cooked_s + 2 * HOUR_S, box.cooked_s + 4 * HOUR_S)
