"""What the kitchen's page shows: counts, batches in time order, sealed meals, boxes, clashes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from api.carriers.round import carrier_findings
from api.day.changes import ChangesView, changes_view
from api.day.views import AlarmView, Round, load_round
from api.day.views_acts import DoneAct, LabelPrint, label_prints, newest_acts
from api.names import allergens_named, sealed_colour, variant_names
from api.reports.facts import Named
from kitchen.batches import Batch
from kitchen.boxes import Box
from kitchen.store.equipment import load_carriers, load_equipment
from kitchen.store.production import load_exceptions
from orders.codes import Coded, Excepted
from orders.diners import Diner
from orders.menus import HoldClass, Menu
from orders.order import Clash
from orders.service import Service
from orders.store.diners import load_diner
from orders.store.menus import load_menu
from orders.store.orders import load_clashes, load_orders
from orders.store.services import load_order_exceptions

BatchState = Literal["planned", "not_started", "on_heat", "overdue", "cooked"]
LATE_AFTER_S = 300
LATE: frozenset[BatchState] = frozenset({"not_started", "overdue"})


@dataclass(frozen=True, slots=True)
class DayCounts:
    """
    Portions by stage, each from that stage's own rows.

    Parameters
    ----------
    ordered
        Of locked orders.
    to_cook, cooked
        Planned in all batches, extras included; of those off the heat.
    extra
        Cooked beyond the orders.
    to_box, boxed
        In all boxes; in those closed.
    delivered
        Accepted by the sites.
    """

    ordered: int
    to_cook: int
    cooked: int
    extra: int
    to_box: int
    boxed: int
    delivered: int


@dataclass(frozen=True, slots=True)
class BatchView:
    """
    One batch as the kitchen sees it.

    Parameters
    ----------
    batch
        What is cooked.
    dish, variant, equipment
        By name; a plain dish has no variant.
    start_at, ready_at
        Planned; once it is on the heat, when it should come off.
    state
        Planned, on the heat, cooked; ``"not_started"`` and ``"overdue"`` are late by five minutes.
    late_min
        By how many minutes it is late, 0 when it is not.
    started_at, cooked_at, core_c
        As reported.
    """

    batch: Batch
    dish: Named
    variant: Named | None
    equipment: Named
    start_at: datetime
    ready_at: datetime
    state: BatchState
    late_min: int
    started_at: datetime | None
    cooked_at: datetime | None
    core_c: float | None

    @property
    def due_at(self) -> datetime:
        """When it is to go on the heat, or off it once it is on."""
        return self.start_at if self.state in ("planned", "not_started") else self.ready_at


@dataclass(frozen=True, slots=True)
class BoxView:
    """
    One box as the kitchen packs it.

    Parameters
    ----------
    box_id, code, carrier_code, site_name
        Which box, in which carrier, for where.
    hold_class, portions, spare
        What is in it; how many of the portions are for walk-ins.
    packed_by_at, deliver_by_at
        When its packing should end, and its latest hand-over as the reports stand.
    ready, late_min
        Whether all its batches are off the heat; by how many minutes it should have been closed.
    packed_at, core_c
        As reported.
    for_diner, avoid, dishes
        Of a sealed box: whose, what the diner must not get, what is in it.
    colour
        Of an allergic diner's container, in words.
    """

    box_id: str
    code: str
    carrier_code: str
    site_name: str
    hold_class: HoldClass
    portions: int
    packed_by_at: datetime
    deliver_by_at: datetime
    ready: bool
    late_min: int
    packed_at: datetime | None
    core_c: float | None
    for_diner: str = ""
    avoid: tuple[Named, ...] = ()
    dishes: tuple[Named, ...] = ()
    colour: Named | None = None
    spare: int = 0


@dataclass(frozen=True, slots=True)
class ClashView:
    """
    A portion that its diner must not get, to be settled by a person.

    Parameters
    ----------
    clash_id
        Row id.
    order_code, diner
        Whose portion.
    dish
        What was ordered.
    reasons
        Why not.
    proposed
        Dish id and name of what could stand in, best first.
    """

    clash_id: str
    order_code: str
    diner: str
    dish: Named
    reasons: tuple[Coded, ...]
    proposed: tuple[tuple[str, Named], ...]


@dataclass(frozen=True, slots=True)
class KitchenView:
    """
    The kitchen's page.

    Parameters
    ----------
    service, version
        Which service; version of its production, None before it is planned.
    counts
        Portions by stage.
    batches
        In the order of their ready minutes.
    sealed, boxes
        Boxes of one allergic diner each, and the others, by the minute of packing.
    clashes, alarms
        What waits for a person.
    left_out
        Portions that are not cooked or boxed as ordered, and why.
    changes
        What has changed since the published plan.
    newest
        The acts that were written down last.
    prints
        Prints of the box labels that are out; two are one too many.
    findings
        What is not watched.
    names
        Of dishes and allergens that sentences mention.
    """

    service: Service
    version: int | None
    counts: DayCounts
    batches: tuple[BatchView, ...]
    sealed: tuple[BoxView, ...]
    boxes: tuple[BoxView, ...]
    clashes: tuple[ClashView, ...]
    alarms: tuple[AlarmView, ...]
    left_out: tuple[Excepted, ...]
    changes: ChangesView
    newest: tuple[DoneAct, ...]
    prints: tuple[LabelPrint, ...]
    findings: tuple[Coded, ...]
    names: Mapping[str, Named]

    @property
    def late(self) -> tuple[BatchView, ...]:
        """Batches that should be on the heat or off it by now."""
        return tuple(one for one in self.batches if one.state in LATE)

    @property
    def due(self) -> tuple[BatchView, ...]:
        """Batches that are not off the heat, by what is next: on the heat, or off it."""
        waiting = (one for one in self.batches if one.state != "cooked")
        return tuple(sorted(waiting, key=lambda one: (one.due_at, one.batch.code)))

    @property
    def late_boxes(self) -> tuple[BoxView, ...]:
        """Boxes that should be closed by now."""
        return tuple(one for one in (*self.sealed, *self.boxes) if one.late_min)

    @property
    def next_start(self) -> BatchView | None:
        """The batch that should go on the heat first, None when all have."""
        waiting = [one for one in self.batches if one.state in ("planned", "not_started")]
        return min(waiting, key=lambda one: (one.start_at, one.batch.code), default=None)

    @property
    def next_batch(self) -> BatchView | None:
        """The batch that should come off the heat first, None when all have."""
        return next((one for one in self.batches if one.state != "cooked"), None)

    @property
    def next_box(self) -> BoxView | None:
        """The first box that can be closed now, sealed ones first."""
        waiting = (one for one in (*self.sealed, *self.boxes) if one.ready and one.packed_at is None)
        return next(waiting, None)


def kitchen_view(session: Session, service: Service, now_at: datetime) -> KitchenView:
    """The kitchen's page of a service that is closed, planned or not."""
    found = load_round(session, service)
    menu = load_menu(session, service)
    left_out = load_order_exceptions(session, service)
    if found is not None:
        left_out += [item for _, item in load_exceptions(session, found.production.production_id)]
    sealed, boxes = _boxes(session, found, now_at) if found else ((), ())
    return KitchenView(
        service=service,
        version=found.production.version if found else None,
        counts=_counts(session, service, found),
        batches=_batches(session, found, now_at) if found else (),
        sealed=sealed,
        boxes=boxes,
        clashes=_clashes(session, service, menu),
        alarms=found.open_alarms() if found else (),
        left_out=tuple(left_out),
        changes=changes_view(session, service),
        newest=newest_acts(found, now_at) if found else (),
        prints=label_prints(session, service, found.production.version) if found else (),
        findings=carrier_findings(session, service.kitchen_id),
        names=_names(menu) | dict(found.names if found else {}),
    )


