"""A re-plan that was a mistake: the version before it holds again, as a version of its own."""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.day.plan import digest_of, gather
from api.day.recheck import recheck_service
from api.day.road_state import road_kept
from api.day.services import rules_of
from api.db import Database
from api.permissions import Actor, ensure
from api.stock.picking import keep_picks
from kitchen.batches import Batch
from kitchen.store.acts import load_cooked, load_packed, load_started
from kitchen.store.lots import issued_to
from kitchen.store.production import (
    Production,
    latest_production_version,
    load_batches,
    load_boxes,
    load_exceptions,
    load_production,
    load_slots,
)
from kitchen.store.replans import UNDO, ReplanRow, load_replans, revise_production, save_replan, standing_rows
from kitchen.store.versions import Version, load_version
from orders.errors import Conflict
from orders.ids import IdSource
from orders.service import Service
from orders.store.orders import load_orders, update_orders
from orders.store.services import forget_order_exceptions
from routing.plan import Plan
from routing.store.carried import carry_trips
from routing.store.plans import PlanHead, load_plan, publish_plan, save_plan, trip_events, trip_ids


@dataclass(frozen=True, slots=True)
class _Mistake:
    """The re-plan that is taken back: its row, the version in force by it, and what it superseded."""

    row: ReplanRow
    production: Production
    before: Production
    version: Version


def undo_replan(
    database: Database, service: Service, *, actor: Actor, now_at: datetime, ids: IdSource
) -> tuple[int, int]:
    """
    Publishes the version before the last re-plan again, as long as nothing of the new one has begun.

    Both stay on record, and what was reported meanwhile of batches, boxes and trips that both have holds.
    An undone event counts no more: what was said to be broken or ill is there again.

    Parameters
    ----------
    database, service
        Which day.
    actor, now_at, ids
        Who, when, with which row ids.

    Returns
    -------
    tuple[int, int]
        The version that is now published, and the one that it repeats.

    Raises
    ------
    Conflict
        ``replan_none_to_undo`` when the version in force is no re-plan's; ``replan_begun`` when a batch or
        box that only the new version has is begun, issued for or closed, or a van has left by it;
        ``orders_changed`` when a portion that it changed has been changed since.
    """
    ensure(actor, "day.publish", kitchen_id=service.kitchen_id)
    with database.begin(lock=service.key) as session:
        mistake = _mistake(session, service)
        _require_unbegun(session, service, mistake, now_at)
        _give_back(session, service, mistake)
        after = _again(session, service, mistake, ids, actor, now_at)
        _keep(session, service, mistake, after, ids)
        keep_picks(session, service)
        _keep_row(session, mistake, after, ids, actor, now_at)
        recheck_service(session, service, now_at=now_at, ids=ids)
    return after.version, mistake.before.version


def _again(
    session: Session, service: Service, mistake: _Mistake, ids: IdSource, actor: Actor, now_at: datetime
) -> Production:
    """The head of the version that repeats the one before."""
    return replace(
        mistake.production,
        production_id=ids.new(),
        version=latest_production_version(session, service.key) + 1,
        input_digest=digest_of(gather(session, service, rules_of(session, service))),
        created_at=now_at,
        created_by=actor.user_id,
        status="draft",
    )


def undoable(session: Session, service: Service, now_at: datetime) -> ReplanRow | None:
    """The re-plan that could be taken back at this minute; None when there is none, or it has begun."""
    try:
        mistake = _mistake(session, service)
        _require_unbegun(session, service, mistake, now_at)
    except Conflict:
        return None
    return mistake.row


def _mistake(session: Session, service: Service) -> _Mistake:
    production = load_production(session, service.key)
    rows = standing_rows(load_replans(session, service.key))
    row = rows[-1] if rows else None
    if production is None or row is None or row.version != production.version:
        raise Conflict("replan_none_to_undo", service=service.key)
    before = load_production(session, service.key, int(row.before["version"]))
    version = load_version(session, before.production_id) if before else None
    if before is None or version is None:
        raise Conflict("replan_none_to_undo", service=service.key)
    return _Mistake(row, production, before, version)


def _require_unbegun(session: Session, service: Service, mistake: _Mistake, now_at: datetime) -> None:
    """Refuses once something of the new version alone has begun, by report or by its planned minute."""
    key, now_s = mistake.production.production_id, service.seconds(now_at)
    old = {batch.batch_id for batch in mistake.version.batches}
    new = {batch.batch_id: batch.code for batch in load_batches(session, key) if batch.batch_id not in old}
    by_plan = {slot.batch_id for slot in load_slots(session, key) if slot.start_s <= now_s}
    told = load_started(session, key).keys() | load_cooked(session, key).keys()
    issued = {pick.batch_id for pick in issued_to(session, sorted(new))}
    begun = [new[one] for one in new if one in by_plan | told | issued]
    kept = {box.box_id for box in mistake.version.boxes}
    packed = load_packed(session, key)
    begun += [one.code for one in load_boxes(session, key) if one.box_id in packed and one.box_id not in kept]
    begun += _left_since(session, service, mistake)
    if begun:
        raise Conflict("replan_begun", service=service.key, codes=", ".join(sorted(begun)))


