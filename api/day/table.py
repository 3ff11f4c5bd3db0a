"""A site's table as it stands: its boxes, what is left in them, its orders, and who carries some on."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from api.carriers.round import note_left
from api.checks.gates import stopped_food
from api.day.holds import acts_of, chain_end_at, hold_facts, packings, profile_at
from api.day.holds_facts import CONDEMNED, Acts, Packing
from api.day.judging import Judged, hold_judging, judge_holds
from api.day.reheat_box import heated_here
from api.db import hold
from api.permissions import Actor, ensure
from kitchen.store.production import load_production
from kitchen.store.production_rows import BoxRow
from kitchen.store.withheld import lines_stopped
from kitchen.withheld import Stop
from orders.codes import Coded
from orders.drops import Drop
from orders.errors import Forbidden, NotFound
from orders.ids import IdSource
from orders.order import Order
from orders.service import Service
from orders.store.drops import drops_of_orders
from orders.store.orders import load_clashes, load_orders
from routing.store.plans import vehicles_to_site
from telemetry.hold_facts import HoldVerdict
from telemetry.store.probe_uses import empty_box, uses_of_boxes
from telemetry.store.verdicts import latest_verdicts

WALK_IN = "walk_in"
SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Desk:
    """
    One site's table, who acts at it, and when.

    Parameters
    ----------
    service, site_id
        Which meal, where.
    actor, now_at, ids
        Who acts, the instant, source of row ids.
    """

    service: Service
    site_id: str
    actor: Actor
    now_at: datetime
    ids: IdSource


@dataclass(frozen=True, slots=True)
class Table:
    """
    One site's boxes and orders at the moment of an act.

    Parameters
    ----------
    service, site_id
        Which meal, where.
    acts
        What people reported of these boxes and orders.
    orders
        Locked orders of the site, by code.
    boxes, verdicts
        What came to the site and how its holds stand, by box id.
    clashing
        Codes of orders with an open clash.
    drops
        Order id to the last word of who carries it on.
    stops, stopped
        What nobody may eat of: on hold, discarded, or of a control point that failed; by id of batch or box,
        and by line id.
    to_reheat
        Chilled boxes that are reheated here before anybody eats of them.
    """

    service: Service
    site_id: str
    acts: Acts
    orders: Mapping[str, Order]
    boxes: Mapping[str, Packing]
    verdicts: Mapping[str, HoldVerdict]
    clashing: Collection[str]
    drops: Mapping[str, Drop]
    stops: Mapping[str, Stop] = field(default_factory=dict)
    stopped: Mapping[str, Stop] = field(default_factory=dict)
    to_reheat: Collection[str] = ()

    @property
    def accepted(self) -> list[Packing]:
        """Boxes that the site took, with portions in them."""
        receipts = self.acts.receipts
        return [one for box_id, one in self.boxes.items() if box_id in receipts and receipts[box_id].portions]

    def boxes_of(self, order: Order) -> list[Packing]:
        """The accepted boxes that hold portions of an order, or that a walk-in's are drawn from."""
        if order.channel == WALK_IN:
            return [self.boxes[box_id] for box_id in self.draws(order)]
        return [one for one in self.accepted if order.order_id in one.order_of.values()]

    def draws(self, order: Order) -> dict[str, int]:
        """
        Box id to portions that a walk-in gets out of it, since none was packed for it; else nothing.

        A box with more left than is promised comes first, one that is sealed for a diner last.
        """
        found: Counter[str] = Counter()
        if order.channel != WALK_IN:
            return {}
        promised = {one.order_id for one in self.orders.values()} - self.acts.servings.keys()

        def least(packing: Packing) -> tuple[bool, bool, str]:
            box_id = packing.box.box_id
            owed = sum(one in promised for one in packing.order_of.values())
            return self.left(packing) - owed <= found[box_id], bool(packing.box.for_diner), box_id

        for dish_id in (line.dish_id for line in order.lines if line.state != "withdrawn"):
            boxes = (one for one in self.accepted if self.gives(one, dish_id) and self.is_fit(one))
            having = [one for one in boxes if self.left(one) > found[one.box.box_id]]
            if having:
                found[min(having, key=least).box.box_id] += 1
        return dict(found)

    def spare(self, now_at: datetime) -> dict[str, int]:
        """
        Portions of each dish that nobody is expected for: left at the site, less those still awaited.

        Who has not come when the last plate was due is awaited no more, nor is whose meal was thrown away
        after its way to a door; what was packed for walk-ins waits for nobody. Nothing is spare of a box that
        is not fit: see `is_fit`. What walk-ins got of a box counts in that box alone.
        """
        drawn = self._drawn(now_at)
        left = Counter({dish_id: -portions for dish_id, portions in drawn.pop("").items()})
        over = self.acts.servings.keys() | {key for key, one in self.drops.items() if one.outcome != "taken"}
        for packing in (one for one in self.accepted if self.is_fit(one, now_at)):
            box_id = packing.box.box_id
            gone = {line for line, order in packing.order_of.items() if order in over}
            dishes = Counter(dish for line, dish in packing.dish_of.items() if line not in gone)
            for one in packing.spare:
                dishes[one.dish_id] += one.portions
            most = self.left(packing) + len(self.acts.drawn(box_id))
            for dish_id, portions in dishes.items():
                if self.gives(packing, dish_id):
                    left[dish_id] += min(portions, most) - drawn[box_id][dish_id]
            if now_at < packing.last_plate_at:
                awaited = {order.order_id for order in self.orders.values()} - over
                for line_id, order_id in packing.order_of.items():
                    left[packing.dish_of[line_id]] -= order_id in awaited
        return {dish_id: portions for dish_id, portions in left.items() if portions > 0}

    def _drawn(self, now_at: datetime) -> dict[str, Counter[str]]:
        """
        Portions of each dish that walk-ins got, by box id; those that they are promised by the empty one.

        Where a dish may have come from several boxes it counts in one that still gives it.
        """
        found: dict[str, Counter[str]] = {box_id: Counter() for box_id in ("", *self.boxes)}
        for order in (one for one in self.orders.values() if one.channel == WALK_IN):
            serving = self.acts.servings.get(order.order_id)
            drawn = Counter(serving.drawn if serving else {})
            for dish_id in (line.dish_id for line in order.lines if line.state != "withdrawn"):
                boxes = (self.boxes[box_id] for box_id in drawn if drawn[box_id] and box_id in self.boxes)
                having = [one for one in boxes if one.has_dish(dish_id)]
                giving = (one for one in having if self.gives(one, dish_id) and self.is_fit(one, now_at))
                packing = next(giving, having[0] if having else None)
                box_id = packing.box.box_id if packing else ""
                drawn[box_id] -= 1
                found[box_id][dish_id] += 1
        return found

    def is_fit(self, packing: Packing, at: datetime | None = None) -> bool:
        """
        Whether somebody who ordered nothing may eat of a box.

        It is reheated where it must be, its hold is not breached, and its last moment is not over by an
        instant, or when it was last judged.
        """
        verdict = self.verdicts.get(packing.box.box_id)
        if self._waits_for_heat(packing, at):
            return False
        return verdict is None or (
            verdict.verdict != "breached" and (at or verdict.judged_to_at) <= verdict.eat_by_at
        )

    def left(self, packing: Packing) -> int:
        """Portions of a box that were neither served nor thrown away."""
        return self.acts.left(packing)

    def spare_left(self, packing: Packing) -> int:
        """Portions of a box for walk-ins that none of them got, those held back left out."""
        barred = (self.acts.spare_stopped(packing, self.stops, is_open=one) for one in (True, False))
        return self.acts.spare_left(packing) - sum(barred)

    def gives(self, packing: Packing, dish_id: str) -> bool:
        """Whether a dish in a box may be given to anybody: it is there, and nothing stops it."""
        lines = [line for line, dish in packing.dish_of.items() if dish == dish_id]
        spare = [one.batch_id for one in packing.spare if one.dish_id == dish_id]
        barred = self.stops.keys() & {packing.box.box_id, *spare}
        stopped = any(line in self.stopped for line in lines)
        return packing.has_dish(dish_id) and not barred and not stopped

    def waits_for_word(self, order: Order) -> Coded | None:
        """That food of an order is on hold or failed a control point, None when nothing of it did."""
        stops = (self.stopped.get(line.line_id) for line in order.lines)
        found = next((one for one in stops if one is not None and one.is_open), None)
        if found is None:
            return None
        code = "meal_withheld" if found.kind == "held" else "meal_point_failed"
        return Coded(code, {"order": order.code, **found.words.params})

    def not_to_give(self, order: Order, at: datetime) -> Coded | None:
        """That an order's food is stopped, gone, or not reheated by an instant; None when it may be given."""
        if waits := self.waits_for_word(order):
            return waits
        if not self.portions(order):
            return Coded("nothing_left", {"order": order.code})
        return self.not_reheated(order, at)

    def not_reheated(self, order: Order, at: datetime) -> Coded | None:
        """That a box of an order still waits for a reheating that passes, None when none does."""
        for packing in self.boxes_of(order):
            if self._waits_for_heat(packing, at):
                return Coded("meal_not_reheated", {"order": order.code, "box": packing.box.code})
        return None

    def _waits_for_heat(self, packing: Packing, at: datetime | None) -> bool:
        """Whether a box is to be reheated, or was in vain, and was not reheated by an instant, or at all."""
        box_id, reheats = packing.box.box_id, self.acts.reheats
        done = reheats.boxes.get(box_id)
        late = done is None or (at is not None and done.at > at)
        return late and (box_id in self.to_reheat or box_id in reheats.failed)

    def portions(self, order: Order, *, believed: bool = False) -> int:
        """
        Portions of an order that its boxes have to give; a box with fewer left gives what it has.

        Where somebody is ``believed`` who says that they were given, what is stopped or gone counts too.
        """
        if order.channel == WALK_IN:
            return sum(self.draws(order).values())
        stopped: Collection[str] = () if believed else self.stopped
        lines = [one for one in order.lines if one.state != "withdrawn" and one.line_id not in stopped]
        wanted, found = {one.line_id: one.dish_id for one in lines}, 0
        for packing in self.boxes_of(order):
            inside = sum(wanted.get(line_id) == dish_id for line_id, dish_id in packing.dish_of.items())
            found += inside if believed else min(inside, self.left(packing))
        return found

    def on_the_way(self, order: Order) -> Drop | None:
        """Who carries an order to its door just now, None when nobody does."""
        drop = self.drops.get(order.order_id)
        return drop if drop is not None and drop.outcome == "taken" else None

    def carried(self, packing: Packing) -> int:
        """Portions of a box that are on their way to a door."""
        taken = {key for key, drop in self.drops.items() if drop.outcome == "taken"}
        return sum(o in taken and o not in self.acts.servings for o in packing.order_of.values())

    def held(self, packing: Packing) -> int:
        """Portions of a box that wait for somebody's word and nobody got: they are not thrown away."""
        return self._barred(packing, is_open=True)

    def discarded(self, packing: Packing) -> int:
        """Portions of a box that were discarded by name, that nobody got and that are not thrown away yet."""
        thrown = self.acts.thrown(packing.box.box_id, CONDEMNED)
        return max(0, self._barred(packing, is_open=False) - thrown)

    def _barred(self, packing: Packing, *, is_open: bool) -> int:
        order_of, served = packing.order_of, self.acts.servings
        barred = {key for key, one in self.stopped.items() if one.is_open == is_open}
        lines = sum(line in barred and order_of[line] not in served for line in order_of)
        return lines + self.acts.spare_stopped(packing, self.stops, is_open=is_open)

    def eat_by_at(self, boxes: Collection[Packing]) -> datetime | None:
        """The earliest last mouthful of these boxes, None before the first verdict."""
        verdicts = (self.verdicts.get(packing.box.box_id) for packing in boxes)
        return min((verdict.eat_by_at for verdict in verdicts if verdict), default=None)

    def second_leg(self) -> timedelta:
        """How long the way from the site to its last door takes."""
        hours = next((packing.site.hours for packing in self.boxes.values()), None)
        return timedelta(minutes=hours.second_leg_minutes if hours else 0)


