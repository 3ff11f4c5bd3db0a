"""What the kitchen's page shows: counts, batches in time order, sealed meals, boxes, clashes."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from api.carriers.round import carrier_findings
from api.checks.floor import read_floor
from api.checks.gates import batch_reasons
from api.checks.points import COOK, STOPS
from api.day.changes import changes_view
from api.day.road_state import LOST_BOX, lost_on_road
from api.day.views import Round, load_round
from api.day.views_acts import label_prints, newest_acts
from api.day.views_kitchen_facts import (
    BatchState,
    BatchView,
    BoxView,
    ClashView,
    DayCounts,
    KitchenView,
    Undelivered,
)
from api.names import allergens_named, sealed_colour, variant_names
from api.reports.facts import Named
from kitchen.boxes import Box, Carrier
from kitchen.store.equipment import load_carriers, load_equipment
from kitchen.store.production import load_exceptions
from orders.codes import Excepted
from orders.diners import Diner
from orders.menus import Menu
from orders.order import Clash
from orders.service import Service
from orders.store.diners import load_diner
from orders.store.menus import load_menu
from orders.store.orders import load_clashes, load_orders
from orders.store.services import load_order_exceptions

LATE_AFTER_S = 300
REFUSED = ("box_refused", "box_short", LOST_BOX)
AGREED = "undelivered_agreed"


@dataclass(frozen=True, slots=True)
class Stuck:
    """
    Batches off the heat that do not go on as they are.

    Parameters
    ----------
    cold
        Those whose newest core is too cold, or that are discarded.
    held
        Those that may not be packed, whatever the reason.
    """

    cold: Set[str] = frozenset()
    held: Set[str] = frozenset()


def kitchen_view(session: Session, service: Service, now_at: datetime) -> KitchenView:
    """The kitchen's page of a service that is closed, planned or not."""
    found = load_round(session, service)
    menu = load_menu(session, service)
    left_out = load_order_exceptions(session, service)
    if found is not None:
        left_out += [item for _, item in load_exceptions(session, found.production.production_id)]
    missing = [*lost_on_road(session, service), *left_out]
    undelivered = _undelivered(found, missing) if found else ()
    shown = [one for box in undelivered for one in (box.excepted, *box.agreed)]
    stuck = _stuck(session, found) if found else Stuck()
    sealed, boxes = _boxes(session, found, stuck, now_at) if found else ((), ())
    return KitchenView(
        service=service,
        version=found.production.version if found else None,
        counts=_counts(session, service, found, stuck),
        batches=_batches(session, found, stuck, now_at) if found else (),
        sealed=sealed,
        boxes=boxes,
        clashes=_clashes(session, service, menu),
        alarms=found.open_alarms() if found else (),
        undelivered=undelivered,
        left_out=tuple(one for one in left_out if one not in shown),
        changes=changes_view(session, service),
        newest=newest_acts(found, now_at) if found else (),
        prints=label_prints(session, service, found.production.version) if found else (),
        findings=carrier_findings(session, service.kitchen_id),
        names=_names(menu) | dict(found.names if found else {}),
    )


def _undelivered(found: Round, left_out: Sequence[Excepted]) -> tuple[Undelivered, ...]:
    boxes = {box.code: box for box in found.boxes.values()}
    return tuple(
        Undelivered(
            excepted=one,
            box_id=boxes[one.ref].box_id,
            site_name=site.name,
            contact=site.contact,
            agreed=_agreed(left_out, one.ref),
        )
        for one in left_out
        if one.reason.code in REFUSED and one.ref in boxes
        for site_id, site in found.sites.items()
        if site_id == one.reason.params["site"]
    )


def _agreed(left_out: Sequence[Excepted], box: str) -> tuple[Excepted, ...]:
    """What was agreed about a box, the first first."""
    own = (one for one in left_out if (one.ref, one.reason.code) == (box, AGREED))
    return tuple(sorted(own, key=lambda one: str(one.reason.params["at"])))


def _stuck(session: Session, found: Round) -> Stuck:
    floor = read_floor(session, found.service, list(found.cooked)) if found.cooked else None
    if floor is None:
        return Stuck()
    points = ((batch_id, one) for batch_id, own in floor.of_batch.items() for one in own)
    return Stuck(
        cold={batch_id for batch_id, one in points if one.point.code == COOK and one.standing in STOPS},
        held={batch_id for batch_id in found.cooked if batch_reasons(floor, batch_id, "pack")},
    )


def _counts(session: Session, service: Service, found: Round | None, stuck: Stuck) -> DayCounts:
    ordered = sum(order.portions for order in load_orders(session, service, ("locked",)))
    if found is None:
        return DayCounts(ordered, 0, 0, 0, 0, 0, 0)
    done = found.cooked.keys() - stuck.cold
    return DayCounts(
        ordered=ordered,
        to_cook=sum(batch.portions for batch in found.batches),
        cooked=sum(batch.portions for batch in found.batches if batch.batch_id in done),
        extra=sum(batch.extra_portions for batch in found.batches),
        to_box=sum(box.portions for box in found.boxes.values()),
        boxed=sum(box.portions for box in found.boxes.values() if box.box_id in found.packed),
        delivered=sum(receipt.portions for receipt in found.receipts.values()),
        spare=sum(box.spare_portions for box in found.boxes.values()),
    )


