"""Rows of orders, their portions and their clashes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any, cast

import sqlalchemy
from sqlalchemy import CheckConstraint, ColumnElement, Index, UniqueConstraint, bindparam, func, text, update
from sqlmodel import Field, Session, col, select

from orders.codes import Coded
from orders.order import LIVE, Clash, Order, OrderLine, OrderState
from orders.service import Service
from orders.store.base import METADATA, JsonColumn, Row, UtcDateTime, insert_rows


class OrderRow(Row, table=True):
    """One diner's meal of one service; ``(source, external_ref)`` makes sending it twice harmless."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("source", "external_ref"),
        UniqueConstraint("service_key", "code"),
        Index("ix_orders_service_key_site_id", "service_key", "site_id"),
        CheckConstraint("state IN ('placed', 'locked', 'cancelled', 'waiting')", name="state"),
        CheckConstraint("delivery IN ('dine_in', 'volunteer', 'direct')", name="delivery"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ended"),
        CheckConstraint("price_fen >= 0", name="price_fen"),
    )

    order_id: str = Field(primary_key=True)
    service_key: str
    kitchen_id: str = Field(foreign_key="kitchens.kitchen_id")
    service_on: date
    meal: str
    code: str
    diner_id: str = Field(foreign_key="diners.diner_id", index=True)
    site_id: str = Field(foreign_key="sites.site_id")
    price_fen: int
    placed_at: datetime = Field(sa_type=UtcDateTime)
    channel: str
    state: str
    delivery: str | None = None
    ending: str | None = None
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    source: str
    external_ref: str


class OrderLineRow(Row, table=True):
    """One portion."""

    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint("state IN ('ordered', 'substituted', 'withdrawn')", name="state"),
    )

    line_id: str = Field(primary_key=True)
    order_id: str = Field(foreign_key="orders.order_id")
    position: int
    dish_id: str
    ordered_dish_id: str
    state: str


WHOSE = ("service_key", "order_id", "code", "diner_id", "site_id")
AS_PLACED = ("price_fen", "placed_at", "channel", "state", "delivery", "ending", "ended_at")
LINE = ("order_id", "position", "line_id", "dish_id", "ordered_dish_id", "state")
AT_ONCE = 10_000
CHANGING = ("state", "site_id", "delivery", "ending", "ended_at", "price_fen")
OPEN = text("settled_at IS NULL")
ORDERS = METADATA.tables["orders"]
NUMERIC_CODE = (func.length(ORDERS.c.code), ORDERS.c.code)


