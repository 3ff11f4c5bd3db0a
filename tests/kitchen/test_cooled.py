"""Cooled stock: chilled food is eaten before anything is cooked again, and what is over is named."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from kitchen.cooled import Cooled, draw, slots_of, still_over, surplus_findings
from kitchen.demand import Portion, Size
from tests.kitchen.builders import HOUR_S, ids, portions

SMALL, LARGE = Size("small", Fraction(7, 10)), Size("large", Fraction(13, 10))


def stock(count, code="C1123-1", **changes):
    """A batch off the heat at 15:00 of the day before."""
    facts = {"variant": "regular", "equipment_kind": "kettle", "equipment_id": "K1", "cook_id": ""}
    facts |= {"start_s": -10 * HOUR_S, "ready_s": -9 * HOUR_S, "dish_id": "D1"}
    return Cooled(code, code, portions=count, **(facts | changes))


def test_only_the_difference_is_left_to_cook():
    """Tests 30 portions of which 25 are cooked with one for the sample: 6 are cooked after the cut-off."""
    drawn = draw(portions(30), [stock(25)], {"D1": 1}, ids())
    (batch,) = drawn.batches
    assert (len(batch.line_ids), batch.portions, batch.extra_portions, len(drawn.rest)) == (24, 25, 1, 6)
    assert drawn.sampled == {"D1"}
    (slot,) = slots_of(drawn.batches, [stock(25)])
    assert (slot.batch_id, slot.equipment_id, slot.ready_s) == (batch.batch_id, "K1", -9 * HOUR_S)


def test_what_is_over_is_named_and_wasted_or_kept():
    """Tests 8 portions over: waste when the next meal ends after 24 hours, kept for a supper within them."""
    drawn = draw(portions(12), [stock(20)], {}, ids())
    (batch,) = drawn.batches
    assert [(one.purpose, one.portions) for one in batch.extras] == [("surplus", 8)]
    (waste,) = surplus_findings(drawn.batches, [stock(20)], 24 * HOUR_S, [36 * HOUR_S])
    assert (waste.code, waste.params["portions"]) == ("chilled_surplus_waste", 8)
    (kept,) = surplus_findings(drawn.batches, [stock(20)], 30 * HOUR_S, [18 * HOUR_S])
    assert kept.code == "chilled_surplus_kept"


def test_an_allergic_diner_is_cooked_for_anew():
    """Tests that a sealed meal never comes from stock that was cooked before its diner was known."""
    special = Portion("LS", "OS", "PS", "C01", "D1", special=True)
    drawn = draw([special, *portions(2)], [stock(10)], {}, ids())
    assert drawn.rest == (special,)


def test_what_was_thrown_away_is_over_no_more():
    """Tests 8 portions over of 20: all there, 3 after a loss of 5, none once the batch stands still."""
    batches = draw(portions(12), [stock(20)], {}, ids()).batches
    over = [still_over(batches, cooled) for cooled in ([stock(20)], [stock(15)], [stock(12)], [])]
    assert over == [{batches[0].batch_id: 8}, {batches[0].batch_id: 3}, {}, {}]


def test_leftovers_of_another_service_go_first_and_have_no_surplus_of_their_own():
    """Tests that the older stock is emptied, and that what it cannot use stays that service's."""
    old = stock(5, "C1122-1", own=False, ready_s=-20 * HOUR_S, start_s=-21 * HOUR_S)
    drawn = draw(portions(7), [stock(10), old], {}, ids())
    assert [(batch.code, len(batch.line_ids)) for batch in drawn.batches] == [("C1122-1", 5), ("C1123-1", 2)]
    assert draw(portions(1, dish_id="D2"), [old], {}, ids()).batches == ()


@given(st.lists(st.sampled_from([SMALL, LARGE]), max_size=30), st.integers(1, 30), st.integers(0, 2))
def test_portions_balance(sizes, count, sample):
    """Tests that every portion is drawn once or left, and no batch gives more than it weighs."""
    asked = [Portion(f"L{i}", f"O{i}", "P", "C01", "D1", size=size) for i, size in enumerate(sizes)]
    drawn = draw(asked, [stock(count)], {"D1": sample}, ids())
    (batch,) = drawn.batches
    lines = [*batch.line_ids, *(portion.line_id for portion in drawn.rest)]
    assert sorted(lines) == sorted(portion.line_id for portion in asked)
    assert count - 1 < batch.regular_portions <= count
