"""Days of loose sensors are sealed; rows that were sealed long ago are dropped where that is asked for."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace
from sqlmodel import select

from api.tending import DayTending
from telemetry.chunks import unpack
from telemetry.readings import Reading
from telemetry.store.chunks import chunks_between
from telemetry.store.dropped_rows import count_dropped
from telemetry.store.history import Span, readings_in
from telemetry.store.readings import count_readings, keep, readings_of_device
from telemetry.store.tended_days import TendedDayRow

DAY = timedelta(days=1)
FROM_AT = datetime(2026, 11, 23, tzinfo=UTC)
DEVICES = [f"LOOSE-{number:02d}" for number in range(9)]


class Clock:
    """A clock set by hand."""

    at = FROM_AT

    def now(self) -> datetime:
        """Where it was set."""
        return self.at


def told(device_id: str, day: int) -> list[Reading]:
    """Two readings at the ends of a day, and one in doubt whose day cannot be."""
    day_at = FROM_AT + day * DAY
    of_day = [day_at, day_at + DAY - timedelta(microseconds=1)]
    found = [Reading(device_id, "air", "air", "temperature", 4.0, at, at, day) for at in of_day]
    lost_at = datetime(1970, 1, 2, tzinfo=UTC)
    return [*found, replace(found[0], measured_at=lost_at, doubt="time")]


@pytest.fixture
def tended(database, monkeypatch):
    """Gives a function: as of a day, everything that is due is done, by a process that just started."""
    monkeypatch.setattr("api.tending.IDLE_S", 0.0)
    monkeypatch.setattr("api.tending.REST_S", 0.0)
    monkeypatch.setattr("api.tending.REST_RATIO", 0.0)
    clock = Clock()

    def as_of(day: int, kept: int | None = None) -> None:
        clock.at = FROM_AT + day * DAY
        tending = DayTending(database, clock, kept)
        while tending._tend_some(clock.now()):
            pass

    return as_of


def sealed(session, device_id: str) -> set[tuple[object, ...]]:
    """Keys that are in a chunk, each in one."""
    chunks = chunks_between(session, device_id, FROM_AT - DAY, FROM_AT + 90 * DAY)
    found = [one.key for chunk in chunks for one in unpack(chunk)]
    assert len(found) == len(set(found))
    return set(found)


def test_days_of_loose_sensors_are_sealed(database, tended):
    """
    Tests that a day is sealed two days after its end, for every device, and that what comes after that goes
    into a further chunk when it is looked at again.
    """
    days = [told(device_id, day) for device_id in DEVICES for day in (0, 1)]
    with database.begin() as session:
        keep(session, [one for several in days for one in several])
    tended(2)
    with database.read() as session:
        assert [sealed(session, one) for one in DEVICES] == [set()] * 9
    tended(3)
    late = replace(told(DEVICES[8], 0)[0], sequence=7, backfill=True)
    with database.begin() as session:
        assert [sealed(session, one) for one in DEVICES] == [
            {reading.key for reading in told(one, 0)[:2]} for one in DEVICES
        ]
        keep(session, [late])
    tended(4)
    with database.read() as session:
        assert {len(sealed(session, one)) for one in DEVICES} == {4}
        assert late.key not in sealed(session, DEVICES[8])
    tended(31)
    with database.read() as session:
        assert late.key in sealed(session, DEVICES[8])


def test_rows_are_dropped_only_where_it_is_asked_for(database, tended):
    """
    Tests that rows stay for ever by default; that with a number of days they go so long after the second
    sealing; and that a device's newest rows, and what is in no chunk, stay.
    """
    days = [told(device_id, day) for device_id in DEVICES for day in (0, 1)]
    with database.begin() as session:
        keep(session, [one for several in days for one in several])
        kept = count_readings(session)
    tended(32)
    span = Span(DEVICES[0], FROM_AT - DAY, FROM_AT + 90 * DAY)
    with database.read() as session:
        before = readings_in(session, [span])
    tended(38, 7)
    with database.read() as session:
        assert count_dropped(session) == 0
    tended(39, 7)
    with database.read() as session:
        assert (count_dropped(session), count_readings(session)) == (18, kept)
        assert readings_in(session, [span]) == before
        left = readings_of_device(session, DEVICES[0], from_at=FROM_AT - 60 * 365 * DAY, to_at=span.to_at)
        newest, in_doubt = told(DEVICES[0], 1), told(DEVICES[0], 0)[2]
        assert {one.key for one in left} == {one.key for one in (*newest, in_doubt)}


def test_a_clock_that_says_2000_costs_one_day_not_ten_thousand(database, tended):
    """
    Tests that only days with readings are gone through, and that each of them is sealed as before.
    """
    lost = [
        replace(one, device_id="LOST", measured_at=one.measured_at - 9_800 * DAY) for one in told("x", 0)[:2]
    ]
    with database.begin() as session:
        keep(session, [*lost, *told("SOUND", 0)[:2]])
    tended(32)
    tended(39, 7)
    with database.read() as session:
        done = [(row.tending, (row.day_at - FROM_AT).days) for row in session.exec(select(TendedDayRow))]
        assert sorted(done) == sorted(
            (tending, day) for tending in ("sealed", "sealed_again", "dropped") for day in (-9_800, 0)
        )
        spans = [Span("LOST", lost[0].measured_at, lost[1].measured_at)]
        assert len(readings_in(session, spans)) == 2
