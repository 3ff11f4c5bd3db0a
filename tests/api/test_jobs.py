"""Durable timers: done once, when they are due, and tried again when refused."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from api.audit import record
from api.db import Database
from api.jobs import run_due
from api.people import OPERATOR
from api.store.audit import load_audit
from api.store.jobs import Job, JobRow, due_jobs, fail_job, finish_job, save_job
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


def unique(session: Session, job: Job, now_at: datetime) -> None:
    """A handler that asks the database for what its constraints refuse."""
    note(session, job, now_at)
    session.execute(text("INSERT INTO jobs (job_id) VALUES ('j1')"))


def slip(session: Session, job: Job, now_at: datetime) -> None:
    """A handler with a programmer's slip, after it left a trace."""
    note(session, job, now_at)
    raise ZeroDivisionError("no portions")


@pytest.mark.parametrize(
    ("broken", "reason"),
    [(slip, "ZeroDivisionError: no portions"), (unique, "IntegrityError: ")],
    ids=["slip", "constraint"],
)
def test_a_timer_that_fails_does_not_hold_up_the_next(database: Database, broken, reason: str) -> None:
    """Tests that the reason stays in the row, its work is rolled back, and the later timer is done."""
    with database.begin() as session:
        save_job(session, CLOSE)
        save_job(session, Job("j2", "ring", "a1/0", {}, NOW_AT + timedelta(seconds=1), 0))
    at = NOW_AT + timedelta(seconds=1)
    assert run_due(database, {"close": broken, "ring": note}, at) == 1
    assert traces(database) == 1
    with database.read() as session:
        row = session.get_one(JobRow, "j1")
        assert row.failure is not None and row.failure.startswith(reason)
        assert (row.tries, row.done_at, row.due_at - at) == (1, None, timedelta(seconds=10))


def test_a_timer_that_another_process_did_is_not_done_again(database: Database) -> None:
    """Tests that two houses which both saw it due do it once, and that a late failure does not reopen it."""

    def overtaken(session: Session, job: Job, now_at: datetime) -> None:
        note(session, job, now_at)
        finish_job(session, "j2", now_at)

    with database.begin() as session:
        save_job(session, CLOSE)
        save_job(session, Job("j2", "close", "K2/2026-11-23/lunch", {}, NOW_AT, 0))
    assert run_due(database, {"close": overtaken}, NOW_AT) == 1
    assert traces(database) == 1
    with database.begin() as session:
        fail_job(session, "j2", "late", NOW_AT)
        assert due_jobs(session, NOW_AT) == []


def test_timers_of_no_kind_known_here_hide_none(database: Database) -> None:
    """Tests that many older ones without a handler leave room for one that has one."""
    with database.begin() as session:
        for number in range(60):
            save_job(session, Job(f"o{number}", "other", str(number), {}, NOW_AT - timedelta(days=1), 0))
        save_job(session, CLOSE)
    assert run_due(database, {"close": note}, NOW_AT) == 1


def test_a_database_that_is_away_ends_the_round(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that no further timer is tried when not even the failure can be kept."""

    def away(*_: object) -> None:
        raise OperationalError("UPDATE jobs", {}, Exception("away"))

    with database.begin() as session:
        save_job(session, CLOSE)
        save_job(session, Job("j2", "ring", "a1/0", {}, NOW_AT, 0))
    monkeypatch.setattr("api.jobs.fail_job", away)
    with pytest.raises(OperationalError):
        run_due(database, {"close": slip, "ring": note}, NOW_AT)
    assert traces(database) == 0
