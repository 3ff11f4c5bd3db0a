"""Who did what is written with the act and never changed."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.audit import record
from api.db import Database
from api.permissions import Actor
from api.store.audit import load_audit

NOW_AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LI = Actor("u1", "Li", "kitchen", kitchen_id="K1")


def test_an_act_is_written_with_who_what_and_when(database: Database) -> None:
    """Tests that the latest act comes first and carries its facts, but no name of a person."""
    with database.begin() as session:
        record(session, LI, "day.close", "K1/2026-11-23/lunch", NOW_AT, {"orders": 700})
        record(session, LI, "day.publish", "K1/2026-11-23/lunch", NOW_AT)
    with database.read() as session:
        publish, close = load_audit(session)
    assert (publish.act, close.act, close.detail, close.at) == (
        "day.publish",
        "day.close",
        {"orders": 700},
        NOW_AT,
    )
    assert "Li" not in str(close.model_dump())


def test_acts_of_one_subject_are_found(database: Database) -> None:
    """Tests that the history of one thing can be asked for."""
    with database.begin() as session:
        record(session, LI, "day.close", "K1/2026-11-23/lunch", NOW_AT)
        record(session, LI, "day.close", "K1/2026-11-24/lunch", NOW_AT)
    with database.read() as session:
        assert len(load_audit(session, "K1/2026-11-24/lunch")) == 1


def test_an_act_that_failed_leaves_no_event(database: Database) -> None:
    """Tests that the event shares the act's transaction."""
    with pytest.raises(RuntimeError), database.begin() as session:
        record(session, LI, "day.close", "K1/2026-11-23/lunch", NOW_AT)
        raise RuntimeError
    with database.read() as session:
        assert load_audit(session) == []


@pytest.mark.parametrize("statement", ["UPDATE audit_events SET at = at", "DELETE FROM audit_events"])
def test_events_are_never_changed(database: Database, statement: str) -> None:
    """Tests that the database refuses to rewrite what was done."""
    with database.begin() as session:
        record(session, LI, "day.close", "K1/2026-11-23/lunch", NOW_AT)
    with pytest.raises(DBAPIError, match="evidence"), database.begin() as session:
        session.execute(text(statement))
