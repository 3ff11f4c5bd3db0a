"""Rows of diners: the only tables with personal data."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast

import sqlalchemy
from sqlalchemy import CheckConstraint, UniqueConstraint, func
from sqlmodel import Field, Session, col, select

from orders.diners import Diner, DinerFact, Texture
from orders.store.base import METADATA, JsonColumn, Row, UtcDateTime, insert_rows, upsert
from orders.store.triggers import NO_UPDATE


class DinerRow(Row, table=True):
    """A person who eats."""

    __tablename__ = "diners"
    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint("source", "external_ref"),
        CheckConstraint("delivery IN ('dine_in', 'volunteer', 'direct')", name="delivery"),
        CheckConstraint("texture IN ('regular', 'soft', 'minced', 'pureed')", name="texture"),
    )

    diner_id: str = Field(primary_key=True)
    code: str
    name: str
    born_on: date
    site_id: str = Field(foreign_key="sites.site_id", index=True)
    delivery: str
    allergens: list[str] = Field(sa_type=JsonColumn)
    diets: list[str] = Field(sa_type=JsonColumn)
    texture: str
    source: str
    external_ref: str


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


def save_diners(
    session: Session,
    diners: Iterable[Diner],
    source: str,
    refs: Mapping[str, str] | None = None,
    *,
    recorded_at: datetime | None = None,
    recorded_by: str = "",
) -> None:
    """
    Keeps diners, new or changed, with their facts; a changed one keeps the source it first came from.

    Facts that differ from what stood are new rows; the rows before them stay as history.

    Parameters
    ----------
    session
        Open transaction.
    diners
        Diners with their final row ids.
    source
        Where they come from, for example ``"import"``.
    refs
        Diner id to the source's own reference; the diner's code where it is missing.
    recorded_at, recorded_by
        When and by whom the facts that are new were learnt; the source where nobody is named.
    """
    kept = {diner.diner_id: diner for diner in diners}
    rows = [_diner_values(diner, source, refs or {}) for diner in kept.values()]
    upsert(session, DinerRow, rows, keep=("source", "external_ref"))
    ids = list(kept)
    history: dict[str, list[RecordedFact]] = {}
    for start in range(0, len(ids), 500):
        history |= load_fact_history(session, ids[start : start + 500])
    by = recorded_by or source
    new = [row for one in kept.values() for row in _changes(one, history.get(one.diner_id, []))]
    insert_rows(
        session,
        DinerFactRow,
        [
            {**row, "recorded_at": row["recorded_at"] or recorded_at, "recorded_by": row["recorded_by"] or by}
            for row in new
        ],
    )


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


def load_diners(
    session: Session,
    kitchen_sites: Sequence[str] | None = None,
    codes: Sequence[str] | None = None,
    *,
    known_at: datetime | None = None,
) -> dict[str, Diner]:
    """
    Diners by row id, in the order of their codes.

    Parameters
    ----------
    session
        Open transaction.
    kitchen_sites
        Only those of these sites; None for all.
    codes
        Only those with these codes; None for all.
    known_at
        Facts as this house knew them at an instant; None as it knows them now.
    """
    diners = METADATA.tables["diners"]
    wanted = []
    if kitchen_sites is not None:
        wanted.append(diners.c.site_id.in_(kitchen_sites))
    if codes is not None:
        wanted.append(diners.c.code.in_(codes))
    own: dict[str, list[DinerFact]] = defaultdict(list)
    for diner_id, *fact in session.execute(_standing_facts(known_at).join(diners).where(*wanted)):
        own[diner_id].append(DinerFact(*fact))
    rows = session.execute(sqlalchemy.select(diners).where(*wanted).order_by(diners.c.code))
    return {row.diner_id: _diner(row, own[row.diner_id]) for row in rows}


def load_diner(session: Session, diner_id: str) -> Diner | None:
    """The diner with this row id, or None."""
    row = session.get(DinerRow, diner_id)
    if row is None:
        return None
    query = _standing_facts(None).where(col(DinerFactRow.diner_id) == diner_id)
    return _diner(row, [DinerFact(*fact) for _, *fact in session.execute(query)])


def diner_ids_by_code(session: Session) -> dict[str, str]:
    """The clerk's number to the row id, for every diner."""
    return dict(session.exec(select(DinerRow.code, DinerRow.diner_id)).all())


def _diner(row: Any, facts: Sequence[DinerFact]) -> Diner:
    return Diner(
        diner_id=row.diner_id,
        code=row.code,
        name=row.name,
        born_on=row.born_on,
        site_id=row.site_id,
        delivery=cast(Any, row.delivery),
        allergens=frozenset(row.allergens),
        diets=frozenset(row.diets),
        texture=cast(Texture, row.texture),
        facts=tuple(facts),
    )


def _diner_values(diner: Diner, source: str, refs: Mapping[str, str]) -> dict[str, Any]:
    return {
        "diner_id": diner.diner_id,
        "code": diner.code,
        "name": diner.name,
        "born_on": diner.born_on,
        "site_id": diner.site_id,
        "delivery": diner.delivery,
        "allergens": sorted(diner.allergens),
        "diets": sorted(diner.diets),
        "texture": diner.texture,
        "source": source,
        "external_ref": refs.get(diner.diner_id, diner.code),
    }


def _standing_facts(known_at: datetime | None) -> Any:
    """Diner id and the fields of `DinerFact` of every row that no known row replaces."""
    facts = METADATA.tables["diner_facts"]
    later = facts.alias()
    replaced = sqlalchemy.select(1).where(
        later.c.diner_id == facts.c.diner_id, later.c.replaces == facts.c.position
    )
    names = ("diner_id", "fact", "value", "from_on", "to_on", "evidence", "approved_by", "recorded_at")
    query = sqlalchemy.select(*(facts.c[name] for name in names)).select_from(facts)
    if known_at is not None:
        replaced = replaced.where(
            sqlalchemy.or_(later.c.recorded_at.is_(None), later.c.recorded_at <= known_at)
        )
        query = query.where(sqlalchemy.or_(facts.c.recorded_at.is_(None), facts.c.recorded_at <= known_at))
    standing = (sqlalchemy.not_(facts.c.withdrawn), ~replaced.exists())
    return query.where(*standing).order_by(facts.c.diner_id, facts.c.position)


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


def _changes(diner: Diner, history: Sequence[RecordedFact]) -> list[dict[str, Any]]:
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
