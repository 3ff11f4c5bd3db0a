"""Rows of menus: versions of what may be ordered for a service."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Literal, cast

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text, update
from sqlmodel import Field, Session, col, select

from orders.menus import Category, HoldClass, Made, Menu, MenuItem, Supply
from orders.service import Service, parse_service
from orders.store.base import JsonColumn, Row, UtcDateTime, insert_rows

Status = Literal["draft", "published", "superseded"]
PUBLISHED = text("status = 'published'")


class MenuRow(Row, table=True):
    """One version of a service's menu; at most one is published."""

    __tablename__ = "menus"
    __table_args__ = (
        UniqueConstraint("service_key", "version"),
        Index(
            "uq_menus_published",
            "service_key",
            unique=True,
            sqlite_where=PUBLISHED,
            postgresql_where=PUBLISHED,
        ),
        CheckConstraint("status IN ('draft', 'published', 'superseded')", name="status"),
        CheckConstraint("price_fen >= 0 AND version >= 1", name="amounts"),
    )

    menu_id: str = Field(primary_key=True)
    service_key: str
    kitchen_id: str = Field(foreign_key="kitchens.kitchen_id")
    service_on: date
    meal: str
    version: int
    status: str
    price_fen: int
    digest: str
    revisions: dict[str, Any] = Field(sa_type=JsonColumn)
    author: str
    made_at: datetime = Field(sa_type=UtcDateTime)
    lines: dict[str, list[list[str]]] | None = Field(default=None, sa_type=JsonColumn)


class MenuItemRow(Row, table=True):
    """One dish on one version of a menu."""

    __tablename__ = "menu_items"
    __table_args__ = (
        UniqueConstraint("menu_id", "dish_id"),
        CheckConstraint("hold_class IN ('hot', 'cold')", name="hold_class"),
        CheckConstraint("iddsi_level BETWEEN 0 AND 7", name="iddsi_level"),
        CheckConstraint("supply IN ('serve_hot', 'cook_chill')", name="supply"),
    )

    menu_id: str = Field(primary_key=True, foreign_key="menus.menu_id")
    position: int = Field(primary_key=True)
    dish_id: str
    name_zh: str
    name_en: str
    category: str
    contains: list[str] = Field(sa_type=JsonColumn)
    may_contain: list[str] = Field(sa_type=JsonColumn)
    unknown: list[str] = Field(sa_type=JsonColumn)
    iddsi_level: int
    tags: list[str] = Field(sa_type=JsonColumn)
    hold_class: str
    supply: str | None = None
    variants: list[str] | None = Field(default=None, sa_type=JsonColumn)
    made: list[dict[str, Any]] | None = Field(default=None, sa_type=JsonColumn)


def save_menu(
    session: Session,
    menu_id: str,
    menu: Menu,
    *,
    author: str,
    made_at: datetime,
    digest: str = "",
    revisions: Mapping[str, Any] | None = None,
) -> None:
    """Keeps a menu as the draft of its version."""
    service = menu.service
    row = MenuRow(
        menu_id=menu_id,
        service_key=service.key,
        kitchen_id=service.kitchen_id,
        service_on=service.service_on,
        meal=service.meal,
        version=menu.version,
        status="draft",
        price_fen=menu.price_fen,
        digest=digest,
        revisions=dict(revisions or {}),
        author=author,
        made_at=made_at,
        lines={line: [list(part) for part in parts] for line, parts in menu.lines.items()},
    )
    session.add(row)
    session.flush()
    items = enumerate(menu.items)
    insert_rows(session, MenuItemRow, [_item_values(menu_id, position, item) for position, item in items])


def publish_menu(session: Session, menu_id: str) -> None:
    """Publishes a draft; the version published before it is superseded."""
    row = session.get_one(MenuRow, menu_id)
    session.execute(
        update(MenuRow)
        .where(col(MenuRow.service_key) == row.service_key, col(MenuRow.status) == "published")
        .values(status="superseded")
    )
    row.status = "published"
    session.flush()


def load_menu(session: Session, service: Service) -> Menu | None:
    """The published menu of a service, or None."""
    row = session.exec(
        select(MenuRow).where(MenuRow.service_key == service.key, MenuRow.status == "published")
    ).first()
    return None if row is None else _menu(session, row, service)


