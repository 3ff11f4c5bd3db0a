"""Tests of the loading list and of the volunteers' lists."""

from dataclasses import replace

import pytest

from api.reports import loading_list, volunteer_list
from api.reports.volunteer_facts import VolunteerLists
from api.reports.wording import Words
from tests.api.reports import papers
from tests.api.reports.readback import pages_text, squeezed


@pytest.mark.parametrize("language", papers.LANGUAGES)
def test_the_yard_reads_dock_minute_and_boxes_from_the_last_stop_on(language: str) -> None:
    """Tests that each dock has its page by minute, with every box, the last stop's first."""
    words, paper = Words(language), papers.loading_list(3, docks=2)

    first, second = pages_text(loading_list.render(paper, language).pdf)

    assert words("Dock {number}", number=1) in first and words("Dock {number}", number=2) in second
    assert "T2" in first and second.index("T1") < second.index("T3")
    assert "09:50–10:00" in first and words("closed by {time}", time="09:52") in first
    trip = papers.loaded_trip(2)
    codes = [box.code for stop in trip.stops for box in stop.boxes]
    assert [first.index(f"\n{code}\n") for code in codes] == sorted(
        first.index(f"\n{code}\n") for code in codes
    )
    assert codes[0] == trip.stops[0].boxes[0].code == papers.route_trip(2, stops=4).stops[-1].boxes[0].code


def test_a_yard_without_docks_or_trips_says_so() -> None:
    """Tests the list by minute, a trip that no dock is free for, and a day without trips."""
    by_minute = pages_text(loading_list.render(papers.loading_list(2, docks=None), "en").pdf)
    assert len(by_minute) == 1 and "By minute" in by_minute[0]
    lost = replace(papers.loading_list(1), trips=(papers.loaded_trip(1, dock=None),))
    assert "No dock is free" in pages_text(loading_list.render(lost, "en").pdf)[0]
    none = replace(lost, trips=(), void=("T4",))
    assert "Void, throw away: T4" in pages_text(loading_list.render(none, "en").pdf)[0]


@pytest.mark.parametrize("language", papers.LANGUAGES)
def test_a_round_says_all_that_a_volunteer_needs(language: str) -> None:
    """Tests who, where, until when, how to get in and what must not be eaten, door by door."""
    words, sheet = Words(language), papers.round_sheet(1)

    text = squeezed(pages_text(volunteer_list.render(papers.volunteer_lists(1), language).pdf)[0])

    wanted = [sheet.site, sheet.volunteer, "10:50", "11:19", "11:24", "2.5 km", "13:05", "X14", "X15"]
    wanted.append(words("last door within {minutes} min", minutes=35))
    for door in sheet.doors:
        meal = door.meal
        wanted += [meal.diner, meal.order_code, meal.address, meal.phone, meal.door_note]
        wanted += [one.called(language) for one in meal.avoid]
        wanted += [dish.called(language) for dish, _, _ in meal.dishes]
    assert [part for part in wanted if squeezed(part) not in text] == []


def test_what_is_in_no_round_stands_with_its_reason() -> None:
    """Tests the last page of a day's rounds, a long round over two pages, and a day without any."""
    printed = volunteer_list.render(papers.volunteer_lists(2), "en")
    assert [(one.code, one.params["meals"]) for one in printed.findings] == [("meals_in_no_round", 2)]
    pages = pages_text(printed.pdf)
    assert len(pages) == 3 and "In no round" in pages[2]
    assert "41 minutes" in squeezed(pages[2]).replace("41minutes", "41 minutes")
    long = papers.round_sheet(1, doors=14)
    told = pages_text(volunteer_list.render(VolunteerLists(papers.head(), (long,)), "en").pdf)
    assert [f"page {n} / 2" in page for n, page in enumerate(told, start=1)] == [True, True]
    nothing = volunteer_list.render(VolunteerLists(papers.head(), ()), "zh_CN")
    assert "没有需要转送上门的餐" in pages_text(nothing.pdf)[0]
