"""The moon's days and the sun's terms, as a kitchen's calendar shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from math import cos, floor, radians, sin
from zoneinfo import ZoneInfo

from lunardate import LunarDate

from kitchen.menu_grounds import Name, Standing
from kitchen.menu_rules import Festival

CALENDAR_ZONE = ZoneInfo("Asia/Shanghai")  # the Chinese calendar's meridian, wherever the kitchen stands
J2000 = datetime(2000, 1, 1, 12, tzinfo=UTC)
CLOCK_AHEAD_S = 69  # dynamical time less civil time, about constant in these decades
DAY_S = 86_400
LATE_TERMS = frozenset({date(2016, 7, 6), date(2040, 10, 7), date(2042, 7, 22)})
"""Dates, 2015 to 2045, on which the reckoning has a term minutes before midnight that comes after it."""
TERMS: tuple[Name, ...] = (
    ("春分", "Spring Equinox"),
    ("清明", "Clear and Bright"),
    ("谷雨", "Grain Rain"),
    ("立夏", "Start of Summer"),
    ("小满", "Grain Buds"),
    ("芒种", "Grain in Ear"),
    ("夏至", "Summer Solstice"),
    ("小暑", "Minor Heat"),
    ("大暑", "Major Heat"),
    ("立秋", "Start of Autumn"),
    ("处暑", "End of Heat"),
    ("白露", "White Dew"),
    ("秋分", "Autumn Equinox"),
    ("寒露", "Cold Dew"),
    ("霜降", "Frost's Descent"),
    ("立冬", "Start of Winter"),
    ("小雪", "Minor Snow"),
    ("大雪", "Major Snow"),
    ("冬至", "Winter Solstice"),
    ("小寒", "Minor Cold"),
    ("大寒", "Major Cold"),
    ("立春", "Start of Spring"),
    ("雨水", "Rain Water"),
    ("惊蛰", "Awakening of Insects"),
)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """
    What a date is in the Chinese calendar.

    Parameters
    ----------
    lunar_month, lunar_day, leap
        Of the moon; whether the month is a leap month.
    term
        The solar term that begins on it, in Chinese and English; None on other days.
    festivals
        That fall on it.
    """

    lunar_month: int
    lunar_day: int
    leap: bool
    term: Name | None
    festivals: tuple[Name, ...] = ()


def calendar_day(day_on: date, festivals: Iterable[Festival] = ()) -> CalendarDay:
    """
    A date in the Chinese calendar.

    Raises
    ------
    ValueError
        When the date lies outside the years 1900 to 2099 that the lunar table knows.
    """
    moon = LunarDate.from_solar_date(day_on.year, day_on.month, day_on.day)
    falling = tuple(
        one.name
        for one in festivals
        if (one.lunar == (moon.month, moon.day) and not moon.is_leap_month)
        or (one.day and one.day == day_on.strftime("%m-%d"))
        or (one.last_of_year and _new_year_on(day_on + timedelta(days=1)))
    )
    return CalendarDay(moon.month, moon.day, bool(moon.is_leap_month), solar_term(day_on), falling)


def _new_year_on(day_on: date) -> bool:
    moon = LunarDate.from_solar_date(day_on.year, day_on.month, day_on.day)
    return (moon.month, moon.day, bool(moon.is_leap_month)) == (1, 1, False)


def standing_on(day_on: date, rules: Iterable[Standing]) -> list[Standing]:
    """The rules of the lunar month that hold on a date."""
    day = calendar_day(day_on).lunar_day
    return [one for one in rules if day in one.lunar_days]


@cache
def solar_term(day_on: date) -> Name | None:
    """The solar term that begins on a date of the Chinese calendar, or None."""
    if day_on in LATE_TERMS:
        return None
    if day_on - timedelta(days=1) in LATE_TERMS:
        return TERMS[floor(_sun_degrees(datetime.combine(day_on, time(12), CALENDAR_ZONE)) / 15) % 24]
    start_at = datetime.combine(day_on, time(), CALENDAR_ZONE)
    before, after = (floor(_sun_degrees(at) / 15) for at in (start_at, start_at + timedelta(days=1)))
    return None if before == after else TERMS[after % 24]


def _sun_degrees(at: datetime) -> float:
    """
    The sun's apparent longitude, degrees in [0, 360).

    References
    ----------
    J. Meeus, Astronomical Algorithms, chapter 25, with the largest of its planetary terms; docs/menus.md.
    """
    days = ((at - J2000).total_seconds() + CLOCK_AHEAD_S) / DAY_S
    t = days / 36_525
    anomaly = radians(357.52911 + 35_999.05029 * t - 0.0001537 * t * t)
    center = (
        (1.914602 - 0.004817 * t) * sin(anomaly)
        + (0.019993 - 0.000101 * t) * sin(2 * anomaly)
        + 0.000289 * sin(3 * anomaly)
    )
    planets = (
        0.00134 * cos(radians(153.23 + 22_518.7541 * t))
        + 0.00154 * cos(radians(216.57 + 45_037.5082 * t))
        + 0.00200 * cos(radians(312.69 + 32_964.3577 * t))
        + 0.00178 * sin(radians(350.74 + 445_267.1142 * t))
    )
    node = radians(125.04 - 1_934.136 * t)
    mean = 280.46646 + 36_000.76983 * t + 0.0003032 * t * t
    return (mean + center + planets - 0.00569 - 0.00478 * sin(node)) % 360
