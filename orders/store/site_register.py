"""Rows of sites on file: the file, its events, its prices and wall texts; streets and villages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any, Literal, cast

from sqlalchemy import CheckConstraint, UniqueConstraint, delete, func
from sqlmodel import Field, Session, col, select

from orders.codes import Coded
from orders.oversight.life_cycle import ACTS, Document, Grounds, SiteAct, SiteEvent, closed_on
from orders.oversight.site_file import SiteFile, SitePrice
from orders.oversight.siting import Neighbourhood, SiteMeasures
from orders.store.base import JsonColumn, Row, UtcDateTime, insert_rows, upsert
from orders.store.triggers import APPEND_ONLY

_ACTS = ", ".join(f"'{act}'" for act in ACTS)
FILE_COLUMNS = (
    "site_id",
    "programme_id",
    "name",
    "address",
    "district",
    "street",
    "operator",
    "contact",
    "phone",
    "village",
)


class SiteFileRow(Row, table=True):
    """A site on file."""

    __tablename__ = "site_files"

    site_id: str = Field(primary_key=True)
    programme_id: str = Field(index=True)
    name: str
    address: str
    district: str
    street: str
    village: str
    operator: str
    contact: str
    phone: str
    measures: dict[str, Any] = Field(sa_type=JsonColumn)


class SiteEventRow(Row, table=True):
    """One act on a site; its number makes the second of two at the same time lose."""

    __tablename__ = "site_events"
    __table_args__ = (
        UniqueConstraint("site_id", "number"),
        CheckConstraint(f"act IN ({_ACTS})", name="act"),
        CheckConstraint("grounds IN ('planned', 'emergency', 'ordered')", name="grounds"),
        CheckConstraint(
            "effect_on >= happened_on AND (until_on IS NULL OR until_on >= effect_on)", name="days"
        ),
        {"info": APPEND_ONLY},
    )

    event_id: str = Field(primary_key=True)
    site_id: str = Field(foreign_key="site_files.site_id")
    number: int
    act: str
    by_name: str
    happened_on: date
    effect_on: date
    until_on: date | None = None
    grounds: str
    reason: str
    contact: str
    documents: list[dict[str, str]] = Field(sa_type=JsonColumn)
    passed: bool | None = None
    address: str
    answers: dict[str, str] = Field(sa_type=JsonColumn)
    recorded_by: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class SiteNoticeRow(Row, table=True):
    """A text on a site's wall: its food-safety system, its pledge, how to order."""

    __tablename__ = "site_notices"

    site_id: str = Field(primary_key=True, foreign_key="site_files.site_id")
    title: str = Field(primary_key=True)
    body: str


class SitePriceRow(Row, table=True):
    """A line of a site's price list."""

    __tablename__ = "site_prices"
    __table_args__ = (
        CheckConstraint("price_fen >= 0 AND (elderly_fen IS NULL OR elderly_fen >= 0)", name="prices"),
    )

    site_id: str = Field(primary_key=True, foreign_key="site_files.site_id")
    position: int = Field(primary_key=True)
    name: str
    price_fen: int
    elderly_fen: int | None = None


class NeighbourhoodRow(Row, table=True):
    """A street, town or village that a programme counts sites in."""

    __tablename__ = "neighbourhoods"
    __table_args__ = (
        CheckConstraint("kind IN ('street', 'village')", name="kind"),
        CheckConstraint("centres >= 0 AND (households IS NULL OR households >= 0)", name="counts"),
    )

    kind: str = Field(primary_key=True)
    district: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    households: int | None = None
    centres: int


def save_site_file(session: Session, file: SiteFile) -> None:
    """Keeps a site on file, new or changed."""
    measured = {name: value for name, value in asdict(file.measures).items() if value is not None}
    values = {name: getattr(file, name) for name in FILE_COLUMNS}
    upsert(session, SiteFileRow, [{**values, "measures": measured}])


def load_site_file(session: Session, site_id: str) -> SiteFile | None:
    """The file of a site, or None."""
    row = session.get(SiteFileRow, site_id, populate_existing=True)
    return None if row is None else _file(row)


def load_site_files(session: Session, programme_id: str | None = None) -> dict[str, SiteFile]:
    """Every site on file by code, or those of a programme."""
    query = select(SiteFileRow).order_by(col(SiteFileRow.site_id))
    if programme_id is not None:
        query = query.where(SiteFileRow.programme_id == programme_id)
    return {row.site_id: _file(row) for row in session.exec(query)}


