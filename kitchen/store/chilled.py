"""Rows of chilled food cooked the day before: forecasts, their batches, and what came off the heat."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from fractions import Fraction
from typing import Any, cast

from sqlalchemy import CheckConstraint, ColumnElement, UniqueConstraint, func
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, col, select

from kitchen.acts import ActRecord, Cooked
from kitchen.forecast import Basis, ForecastLine
from kitchen.store.lot_rows import LotMoveRow, LotRow
from kitchen.store.production_rows import BatchExtraRow, BatchLineRow, BatchRow, ProductionRow
from orders.store.base import JsonColumn, Row, UtcDateTime, insert_rows
from orders.store.triggers import APPEND_ONLY


class ForecastRow(Row, table=True):
    """One version of what is expected of a service's chilled dishes, with its reasons."""

    __tablename__ = "kitchen_forecasts"
    __table_args__ = (
        UniqueConstraint("service_key", "version"),
        CheckConstraint("version >= 1", name="version"),
        {"info": APPEND_ONLY},
    )

    forecast_id: str = Field(primary_key=True)
    service_key: str
    version: int
    rule: dict[str, Any] = Field(sa_type=JsonColumn)
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: str


class ForecastLineRow(Row, table=True):
    """What a forecast expects of one dish variant at one site."""

    __tablename__ = "kitchen_forecast_lines"
    __table_args__ = (CheckConstraint("portions >= 1 AND portions >= ordered", name="portions"),)

    forecast_id: str = Field(primary_key=True, foreign_key="kitchen_forecasts.forecast_id")
    site_id: str = Field(primary_key=True)
    dish_id: str = Field(primary_key=True)
    variant: str = Field(primary_key=True)
    portions: int
    ordered: float
    past: list[int] = Field(sa_type=JsonColumn)
    basis: str


class ChilledRow(Row, table=True):
    """One batch of chilled food that a forecast asks for, with its planned minutes."""

    __tablename__ = "kitchen_chilled"
    __table_args__ = (
        UniqueConstraint("forecast_id", "code"),
        CheckConstraint("portions >= 1 AND sample >= 0 AND ready_s > start_s", name="amounts"),
    )

    chilled_id: str = Field(primary_key=True)
    forecast_id: str = Field(foreign_key="kitchen_forecasts.forecast_id")
    service_key: str = Field(index=True)
    kitchen_id: str
    code: str
    dish_id: str
    variant: str
    equipment_kind: str
    equipment_id: str
    cook_id: str
    start_s: int
    ready_s: int
    portions: int
    sample: int


class ChilledEventRow(Row, table=True):
    """That a chilled batch came off the heat: its core, and how many portions; or what corrects that."""

    __tablename__ = "kitchen_chilled_events"
    __table_args__ = (
        UniqueConstraint("chilled_id", "replaces"),
        CheckConstraint("portions >= 1", name="portions"),
        {"info": APPEND_ONLY},
    )

    event_id: str = Field(primary_key=True)
    chilled_id: str = Field(foreign_key="kitchen_chilled.chilled_id")
    portions: int
    core_c: float
    actor: str
    happened_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    replaces: str = ""
    withdrawn: bool = False
    reason: str = ""
    person: str = ""


@dataclass(frozen=True, slots=True)
class Forecast:
    """
    One version of a service's forecast.

    Parameters
    ----------
    forecast_id, service_key, version
        Row id, of which service, which version.
    rule
        The figures that it was made by.
    made_at, made_by
        When, and by whom.
    """

    forecast_id: str
    service_key: str
    version: int
    rule: dict[str, float]
    made_at: datetime
    made_by: str


@dataclass(frozen=True, slots=True)
class ChilledBatch:
    """
    A batch that a forecast asks for.

    Parameters
    ----------
    chilled_id, forecast_id, service_key, kitchen_id
        Row id, by which forecast, for which service of which kitchen.
    code, dish_id, variant
        What people call it, and what it is.
    equipment_kind, equipment_id, cook_id
        What it is cooked in, and by whom, empty when nobody is named.
    start_s, ready_s
        As planned, seconds from `Service.start_at`; negative the day before.
    portions, sample
        Regular portions as planned, and those among them that are kept as the sample.
    """

    chilled_id: str
    forecast_id: str
    service_key: str
    kitchen_id: str
    code: str
    dish_id: str
    variant: str
    equipment_kind: str
    equipment_id: str
    cook_id: str
    start_s: int
    ready_s: int
    portions: int
    sample: int


