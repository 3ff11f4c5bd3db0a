"""Cores at the stove: the good one starts the clock, the cold one is kept and waits for an action."""

from datetime import timedelta

import pytest

from api.checks.floor import read_floor
from api.day.measure import act_on_step
from api.day.take_off import CoreTold, take_off
from api.day.views_stove import stove_view
from api.people import OPERATOR
from kitchen.store.acts import load_cooked
from kitchen.store.steps import load_steps
from orders.errors import BadInput, Conflict
from tests.api.checks.room import COOKED_AT, IDS, SERVICE, furnished, later


@pytest.fixture
def floor(database):
    """The small floor's only batch, and an open transaction."""
    with database.begin() as session:
        furnished(session)
        yield session, stove_view(session, SERVICE, OPERATOR.user_id)


def told(session, core_c, minutes=0, **said):
    at = COOKED_AT + timedelta(minutes=minutes)
    batch_id = read_floor(session, SERVICE).batches[0].batch_id
    return take_off(session, batch_id, CoreTold(core_c, **said), actor=OPERATOR, now_at=at, ids=IDS)


def test_a_cold_core_is_kept_with_everything_the_record_asks(floor):
    """
    Tests limit, value, probe, person and time of a failure at the stove, and that no clock starts.
    """
    session, _ = floor
    cold = told(session, 66.0, probe="HP-01", person="S1")
    (kept,) = load_steps(session, SERVICE.key)
    assert kept == cold
    assert (kept.value_c, kept.least_c, kept.probe, kept.person, kept.happened_at, kept.passed) == (
        66.0,
        70.0,
        "HP-01",
        "甲",
        COOKED_AT,
        False,
    )
    assert load_cooked(session, "p1") == {}


def test_the_batch_goes_on_after_an_action_and_a_good_core(floor):
    """
    Tests that the next measurement waits for the action, and that the good one starts the clock.
    """
    session, before = floor
    assert (before.cold, before.stopped) == ({}, frozenset())
    cold = told(session, 66.0, probe="HP-01", person="S1")
    stove = stove_view(session, SERVICE, OPERATOR.user_id)
    assert (stove.probe, stove.person, set(stove.stopped)) == ("HP-01", "甲", {cold.batch_id})
    with pytest.raises(Conflict):
        told(session, 85.0, 3, probe="HP-01", person="S1")
    with pytest.raises(Conflict, match="point_failed"):
        told(session, 67.0, 3)
    act_on_step(session, later(minutes=4), SERVICE, cold.step_id, "cook_on", "S1")
    assert stove_view(session, SERVICE, OPERATOR.user_id).stopped == frozenset()
    assert told(session, 85.0, 6, probe="HP-01", person="S2") is None
    assert [(one.passed, one.person) for one in load_steps(session, SERVICE.key)] == [
        (False, "甲"),
        (True, "乙"),
    ]
    (act,) = [act for _, act in load_cooked(session, "p1").values()]
    assert (act.core_c, act.happened_at) == (85.0, COOKED_AT + timedelta(minutes=6))
    with pytest.raises(Conflict, match="batch_cooked_already"):
        told(session, 60.0, 9)


def test_a_failure_is_kept_even_when_nobody_names_the_probe(floor):
    """
    Tests that a program which sends the value alone loses nothing, and that an unknown probe is refused.
    """
    session, _ = floor
    with pytest.raises(BadInput, match="probe_unknown"):
        told(session, 66.0, probe="HP-99")
    with pytest.raises(BadInput, match="core_not_possible"):
        told(session, 660.0)
    cold = told(session, 41.0)
    assert (cold.probe, cold.person) == ("", OPERATOR.name)


def test_a_good_core_names_probe_and_person_wherever_they_are_listed(floor):
    """
    Tests that no clock starts on a core that nobody and nothing measured.
    """
    session, _ = floor
    for said, refusal in (
        ({}, "probe_missing"),
        ({"probe": "HP-01"}, "check_person_missing"),
        ({"person": "S1"}, "probe_missing"),
    ):
        with pytest.raises(BadInput, match=refusal):
            told(session, 85.0, **said)
    assert (load_cooked(session, "p1"), load_steps(session, SERVICE.key)) == ({}, [])


def test_a_discarded_batch_is_never_measured_again(floor):
    """
    Tests that what is given up at the stove stays stopped.
    """
    session, _ = floor
    cold = told(session, 41.0)
    act_on_step(session, later(minutes=1), SERVICE, cold.step_id, "discard", "S1")
    assert stove_view(session, SERVICE, OPERATOR.user_id).stopped == {cold.batch_id}
    with pytest.raises(Conflict):
        told(session, 85.0, 5)
