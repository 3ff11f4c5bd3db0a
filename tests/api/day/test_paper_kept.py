"""What is kept of a printed sheet: no name, no address, and still what differs."""

from dataclasses import replace

from api.day.paper_differences import route_changes
from api.day.paper_kept import masked
from orders.sites import Place
from tests.api.reports import papers


def test_a_kept_route_sheet_knows_no_place_and_still_its_differences() -> None:
    """Tests that a home's place and door note are kept as fingerprints, and another place as another one."""
    sheet = papers.route_sheets(papers.route_trip(1, stops=1))
    [kept], [stop] = (one.trips[0].stops for one in (masked(sheet), sheet))
    assert kept.place not in (stop.place, None)
    assert kept.door_note not in (stop.door_note, "")
    moved = replace(stop, place=Place(24.3, 109.4))
    other = papers.route_sheets(replace(sheet.trips[0], stops=(moved,)))
    assert route_changes(masked(sheet), masked(sheet)).trips == ()
    assert [trip.code for trip in route_changes(masked(other), masked(sheet)).trips] == ["T1"]


def test_a_kept_volunteers_list_names_nobody() -> None:
    """Tests that neither the volunteer nor a diner with address and telephone is kept in words."""
    sheet = papers.volunteer_lists()
    kept, [one, *_] = masked(sheet).rounds[0], sheet.rounds
    meal, known = kept.doors[0].meal, one.doors[0].meal
    assert kept.volunteer not in (one.volunteer, "")
    assert not {meal.diner, meal.address, meal.phone} & {known.diner, known.address, known.phone}
