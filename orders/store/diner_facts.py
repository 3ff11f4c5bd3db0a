"""Rows of dated facts about diners: a history that is only added to."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy
from sqlalchemy import CheckConstraint, UniqueConstraint, func
from sqlmodel import Field, Session, col, select

from orders.diners import Diner, DinerFact
from orders.store.base import METADATA, Row, UtcDateTime, insert_rows
from orders.store.triggers import NO_UPDATE


class DinerFactRow(Row, table=True):
    """
    One dated fact about a diner, for programmes, as it was recorded.

    Rows are never changed: a correction is a new row that names the one it replaces, and a fact that was
    wrong altogether is replaced by a row that is ``withdrawn``. What stands is what no row replaces.
    """

    __tablename__ = "diner_facts"
    __table_args__ = (
        CheckConstraint("to_on IS NULL OR from_on IS NULL OR to_on >= from_on", name="days"),
        UniqueConstraint("diner_id", "replaces"),
        {"info": NO_UPDATE},
    )

    diner_id: str = Field(primary_key=True, foreign_key="diners.diner_id")
    position: int = Field(primary_key=True)
    fact: str
    value: str
    from_on: date | None = None
    to_on: date | None = None
    evidence: str = ""
    approved_by: str = ""
    recorded_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    recorded_by: str = ""
    replaces: int | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class RecordedFact:
    """
    One row of a diner's history of facts.

    Parameters
    ----------
    position
        Its number among the diner's rows, from 0.
    fact
        What was recorded, with evidence, approver and instant.
    recorded_by
        Id of the user, or the source, that recorded it.
    replaces
        The position it corrects, None when it corrects none.
    withdrawn
        Whether it only takes the replaced one back.
    stands
        Whether it counts today: nothing replaces it and it takes nothing back.
    """

    position: int
    fact: DinerFact
    recorded_by: str
    replaces: int | None
    withdrawn: bool
    stands: bool


def record_fact(
    session: Session,
    diner_id: str,
    fact: DinerFact,
    *,
    recorded_by: str,
    replaces: int | None = None,
    withdrawn: bool = False,
) -> int:
    """
    Adds one row to a diner's facts; gives its position.

    Parameters
    ----------
    session
        Open transaction.
    diner_id
        Whose.
    fact
        What was learnt, with its evidence, approver and instant.
    recorded_by
        Id of the user.
    replaces
        The standing row it corrects, None for a new fact.
    withdrawn
        Whether the row only takes the replaced one back.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the row to replace has been replaced by somebody else.
    """
    last = session.exec(
        select(func.max(DinerFactRow.position)).where(DinerFactRow.diner_id == diner_id)
    ).one()
    position = 0 if last is None else last + 1
    row = _fact_values(diner_id, position, fact, replaces, withdrawn)
    insert_rows(session, DinerFactRow, [{**row, "recorded_by": recorded_by}])
    return position


def load_fact_history(session: Session, diner_ids: Sequence[str]) -> dict[str, list[RecordedFact]]:
    """Diner id to every row ever recorded about that diner, in the order of recording."""
    query = (
        select(DinerFactRow).where(col(DinerFactRow.diner_id).in_(diner_ids)).order_by("diner_id", "position")
    )
    rows: dict[str, list[DinerFactRow]] = defaultdict(list)
    for row in session.exec(query):
        rows[row.diner_id].append(row)
    return {diner_id: _history(own) for diner_id, own in rows.items()}


def standing_facts(known_at: datetime | None, names: Collection[str] | None = None) -> Any:
    """Diner id and fields of `DinerFact` of every row that no known row replaces; of these facts or all."""
    facts = METADATA.tables["diner_facts"]
    later = facts.alias()
    replaced = sqlalchemy.select(1).where(
        later.c.diner_id == facts.c.diner_id, later.c.replaces == facts.c.position
    )
    columns = ("diner_id", "fact", "value", "from_on", "to_on", "evidence", "approved_by", "recorded_at")
    query = sqlalchemy.select(*(facts.c[name] for name in columns)).select_from(facts)
    if names is not None:
        query = query.where(facts.c.fact.in_(names))
    if known_at is not None:
        replaced = replaced.where(
            sqlalchemy.or_(later.c.recorded_at.is_(None), later.c.recorded_at <= known_at)
        )
        query = query.where(sqlalchemy.or_(facts.c.recorded_at.is_(None), facts.c.recorded_at <= known_at))
    standing = (sqlalchemy.not_(facts.c.withdrawn), ~replaced.exists())
    return query.where(*standing).order_by(facts.c.diner_id, facts.c.position)


def last_standing(fact: str, diner_id: Any) -> Any:
    """The last value that stands of one fact, such as a telephone, of a column's diner; empty without one."""
    facts = METADATA.tables["diner_facts"].alias()
    later = facts.alias()
    replaced = sqlalchemy.select(1).where(
        later.c.diner_id == facts.c.diner_id, later.c.replaces == facts.c.position
    )
    query = (
        sqlalchemy.select(facts.c.value)
        .where(facts.c.diner_id == diner_id, facts.c.fact == fact)
        .where(sqlalchemy.not_(facts.c.withdrawn), ~replaced.exists())
        .order_by(facts.c.position.desc())
        .limit(1)
    )
    return func.coalesce(query.scalar_subquery(), "")