def _left_since(session: Session, service: Service, mistake: _Mistake) -> list[str]:
    """Codes of trips that left by the new version; those that had left before it were carried over."""
    loaded = load_plan(session, service.key, mistake.production.version)
    if loaded is None:
        return []
    events, codes = trip_events(session, loaded[0].plan_id), trip_ids(session, loaded[0].plan_id)
    left = {code: events[row]["departed"] for code, row in codes.items() if "departed" in events.get(row, {})}
    planned = load_plan(session, service.key, mistake.before.version)
    mine = {trip.trip_code for trip in planned[1].trips} if planned else set()
    carried = {code for code, at in left.items() if at <= mistake.row.at and code not in mine}
    return sorted(left.keys() - carried)


def _give_back(session: Session, service: Service, mistake: _Mistake) -> None:
    """The orders as they were before the re-plan gave other dishes or none."""
    version = mistake.version
    given = {str(one["line_id"]): str(one["to_dish"]) for one in mistake.row.found["instead"]}
    if not version.ordered:
        return
    was = {one.line_id: one for one in version.ordered}
    touched = {one.order_id for one in version.ordered}
    orders = [order for order in load_orders(session, service, ("locked",)) if order.order_id in touched]
    lines = {line.line_id: line for order in orders for line in order.lines}
    for line_id, to_dish in given.items():
        line = lines.get(line_id)
        as_given = line is not None and (line.dish_id == to_dish if to_dish else line.state == "withdrawn")
        if not as_given:
            raise Conflict("orders_changed", service=service.key)
    update_orders(
        session,
        [
            replace(
                order,
                lines=tuple(
                    replace(line, dish_id=was[line.line_id].dish_id, state=was[line.line_id].state)
                    if line.line_id in was
                    else line
                    for line in order.lines
                ),
            )
            for order in orders
        ],
    )
    forget_order_exceptions(session, version.exception_ids)


def _keep(session: Session, service: Service, mistake: _Mistake, after: Production, ids: IdSource) -> None:
    version = mistake.version
    revise_production(
        session,
        mistake.production,
        after,
        stays=[batch.batch_id for batch in version.batches],
        new=(),
        giving=_given(session, mistake),
        slots=version.slots,
        boxes_stay=version.boxes,
        boxes_new=(),
        exceptions=load_exceptions(session, mistake.before.production_id),
    )
    loaded, planned = (
        load_plan(session, service.key, one.version) for one in (mistake.production, mistake.before)
    )
    if loaded is None or planned is None:
        raise Conflict("replan_none_to_undo", service=service.key)
    head = PlanHead(
        ids.new(),
        after.service_key,
        after.version,
        after.input_digest,
        after.production_id,
        after.created_at,
        after.created_by,
    )
    save_plan(session, head, _alone(planned[1]), ids.new)
    events, codes = trip_events(session, loaded[0].plan_id), trip_ids(session, loaded[0].plan_id)
    fetching = road_kept(session, service).fetching
    left = {code: row for code, row in codes.items() if "departed" in events.get(row, {}) or code in fetching}
    carry_trips(
        session,
        loaded[0].plan_id,
        head.plan_id,
        list(left.values()),
        distance_m=sum(trip.distance_m for trip in loaded[1].trips if trip.trip_code in left),
        first_number=len(version.boxes) + 1,
    )
    publish_plan(session, head.plan_id)


def _given(session: Session, mistake: _Mistake) -> list[Batch]:
    """Batches that gave spare portions away and have them again."""
    now = {one.batch_id: one.line_ids for one in load_batches(session, mistake.production.production_id)}
    return [one for one in mistake.version.batches if now.get(one.batch_id, one.line_ids) != one.line_ids]


def _alone(plan: Plan) -> Plan:
    """The trips that are still a plan's, and their distance: what had left went with the version after."""
    return replace(plan, distance_m=sum(trip.distance_m for trip in plan.trips))


def _keep_row(
    session: Session, mistake: _Mistake, after: Production, ids: IdSource, actor: Actor, now_at: datetime
) -> None:
    row = mistake.row
    found = {"changes": [], "instead": [], "wasted": [], "undone": row.version}
    undone = ReplanRow(
        replan_id=ids.new(),
        service_key=row.service_key,
        version=after.version,
        kind=UNDO,
        ref=row.replan_id,
        minutes=0,
        before={"version": mistake.production.version},
        found=found,
        actor=actor.user_id,
        at=now_at,
    )
    save_replan(session, undone)
    detail = {"version": after.version, "undone": row.version, "as": mistake.before.version}
    record(session, actor, "day.replan_undone", row.service_key, now_at, detail)