@dataclass(frozen=True, slots=True)
class ChilledCooked:
    """
    That a chilled batch came off the heat.

    Parameters
    ----------
    chilled_id, portions, core_c
        Which, regular portions that it gave, and its core.
    actor, happened_at, recorded_at
        Who says so, when it was off the heat, and when we learnt of it.
    replaces, withdrawn, reason, person
        The report that it corrects, empty for a first one; whether it never happened; why; who stands by a
        correction that makes what failed pass, by name.
    """

    chilled_id: str
    portions: int
    core_c: float
    actor: str
    happened_at: datetime
    recorded_at: datetime
    replaces: str = ""
    withdrawn: bool = False
    reason: str = ""
    person: str = ""


def save_forecast(
    session: Session, head: Forecast, lines: Sequence[ForecastLine], batches: Sequence[ChilledBatch]
) -> None:
    """Keeps a forecast with its lines and batches."""
    session.add(ForecastRow(**asdict(head)))
    session.flush()
    rows = [
        {
            "forecast_id": head.forecast_id,
            "site_id": one.site_id,
            "dish_id": one.dish_id,
            "variant": one.variant,
            "portions": one.portions,
            "ordered": float(one.ordered),
            "past": list(one.past),
            "basis": one.basis,
        }
        for one in lines
    ]
    insert_rows(session, ForecastLineRow, rows)
    insert_rows(session, ChilledRow, [asdict(one) for one in batches])


def load_forecast(session: Session, service_key: str) -> Forecast | None:
    """The newest forecast of a service, None when there is none."""
    query = select(ForecastRow).where(ForecastRow.service_key == service_key)
    row = session.exec(query.order_by(col(ForecastRow.version).desc())).first()
    if row is None:
        return None
    return Forecast(row.forecast_id, row.service_key, row.version, row.rule, row.made_at, row.made_by)


def load_forecast_lines(session: Session, forecast_id: str) -> list[ForecastLine]:
    """What a forecast expects, by dish, site and variant."""
    query = select(ForecastLineRow).where(ForecastLineRow.forecast_id == forecast_id)
    rows = session.exec(query.order_by("dish_id", "site_id", "variant"))
    return [
        ForecastLine(
            row.site_id,
            row.dish_id,
            row.variant,
            row.portions,
            Fraction(str(row.ordered)),
            tuple(row.past),
            cast(Basis, row.basis),
        )
        for row in rows
    ]


def load_chilled(session: Session, forecast_id: str) -> list[ChilledBatch]:
    """The batches of a forecast, by code."""
    query = select(ChilledRow).where(ChilledRow.forecast_id == forecast_id)
    return [_batch(row) for row in session.exec(query.order_by(func.length(ChilledRow.code), "code"))]


def find_chilled(session: Session, chilled_id: str) -> ChilledBatch | None:
    """A chilled batch by its row id, None when there is none."""
    row = session.get(ChilledRow, chilled_id)
    return None if row is None else _batch(row)


def save_chilled_cooked(session: Session, event_id: str, act: ChilledCooked) -> None:
    """
    Keeps that a chilled batch came off the heat.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When it was reported, or this report corrected, before.
    """
    session.add(ChilledEventRow(event_id=event_id, **asdict(act)))
    session.flush()


def chilled_off_heat(
    session: Session, kitchen_id: str, since_at: datetime
) -> list[tuple[ChilledBatch, ChilledCooked]]:
    """Chilled batches of a kitchen that came off the heat since an instant, the oldest first."""
    query = (
        select(ChilledRow, ChilledEventRow)
        .where(ChilledEventRow.chilled_id == ChilledRow.chilled_id, ChilledRow.kitchen_id == kitchen_id)
        .where(col(ChilledEventRow.happened_at) >= since_at, *_standing())
        .order_by(col(ChilledEventRow.happened_at), col(ChilledRow.chilled_id))
    )
    return [(_batch(row), _cooked(event)) for row, event in session.exec(query)]


def chilled_event(session: Session, chilled_id: str) -> tuple[str, ChilledCooked] | None:
    """The newest report of a chilled batch with its row id, a withdrawn one too; None without any."""
    query = select(ChilledEventRow).where(ChilledEventRow.chilled_id == chilled_id, _uncorrected())
    row = session.exec(query).first()
    return None if row is None else (row.event_id, _cooked(row))


def chilled_given_up(session: Session, service_key: str) -> list[str]:
    """Chilled batches of a service that an older forecast asked for and nobody cooked."""
    newest = load_forecast(session, service_key)
    reported = select(ChilledEventRow.event_id).where(
        col(ChilledEventRow.chilled_id) == col(ChilledRow.chilled_id), *_standing()
    )
    query = select(ChilledRow.chilled_id).where(
        ChilledRow.service_key == service_key,
        ChilledRow.forecast_id != (newest.forecast_id if newest else ""),
        ~reported.exists(),
    )
    return list(session.exec(query))


