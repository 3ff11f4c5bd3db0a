"""Orders from a clerk's book."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import cast

from api.day.services import require_open_day
from api.imports.cells import Record
from api.imports.report import Applied, Context, RowRefused, once_each
from orders.diners import Diner
from orders.errors import MealError
from orders.menus import Menu
from orders.order import Order, OrderLine
from orders.service import Meal, Service
from orders.sites import Site
from orders.store.diners import load_diners
from orders.store.menus import load_menu
from orders.store.orders import load_orders, save_orders
from orders.store.services import load_close
from orders.store.sites import load_sites

SOURCE = "import"


@dataclass(slots=True)
class _Day:
    """What one service's rows are checked against; ``refusal`` says why none of them can be taken."""

    service: Service
    menu: Menu
    stored: Mapping[str, Order]
    by_diner: dict[str, str]
    sites: Mapping[str, Site]
    site_ids: Mapping[str, str]
    refusal: RowRefused | None
    closed: bool


def apply_orders(records: list[Record], context: Context) -> Applied:
    """
    Keeps new orders.

    An order that is stored already with the same content is unchanged; with other content it is refused,
    since an order is amended by a person, not overwritten by a file.
    """
    applied = Applied()
    diners = {diner.code: diner for diner in load_diners(context.session).values()}
    days: dict[tuple[date, Meal], _Day] = {}
    new: dict[Service, list[Order]] = {}
    for record in once_each(records, applied, "code", "row_order_twice"):
        key = (cast(date, record.values["service_on"]), cast(Meal, record.values["meal"]))
        if key not in days:
            days[key] = _day(context, *key)
        day = days[key]
        try:
            order = _order(record, day, diners, context)
        except RowRefused as refusal:
            applied.refuse(record, refusal)
            continue
        if applied.count(day.stored.get(order.code), order):
            day.by_diner[order.diner_id] = order.code
            new.setdefault(day.service, []).append(order)
    for service, orders in new.items():
        save_orders(context.session, service, orders, SOURCE, {o.order_id: _ref(service, o) for o in orders})
    return applied


def _ref(service: Service, order: Order) -> str:
    return f"{service.key}/{order.code}"


def _day(context: Context, service_on: date, meal: Meal) -> _Day:
    session, kitchen = context.session, context.kitchen
    service = Service(kitchen.kitchen_id, service_on, meal, kitchen.zone)
    sites = load_sites(session, kitchen.kitchen_id, meal)
    stored = {order.code: order for order in load_orders(session, service, ("placed", "locked", "cancelled"))}
    live = {order.diner_id: order.code for order in stored.values() if order.state != "cancelled"}
    menu = load_menu(session, service) or Menu(service, (), 0)
    names = {site.name: site_id for site_id, site in sites.items() if site.kind == "canteen"}
    return _Day(
        service=service,
        menu=menu,
        stored=stored,
        by_diner=live,
        sites=sites,
        site_ids=names | {site_id: site_id for site_id in sites},
        refusal=_refusal(context, service, menu),
        closed=load_close(session, service) is not None,
    )


def _refusal(context: Context, service: Service, menu: Menu) -> RowRefused | None:
    today_on = service.local(context.now_at).date()
    if today_on > service.service_on:
        return RowRefused("service_on", "row_date_past", today=today_on.isoformat())
    try:
        require_open_day(context.session, service)
    except MealError as error:
        return RowRefused("service_on", error.code, **error.params)
    return None if menu.items else RowRefused("service_on", "row_no_menu", service=service.key)


def _order(record: Record, day: _Day, diners: Mapping[str, Diner], context: Context) -> Order:
    diner = diners.get(str(record.values["diner_code"]))
    if diner is None:
        raise RowRefused("diner_code", "row_diner_unknown")
    if day.refusal:
        raise day.refusal
    site_id = day.site_ids.get(str(record.values["site"]))
    if site_id is None:
        raise RowRefused("site", "row_site_unknown")
    order = _built(record, diner, site_id, _dishes(record, day.menu), context)
    old = day.stored.get(order.code)
    if old is not None:
        if not _same(old, order):
            raise RowRefused("code", "row_order_differs")
        return old
    if day.closed:
        raise RowRefused("service_on", "row_service_closed", service=day.service.key)
    if diner.diner_id in day.by_diner:
        raise RowRefused("diner_code", "row_diner_ordered", order=day.by_diner[diner.diner_id])
    return order


def _built(record: Record, diner: Diner, site_id: str, dish_ids: Sequence[str], context: Context) -> Order:
    return Order(
        order_id=context.ids.new(),
        code=str(record.values["code"]),
        diner_id=diner.diner_id,
        site_id=diner.site_id if diner.delivery == "direct" else site_id,
        lines=tuple(OrderLine(context.ids.new(), dish_id, dish_id) for dish_id in dish_ids),
        price_fen=cast(int, record.values["price"]),
        placed_at=cast(datetime, record.values["ordered_at"]).astimezone(UTC),
        channel=str(record.values["channel"]),
    )


def _dishes(record: Record, menu: Menu) -> list[str]:
    names = {name: item.dish_id for item in menu.items for name in (item.name_zh, item.name_en, item.dish_id)}
    wanted = cast(tuple[str, ...], record.values["dishes"])
    unknown = [name for name in wanted if name not in names]
    if unknown or not wanted:
        near = difflib.get_close_matches(unknown[0] if unknown else "", names, n=1, cutoff=0.3)
        offered = near[0] if near else "、".join(item.name_zh for item in menu.items)
        raise RowRefused("dishes", "row_dish_unknown", dish="、".join(unknown), offered=offered)
    return [names[name] for name in wanted]


def _same(old: Order, new: Order) -> bool:
    asked = [line.ordered_dish_id for line in old.lines] == [line.dish_id for line in new.lines]
    kept = (old.diner_id, old.price_fen, old.placed_at)
    return asked and kept == (new.diner_id, new.price_fen, new.placed_at)
