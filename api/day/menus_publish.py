"""Drafts of menus published: judged once more by the rules and the neighbours of that moment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.day.menus import menus_by_line
from api.day.menus_gather import gather
from api.day.menus_wish import MenuWish
from api.permissions import Actor, ensure
from kitchen.menu_check import check_menus
from orders.codes import Coded
from orders.errors import Conflict, NotFound
from orders.menus import Menu
from orders.store.menus import find_menu, menu_revisions, publish_menu
from orders.store.orders import load_orders
from orders.store.services import load_close


def publish_draft(session: Session, menu_id: str, *, actor: Actor, now_at: datetime) -> Menu:
    """Publishes one draft, as `publish_drafts` does."""
    return publish_drafts(session, [menu_id], actor=actor, now_at=now_at)[0]


def publish_drafts(
    session: Session, menu_ids: Sequence[str], *, actor: Actor, now_at: datetime
) -> tuple[Menu, ...]:
    """
    Publishes drafts, all or none; the versions before are superseded.

    Raises
    ------
    NotFound
        When there is no such menu.
    Conflict
        When one is no draft, its service is closed, somebody has ordered a dish that it lacks, or, with the
        reasons, it breaks a rule as catalogue, rules and the menus about it are now.
    """
    menus = {menu_id: _draft(session, menu_id, actor) for menu_id in dict.fromkeys(menu_ids)}
    broken = tuple(_broken(session, menus))
    if broken:
        refusal = Conflict("menu_breaks_rules", rules=len(broken))
        refusal.reasons = broken
        raise refusal
    for menu_id, menu in menus.items():
        publish_menu(session, menu_id)
        record(session, actor, "menu.publish", menu.service.key, now_at, {"version": menu.version})
    return tuple(menus.values())


def _draft(session: Session, menu_id: str, actor: Actor) -> Menu:
    found = find_menu(session, menu_id)
    if found is None:
        raise NotFound("menu", menu_id)
    status, menu = found
    ensure(actor, "menu.publish", kitchen_id=menu.service.kitchen_id)
    if status != "draft":
        raise Conflict("menu_not_draft", service=menu.service.key, version=menu.version)
    if load_close(session, menu.service):
        raise Conflict("service_closed_already", service=menu.service.key)
    orders = load_orders(session, menu.service)
    lacking = sum(any(menu.item(line.dish_id) is None for line in order.lines) for order in orders)
    if lacking:
        raise Conflict("menu_lacks_ordered", service=menu.service.key, orders=lacking)
    return menu


def _broken(session: Session, menus: Mapping[str, Menu]) -> Iterator[Coded]:
    """Rules that planned menus break; a menu without lines was set by hand and is not judged."""
    alike: dict[tuple[str, str, tuple[str, ...], frozenset[str]], list[Menu]] = {}
    for menu_id, menu in sorted(menus.items(), key=lambda one: one[1].service.service_on):
        if menu.lines:
            standing = frozenset(menu_revisions(session, menu_id).get("standing", ()))
            key = (menu.service.kitchen_id, menu.service.meal, tuple(menu.lines), standing)
            alike.setdefault(key, []).append(menu)
    for (*_, standing), own in alike.items():
        yield from _broken_of(session, own, standing)


def _broken_of(session: Session, menus: Sequence[Menu], standing: frozenset[str]) -> Iterator[Coded]:
    """
    Rules that menus of the same lines break, each day as it is now.

    Kinds of food belong to whole weeks and were judged when the week was planned.
    """
    service = menus[0].service
    dates = [menu.service.service_on for menu in menus]
    wish = MenuWish(tuple(menus[0].lines), standing=standing)
    work = gather(session, service.kitchen_id, dates, service.meal, wish)
    yield from (work.closed[on] for on in dates if on in work.closed)
    sets = [one for menu in menus for one in menus_by_line(menu) if one.service_on not in work.closed]
    gone = [(one, cooked[0]) for one in sets for cooked in one.dishes if cooked not in work.task.made]
    for one, dish_id in gone:
        about: dict[str, str | int | float] = {"day": one.service_on.isoformat(), "line": one.line}
        yield Coded("menu_dish_gone", about | {"dish": dish_id})
    if not gone:
        yield from check_menus(sets, replace(work.task, rules=replace(work.task.rules, kinds_bind=False)))
