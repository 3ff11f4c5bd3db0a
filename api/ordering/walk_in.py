"""Walk-in: somebody without an order gets, at the counter, what the site has to spare."""

from collections.abc import Mapping
from dataclasses import replace

from sqlmodel import Session

from api.ordering.facts import Asked, asked, menu_of, require_for
from api.ordering.place import Placed, Wanted, channel_of, require_eating, require_site_open
from api.ordering.quotes import quote_order
from api.ordering.record import Acting, write
from orders.errors import BadInput, Conflict
from orders.menus import Menu
from orders.order import Order, OrderLine
from orders.ordering import check_dishes, price_of, usual
from orders.service import Service
from orders.store.orders import next_code, orders_of_diner
from orders.store.receipts import served_orders

CHANNEL = "walk_in"


def walk_in(
    session: Session, service: Service, wanted: Wanted, acting: Acting, spare: Mapping[str, int]
) -> Placed:
    """
    Places and locks an order at the counter against what is spare there.

    A second meal of the day is allowed where the programme gives it at list price. The caller holds the
    service's lock.

    Parameters
    ----------
    session, service
        Which service; it is closed and its plan published.
    wanted
        Who, at which site; without dishes the spare ones that suit.
    acting
        Who serves.
    spare
        Dish to portions there that nobody else waits for.

    Raises
    ------
    Conflict
        ``nothing_spare`` when not one suitable portion is left, ``walk_in_allergic`` since what is spare is
        never an allergic diner's sealed meal, ``walk_in_has_order`` while the own meal waits at this very
        table, or the programme refuses the meal.
    """
    facts = asked(session, service, wanted.diner_id)
    require_for(
        session, acting.actor, "orders.place", wanted.diner_id, acting.now_at,
        service=service, site_id=wanted.site_id,
    )  # fmt: skip
    _require_allowed(session, facts, wanted.site_id)
    if facts.diner.allergens:
        raise Conflict("walk_in_allergic")
    menu = menu_of(session, service)
    dish_ids = _chosen(facts, menu, wanted, spare)
    order = Order(
        order_id=acting.ids.new(),
        code=next_code(session, service),
        diner_id=facts.diner.diner_id,
        site_id=wanted.site_id,
        lines=tuple(OrderLine(acting.ids.new(), dish_id, dish_id) for dish_id in dish_ids),
        price_fen=price_of(menu, facts.sets, dish_ids),
        placed_at=acting.now_at,
        channel=channel_of(facts, CHANNEL),
        state="locked",
        delivery="dine_in",
    )
    write(session, facts, None, order, "walk_in", acting)
    return Placed(order, quote_order(session, facts, order), True)


def _require_allowed(session: Session, facts: Asked, site_id: str) -> None:
    site = facts.sites.get(site_id)
    if site is None or site.kind != "canteen":
        raise BadInput("site_takes_no_meal", site=site_id or "-", meal=facts.service.meal)
    if not facts.closed:
        raise Conflict("service_not_closed", service=facts.service.key)
    require_eating(session, facts)
    require_site_open(session, facts.service, site)
    day = (facts.service.service_on, facts.service.service_on)
    live = orders_of_diner(session, facts.diner.diner_id, *day)
    here = [one for key, one in live if (key, one.site_id) == (facts.service.key, site_id)]
    served = served_orders(session, [one.order_id for one in here])
    if waiting := [one for one in here if one.order_id not in served]:
        raise Conflict("walk_in_has_order", order=waiting[0].code)
    if facts.programme.meals.second_meal == "refuse" and live:
        raise Conflict("second_meal_not_sold", order=live[0][1].code)


def _chosen(facts: Asked, menu: Menu, wanted: Wanted, spare: Mapping[str, int]) -> list[str]:
    plain = menu.plain.items
    left = replace(menu, items=tuple(item for item in plain if spare.get(item.dish_id, 0) > 0))
    dish_ids = list(wanted.dish_ids) or [item.dish_id for item in usual(facts.diner, left, facts.sets)]
    if not dish_ids or any(spare.get(dish_id, 0) < 1 for dish_id in dish_ids):
        raise Conflict("nothing_spare", site=facts.sites[wanted.site_id].name)
    check_dishes(facts.diner, menu.plain, dish_ids)
    return dish_ids
