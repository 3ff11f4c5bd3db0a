"""The volunteers' lists of a published plan: rounds from the canteens to the doors."""

from collections.abc import Iterator, Mapping

from api.day.carrying import CarriedMeal, home_of, rounds_from
from api.day.paper_facts import PaperFacts
from api.day.paper_labels import portions_of
from api.names import allergens_named
from api.reports.volunteer_facts import RoundDoor, RoundMeal, RoundSheet, RoundsLeft, VolunteerLists
from kitchen.boxes import Box
from orders.sites import Place, Site
from routing.round_facts import DoorVisit, Round, Rounds

Meals = Mapping[str, CarriedMeal]


def volunteer_lists(facts: PaperFacts) -> VolunteerLists:
    """Each canteen's rounds as planned: its bags leave when the van's hand-over is signed."""
    rounds, left = list[RoundSheet](), list[RoundsLeft]()
    for site, meals, found in planned_rounds(facts):
        rounds += [_sheet(facts, site, one, meals) for one in found.rounds]
        told = [(_meal(facts, meals[one.door_id]), one.reason) for one in found.left]
        left += [RoundsLeft(site.name, tuple(told))] if told else []
    return VolunteerLists(facts.plan_head, tuple(rounds), tuple(left))


def planned_rounds(facts: PaperFacts) -> Iterator[tuple[Site, Meals, Rounds]]:
    """The rounds of each canteen, in the order of their codes, with its meals that go on, by number."""
    visits = (visit for trip in facts.plan.trips for visit in trip.visits)
    signed_s = {box_id: visit.leave_s for visit in visits for box_id in visit.box_ids}
    by_site: dict[str, dict[str, CarriedMeal]] = {}
    for box in facts.boxes:
        if box.second_leg and box.box_id in signed_s and box.site_id in facts.sites:
            _add(facts, by_site.setdefault(box.site_id, {}), box)
    for site_id, meals in sorted(by_site.items()):
        site = facts.sites[site_id]
        found = rounds_from(facts.service, site, list(meals.values()), signed_s, facts.carrying)
        yield site, meals, found


def _add(facts: PaperFacts, meals: dict[str, CarriedMeal], bag: Box) -> None:
    """Notes a bag with each order that has something in it."""
    orders = {
        facts.ordered[one][0].code: facts.ordered[one][0] for one in bag.line_ids if one in facts.ordered
    }
    for code, order in orders.items():
        known = meals.get(code)
        bags = (*known.bags, bag) if known else (bag,)
        meals[code] = CarriedMeal(order, facts.diners.get(order.diner_id), bags)


def _meal(facts: PaperFacts, meal: CarriedMeal) -> RoundMeal:
    order, diner = meal.order, meal.diner
    own = {line.line_id for line in order.lines}
    inside = [line_id for bag in meal.bags for line_id in bag.line_ids if line_id in own]

    def noted(name: str) -> str:
        return (diner.fact(name, facts.service.service_on) or "") if diner else ""

    return RoundMeal(
        diner=facts.diner_label(order.diner_id) or order.code,
        order_code=order.code,
        address=noted("address"),
        phone=facts.phones.get(order.diner_id, ""),
        door_note=noted("door_note"),
        dishes=portions_of(facts, inside),
        avoid=allergens_named(diner.allergens) if diner else (),
        boxes=tuple(bag.code for bag in meal.bags),
    )


def _sheet(facts: PaperFacts, site: Site, one: Round, meals: Meals) -> RoundSheet:
    service, boxes = facts.service, {box.box_id: box for box in facts.boxes}
    return RoundSheet(
        code=one.code,
        site=site.name,
        site_place=site.place,
        volunteer=one.volunteer,
        boxes=tuple((boxes[box_id].code, boxes[box_id].hold_class) for box_id in one.box_ids),
        leave_at=service.instant(one.leave_s),
        last_door_at=service.instant(one.last_door_s),
        return_at=service.instant(one.return_s),
        most_minutes=site.hours.second_leg_minutes,
        distance_m=one.distance_m,
        doors=tuple(_door(facts, visit, meals[visit.door_id], site.place) for visit in one.visits),
    )


def _door(facts: PaperFacts, visit: DoorVisit, meal: CarriedMeal, canteen: Place) -> RoundDoor:
    bags = tuple(bag for bag in meal.bags if bag.box_id in visit.box_ids)
    at = facts.service.instant
    return RoundDoor(
        meal=_meal(facts, CarriedMeal(meal.order, meal.diner, bags)),
        arrive_at=at(visit.arrive_s),
        eat_by_at=at(min(bag.eat_by_s for bag in bags)),
        place=home_of(meal.diner, facts.service) or canteen,
    )
