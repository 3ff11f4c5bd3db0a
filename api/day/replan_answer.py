"""The answer to an event: new minutes, new boxes, new trips, and who gets what instead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from api.day.diets import load_rules
from api.day.planning import DayFacts, packed_boxes, scheduled, wanted_ready
from kitchen.batches import Batch, BatchPlan, ExtraParams, plan_batches, with_allergens
from kitchen.boxes import Box
from kitchen.demand import Portion
from kitchen.equipment import Slot
from kitchen.replan import Event, Morning, Standing, again_windows, standing
from kitchen.store.production import Production
from kitchen.variants import variant_for
from orders.codes import Coded
from orders.diners import Diner
from orders.ids import IdSource, short_code
from orders.menus import Menu
from orders.order import Order
from orders.suitability import substitutes
from routing.loads import build_problem
from routing.plan import Plan, Trip, check
from routing.problem import Vehicle
from routing.solve import solve

ROOM_S = 3600


@dataclass(frozen=True, slots=True)
class Today:
    """
    A published day as it is now.

    Parameters
    ----------
    facts
        What it is planned from, as the tables have it.
    production, morning, boxes, plan
        What is published, and what is reported of it.
    menu, diners, orders
        Who may eat what; diners and orders by id.
    packed_ids
        Boxes that are closed.
    departed
        Row id of the trips that left, by their code.
    """

    facts: DayFacts
    production: Production
    menu: Menu
    diners: Mapping[str, Diner]
    orders: Mapping[str, Order]
    morning: Morning
    boxes: tuple[Box, ...]
    packed_ids: frozenset[str]
    plan: Plan
    departed: Mapping[str, str]

    @property
    def trips(self) -> tuple[Trip, ...]:
        """All trips of the published plan."""
        return self.plan.trips

    @property
    def highest_trip(self) -> int:
        """The highest number of a trip."""
        return max((int(trip.trip_code.lstrip("T")) for trip in self.trips), default=0)

    @property
    def gone(self) -> frozenset[str]:
        """Boxes on trips that left."""
        left = [trip for trip in self.trips if trip.trip_code in self.departed]
        return frozenset(box for trip in left for visit in trip.visits for box in visit.box_ids)

    @property
    def departs_s(self) -> dict[str, int]:
        """Planned departure by site, of trips that have not left."""
        found: dict[str, int] = {}
        for trip in self.trips:
            if trip.trip_code not in self.departed:
                for visit in trip.visits:
                    found[visit.stop_id] = min(found.get(visit.stop_id, trip.depart_s), trip.depart_s)
        return found


@dataclass(frozen=True, slots=True)
class Instead:
    """
    What a diner gets for a portion that is lost.

    Parameters
    ----------
    order_id, order_code, diner, site_id, line_id
        Whose portion, where.
    from_dish, to_dish
        What is lost, and what stands in; empty for nothing: the portion is refunded.
    """

    order_id: str
    order_code: str
    diner: str
    site_id: str
    line_id: str
    from_dish: str
    to_dish: str

    @property
    def document(self) -> dict[str, Any]:
        """As a JSON document."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Answered:
    """
    A day from now on.

    Parameters
    ----------
    batches, slots
        All that stand or are new, with their minutes.
    new_ids
        Batches that are new.
    boxes_stay, boxes_new
        Boxes as they were, with their clocks as they now are, and new ones.
    plan
        Of the trips that have not left, judged by `routing.plan.check`.
    instead
        Who gets what for a lost portion.
    lost
        Batches whose food is gone.
    late
        Batches outside their window, and why.
    undelivered
        Lines that no box or van brings.
    """

    batches: tuple[Batch, ...]
    slots: tuple[Slot, ...]
    new_ids: frozenset[str]
    boxes_stay: tuple[Box, ...]
    boxes_new: tuple[Box, ...]
    plan: Plan
    instead: tuple[Instead, ...]
    lost: tuple[Batch, ...]
    late: tuple[Coded, ...]
    undelivered: frozenset[str]


def answered(today: Today, event: Event, *, seed: int, ids: IdSource) -> Answered:
    """
    The better of cooking again and letting other dishes stand in, where food is lost; else the one way.

    Parameters
    ----------
    today, event
        The day, and what went wrong.
    seed, ids
        Of the solvers, and of new rows.
    """
    stands = standing(today.morning, event, today.facts.equipment)
    facts = _facts_after(today, event)
    portions = _portions(today)
    again = _again(stands.lost, today, ids)
    best = _tried(today, facts, stands, portions, again, (), seed, ids)
    if stands.lost and (lost_lines := _lines(stands.lost) & best.undelivered):
        swapped, instead = _swapped(today, stands, portions)
        new = _cooked_instead(today, facts, swapped, instead, ids)
        other = _tried(today, facts, stands, swapped, new, instead, seed, ids)
        if len(_unfed(other, stands)) < len(lost_lines):
            best = other
    return replace(best, instead=_with_refunds(today, best, stands))


