"""Verdicts are added, never changed."""

import pytest
from sqlalchemy.exc import DatabaseError
from sqlmodel import text

from telemetry.hold_chain import judge
from telemetry.store.verdicts import append_verdict, count_verdicts, latest_verdicts, verdicts_of_box
from tests.telemetry.holds import hold, minute, ramp

OPEN = judge(hold(None, *ramp(20, 100, 82, 74)), minute(100))
FINAL = judge(hold(180, *ramp(20, 180, 82, 66)), minute(181))
BREACHED = judge(hold(180, *ramp(20, 180, 82, 40)), minute(181))


def test_the_newest_verdict_counts_and_comes_back_whole(database):
    """
    Tests that a verdict is read as it was given and that older ones stay readable.
    """
    with database.begin() as session:
        append_verdict(session, "v1", "box-1", OPEN, minute(100))
        append_verdict(session, "v2", "box-1", FINAL, minute(181))
        append_verdict(session, "v3", "box-2", BREACHED, minute(181))
        append_verdict(session, "v4", "box-3", OPEN, minute(100))
    with database.read() as session:
        assert latest_verdicts(session, ["box-1", "box-2", "box-9"]) == {"box-1": FINAL, "box-2": BREACHED}
        assert verdicts_of_box(session, "box-1") == [(minute(100), OPEN), (minute(181), FINAL)]
        assert count_verdicts(session, ["box-1", "box-2", "box-3"]) == {
            "passed": 1,
            "breached": 1,
            "cannot_be_judged": 0,
        }


@pytest.mark.parametrize(
    "statement", ["UPDATE telemetry_verdicts SET final = final", "DELETE FROM telemetry_verdicts"]
)
def test_a_verdict_is_never_changed(database, statement):
    """
    Tests that the database itself refuses to change a verdict.
    """
    with database.begin() as session:
        append_verdict(session, "v1", "box-1", FINAL, minute(181))
    with pytest.raises(DatabaseError, match="evidence"), database.begin() as session:
        session.execute(text(statement))
