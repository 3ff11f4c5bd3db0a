"""The answer to an event: new minutes, new boxes, new trips, and who gets what instead."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from api.day.planning import DayFacts, packed_boxes, scheduled, wanted_ready
from api.day.replan_facts import Answered, Instead, Today
from api.day.replan_instead import (
    coded,
    cooked_again,
    cooked_anew,
    lines_of,
    portions_now,
    still_there,
    swapped,
    unfed,
    with_refunds,
)
from kitchen.batch_allergens import with_allergens
from kitchen.batches import Batch, BatchPlan
from kitchen.boxes import Box
from kitchen.demand import Portion
from kitchen.equipment import Slot
from kitchen.replan import Event, Standing, again_windows, out_of_use, standing
from orders.ids import IdSource, short_code
from routing.loads import build_problem
from routing.plan import Plan, check
from routing.problem import Vehicle
from routing.solve import solve

ROOM_S = 3600


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
    facts = _facts_after(today, event)
    stands = _with_room(standing(today.morning, event, today.facts.equipment), facts)
    portions = portions_now(today)
    again = cooked_again(today, facts, stands, portions, ids)
    best = _tried(today, facts, stands, portions, again, (), seed, ids)
    if stands.lost and (lost_lines := lines_of(stands.lost) & best.undelivered):
        others, instead = swapped(today, facts, stands, portions)
        lines = {one.line_id for one in instead}
        wanted = [portion for portion in others if portion.line_id in lines]
        new = coded(today, cooked_anew(facts, wanted, still_there(today, stands), ids))
        other = _tried(today, facts, stands, others, new, instead, seed, ids)
        if len(unfed(other, stands)) < len(lost_lines):
            best = other
    return replace(best, instead=with_refunds(today, best, stands))


def _with_room(stands: Standing, facts: DayFacts) -> Standing:
    """What stands, batches that no piece can cook any more counted as lost: their diners must be told."""
    homeless = [one for one in stands.ahead if not any(one.fits(piece) for piece in facts.equipment)]
    gone = {one.batch_id for one in homeless}
    ahead = tuple(one for one in stands.ahead if one.batch_id not in gone)
    return replace(stands, ahead=ahead, lost=(*stands.lost, *homeless))


def _facts_after(today: Today, event: Event) -> DayFacts:
    facts, now_s, out = today.facts, today.morning.now_s, out_of_use([*today.earlier, event])
    opens_s = max(facts.params.earliest_s, -(-now_s // 60) * 60)
    closes_s = max(facts.params.latest_s, opens_s) + ROOM_S
    return replace(
        facts,
        equipment=tuple(one for one in facts.equipment if one.equipment_id not in out),
        cooks=tuple(one for one in facts.cooks if one.cook_id not in out),
        params=replace(facts.params, earliest_s=opens_s, latest_s=closes_s),
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
    before = {slot.batch_id: slot.equipment_id for slot in today.morning.slots.values()}
    made = scheduled(facts, BatchPlan(ahead, (), ()), windows, seed, stands.under_way, before)
    slots = (*stands.kept, *made.slots)
    placed = {slot.batch_id for slot in slots}
    standing_by = [batch for batch in today.morning.batches if batch.batch_id not in lost]
    batches = tuple(batch for batch in (*standing_by, *new) if batch.batch_id in placed)
    stay, fresh = _boxes(today, facts, portions, batches, slots, ids)
    plan = _driven(today, facts, [*stay, *fresh], seed)
    boxed = {box.box_id: box for box in (*stay, *fresh)}
    left = {box_id for one in plan.unserved for box_id in one.box_ids}
    brought = {line for key, box in boxed.items() if key not in left for line in box.line_ids}
    everybody = {portion.line_id for portion in portions_now(today)}
    return Answered(
        batches,
        slots,
        frozenset(batch.batch_id for batch in new if batch.batch_id in placed),
        stay,
        fresh,
        plan,
        instead,
        stands.lost,
        (*made.late, *made.why, *made.notes),
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
