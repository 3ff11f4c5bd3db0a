"""The volunteers' lists and the loading list of a real day: what goes on to doors, and what is loaded."""

from dataclasses import replace

import pytest

from api.day.carrying import Carrying
from api.day.paper_differences import loading_changes
from api.day.paper_facts import PaperFacts, load_paper_facts
from api.day.paper_loading import loading_list
from api.day.paper_volunteers import volunteer_lists
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay


@pytest.fixture(scope="module")
def facts(published_day: ExampleDay) -> PaperFacts:
    """What the papers are made from."""
    with published_day.database.read() as session:
        return load_paper_facts(session, SERVICE, PUBLISHED_AT)


def carried(facts: PaperFacts) -> set[str]:
    """Numbers of the orders in bags that go on."""
    lines = {line_id for box in facts.boxes if box.second_leg for line_id in box.line_ids}
    return {order.code for line_id, (order, _) in facts.ordered.items() if line_id in lines}


def test_each_meal_that_goes_on_is_at_one_door(facts: PaperFacts) -> None:
    """Tests that every such order stands in one round with its address and telephone, and in time."""
    found = volunteer_lists(facts)
    doors = [door for sheet in found.rounds for door in sheet.doors]
    assert carried(facts) and found.left == ()
    assert sorted(door.meal.order_code for door in doors) == sorted(carried(facts))
    assert all(door.meal.address and door.meal.phone and door.meal.dishes for door in doors)
    signed = {
        box: visit.leave_s for trip in facts.plan.trips for visit in trip.visits for box in visit.box_ids
    }
    codes = {box.code: box.box_id for box in facts.boxes}
    for sheet in found.rounds:
        came = max(facts.service.instant(signed[codes[code]]) for code, _ in sheet.boxes)
        assert came <= sheet.leave_at < sheet.doors[0].arrive_at
        assert (sheet.last_door_at - sheet.leave_at).total_seconds() <= sheet.most_minutes * 60


def test_who_carries_is_named_and_a_home_without_a_place_is_told(facts: PaperFacts) -> None:
    """Tests an account's name on the list, nobody at a canteen, and a diner whose place nobody noted."""
    [first, *_] = volunteer_lists(facts).rounds
    site_id = next(key for key, site in facts.sites.items() if site.name == first.site)
    named = replace(facts.carrying, names={site_id: ("示例志愿者",)})
    assert volunteer_lists(replace(facts, carrying=named)).rounds[0].volunteer == "示例志愿者"
    nobody = volunteer_lists(replace(facts, carrying=Carrying(people_at=dict.fromkeys(facts.sites, 0))))
    assert nobody.rounds == ()
    assert {reason.code for one in nobody.left for _, reason in one.meals} == {"door_without_volunteer"}
    homeless = {key: replace(one, facts=()) for key, one in facts.diners.items()}
    lost = volunteer_lists(replace(facts, diners=homeless))
    assert {reason.code for one in lost.left for _, reason in one.meals} == {"door_without_place"}
    assert sum(len(one.meals) for one in lost.left) == len(carried(facts))


def test_the_yard_loads_every_box_that_a_van_brings(facts: PaperFacts) -> None:
    """Tests the boxes of the plan, once each, before their departure, and what a new version says again."""
    paper = loading_list(facts, "zh_CN")
    loaded = [box.code for trip in paper.trips for stop in trip.stops for box in stop.boxes]
    brought = {box_id for trip in facts.plan.trips for visit in trip.visits for box_id in visit.box_ids}
    assert sorted(loaded) == sorted(box.code for box in facts.boxes if box.box_id in brought)
    assert all(trip.from_at < trip.to_at and trip.closed_at <= trip.to_at for trip in paper.trips)
    assert paper.docks == 2 and any(trip.dock == 1 for trip in paper.trips)
    other = replace(paper, trips=(replace(paper.trips[0], dock=9), *paper.trips[2:]))
    again = loading_changes(other, paper)
    assert [trip.code for trip in again.trips] == [paper.trips[0].code]
    assert again.void == (paper.trips[1].code,)
