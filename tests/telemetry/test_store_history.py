"""Tests of the one question about the past: rows and chunks agree, nothing twice, late readings too."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import Session

from telemetry.chunks import chunks_of, unpack
from telemetry.pairing import Pairing
from telemetry.readings import DOUBTS, SENSES, ProbeUse, Reading
from telemetry.store import history
from telemetry.store.chunks import save_chunks
from telemetry.store.dropped_rows import DroppingRow, rows_gone_before
from telemetry.store.history import (
    Span,
    readings_in,
    readings_of_holds,
    seal_hold,
    seal_rest,
    span_of_use,
)
from telemetry.store.probe_uses import Correcting, correct, put_in, uses_of_boxes
from telemetry.store.readings import bad_frames, count_readings, keep
from telemetry.store.retention import drop_rows
from telemetry.store.seals import Seal, save_seal, standing_seal

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
    return Reading(
        device, probe, fields.pop("senses", None), "temperature", 70 + number / 16, **(told | fields)
    )


def wherever(readings: list[Reading]) -> list[Reading]:
    """In the answer's order."""
    return sorted(readings, key=lambda one: (one.measured_at, one.device_id, one.probe))


told = st.builds(
    reading,
    st.integers(0, 3000),
    probe=st.sampled_from(["core", "air"]),
    device=st.sampled_from(["BOX-0001", "BOX-0002"]),
    sequence=st.integers(-1, 3),
    backfill=st.booleans(),
    senses=st.sampled_from([None, *SENSES]),
    doubt=st.sampled_from(DOUBTS),
)
places = st.sampled_from(["row", "chunk", "both"])
spans = st.builds(
    lambda device, first, length, probe, senses: Span(
        device, AT + timedelta(minutes=first), AT + timedelta(minutes=first + length), probe, senses
    ),
    st.sampled_from(["BOX-0001", "BOX-0002"]),
    st.integers(-10, 3000),
    st.integers(0, 3000),
    st.sampled_from([None, "core", "air"]),
    st.sampled_from([None, *SENSES]),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(told, places), max_size=30, unique_by=lambda one: one[0].key),
    st.lists(spans, max_size=3),
)
def test_rows_and_chunks_agree_wherever_readings_lie(lying, asked):
    """
    Tests that any spans give every field alike whether readings are rows, chunks or both, in any mixture.
    """

    def answer(places: list[str]) -> list[Reading]:
        rows = [one for (one, _), place in zip(lying, places, strict=True) if place != "chunk"]
        chunks = chunks_of(one for (one, _), place in zip(lying, places, strict=True) if place != "row")
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(
                history,
                "readings_of_device",
                lambda _, device, *, from_at, to_at: [
                    one for one in rows if one.device_id == device and from_at <= one.measured_at <= to_at
                ],
            )
            patched.setattr(
                history,
                "chunks_between",
                lambda _, device, from_at, to_at, probe: [
                    one
                    for one in chunks
                    if one.device_id == device
                    and probe in (None, one.probe)
                    and from_at <= one.to_at
                    and one.from_at <= to_at
                ],
            )
            return readings_in(Session(), asked)

    as_rows, mixed, as_chunks = (
        answer(one) for one in (["row"] * len(lying), [place for _, place in lying], ["chunk"] * len(lying))
    )
    assert as_rows == mixed == as_chunks
    within = {
        one.key
        for one, _ in lying
        if any(
            span.device_id == one.device_id
            and span.probe in (None, one.probe)
            and span.from_at <= one.measured_at <= span.to_at
            for span in asked
        )
    }
    assert {one.key for one in mixed} == within and len(mixed) == len(within)


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
        save_chunks(session, chunks_of(sealed[::2]), AT)
        save_chunks(session, chunks_of(sealed[1::2]), AT)
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


def keys(readings) -> set[tuple[object, ...]]:
    """The readings' keys; each may come once."""
    found = [one.key for one in readings]
    assert len(found) == len(set(found))
    return set(found)


