"""A diner's dated facts: what is learnt today does not rewrite last month."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.diners import Diner, DinerFact, with_fact

TODAY = date(2026, 11, 22)
YESTERDAY = date(2026, 11, 21)


def test_a_first_fact_holds_without_a_first_day():
    """
    Tests that what nobody had recorded is taken as having always been so.
    """
    assert with_fact((), "hukou", "450200", TODAY) == (DinerFact("hukou", "450200"),)


def test_the_same_value_changes_nothing():
    """
    Tests that hearing a known fact again leaves every record as it is.
    """
    facts = (DinerFact("hukou", "450200", date(2020, 1, 1)), DinerFact("residence", "450202"))
    assert with_fact(facts, "hukou", "450200", TODAY) == facts


def test_a_changed_fact_ends_the_day_before():
    """
    Tests that the old value keeps its days and the new one holds from the day of learning.
    """
    assert with_fact((DinerFact("residence", "450202"),), "residence", "450203", TODAY) == (
        DinerFact("residence", "450202", None, YESTERDAY),
        DinerFact("residence", "450203", TODAY, None),
    )


def test_a_fact_of_today_is_corrected_in_place():
    """
    Tests that a value recorded this morning leaves no trace of a day it never held.
    """
    facts = (DinerFact("residence", "450202", None, YESTERDAY), DinerFact("residence", "450203", TODAY))
    assert with_fact(facts, "residence", "450204", TODAY)[1:] == (DinerFact("residence", "450204", TODAY),)


def test_a_gap_is_filled_up_to_the_next_fact():
    """
    Tests that a fact recorded for later days stays.
    """
    later = DinerFact("residence", "450205", date(2027, 1, 1))
    learnt = with_fact((later,), "residence", "450202", TODAY)
    assert learnt == (later, DinerFact("residence", "450202", TODAY, date(2026, 12, 31)))


@given(
    st.lists(st.tuples(st.integers(0, 20), st.sampled_from("abc")), max_size=12),
    st.sampled_from(["abc", ""]),
)
def test_a_day_before_keeps_its_value(learnings, others):
    """
    Tests that learning on later and later days never changes the answer for a day gone by.
    """
    facts = tuple(DinerFact("note", other) for other in others[:1])
    told: dict[date, str] = {}
    for days, value in sorted(learnings, key=lambda pair: pair[0]):
        day_on = TODAY + timedelta(days=days)
        facts = with_fact(facts, "residence", value, day_on)
        told[day_on] = value
        diner = Diner("id", "D1", "n", date(1940, 1, 1), "C01", facts=facts)
        assert {day: diner.fact("residence", day) for day in told} == told
        assert diner.fact("note", day_on) == (others[0] if others else None)


def test_several_values_hold_at_once():
    """
    Tests that a person with two flags has both on a day that both hold, each once.
    """
    facts = (
        DinerFact("flag", "loses_ability"),
        DinerFact("flag", "disability_card", TODAY),
        DinerFact("flag", "loses_ability", TODAY),
    )
    diner = Diner("d1", "1", "甲", date(1940, 1, 1), "C01", facts=facts)
    assert diner.values("flag", TODAY) == ("loses_ability", "disability_card")
    assert diner.values("flag", YESTERDAY) == ("loses_ability",)
    assert diner.values("card", TODAY) == ()


def test_a_death_stops_the_days_after_it():
    """
    Tests that meals stop after the day of death, whether the fact's value or its first day gives it.
    """
    for died in (DinerFact("died", "2026-11-21"), DinerFact("died", "true", YESTERDAY)):
        diner = Diner("d1", "1", "甲", date(1940, 1, 1), "C01", facts=(died,))
        assert diner.died_on == YESTERDAY
        assert (diner.stopped_by(YESTERDAY), diner.stopped_by(TODAY)) == (None, "died")


def test_an_institution_stay_stops_its_own_days():
    """
    Tests that a stay stops meals from its first to its last day and no longer.
    """
    stay = DinerFact("institution_resident", "true", TODAY, TODAY)
    diner = Diner("d1", "1", "甲", date(1940, 1, 1), "C01", facts=(stay,))
    assert diner.stopped_by(TODAY) == "institution_resident"
    assert diner.stopped_by(YESTERDAY) is None
    assert diner.stopped_by(TODAY + timedelta(days=1)) is None


def test_a_fact_cannot_end_before_it_begins():
    """
    Tests that days in the wrong order are refused where the fact is made.
    """
    with pytest.raises(ValueError, match="before it begins"):
        DinerFact("flag", "tekun", TODAY, YESTERDAY)


def test_evidence_is_kept_but_not_compared():
    """
    Tests that a roster repeating an approved fact leaves it, and a changed value loses its approval.
    """
    approved = DinerFact("residence", "450202", None, None, "户口簿", "张民政")
    assert with_fact((approved,), "residence", "450202", TODAY)[0].approved_by == "张民政"
    old, new = with_fact((approved,), "residence", "450203", TODAY)
    assert (old.approved_by, old.evidence) == ("张民政", "户口簿")
    assert (new.approved_by, new.evidence) == ("", "")
