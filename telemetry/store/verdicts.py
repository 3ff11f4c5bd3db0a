"""Verdicts as they were given: each a new row, the newest one counts."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, func, text
from sqlmodel import Field, Session, col, select

from orders.codes import Coded
from orders.store.base import JsonColumn, Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY
from telemetry.hold_facts import VERDICTS, HoldVerdict, Leg, Verdict

_FINAL = text("final")


class VerdictRow(Row, table=True):
    """
    One verdict of one box, with the revision of the rule it was given by.

    ``number`` counts a box's verdicts: two of the same instant still have an order.
    """

    __tablename__ = "telemetry_verdicts"
    __table_args__ = (
        CheckConstraint(f"verdict IN {VERDICTS}", name="verdict"),
        Index("ix_telemetry_verdicts_newest", "box_id", "number"),
        Index(
            "ix_telemetry_verdicts_final", "box_id", "number", sqlite_where=_FINAL, postgresql_where=_FINAL
        ),
        {"info": APPEND_ONLY},
    )

    verdict_id: str = Field(primary_key=True, max_length=36)
    box_id: str = Field(max_length=36)
    number: int
    computed_at: datetime = Field(sa_type=UtcDateTime)
    final: bool
    verdict: str = Field(max_length=16)
    eat_by_at: datetime = Field(sa_type=UtcDateTime)
    profile: str = Field(max_length=32)
    profile_revision: int
    detail: dict[str, Any] = Field(sa_type=JsonColumn)


def append_verdict(
    session: Session, verdict_id: str, box_id: str, verdict: HoldVerdict, computed_at: datetime
) -> None:
    """
    Keeps a verdict, whatever was said before.

    Parameters
    ----------
    session
        The caller's transaction.
    verdict_id
        A fresh id.
    box_id
        The box.
    verdict
        What was judged.
    computed_at
        When.
    """
    row = VerdictRow(
        verdict_id=verdict_id,
        box_id=box_id,
        number=newest_number(session, box_id) + 1,
        computed_at=computed_at,
        final=verdict.final,
        verdict=verdict.verdict,
        eat_by_at=verdict.eat_by_at,
        profile=verdict.profile,
        profile_revision=verdict.profile_revision,
        detail=_json(asdict(verdict)),
    )
    session.add(row)
    session.flush()


def latest_verdicts(session: Session, box_ids: Sequence[str]) -> dict[str, HoldVerdict]:
    """Newest verdict of each box; a box that was never judged is left out."""
    newest_first = (col(VerdictRow.number).desc(), col(VerdictRow.verdict_id).desc())
    place = func.row_number().over(partition_by=col(VerdictRow.box_id), order_by=newest_first)
    of_boxes = select(VerdictRow.verdict_id, place.label("place")).where(col(VerdictRow.box_id).in_(box_ids))
    placed = of_boxes.subquery()
    query = select(VerdictRow).join(placed, placed.c.verdict_id == VerdictRow.verdict_id)
    return {row.box_id: _fact(row) for row in session.exec(query.where(placed.c.place == 1))}


def last_computed_at(session: Session, box_id: str) -> datetime | None:
    """When a box's newest verdict was given, None before the first."""
    query = select(VerdictRow.computed_at).where(VerdictRow.box_id == box_id)
    return session.exec(query.order_by(col(VerdictRow.number).desc()).limit(1)).first()


def newest_number(session: Session, box_id: str) -> int:
    """How many verdicts a box has; its newest one has this number."""
    return session.exec(select(func.max(VerdictRow.number)).where(VerdictRow.box_id == box_id)).one() or 0


def verdicts_of_box(session: Session, box_id: str) -> list[tuple[datetime, HoldVerdict]]:
    """Every verdict of a box with its instant, oldest first."""
    query = select(VerdictRow).where(VerdictRow.box_id == box_id)
    query = query.order_by(col(VerdictRow.number), VerdictRow.verdict_id)
    return [(row.computed_at, _fact(row)) for row in session.exec(query)]


def count_verdicts(session: Session, box_ids: Sequence[str]) -> dict[Verdict, int]:
    """How many of the boxes have each verdict as their newest, final one; every verdict is named."""
    counts = dict.fromkeys(VERDICTS, 0)
    for verdict in latest_verdicts(session, box_ids).values():
        if verdict.final:
            counts[verdict.verdict] += 1
    return counts


def _json(value: Any) -> Any:
    """The value with each instant as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, dict):
        return {name: _json(part) for name, part in value.items()}
    return [_json(part) for part in value] if isinstance(value, list | tuple) else value


def _fact(row: VerdictRow) -> HoldVerdict:
    kept = dict(row.detail)
    kept |= {name: _instant(value) for name, value in kept.items() if name.endswith("_at")}
    for name in ("reasons", "because"):
        kept[name] = tuple(Coded(**one) for one in kept[name])
    kept["legs"] = tuple(_leg(leg) for leg in kept["legs"])
    return HoldVerdict(**kept)


def _leg(kept: dict[str, Any]) -> Leg:
    return Leg(**kept | {"from_at": _instant(kept["from_at"]), "to_at": _instant(kept["to_at"])})


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