def sealed_keys(session, box_id: str) -> set[tuple[object, ...]]:
    """What a hold's standing seal holds."""
    return keys(one for chunk in standing_seal(session, box_id).chunks for one in unpack(chunk))


def test_late_readings_go_into_a_further_chunk(database):
    """
    Tests that sealing again seals only what came since, in a further seal that names the first chunk too.
    """
    use = ProbeUse("BOX-0001", "core", "core", "box", AT, AT + timedelta(hours=1))
    span = span_of_use(use, AT - DAY, AT + DAY)
    early, late = [reading(n) for n in range(0, 80, 2)], [reading(n, backfill=True) for n in range(1, 80, 2)]
    with database.begin() as session:
        keep(session, early)
        first = seal_hold(session, "box", [span], 1, AT)
        assert seal_hold(session, "box", [span], 1, AT) is None
        keep(session, late)
        second = seal_hold(session, "box", [span], 2, AT)
    assert [one.count for one in first.chunks] == [30]  # the probe left after an hour
    assert [one.count for one in second.chunks] == [30, 30]
    assert first.chunks[0] in second.chunks
    with database.read() as session:
        assert standing_seal(session, "box") == second
        assert len(readings_in(session, [span])) == len(sealed_keys(session, "box")) == 60
        assert standing_seal(session, "other") is None


def test_a_corrected_pairing_moves_sealed_readings(database):
    """
    Tests that after a correction from a minute on each box has its own readings, in its history and in a
    new seal, and that what was sealed first stays as it was.
    """
    day_at = AT.replace(hour=0)
    end_at = AT + timedelta(hours=2)
    wrong = ProbeUse("BOX-0001", "core", "core", "old", AT, end_at)
    moved_at = AT + timedelta(hours=1)
    stand = (replace(wrong, to_at=moved_at), replace(wrong, box_id="new", from_at=moved_at))
    told = [reading(n, received_at=AT) for n in range(120)]
    with database.begin() as session:
        put_in(session, wrong)
        keep(session, [*told, reading(5000)])
        first = seal_hold(session, "old", [span_of_use(wrong, AT, end_at)], 1, AT)
        seal_rest(session, "BOX-0001", day_at, AT)
        assert drop_rows(session, "BOX-0001", day_at, sealed_to_at=AT, dropped_at=AT + DAY) == 120
        correct(session, Pairing((wrong,), stand), Correcting("c", "u", end_at, stand[1].from_at, "moved"))
    with database.begin() as session:
        history = readings_of_holds(session, ["old", "new"])
        assert [keys(history[box]) for box in ("old", "new")] == [keys(told[:60]), keys(told[60:])]
        for use in stand:
            assert seal_hold(session, use.box_id, [span_of_use(use, AT, end_at)], 2, end_at) is not None
        assert sealed_keys(session, "old") == keys(told[:60])
        assert sealed_keys(session, "new") == keys(told[60:])
        assert len(uses_of_boxes(session, ["new"])["new"]) == 1
        assert len(readings_in(session, [Span("BOX-0001", AT, end_at)])) == 120
        kept = session.execute(text("SELECT digest, body FROM telemetry_chunks WHERE readings = 120"))
        assert [(bytes(digest), bytes(body)) for digest, body in kept] == [
            (one.digest, one.body) for one in first.chunks
        ]


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_history_reads_the_same_after_its_rows_are_dropped(database, seed):
    """
    Tests on any mixture of holds, loose days and late readings: a question has one answer before rows are
    dropped and after it, and what is in no chunk keeps its row.
    """
    dice = random.Random(seed)
    use = ProbeUse("BOX-0001", "core", "core", "box", AT, AT + timedelta(minutes=90))
    everything = [reading(n, probe) for n in range(180) for probe in ("core", "air", "device")]
    everything += [reading(n, device="BOX-0002") for n in range(3)] + [reading(4000)]
    late = [one for one in everything if dice.random() < 0.3]
    day_at = AT.replace(hour=0)
    span = Span("BOX-0001", day_at, AT + 9 * DAY)

    def answers(session):
        holds = readings_of_holds(session, ["box", "none"])
        return readings_in(session, [span]), holds, count_readings(session)

    with database.begin() as session:
        put_in(session, use)
        keep(session, [one for one in everything if one not in late])
        seal_hold(session, "box", [span_of_use(use, AT, AT + DAY)], 1, AT)
        seal_rest(session, "BOX-0001", day_at, AT)
        keep(session, late)
        before = answers(session)
        chunks = session.execute(text("SELECT sum(readings) FROM telemetry_chunks")).scalar()
    with database.begin() as session:
        args = {"sealed_to_at": AT, "dropped_at": AT + DAY}
        assert drop_rows(session, "BOX-0001", day_at - DAY, **args) == 0
        assert rows_gone_before(session) is None
        assert drop_rows(session, "BOX-0001", day_at, **args) == chunks
        assert drop_rows(session, "BOX-0001", day_at, **args) == 0
        assert drop_rows(session, "BOX-0002", day_at, **args) == 0  # what it told last stays
    with database.read() as session:
        rows = session.execute(text("SELECT count(*) FROM telemetry_readings")).scalar()
        assert rows == len(everything) - chunks
        assert answers(session) == before
        assert rows_gone_before(session) == day_at + DAY


