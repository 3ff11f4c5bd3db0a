"""Rows of registers: entries, their corrections, who signed them off, and what was done about a failure."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from kitchen.haccp import Done
from kitchen.registers import Value
from kitchen.staff import MorningCheck
from kitchen.store.check_rows import CheckRow, CheckSignRow, RemedyRow
from orders.codes import Coded
from orders.store.base import insert_rows


@dataclass(frozen=True, slots=True)
class Check:
    """
    One entry of a register.

    Parameters
    ----------
    check_id, register, subject, on
        Of which register, on whom or what, for which date.
    answers, wrong, passed
        What was answered, what of it is wrong, and whether it is passed.
    person
        Who looked, by name.
    actor, happened_at, recorded_at
        Who wrote it down; when it was looked at, and when written down.
    revision
        Of the registers it was judged by.
    replaces, reason
        The entry that it corrects, and why.
    """

    check_id: str
    register: str
    subject: str
    on: date
    answers: Mapping[str, Value]
    wrong: tuple[Coded, ...]
    passed: bool
    person: str
    actor: str
    happened_at: datetime
    recorded_at: datetime
    revision: int
    replaces: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CheckSign:
    """
    Who signed an entry off.

    Parameters
    ----------
    check_id, person, note
        Which entry, by name, in whose words.
    actor, at
        Who wrote it down, when.
    """

    check_id: str
    person: str
    note: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Remedy:
    """
    What was done about a failure.

    Parameters
    ----------
    ref
        Id of the step, of the packing or of the entry that failed.
    action, effect
        Which action, and what follows for the batch (``"lifted"`` ends a discard); None for a register.
    note, person
        In somebody's words; who did it, by name.
    actor, at
        Who wrote it down, when.
    """

    ref: str
    action: str
    effect: Done | None
    note: str
    person: str
    actor: str
    at: datetime


def save_check(session: Session, kitchen_id: str, one: Check) -> None:
    """Keeps an entry."""
    values = {
        "check_id": one.check_id,
        "kitchen_id": kitchen_id,
        "register_code": one.register,
        "subject": one.subject,
        "on_date": one.on,
        "answers": dict(one.answers),
        "wrong": kept_codes(one.wrong),
        "passed": one.passed,
        "person": one.person,
        "actor": one.actor,
        "happened_at": one.happened_at,
        "recorded_at": one.recorded_at,
        "revision": one.revision,
        "replaces": one.replaces,
        "reason": one.reason,
    }
    insert_rows(session, CheckRow, [values])


def load_checks(
    session: Session,
    kitchen_id: str,
    from_on: date,
    to_on: date,
    *,
    register: str | None = None,
    every: bool = False,
) -> list[Check]:
    """Entries of some dates, both included, in order: the standing ones, or all."""
    query = (
        select(CheckRow)
        .where(CheckRow.kitchen_id == kitchen_id)
        .where(col(CheckRow.on_date) >= from_on, col(CheckRow.on_date) <= to_on)
        .order_by(col(CheckRow.on_date), col(CheckRow.happened_at), col(CheckRow.check_id))
    )
    if register is not None:
        query = query.where(CheckRow.register_code == register)
    if not every:
        later = aliased(CheckRow)
        query = query.where(
            ~select(later.check_id).where(col(later.replaces) == col(CheckRow.check_id)).exists()
        )
    return [_check(row) for row in session.exec(query)]


def find_check(session: Session, kitchen_id: str, check_id: str) -> Check | None:
    """One entry of a kitchen; None when there is none."""
    row = session.get(CheckRow, check_id)
    return None if row is None or row.kitchen_id != kitchen_id else _check(row)


def is_replaced(session: Session, check_id: str) -> bool:
    """Whether a later entry corrects this one."""
    query = select(CheckRow.check_id).where(CheckRow.replaces == check_id)
    return session.exec(query).first() is not None


def first_check_on(session: Session, kitchen_id: str) -> date | None:
    """The date of a kitchen's first entry; None when it has none."""
    query = select(func.min(CheckRow.on_date)).where(CheckRow.kitchen_id == kitchen_id)
    return session.exec(query).one()


def morning_checks(
    session: Session, kitchen_id: str, on: date, register: str = "morning_check"
) -> list[MorningCheck]:
    """What the morning of a date found of each person."""
    return [
        MorningCheck(one.subject, one.on, one.passed, one.happened_at)
        for one in load_checks(session, kitchen_id, on, on, register=register)
    ]


def save_sign(session: Session, one: CheckSign) -> None:
    """Keeps that an entry was signed off."""
    insert_rows(session, CheckSignRow, [asdict(one)])


def load_signs(session: Session, check_ids: Collection[str]) -> dict[str, CheckSign]:
    """Who signed which entry off."""
    rows = session.exec(select(CheckSignRow).where(col(CheckSignRow.check_id).in_(check_ids)))
    return {row.check_id: CheckSign(row.check_id, row.person, row.note, row.actor, row.at) for row in rows}


def save_remedy(session: Session, kitchen_id: str, remedy_id: str, one: Remedy) -> None:
    """Keeps what was done about a failure."""
    values = asdict(one) | {"remedy_id": remedy_id, "kitchen_id": kitchen_id, "effect": one.effect or ""}
    insert_rows(session, RemedyRow, [values])


def load_remedies(session: Session, refs: Collection[str]) -> dict[str, list[Remedy]]:
    """What was done about each failure, in order."""
    query = select(RemedyRow).where(col(RemedyRow.ref).in_(refs))
    found: dict[str, list[Remedy]] = defaultdict(list)
    for row in session.exec(query.order_by(col(RemedyRow.at), col(RemedyRow.remedy_id))):
        effect = cast(Done, row.effect) if row.effect else None
        found[row.ref].append(Remedy(row.ref, row.action, effect, row.note, row.person, row.actor, row.at))
    return dict(found)


def kept_codes(codes: tuple[Coded, ...]) -> list[dict[str, Any]]:
    """Codes as a column keeps them."""
    return [{"code": one.code, "params": dict(one.params)} for one in codes]


def read_codes(kept: list[dict[str, Any]]) -> tuple[Coded, ...]:
    """Codes out of their column."""
    return tuple(Coded(one["code"], one["params"]) for one in kept)


def _check(row: CheckRow) -> Check:
    return Check(
        row.check_id,
        row.register_code,
        row.subject,
        row.on_date,
        row.answers,
        read_codes(row.wrong),
        row.passed,
        row.person,
        row.actor,
        row.happened_at,
        row.recorded_at,
        row.revision,
        row.replaces,
        row.reason,
    )
