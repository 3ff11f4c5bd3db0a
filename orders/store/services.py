"""Rows of services: when each was closed, and the portions that left the way of the others."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, delete
from sqlmodel import Field, Session, col, select

from orders.codes import Coded, Excepted
from orders.service import Service
from orders.store.base import JsonColumn, Row, UtcDateTime, insert_rows


class ServiceRow(Row, table=True):
    """One kitchen's meal on one date, from its first close on."""

    __tablename__ = "services"

    service_key: str = Field(primary_key=True)
    kitchen_id: str = Field(foreign_key="kitchens.kitchen_id")
    service_on: date = Field(index=True)
    meal: str
    zone: str
    cut_off_at: datetime = Field(sa_type=UtcDateTime)
    closed_at: datetime = Field(sa_type=UtcDateTime)
    closed_by: str


class OrderExceptionRow(Row, table=True):
    """Portions of orders that were not cooked as ordered, or orders nobody can cook: listed, not dropped."""

    __tablename__ = "order_exceptions"
    __table_args__ = (CheckConstraint("portions >= 0", name="portions"),)

    exception_id: str = Field(primary_key=True)
    service_key: str = Field(index=True)
    code: str
    params: dict[str, Any] = Field(sa_type=JsonColumn)
    ref: str
    portions: int
    found_at: datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class ServiceClose:
    """
    A service's close.

    Parameters
    ----------
    service
        Which service.
    cut_off_at
        The last instant at which an order counted as in time.
    closed_at, closed_by
        When it was closed, by which user.
    """

    service: Service
    cut_off_at: datetime
    closed_at: datetime
    closed_by: str


def save_close(session: Session, close: ServiceClose) -> None:
    """
    Keeps a service's close.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the service was closed before.
    """
    service = close.service
    session.add(
        ServiceRow(
            service_key=service.key,
            kitchen_id=service.kitchen_id,
            service_on=service.service_on,
            meal=service.meal,
            zone=service.zone,
            cut_off_at=close.cut_off_at,
            closed_at=close.closed_at,
            closed_by=close.closed_by,
        )
    )
    session.flush()


def load_close(session: Session, service: Service) -> ServiceClose | None:
    """The service's close, or None while it is open."""
    row = session.get(ServiceRow, service.key)
    return None if row is None else ServiceClose(service, row.cut_off_at, row.closed_at, row.closed_by)


def closed_services(session: Session, from_on: date, to_on: date) -> list[str]:
    """Keys of the services closed between two dates, both included, by date."""
    query = select(ServiceRow.service_key).where(col(ServiceRow.service_on).between(from_on, to_on))
    return list(session.exec(query.order_by(col(ServiceRow.service_on), col(ServiceRow.service_key))))


def save_order_exceptions(
    session: Session, service: Service, excepted: Iterable[tuple[str, Excepted]], found_at: datetime
) -> None:
    """Keeps exceptions, each given with its new row id."""
    insert_rows(
        session,
        OrderExceptionRow,
        [
            {
                "exception_id": exception_id,
                "service_key": service.key,
                "code": one.reason.code,
                "params": dict(one.reason.params),
                "ref": one.ref,
                "portions": one.portions,
                "found_at": found_at,
            }
            for exception_id, one in excepted
        ],
    )


def forget_order_exceptions(session: Session, exception_ids: Collection[str]) -> None:
    """Takes exceptions off the list that hold no more."""
    gone = col(OrderExceptionRow.exception_id).in_(sorted(exception_ids))
    session.execute(delete(OrderExceptionRow).where(gone))


def load_order_exceptions(session: Session, service: Service, code: str | None = None) -> list[Excepted]:
    """Exceptions of a service's orders, by reference; those with one code alone where one is named."""
    query = select(OrderExceptionRow).where(OrderExceptionRow.service_key == service.key)
    if code is not None:
        query = query.where(OrderExceptionRow.code == code)
    rows = session.exec(query.order_by("ref", "exception_id"))
    return [Excepted(Coded(row.code, row.params), row.ref, row.portions) for row in rows]