def _lines(batches: Iterable[Batch]) -> set[str]:
    return {line_id for batch in batches for line_id in batch.line_ids}


def _unfed(answer: Answered, stands: Standing) -> set[str]:
    """Lines of lost food that nothing brings."""
    return _lines(stands.lost) & answer.undelivered


def _facts_after(today: Today, event: Event) -> DayFacts:
    facts, now_s = today.facts, today.morning.now_s
    opens_s = max(facts.params.earliest_s, -(-now_s // 60) * 60)
    closes_s = max(facts.params.latest_s, opens_s) + ROOM_S
    return replace(
        facts,
        equipment=tuple(one for one in facts.equipment if one.equipment_id != event.ref),
        cooks=tuple(one for one in facts.cooks if one.cook_id != event.ref),
        params=replace(facts.params, earliest_s=opens_s, latest_s=closes_s),
    )


def _portions(today: Today) -> list[Portion]:
    """The portions of the published batches, as they are cooked; a withdrawn one is nobody's any more."""
    asked = {portion.line_id: portion for portion in today.facts.portions}
    return [
        replace(asked[line_id], dish_id=batch.dish_id, variant=batch.variant)
        for batch in today.morning.batches
        for line_id in batch.line_ids
        if line_id in asked
    ]


def _next_code(today: Today) -> int:
    return 1 + max((int(one.code[1:]) for one in today.morning.batches if not one.chilled_id), default=0)


def _again(lost: Sequence[Batch], today: Today, ids: IdSource) -> tuple[Batch, ...]:
    """Lost batches cooked once more."""
    first = _next_code(today)
    return tuple(
        replace(batch, batch_id=ids.new(), code=short_code("B", first + number), chilled_id="")
        for number, batch in enumerate(lost)
    )


def _swapped(
    today: Today, stands: Standing, portions: Sequence[Portion]
) -> tuple[list[Portion], tuple[Instead, ...]]:
    """Lost portions as another dish of the same category that suits the diner, where there is one."""
    lost, rules = _lines(stands.lost), load_rules()
    kept, instead = list[Portion](), list[Instead]()
    for portion in portions:
        if portion.line_id not in lost:
            kept.append(portion)
            continue
        diner, order = today.diners[portion.diner_id], today.orders[portion.order_id]
        item = today.menu.item(portion.dish_id)
        lost_dishes = {batch.dish_id for batch in stands.lost}
        others = substitutes(diner, item, today.menu, [*order.dish_ids, *lost_dishes]) if item else []
        if others:
            variant = variant_for(diner, others[0], rules)
            kept.append(replace(portion, dish_id=others[0].dish_id, variant=variant))
            instead.append(_instead(today, portion, others[0].dish_id))
    return kept, tuple(instead)


def _instead(today: Today, portion: Portion, to_dish: str) -> Instead:
    return Instead(
        portion.order_id,
        today.orders[portion.order_id].code,
        today.diners[portion.diner_id].code,
        portion.site_id,
        portion.line_id,
        portion.dish_id,
        to_dish,
    )


def _cooked_instead(
    today: Today, facts: DayFacts, portions: Iterable[Portion], instead: Iterable[Instead], ids: IdSource
) -> tuple[Batch, ...]:
    """Batches of the dishes that stand in."""
    lines = {one.line_id for one in instead}
    wanted = [portion for portion in portions if portion.line_id in lines]
    plan = plan_batches(wanted, facts.dishes, facts.equipment, ExtraParams(0), iter(ids.new, ""))
    first = _next_code(today)
    return tuple(
        replace(batch, code=short_code("B", first + number)) for number, batch in enumerate(plan.batches)
    )


def _tried(
    today: Today,
    facts: DayFacts,
    stands: Standing,
    portions: Sequence[Portion],
    new: tuple[Batch, ...],
    instead: tuple[Instead, ...],
    seed: int,
    ids: IdSource,
) -> Answered:
    """One answer, all the way to the vans."""
    ahead = with_allergens([*stands.ahead, *new], portions, facts.contains)
    lost = {batch.batch_id for batch in stands.lost}
    windows = again_windows(
        wanted_ready(facts, portions, BatchPlan(ahead, (), ()), today.departs_s),
        stands,
        facts.params.earliest_s,
    )
    made = scheduled(facts, BatchPlan(ahead, (), ()), windows, seed, stands.under_way)
    slots = (*stands.kept, *made.slots)
    placed = {slot.batch_id for slot in slots}
    standing_by = [batch for batch in today.morning.batches if batch.batch_id not in lost]
    batches = tuple(batch for batch in (*standing_by, *new) if batch.batch_id in placed)
    stay, fresh = _boxes(today, facts, portions, batches, slots, ids)
    plan = _driven(today, facts, [*stay, *fresh], seed)
    boxed = {box.box_id: box for box in (*stay, *fresh)}
    left = {box_id for one in plan.unserved for box_id in one.box_ids}
    brought = {line for key, box in boxed.items() if key not in left for line in box.line_ids}
    everybody = {portion.line_id for portion in _portions(today)}
    return Answered(
        batches,
        slots,
        frozenset(batch.batch_id for batch in new if batch.batch_id in placed),
        stay,
        fresh,
        plan,
        instead,
        stands.lost,
        (*made.reasons, *made.late, *made.why, *made.notes),
        frozenset(everybody - brought),
    )


def _boxes(
    today: Today,
    facts: DayFacts,
    portions: Sequence[Portion],
    batches: tuple[Batch, ...],
    slots: tuple[Slot, ...],
    ids: IdSource,
) -> tuple[tuple[Box, ...], tuple[Box, ...]]:
    """Closed boxes and those that are packed as before, and the others packed anew."""
    closed = [box for box in today.boxes if box.box_id in today.packed_ids or box.box_id in today.gone]
    inside = {line for box in closed for line in box.line_ids}
    taken = {box.carrier_id for box in closed}
    free = tuple(carrier for carrier in facts.carriers if carrier.carrier_id not in taken)
    open_portions = [portion for portion in portions if portion.line_id not in inside]
    packed = packed_boxes(
        replace(facts, carriers=free), open_portions, BatchPlan(batches, (), ()), slots, iter(ids.new, "")
    )
    known = {_content(box): box for box in today.boxes if box not in closed}
    stay, fresh = list(closed), list[Box]()
    number = max((int(box.code.lstrip("X")) for box in today.boxes), default=0)
    for box in packed.boxes:
        before = known.get(_content(box))
        if before is not None:
            stay.append(replace(box, box_id=before.box_id, code=before.code))
        else:
            number += 1
            fresh.append(replace(box, code=short_code("X", number)))
    return tuple(stay), tuple(fresh)


def _content(box: Box) -> tuple[object, ...]:
    return box.carrier_id, box.site_id, frozenset(box.line_ids), frozenset(box.batch_ids)


def _driven(today: Today, facts: DayFacts, boxes: Iterable[Box], seed: int) -> Plan:
    """
    Trips for what has not left.

    Raises
    ------
    ValueError
        When the judge finds that they break a rule.
    """
    gone = today.gone
    waiting = [box for box in boxes if box.box_id not in gone]
    vans = [van for one in facts.vehicles if (van := _van_after(today, one)) is not None]
    problem = build_problem(facts.service, facts.kitchen, waiting, facts.sites, vans, facts.params.travel)
    plan = solve(problem, facts.params.routes, seed)
    if violations := check(plan, problem):
        raise ValueError(f"The new plan of {facts.service.key} breaks rules: {violations}.")
    return plan


def _van_after(today: Today, van: Vehicle) -> Vehicle | None:
    """A van as it can still be used; None for one that cannot."""
    own = [route for route in today.plan.routes if route.vehicle_id == van.vehicle_id]
    driven = [trip for route in own for trip in route.trips if trip.trip_code in today.departed]
    back_s = max((trip.return_s + van.reload_s for trip in driven), default=van.shift_start_s)
    begins_s = max(van.shift_start_s, back_s, today.morning.now_s)
    trips = van.most_trips - len(driven)
    if trips < 1 or begins_s > van.shift_end_s:
        return None
    return replace(van, shift_start_s=begins_s, most_trips=trips)


def _with_refunds(today: Today, answer: Answered, stands: Standing) -> tuple[Instead, ...]:
    """Who gets what for a lost portion: the dish that stands in where it arrives, else nothing."""
    lost, unfed = _lines(stands.lost), _unfed(answer, stands)
    found = [one for one in answer.instead if one.line_id not in unfed]
    found += [_instead(today, portion, "") for portion in _portions(today) if portion.line_id in lost & unfed]
    return tuple(sorted(found, key=lambda one: (one.site_id, one.order_code, one.line_id)))
