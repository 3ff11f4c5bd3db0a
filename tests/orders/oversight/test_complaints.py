"""Complaints: due, assigned, solved, satisfied; and their rates."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest

from orders.errors import Conflict
from orders.oversight.complaints import (
    STEP_KINDS,
    Complaint,
    Progress,
    Step,
    StepKind,
    due_on,
    is_late,
    progress,
    rates,
    require_step,
)

CAME = date(2026, 11, 2)
ASKED = Complaint("new_site_wanted", "附近没有助餐点", "12345", "", "回龙观", CAME, due_on(CAME, 15))


def done(*kinds: StepKind, day_on: date = CAME) -> Progress:
    """How a complaint stands after these steps, all taken on one day."""
    at = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
    return progress(Step(kind, "", "街道" if kind == "assigned" else "", "u1", at, day_on) for kind in kinds)


def test_a_complaint_is_due_after_its_days() -> None:
    """Tests calendar days."""
    assert ASKED.due_on == date(2026, 11, 17)


def test_a_complaint_goes_from_open_to_closed() -> None:
    """Tests the way of a blank area that was verified, assigned, solved, and answered for."""
    assert done() == Progress()
    assert done("verified", "assigned") == Progress("assigned", "街道", True)
    solved = done("verified", "assigned", "solved")
    assert (solved.state, solved.solved_on) == ("solved", CAME)
    assert done("assigned", "solved", "satisfied").satisfied is True
    assert done("assigned", "solved", "unsatisfied", "reopened") == Progress("assigned", "街道")


def test_a_step_that_makes_no_sense_is_refused() -> None:
    """Tests that nobody is content before a solution, and nothing is solved twice."""
    for kind in STEP_KINDS:
        allowed = kind in ("verified", "unfounded", "assigned", "solved")
        if allowed:
            require_step(done(), kind)
        else:
            with pytest.raises(Conflict, match="complaint_step"):
                require_step(done(), kind)
    with pytest.raises(Conflict, match="complaint_step"):
        require_step(done("solved"), "solved")


def test_late_is_past_the_due_date_and_not_solved_in_time() -> None:
    """Tests the due date itself, a late solution, and an unfounded one."""
    assert not is_late(ASKED, done(), ASKED.due_on)
    assert is_late(ASKED, done(), ASKED.due_on + timedelta(days=1))
    assert not is_late(ASKED, done("solved"), date(2026, 12, 31))
    assert is_late(ASKED, done("solved", day_on=date(2026, 11, 18)), date(2026, 12, 31))
    assert not is_late(ASKED, done("unfounded"), date(2026, 12, 31))


def test_rates_leave_the_unfounded_out() -> None:
    """Tests solved of the founded, and content of those asked."""
    standing = [done("solved", "satisfied"), done("solved", "unsatisfied"), done("solved"), done()]
    every = [(ASKED, one) for one in [*standing, done("unfounded")]]
    found = rates(every, ASKED.due_on)
    assert (found.received, found.founded, found.solved, found.late) == (5, 4, 3, 0)
    assert found.solved_ratio == Fraction(3, 4)
    assert found.satisfied_ratio == Fraction(1, 2)
    nothing = rates([], CAME)
    assert nothing.solved_ratio is None
    assert nothing.satisfied_ratio is None
