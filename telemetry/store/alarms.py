"""Alarms: raised and cleared by the hold, acknowledged by a person."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, ColumnElement, Index, text
from sqlmodel import Field, Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from orders.codes import Coded
from orders.errors import Conflict, NotFound
from orders.store.base import JsonColumn, Row, UtcDateTime
from telemetry.alarms import ALARM_KINDS, SEVERITIES, Alarm, AlarmKind, AlarmStep, Severity

_OPEN = text("cleared_at IS NULL")


class AlarmRow(Row, table=True):
    """One `Alarm` of one box; a unique index lets one episode of a kind and source be open at a time."""

    __tablename__ = "telemetry_alarms"
    __table_args__ = (
        CheckConstraint(f"kind IN {ALARM_KINDS}", name="kind"),
        CheckConstraint(f"severity IN {SEVERITIES}", name="severity"),
        CheckConstraint("(acknowledged_by IS NULL) = (acknowledged_at IS NULL)", name="acknowledged"),
        Index(
            "uq_telemetry_alarms_open",
            "box_id",
            "kind",
            "source",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
    )

    alarm_id: str = Field(primary_key=True, max_length=36)
    box_id: str = Field(index=True, max_length=36)
    kind: str = Field(max_length=20)
    source: str = Field(max_length=129)
    severity: str = Field(max_length=8)
    code: str = Field(max_length=64)
    params: dict[str, Any] = Field(sa_type=JsonColumn)
    raised_at: datetime = Field(sa_type=UtcDateTime, index=True)
    cleared_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    acknowledged_by: str | None = Field(default=None, max_length=36)
    acknowledged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    acknowledged_name: str | None = Field(default=None, max_length=80)
    comment: str | None = Field(default=None, max_length=500)

    @property
    def reason(self) -> Coded:
        """What is said."""
        return Coded(self.code, self.params)


def apply_step(session: Session, box_id: str, step: AlarmStep, new_id: Callable[[], str]) -> list[AlarmRow]:
    """
    Keeps what changed with a box's alarms.

    Parameters
    ----------
    session
        The caller's transaction.
    box_id
        The box.
    step
        Raised and cleared alarms; an alarm cleared by somebody else meanwhile is passed over.
    new_id
        Source of ids.

    Returns
    -------
    list[AlarmRow]
        Rows of the raised alarms, in their order.
    """
    open_rows = {(row.kind, row.source): row for row in session.exec(_open_of([box_id]))}
    for alarm in step.cleared:
        if alarm.key in open_rows:
            open_rows.pop(alarm.key).cleared_at = alarm.cleared_at
    session.flush()
    raised = [_row(new_id(), box_id, alarm) for alarm in step.raised if alarm.key not in open_rows]
    session.add_all(raised)
    session.flush()
    return raised


def open_alarms(session: Session, box_id: str) -> tuple[Alarm, ...]:
    """Alarms of a box that are not cleared, oldest first."""
    return open_alarms_of(session, [box_id])[box_id]


def open_alarms_of(session: Session, box_ids: Collection[str]) -> dict[str, tuple[Alarm, ...]]:
    """The same of several boxes in one query; a box without any has an empty tuple."""
    found: dict[str, tuple[Alarm, ...]] = dict.fromkeys(box_ids, ())
    for row in session.exec(_open_of(box_ids)):
        found[row.box_id] = (*found[row.box_id], _fact(row))
    return found


def alarm_rows(
    session: Session, box_ids: Sequence[str] | None = None, *, only_open: bool = False
) -> list[AlarmRow]:
    """Alarms of some boxes, or of all, oldest first; with ``only_open`` those not cleared."""
    query = select(AlarmRow).order_by(col(AlarmRow.raised_at), AlarmRow.alarm_id)
    if box_ids is not None:
        query = query.where(col(AlarmRow.box_id).in_(box_ids))
    if only_open:
        query = query.where(col(AlarmRow.cleared_at).is_(None))
    return list(session.exec(query))


def cleared_alarms(session: Session, box_id: str, at: datetime) -> list[str]:
    """Ids of the alarms of a box that were cleared at an instant."""
    query = select(AlarmRow.alarm_id).where(AlarmRow.box_id == box_id, col(AlarmRow.cleared_at) == at)
    return list(session.exec(query))


def recent_alarms(session: Session, since_at: datetime, *wanted: ColumnElement[bool]) -> list[AlarmRow]:
    """Alarms not cleared, or cleared at an instant or later, oldest first; ``wanted`` narrows them."""
    lasting = col(AlarmRow.cleared_at).is_(None) | (col(AlarmRow.cleared_at) >= since_at)
    query = select(AlarmRow).where(lasting, *wanted)
    return list(session.exec(query.order_by(col(AlarmRow.raised_at), AlarmRow.alarm_id)))


def alarms_between(session: Session, from_at: datetime, to_at: datetime) -> list[AlarmRow]:
    """Alarms that rang from an instant on and before another, oldest first."""
    rang = col(AlarmRow.raised_at)
    query = select(AlarmRow).where(rang >= from_at, rang < to_at)
    return list(session.exec(query.order_by(rang, AlarmRow.alarm_id)))


def acknowledge(
    session: Session, alarm_id: str, *, actor_id: str, name: str, now_at: datetime, comment: str
) -> AlarmRow:
    """
    Notes who has seen an alarm and what they say; it stays open until its cause is gone.

    Raises
    ------
    NotFound
        When there is no such alarm.
    Conflict
        When somebody else was first.
    """
    row = session.get(AlarmRow, alarm_id, with_for_update=True)
    if row is None:
        raise NotFound("alarm", alarm_id)
    if row.acknowledged_by is not None:
        raise Conflict("alarm_acknowledged", by=row.acknowledged_by)
    row.acknowledged_by, row.acknowledged_at, row.comment = actor_id, now_at, comment
    row.acknowledged_name = name
    session.flush()
    return row


def _open_of(box_ids: Collection[str]) -> SelectOfScalar[AlarmRow]:
    query = select(AlarmRow).where(col(AlarmRow.box_id).in_(box_ids), col(AlarmRow.cleared_at).is_(None))
    return query.order_by(col(AlarmRow.raised_at), AlarmRow.alarm_id)


def _row(alarm_id: str, box_id: str, alarm: Alarm) -> AlarmRow:
    return AlarmRow(
        alarm_id=alarm_id,
        box_id=box_id,
        kind=alarm.kind,
        source=alarm.source,
        severity=alarm.severity,
        code=alarm.reason.code,
        params=dict(alarm.reason.params),
        raised_at=alarm.raised_at,
    )


def _fact(row: AlarmRow) -> Alarm:
    kind, severity = cast(AlarmKind, row.kind), cast(Severity, row.severity)
    return Alarm(kind, row.source, severity, row.reason, row.raised_at, row.cleared_at)
