"""The Chinese calendar on menus."""

from datetime import date

import pytest

from kitchen.menu_calendar import calendar_day, solar_term, standing_on
from tests.kitchen.menus import book

TERMS_2026 = {
    (1, 5): "小寒", (1, 20): "大寒", (2, 4): "立春", (2, 18): "雨水", (3, 5): "惊蛰", (3, 20): "春分",
    (4, 5): "清明", (4, 20): "谷雨", (5, 5): "立夏", (5, 21): "小满", (6, 5): "芒种", (6, 21): "夏至",
    (7, 7): "小暑", (7, 23): "大暑", (8, 7): "立秋", (8, 23): "处暑", (9, 7): "白露", (9, 23): "秋分",
    (10, 8): "寒露", (10, 23): "霜降", (11, 7): "立冬", (11, 22): "小雪", (12, 7): "大雪", (12, 22): "冬至",
}  # fmt: skip


def test_the_terms_of_a_year_begin_on_their_days():
    """
    Tests the 24 terms of 2026 as the almanac has them, and that there is no other.
    """
    days = [date.fromordinal(date(2026, 1, 1).toordinal() + step) for step in range(365)]
    found = {(on.month, on.day): term[0] for on in days if (term := solar_term(on)) is not None}
    assert found == TERMS_2026


@pytest.mark.parametrize(("day_on", "term"), [(date(2016, 7, 7), "小暑"), (date(2040, 10, 8), "寒露")])
def test_a_term_minutes_after_midnight_is_on_its_day(day_on, term):
    """
    Tests the few terms that begin so near midnight that a short reckoning misses the day.
    """
    found = solar_term(day_on)
    assert found is not None and found[0] == term
    assert solar_term(day_on.replace(day=day_on.day - 1)) is None


@pytest.mark.parametrize(
    ("day_on", "moon", "festival"),
    [
        (date(2026, 2, 17), (1, 1, False), "春节"),
        (date(2026, 2, 16), (12, 29, False), "除夕"),
        (date(2024, 2, 9), (12, 30, False), "除夕"),
        (date(2026, 9, 25), (8, 15, False), "中秋节"),
        (date(2025, 7, 25), (6, 1, True), None),
        (date(2026, 10, 1), (8, 21, False), "国庆节"),
    ],
)
def test_festivals_follow_the_moon(day_on, moon, festival):
    """
    Tests lunar dates, a leap month, and festivals by moon and by month.
    """
    day = calendar_day(day_on, book().festivals)
    assert (day.lunar_month, day.lunar_day, day.leap) == moon
    assert [name[0] for name in day.festivals] == ([festival] if festival else [])


def test_a_standing_rule_holds_on_its_lunar_days():
    """
    Tests that the vegetarian rule falls on the first and the fifteenth.
    """
    days = [date(2026, 11, 9 + step) for step in range(20)]
    assert [on.day for on in days if standing_on(on, book().standing)] == [9, 23]