class ClashRow(Row, table=True):
    """A portion that its diner must not get, and how that was settled."""

    __tablename__ = "clashes"
    __table_args__ = (
        CheckConstraint("settled_at IS NULL OR settled_by IS NOT NULL", name="settled"),
        Index("uq_clashes_open", "line_id", "dish_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    clash_id: str = Field(primary_key=True)
    service_key: str = Field(index=True)
    order_code: str
    line_id: str = Field(foreign_key="order_lines.line_id")
    diner_id: str
    dish_id: str
    reasons: list[dict[str, Any]] = Field(sa_type=JsonColumn)
    proposed: list[str] = Field(sa_type=JsonColumn)
    found_at: datetime = Field(sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_by: str | None = None
    chosen: str | None = None


def save_orders(
    session: Session,
    service: Service,
    orders: Iterable[Order],
    source: str,
    refs: Mapping[str, str] | None = None,
) -> None:
    """
    Keeps new orders with their portions.

    Parameters
    ----------
    session
        Open transaction.
    service
        The service they ask for.
    orders
        Orders with final ids and with codes that the service does not have yet.
    source
        Where they come from, for example ``"import"``.
    refs
        Order id to the source's own reference; the order's id where it is missing.
    """
    kept = list(orders)
    known = refs or {}
    rows = [
        _order_values(service, order, source, known.get(order.order_id, order.order_id)) for order in kept
    ]
    insert_rows(session, OrderRow, rows)
    insert_rows(session, OrderLineRow, [values for order in kept for values in _line_values(order)])


def load_orders(
    session: Session,
    service: Service,
    states: Sequence[OrderState] = ("placed", "locked"),
    site_id: str | None = None,
    code: str | None = None,
    *,
    order_ids: Collection[str] | None = None,
) -> list[Order]:
    """Orders of a service in these states, by code (as numbers): of one site or code, or these, if named."""
    wanted = [ORDERS.c.service_key == service.key, ORDERS.c.state.in_(states)]
    if site_id is not None:
        wanted.append(ORDERS.c.site_id == site_id)
    if code is not None:
        wanted.append(ORDERS.c.code == code)
    if order_ids is not None:
        wanted.append(ORDERS.c.order_id.in_(order_ids))
    return [order for _, order in orders_where(session, *wanted)]


def orders_where(session: Session, *wanted: ColumnElement[bool]) -> list[tuple[str, Order]]:
    """Service key and order of the rows that meet every condition, by code (as numbers)."""
    table = METADATA.tables["order_lines"]
    columns = (ORDERS.c[name] for name in (*WHOSE, *AS_PLACED))
    rows = session.execute(sqlalchemy.select(*columns).where(*wanted).order_by(*NUMERIC_CODE)).all()
    query = sqlalchemy.select(*(table.c[name] for name in LINE)).join(ORDERS).where(*wanted)
    lines: dict[str, list[tuple[int, OrderLine]]] = {row.order_id: [] for row in rows}
    for order_id, position, line_id, dish_id, ordered_dish_id, state in session.execute(query).all():
        lines[order_id].append((position, OrderLine(line_id, dish_id, ordered_dish_id, state)))
    return [
        (key, Order(order_id, code, diner_id, site_id, _in_place(lines[order_id]), *placed))
        for key, order_id, code, diner_id, site_id, *placed in rows
    ]


def _in_place(lines: list[tuple[int, OrderLine]]) -> tuple[OrderLine, ...]:
    """The lines of one order by position; sorted here, since a database sorts those of all orders."""
    lines.sort(key=itemgetter(0))
    return tuple([line for _, line in lines])


def load_order(session: Session, order_id: str) -> tuple[str, Order] | None:
    """The service's key and the order with this row id, or None."""
    return next(iter(orders_where(session, ORDERS.c.order_id == order_id)), None)


def known_refs(session: Session, source: str, refs: Sequence[str]) -> dict[str, str]:
    """Those of the source's references that are stored already, with the id of the order each became."""
    found: dict[str, str] = {}
    for start in range(0, len(refs), 500):
        query = select(OrderRow.external_ref, OrderRow.order_id).where(
            OrderRow.source == source, col(OrderRow.external_ref).in_(refs[start : start + 500])
        )
        found.update(session.exec(query).all())
    return found


def count_orders(session: Session, service: Service) -> int:
    """How many orders a service has in any state: the next one's number less 1."""
    query = select(func.count()).select_from(OrderRow).where(OrderRow.service_key == service.key)
    return session.exec(query).one()


def next_code(session: Session, service: Service) -> str:
    """The next number of an order placed here, ``20261123-P017``; a clerk's book has no P."""
    return numbered(service, last_number(session, service) + 1)


def numbered(service: Service, number: int) -> str:
    """The code of an order placed here, with this number."""
    return f"{service.service_on:%Y%m%d}-P{number:03d}"


def last_number(session: Session, service: Service) -> int:
    """The highest number of an order placed here, 0 before the first."""
    prefix = f"{service.service_on:%Y%m%d}-P"
    own = col(OrderRow.code).startswith(prefix)
    query = select(OrderRow.code).where(OrderRow.service_key == service.key, own)
    numbers = (code.removeprefix(prefix) for code in session.exec(query))
    return max((int(number) for number in numbers if number.isascii() and number.isdigit()), default=0)


def orders_of_diner(
    session: Session, diner_id: str, from_on: date, to_on: date, states: Sequence[OrderState] = LIVE
) -> list[tuple[str, Order]]:
    """Service key and order of one diner between two dates, both included, by date and number."""
    query = (
        select(OrderRow.order_id)
        .where(OrderRow.diner_id == diner_id, col(OrderRow.service_on).between(from_on, to_on))
        .where(col(OrderRow.state).in_(states))
        .order_by(col(OrderRow.service_on), col(OrderRow.meal), *NUMERIC_CODE)
    )
    loaded = (load_order(session, order_id) for order_id in session.exec(query))
    return [one for one in loaded if one is not None]


def taken_places(session: Session, service: Service) -> dict[str, int]:
    """Site to the orders that it has places for: placed or locked."""
    query = (
        select(OrderRow.site_id, func.count())
        .where(OrderRow.service_key == service.key, col(OrderRow.state).in_(("placed", "locked")))
        .group_by(OrderRow.site_id)
    )
    return dict(session.exec(query).all())


def services_with_orders(session: Session, site_id: str, from_on: date, to_on: date) -> list[str]:
    """Keys of the services between two dates, both included, for which a site has live orders, by date."""
    query = (
        select(OrderRow.service_key)
        .where(OrderRow.site_id == site_id, col(OrderRow.service_on).between(from_on, to_on))
        .where(col(OrderRow.state).in_(LIVE))
        .distinct()
    )
    return sorted(session.exec(query))


def lock_orders(session: Session, order_ids: Sequence[str]) -> None:
    """Writes that these stored orders are locked, and nothing else of them."""
    for start in range(0, len(order_ids), AT_ONCE):
        these = ORDERS.c.order_id.in_(order_ids[start : start + AT_ONCE])
        session.execute(update(ORDERS).where(these).values(state="locked"))


def update_orders(session: Session, orders: Iterable[Order]) -> None:
    """
    Writes state, site, delivery, ending, price and portions of stored orders as they are now.

    Portions that are new are added, and those an open order no longer has are taken out; numbers stay.
    """
    kept = list(orders)
    if not kept:
        return
    session.execute(
        update(ORDERS)
        .where(ORDERS.c.order_id == bindparam("id"))
        .values({name: bindparam(f"now_{name}") for name in CHANGING}),
        [
            {"id": order.order_id} | {f"now_{name}": getattr(order, name) for name in CHANGING}
            for order in kept
        ],
    )
    _match_lines(session, kept)
    lines = [
        {"id": line.line_id, "now_dish": line.dish_id, "now_state": line.state}
        for order in kept
        for line in order.lines
    ]
    table = METADATA.tables["order_lines"]
    statement = update(table).where(table.c.line_id == bindparam("id"))
    if lines:
        session.execute(
            statement.values(dish_id=bindparam("now_dish"), state=bindparam("now_state")),
            lines,
        )


def _match_lines(session: Session, orders: Sequence[Order]) -> None:
    """Adds the lines that are new; an order whose lines were exchanged has all of its own written anew."""
    table = METADATA.tables["order_lines"]
    wanted = {order.order_id: order for order in orders}
    stored: dict[str, list[str]] = {order_id: [] for order_id in wanted}
    for chunk in (list(wanted)[start : start + 500] for start in range(0, len(wanted), 500)):
        query = sqlalchemy.select(table.c.order_id, table.c.line_id).where(table.c.order_id.in_(chunk))
        for order_id, line_id in session.execute(query.order_by(table.c.position)):
            stored[order_id].append(line_id)
    for order_id, order in wanted.items():
        known = stored[order_id]
        rows = _line_values(order)
        if [line.line_id for line in order.lines[: len(known)]] != known:
            session.execute(sqlalchemy.delete(OrderLineRow).where(col(OrderLineRow.order_id) == order_id))
            known = []
        insert_rows(session, OrderLineRow, rows[len(known) :])


def save_clashes(
    session: Session, service: Service, clashes: Iterable[tuple[str, Clash]], found_at: datetime
) -> None:
    """Keeps clashes, each given with its new row id, as open."""
    insert_rows(
        session,
        ClashRow,
        [
            {
                "clash_id": clash_id,
                "service_key": service.key,
                "order_code": clash.order_code,
                "line_id": clash.line_id,
                "diner_id": clash.diner_id,
                "dish_id": clash.dish_id,
                "reasons": [{"code": reason.code, "params": dict(reason.params)} for reason in clash.reasons],
                "proposed": list(clash.proposed),
                "found_at": found_at,
            }
            for clash_id, clash in clashes
        ],
    )


def load_clashes(session: Session, service: Service, *, open_only: bool = False) -> dict[str, Clash]:
    """Clashes of a service by row id, in the order of the orders' codes."""
    query = select(ClashRow).where(ClashRow.service_key == service.key)
    if open_only:
        query = query.where(col(ClashRow.settled_at).is_(None))
    rows = session.exec(query.order_by(func.length(ClashRow.order_code), col(ClashRow.order_code)))
    return {row.clash_id: _clash(row) for row in rows}


def settle_clash_row(
    session: Session, clash_id: str, chosen: str | None, settled_by: str, settled_at: datetime
) -> bool:
    """Marks an open clash settled with a dish, None for withdrawn; False when it was settled before."""
    changed = session.execute(
        update(ClashRow)
        .where(col(ClashRow.clash_id) == clash_id, col(ClashRow.settled_at).is_(None))
        .values(chosen=chosen, settled_by=settled_by, settled_at=settled_at)
    )
    return bool(cast(Any, changed).rowcount)


def _order_values(service: Service, order: Order, source: str, external_ref: str) -> dict[str, Any]:
    return {
        "order_id": order.order_id,
        "service_key": service.key,
        "kitchen_id": service.kitchen_id,
        "service_on": service.service_on,
        "meal": service.meal,
        "code": order.code,
        "diner_id": order.diner_id,
        "site_id": order.site_id,
        "price_fen": order.price_fen,
        "placed_at": order.placed_at,
        "channel": order.channel,
        "state": order.state,
        "delivery": order.delivery,
        "ending": order.ending,
        "ended_at": order.ended_at,
        "source": source,
        "external_ref": external_ref,
    }


def _line_values(order: Order) -> list[dict[str, Any]]:
    return [
        {
            "line_id": line.line_id,
            "order_id": order.order_id,
            "position": position,
            "dish_id": line.dish_id,
            "ordered_dish_id": line.ordered_dish_id,
            "state": line.state,
        }
        for position, line in enumerate(order.lines)
    ]


def _clash(row: ClashRow) -> Clash:
    reasons = tuple(Coded(reason["code"], reason["params"]) for reason in row.reasons)
    return Clash(row.order_code, row.line_id, row.diner_id, row.dish_id, reasons, tuple(row.proposed))
