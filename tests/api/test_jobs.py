"""Durable timers: done once, when they are due, and tried again when refused."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from api.audit import record
from api.db import Database
from api.jobs import run_due
from api.people import OPERATOR
from api.store.audit import load_audit
from api.store.jobs import Job, due_jobs, save_job
from orders.errors import Conflict

NOW_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
CLOSE = Job("j1", "close", "K1/2026-11-23/lunch", {"meal": "lunch"}, NOW_AT, 0)


def note(session: Session, job: Job, now_at: datetime) -> None:
    """A handler that leaves a trace."""
    record(session, OPERATOR, "day.close", job.ref, now_at, job.payload)


def refuse(session: Session, job: Job, now_at: datetime) -> None:
    """A handler that leaves a trace and then refuses."""
    note(session, job, now_at)
    raise Conflict("cut_off_not_reached", cut_off_at=now_at.isoformat())


def traces(database: Database) -> int:
    with database.read() as session:
        return len(load_audit(session))


def test_a_timer_is_done_once_when_it_is_due(database: Database) -> None:
    """Tests that work waits for its instant and is not repeated."""
    with database.begin() as session:
        assert save_job(session, CLOSE)
    assert run_due(database, {"close": note}, NOW_AT - timedelta(seconds=1)) == 0
    assert run_due(database, {"close": note}, NOW_AT) == 1
    assert run_due(database, {"close": note}, NOW_AT + timedelta(hours=1)) == 0
    assert traces(database) == 1


def test_asking_twice_keeps_one_timer(database: Database) -> None:
    """Tests that a kind has each reference once."""
    with database.begin() as session:
        assert save_job(session, CLOSE)
        assert not save_job(session, Job("j2", CLOSE.kind, CLOSE.ref, {}, NOW_AT, 0))
        assert due_jobs(session, NOW_AT) == [CLOSE]


def test_a_refused_timer_leaves_nothing_and_is_tried_again_later(database: Database) -> None:
    """Tests that a refusal rolls its work back, and that the wait doubles."""
    with database.begin() as session:
        save_job(session, CLOSE)
    waits_s, at = [], NOW_AT
    for _ in range(3):
        assert run_due(database, {"close": refuse}, at) == 0
        with database.read() as session:
            (job,) = due_jobs(session, at + timedelta(days=1))
        waits_s.append((job.due_at - at).total_seconds())
        at = job.due_at
    assert waits_s == [10, 20, 40]
    assert traces(database) == 0
    assert run_due(database, {"close": note}, at) == 1


def test_a_timer_without_a_handler_stays(database: Database) -> None:
    """Tests that a kind nobody handles yet is kept, not dropped."""
    with database.begin() as session:
        save_job(session, CLOSE)
    assert run_due(database, {}, NOW_AT) == 0
    with database.read() as session:
        assert due_jobs(session, NOW_AT) == [CLOSE]


def test_a_programming_error_is_not_hidden(database: Database) -> None:
    """Tests that only refusals are tried again; a slip is raised, its work rolled back."""

    def slip(session: Session, job: Job, now_at: datetime) -> None:
        note(session, job, now_at)
        raise ZeroDivisionError

    with database.begin() as session:
        save_job(session, CLOSE)
    with pytest.raises(ZeroDivisionError):
        run_due(database, {"close": slip}, NOW_AT)
    assert traces(database) == 0
