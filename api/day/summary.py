"""Summary: the day in numbers, each from its own stage's rows, with everything that did not go its way."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session, func, select

from api.day.changes import planned_orders
from api.day.holds import acts_of
from api.day.holds_facts import Acts
from api.day.reconcile import Counts, Trail, reconcile
from api.day.road_state import moved_sites, road_kept, still_to_judge
from api.day.roads import ways_again
from api.day.services import rules_of
from api.day.table import WALK_IN
from kitchen.batches import Batch
from kitchen.boxes import Box
from kitchen.spare import BUFFER
from kitchen.store.production import (
    Production,
    load_batches,
    load_boxes,
    load_exceptions,
    load_production,
)
from kitchen.store.production_rows import BatchExtraRow, BatchLineRow, BatchRow
from orders.bills import Bill
from orders.codes import Coded, Excepted
from orders.errors import NotFound
from orders.order import Order
from orders.service import Service
from orders.settlement import ledger_lines
from orders.store.ledger import load_bills, load_ledger
from orders.store.orders import load_orders
from orders.store.services import load_order_exceptions
from orders.store.sites import load_sites
from routing.loads import build_problem
from routing.plan import Plan, check
from routing.store.fleet import load_vehicles
from routing.store.plans import PlanHead, load_plan, trip_events, trip_ids
from telemetry.hold_facts import Verdict
from telemetry.store.alarms import alarm_rows
from telemetry.store.since_packing import told_since_packing
from telemetry.store.verdicts import count_verdicts, latest_verdicts

AFTER_PACKING = ("box_refused", "box_short")


@dataclass(frozen=True, slots=True)
class Summary:
    """
    One service in numbers.

    Parameters
    ----------
    orders, diners
        Locked orders, and the people who placed them.
    counts
        Portions by stage, and those that went missing between two.
    exceptions
        Everything that did not go the way of the others: the missing, and batches outside their windows with
        what holds them.
    by_size
        Ordered portions in the batches by size.
    batches, boxes, stops, unserved, trips, distance_m
        Of the published production and plan.
    readings_stored, holds, alarms
        What the sensors told, final verdicts by kind, alarms raised.
    receipts, servings, subsidy_fen
        At sites and tables; subsidy of the settled orders, fen.
    plan_violations
        Rules that the published plan breaks, checked anew from the stored rows.
    """

    orders: int
    diners: int
    counts: Counts
    exceptions: tuple[Excepted, ...]
    by_size: Mapping[str, int]
    batches: int
    boxes: int
    stops: int
    unserved: int
    trips: int
    distance_m: int
    readings_stored: int
    holds: Mapping[Verdict, int]
    alarms: int
    receipts: int
    servings: int
    subsidy_fen: int
    plan_violations: int


def summarise(session: Session, service: Service) -> Summary:
    """
    Counts a service.

    Raises
    ------
    NotFound
        When nothing is published for it yet.
    """
    production, loaded = load_production(session, service.key), load_plan(session, service.key)
    if production is None or loaded is None:
        raise NotFound("production", service.key)
    head, plan = loaded
    orders = load_orders(session, service, ("locked",))
    acts = acts_of(session, service, production.production_id)
    boxes = {box.box_id: box for box in load_boxes(session, production.production_id)}
    bills = load_bills(session, service)
    planned = planned_orders(session, service, production.version)
    trail = _trail(session, service, production, planned, acts, plan, settled=bool(bills))
    counts = reconcile(trail)
    violations = violations_of(session, service, list(boxes.values()), plan, production)
    told = told_since_packing(session, list(boxes))
    left_out = [item for _, item in load_exceptions(session, production.production_id)]
    untold = (
        *_unreported(session, production, head, acts, boxes, plan),
        *(_unjudged(session, acts, boxes) if acts.servings else ()),
        *(_unsettled(session, service, orders, list(bills.values())) if bills else ()),
        *_sequence_gaps(told.missing),
        *(Excepted(broken, str(next(iter(broken.params.values()), "")), 0) for broken in violations),
    )
    before = [
        item for item in load_order_exceptions(session, service) if item.reason.code not in AFTER_PACKING
    ]
    stops = {visit.stop_id for trip in plan.trips for visit in trip.visits}
    batches = load_batches(session, production.production_id)
    return Summary(
        orders=len(orders),
        diners=len({order.diner_id for order in orders}),
        counts=counts,
        exceptions=(*before, *left_out, *trail.excepted, *_spare(trail), *counts.missing, *untold),
        by_size=_by_size(batches),
        batches=len(batches),
        boxes=len(boxes),
        stops=len(stops) + len({item.stop_id for item in plan.unserved} - stops),
        unserved=len({item.stop_id for item in plan.unserved}),
        trips=len(plan.trips),
        distance_m=plan.distance_m,
        readings_stored=told.readings,
        holds=dict(count_verdicts(session, list(boxes))),
        alarms=len(alarm_rows(session, list(boxes))),
        receipts=len(acts.receipts),
        servings=len(acts.servings),
        subsidy_fen=sum(bill.subsidy_fen for bill in bills.values()),
        plan_violations=len(violations),
    )


def _spare(trail: Trail) -> list[Excepted]:
    """The portions for walk-ins that stayed in the kitchen."""
    stays = trail.spare_cooked - sum(trail.spare_boxed.values())
    return [Excepted(Coded("spare_not_boxed", {"portions": stays}), "spare", stays)] if stays > 0 else []


def _by_size(batches: Sequence[Batch]) -> dict[str, int]:
    counts = Counter[str]()
    for batch in batches:
        counts.update(batch.by_size)
    return dict(sorted(counts.items()))


def violations_of(
    session: Session, service: Service, boxes: Sequence[Box], plan: Plan, production: Production
) -> list[Coded]:
    """The rules that a stored plan breaks on the ways it was made from, by the judge that knows no solver."""
    rules, kept = rules_of(session, service), road_kept(session, service)
    sites = moved_sites(load_sites(session, service.kitchen_id, service.meal), kept.road)
    places = [rules.kitchen.place, *(sites[box.site_id].place for box in boxes)]
    travel = ways_again(session, production.revisions["travel"], places, production.created_at)
    vehicles = load_vehicles(session, service)
    plan, left = still_to_judge(plan, boxes, kept)
    ways = kept.road.ways(travel)
    return check(plan, build_problem(service, rules.kitchen, left, sites, vehicles, ways))


def _trail(
    session: Session,
    service: Service,
    production: Production,
    orders: list[Order],
    acts: Acts,
    plan: Plan,
    *,
    settled: bool,
) -> Trail:
    key = production.production_id
    lines = select(BatchLineRow.line_id, BatchRow.code).where(
        BatchLineRow.batch_id == BatchRow.batch_id, BatchRow.production_id == key
    )
    extras = select(func.coalesce(func.sum(BatchExtraRow.portions), 0)).where(
        BatchExtraRow.batch_id == BatchRow.batch_id, BatchRow.production_id == key
    )
    spare = extras.where(BatchExtraRow.purpose == BUFFER)
    cooked = select(func.coalesce(func.sum(BatchRow.portions), 0)).where(BatchRow.production_id == key)
    boxes = {box.box_id: box for box in load_boxes(session, key)}
    code_of = {box_id: box.code for box_id, box in boxes.items()}
    after = [item for item in load_order_exceptions(session, service) if item.reason.code in AFTER_PACKING]
    unserved = [
        Excepted(item.reason, code_of[box_id], boxes[box_id].portions)
        for item in plan.unserved
        for box_id in item.box_ids
        if box_id in boxes
    ]
    thrown = Counter[str]()
    for discard in acts.discards:
        if discard.box_id in code_of:
            thrown[code_of[discard.box_id]] += discard.portions
    drawn = {box.code: len(acts.drawn(box_id)) for box_id, box in boxes.items()}
    asked = [order for order in orders if order.channel != WALK_IN]
    tables = {serving.site_id for serving in acts.servings.values()}
    return Trail(
        ordered={line.line_id: o.code for o in asked for line in o.lines if line.state != "withdrawn"},
        cooked=dict(session.exec(lines).all()),
        extra_portions=session.exec(extras).one(),
        cooked_portions=session.exec(cooked).one(),
        boxed={line_id: box.code for box in boxes.values() for line_id in box.line_ids},
        not_boxed=tuple(item for _, item in load_exceptions(session, key) if item.portions),
        received={code_of[box_id]: r.portions for box_id, r in acts.receipts.items() if box_id in code_of},
        excepted=(*after, *unserved),
        served=frozenset(line.line_id for o in orders if o.order_id in acts.servings for line in o.lines),
        thrown=thrown,
        due=[box.code for box in boxes.values() if settled or box.site_id in tables or thrown[box.code]],
        over=[box.code for box in boxes.values() if settled or thrown[box.code]],
        drawn={code: portions for code, portions in drawn.items() if portions},
        spare_cooked=session.exec(spare).one(),
        spare_boxed={box.code: box.spare_portions for box in boxes.values() if box.spare},
    )


def _unreported(
    session: Session,
    production: Production,
    head: PlanHead,
    acts: Acts,
    boxes: Mapping[str, Box],
    plan: Plan,
) -> list[Excepted]:
    """Boxes signed for that nobody closed, batches in them that nobody cooked, trips that never left."""
    signed = {box_id: boxes[box_id] for box_id in acts.receipts if box_id in boxes}
    unpacked = [box.code for box_id, box in signed.items() if box_id not in acts.packed]
    used = {batch_id for box in signed.values() for batch_id in box.batch_ids}
    batches = load_batches(session, production.production_id)
    uncooked = [b.code for b in batches if b.batch_id in used and b.batch_id not in acts.cooked]
    ids, told = trip_ids(session, head.plan_id), trip_events(session, head.plan_id)
    undriven = [
        trip.trip_code
        for trip in plan.trips
        if any(box_id in signed for visit in trip.visits for box_id in visit.box_ids)
        and "departed" not in told.get(ids[trip.trip_code], {})
    ]
    return [
        *_named("packing_not_reported", unpacked),
        *_named("cooking_not_reported", uncooked),
        *_named("departure_not_reported", undriven),
    ]


def _unjudged(session: Session, acts: Acts, boxes: Mapping[str, Box]) -> list[Excepted]:
    """Boxes whose chain of receipt and table is over and that have no final verdict."""
    verdicts = latest_verdicts(session, list(boxes))
    refused = {box_id for box_id, receipt in acts.receipts.items() if not receipt.portions}
    emptied = refused | {one.box_id for one in acts.discards if one.box_id is not None}
    return _named(
        "hold_not_judged",
        [
            boxes[box_id].code
            for box_id in sorted(emptied & boxes.keys())
            if box_id not in verdicts or not verdicts[box_id].final
        ],
    )


def _unsettled(
    session: Session, service: Service, orders: list[Order], bills: Sequence[Bill]
) -> list[Excepted]:
    """Orders without a bill, and bills whose postings are not those of the ledger."""
    billed = {bill.event.order_code for bill in bills}
    posted: dict[str, dict[str, int]] = {}
    for line in load_ledger(session, service):
        posted.setdefault(line.order_id, {})[line.account] = line.amount_fen
    wrong = [
        bill.event.order_code
        for bill in bills
        if posted.get(bill.event.order_id, {}) != {one.account: one.amount_fen for one in ledger_lines(bill)}
    ]
    unsettled = [
        Excepted(Coded("order_not_settled", {"ref": order.code}), order.code, order.portions)
        for order in orders
        if order.code not in billed
    ]
    return [*unsettled, *_named("postings_differ", wrong)]


def _sequence_gaps(missing: Mapping[str, int]) -> list[Excepted]:
    """Devices whose counters have a hole: a message that was sent and is not stored."""
    return [
        Excepted(Coded("readings_missing", {"ref": device, "messages": messages}), device, 0)
        for device, messages in missing.items()
    ]


def _named(code: str, refs: Sequence[str]) -> list[Excepted]:
    return [Excepted(Coded(code, {"ref": ref}), ref, 0) for ref in refs]
