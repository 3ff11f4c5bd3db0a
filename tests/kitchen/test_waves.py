"""Waves: food that does not keep is cooked for the vans that leave together, and long waits are said."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from kitchen.batch_allergens import with_allergens
from kitchen.batches import ExtraParams, plan_batches
from kitchen.equipment import Slot
from kitchen.room import full_kinds
from kitchen.waits import waits_too_long
from kitchen.waves import Waves, cut
from tests.kitchen.builders import HOUR_S, batch, dish, ids, pans, portions

TEN_S = 10 * HOUR_S
PLATES_S = {"C01": 12 * HOUR_S, "C02": 12 * HOUR_S, "C03": 12 * HOUR_S}
WAVES = Waves({"C01": TEN_S, "C02": TEN_S + 900, "C03": TEN_S + 3600}, PLATES_S, 1200)


def three_sites():
    """Two portions for each of three sites, in the order of their vans."""
    return [portion for site in ("C01", "C02", "C03") for portion in portions(2, site_id=site)]


def test_greens_are_cut_by_waves_and_stews_are_not():
    """
    Tests vans at 10:00, 10:15 and 11:00: food good for an hour is two cooks, for four hours one.
    """
    sizes = [len(run) for run in cut(three_sites(), WAVES, quality_s=HOUR_S)]
    assert sizes == [4, 2]
    assert [len(run) for run in cut(three_sites(), WAVES, quality_s=4 * HOUR_S)] == [6]


def test_full_equipment_is_not_cut():
    """
    Tests that a kind without room keeps the cooks that size asks for.
    """
    greens = {"D1": dish(hot_quality_minutes=60)}
    plain = ExtraParams(0)
    cut_up = plan_batches(three_sites(), greens, pans(1), plain, ids(), WAVES)
    assert [one.portions for one in cut_up.batches] == [4, 2]
    full = replace(WAVES, full_kinds=full_kinds(cut_up.batches, pans(1), 4800))
    assert full.full_kinds == {"bratt"}
    whole = plan_batches(three_sites(), greens, pans(1), plain, ids(), full)
    assert [one.portions for one in whole.batches] == [6]


@given(st.lists(st.sampled_from(["C01", "C02", "C03", "C09"])), st.integers(0, 5 * HOUR_S))
def test_a_cut_loses_nothing_and_keeps_the_order(sites, quality_s):
    """
    Tests that the runs put together are the portions given.
    """
    asked = [replace(portions(1)[0], line_id=f"L{n}", site_id=site) for n, site in enumerate(sites)]
    assert [one for run in cut(asked, WAVES, quality_s=quality_s) for one in run] == asked


def test_a_long_wait_is_said_with_its_minutes():
    """
    Tests food off the heat at ten for plates at twelve that stays good for an hour and a half.
    """
    asked = portions(2)
    cooked = batch(1, line_ids=tuple(one.line_id for one in asked))
    slots = [Slot("b1", "E1", TEN_S - 2400, TEN_S)]
    (said,) = waits_too_long(asked, [cooked], slots, PLATES_S, {"D1": 5400})
    assert said.params == {"dish": "D1", "portions": 2, "minutes": 120, "most": 90}
    assert waits_too_long(asked, [cooked], slots, PLATES_S, {"D1": 7200}) == []


def test_special_portions_are_cooked_apart_where_a_piece_is_kept_for_them():
    """
    Tests a small piece for specials: theirs is a batch of its own that knows what it must be free of.
    """
    kept = replace(pans(1, capacity_ratio=0.25)[0], equipment_id="S1", specials_only=True)
    special = [replace(one, special=True, avoids=frozenset({"egg"})) for one in portions(3, site_id="C02")]
    asked = [*portions(5), *special]
    plan = plan_batches(asked, {"D1": dish()}, [*pans(1), kept], ExtraParams(0), ids())
    assert [(one.portions, one.apart) for one in plan.batches] == [(5, False), (3, True)]
    known = with_allergens(plan.batches, asked, {"D1": frozenset({"soy"})})
    assert [(one.free_from, one.contains) for one in known] == [(set(), {"soy"}), ({"egg"}, {"soy"})]
    assert not known[0].fits(kept) and known[1].fits(kept)


def test_a_heavier_variant_fills_the_pan_sooner():
    """
    Tests that a variant of twice the weight is cooked in twice as many cooks.
    """
    asked = [replace(one, variant="soft") for one in portions(100)]
    dishes = {"D1": dish(), "D1:soft": dish(yield_ratio=2.0, batch_minutes=50)}
    plan = plan_batches(asked, dishes, pans(1), ExtraParams(0), ids())
    assert [(one.portions, one.needs_ratio, one.cook_s) for one in plan.batches] == [(50, 1.0, 3000)] * 2