def load_table(session: Session, service: Service, site_id: str, *, to_judge: bool = False) -> Table:
    """
    The table as it stands; whoever else acts at it waits, so that no portion is served and thrown away.

    Parameters
    ----------
    session, service, site_id
        Open transaction; which meal, where.
    to_judge
        Whether its boxes are judged in the same act, by `judged`.

    Raises
    ------
    NotFound
        When nothing is published for the service.
    """
    hold(session, f"{service.key}/{site_id}")
    production = load_production(session, service.key)
    if production is None:
        raise NotFound("production", service.key)
    key = production.production_id
    if to_judge:
        hold_judging(session, key)
    query = select(BoxRow.box_id).where(BoxRow.production_id == key, col(BoxRow.site_id) == site_id)
    boxes = packings(session, list(session.exec(query)))
    orders = load_orders(session, service, ("locked",), site_id)
    order_ids = {order.order_id for order in orders}
    inside = {order_id for packing in boxes.values() for order_id in packing.order_of.values()}
    clashes = load_clashes(session, service, open_only=True).values()
    stops = stopped_food(session, service, boxes)
    return Table(
        service=service,
        site_id=site_id,
        acts=acts_of(session, service, key, boxes.values(), order_ids),
        orders={order.code: order for order in orders},
        boxes=boxes,
        verdicts=latest_verdicts(session, list(boxes)),
        clashing={clash.order_code for clash in clashes},
        drops=drops_of_orders(session, order_ids | inside),
        stops=stops,
        stopped=lines_stopped(session, stops),
        to_reheat=heated_here(session, boxes),
    )


