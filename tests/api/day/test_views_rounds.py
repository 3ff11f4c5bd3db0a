"""Rounds on the pages of those who carry: the paper's before the van has come, from the signature after."""

from api.day.paper_facts import load_paper_facts
from api.day.paper_volunteers import volunteer_lists
from api.day.views_canteen import canteen_view
from api.day.views_drops import DropsView, drops_view
from api.day.views_onward import onward_view
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay


def shown(day: ExampleDay, site_id: str) -> DropsView:
    """A volunteer's page."""
    with day.database.read() as session:
        view = drops_view(session, SERVICE, site_id, "nobody", PUBLISHED_AT)
    assert view is not None
    return view


def test_a_volunteers_page_goes_by_the_rounds_on_paper(published_day: ExampleDay) -> None:
    """Tests that page and paper say the same rounds, and that meals stand in the order of their doors."""
    with published_day.database.read() as session:
        facts = load_paper_facts(session, SERVICE, PUBLISHED_AT)
    sheet = max(volunteer_lists(facts).rounds, key=lambda one: len(one.doors))
    site_id = next(key for key, site in facts.sites.items() if site.name == sheet.site)
    view = shown(published_day, site_id)

    [one] = [one for one in view.rounds if one.code == sheet.code]
    bags = tuple(code for code, _ in sheet.boxes)
    assert (one.volunteer, one.doors, one.bags) == (sheet.volunteer, len(sheet.doors), bags)
    assert (one.leave_at, one.last_door_at) == (sheet.leave_at, sheet.last_door_at)
    in_turn = [
        drop.meal.order.code for drop in view.to_take if drop.step and drop.step.round_code == one.code
    ]
    assert in_turn == [door.meal.order_code for door in sheet.doors]
    assert all(drop.in_no_round is None for drop in view.drops)


def test_rounds_leave_when_the_van_has_come(acted_days: dict[str, ExampleDay]) -> None:
    """Tests that the signature, not the plan, sends a bag on its way, and that the canteen sees it too."""
    day = acted_days["delivered"]
    with day.database.read() as session:
        views = [canteen_view(session, SERVICE, f"C{number:02d}", PUBLISHED_AT) for number in range(1, 4)]
        tables = [(view, onward_view(session, view)) for view in views if view is not None]
    told = [(view, one) for view, onward in tables for one in onward.rounds]
    assert told
    for view, one in told:
        signed = [box.receipt.happened_at for box in view.boxes if box.code in one.bags and box.receipt]
        assert one.leave_at >= max(signed)
