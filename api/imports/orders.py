"""Orders from a clerk's book."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import cast

from api.day.services import out_of_force, programmes_of, require_open, rules_of
from api.db import hold
from api.imports.canteens import HOME_PREFIX
from api.imports.cells import Record, RowProblem
from api.imports.diners import canteens_by_name, find_canteen
from api.imports.names import folded, nearest
from api.imports.report import Applied, Context, RowRefused, attempt, once_each
from api.ordering.place import STAFF_CHANNELS
from orders.closures import Closure, closure_on
from orders.codes import Coded
from orders.diners import Diner
from orders.errors import MealError, ServiceClosed
from orders.menus import Menu
from orders.order import LIVE, Order, OrderLine
from orders.service import Meal, Service
from orders.sites import Site
from orders.store.closures import load_closures
from orders.store.diners import load_diners
from orders.store.menus import load_menu
from orders.store.orders import load_orders, save_orders
from orders.store.services import load_close
from orders.store.sites import load_sites

SOURCE = "import"


@dataclass(frozen=True, slots=True)
class _Day:
    """
    What one service's rows are checked against.

    ``refusal`` says why it can take no new order, ``shut`` why those of some diners, by row id: their own
    programme has no service on the date.
    """

    service: Service
    menu: Menu
    dishes: Mapping[str, str]
    stored: Mapping[str, Order]
    by_diner: dict[str, str]
    sites: Mapping[str, Site]
    canteens: Mapping[str, Site]
    closures: Sequence[Closure]
    refusal: RowRefused | None
    shut: Mapping[str, RowRefused]
    channels: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class _People:
    """Diners by code, and their codes by folded name."""

    by_code: Mapping[str, Diner]
    codes: Mapping[str, list[str]]


def apply_orders(records: list[Record], context: Context) -> Applied:
    """
    Keeps new orders.

    An order that is stored already with the same content is unchanged; with other content it is refused,
    since an order is amended by a person, not overwritten by a file. No stored order is ever touched.
    """
    applied = Applied()
    people = _people(context)
    days: dict[tuple[date, Meal], _Day] = {}
    new: dict[Service, list[Order]] = {}
    for record in once_each(records, applied, "row_order_twice", "service_on", "meal", "code"):
        key = (cast(date, record.values["service_on"]), cast(Meal, record.values["meal"]))
        if key not in days:
            days[key] = _day(context, people, *key)
        day = days[key]
        order = _order(record, day, people, context)
        if isinstance(order, list):
            applied.refuse(record, *order)
        elif applied.count(day.stored.get(order.code), order):
            _look_at_channel(record, day, order, applied)
            day.by_diner[order.diner_id] = order.code
            new.setdefault(day.service, []).append(order)
    for service, orders in new.items():
        save_orders(context.session, service, orders, SOURCE, {o.order_id: _ref(service, o) for o in orders})
    return applied


def _ref(service: Service, order: Order) -> str:
    return f"{service.key}/{order.code}"


def _people(context: Context) -> _People:
    by_code = {diner.code: diner for diner in load_diners(context.session).values()}
    codes = defaultdict(list)
    for diner in by_code.values():
        codes[folded(diner.name)].append(diner.code)
    return _People(by_code, codes)


def _day(context: Context, people: _People, service_on: date, meal: Meal) -> _Day:
    session, kitchen = context.session, context.kitchen
    service = Service(kitchen.kitchen_id, service_on, meal, kitchen.zone)
    hold(session, service.key)
    sites = load_sites(session, kitchen.kitchen_id, meal)
    stored = {order.code: order for order in load_orders(session, service, (*LIVE, "cancelled"))}
    menu = load_menu(session, service) or Menu(service, (), 0)
    refusal = _refusal(context, service, menu)
    return _Day(
        service=service,
        menu=menu,
        dishes={folded(n): i.dish_id for i in menu.items for n in (i.name_en, i.name_zh, i.dish_id)},
        stored=stored,
        by_diner={order.diner_id: order.code for order in stored.values() if order.state != "cancelled"},
        sites=sites,
        canteens=canteens_by_name(sites.values()),
        closures=load_closures(session, None, service_on, service_on),
        refusal=refusal,
        shut={} if refusal else _shut(context, people, service),
        channels={} if refusal else _channels(context, people, service),
    )


def _refusal(context: Context, service: Service, menu: Menu) -> RowRefused | None:
    if context.today_on > service.service_on:
        return RowRefused("service_on", "row_date_past", today=context.today_on.isoformat())
    try:
        rules = rules_of(context.session, service)
        if not menu.items:
            require_open(service, rules.programme)
    except MealError as error:
        return RowRefused("service_on", error.code, **error.params)
    if load_close(context.session, service) is not None:
        return RowRefused(
            "service_on", "row_service_closed", day=service.service_on.isoformat(), meal=service.meal
        )
    if menu.items:
        return None
    return RowRefused("service_on", "row_no_menu", day=service.service_on.isoformat(), meal=service.meal)


def _shut(context: Context, people: _People, service: Service) -> dict[str, RowRefused]:
    """Diners whose own programme serves nothing on the date, each with the next date that is served."""
    ids = [diner.diner_id for diner in people.by_code.values()]
    found: dict[str, RowRefused | None] = {}
    lost = out_of_force(context.session, service, ids)
    programmes = programmes_of(context.session, service, [one for one in ids if one not in lost])
    for programme in {one.id: one for one in programmes.values()}.values():
        try:
            require_open(service, programme)
            found[programme.id] = None
        except ServiceClosed as error:
            found[programme.id] = RowRefused("service_on", error.code, **error.params)
    shut = {one: refusal for one, own in programmes.items() if (refusal := found[own.id]) is not None}
    return shut | {
        one: RowRefused("diner_code", "not_in_force", programme=name, day=service.service_on.isoformat())
        for one, name in lost.items()
    }


def _channels(context: Context, people: _People, service: Service) -> dict[str, tuple[str, ...]]:
    """The channels of each diner's own programme, by row id; empty where the programme names none."""
    ids = [diner.diner_id for diner in people.by_code.values()]
    lost = out_of_force(context.session, service, ids)
    programmes = programmes_of(context.session, service, [one for one in ids if one not in lost])
    return {one: tuple(own.ordering.channels) for one, own in programmes.items()}