def _batches(session: Session, found: Round, stuck: Stuck, now_at: datetime) -> tuple[BatchView, ...]:
    pieces = {one.equipment_id: one for one in load_equipment(session, found.service.kitchen_id)}
    views = []
    for batch in found.batches:
        slot = found.slots.get(batch.batch_id)
        if slot is None:
            continue
        piece, act = pieces.get(slot.equipment_id), found.cooked.get(batch.batch_id)
        started = found.started.get(batch.batch_id)
        ready_s = found.service.seconds(started.happened_at) + batch.cook_s if started else slot.ready_s
        state, late_s = _state(found, batch.batch_id, slot.start_s, ready_s, now_at)
        views.append(
            BatchView(
                batch=batch,
                dish=found.names.get(batch.dish_id, Named(batch.dish_id, batch.dish_id)),
                variant=variant_names().get(batch.variant),
                equipment=Named(piece.name_zh, piece.name_en)
                if piece
                else Named(slot.equipment_id, slot.equipment_id),
                start_at=found.service.instant(slot.start_s),
                ready_at=found.service.instant(ready_s),
                state=state,
                late_min=late_s // 60,
                started_at=started.happened_at if started else None,
                cooked_at=act.happened_at if act else None,
                core_c=act.core_c if act else None,
                core_fails=batch.batch_id in stuck.cold,
            )
        )
    return tuple(sorted(views, key=lambda one: (one.ready_at, not one.batch.special, one.batch.code)))


def _state(
    found: Round, batch_id: str, start_s: int, ready_s: int, now_at: datetime
) -> tuple[BatchState, int]:
    """
    How a batch stands, and by how many seconds it is late.

    A house that reports no starts goes by the plan for them.
    """
    now_s = found.service.seconds(now_at)
    if batch_id in found.cooked:
        return "cooked", 0
    if found.started and batch_id not in found.started and now_s > start_s + LATE_AFTER_S:
        return "not_started", now_s - start_s
    if now_s > ready_s + LATE_AFTER_S:
        return "overdue", now_s - ready_s
    if batch_id in found.started or (not found.started and now_s >= start_s):
        return "on_heat", 0
    return "planned", 0


def _boxes(
    session: Session, found: Round, stuck: Stuck, now_at: datetime
) -> tuple[tuple[BoxView, ...], tuple[BoxView, ...]]:
    carriers = {one.carrier_id: one for one in load_carriers(session, found.service.kitchen_id)}
    dish_of = found.dish_of_line()
    may_pack = found.cooked.keys() - stuck.held
    views = []
    for box in sorted(found.boxes.values(), key=lambda one: (one.packed_s, one.code)):
        diner = load_diner(session, box.for_diner) if box.for_diner else None
        one = _box(found, box, carriers, dish_of, diner, may_pack)
        late_s = found.service.seconds(now_at) - box.packed_s
        is_late = one.ready and one.packed_at is None and late_s > LATE_AFTER_S
        views.append(replace(one, late_min=late_s // 60) if is_late else one)
    return tuple(one for one in views if one.for_diner), tuple(one for one in views if not one.for_diner)


def _box(
    found: Round,
    box: Box,
    carriers: Mapping[str, Carrier],
    dish_of: Mapping[str, str],
    diner: Diner | None,
    may_pack: Set[str],
) -> BoxView:
    act = found.packed.get(box.box_id)
    carrier_id = act.carrier_id if act else box.carrier_id
    carrier = carriers.get(carrier_id)
    dish_ids = dict.fromkeys(dish_of[line_id] for line_id in box.line_ids if line_id in dish_of)
    return BoxView(
        box_id=box.box_id,
        code=box.code,
        carrier_code=carrier.code if carrier else carrier_id,
        site_name=found.site_name(box.site_id),
        hold_class=box.hold_class,
        portions=box.portions,
        packed_by_at=found.service.instant(box.packed_s),
        deliver_by_at=found.service.instant(box.deliver_by_s),
        late_min=0,
        ready=all(batch_id in may_pack for batch_id in box.batch_ids),
        packed_at=act.happened_at if act else None,
        core_c=act.core_c if act else None,
        for_diner=diner.name if diner else "",
        avoid=allergens_named(diner.allergens) if diner else (),
        colour=sealed_colour() if diner and diner.allergens else None,
        dishes=tuple(found.names[dish_id] for dish_id in dish_ids if dish_id in found.names) if diner else (),
        spare=box.spare_portions,
        sensor=(carrier.sensor_id if carrier else None) or "",
    )


def _clashes(session: Session, service: Service, menu: Menu | None) -> tuple[ClashView, ...]:
    names = _names(menu)
    return tuple(
        _clash(session, clash_id, clash, names)
        for clash_id, clash in load_clashes(session, service, open_only=True).items()
    )


def _clash(session: Session, clash_id: str, clash: Clash, names: Mapping[str, Named]) -> ClashView:
    diner = load_diner(session, clash.diner_id)
    return ClashView(
        clash_id=clash_id,
        order_code=clash.order_code,
        diner=diner.name if diner else "",
        dish=names.get(clash.dish_id, Named(clash.dish_id, clash.dish_id)),
        reasons=clash.reasons,
        proposed=tuple((dish_id, names[dish_id]) for dish_id in clash.proposed if dish_id in names),
    )


def _names(menu: Menu | None) -> dict[str, Named]:
    return {item.dish_id: Named(item.name_zh, item.name_en) for item in menu.items} if menu else {}
