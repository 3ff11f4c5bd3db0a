"""Rows of whom an alarm called, and of what was decided about its food."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast, get_args

from sqlalchemy import CheckConstraint, ColumnElement
from sqlmodel import Field, Session, col, select

from orders.store.base import Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY
from telemetry.store.alarms import AlarmRow

Disposition = Literal["release", "reheat", "withdraw"]
DISPOSITIONS: tuple[Disposition, ...] = get_args(Disposition)


class AlarmCallRow(Row, table=True):
    """An alarm called somebody by its timetable; once a step."""

    __tablename__ = "telemetry_alarm_calls"
    __table_args__ = ({"info": APPEND_ONLY},)

    alarm_id: str = Field(primary_key=True, foreign_key="telemetry_alarms.alarm_id")
    number: int = Field(primary_key=True)
    to: str = Field(max_length=80)
    rules_revision: int
    at: datetime = Field(sa_type=UtcDateTime)


class AlarmDecisionRow(Row, table=True):
    """Somebody decided what becomes of the food of an alarm; a box's last decision stands."""

    __tablename__ = "telemetry_alarm_decisions"
    __table_args__ = (
        CheckConstraint(f"disposition IN {DISPOSITIONS}", name="disposition"),
        CheckConstraint("action <> '' AND person <> ''", name="told"),
        {"info": APPEND_ONLY},
    )

    decision_id: str = Field(primary_key=True, max_length=36)
    alarm_id: str = Field(foreign_key="telemetry_alarms.alarm_id", index=True)
    box_id: str = Field(index=True, max_length=36)
    disposition: str
    action: str
    person: str
    actor: str
    at: datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class Call:
    """
    One step of an alarm's timetable that was taken.

    Parameters
    ----------
    alarm_id, number
        Which step of which alarm, from 0.
    to
        ``"box"``, ``"role:..."``, ``"person:..."`` or ``"webhook:..."``.
    rules_revision
        By which revision of the rules.
    at
        When.
    """

    alarm_id: str
    number: int
    to: str
    rules_revision: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """
    What becomes of the food of an alarm.

    Parameters
    ----------
    decision_id, alarm_id, box_id
        Row id; by which alarm, of which box.
    disposition
        It is released, reheated before it is eaten, or withdrawn.
    action, person
        The corrective action in somebody's words; who decided, by name.
    actor, at
        Who wrote it down, when.
    """

    decision_id: str
    alarm_id: str
    box_id: str
    disposition: Disposition
    action: str
    person: str
    actor: str
    at: datetime


def save_call(session: Session, call: Call) -> None:
    """Keeps that an alarm called somebody."""
    session.add(
        AlarmCallRow(
            alarm_id=call.alarm_id,
            number=call.number,
            to=call.to,
            rules_revision=call.rules_revision,
            at=call.at,
        )
    )
    session.flush()


def load_calls(session: Session, alarm_ids: Collection[str]) -> dict[str, tuple[Call, ...]]:
    """Whom some alarms called so far, by alarm, in order."""
    found: dict[str, tuple[Call, ...]] = dict.fromkeys(alarm_ids, ())
    query = select(AlarmCallRow).where(col(AlarmCallRow.alarm_id).in_(alarm_ids))
    for row in session.exec(query.order_by(col(AlarmCallRow.number))):
        call = Call(row.alarm_id, row.number, row.to, row.rules_revision, row.at)
        found[row.alarm_id] = (*found[row.alarm_id], call)
    return found


def has_called(names: Collection[str]) -> ColumnElement[bool]:
    """That an alarm is open, that nobody has answered it, and that it has called one of these."""
    calls = select(AlarmCallRow.number).where(
        AlarmCallRow.alarm_id == AlarmRow.alarm_id, col(AlarmCallRow.to).in_(names)
    )
    unanswered = col(AlarmRow.cleared_at).is_(None) & col(AlarmRow.acknowledged_at).is_(None)
    return unanswered & calls.correlate(AlarmRow).exists()


def save_decision(session: Session, decision: Decision) -> None:
    """Keeps a decision."""
    session.add(
        AlarmDecisionRow(
            decision_id=decision.decision_id,
            alarm_id=decision.alarm_id,
            box_id=decision.box_id,
            disposition=decision.disposition,
            action=decision.action,
            person=decision.person,
            actor=decision.actor,
            at=decision.at,
        )
    )
    session.flush()


def load_decisions(session: Session, box_ids: Collection[str]) -> dict[str, tuple[Decision, ...]]:
    """What was decided about some boxes, by box, in order; a box without any is left out."""
    found: dict[str, tuple[Decision, ...]] = {}
    query = select(AlarmDecisionRow).where(col(AlarmDecisionRow.box_id).in_(box_ids))
    for row in session.exec(query.order_by(col(AlarmDecisionRow.at), col(AlarmDecisionRow.decision_id))):
        decision = Decision(
            row.decision_id,
            row.alarm_id,
            row.box_id,
            cast(Disposition, row.disposition),
            row.action,
            row.person,
            row.actor,
            row.at,
        )
        found[row.box_id] = (*found.get(row.box_id, ()), decision)
    return found


def told_to_reheat(session: Session, box_ids: Collection[str]) -> dict[str, datetime]:
    """Boxes whose last decision is to reheat them, with its instant."""
    last = {box_id: own[-1] for box_id, own in load_decisions(session, box_ids).items()}
    return {box_id: one.at for box_id, one in last.items() if one.disposition == "reheat"}
