"""What became of each order of a service, from receipts, servings, drops, refused claims and leftovers."""

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from api.checks.gates import stopped_food
from api.day.holds import CHUNK, acts_of, chain_end_at, packings
from api.day.holds_facts import Acts, Packing
from api.day.serve import LEFT_OVER
from kitchen.store.production import load_production
from kitchen.store.production_rows import BoxLineRow
from kitchen.store.withheld import lines_stopped
from orders.drops import Drop
from orders.errors import Conflict, NotFound
from orders.order import Order
from orders.outcomes import NOT_THE_DINERS_FAULT, OrderOutcome, outcome_of
from orders.receipts import TurnedAway
from orders.service import Service
from orders.store.drops import drops_of_orders, load_drops, load_turned_away
from orders.store.orders import OrderLineRow


@dataclass(frozen=True, slots=True)
class _Said:
    """Everything reported about a service's orders."""

    acts: Acts
    box_of: Mapping[str, str]
    known: Mapping[str, Packing]
    unfinished: Collection[str]
    drops: Mapping[str, Drop]
    away: Mapping[str, TurnedAway]
    stopped: Set[str]

    def arrived(self, order: Order) -> set[str]:
        """Boxes with portions of an order that a site took."""
        boxes = {self.box_of[line.line_id] for line in order.lines if line.line_id in self.box_of}
        return {one for one in boxes if one in self.acts.receipts and self.acts.receipts[one].portions}

    def ended(self, order: Order) -> bool:
        """Whether nothing more can become of it: served, reported at its door, or its boxes are empty."""
        drop = self.drops.get(order.order_id)
        if order.order_id in self.acts.servings or (drop is not None and drop.outcome != "taken"):
            return True
        return drop is None and self.arrived(order).isdisjoint(self.unfinished)

    def outcome(self, order: Order, by_default_at: datetime) -> OrderOutcome:
        """What became of one order."""
        boxes = self.arrived(order)
        left_over = self.stopped.isdisjoint(line.line_id for line in order.lines) and any(
            one.box_id in boxes and one.reason == LEFT_OVER and one.portions for one in self.acts.discards
        )
        plates = [self.known[box_id].last_plate_at for box_id in boxes]
        return outcome_of(
            self.acts.servings.get(order.order_id),
            self.drops.get(order.order_id),
            self.away.get(order.order_id),
            arrived=bool(boxes),
            left_over=left_over,
            last_plate_at=max(plates, default=by_default_at),
        )


def outcomes_of(
    session: Session,
    service: Service,
    orders: Sequence[Order],
    now_at: datetime,
    stopped: Set[str] | None = None,
) -> dict[str, OrderOutcome]:
    """
    What became of these locked orders, by order id; what is undecided yet is left out.

    Parameters
    ----------
    session, service, orders, now_at
        Open transaction; which orders of which service; the present instant.
    stopped
        Order lines that nobody may eat of, where somebody has read them; None reads them.

    Raises
    ------
    NotFound
        When nothing is published for the service.
    """
    said = _said(session, service, orders, stopped)
    return {order.order_id: said.outcome(order, now_at) for order in orders if said.ended(order)}


def final_outcomes(
    session: Session, service: Service, orders: Sequence[Order], now_at: datetime
) -> dict[str, OrderOutcome]:
    """
    What became of each of these orders, by order id, with the carrier and the proof of a door.

    Raises
    ------
    NotFound
        When nothing is published for the service.
    Conflict
        ``table_still_open`` while an order that was delivered is neither served nor thrown away.
    """
    said = _said(session, service, orders)
    for order in orders:
        if not said.ended(order):
            raise Conflict("table_still_open", site=order.site_id, order=order.code)
    return {order.order_id: said.outcome(order, now_at) for order in orders}


def _said(
    session: Session, service: Service, orders: Sequence[Order], stopped: Set[str] | None = None
) -> _Said:
    production = load_production(session, service.key)
    if production is None:
        raise NotFound("production", service.key)
    key, order_ids = production.production_id, {order.order_id for order in orders}
    query = select(BoxLineRow.line_id, BoxLineRow.box_id).where(BoxLineRow.production_id == key)
    is_few = len(order_ids) <= CHUNK
    if is_few:
        own = select(OrderLineRow.line_id).where(col(OrderLineRow.order_id).in_(order_ids))
        query = query.where(col(BoxLineRow.line_id).in_(own))
    box_of = dict(session.exec(query).all())
    boxes = packings(session, set(box_of.values()))
    acts = acts_of(session, service, key, boxes.values(), order_ids)
    known = {box_id: one for box_id, one in boxes.items() if box_id in acts.receipts}
    away: dict[str, TurnedAway] = {}
    for claim in load_turned_away(session, service, order_ids if is_few else None):
        if claim.order_id and claim.reason.code in NOT_THE_DINERS_FAULT:
            away.setdefault(claim.order_id, claim)
    if stopped is None:
        stopped = lines_stopped(session, stopped_food(session, service, known)).keys()
    return _Said(
        acts=acts,
        box_of=box_of,
        known=known,
        unfinished={box_id for box_id, one in known.items() if chain_end_at(one, acts) is None},
        drops=drops_of_orders(session, order_ids) if is_few else load_drops(session, service),
        away=away,
        stopped=stopped,
    )
