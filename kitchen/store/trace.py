"""From batches to the people: who was to get a portion of them, who got one, in which box, at which site."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, and_, cast, func, literal, select, text
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from kitchen.store.production import boxes_with
from kitchen.store.production_rows import BatchLineRow, BatchRow, BoxLineRow, BoxRow, ProductionRow
from orders.store.diner_facts import last_standing
from orders.store.diners import DinerRow
from orders.store.orders import OrderLineRow, OrderRow
from orders.store.receipts import ServingRow
from orders.store.sites import SiteRow

EMPTY = len("{}")


@dataclass(frozen=True, slots=True)
class TracedPortion:
    """
    One portion of a batch and its diner; or of a walk-in, any portion out of a box with such portions.

    Parameters
    ----------
    service_key, site_name
        Of which service, and where the meal is eaten.
    batch_code, dish_id, box_code
        What it was cooked in, of which dish, and its box; of a walk-in the box alone.
    order_code, diner_id, diner_code, diner_name, phone
        Whose it is; the telephone is empty where there is none or nobody asked for it.
    changed
        Whether the order has another dish in its place since the plan, or none.
    served_at
        When the meal was handed over; None while nobody said so.
    """

    service_key: str
    site_name: str
    batch_code: str
    dish_id: str
    box_code: str
    order_code: str
    diner_id: str
    diner_code: str
    diner_name: str
    phone: str
    changed: bool
    served_at: datetime | None

    @property
    def walk_in(self) -> bool:
        """Whether it was taken out of a box beyond the orders that the box was packed for."""
        return not self.batch_code


@dataclass(frozen=True, slots=True)
class _Named:
    """Codes of batches with their dish and service, and of boxes with their site and service, by id."""

    batches: Mapping[str, tuple[str, str, str]]
    boxes: Mapping[str, tuple[str, str, str]]


def portions_of_batches(
    session: Session, batch_ids: Collection[str], *, with_phones: bool
) -> list[TracedPortion]:
    """Every portion of these batches that an order has, by service, site, order; then what walk-ins got."""
    _look_up(session)
    phone = last_standing("phone", col(DinerRow.diner_id)) if with_phones else literal("")
    known = _Named(_batches(session, batch_ids), _boxes(session, batch_ids))
    return [*_ordered(session, known, phone), *_walked_in(session, known, phone)]


def _look_up(session: Session) -> None:
    """Some thousand rows by their keys: PostgreSQL's workers and compiler cost more than they bring."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SET LOCAL jit = off"))
        session.execute(text("SET LOCAL max_parallel_workers_per_gather = 0"))


def _batches(session: Session, batch_ids: Collection[str]) -> dict[str, tuple[str, str, str]]:
    query = (
        select(
            col(BatchRow.batch_id), col(BatchRow.code), col(BatchRow.dish_id), col(ProductionRow.service_key)
        )
        .join(ProductionRow, col(ProductionRow.production_id) == col(BatchRow.production_id))
        .where(col(BatchRow.batch_id).in_(batch_ids))
    )
    return {batch_id: (code, dish_id, key) for batch_id, code, dish_id, key in session.execute(query)}


def _boxes(session: Session, batch_ids: Collection[str]) -> dict[str, tuple[str, str, str]]:
    query = (
        select(col(BoxRow.box_id), col(BoxRow.code), col(BoxRow.site_id), col(ProductionRow.service_key))
        .join(ProductionRow, col(ProductionRow.production_id) == col(BoxRow.production_id))
        .where(col(BoxRow.box_id).in_(boxes_with(session, batch_ids)))
    )
    return {box_id: (code, site_id, key) for box_id, code, site_id, key in session.execute(query)}


def _standing() -> tuple[Any, Any]:
    """A serving, and that it handed something over and no later row replaces it."""
    serving, later = aliased(ServingRow), aliased(ServingRow)
    replaced = select(col(later.serving_id)).where(col(later.replaces) == col(serving.serving_id)).exists()
    return serving, and_(col(serving.portions) > 0, ~replaced)


def _ordered(session: Session, known: _Named, phone: Any) -> list[TracedPortion]:
    serving, stands = _standing()
    boxed = and_(
        col(BoxLineRow.production_id) == col(BatchLineRow.production_id),
        col(BoxLineRow.line_id) == col(BatchLineRow.line_id),
    )
    query = (
        select(
            col(BatchLineRow.batch_id),
            col(BoxLineRow.box_id),
            col(SiteRow.name),
            *(col(OrderRow.code), col(OrderLineRow.state), col(OrderLineRow.dish_id)),
            *(col(DinerRow.diner_id), col(DinerRow.code), col(DinerRow.name), phone),
            serving.happened_at,
        )
        .select_from(BatchLineRow)
        .join(OrderLineRow, col(OrderLineRow.line_id) == col(BatchLineRow.line_id))
        .join(OrderRow, col(OrderRow.order_id) == col(OrderLineRow.order_id))
        .join(DinerRow, col(DinerRow.diner_id) == col(OrderRow.diner_id))
        .join(SiteRow, col(SiteRow.site_id) == col(OrderRow.site_id))
        .outerjoin(BoxLineRow, boxed)
        .outerjoin(serving, and_(col(serving.order_id) == col(OrderRow.order_id), stands))
        .where(col(BatchLineRow.batch_id).in_(known.batches))
    )
    found = []
    for batch_id, box_id, site, order, state, now_dish, diner_id, code, name, tel, at in session.execute(
        query
    ):
        batch, dish, key = known.batches[batch_id]
        box = known.boxes[box_id][0] if box_id in known.boxes else ""
        changed = state == "withdrawn" or now_dish != dish
        found.append(
            TracedPortion(key, site, batch, dish, box, order, diner_id, code, name, tel, changed, at)
        )
    return sorted(found, key=lambda one: (one.service_key, one.site_name, one.order_code, one.batch_code))


def _walked_in(session: Session, known: _Named, phone: Any) -> list[TracedPortion]:
    serving, stands = _standing()
    query = (
        select(
            serving.drawn,
            serving.service_key,
            col(SiteRow.name),
            col(OrderRow.code),
            *(col(DinerRow.diner_id), col(DinerRow.code), col(DinerRow.name), phone),
            serving.happened_at,
        )
        .select_from(serving)
        .join(OrderRow, col(OrderRow.order_id) == col(serving.order_id))
        .join(DinerRow, col(DinerRow.diner_id) == col(OrderRow.diner_id))
        .join(SiteRow, col(SiteRow.site_id) == col(serving.site_id))
        .where(col(serving.service_key).in_({key for _, _, key in known.boxes.values()}))
        .where(col(serving.site_id).in_({site_id for _, site_id, _ in known.boxes.values()}))
        .where(func.length(cast(col(serving.drawn), String)) > EMPTY, stands)
        .order_by(serving.service_key, col(SiteRow.name), col(OrderRow.code))
    )
    return [
        TracedPortion(key, site, "", "", known.boxes[box_id][0], order, diner_id, code, name, tel, False, at)
        for drawn, key, site, order, diner_id, code, name, tel, at in session.execute(query)
        for box_id in sorted(drawn.keys() & known.boxes.keys())
    ]