def find_menu(session: Session, menu_id: str) -> tuple[Status, Menu] | None:
    """Status and menu of this row id, or None."""
    row = session.get(MenuRow, menu_id)
    if row is None:
        return None
    return cast(Status, row.status), _menu(session, row, parse_service(row.service_key))


def menu_revisions(session: Session, menu_id: str) -> dict[str, Any]:
    """What a menu rests on, as it was kept."""
    return dict(session.get_one(MenuRow, menu_id).revisions)


def load_menus(session: Session, kitchen_id: str, from_on: date, to_on: date, zone: str) -> list[Menu]:
    """Published menus of a kitchen between two dates, both included, by date and meal."""
    rows = session.exec(
        select(MenuRow)
        .where(MenuRow.kitchen_id == kitchen_id, MenuRow.status == "published")
        .where(col(MenuRow.service_on).between(from_on, to_on))
        .order_by(col(MenuRow.service_on), col(MenuRow.meal))
    ).all()
    return [_menu(session, row, parse_service(row.service_key, zone)) for row in rows]


def newest_menus(
    session: Session, kitchen_id: str, from_on: date, to_on: date, zone: str
) -> list[tuple[str, Status, Menu]]:
    """The newest menu of each service between two dates, with row id and status, by date and meal."""
    rows = session.exec(
        select(MenuRow)
        .where(MenuRow.kitchen_id == kitchen_id, MenuRow.status != "superseded")
        .where(col(MenuRow.service_on).between(from_on, to_on))
        .order_by(col(MenuRow.service_on), col(MenuRow.meal), col(MenuRow.version))
    ).all()
    newest = {row.service_key: row for row in rows}
    return [
        (row.menu_id, cast(Status, row.status), _menu(session, row, parse_service(row.service_key, zone)))
        for row in newest.values()
    ]


def latest_menu_version(session: Session, service: Service) -> int:
    """The highest version of a service's menu, 0 when there is none."""
    query = (
        select(MenuRow.version)
        .where(MenuRow.service_key == service.key)
        .order_by(col(MenuRow.version).desc())
    )
    return session.exec(query).first() or 0


def _menu(session: Session, row: MenuRow, service: Service) -> Menu:
    items = session.exec(select(MenuItemRow).where(MenuItemRow.menu_id == row.menu_id).order_by("position"))
    lines = {
        line: tuple((dish_id, variant) for dish_id, variant in parts)
        for line, parts in (row.lines or {}).items()
    }
    return Menu(service, tuple(_item(item) for item in items), row.price_fen, row.version, lines)


def _item(row: MenuItemRow) -> MenuItem:
    return MenuItem(
        dish_id=row.dish_id,
        name_zh=row.name_zh,
        name_en=row.name_en,
        category=cast(Category, row.category),
        contains=frozenset(row.contains),
        may_contain=frozenset(row.may_contain),
        unknown=frozenset(row.unknown),
        iddsi_level=row.iddsi_level,
        tags=frozenset(row.tags),
        hold_class=cast(HoldClass, row.hold_class),
        supply=cast(Supply, row.supply or "serve_hot"),
        variants=frozenset(row.variants or ()),
        made=tuple(_made(document) for document in row.made or ()),
    )


def _made(document: Mapping[str, Any]) -> Made:
    return Made(
        variant=document["variant"],
        iddsi_level=document["iddsi_level"],
        contains=frozenset(document["contains"]),
        may_contain=frozenset(document["may_contain"]),
        unknown=frozenset(document["unknown"]),
        tags=frozenset(document["tags"]),
    )


def _item_values(menu_id: str, position: int, item: MenuItem) -> dict[str, Any]:
    return {
        "menu_id": menu_id,
        "position": position,
        "dish_id": item.dish_id,
        "name_zh": item.name_zh,
        "name_en": item.name_en,
        "category": item.category,
        "contains": sorted(item.contains),
        "may_contain": sorted(item.may_contain),
        "unknown": sorted(item.unknown),
        "iddsi_level": item.iddsi_level,
        "tags": sorted(item.tags),
        "hold_class": item.hold_class,
        "supply": item.supply,
        "variants": sorted(item.variants),
        "made": [_made_values(one) for one in item.made],
    }


def _made_values(made: Made) -> dict[str, Any]:
    return {
        "variant": made.variant,
        "iddsi_level": made.iddsi_level,
        "contains": sorted(made.contains),
        "may_contain": sorted(made.may_contain),
        "unknown": sorted(made.unknown),
        "tags": sorted(made.tags),
    }
