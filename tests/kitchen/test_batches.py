"""Batches: every portion cooked once, in even cooks that fit."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from kitchen.batches import ExtraParams, plan_batches
from kitchen.demand import Portion, Size, cook_order, demand
from kitchen.windows import ready_windows
from orders.sites import Hours
from tests.kitchen.builders import dish, ids, pans, portions, site

NO_EXTRAS = ExtraParams(sample_g=0)


def test_batches_take_what_the_largest_pan_takes():
    """
    Tests that a pan of half size cooks half as many portions.
    """
    plan = plan_batches(portions(100), {"D1": dish()}, pans(2, capacity_ratio=0.5), NO_EXTRAS, ids())
    assert [batch.portions for batch in plan.batches] == [50, 50]
    assert plan.batches[0].fits(pans(1, capacity_ratio=0.5)[0])
    assert not plan.batches[0].fits(pans(1, capacity_ratio=0.4)[0])


def test_samples_and_buffer_are_cooked_and_counted_apart():
    """
    Tests that 125 g of a 150 g dish is one sample portion, and 2 % of 98 portions are two more.
    """
    plan = plan_batches(portions(98), {"D1": dish()}, pans(1), ExtraParams(125, 0.02), ids())
    assert [(batch.code, batch.portions) for batch in plan.batches] == [("B01", 51), ("B02", 50)]
    assert [(extra.purpose, extra.portions) for batch in plan.batches for extra in batch.extras] == [
        ("sample", 1),
        ("buffer", 2),
    ]


def test_what_cannot_be_cooked_is_listed():
    """
    Tests that an unknown dish and a dish without equipment leave their portions among the excepted.
    """
    ordered = [*portions(3), *portions(2, dish_id="D2")]
    plan = plan_batches(ordered, {"D1": dish(equipment_kind="oven")}, pans(1), NO_EXTRAS, ids())
    assert [(item.reason.code, item.ref, item.portions) for item in plan.excepted] == [
        ("no_equipment", "D1", 3),
        ("dish_unknown", "D2", 2),
    ]
    assert set(plan.excepted_line_ids) == {portion.line_id for portion in ordered}


def test_specials_come_first_in_their_batch():
    """
    Tests that allergic diners' portions lead the batch's lines and are named as such.
    """
    special = Portion("LS", "OS", "PS", "C02", "D1", special=True, name_label="A1")
    plan = plan_batches([*portions(3), special], {"D1": dish()}, pans(1), NO_EXTRAS, ids())
    assert plan.batches[0].line_ids[0] == "LS"
    assert plan.batches[0].special_line_ids == ("LS",)


def test_equipment_kept_for_specials_takes_nothing_else():
    """
    Tests that a pan for specials is no place for a shared batch.
    """
    plan = plan_batches(portions(3), {"D1": dish()}, pans(1, specials_only=True), NO_EXTRAS, ids())
    assert [item.reason.code for item in plan.excepted] == ["no_equipment"]


ORDERED = st.lists(
    st.tuples(st.sampled_from(["D1", "D2", "D3", "D9"]), st.sampled_from(["regular", "soft"]), st.booleans())
)


@given(ORDERED, st.integers(0, 300), st.floats(0, 0.5), st.integers(1, 120))
def test_every_line_is_cooked_once_or_excepted(ordered, sample_g, buffer_ratio, batch_portions):
    """
    Tests that cooked less extra is ordered, no cook overfills its pan, and no line is lost or doubled.
    """
    asked = [
        Portion(f"L{i}", f"O{i}", f"P{i}", "C01", dish_id, variant, special=special)
        for i, (dish_id, variant, special) in enumerate(ordered)
    ]
    dishes = {name: dish(name, batch_portions=batch_portions) for name in ("D1", "D2", "D3")}
    plan = plan_batches(asked, dishes, pans(2), ExtraParams(sample_g, buffer_ratio), ids())
    cooked = [line_id for batch in plan.batches for line_id in batch.line_ids]
    assert sorted([*cooked, *plan.excepted_line_ids]) == sorted(portion.line_id for portion in asked)
    assert sum(batch.portions - batch.extra_portions for batch in plan.batches) == len(cooked)
    assert sum(item.portions for item in plan.excepted) == len(plan.excepted_line_ids)
    assert all(batch.portions <= batch_portions for batch in plan.batches)
    assert sum(entry.portions for entry in demand(asked)) == len(asked)


def test_sizes_count_by_their_weight():
    """
    Tests 100 regular and 20 large portions in a pan of 126: they are exactly as heavy as 126 regular ones.
    """
    large = Size("large", Fraction(13, 10))
    asked = [*portions(100), *portions(20, site_id="C02", size=large)]
    (only,) = plan_batches(asked, {"D1": dish(batch_portions=126)}, pans(1), NO_EXTRAS, ids()).batches
    assert (only.portions, only.regular_portions, only.needs_ratio) == (120, 126, 1.0)
    assert only.by_size == {"large": 20, "regular": 100}
    assert only.food_g(150) == 100 * 150 + 20 * 195
    two = plan_batches(asked, {"D1": dish(batch_portions=125)}, pans(1), NO_EXTRAS, ids()).batches
    assert len(two) == 2 and sum(one.regular_portions for one in two) == 126
    assert demand(asked)[0].regular == 126


def test_a_window_ends_before_the_first_van_and_covers_the_last_plate():
    """
    Tests a batch for two sites: vans at 10:00 and 10:30, plates to 12:15, 20 minutes to pack and load.
    """
    asked = [*portions(1), *portions(1, site_id="C02")]
    plan = plan_batches(asked, {"D1": dish()}, pans(1), NO_EXTRAS, ids())
    windows = ready_windows(
        plan.batches,
        asked,
        {"C01": 36_000, "C02": 37_800},
        {"C01": 44_100, "C02": 43_200},
        handling_s=1_200,
        window_s=14_400,
    )
    assert [(window.from_s, window.by_s) for window in windows.values()] == [(29_700, 34_800)]


def test_homes_are_cooked_last():
    """
    Tests that food of early sites comes off the heat first and that of homes, with the short clock, last.
    """
    early = site(
        "C09", hours=Hours(*(site().hours.opens.replace(hour=h) for h in (9, 11)), site().hours.opens, 45)
    )
    asked = [*portions(1, second_leg=True), *portions(1), *portions(1, site_id="C09")]
    ordered = cook_order(asked, {"C01": site(), "C09": early})
    assert [(portion.site_id, portion.second_leg) for portion in ordered] == [
        ("C09", False),
        ("C01", False),
        ("C01", True),
    ]


def test_demand_counts_by_site_and_special():
    """
    Tests the demand of one dish at two sites with one allergic diner.
    """
    asked = [*portions(2), *portions(3, site_id="C02"), Portion("LS", "OS", "PS", "C02", "D1", special=True)]
    entry = demand(asked)[0]
    assert (entry.portions, entry.special, dict(entry.by_site)) == (6, 1, {"C01": 2, "C02": 4})
