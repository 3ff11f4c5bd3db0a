"""Rows of diners: the only tables with personal data."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast

import sqlalchemy
from sqlalchemy import CheckConstraint, UniqueConstraint, delete
from sqlmodel import Field, Session, col, select

from orders.diners import Diner, DinerFact, Texture
from orders.store.base import METADATA, JsonColumn, Row, insert_rows, upsert


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
    """One dated fact about a diner, for programmes."""

    __tablename__ = "diner_facts"
    __table_args__ = (CheckConstraint("to_on IS NULL OR from_on IS NULL OR to_on >= from_on", name="days"),)

    diner_id: str = Field(primary_key=True, foreign_key="diners.diner_id")
    position: int = Field(primary_key=True)
    fact: str
    value: str
    from_on: date | None = None
    to_on: date | None = None


def save_diners(
    session: Session, diners: Iterable[Diner], source: str, refs: Mapping[str, str] | None = None
) -> None:
    """
    Keeps diners, new or changed, with their facts; a changed one keeps the source it first came from.

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
    """
    kept = list(diners)
    rows = [_diner_values(diner, source, refs or {}) for diner in kept]
    upsert(session, DinerRow, rows, keep=("source", "external_ref"))
    ids = [diner.diner_id for diner in kept]
    for start in range(0, len(ids), 500):
        session.execute(delete(DinerFactRow).where(col(DinerFactRow.diner_id).in_(ids[start : start + 500])))
    insert_rows(session, DinerFactRow, [values for diner in kept for values in _fact_values(diner)])


def load_diners(
    session: Session, kitchen_sites: Sequence[str] | None = None, codes: Sequence[str] | None = None
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
    """
    diners, facts = METADATA.tables["diners"], METADATA.tables["diner_facts"]
    wanted = []
    if kitchen_sites is not None:
        wanted.append(diners.c.site_id.in_(kitchen_sites))
    if codes is not None:
        wanted.append(diners.c.code.in_(codes))
    own: dict[str, list[DinerFact]] = defaultdict(list)
    query = sqlalchemy.select(facts).join(diners).where(*wanted).order_by(facts.c.diner_id, facts.c.position)
    for diner_id, _, *fact in session.execute(query):
        own[diner_id].append(DinerFact(*fact))
    rows = session.execute(sqlalchemy.select(diners).where(*wanted).order_by(diners.c.code))
    return {row.diner_id: _diner(row, own[row.diner_id]) for row in rows}


def load_diner(session: Session, diner_id: str) -> Diner | None:
    """The diner with this row id, or None."""
    row = session.get(DinerRow, diner_id)
    if row is None:
        return None
    query = select(DinerFactRow).where(DinerFactRow.diner_id == diner_id).order_by("position")
    return _diner(row, [DinerFact(f.fact, f.value, f.from_on, f.to_on) for f in session.exec(query)])


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


def _fact_values(diner: Diner) -> list[dict[str, Any]]:
    return [
        {
            "diner_id": diner.diner_id,
            "position": position,
            "fact": fact.fact,
            "value": fact.value,
            "from_on": fact.from_on,
            "to_on": fact.to_on,
        }
        for position, fact in enumerate(diner.facts)
    ]
