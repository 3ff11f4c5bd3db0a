"""Rows of receipts, servings and discards: evidence, so a correction is a new row that names the old one."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

import sqlalchemy
from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, col, or_, select

from orders.codes import Coded
from orders.receipts import Condition, IdentifiedBy, Receipt, Serving
from orders.service import Service
from orders.store.base import METADATA, JsonColumn, Row, UtcDateTime, insert_rows
from orders.store.orders import OrderRow
from orders.store.triggers import APPEND_ONLY

FIRST = text("replaces IS NULL")


class ReceiptRow(Row, table=True):
    """A site's word on one box."""

    __tablename__ = "receipts"
    __table_args__ = (
        Index("uq_receipts_box_id", "box_id", unique=True, sqlite_where=FIRST, postgresql_where=FIRST),
        Index("uq_receipts_replaces", "replaces", unique=True),
        Index("ix_receipts_box_id", "box_id"),
        CheckConstraint("condition IN ('accepted', 'refused')", name="condition"),
        CheckConstraint("portions >= 0 AND (condition = 'accepted' OR portions = 0)", name="portions"),
        {"info": APPEND_ONLY},
    )

    receipt_id: str = Field(primary_key=True)
    service_key: str = Field(index=True)
    box_id: str
    site_id: str = Field(foreign_key="sites.site_id")
    plan_version: int
    condition: str
    portions: int
    core_c: float | None = None
    signed_by: str
    signature: str | None = None
    happened_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    reason: str
    replaces: str | None = Field(default=None, foreign_key="receipts.receipt_id")


class ServingRow(Row, table=True):
    """A diner's meal handed over; one an order unless corrected."""

    __tablename__ = "servings"
    __table_args__ = (
        Index("uq_servings_order_id", "order_id", unique=True, sqlite_where=FIRST, postgresql_where=FIRST),
        Index("uq_servings_replaces", "replaces", unique=True),
        Index("ix_servings_order_id", "order_id"),
        Index("ix_servings_service_key_site_id", "service_key", "site_id"),
        CheckConstraint("portions >= 0", name="portions"),
        {"info": APPEND_ONLY},
    )

    serving_id: str = Field(primary_key=True)
    service_key: str
    order_id: str = Field(foreign_key="orders.order_id")
    site_id: str = Field(foreign_key="sites.site_id")
    portions: int
    served_by: str
    happened_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    offline: bool
    identified_by: str
    credential_id: str
    doubt: dict[str, Any] | None = Field(default=None, sa_type=JsonColumn)
    drawn: dict[str, int] = Field(sa_type=JsonColumn)
    reason: str
    replaces: str | None = Field(default=None, foreign_key="servings.serving_id")


class DiscardRow(Row, table=True):
    """Portions thrown away at a site."""

    __tablename__ = "discards"
    __table_args__ = (CheckConstraint("portions > 0", name="portions"), {"info": APPEND_ONLY})

    discard_id: str = Field(primary_key=True)
    service_key: str = Field(index=True)
    site_id: str = Field(foreign_key="sites.site_id")
    box_id: str | None = None
    portions: int
    reason: str
    noted_by: str
    happened_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class Discard:
    """
    Portions thrown away.

    Parameters
    ----------
    site_id, box_id
        Where, and out of which box if it is known.
    portions
        How many, at least 1.
    reason
        Code of the reason, for example ``"past_eat_by"``.
    noted_by
        Who noted it, as a user id.
    happened_at, recorded_at
        When, and when we learnt of it.
    """

    site_id: str
    box_id: str | None
    portions: int
    reason: str
    noted_by: str
    happened_at: datetime
    recorded_at: datetime


def save_receipt(
    session: Session,
    service: Service,
    receipt_id: str,
    receipt: Receipt,
    *,
    signature: str | None = None,
    replaces: str | None = None,
) -> None:
    """
    Keeps a receipt; a second one of the same box must name the one it corrects.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the box has a receipt already and none is named, or the named one is already corrected.
    """
    session.add(
        ReceiptRow(
            receipt_id=receipt_id,
            service_key=service.key,
            box_id=receipt.box_id,
            site_id=receipt.site_id,
            plan_version=receipt.plan_version,
            condition=receipt.condition,
            portions=receipt.portions,
            core_c=receipt.core_c,
            signed_by=receipt.signed_by,
            signature=signature,
            happened_at=receipt.happened_at,
            recorded_at=receipt.recorded_at,
            reason=receipt.reason,
            replaces=replaces,
        )
    )
    session.flush()