def _look_at_channel(record: Record, day: _Day, order: Order, applied: Applied) -> None:
    """Names an order by a channel that its diner's programme does not take; it is kept all the same."""
    known = day.channels.get(order.diner_id, ())
    if known and order.channel not in known and order.channel not in STAFF_CHANNELS:
        wrong = Coded("row_channel_unknown", {"channel": order.channel, "known": "、".join(known)})
        applied.overlaps.append(RowProblem(record.line, "channel", order.channel, wrong))


def _order(record: Record, day: _Day, people: _People, context: Context) -> Order | list[RowRefused]:
    """The row as a new order, the stored order that it repeats, or everything that is wrong with it."""
    old = day.stored.get(str(record.values["code"]))
    if day.refusal and old is None:
        return [day.refusal]
    refusals: list[RowRefused] = []
    diner = attempt(refusals, _diner, record, people, day)
    if diner is not None and old is None and diner.diner_id in day.shut:
        return [day.shut[diner.diner_id]]
    canteen = attempt(refusals, find_canteen, record, day.canteens)
    dish_ids = attempt(refusals, _dishes, record, day)
    if diner is None or canteen is None or dish_ids is None:
        return refusals
    order = _built(record, diner, canteen, dish_ids, context)
    if old is not None:
        return old if _same(old, order, canteen) else [RowRefused("code", "row_order_differs")]
    closure = closure_on(day.closures, order.site_id, day.service.service_on, day.service.meal)
    if closure is not None:
        return [RowRefused("site", "row_site_closed", reason_given=closure.reason)]
    if diner.diner_id in day.by_diner:
        return [RowRefused("diner_code", "row_diner_ordered", order=day.by_diner[diner.diner_id])]
    return order


def _diner(record: Record, people: _People, day: _Day) -> Diner:
    code, name = str(record.values["diner_code"]), folded(str(record.values.get("diner_name") or ""))
    diner = people.by_code.get(code)
    if diner is None:
        reason = "row_diner_unknown" if people.by_code else "row_no_diners"
        namesakes = "、".join(people.codes.get(name, ()))
        raise RowRefused(
            "diner_code", "row_diner_unknown_named" if namesakes else reason, namesakes=namesakes
        )
    if name and name != folded(diner.name):
        raise RowRefused("diner_name", "row_diner_name_differs", code=code, name=diner.name)
    stopped = diner.stopped_by(day.service.service_on)
    if stopped is not None:
        raise RowRefused("diner_code", "row_diner_stopped", stopped=stopped)
    if diner.delivery == "direct" and diner.site_id not in day.sites:
        raise RowRefused("diner_code", "row_home_unserved", site=diner.site_id)
    return diner


def _dishes(record: Record, day: _Day) -> list[str]:
    wanted = cast(tuple[str, ...], record.values["dishes"])
    unknown = [name for name in wanted if folded(name) not in day.dishes]
    if unknown or not wanted:
        offered = nearest(unknown, (item.name_zh for item in day.menu.items))
        raise RowRefused("dishes", "row_dish_unknown", dish="、".join(unknown), offered=offered)
    return [day.dishes[folded(name)] for name in wanted]


def _built(record: Record, diner: Diner, canteen: Site, dish_ids: list[str], context: Context) -> Order:
    return Order(
        order_id=context.ids.new(),
        code=str(record.values["code"]),
        diner_id=diner.diner_id,
        site_id=diner.site_id if diner.delivery == "direct" else canteen.site_id,
        lines=tuple(OrderLine(context.ids.new(), dish_id, dish_id) for dish_id in dish_ids),
        price_fen=cast(int, record.values["price"]),
        placed_at=cast(datetime, record.values["ordered_at"]).astimezone(UTC),
        channel=str(record.values["channel"]),
    )


def _same(old: Order, new: Order, canteen: Site) -> bool:
    """Whether the row repeats what was stored; of a home's order the canteen was not kept."""
    asked = [line.ordered_dish_id for line in old.lines] == [line.dish_id for line in new.lines]
    kept = (old.diner_id, old.price_fen, old.placed_at, old.channel)
    there = old.site_id.startswith(HOME_PREFIX) or old.site_id in (new.site_id, canteen.site_id)
    return asked and there and kept == (new.diner_id, new.price_fen, new.placed_at, new.channel)
