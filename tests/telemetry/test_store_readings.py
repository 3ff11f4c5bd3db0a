"""Readings are kept once, whatever comes twice; bad frames keep their bytes."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy.exc import DatabaseError
from sqlmodel import text

from orders.codes import Coded
from telemetry.readings import BadFrame, ProbeUse, Reading
from telemetry.store.bad_counts import BadQuota, counted_by_topic
from telemetry.store.probe_uses import put_in
from telemetry.store.readings import (
    KeepResult,
    bad_frames,
    count_bad_frames,
    count_readings,
    count_readings_of_boxes,
    count_readings_since_packing,
    keep,
    readings_of_box,
    readings_of_device,
)
from telemetry.store.sensors import Unboxed, bad_kinds, devices_heard, unboxed

T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def minute(number: int) -> datetime:
    return T0 + timedelta(minutes=number)


def reading(number: int, value_c: float = 70.0, device_id: str = "S01") -> Reading:
    return Reading(device_id, "air", "air", "temperature", value_c, minute(number), minute(number), number)


def bad(number: int = 0) -> BadFrame:
    return BadFrame("holdchain/v1/S01/readings", b"\xff\x00{", Coded("frame_not_json"), minute(number))


def sent_on(frame: BadFrame, topic: str, payload: bytes = b"") -> BadFrame:
    return BadFrame(topic, payload, frame.reason, frame.received_at)


def test_keep_counts_what_is_new_and_what_came_again(database):
    """
    Tests that a frame sent twice is stored once and that every reading is accounted for.
    """
    with database.begin() as session:
        assert keep(session, [reading(1), reading(2)], [bad()]) == KeepResult(2, 0, 1)
        assert keep(session, [reading(2), reading(3), reading(3)], [bad()]) == KeepResult(1, 2, 0)
        assert count_readings(session) == 3
        assert keep(session, []) == KeepResult(0, 0, 0)


def test_keep_gives_back_what_was_put_in(database):
    """
    Tests that a value is neither rounded nor shifted in time on its way through the database.
    """
    odd = replace(
        reading(1, 71.399999999999991), measured_at=minute(1) + timedelta(microseconds=7), backfill=True
    )
    with database.begin() as session:
        keep(session, [odd, replace(odd, sequence=2**62)])
    with database.read() as session:
        found = readings_of_device(session, "S01", from_at=minute(0), to_at=minute(9))
        assert found == [odd, replace(odd, sequence=2**62)]


def test_keep_keeps_a_second_value_under_the_same_key_as_a_bad_frame(database):
    """
    Tests that a reading which contradicts a kept one changes nothing and is listed for its owner.
    """
    with database.begin() as session:
        keep(session, [reading(1, 70.0)])
        kept = keep(session, [reading(1, 65.0), reading(2)])
        assert kept == KeepResult(1, 1, 1, (reading(1, 65.0),))
        assert count_bad_frames(session) == {"reading_conflicts": 1}
        assert bad_frames(session)[0].params["value"] == 65.0
        assert readings_of_device(session, "S01", from_at=T0, to_at=minute(1)) == [reading(1, 70.0)]


def test_bad_frames_beyond_an_hours_quota_are_counted(database):
    """
    Tests that a sensor which sends garbage without end fills no disk, and that none of it goes unsaid.
    """
    quota = BadQuota(frames=3, frame_bytes=4_000, all_bytes=6_000)
    later = [sent_on(bad(60), topic) for topic in ("a", "b", "c")]
    big = [sent_on(bad(120 + n), f"{n}", b"x" * 2_000) for n in range(4)]
    with database.begin() as session:
        assert keep(session, [], [bad(n) for n in range(5)], quota).bad == 5
        assert keep(session, [], [bad(6), bad(7), *later], quota).bad == 5
        assert len(bad_frames(session)) == 6
        assert keep(session, [], [*big, big[3]], quota).bad == 5
        assert keep(session, [], [sent_on(bad(125), "0", b"x" * 2_000)], quota).bad == 1
    with database.read() as session:
        assert len(bad_frames(session)) == 8
        assert count_bad_frames(session) == {"frame_not_json": 16}
        counted = counted_by_topic(session, "frame_not_json")
        assert {topic: count for topic, count in counted.items() if count} == {bad().topic: 4, "#": 3, "0": 1}
        [kind] = bad_kinds(session)
        assert (kind.count, kind.counted, kind.first_at) == (16, 8, minute(0))


def test_readings_are_counted_as_they_are_kept(database):
    """
    Tests that the running count is what the table holds, and that what is rolled back is not in it.
    """
    with database.begin() as session:
        keep(session, [reading(1), reading(2)])
    with suppress(ZeroDivisionError), database.begin() as session:
        keep(session, [reading(3)])
        raise ZeroDivisionError
    with database.begin() as session:
        keep(session, [reading(2), reading(4)])
        held = session.execute(text("SELECT count(*) FROM telemetry_readings")).scalar_one()
        assert count_readings(session) == held == 3


def test_bad_frames_keep_their_bytes(database):
    """
    Tests that a frame's raw bytes and finding come back as they were.
    """
    with database.begin() as session:
        keep(session, [], [bad(1), bad(2)])
    with database.read() as session:
        newest = bad_frames(session, limit=1)[0]
        assert (newest.payload, newest.code, newest.received_at) == (
            b"\xff\x00{",
            "frame_not_json",
            minute(2),
        )


def test_readings_of_a_box_are_those_of_its_time_in_the_box(database):
    """
    Tests that a reading belongs to a box from its probe's first instant there and before its last.
    """
    with database.begin() as session:
        put_in(session, ProbeUse("S01", "air", "air", "box-1", minute(2), minute(5)))
        put_in(session, ProbeUse("S01", "air", "wall", "box-2", minute(5)))
        keep(session, [reading(number) for number in range(1, 8)])
        keep(session, [reading(1, device_id="S02")])

        assert [one.sequence for one in readings_of_box(session, "box-1")] == [2, 3, 4]
        second = readings_of_box(session, "box-2", from_at=minute(6), to_at=minute(6))
        assert [(one.sequence, one.senses) for one in second] == [(6, "wall")]
        assert count_readings_of_boxes(session, ["box-1", "box-2", "box-3"]) == {
            "box-1": 3,
            "box-2": 3,
            "box-3": 0,
        }
        assert count_readings_since_packing(session, ["box-1"]) == 3
        assert count_readings_since_packing(session, ["box-1", "box-2"]) == 6
        assert unboxed(session, ["S01", "S02", "S03"], minute(0)) == [
            Unboxed("S01", "air", minute(1), minute(1), 1),
            Unboxed("S02", "air", minute(1), minute(1), 1),
        ]
        assert unboxed(session, ["S01"], minute(2)) == []
        assert devices_heard(session) == ["S01", "S02"]


@pytest.mark.parametrize("table", ["telemetry_readings", "telemetry_bad_frames"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET received_at = received_at", "DELETE FROM {}"])
def test_evidence_refuses_change(database, table, statement):
    """
    Tests that the database itself refuses to change or delete what a sensor sent.
    """
    with database.begin() as session:
        keep(session, [reading(1)], [bad()])
    with pytest.raises(DatabaseError, match="evidence"), database.begin() as session:
        session.execute(text(statement.format(table)))
    with database.read() as session:
        assert count_readings(session) == 1


@pytest.mark.parametrize(("column", "value"), [("value", 1e300), ("sequence", -2), ("doubt", "mood")])
def test_database_refuses_an_impossible_reading(database, column, value):
    """
    Tests that the table itself holds no value that cannot be.
    """
    columns = {"value": 70.0, "sequence": 1, "doubt": ""} | {column: value}
    insert = (
        "INSERT INTO telemetry_readings (device_id, probe, quantity, measured_at, sequence, value, "
        "received_at, doubt, backfill) VALUES ('S', 'air', 'temperature', 1, "
        ":sequence, :value, 1, :doubt, false)"
    )
    with pytest.raises(DatabaseError), database.begin() as session:
        session.execute(text(insert), columns)
