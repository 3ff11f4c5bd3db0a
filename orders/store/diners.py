"""Rows of diners: the only tables with personal data."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

import sqlalchemy
from sqlalchemy import CheckConstraint, ColumnElement, Text, UniqueConstraint
from sqlmodel import Field, Session, select

from orders.diners import Diner, DinerFact
from orders.store.base import METADATA, JsonColumn, Row, insert_rows, upsert
from orders.store.diner_facts import (
    DinerFactRow,
    RecordedFact,
    fact_changes,
    load_fact_history,
    standing_facts,
)

MOST_NAMED = 10_000  # a statement of SQLite takes 32,766 parameters

WHO = ("diner_id", "code", "name", "born_on", "site_id", "delivery")
NEEDS = ("allergens", "diets")


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


@dataclass(frozen=True, slots=True)
class RollEntry:
    """One line of the list of diners: row id, the clerk's number, name, date of birth, site."""

    diner_id: str
    code: str
    name: str
    born_on: date
    site_id: str


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
    new = [row for one in kept.values() for row in fact_changes(one, history.get(one.diner_id, []))]
    insert_rows(
        session,
        DinerFactRow,
        [
            {**row, "recorded_at": row["recorded_at"] or recorded_at, "recorded_by": row["recorded_by"] or by}
            for row in new
        ],
    )


def load_diners(
    session: Session,
    kitchen_sites: Sequence[str] | None = None,
    codes: Sequence[str] | None = None,
    *,
    ids: Collection[str] | None = None,
    known_at: datetime | None = None,
    facts: Collection[str] | None = None,
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
    ids
        Only those with these row ids; None for all.
    known_at
        Facts as this house knew them at an instant; None as it knows them now.
    facts
        Only the facts of these names; None for all.
    """
    if ids is not None and len(ids) > MOST_NAMED:
        several = load_diners(session, kitchen_sites, codes, known_at=known_at, facts=facts)
        return {diner_id: one for diner_id, one in several.items() if diner_id in ids}
    diners = METADATA.tables["diners"]
    named = {"site_id": kitchen_sites, "code": codes, "diner_id": ids}
    wanted = [diners.c[name].in_(sorted(among)) for name, among in named.items() if among is not None]
    own = _own_facts(session, known_at, facts, wanted)
    needs = (sqlalchemy.cast(diners.c[name], Text) for name in NEEDS)
    columns = (*(diners.c[name] for name in WHO), *needs, diners.c.texture)
    rows = session.execute(sqlalchemy.select(*columns).where(*wanted).order_by(diners.c.code)).all()
    coded = cache(_codes)
    return {row.diner_id: _diner(row, coded, own.get(row.diner_id, ())) for row in rows}


def load_diner(session: Session, diner_id: str) -> Diner | None:
    """The diner with this row id, or None."""
    return load_diners(session, ids=(diner_id,)).get(diner_id)


def load_roll(session: Session, site_ids: Collection[str] | None = None) -> list[RollEntry]:
    """Every diner without facts, by code; of some sites, or None for all."""
    diners = METADATA.tables["diners"]
    names = ("diner_id", "code", "name", "born_on", "site_id")
    query = sqlalchemy.select(*(diners.c[name] for name in names)).order_by(diners.c.code)
    if site_ids is not None:
        query = query.where(diners.c.site_id.in_(site_ids))
    return [RollEntry(*entry) for entry in session.execute(query)]


def diner_ids_by_code(session: Session) -> dict[str, str]:
    """The clerk's number to the row id, for every diner."""
    return dict(session.exec(select(DinerRow.code, DinerRow.diner_id)).all())


def _own_facts(
    session: Session,
    known_at: datetime | None,
    names: Collection[str] | None,
    wanted: Sequence[ColumnElement[bool]],
) -> dict[str, list[DinerFact]]:
    found: dict[str, list[DinerFact]] = defaultdict(list)
    if names is None or names:
        query = standing_facts(known_at, names).join(METADATA.tables["diners"]).where(*wanted)
        for diner_id, *fact in session.execute(query).all():
            found[diner_id].append(DinerFact(*fact))
    return found


def _codes(text: str) -> frozenset[str]:
    return frozenset(json.loads(text))


def _diner(row: Any, coded: Callable[[str], frozenset[str]], facts: Sequence[DinerFact]) -> Diner:
    diner_id, code, name, born_on, site_id, delivery, allergens, diets, texture = row
    return Diner(
        diner_id,
        code,
        name,
        born_on,
        site_id,
        delivery,
        coded(allergens),
        coded(diets),
        texture=texture,
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
