"""The mark by which open pages learn that something must be seen at once."""

from dataclasses import replace

from api.web.news import mark_of
from telemetry.alarms import AlarmStep
from telemetry.store.alarms import apply_step
from tests.telemetry.holds import minute
from tests.telemetry.test_store_alarms import BREACH, SILENCE, ids


def test_the_mark_changes_when_one_alarm_ends_and_another_rings(database):
    """
    Tests that as many open alarms as before are not taken for the same ones.
    """
    new_id, marks = ids(), [mark_of(database)]
    ended = replace(BREACH, cleared_at=minute(80))
    for step in (AlarmStep((BREACH,), ()), AlarmStep((replace(SILENCE, raised_at=minute(60)),), (ended,))):
        with database.begin() as session:
            apply_step(session, "box-1", step, new_id)
        marks.append(mark_of(database))
    assert len(set(marks)) == 3
    assert marks[2] == mark_of(database)
