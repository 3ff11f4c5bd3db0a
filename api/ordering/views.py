"""What the pages of ordering show: a diner's days, the menu by course, the price, the order and its cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session

from api.day.services import cut_off_at, find_kitchen, is_open, programmes_of
from api.names import allergens_named
from api.ordering.facts import Asked, asked, kitchen_for, menu_of
from api.ordering.payments import Account, account_of
from api.ordering.place import Wanted, canteen_of, drafted, usual_dishes
from api.ordering.quotes import Consequence, consequence, owed_quote, quote_order
from api.ordering.record import Acting
from api.ordering.rooms import rooms
from api.reports.facts import Named
from orders.capacity import Room, place_in_line
from orders.codes import Coded
from orders.diners import Diner
from orders.errors import MealError
from orders.menus import Category, Menu, MenuItem
from orders.order import Order
from orders.ordering import MealSet, Quote, home_refusal, price_of
from orders.service import Service
from orders.sites import Kitchen, Site
from orders.store.changes import changes_of_order
from orders.store.menus import load_menus
from orders.store.orders import load_orders, orders_of_diner
from orders.suitability import unsuitable

AHEAD_DAYS = 14
MOST_DAYS = 8


@dataclass(frozen=True, slots=True)
class DayView:
    """
    One meal that a diner could order.

    Parameters
    ----------
    service
        Which meal.
    order
        The diner's order for it, None without one.
    limit_at, in_time
        Last instant in time, and whether it has not passed.
    moved_up_at
        When an order that had waited got its place; None when none did.
    """

    service: Service
    order: Order | None
    limit_at: datetime
    in_time: bool
    moved_up_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class DishView:
    """
    One dish of a course.

    Parameters
    ----------
    item
        From the menu.
    reasons
        Why this diner must not get it; empty when it suits.
    chosen
        Whether it is chosen at present.
    """

    item: MenuItem
    reasons: tuple[Coded, ...]
    chosen: bool


@dataclass(frozen=True, slots=True)
class CourseView:
    """One course: how many dishes of it the set has, and those there are."""

    category: Category
    count: int
    dishes: tuple[DishView, ...]


@dataclass(frozen=True, slots=True)
class MealView:
    """
    One diner's side of one service.

    Parameters
    ----------
    facts
        What an order is judged by.
    in_time
        Whether the cut-off has not passed.
    order, quote, consequence, account, line
        The order there is, its price, what cancelling it now would cost, its money, its place in the line.
    refusal
        Why nothing can be ordered as chosen, None when it can.
    set_code, sets
        The set that is chosen, of those on offer.
    courses
        The menu.
    canteens
        Sites that could be chosen, with their room.
    site_id, eaten
        Chosen.
    home_refused
        Why the meal is not brought home.
    names
        Of dishes, classes and allergens that sentences mention.
    editing
        Whether something else is being chosen for the order there is.
    moved_up_at
        When the order got its place after it had waited, None when it never waited.
    """

    facts: Asked
    in_time: bool
    order: Order | None
    quote: Quote | None
    consequence: Consequence | None
    account: Account | None
    line: int
    refusal: Coded | None
    set_code: str
    sets: tuple[MealSet, ...]
    courses: tuple[CourseView, ...]
    canteens: tuple[tuple[Site, Room], ...]
    site_id: str
    eaten: str
    home_refused: Coded | None
    names: Mapping[str, Named]
    editing: bool = False
    moved_up_at: datetime | None = None

    @property
    def is_full(self) -> bool:
        """Whether the chosen canteen has no place at once."""
        return any(site.site_id == self.site_id and not room.sells for site, room in self.canteens)

    @property
    def avoid(self) -> tuple[Named, ...]:
        """Allergens that the diner must not get, by name."""
        return allergens_named(self.facts.diner.allergens)


def days_of(session: Session, diner: Diner, now_at: datetime) -> list[DayView]:
    """The next meals with a menu that the diner's programme serves, by date."""
    kitchen = find_kitchen(session, kitchen_for(session, diner))
    today_on = local_day(kitchen, now_at)
    last_on = today_on + timedelta(days=AHEAD_DAYS)
    orders = dict(orders_of_diner(session, diner.diner_id, today_on, last_on))
    found: list[DayView] = []
    for menu in load_menus(session, kitchen.kitchen_id, today_on, last_on, kitchen.zone):
        try:
            programme = programmes_of(session, menu.service, [diner.diner_id])[diner.diner_id]
        except MealError:
            continue
        limit_at = cut_off_at(menu.service, programme)
        order = orders.get(menu.service.key)
        if (is_open(menu.service, programme) and limit_at >= now_at) or order is not None:
            found.append(
                DayView(menu.service, order, limit_at, now_at <= limit_at, moved_up_at(session, order))
            )
    return found[:MOST_DAYS]


def moved_up_at(session: Session, order: Order | None) -> datetime | None:
    """When an order that stands got a place after it had waited, None when it never waited."""
    if order is None or order.state not in ("placed", "locked"):
        return None
    changes = changes_of_order(session, order.order_id)
    return max((one.entered_at for one in changes if one.kind == "moved_up"), default=None)


def local_day(kitchen: Kitchen, now_at: datetime) -> date:
    """Today at the kitchen."""
    return Service(kitchen.kitchen_id, date.min, "lunch", kitchen.zone).local(now_at).date()


