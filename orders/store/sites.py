"""Rows of kitchens and sites."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, time
from typing import Any, cast

from sqlalchemy import CheckConstraint
from sqlmodel import Field, Session, col, select

from orders.service import Meal
from orders.sites import Access, FormOfSupply, Hours, Kitchen, LicenceKind, Place, Site
from orders.store.base import JsonColumn, Row, UtcDateTime, upsert

PLACE_CHECK = "lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180"


class KitchenRow(Row, table=True):
    """A kitchen; ``settings`` holds what planning needs: meals, cut-offs, walk-in buffer and their like."""

    __tablename__ = "kitchens"
    __table_args__ = (
        CheckConstraint(
            "licence_kind IN ('collective_meal_delivery', 'central_kitchen', 'canteen')", name="licence_kind"
        ),
        CheckConstraint(PLACE_CHECK, name="place"),
        CheckConstraint("revision >= 1", name="revision"),
    )

    kitchen_id: str = Field(primary_key=True)
    name: str
    licence_kind: str
    licence_no: str
    lat: float
    lon: float
    zone: str
    address: str
    phone: str
    settings: dict[str, Any] = Field(sa_type=JsonColumn)
    revision: int
    changed_at: datetime = Field(sa_type=UtcDateTime)


class SiteRow(Row, table=True):
    """A canteen, or a home served directly."""

    __tablename__ = "sites"
    __table_args__ = (
        CheckConstraint("kind IN ('canteen', 'home')", name="kind"),
        CheckConstraint("form IN ('bulk', 'packed', 'on_site')", name="form"),
        CheckConstraint(PLACE_CHECK, name="place"),
        CheckConstraint("unload_s >= 0 AND capacity >= 0 AND unload_box_s >= 0", name="amounts"),
        CheckConstraint("priority >= 1", name="priority"),
    )

    site_id: str = Field(primary_key=True)
    kitchen_id: str = Field(foreign_key="kitchens.kitchen_id", index=True)
    kind: str
    name: str
    district: str
    form: str
    lat: float
    lon: float
    unload_s: int
    capacity: int
    address: str
    contact: str
    floor: int
    lift: bool
    unload_box_s: int | None
    needs: list[str] = Field(sa_type=JsonColumn)
    familiar: list[str] = Field(sa_type=JsonColumn)
    priority: int | None
    door_note: str


class SiteHoursRow(Row, table=True):
    """A site's window of one meal, local wall times."""

    __tablename__ = "site_hours"
    __table_args__ = (
        CheckConstraint("closes > opens AND serving_minutes >= 0 AND second_leg_minutes >= 0", name="window"),
    )

    site_id: str = Field(primary_key=True, foreign_key="sites.site_id")
    meal: str = Field(primary_key=True)
    opens: time
    closes: time
    serving_starts: time
    serving_minutes: int
    second_leg_minutes: int
    more_windows: list[list[str]] = Field(sa_type=JsonColumn)


def save_kitchen(session: Session, kitchen: Kitchen, settings: Mapping[str, Any], now_at: datetime) -> int:
    """Keeps a kitchen and its settings; gives its revision, which rises only when something differs."""
    values: dict[str, Any] = {
        "name": kitchen.name,
        "licence_kind": kitchen.licence_kind,
        "licence_no": kitchen.licence_no,
        "lat": kitchen.place.lat,
        "lon": kitchen.place.lon,
        "zone": kitchen.zone,
        "address": kitchen.address,
        "phone": kitchen.phone,
        "settings": dict(settings),
    }
    row = session.get(KitchenRow, kitchen.kitchen_id)
    if row is None:
        session.add(KitchenRow(kitchen_id=kitchen.kitchen_id, revision=1, changed_at=now_at, **values))
        session.flush()
        return 1
    if any(getattr(row, name) != value for name, value in values.items()):
        row.sqlmodel_update({**values, "revision": row.revision + 1, "changed_at": now_at})
        session.flush()
    return row.revision


def load_kitchen(session: Session, kitchen_id: str) -> Kitchen | None:
    """The kitchen with this code, or None."""
    row = _row(session, kitchen_id)
    return None if row is None else _kitchen(row)


def load_kitchens(session: Session) -> list[Kitchen]:
    """Every kitchen, by code."""
    return [_kitchen(row) for row in session.exec(select(KitchenRow).order_by(col(KitchenRow.kitchen_id)))]


def load_kitchen_settings(session: Session, kitchen_id: str) -> tuple[int, dict[str, Any]]:
    """Revision and settings of a kitchen, (0, {}) when there is none of that code."""
    row = _row(session, kitchen_id)
    return (0, {}) if row is None else (row.revision, dict(row.settings))


def save_sites(session: Session, kitchen_id: str, meal: Meal, sites: Iterable[Site]) -> None:
    """Keeps sites of a kitchen, new or changed, with their hours of one meal."""
    kept = list(sites)
    upsert(session, SiteRow, [_site_values(kitchen_id, site) for site in kept])
    upsert(session, SiteHoursRow, [_hours_values(site.site_id, meal, site.hours) for site in kept])


