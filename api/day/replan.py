"""Re-plan: a published day after a batch slipped or burnt, a cook fell ill or a piece broke."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from types import MappingProxyType

from sqlmodel import Session

from api.audit import record
from api.day.plan import digest_of, gather
from api.day.planning import spare_stays
from api.day.recheck import recheck_service
from api.day.replan_answer import answered
from api.day.replan_differences import differences
from api.day.replan_facts import Answered, Instead, Today
from api.day.replan_state import day_state
from api.day.replan_today import read_today
from api.day.services import rules_of
from api.db import Database
from api.permissions import Actor, ensure
from api.stock.desk import MG_PER_KG, StockDesk
from api.stock.picking import keep_picks, use_up
from kitchen.lots import Pick
from kitchen.replan import Event
from kitchen.store.production import Production, Stage, latest_production_version, load_exceptions
from kitchen.store.replans import ReplanRow, revise_production, save_replan
from kitchen.store.versions import OrderedAs, Version, save_version
from orders.codes import Coded, Excepted
from orders.errors import Conflict
from orders.ids import IdSource
from orders.order import settle_clash
from orders.service import Service
from orders.store.orders import load_orders, update_orders
from orders.store.services import save_order_exceptions
from routing.plan import Trip
from routing.store.carried import carry_changed, carry_trips
from routing.store.plans import PlanHead, publish_plan, save_plan


@dataclass(frozen=True, slots=True)
class Replanned:
    """
    What a re-plan gave: published at once, since the kitchen is at work.

    Parameters
    ----------
    version
        Of the production and the plan.
    event
        What went wrong.
    answer
        The day from now on.
    changes
        What differs from the version before.
    digest
        Of the state of the day that it was made for; of a preview only.
    """

    version: int
    event: Event
    answer: Answered
    changes: tuple[Coded, ...]
    digest: str = ""


def previewed(
    database: Database, service: Service, event: Event, *, now_at: datetime, ids: IdSource, seed: int
) -> Replanned:
    """What `replan` would give at this minute, nothing kept; the version is the published one."""
    with database.read() as session:
        today = read_today(session, service, event, now_at)
        digest = day_state(session, service, told_as(event), now_at)
    answer = answered(today, event, seed=seed, ids=ids)
    return Replanned(today.production.version, event, answer, differences(today, answer), digest)


def replan(
    database: Database,
    service: Service,
    event: Event,
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    seed: int,
    expected: str | None = None,
) -> Replanned:
    """
    Plans the rest of a published service again and publishes it as a new version.

    What is on or off the heat, packed or on its way stays with its rows. Food that is gone is cooked again,
    or another dish of the same meal that suits each diner stands in, whichever brings more meals; who can
    get neither is listed, their portion taken out of the order.

    Parameters
    ----------
    database
        Where from and to; the solvers run outside any transaction.
    service, event
        Which day, and what went wrong.
    actor, now_at, ids, seed
        Who, when, with which row ids; same day, event and seed, same answer.
    expected
        Digest of the preview that is confirmed; None where nobody looked at one.

    Raises
    ------
    NotFound
        When nothing is published, or the batch, cook or piece is unknown.
    Conflict
        When food that burnt is packed already; ``replan_moved_on`` when anything was published, reported or
        ordered since the preview, or while the solvers ran.
    """
    ensure(actor, "day.publish", kitchen_id=service.kitchen_id)
    with database.read() as session:
        today = read_today(session, service, event, now_at)
        state = day_state(session, service, told_as(event), now_at)
    if expected not in (None, state):
        raise Conflict("replan_moved_on", service=service.key)
    answer = answered(today, event, seed=seed, ids=ids)
    found = Replanned(today.production.version, event, answer, differences(today, answer))
    with database.begin(lock=service.key) as session:
        if day_state(session, service, told_as(event), now_at) != state:
            raise Conflict("replan_moved_on", service=service.key)
        done = _published(session, today, found, ids, actor, now_at)
        recheck_service(session, service, now_at=now_at, ids=ids)
    return done


def _published(
    session: Session, today: Today, found: Replanned, ids: IdSource, actor: Actor, now_at: datetime
) -> Replanned:
    """The answer as a version of its own, with what it changed in orders and store."""
    service, answer, before = today.facts.service, found.answer, today.production
    wasted = _wasted(session, today, answer, StockDesk(today.facts.kitchen, actor, now_at, ids))
    was = _change_orders(session, today, answer.instead, ids, now_at)
    save_version(session, before.production_id, was)
    after = next_version(session, before, service, ids, actor, now_at)
    keep_version(session, today, after, answer, ids)
    keep_picks(session, service)
    done = replace(found, version=after.version, changes=(*found.changes, *_said(today, wasted)))
    _keep_event(session, today, done, wasted, ids, actor, now_at)
    return done


def told_as(event: Event) -> tuple[str, str, int]:
    """An event as plain values."""
    return event.kind, event.ref, event.minutes


def next_version(
    session: Session, before: Production, service: Service, ids: IdSource, actor: Actor, now_at: datetime
) -> Production:
    """The head of the version that supersedes the published one."""
    return replace(
        before,
        production_id=ids.new(),
        version=latest_production_version(session, service.key) + 1,
        input_digest=digest_of(gather(session, service, rules_of(session, service))),
        created_at=now_at,
        created_by=actor.user_id,
        status="draft",
    )


def _wasted(session: Session, today: Today, answer: Answered, desk: StockDesk) -> list[Pick]:
    """What the batches that were lost on or off the heat took of the stock."""
    begun = [one.batch_id for one in answer.lost if today.morning.begun(one.batch_id)]
    return use_up(session, desk, today.facts.service, begun)


def _said(today: Today, wasted: Sequence[Pick]) -> list[Coded]:
    """How much food of which lost batch is waste."""
    codes = {batch.batch_id: batch.code for batch in today.morning.batches}
    mg: Counter[str] = Counter()
    for one in wasted:
        mg[codes[one.batch_id]] += one.mg
    kg = {code: f"{mg[code] / MG_PER_KG:.2f}" for code in sorted(mg)}
    return [Coded("replan_food_wasted", {"batch": code, "kg": kg[code]}) for code in kg]


def keep_version(
    session: Session,
    today: Today,
    after: Production,
    answer: Answered,
    ids: IdSource,
    changed: Mapping[str, Trip] = MappingProxyType({}),
) -> None:
    """Publishes an answer as the next version; trips under way go with it, some of them changed, by code."""
    lines = {one.batch_id: one.line_ids for one in today.morning.batches}
    giving = [one for one in answer.batches if lines.get(one.batch_id, one.line_ids) != one.line_ids]
    revise_production(
        session,
        today.production,
        after,
        stays=[one.batch_id for one in answer.batches if one.batch_id not in answer.new_ids],
        new=[one for one in answer.batches if one.batch_id in answer.new_ids],
        giving=giving,
        slots=answer.slots,
        boxes_stay=answer.boxes_stay,
        boxes_new=answer.boxes_new,
        exceptions=_outside(session, today, answer),
    )
    head = PlanHead(
        ids.new(),
        after.service_key,
        after.version,
        after.input_digest,
        after.production_id,
        after.created_at,
        after.created_by,
    )
    save_plan(session, head, answer.plan, ids.new)
    left = {code: row for code, row in today.departed.items() if code not in changed}
    first_number = len(answer.boxes_stay) + len(answer.boxes_new) + 1
    carry_trips(
        session,
        today.plan_id,
        head.plan_id,
        list(left.values()),
        distance_m=sum(trip.distance_m for trip in today.trips if trip.trip_code in left),
        first_number=first_number,
    )
    rows = {today.departed[code]: trip for code, trip in changed.items()}
    carry_changed(session, head.plan_id, rows, 2 * first_number)
    publish_plan(session, head.plan_id)


def _outside(session: Session, today: Today, answer: Answered) -> list[tuple[Stage, Excepted]]:
    """
    What is said beside the rows: batches outside their windows, chilled food left over, too little spare.

    Of batches on the heat as it was said, of the others as it is now.
    """
    begun = {one.code for one in answer.batches if today.morning.begun(one.batch_id)}
    was = load_exceptions(session, today.production.production_id)
    told = [item.reason for stage, item in was if stage == "schedule" and item.ref in begun]
    told += [one for one in answer.late if one.params.get("batch") not in begun]
    kept: list[tuple[Stage, Excepted]] = [one for one in was if one[0] == "batches"]
    kept += [("schedule", Excepted(one, str(one.params.get("batch", "")), 0)) for one in told]
    fewer = spare_stays(today.facts, (*answer.boxes_stay, *answer.boxes_new))
    return [*kept, *(("packing", Excepted(one, str(one.params["site"]), 0)) for one in fewer)]


def _change_orders(
    session: Session, today: Today, instead: Iterable[Instead], ids: IdSource, now_at: datetime
) -> Version:
    """
    Another dish in the order of who gets one, and the portion taken out of the order of who gets none.

    Gives the version as it was, with these portions.
    """
    orders = {order.order_id: order for order in load_orders(session, today.facts.service, ("locked",))}
    excepted, ordered = [], []
    for one in instead:
        order = orders[one.order_id]
        line = next(line for line in order.lines if line.line_id == one.line_id)
        ordered.append(OrderedAs(order.order_id, line.line_id, line.dish_id, line.state))
        orders[one.order_id] = settle_clash(order, one.line_id, one.to_dish or None)
        if not one.to_dish:
            reason = Coded("portion_withdrawn", {"dish": one.from_dish})
            excepted.append((ids.new(), Excepted(reason, order.code, 1)))
    update_orders(session, [orders[order_id] for order_id in sorted({one.order_id for one in ordered})])
    save_order_exceptions(session, today.facts.service, excepted, now_at)
    morning = today.morning
    slots = tuple(morning.slots.values())
    gone = tuple(exception_id for exception_id, _ in excepted)
    return Version(tuple(morning.batches), slots, today.boxes, tuple(ordered), gone)


def _keep_event(
    session: Session,
    today: Today,
    done: Replanned,
    wasted: Sequence[Pick],
    ids: IdSource,
    actor: Actor,
    now_at: datetime,
) -> None:
    event, service = done.event, today.facts.service
    found = {
        "changes": [{"code": one.code, "params": dict(one.params)} for one in done.changes],
        "instead": [one.document for one in done.answer.instead],
        "wasted": [asdict(one) for one in wasted],
    }
    before: Mapping[str, object] = {
        "version": today.production.version,
        "slots": {
            batch.code: [slot.equipment_id, slot.start_s, slot.ready_s, slot.cook_id]
            for batch in today.morning.batches
            if (slot := today.morning.slots.get(batch.batch_id))
        },
        "boxes": {box.code: list(box.line_ids) for box in today.boxes},
    }
    row = ReplanRow(
        replan_id=ids.new(),
        service_key=service.key,
        version=done.version,
        kind=event.kind,
        ref=event.ref,
        minutes=event.minutes,
        before=dict(before),
        found=found,
        actor=actor.user_id,
        at=now_at,
    )
    save_replan(session, row)
    detail = {"version": done.version, "event": event.kind, "ref": event.ref, "minutes": event.minutes}
    record(session, actor, "day.replan", service.key, now_at, detail)