def _counts(session: Session, service: Service, found: Round | None) -> DayCounts:
    ordered = sum(order.portions for order in load_orders(session, service, ("locked",)))
    if found is None:
        return DayCounts(ordered, 0, 0, 0, 0, 0, 0)
    return DayCounts(
        ordered=ordered,
        to_cook=sum(batch.portions for batch in found.batches),
        cooked=sum(batch.portions for batch in found.batches if batch.batch_id in found.cooked),
        extra=sum(batch.extra_portions for batch in found.batches),
        to_box=sum(box.portions for box in found.boxes.values()),
        boxed=sum(box.portions for box in found.boxes.values() if box.box_id in found.packed),
        delivered=sum(receipt.portions for receipt in found.receipts.values()),
    )


def _batches(session: Session, found: Round, now_at: datetime) -> tuple[BatchView, ...]:
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
    session: Session, found: Round, now_at: datetime
) -> tuple[tuple[BoxView, ...], tuple[BoxView, ...]]:
    carriers = {one.carrier_id: one.code for one in load_carriers(session, found.service.kitchen_id)}
    dish_of = found.dish_of_line()
    views = []
    for box in sorted(found.boxes.values(), key=lambda one: (one.packed_s, one.code)):
        diner = load_diner(session, box.for_diner) if box.for_diner else None
        one = _box(found, box, carriers, dish_of, diner)
        late_s = found.service.seconds(now_at) - box.packed_s
        is_late = one.ready and one.packed_at is None and late_s > LATE_AFTER_S
        views.append(replace(one, late_min=late_s // 60) if is_late else one)
    return tuple(one for one in views if one.for_diner), tuple(one for one in views if not one.for_diner)


def _box(
    found: Round, box: Box, carriers: Mapping[str, str], dish_of: Mapping[str, str], diner: Diner | None
) -> BoxView:
    act = found.packed.get(box.box_id)
    carrier_id = act.carrier_id if act else box.carrier_id
    dish_ids = dict.fromkeys(dish_of[line_id] for line_id in box.line_ids if line_id in dish_of)
    return BoxView(
        box_id=box.box_id,
        code=box.code,
        carrier_code=carriers.get(carrier_id, carrier_id),
        site_name=found.site_name(box.site_id),
        hold_class=box.hold_class,
        portions=box.portions,
        packed_by_at=found.service.instant(box.packed_s),
        deliver_by_at=found.service.instant(box.deliver_by_s),
        late_min=0,
        ready=all(batch_id in found.cooked for batch_id in box.batch_ids),
        packed_at=act.happened_at if act else None,
        core_c=act.core_c if act else None,
        for_diner=diner.name if diner else "",
        avoid=allergens_named(diner.allergens) if diner else (),
        colour=sealed_colour() if diner and diner.allergens else None,
        dishes=tuple(found.names[dish_id] for dish_id in dish_ids if dish_id in found.names) if diner else (),
        spare=box.spare_portions,
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
