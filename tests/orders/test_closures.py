"""Closures: announced in time or for an emergency, and only for what they name."""

from dataclasses import replace
from datetime import date

import pytest

from orders.closures import Closure, closure_on, require_notice
from orders.errors import BadInput, Conflict

RENOVATION = Closure(
    "c1", "S1", "renovate", date(2026, 12, 8), date(2026, 12, 20), (), "换灶", date(2026, 11, 23)
)


def test_fifteen_days_of_notice_are_asked_for():
    """Tests the fifteenth day, the fourteenth, and an emergency with its reason."""
    require_notice(RENOVATION, 15)
    sooner = replace(RENOVATION, from_on=date(2026, 12, 7))
    with pytest.raises(Conflict) as raised:
        require_notice(sooner, 15)
    assert raised.value.params == {"site": "S1", "days": 15, "earliest_on": "2026-12-08"}
    require_notice(replace(sooner, emergency=True, reason="燃气泄漏"), 15)


def test_a_closure_needs_a_reason_and_a_kind_that_the_programme_knows():
    """Tests an empty reason and a kind that is not announced so."""
    with pytest.raises(BadInput) as lacking:
        require_notice(replace(RENOVATION, reason=" "), 15)
    assert lacking.value.code == "closure_needs_reason"
    with pytest.raises(BadInput) as unknown:
        require_notice(RENOVATION, 15, ("pause", "stop"))
    assert unknown.value.code == "closure_kind_unknown"


def test_a_closure_covers_its_days_and_meals():
    """Tests the last day, the day after, another meal, another site, and one until further notice."""
    dinner = replace(RENOVATION, meals=("dinner",))
    assert closure_on([RENOVATION], "S1", date(2026, 12, 20), "lunch") == RENOVATION
    assert closure_on([RENOVATION], "S1", date(2026, 12, 21), "lunch") is None
    assert closure_on([dinner], "S1", date(2026, 12, 10), "lunch") is None
    assert closure_on([RENOVATION], "S2", date(2026, 12, 10), "lunch") is None
    assert replace(RENOVATION, to_on=None).covers(date(2030, 1, 1), "dinner")


def test_a_closure_ends_after_it_begins():
    """Tests that its last day is not before its first."""
    with pytest.raises(ValueError, match="ends after"):
        replace(RENOVATION, to_on=date(2026, 12, 7))
