"""Power cuts of a kitchen, and what became of the lots that lay in its assets meanwhile."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast, get_args

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field, Session, col, select

from orders.store.base import JsonColumn, Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY

CutSource = Literal["told", "gap"]
LotWordKind = Literal["keep", "use_now", "hold", "discard"]
CUT_SOURCES: tuple[CutSource, ...] = get_args(CutSource)
LOT_WORDS: tuple[LotWordKind, ...] = get_args(LotWordKind)


class PowerCutRow(Row, table=True):
    """One `PowerCut`, as it was written down."""

    __tablename__ = "telemetry_power_cuts"
    __table_args__ = (
        CheckConstraint(f"source IN {CUT_SOURCES}", name="source"),
        CheckConstraint("to_at > from_at", name="to_after_from"),
        Index("ix_telemetry_power_cuts_kitchen", "kitchen_id", "to_at"),
        {"info": APPEND_ONLY},
    )

    cut_id: str = Field(primary_key=True, max_length=36)
    kitchen_id: str = Field(foreign_key="kitchens.kitchen_id")
    from_at: datetime = Field(sa_type=UtcDateTime)
    to_at: datetime = Field(sa_type=UtcDateTime)
    source: str = Field(max_length=4)
    note: str = Field(max_length=500)
    person: str = Field(max_length=100)
    actor: str = Field(max_length=36)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    known: dict[str, Any] = Field(sa_type=JsonColumn)


class LotWordRow(Row, table=True):
    """One `LotWord`; the newest of a lot counts, the earlier ones stay."""

    __tablename__ = "telemetry_lot_words"
    __table_args__ = (CheckConstraint(f"word IN {LOT_WORDS}", name="word"), {"info": APPEND_ONLY})

    word_id: str = Field(primary_key=True, max_length=36)
    cut_id: str = Field(foreign_key="telemetry_power_cuts.cut_id", index=True)
    lot_id: str = Field(foreign_key="kitchen_lots.lot_id")
    asset_code: str = Field(max_length=100)
    word: str = Field(max_length=8)
    reason: str = Field(max_length=500)
    person: str = Field(max_length=100)
    actor: str = Field(max_length=36)
    recorded_at: datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class PowerCut:
    """
    A time in which the assets of a kitchen had no power, or nobody heard them.

    Parameters
    ----------
    cut_id, from_at, to_at
        Row id; from when to when.
    source
        ``"told"`` by a person alone, or ``"gap"``: the readings show it too.
    note, person, actor, recorded_at
        What there is to say; who says it, by name and by account, and when.
    known
        By asset what was known of it then, as `api.checks.power_cuts.known_of` writes it.
    """

    cut_id: str
    from_at: datetime
    to_at: datetime
    source: CutSource
    note: str
    person: str
    actor: str
    recorded_at: datetime
    known: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class LotWord:
    """
    What becomes of a lot after a power cut.

    Parameters
    ----------
    lot_id, asset_code
        Which lot, and in which asset it lay.
    word
        ``"keep"``, ``"use_now"``, ``"hold"`` or ``"discard"``.
    reason, person, actor, recorded_at
        Why; who says so, by name and by account, and when.
    """

    lot_id: str
    asset_code: str
    word: LotWordKind
    reason: str
    person: str
    actor: str
    recorded_at: datetime


def save_cut(session: Session, kitchen_id: str, cut: PowerCut) -> None:
    """Keeps a power cut."""
    session.add(
        PowerCutRow(
            cut_id=cut.cut_id,
            kitchen_id=kitchen_id,
            from_at=cut.from_at,
            to_at=cut.to_at,
            source=cut.source,
            note=cut.note,
            person=cut.person,
            actor=cut.actor,
            recorded_at=cut.recorded_at,
            known=dict(cut.known),
        )
    )
    session.flush()


def load_cuts(session: Session, kitchen_id: str, since_at: datetime) -> list[PowerCut]:
    """Power cuts of a kitchen that ended at an instant or later, the latest first."""
    query = select(PowerCutRow).where(
        PowerCutRow.kitchen_id == kitchen_id, col(PowerCutRow.to_at) >= since_at
    )
    return [_cut(row) for row in session.exec(query.order_by(col(PowerCutRow.to_at).desc()))]


def find_cut(session: Session, kitchen_id: str, cut_id: str) -> PowerCut | None:
    """The power cut of a kitchen with this id; None when there is none."""
    row = session.get(PowerCutRow, cut_id)
    return None if row is None or row.kitchen_id != kitchen_id else _cut(row)


def save_word(session: Session, word_id: str, cut_id: str, word: LotWord) -> None:
    """Keeps what becomes of a lot."""
    session.add(
        LotWordRow(
            word_id=word_id,
            cut_id=cut_id,
            lot_id=word.lot_id,
            asset_code=word.asset_code,
            word=word.word,
            reason=word.reason,
            person=word.person,
            actor=word.actor,
            recorded_at=word.recorded_at,
        )
    )
    session.flush()


def load_words(session: Session, cut_id: str) -> list[LotWord]:
    """What was said of the lots after a power cut, in order."""
    query = select(LotWordRow).where(LotWordRow.cut_id == cut_id)
    rows = session.exec(query.order_by(col(LotWordRow.recorded_at), LotWordRow.word_id))
    return [
        LotWord(
            row.lot_id,
            row.asset_code,
            cast(LotWordKind, row.word),
            row.reason,
            row.person,
            row.actor,
            row.recorded_at,
        )
        for row in rows
    ]


def _cut(row: PowerCutRow) -> PowerCut:
    return PowerCut(
        row.cut_id,
        row.from_at,
        row.to_at,
        cast(CutSource, row.source),
        row.note,
        row.person,
        row.actor,
        row.recorded_at,
        row.known,
    )