def load_receipts(
    session: Session, service: Service, box_ids: Collection[str] | None = None
) -> dict[str, Receipt]:
    """The receipts that stand (not corrected by a later one), of these boxes or all, by id, as recorded."""
    later = aliased(ReceiptRow)
    query = (
        select(ReceiptRow)
        .outerjoin(later, col(later.replaces) == col(ReceiptRow.receipt_id))
        .where(ReceiptRow.service_key == service.key, col(later.receipt_id).is_(None))
        .order_by(col(ReceiptRow.recorded_at), col(ReceiptRow.box_id))
    )
    if box_ids is not None:
        query = query.where(col(ReceiptRow.box_id).in_(box_ids))
    return {row.receipt_id: _receipt(row) for row in session.exec(query)}


def receipt_of_box(session: Session, box_id: str) -> tuple[str, Receipt] | None:
    """Id and facts of the receipt that stands for a box, or None."""
    later = aliased(ReceiptRow)
    row = session.exec(
        select(ReceiptRow)
        .outerjoin(later, col(later.replaces) == col(ReceiptRow.receipt_id))
        .where(ReceiptRow.box_id == box_id, col(later.receipt_id).is_(None))
    ).first()
    return None if row is None else (row.receipt_id, _receipt(row))


def save_servings(
    session: Session,
    service: Service,
    servings: Iterable[tuple[str, Serving]],
    served_by: str,
    replaces: str | None = None,
    reason: str = "",
) -> None:
    """
    Keeps servings, each given with its new row id; ``replaces`` names the one that a single one corrects.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When an order was served before.
    """
    shared = {"served_by": served_by, "replaces": replaces, "reason": reason}
    rows = [_serving_values(service, pair) | shared for pair in servings]
    insert_rows(session, ServingRow, rows)


def load_servings(
    session: Session,
    service: Service,
    *,
    site_ids: Collection[str] | None = None,
    order_ids: Collection[str] = (),
) -> dict[str, Serving]:
    """
    The servings that stand, by serving id, as recorded; a corrected one with 0 portions was taken back.

    Parameters
    ----------
    session, service
        Open transaction; which service.
    site_ids, order_ids
        Only those at these sites, or of these orders wherever it was; None for all.
    """
    servings = METADATA.tables["servings"]
    later = servings.alias()
    query = (
        sqlalchemy.select(servings)
        .where(servings.c.service_key == service.key)
        .where(~sqlalchemy.select(1).where(later.c.replaces == servings.c.serving_id).exists())
        .order_by(servings.c.recorded_at, servings.c.order_id)
    )
    if site_ids is not None:
        here, ordered = servings.c.site_id.in_(site_ids), servings.c.order_id.in_(order_ids)
        query = query.where(or_(here, ordered))
    return {row.serving_id: _serving(row) for row in session.execute(query)}


def served_orders(session: Session, order_ids: Sequence[str]) -> dict[str, tuple[str, Serving]]:
    """Order id to the serving that stands (its id and facts), for those of these orders that have one."""
    later = aliased(ServingRow)
    query = (
        select(ServingRow)
        .outerjoin(later, col(later.replaces) == col(ServingRow.serving_id))
        .where(col(ServingRow.order_id).in_(order_ids), col(later.serving_id).is_(None))
    )
    return {row.order_id: (row.serving_id, _serving(row)) for row in session.exec(query)}


def serving_of(session: Session, serving_id: str) -> tuple[str, Serving, bool] | None:
    """A serving's service key and facts, and whether it stands uncorrected; None when it is unknown."""
    row = session.get(ServingRow, serving_id)
    if row is None:
        return None
    later = select(ServingRow.serving_id).where(ServingRow.replaces == serving_id)
    return row.service_key, _serving(row), session.exec(later).first() is None