def judge_table(
    session: Session, table: Table, box_ids: Collection[str], now_at: datetime, ids: IdSource
) -> dict[str, Judged]:
    """Judges boxes of a table that was read `to_judge`, from its acts; one not yet packed is passed over."""
    if not box_ids:
        return {}
    known = {box_id: packing for box_id, packing in table.boxes.items() if box_id in box_ids}
    holds = hold_facts(session, known, table.acts, profile_at(session, table.service.kitchen_id))
    return judge_holds(session, known, holds, table.verdicts, now_at, ids)


def judged(
    session: Session, table: Table, box_ids: Collection[str], now_at: datetime, ids: IdSource
) -> Table:
    """The table with these boxes judged anew: a kept verdict knows of no silence since."""
    found = judge_table(session, table, box_ids, now_at, ids)
    return replace(table, verdicts={**table.verdicts, **{key: one.verdict for key, one in found.items()}})


def emptied(session: Session, before: Table, after: Table) -> set[str]:
    """Boxes whose last portion has just gone, and emptied ones whose probe is still inside."""
    ends = {box_id: chain_end_at(packing, after.acts) for box_id, packing in after.boxes.items()}
    ended = {box_id for box_id, end_at in ends.items() if end_at is not None}
    known = {box_id for box_id in ended if ends[box_id] == chain_end_at(before.boxes[box_id], before.acts)}
    uses = uses_of_boxes(session, sorted(known)) if known else {}
    inside = {box_id for box_id, own in uses.items() if any(use.to_at is None for use in own)}
    return (ended - known) | inside


def free_probes(session: Session, judged: Mapping[str, Judged], now_at: datetime, ids: IdSource) -> None:
    """Takes the probes out of boxes whose last portion is gone: their carriers stand empty and go home."""
    over = {box_id: one.facts.chain_end_at for box_id, one in judged.items() if one.facts.chain_end_at}
    if not over:
        return
    for box_id, end_at in over.items():
        empty_box(session, box_id, end_at)
    note_left(session, over, "empty", actor=SYSTEM, now_at=now_at, ids=ids)


def ensure_here(session: Session, actor: Actor, act: str, service: Service, site_id: str) -> None:
    """
    Refuses an act at a site that is not the actor's: a driver's are the stops of the own van.

    Raises
    ------
    Forbidden
        With code ``role_may_not`` or ``outside_scope``.
    """
    ensure(actor, act, kitchen_id=service.kitchen_id, site_id=site_id)
    if actor.role != "driver":
        return
    bringing = vehicles_to_site(session, service.key, site_id)
    if not bringing or actor.vehicle_id not in (None, *bringing):
        raise Forbidden("outside_scope", own=actor.vehicle_id or "-", wanted=site_id)
