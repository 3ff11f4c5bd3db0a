"""The volunteers' lists of a published plan: rounds from the canteens to the doors."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from api.day.carrying import BagClock, CarriedMeal, home_of, rounds_from
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
    clocks = dict[str, BagClock]()
    for box in facts.boxes:
        if box.second_leg and box.box_id in signed_s and box.site_id in facts.sites:
            clocks[box.box_id] = BagClock(signed_s[box.box_id], box.eat_by_s)
            _add(facts, by_site.setdefault(box.site_id, {}), box)
    for site_id, meals in sorted(by_site.items()):
        site = facts.sites[site_id]
        yield site, meals, rounds_from(facts.service, site, meals.values(), clocks, facts.carrying)


def _add(facts: PaperFacts, meals: dict[str, CarriedMeal], bag: Box) -> None:
    """Notes a bag with each order that has something in it."""
    inside = (facts.ordered[line_id][0] for line_id in bag.line_ids if line_id in facts.ordered)
    for order in {order.code: order for order in inside}.values():
        known = meals.get(order.code)
        box_ids = (*known.box_ids, bag.box_id) if known else (bag.box_id,)
        meals[order.code] = CarriedMeal(order, facts.diners.get(order.diner_id), box_ids)


def _meal(facts: PaperFacts, meal: CarriedMeal) -> RoundMeal:
    order, diner = meal.order, meal.diner
    own = {line.line_id for line in order.lines}
    bags = [box for box in facts.boxes if box.box_id in meal.box_ids]
    inside = [line_id for bag in bags for line_id in bag.line_ids if line_id in own]

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
        boxes=tuple(bag.code for bag in bags),
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
    at = facts.service.instant
    return RoundDoor(
        meal=_meal(facts, replace(meal, box_ids=visit.box_ids)),
        arrive_at=at(visit.arrive_s),
        eat_by_at=at(min(box.eat_by_s for box in facts.boxes if box.box_id in visit.box_ids)),
        place=home_of(meal.diner, facts.service) or canteen,
    )
