"""Tests of the small map of a trip."""

from dataclasses import replace
from itertools import combinations
from math import hypot

import pytest

from api.reports.pen import Pen
from api.reports.route_sheet import render
from api.reports.trip_map import BAR_RATIO, MARK_MM, Frame, bar_m, draw_map, laid_out
from api.reports.wording import Words
from orders.sites import Place
from tests.api.reports import papers
from tests.api.reports.readback import pages_text

FRAME = Frame(200, 30, 71, 43)
KITCHEN = Place(24.32, 109.42)


def spread(count: int) -> list[Place]:
    """The kitchen and so many stops around it."""
    around = ((i * 37 % 100 / 100 - 0.5, i * 61 % 100 / 100 - 0.5) for i in range(count))
    return [KITCHEN, *(Place(24.32 + 0.02 * north, 109.42 + 0.03 * east) for north, east in around)]


@pytest.mark.parametrize("places", [spread(1), spread(25), [KITCHEN] * 10, [*spread(1), *spread(8)[:1] * 9]])
def test_no_number_lies_on_another(places: list[Place]) -> None:
    """Tests one stop, many, all at the kitchen and all at one door: each number is free and in the map."""
    drawn = laid_out(FRAME, places)

    assert len(drawn.marks) == len(places) - 1
    assert all(FRAME.holds(mark, MARK_MM) for mark in drawn.marks)
    clear = [drawn.points[0], *drawn.marks]
    assert all(hypot(a[0] - b[0], a[1] - b[1]) >= 2 * MARK_MM for a, b in combinations(clear, 2))


def test_north_is_up_and_metres_are_true_both_ways() -> None:
    """Tests that a stop north of the kitchen stands above it, as far as one as far to the east."""
    north, east = Place(24.33, 109.42), Place(24.32, 109.43097)

    drawn = laid_out(FRAME, [KITCHEN, north, east])

    (x_mm, y_mm), above, right = drawn.points
    assert above[0] == pytest.approx(x_mm) and right[1] == pytest.approx(y_mm)
    assert (y_mm - above[1]) * drawn.m_per_mm == pytest.approx(1112, abs=1)
    assert (right[0] - x_mm) * drawn.m_per_mm == pytest.approx(1112, abs=1)


def test_the_scale_is_a_round_length() -> None:
    """Tests the bar for maps of a yard, a quarter and a county."""
    assert [bar_m(most_m) for most_m in (0.4, 84, 499, 2100, 61_000)] == [1, 50, 200, 2000, 50_000]


@pytest.mark.parametrize(("language", "north"), [("zh_CN", "北"), ("en", "N")])
def test_a_map_says_north_its_scale_and_that_lines_are_no_roads(language: str, north: str) -> None:
    """Tests the words of a map in both languages."""
    pen, words = Pen(297, 210, title="map", language=language), Words(language)

    draw_map(pen, FRAME, spread(3), words)
    pen.end_page()

    text, scale = pages_text(pen.pdf())[0], laid_out(FRAME, spread(3)).m_per_mm
    length_m = bar_m(FRAME.width_mm * BAR_RATIO * scale)
    assert f"{length_m // 1000} km" in text
    assert all(part in text for part in (north, words("straight lines, no roads"), "1", "2", "3"))
    assert not pen.findings()


def test_a_trip_whose_stops_are_all_placed_has_its_map() -> None:
    """Tests that the sheet draws it, and that a trip with an unplaced stop is printed without."""
    trip = papers.route_trip(1)
    unplaced = replace(trip, stops=tuple(replace(stop, place=None) for stop in trip.stops))
    told = [
        "".join(pages_text(render(papers.route_sheets(one), "en").pdf)).count("straight lines")
        for one in (trip, unplaced)
    ]
    assert told == [1, 0]