def meal_view(
    session: Session, service: Service, wanted: Wanted, acting: Acting, set_code: str = ""
) -> MealView:
    """
    One diner's side of one service, with what is chosen there at present.

    Parameters
    ----------
    session, service
        Which service.
    wanted
        What is chosen; the diner's order, else the usual, where nothing is.
    acting
        Who looks, when.
    set_code
        The set that is chosen; empty is the one of the dishes.
    """
    facts = asked(session, service, wanted.diner_id)
    menu = menu_of(session, service)
    order = _order(session, facts)
    one = _set(facts, menu, set_code, order, wanted.dish_ids)
    dish_ids = _dishes(session, facts, menu, order, wanted.dish_ids, one)
    chosen = replace(wanted, dish_ids=dish_ids, site_id=wanted.site_id or _site(facts, order))
    if order is None:
        refusal, quote = _drafted(session, facts, menu, chosen, acting)
    else:
        refusal, quote = None, _standing(session, facts, menu, order, dish_ids if wanted.dish_ids else ())
    canteens = {key: site for key, site in facts.sites.items() if site.kind == "canteen"}
    room = rooms(session, service, canteens)
    waiting = load_orders(session, service, ("waiting",), order.site_id) if order else []
    return MealView(
        facts=facts,
        in_time=acting.now_at <= facts.limit_at,
        order=order,
        quote=quote,
        consequence=consequence(session, facts, order, acting.counted_at) if order else None,
        account=account_of(session, order.order_id) if order else None,
        line=place_in_line(waiting, order.order_id) if order else 0,
        refusal=refusal,
        set_code=one.code if one else "",
        sets=facts.sets,
        courses=_courses(facts, menu, one, dish_ids),
        canteens=tuple((site, room[key]) for key, site in canteens.items()),
        site_id=chosen.site_id,
        eaten=wanted.eaten or _eaten(facts, order),
        home_refused=home_refusal(facts.programme, facts.diner, service),
        names=_names(facts, menu),
        editing=bool(order and (wanted.dish_ids or set_code)),
        moved_up_at=moved_up_at(session, order),
    )


def _order(session: Session, facts: Asked) -> Order | None:
    on = facts.service.service_on
    found = orders_of_diner(session, facts.diner.diner_id, on, on)
    return next((order for key, order in found if key == facts.service.key), None)


def _set(
    facts: Asked, menu: Menu, set_code: str, order: Order | None, dish_ids: Sequence[str]
) -> MealSet | None:
    """The set named, else the cheapest that holds the dishes."""
    named = next((one for one in facts.sets if one.code == set_code), None)
    if named is not None or not facts.sets:
        return named
    items = [item for item in menu.items if item.dish_id in (dish_ids or (order.dish_ids if order else ()))]
    counts = {item.category: sum(one.category == item.category for one in items) for item in items}
    by_price = sorted(facts.sets, key=lambda one: one.price_fen)
    holds = (one for one in by_price if all(n <= one.parts.get(c, 0) for c, n in counts.items()))
    return next(holds, by_price[0])


def _dishes(
    session: Session,
    facts: Asked,
    menu: Menu,
    order: Order | None,
    dish_ids: Sequence[str],
    one: MealSet | None,
) -> tuple[str, ...]:
    """What is chosen, else ordered, else usual; filled up or cut to what the set holds."""
    if one is None:
        return tuple(dish_ids or (order.dish_ids if order else usual_dishes(session, facts, menu)))
    narrowed = replace(facts, sets=(one,))
    wishes = tuple(dish_ids or (order.dish_ids if order else ()))
    return tuple(usual_dishes(session, narrowed, menu, wishes))


def _drafted(
    session: Session, facts: Asked, menu: Menu, wanted: Wanted, acting: Acting
) -> tuple[Coded | None, Quote | None]:
    try:
        return None, quote_order(session, facts, drafted(session, facts, menu, wanted, acting))
    except MealError as error:
        return error.coded, None


def _standing(session: Session, facts: Asked, menu: Menu, order: Order, dish_ids: Sequence[str]) -> Quote:
    """The price of the order there is, or of the dishes that are about to be chosen for it."""
    if not dish_ids:
        return owed_quote(session, facts, order)
    return quote_order(session, facts, replace(order, price_fen=price_of(menu, facts.sets, dish_ids)))


def _courses(
    facts: Asked, menu: Menu, one: MealSet | None, dish_ids: Sequence[str]
) -> tuple[CourseView, ...]:
    by_category: dict[Category, list[DishView]] = {}
    for item in menu.items:
        view = DishView(item, tuple(unsuitable(facts.diner, item)), item.dish_id in dish_ids)
        by_category.setdefault(item.category, []).append(view)
    return tuple(
        CourseView(category, one.parts.get(category, 0) if one else 1, tuple(dishes))
        for category, dishes in by_category.items()
        if one is None or one.parts.get(category, 0)
    )


def _site(facts: Asked, order: Order | None) -> str:
    if order is not None and order.delivery != "direct":
        return order.site_id
    return "" if facts.diner.delivery == "direct" else canteen_of(facts)


def _eaten(facts: Asked, order: Order | None) -> str:
    brought = order.brought(facts.diner) if order else facts.diner.delivery
    return "dine_in" if brought == "dine_in" else "home"


def _names(facts: Asked, menu: Menu) -> dict[str, Named]:
    dishes = {item.dish_id: Named(item.name_zh, item.name_en) for item in menu.items}
    classes = {one.id: Named(one.name.zh, one.name.en) for one in facts.programme.classes}
    benefits = {
        one.id: Named(one.name.zh, one.name.en) for one in facts.programme.benefits if one.name is not None
    }
    parties = {name: Named(one.name.zh, one.name.en) for name, one in facts.programme.party.items()}
    head = facts.programme.programme.name
    return parties | benefits | classes | dishes | {facts.programme.id: Named(head.zh, head.en)}