def servings_of_diners(
    session: Session, diner_ids: Collection[str], service_on: date
) -> dict[str, list[tuple[str, Serving]]]:
    """
    Every meal that stands as served to these diners on a date, in any kitchen, by diner id.

    Returns
    -------
    dict[str, list[tuple[str, Serving]]]
        Service key and serving, the first one first; a diner without one is not a key.
    """
    later = aliased(ServingRow)
    query = (
        select(ServingRow, OrderRow.diner_id)
        .join(OrderRow, col(OrderRow.order_id) == col(ServingRow.order_id))
        .outerjoin(later, col(later.replaces) == col(ServingRow.serving_id))
        .where(
            col(OrderRow.diner_id).in_(diner_ids),
            OrderRow.service_on == service_on,
            ServingRow.portions > 0,
            col(later.serving_id).is_(None),
        )
        .order_by(col(ServingRow.happened_at), col(ServingRow.serving_id))
    )
    found: dict[str, list[tuple[str, Serving]]] = {}
    for row, diner_id in session.exec(query):
        found.setdefault(diner_id, []).append((row.service_key, _serving(row)))
    return found


def corrected_servings(session: Session, service: Service) -> list[tuple[Serving, Serving, str, str]]:
    """Every serving that was taken back: the old one, the correction, who corrected and why; as recorded."""
    old = aliased(ServingRow)
    query = (
        select(ServingRow, old)
        .join(old, col(ServingRow.replaces) == col(old.serving_id))
        .where(ServingRow.service_key == service.key, ServingRow.portions == 0)
        .order_by(col(ServingRow.recorded_at), col(ServingRow.serving_id))
    )
    return [(_serving(was), _serving(row), row.served_by, row.reason) for row, was in session.exec(query)]


def save_discard(session: Session, service: Service, discard_id: str, discard: Discard) -> None:
    """Keeps one note of portions thrown away."""
    session.add(
        DiscardRow(
            discard_id=discard_id,
            service_key=service.key,
            site_id=discard.site_id,
            box_id=discard.box_id,
            portions=discard.portions,
            reason=discard.reason,
            noted_by=discard.noted_by,
            happened_at=discard.happened_at,
            recorded_at=discard.recorded_at,
        )
    )
    session.flush()


def load_discards(
    session: Session, service: Service, box_ids: Collection[str] | None = None
) -> list[Discard]:
    """What was thrown away in a service, out of these boxes or altogether, as recorded."""
    query = select(DiscardRow).where(DiscardRow.service_key == service.key)
    if box_ids is not None:
        query = query.where(col(DiscardRow.box_id).in_(box_ids))
    return [
        Discard(r.site_id, r.box_id, r.portions, r.reason, r.noted_by, r.happened_at, r.recorded_at)
        for r in session.exec(query.order_by("recorded_at", "discard_id"))
    ]


def _receipt(row: ReceiptRow) -> Receipt:
    return Receipt(
        box_id=row.box_id,
        site_id=row.site_id,
        plan_version=row.plan_version,
        condition=cast(Condition, row.condition),
        portions=row.portions,
        core_c=row.core_c,
        signed_by=row.signed_by,
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
        reason=row.reason,
    )


def _serving(row: Any) -> Serving:
    return Serving(
        order_id=row.order_id,
        site_id=row.site_id,
        portions=row.portions,
        happened_at=row.happened_at,
        recorded_at=row.recorded_at,
        offline=row.offline,
        identified_by=cast(IdentifiedBy, row.identified_by),
        credential_id=row.credential_id,
        doubt=Coded(row.doubt["code"], row.doubt["params"]) if row.doubt else None,
        drawn=row.drawn,
    )


def _serving_values(service: Service, pair: tuple[str, Serving]) -> dict[str, Any]:
    serving_id, serving = pair
    doubt = serving.doubt
    return {
        "serving_id": serving_id,
        "service_key": service.key,
        "order_id": serving.order_id,
        "site_id": serving.site_id,
        "portions": serving.portions,
        "happened_at": serving.happened_at,
        "recorded_at": serving.recorded_at,
        "offline": serving.offline,
        "identified_by": serving.identified_by,
        "credential_id": serving.credential_id,
        "doubt": {"code": doubt.code, "params": dict(doubt.params)} if doubt else None,
        "drawn": dict(serving.drawn),
    }
