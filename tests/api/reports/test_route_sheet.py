"""Tests of the route sheets."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.reports.route_facts import RouteBox
from api.reports.route_sheet import render
from api.reports.wording import Words
from tests.api.reports import papers
from tests.api.reports.readback import figures, pages_text, squeezed

FOOT = ("Stops", "Boxes", "Portions")


def foot_of(pdf: bytes, language: str) -> list[tuple[int, ...]]:
    """The figures at the foot of each trip, in the order of `FOOT`."""
    words = Words(language)
    found = figures(pdf, [f"\n{words(label)}" for label in FOOT])
    return list(zip(*found.values(), strict=True))


@settings(max_examples=10, deadline=None)
@given(
    st.lists(
        st.lists(st.lists(st.integers(1, 300), max_size=5), min_size=1, max_size=8), min_size=1, max_size=2
    ),
    st.sampled_from(papers.LANGUAGES),
)
def test_totals_of_any_trip_are_read_back(trips: list[list[list[int]]], language: str):
    """Tests that each trip's foot gives its stops, boxes and portions."""
    paper = papers.route_sheets(
        *(
            replace(
                papers.route_trip(number),
                stops=tuple(
                    replace(papers.route_stop(i), boxes=tuple(RouteBox(f"X{n}", "hot", n) for n in counts))
                    for i, counts in enumerate(stops)
                ),
            )
            for number, stops in enumerate(trips, start=1)
        )
    )

    found = foot_of(render(paper, language).pdf, language)

    assert found == [(len(stops), sum(map(len, stops)), sum(map(sum, stops))) for stops in trips]


@pytest.mark.parametrize("language", papers.LANGUAGES)
def test_a_stop_says_all_that_the_driver_needs(language: str):
    """Tests that place, contact, window, arrival, latest hand-over and each box stand on the sheet."""
    trip = papers.route_trip(1)

    text = squeezed("".join(pages_text(render(papers.route_sheets(trip), language).pdf)))

    wanted = [trip.vehicle, trip.driver, "09:50", "11:45", "18.4 km", "10:20–11:40", "10:25", "11:20", "60 ℃"]
    wanted += [trip.phone, "13:00–14:00", Words(language)("floor {floor}, {way}", floor="+3", way="")]
    for stop in trip.stops:
        wanted += [stop.name, stop.address, stop.contact, *(box.code for box in stop.boxes)]
        wanted += [stop.door_note, *stop.owed]
    assert all(squeezed(part) in text for part in wanted)


@pytest.mark.parametrize("language", papers.LANGUAGES)
def test_each_trip_counts_its_own_pages(language: str):
    """Tests that thirty stops run over pages with n / m, and the next trip starts at one."""
    words = Words(language)
    long, short = papers.route_trip(1, stops=30), papers.route_trip(2, stops=2)

    pages = pages_text(render(papers.route_sheets(long, short), language).pdf)

    total = len(pages) - 1
    for number, page in enumerate(pages[:-1], start=1):
        assert words("page {page} / {pages}", page=number, pages=total) in page
        assert words("Deliver by") in page
    assert words("page {page} / {pages}", page=1, pages=1) in pages[-1]


@pytest.mark.parametrize("language", papers.LANGUAGES)
def test_long_names_and_many_boxes_are_never_cut(language: str):
    """Tests that a stop with forty boxes and a very long name is whole."""
    boxes = tuple(
        RouteBox(f"X{n}", "cold", n, "欧阳建国" if n % 9 == 0 else "", n % 7 == 0) for n in range(100, 130)
    )
    stop = replace(
        papers.route_stop(1), name="柳州市柳江区穿山镇示例长者饭堂" * 5, contact="𠮷主任" * 12, boxes=boxes
    )
    trip = replace(papers.route_trip(1), stops=(stop,), vehicle="桂B·D0018 五菱荣光加长轴距保温车" * 3)

    rendered = render(papers.route_sheets(trip), language)

    text = squeezed("".join(pages_text(rendered.pdf)))
    assert squeezed(stop.name) in text
    assert squeezed(trip.vehicle) in text
    assert all(f"{box.code}{box.portions}" in text for box in boxes)
    assert [finding.code for finding in rendered.findings] == ["glyph_missing"]


def test_a_day_without_trips_says_so():
    """Tests that no trip is one page that says it."""
    paper = replace(papers.route_sheets(), trips=())

    rendered = render(paper, "zh_CN")

    assert rendered.pages == 1
    assert "没有安排车次" in pages_text(rendered.pdf)[0]