def _uncorrected() -> ColumnElement[bool]:
    later = aliased(ChilledEventRow)
    return ~select(later.event_id).where(col(later.replaces) == col(ChilledEventRow.event_id)).exists()


def _standing() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return _uncorrected(), ~col(ChilledEventRow.withdrawn)


def chilled_reports(session: Session, production_id: str) -> dict[str, tuple[str, Cooked]]:
    """Batches of a production that are drawn from chilled ones: batch id to event id and report."""
    query = (
        select(BatchRow.batch_id, ChilledEventRow)
        .where(ChilledEventRow.chilled_id == BatchRow.chilled_id, BatchRow.production_id == production_id)
        .where(*_standing())
        .order_by(BatchRow.batch_id)
    )
    return {
        batch_id: (
            event.event_id,
            Cooked(batch_id, event.core_c, event.actor, event.happened_at, event.recorded_at),
        )
        for batch_id, event in session.exec(query)
    }


def chilled_histories(session: Session, production_id: str) -> dict[str, list[ActRecord]]:
    """Every report of what batches of a production are drawn from, each after the one it corrects."""
    query = (
        select(BatchRow.batch_id, ChilledEventRow)
        .where(ChilledEventRow.chilled_id == BatchRow.chilled_id, BatchRow.production_id == production_id)
        .order_by(BatchRow.batch_id)
    )
    after: dict[str, dict[str, ActRecord]] = {}
    for batch_id, event in session.exec(query):
        told = (event.core_c, event.actor, event.happened_at, event.recorded_at, event.replaces or None)
        record = ActRecord(event.event_id, "cooked", batch_id, "", *told, event.withdrawn, event.reason)
        after.setdefault(batch_id, {})[event.replaces] = replace(record, person=event.person)
    found: dict[str, list[ActRecord]] = {}
    for batch_id, own in after.items():
        chain = [own[""]]
        while chain[-1].event_id in own:
            chain.append(own[chain[-1].event_id])
        found[batch_id] = chain
    return found


def chilled_used(session: Session, chilled_ids: Collection[str], beside: str) -> dict[str, Fraction]:
    """Regular portions that published productions of services but ``beside`` take, by chilled batch."""
    standing = (
        ProductionRow.production_id == BatchRow.production_id,
        ProductionRow.status == "published",
        ProductionRow.service_key != beside,
        col(BatchRow.chilled_id).in_(chilled_ids),
    )
    lines = (
        select(BatchRow.chilled_id, BatchLineRow.size_ratio, func.count())
        .where(BatchLineRow.batch_id == BatchRow.batch_id, *standing)
        .group_by(col(BatchRow.chilled_id), col(BatchLineRow.size_ratio))
    )
    extras = (
        select(BatchRow.chilled_id, func.sum(BatchExtraRow.portions))
        .where(BatchExtraRow.batch_id == BatchRow.batch_id, BatchExtraRow.purpose != "surplus", *standing)
        .group_by(col(BatchRow.chilled_id))
    )
    found: dict[str, Fraction] = {}
    for chilled_id, ratio, count in session.exec(lines):
        found[chilled_id or ""] = found.get(chilled_id or "", Fraction()) + Fraction(str(ratio)) * count
    for chilled_id, portions in session.exec(extras):
        found[chilled_id or ""] = found.get(chilled_id or "", Fraction()) + portions
    return found


def chilled_barred(session: Session, chilled_ids: Collection[str]) -> set[str]:
    """Those of chilled batches that have got of a lot which is held or destroyed now."""
    query = (
        select(LotMoveRow.chilled_id)
        .join(LotRow, col(LotRow.lot_id) == col(LotMoveRow.lot_id))
        .where(col(LotMoveRow.chilled_id).in_(chilled_ids), LotRow.state != "ok")
        .group_by(col(LotMoveRow.chilled_id), col(LotMoveRow.lot_id))
        .having(func.sum(LotMoveRow.delta_mg) < 0)
    )
    return {str(chilled_id) for chilled_id in session.exec(query)}


def _batch(row: ChilledRow) -> ChilledBatch:
    return ChilledBatch(**{name: getattr(row, name) for name in ChilledBatch.__dataclass_fields__})


def _cooked(row: ChilledEventRow) -> ChilledCooked:
    return ChilledCooked(**{name: getattr(row, name) for name in ChilledCooked.__dataclass_fields__})
