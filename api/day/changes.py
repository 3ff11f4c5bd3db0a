"""What has changed since the published plan: shown to the kitchen and printed, never mixed into the plan."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.day.suits import strays_of
from api.reports.facts import Named
from api.store.users import load_users
from kitchen.store.production import load_production
from orders.codes import Excepted
from orders.late_changes import (
    ChangedLine,
    ChangeKind,
    OrderChange,
    as_planned,
    dishes_by_site,
    since_version,
)
from orders.order import Order
from orders.service import Service
from orders.store.changes import load_changes
from orders.store.diners import load_diner
from orders.store.menus import load_menu
from orders.store.orders import load_orders
from orders.store.sites import load_sites


@dataclass(frozen=True, slots=True)
class ChangeView:
    """
    One change.

    Parameters
    ----------
    at, by, reason
        When it was entered, by whom, why.
    order_code, diner
        Whose order.
    kind
        What was done.
    more, fewer
        Dishes that come in addition, and that are not wanted any more, each with its site.
    """

    at: datetime
    by: str
    reason: str
    order_code: str
    diner: str
    kind: ChangeKind
    more: tuple[tuple[Named, str], ...]
    fewer: tuple[tuple[Named, str], ...]


@dataclass(frozen=True, slots=True)
class ChangesView:
    """
    The changes since a version.

    Parameters
    ----------
    version
        Of the published plan; 0 while none is published.
    changes
        In the order they were entered.
    sums
        Site, dish and portions more or fewer than planned.
    strays
        Portions on order that are in no box yet, or planned otherwise than their diner needs, by order.
    """

    version: int
    changes: tuple[ChangeView, ...]
    sums: tuple[tuple[str, Named, int], ...]
    strays: tuple[Excepted, ...] = ()


def changes_view(session: Session, service: Service) -> ChangesView:
    """What has changed since the published plan of a service."""
    production = load_production(session, service.key)
    version = production.version if production else 0
    found = since_version(load_changes(session, service, late_only=True), version)
    strays = tuple(Excepted(one.reason, one.order.code, 1) for one in strays_of(session, service))
    if not found:
        return ChangesView(version, (), (), strays)
    sites = load_sites(session, service.kitchen_id, service.meal)
    menu = load_menu(session, service)
    dishes = {item.dish_id: Named(item.name_zh, item.name_en) for item in menu.items} if menu else {}
    names = {key: site.name for key, site in sites.items()}
    users = {user.actor.user_id: user.actor.name for user in load_users(session)}
    book = _Book(session, dishes, names, users)
    sums = tuple(
        (names.get(site_id, site_id), book.dish(dish_id), portions)
        for (site_id, dish_id), portions in dishes_by_site(found).items()
    )
    return ChangesView(version, tuple(book.view(one) for one in found), sums, strays)


def planned_orders(session: Session, service: Service, version: int) -> list[Order]:
    """The orders as a published version knows them."""
    changes = since_version(load_changes(session, service, late_only=True), version)
    orders = load_orders(session, service, ("locked", "cancelled") if changes else ("locked",))
    return as_planned(orders, changes)


@dataclass(frozen=True, slots=True)
class _Book:
    """Names of what changes mention."""

    session: Session
    dishes: dict[str, Named]
    sites: dict[str, str]
    users: dict[str, str]

    def dish(self, dish_id: str) -> Named:
        return self.dishes.get(dish_id, Named(dish_id, dish_id))

    def line(self, line: ChangedLine) -> tuple[Named, str]:
        return self.dish(line.dish_id), self.sites.get(line.site_id, line.site_id)

    def view(self, change: OrderChange) -> ChangeView:
        diner = load_diner(self.session, change.diner_id)
        return ChangeView(
            at=change.entered_at,
            by=self.users.get(change.by, change.by),
            reason=change.reason,
            order_code=change.order_code,
            diner=f"{diner.name} {diner.code}" if diner else "",
            kind=change.kind,
            more=tuple(self.line(line) for line in change.added),
            fewer=tuple(self.line(line) for line in change.removed),
        )