def _history(rows: Sequence[DinerFactRow]) -> list[RecordedFact]:
    replaced = {row.replaces for row in rows}
    return [
        RecordedFact(
            position=row.position,
            fact=DinerFact(
                row.fact, row.value, row.from_on, row.to_on, row.evidence, row.approved_by, row.recorded_at
            ),
            recorded_by=row.recorded_by,
            replaces=row.replaces,
            withdrawn=row.withdrawn,
            stands=not row.withdrawn and row.position not in replaced,
        )
        for row in rows
    ]


def fact_changes(diner: Diner, history: Sequence[RecordedFact]) -> list[dict[str, Any]]:
    """
    The rows that make what stands equal to the diner's facts.

    A fact that is gone is replaced by the next new one of its name, else it is withdrawn.
    """
    gone = [one for one in history if one.stands]
    new = []
    for fact in diner.facts:
        same = next((one for one in gone if _whole(one.fact) == _whole(fact)), None)
        if same is None:
            new.append(fact)
        else:
            gone.remove(same)
    rows: list[dict[str, Any]] = []
    for fact in new:
        old = next((one for one in gone if one.fact.fact == fact.fact), None)
        if old is not None:
            gone.remove(old)
        learnt = (
            fact
            if old is None or fact.recorded_at != old.fact.recorded_at
            else replace(fact, recorded_at=None)
        )
        at = len(history) + len(rows)
        rows.append(_fact_values(diner.diner_id, at, learnt, old.position if old else None))
    for old in gone:
        taken = replace(old.fact, recorded_at=None)
        rows.append(
            _fact_values(diner.diner_id, len(history) + len(rows), taken, old.position, withdrawn=True)
        )
    return rows


def _whole(fact: DinerFact) -> tuple[object, ...]:
    return fact.fact, fact.value, fact.from_on, fact.to_on, fact.evidence, fact.approved_by


def _fact_values(
    diner_id: str, position: int, fact: DinerFact, replaces: int | None, withdrawn: bool = False
) -> dict[str, Any]:
    return {
        "diner_id": diner_id,
        "position": position,
        "fact": fact.fact,
        "value": fact.value,
        "from_on": fact.from_on,
        "to_on": fact.to_on,
        "evidence": fact.evidence,
        "approved_by": fact.approved_by,
        "recorded_at": fact.recorded_at,
        "recorded_by": "",
        "replaces": replaces,
        "withdrawn": withdrawn,
    }
