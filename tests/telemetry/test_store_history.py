"""Tests of the one question about the past: rows and chunks agree, nothing twice, late readings too."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from telemetry.chunks import chunks_of
from telemetry.readings import ProbeUse, Reading
from telemetry.store.chunks import chunks_of_hold, count_sealed, save_chunks
from telemetry.store.history import Span, readings_in, seal, span_of_use
from telemetry.store.readings import keep

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def reading(number: int, probe: str = "core", device: str = "BOX-0001", **fields) -> Reading:
    """A reading a minute."""
    at = AT + timedelta(minutes=number)
    told = {
        "measured_at": at,
        "received_at": at + timedelta(seconds=1),
        "sequence": number,
        "backfill": False,
    }
    return Reading(device, probe, None, "temperature", 70 + number / 16, **(told | fields))


def wherever(readings: list[Reading]) -> list[Reading]:
    """In the answer's order."""
    return sorted(readings, key=lambda one: (one.measured_at, one.device_id, one.probe))


def test_rows_and_chunks_give_one_answer(database):
    """
    Tests that wherever readings lie, in rows, in chunks or in both, the question has the same answer.
    """
    dice = random.Random(5)
    everything = [reading(n, probe) for n in range(120) for probe in ("core", "air")]
    others = [reading(n, device="BOX-0002") for n in range(5)]
    rows = [one for one in everything if dice.random() < 0.6]
    sealed = [one for one in everything if one not in rows or dice.random() < 0.5]
    with database.begin() as session:
        keep(session, [*rows, *others])
        save_chunks(session, chunks_of(sealed[::2]), None, AT)
        save_chunks(session, chunks_of(sealed[1::2]), None, AT)
    for first, last in ((0, 200), (30, 90), (50, 50), (-99, -1)):
        from_at, to_at = AT + timedelta(minutes=first), AT + timedelta(minutes=last)
        wanted = [one for one in everything if from_at <= one.measured_at <= to_at]
        with database.read() as session:
            assert readings_in(session, [Span("BOX-0001", from_at, to_at)]) == wherever(wanted)
            cores = readings_in(session, [Span("BOX-0001", from_at, to_at, "core", "dummy")])
            twice = readings_in(session, [Span("BOX-0001", from_at, to_at)] * 2)
        assert cores == [
            structs.replace(one, senses="dummy") for one in wherever(wanted) if one.probe == "core"
        ]
        assert twice == wherever(wanted)


def test_late_readings_go_into_a_further_chunk(database):
    """
    Tests that sealing again seals only what came since, and that the hold has all its chunks.
    """
    use = ProbeUse("BOX-0001", "core", "core", "box", AT, AT + timedelta(hours=1))
    span = span_of_use(use, AT - DAY, AT + DAY)
    early, late = [reading(n) for n in range(0, 80, 2)], [reading(n, backfill=True) for n in range(1, 80, 2)]
    with database.begin() as session:
        keep(session, early)
        (first,) = seal(session, [span], "box", AT)
        assert seal(session, [span], "box", AT) == []
        keep(session, late)
        (second,) = seal(session, [span], "box", AT)
    assert (first.count, second.count) == (30, 30)  # the probe left after an hour
    with database.read() as session:
        assert chunks_of_hold(session, "box") == [first, second]
        assert count_sealed(session, ["box", "other"]) == {"box": 60, "other": 0}
        assert len(readings_in(session, [span])) == 60


def test_a_use_outside_the_question_has_no_span():
    """
    Tests that the instant at which a probe leaves a box belongs to what comes after.
    """
    use = ProbeUse("BOX-0001", "core", "core", "box", AT, AT + timedelta(hours=1))
    assert span_of_use(use, AT + timedelta(hours=1), AT + DAY) is None
    assert span_of_use(use, AT - DAY, AT - timedelta(hours=1)) is None
    assert span_of_use(replace(use, to_at=None), AT - DAY, AT + DAY) == Span(
        "BOX-0001", AT, AT + DAY, "core", "core"
    )


@pytest.mark.parametrize("table", ["telemetry_chunks", "telemetry_hold_chunks"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET digest = digest", "DELETE FROM {}"])
def test_sealed_evidence_refuses_change(database, table, statement):
    """
    Tests that the database itself refuses to change or delete a chunk.
    """
    with database.begin() as session:
        save_chunks(session, chunks_of([reading(1)]), "box", AT)
    with pytest.raises(DatabaseError, match="evidence"), database.begin() as session:
        session.execute(text(statement.format(table)))
