"""A published day as it is now: what is planned, what was reported, what left."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from api.checks.gates import barred_batches
from api.day.diets import with_diets
from api.day.offered import offered
from api.day.plan import gather
from api.day.planning_facts import DayFacts
from api.day.replan_facts import Today
from api.day.roads import ways_again
from api.day.services import rules_of
from kitchen.as_cooked import cooked_key
from kitchen.batch_allergens import with_allergens
from kitchen.batches import Batch
from kitchen.demand import Portion
from kitchen.replan import Event, EventKind, Morning, out_of_use
from kitchen.store.acts import load_cooked, load_packed, load_started
from kitchen.store.production import Production, load_batches, load_boxes, load_production, load_slots
from kitchen.store.replans import (
    ReplanRow,
    events_of,
    load_replans,
    slipped_s,
    standing_rows,
)
from orders.errors import Conflict, NotFound
from orders.service import Service
from orders.sites import Place
from orders.store.diners import load_diners
from orders.store.orders import load_orders
from routing.day_events import Road, road_after
from routing.store.day_events import event_of, load_day_events
from routing.store.plans import load_plan, trip_events, trip_ids
from routing.travel import Ways

NAMED_BY: dict[EventKind, str] = {
    "slip": "batch",
    "burnt": "batch",
    "ill": "worker",
    "back": "worker",
    "broken": "equipment",
    "repaired": "equipment",
}


def read_today(session: Session, service: Service, event: Event, now_at: datetime) -> Today:
    """
    Everything that a re-plan needs to know.

    Raises
    ------
    NotFound
        When nothing is published, or the event names nothing that there is.
    Conflict
        When food that burnt is packed already.
    """
    today = today_of(session, service, now_at)
    rows = load_replans(session, service.key)
    codes = {batch.code: batch.batch_id for batch in today.morning.batches}
    today = replace(today, given_away=_given_away(rows, event, codes))
    _require_known(today, event)
    return today


def today_of(session: Session, service: Service, now_at: datetime, *, road: Road | None = None) -> Today:
    """
    A published day as it is now, whatever is to happen to it; with this state of its road where one is given.

    Raises
    ------
    NotFound
        When nothing is published.
    """
    production, loaded = load_production(session, service.key), load_plan(session, service.key)
    menu = offered(session, service)
    if production is None or loaded is None or menu is None:
        raise NotFound("plan", service.key)
    told = load_day_events(session, service.key)
    if road is None:
        road = road_after(event for row in told if (event := event_of(row)) is not None)
    facts = gather(session, service, rules_of(session, service))
    travel = _ways_driven(session, facts, road, production, now_at)
    facts = on_the_road(replace(facts, params=replace(facts.params, travel=travel)), road)
    key, (head, plan) = production.production_id, loaded
    batches = with_allergens(load_batches(session, key), facts.portions, facts.contains)
    orders, rows = load_orders(session, service, ("locked",)), load_replans(session, service.key)
    events, codes = trip_events(session, head.plan_id), trip_ids(session, head.plan_id)
    fetching = {str(one["trip"]) for row in told for one in row.found.get("fetched", ())}
    return Today(
        facts=facts,
        production=production,
        menu=menu,
        diners=with_diets(load_diners(session, ids={order.diner_id for order in orders})),
        orders={order.order_id: order for order in orders},
        morning=Morning(
            batches,
            {slot.batch_id: slot for slot in load_slots(session, key)},
            *_reported(session, service, key),
            service.seconds(now_at),
            slipped_s(rows, {batch.batch_id: batch.code for batch in batches}),
        ),
        boxes=tuple(load_boxes(session, key)),
        packed_ids=frozenset(load_packed(session, key)),
        plan=plan,
        plan_id=head.plan_id,
        departed={
            code: row for code, row in codes.items() if "departed" in events.get(row, {}) or code in fetching
        },
        earlier=tuple(events_of(rows)),
        claimed=_claimed(facts.portions, batches),
        barred=barred_batches(session, service, [batch.batch_id for batch in batches]),
        road=road,
        meets={str(one["trip"]): _met(service, one) for row in told for one in row.found.get("fetched", ())},
    )


def _met(service: Service, fetched: Mapping[str, Any]) -> tuple[Place, int]:
    """Where boxes are taken over, and when it goes on from there, of a kept document."""
    on_s = service.seconds(datetime.fromisoformat(fetched["on_at"]))
    return Place(fetched["lat"], fetched["lon"]), on_s


def _ways_driven(
    session: Session, facts: DayFacts, road: Road, production: Production, now_at: datetime
) -> Ways:
    """The ways that the day was planned on: roads that were built anew since do not change it."""
    sites = (road.moved.get(site_id, site.place) for site_id, site in facts.sites.items())
    return ways_again(session, production.revisions["travel"], [facts.kitchen.place, *sites], now_at)


def on_the_road(facts: DayFacts, road: Road) -> DayFacts:
    """The facts with the vehicles that drive, the stops where they are, and the ways that are open."""
    sites = {
        site_id: replace(site, place=road.moved.get(site_id, site.place))
        for site_id, site in facts.sites.items()
    }
    return replace(
        facts,
        sites=sites,
        vehicles=tuple(one for one in facts.vehicles if one.vehicle_id not in road.out),
        params=replace(facts.params, travel=road.ways(facts.params.travel)),
    )


def _reported(
    session: Session, service: Service, production_id: str
) -> tuple[dict[str, int], dict[str, int]]:
    """Seconds at which batches went on the heat and came off it, by their ids, as reported."""
    started, cooked = load_started(session, production_id), load_cooked(session, production_id)
    return (
        {batch_id: service.seconds(act.happened_at) for batch_id, (_, act) in started.items()},
        {batch_id: service.seconds(act.happened_at) for batch_id, (_, act) in cooked.items()},
    )


def _claimed(portions: Iterable[Portion], batches: Iterable[Batch]) -> Counter[str]:
    """Portions that no batch has, by `cooked_key`."""
    cooked = {line_id for batch in batches for line_id in batch.line_ids}
    return Counter(cooked_key(one.dish_id, one.variant) for one in portions if one.line_id not in cooked)


def _given_away(rows: Iterable[ReplanRow], event: Event, ids: Mapping[str, str]) -> frozenset[str]:
    """Batches that a cook had before falling ill, if it is that cook who is back; ids are by batch code."""
    found = frozenset[str]()
    for row in standing_rows(rows):
        if event.kind == "back" and (row.kind, row.ref) == ("ill", event.ref):
            slots = row.before["slots"]
            found = frozenset(ids[code] for code, slot in slots.items() if slot[3] == row.ref and code in ids)
    return found


def _require_known(today: Today, event: Event) -> None:
    if event.kind in ("slip", "burnt"):
        known = {batch.batch_id for batch in today.morning.batches}
    elif event.kind == "ill":
        known = {slot.cook_id for slot in today.morning.slots.values()}
        known |= {cook.cook_id for cook in today.facts.cooks}
    elif event.kind == "broken":
        known = {piece.equipment_id for piece in today.facts.equipment}
    else:
        known = set(out_of_use(today.earlier))
    if event.ref not in known:
        raise NotFound(NAMED_BY[event.kind], event.ref)
    packed = next(
        (box for box in today.boxes if box.box_id in today.packed_ids and event.ref in box.batch_ids), None
    )
    if event.kind == "burnt" and packed is not None:
        raise Conflict("batch_packed_already", box=packed.code)