def load_sites(
    session: Session, kitchen_id: str, meal: Meal, site_ids: Collection[str] | None = None
) -> dict[str, Site]:
    """Sites of a kitchen that take this meal, those named or all, by code, in the order of codes."""
    query = (
        select(SiteRow, SiteHoursRow)
        .where(SiteHoursRow.site_id == SiteRow.site_id, SiteHoursRow.meal == meal)
        .where(SiteRow.kitchen_id == kitchen_id)
        .order_by(col(SiteRow.site_id))
    )
    if site_ids is not None:
        query = query.where(col(SiteRow.site_id).in_(site_ids))
    return {site.site_id: _site(site, hours) for site, hours in session.exec(query)}


def load_meals(session: Session, site_id: str) -> list[str]:
    """Meals that a site takes, in the order of names."""
    return list(
        session.exec(select(SiteHoursRow.meal).where(SiteHoursRow.site_id == site_id).order_by("meal"))
    )


def kitchen_of_site(session: Session, site_id: str) -> str | None:
    """Code of the kitchen that feeds the site, or None when there is no such site."""
    return session.exec(select(SiteRow.kitchen_id).where(SiteRow.site_id == site_id)).first()


def kitchens_of_sites(session: Session) -> dict[str, str]:
    """Code of every site to the code of the kitchen that feeds it."""
    return dict(session.exec(select(SiteRow.site_id, SiteRow.kitchen_id)).all())


def canteen_names(session: Session, kitchen_id: str | None = None) -> dict[str, str]:
    """Code of every canteen to its name, by code; of one kitchen, or None for all."""
    query = select(SiteRow.site_id, SiteRow.name).where(SiteRow.kind == "canteen").order_by("site_id")
    if kitchen_id is not None:
        query = query.where(SiteRow.kitchen_id == kitchen_id)
    return dict(session.exec(query).all())


def kitchens_of_homes(session: Session) -> dict[str, str]:
    """Code of every home that a van serves to the code of the kitchen that feeds it."""
    query = select(SiteRow.site_id, SiteRow.kitchen_id).where(SiteRow.kind == "home").order_by("site_id")
    return dict(session.exec(query).all())


def _row(session: Session, kitchen_id: str) -> KitchenRow | None:
    """A kitchen's row, asked for many times in one act: the session forgets a row that nobody holds."""
    row = session.get(KitchenRow, kitchen_id)
    session.info[KitchenRow, kitchen_id] = row
    return row


def _kitchen(row: KitchenRow) -> Kitchen:
    return Kitchen(
        row.kitchen_id,
        row.name,
        cast(LicenceKind, row.licence_kind),
        row.licence_no,
        Place(row.lat, row.lon),
        row.zone,
        row.address,
        row.phone,
        row.settings.get("docks"),
    )


def _site(row: SiteRow, hours: SiteHoursRow) -> Site:
    return Site(
        row.site_id,
        "home" if row.kind == "home" else "canteen",
        row.name,
        row.district,
        cast(FormOfSupply, row.form),
        Place(row.lat, row.lon),
        Hours(
            hours.opens,
            hours.closes,
            hours.serving_starts,
            hours.serving_minutes,
            hours.second_leg_minutes,
            tuple((time.fromisoformat(from_), time.fromisoformat(to)) for from_, to in hours.more_windows),
        ),
        row.unload_s,
        row.capacity,
        row.address,
        row.contact,
        Access(
            row.floor,
            row.lift,
            row.unload_box_s,
            frozenset(row.needs),
            frozenset(row.familiar),
            row.priority,
            row.door_note,
        ),
    )


def _site_values(kitchen_id: str, site: Site) -> dict[str, Any]:
    return {
        "site_id": site.site_id,
        "kitchen_id": kitchen_id,
        "kind": site.kind,
        "name": site.name,
        "district": site.district,
        "form": site.form,
        "lat": site.place.lat,
        "lon": site.place.lon,
        "unload_s": site.unload_s,
        "capacity": site.capacity,
        "address": site.address,
        "contact": site.contact,
        "floor": site.access.floor,
        "lift": site.access.lift,
        "unload_box_s": site.access.unload_box_s,
        "needs": sorted(site.access.needs),
        "familiar": sorted(site.access.familiar),
        "priority": site.access.priority,
        "door_note": site.access.door_note,
    }


def _hours_values(site_id: str, meal: Meal, hours: Hours) -> dict[str, Any]:
    return {
        "site_id": site_id,
        "meal": meal,
        "opens": hours.opens,
        "closes": hours.closes,
        "serving_starts": hours.serving_starts,
        "serving_minutes": hours.serving_minutes,
        "second_leg_minutes": hours.second_leg_minutes,
        "more_windows": [[from_.isoformat(), to.isoformat()] for from_, to in hours.more_windows],
    }