def save_site_event(
    session: Session,
    event_id: str,
    site_id: str,
    event: SiteEvent,
    *,
    answers: Mapping[str, str],
    recorded_by: str,
    recorded_at: datetime,
) -> None:
    """Keeps an act on a site as its next; of two at the same time one is refused by the database."""
    last = session.exec(select(func.max(SiteEventRow.number)).where(SiteEventRow.site_id == site_id)).one()
    documents = [
        {"kind": one.kind, "ref": one.ref, "dated_on": one.dated_on.isoformat()} for one in event.documents
    ]
    session.add(
        SiteEventRow(
            event_id=event_id,
            site_id=site_id,
            number=(last or 0) + 1,
            act=event.act,
            by_name=event.by,
            happened_on=event.happened_on,
            effect_on=event.effect_on,
            until_on=event.until_on,
            grounds=event.grounds,
            reason=event.reason,
            contact=event.contact,
            documents=documents,
            passed=event.passed,
            address=event.address,
            answers=dict(answers),
            recorded_by=recorded_by,
            recorded_at=recorded_at,
        )
    )
    session.flush()


def load_site_events(
    session: Session, site_ids: Iterable[str] | None = None
) -> dict[str, tuple[SiteEvent, ...]]:
    """Site to what was done on it, in order; sites without an event are left out."""
    query = select(SiteEventRow).order_by(col(SiteEventRow.site_id), col(SiteEventRow.number))
    if site_ids is not None:
        query = query.where(col(SiteEventRow.site_id).in_(list(site_ids)))
    found: dict[str, list[SiteEvent]] = {}
    for row in session.exec(query):
        found.setdefault(row.site_id, []).append(_event(row))
    return {site_id: tuple(events) for site_id, events in found.items()}


def site_open_on(session: Session, site_id: str, day_on: date) -> Coded | None:
    """Why a site takes no orders for a day; None when it is open, or nobody ever filed it."""
    return closed_on(load_site_events(session, [site_id]).get(site_id, ()), site_id, day_on)


def sites_closed_on(session: Session, day_on: date) -> dict[str, Coded]:
    """Sites on file that take no orders for a day, with the reason."""
    found = {
        site_id: closed_on(events, site_id, day_on) for site_id, events in load_site_events(session).items()
    }
    return {site_id: reason for site_id, reason in found.items() if reason is not None}


def save_notice(session: Session, site_id: str, title: str, body: str) -> None:
    """Keeps a text for a site's wall; it replaces the one of this title."""
    upsert(session, SiteNoticeRow, [{"site_id": site_id, "title": title, "body": body}])


def load_notices(session: Session, site_id: str) -> dict[str, str]:
    """Title to text of a site's wall."""
    query = select(SiteNoticeRow).where(SiteNoticeRow.site_id == site_id).order_by("title")
    return {row.title: row.body for row in session.exec(query)}


def save_prices(session: Session, site_id: str, prices: Sequence[SitePrice]) -> None:
    """Keeps a site's whole price list in place of the one before."""
    session.execute(delete(SitePriceRow).where(col(SitePriceRow.site_id) == site_id))
    rows = [
        {"site_id": site_id, "position": position, **asdict(price)}
        for position, price in enumerate(prices, start=1)
    ]
    insert_rows(session, SitePriceRow, rows)


def load_prices(session: Session, site_id: str) -> list[SitePrice]:
    """A site's price list."""
    query = select(SitePriceRow).where(SitePriceRow.site_id == site_id).order_by(col(SitePriceRow.position))
    return [SitePrice(row.name, row.price_fen, row.elderly_fen) for row in session.exec(query)]


def save_neighbourhoods(session: Session, found: Iterable[Neighbourhood]) -> None:
    """Keeps streets and villages, new or changed."""
    upsert(session, NeighbourhoodRow, [asdict(one) for one in found])


def load_neighbourhoods(session: Session, districts: Iterable[str]) -> list[Neighbourhood]:
    """Streets and villages of some districts."""
    query = (
        select(NeighbourhoodRow)
        .where(col(NeighbourhoodRow.district).in_(list(districts)))
        .order_by(col(NeighbourhoodRow.district), col(NeighbourhoodRow.kind), col(NeighbourhoodRow.name))
    )
    return [
        Neighbourhood(
            cast(Literal["street", "village"], row.kind), row.name, row.district, row.households, row.centres
        )
        for row in session.exec(query)
    ]


def _file(row: SiteFileRow) -> SiteFile:
    return SiteFile(
        **{name: getattr(row, name) for name in FILE_COLUMNS}, measures=SiteMeasures(**row.measures)
    )


def _event(row: SiteEventRow) -> SiteEvent:
    documents = tuple(
        Document(one["kind"], one["ref"], date.fromisoformat(one["dated_on"])) for one in row.documents
    )
    return SiteEvent(
        cast(SiteAct, row.act),
        row.by_name,
        row.happened_on,
        row.effect_on,
        row.until_on,
        cast(Grounds, row.grounds),
        row.reason,
        row.contact,
        documents,
        row.passed,
        row.address,
    )