def test_a_sealed_reading_is_known_without_its_row(database):
    """
    Tests that a reading that comes again from memory after its row was dropped is a duplicate, with another
    value a bad frame, and that a new one among them is kept.
    """
    day_at, told = AT.replace(hour=0), [reading(n) for n in range(60)]
    again = [structs.replace(one, backfill=True, received_at=AT + 40 * DAY) for one in told[:3]]
    other, new = structs.replace(again[1], value=5.0), structs.replace(again[2], sequence=99)
    with database.begin() as session:
        keep(session, [*told, reading(5000)])
        seal_rest(session, "BOX-0001", day_at, AT)
        drop_rows(session, "BOX-0001", day_at, sealed_to_at=AT, dropped_at=AT + DAY)
    with database.begin() as session:
        kept = keep(session, [again[0], other, new])
        assert (kept.stored, kept.duplicates, kept.bad, kept.conflicting) == (1, 2, 1, (other,))
        assert [one.code for one in bad_frames(session)] == ["reading_conflicts"]
        asked = readings_in(session, [Span("BOX-0001", AT, AT + timedelta(hours=1))])
        assert [(one.key, one.value) for one in asked if one.key != new.key] == [
            (one.key, one.value) for one in told
        ]
        assert len(asked) == 61


@pytest.mark.parametrize("what", ["nothing", "other value", "other chunk"])
def test_only_a_sealed_row_can_be_deleted(database, what):
    """
    Tests that the database refuses to delete a row unless the very reading is named with a chunk that
    spans it.
    """
    sealed, loose = reading(1), reading(300)
    (chunk,) = chunks_of([sealed])
    with database.begin() as session:
        keep(session, [sealed, loose])
        save_chunks(session, [chunk], AT)
    named = sealed if what == "other value" else loose
    with pytest.raises(DatabaseError, match="evidence"), database.begin() as session:
        if what != "nothing":
            row = DroppingRow(
                device_id=named.device_id,
                measured_at=named.measured_at,
                probe=named.probe,
                quantity=named.quantity,
                sequence=named.sequence,
                value=named.value + (what == "other value"),
                digest=chunk.digest,
            )
            session.add(row)
            session.flush()
        session.execute(text("DELETE FROM telemetry_readings"))
    with database.read() as session:
        assert count_readings(session) == 2


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


@pytest.mark.parametrize("table", ["telemetry_chunks", "telemetry_seals", "telemetry_sealed_chunks"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_sealed_evidence_refuses_change(database, table, statement):
    """
    Tests that the database itself refuses to change or delete a chunk or a seal.
    """
    column = "sealed_at" if table != "telemetry_sealed_chunks" else "digest"
    with database.begin() as session:
        save_seal(session, "box", Seal(1, 1, tuple(chunks_of([reading(1)]))), AT)
    with pytest.raises(DatabaseError, match="evidence"), database.begin() as session:
        session.execute(text(statement.format(table, column, column)))
