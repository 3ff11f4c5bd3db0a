"""Tests of which readings are judged."""

from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from telemetry.readings import Doubt, Reading
from telemetry.trusted import trusted

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def series(*values: float, quantity: str = "temperature") -> list[Reading]:
    """Readings of one probe every half hour; 85 exactly is in doubt, as its decoder says."""
    found = []
    for number, value in enumerate(values):
        at = AT + timedelta(minutes=30 * number)
        doubt: Doubt = "power_on" if value == 85.0 else ""
        found.append(Reading("S01", "core", "core", quantity, value, at, at, number, doubt=doubt))
    return found


def judged(readings: list[Reading]) -> list[float]:
    """The values that are judged."""
    return [reading.value for reading in trusted(readings)]


def test_a_hot_carrier_that_begins_at_85_loses_no_reading() -> None:
    """
    Tests the measured cooling curve of an insulated carrier, which begins at the value of a power-on.
    """
    curve = [85.0, 75, 72.7, 69.3, 66, 62.3, 59.7, 55, 54]
    assert judged(series(*curve)) == curve


def test_85_far_from_both_neighbours_is_what_a_sensor_says_as_it_starts() -> None:
    """
    Tests that the value is left out between two far ones, kept beside a near one, and waits while alone.
    """
    assert judged(series(3.0, 85.0, 3.2)) == [3.0, 3.2]
    assert judged(series(80.0, 85.0, 70.0)) == [80.0, 85.0, 70.0]
    assert judged(series(3.0, 85.0)) == [3.0]


def test_85_is_left_out_as_the_first_after_a_start() -> None:
    """
    Tests that a device's uptime tells when it started, and only the first value after it is left out.
    """
    started = replace(series(60.0, quantity="uptime")[0], measured_at=AT + timedelta(minutes=31))
    assert judged([*series(84.0, 85.0, 85.0), started]) == [84.0, 85.0]
    assert judged([*series(85.0, 84.0), replace(started, value=1.0, measured_at=AT)]) == [84.0]


def test_a_board_that_has_run_for_days_did_not_just_start() -> None:
    """
    Tests that the first reading that is known, at packing, is kept when its board started long before.
    """
    curve = [85.0, 75, 72.7]
    (uptime,) = series(5 * 86_400.0, quantity="uptime")
    assert judged([*series(*curve), uptime]) == curve
    assert judged([*series(*curve), replace(uptime, value=301.0)]) == curve
    assert judged([*series(*curve), replace(uptime, value=11.0)]) == curve[1:]


def test_only_temperatures_of_a_sound_instant_are_judged() -> None:
    """
    Tests that humidity, and a reading whose time cannot be, are kept but judged by nobody.
    """
    odd = replace(series(70.0)[0], doubt="time")
    assert judged([odd, *series(40.0, quantity="humidity")]) == []


def test_an_uptime_whose_instant_cannot_be_tells_no_start() -> None:
    """
    Tests uptimes that reach before the first date, in doubt and not: neither ends the judging.
    """
    first_at = datetime(1, 1, 1, 0, 5, tzinfo=UTC)
    for doubt in ("", "time"):
        uptime = Reading("S01", "device", None, "uptime", 1e9, first_at, AT, doubt=doubt)
        assert judged([*series(3.0, 3.1), uptime]) == [3.0, 3.1]
