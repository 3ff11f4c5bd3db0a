"""Walk-in: somebody without an order gets, at the counter, what the site has to spare."""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import replace

from sqlmodel import Session, col, select

from api.ordering.facts import Asked, asked, menu_of, require_for
from api.ordering.place import Placed, Wanted, channel_of, require_eating, require_site_open
from api.ordering.quotes import quote_order
from api.ordering.record import Acting, write
from kitchen.store.production import load_production, load_spare
from kitchen.store.production_rows import BatchRow, BoxLineRow, BoxRow
from kitchen.store.withheld import lines_withheld, load_withheld
from kitchen.withheld import barred_food
from orders.errors import BadInput, Conflict, NotFound
from orders.menus import Menu
from orders.order import Order, OrderLine
from orders.ordering import check_dishes, price_of, usual
from orders.service import Service
from orders.store.orders import load_orders, next_code, orders_of_diner
from orders.store.receipts import load_receipts

CHANNEL = "walk_in"


def walk_in(
    session: Session, service: Service, wanted: Wanted, acting: Acting, spare: Mapping[str, int] | None = None
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
        Dish to portions that nobody else waits for; None counts them from boxes and orders.

    Raises
    ------
    Conflict
        ``nothing_spare`` when not one suitable portion is left, ``walk_in_allergic`` since what is spare is
        never an allergic diner's sealed meal, or the programme refuses the meal.
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
    left = spare_portions(session, service, wanted.site_id) if spare is None else spare
    dish_ids = _chosen(facts, menu, wanted, left)
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


def spare_portions(session: Session, service: Service, site_id: str) -> Counter[str]:
    """
    Portions in a site's accepted boxes that no order asks for, less what walk-ins got, by dish.

    Food on hold or discarded on hold is not among them.

    Raises
    ------
    NotFound
        When no plan is published.
    """
    production = load_production(session, service.key)
    if production is None:
        raise NotFound("production", service.key)
    receipts = load_receipts(session, service).values()
    accepted = [one.box_id for one in receipts if one.portions]
    query = (
        select(BoxLineRow.line_id, BatchRow.dish_id)
        .join(BoxRow, col(BoxRow.box_id) == col(BoxLineRow.box_id))
        .join(BatchRow, col(BatchRow.batch_id) == col(BoxLineRow.batch_id))
        .where(BoxRow.production_id == production.production_id, BoxRow.site_id == site_id)
        .where(col(BoxLineRow.box_id).in_(accepted))
    )
    orders = load_orders(session, service, ("locked",), site_id)
    promised = {line.line_id for order in orders for line in order.lines if line.state != "withdrawn"}
    boxed = dict(session.exec(query).all())
    withheld = load_withheld(session, service.key)
    barred, kept = barred_food(withheld).keys(), promised | lines_withheld(session, withheld).keys()
    spare = Counter(dish_id for line_id, dish_id in boxed.items() if line_id not in kept)
    spare += _packed_for_walk_ins(session, production.production_id, site_id, set(accepted) - barred, barred)
    unboxed = (line for order in orders for line in order.lines if line.state != "withdrawn")
    spare.subtract(line.dish_id for line in unboxed if line.line_id not in boxed)
    return Counter({dish_id: count for dish_id, count in spare.items() if count > 0})


def _packed_for_walk_ins(
    session: Session, production_id: str, site_id: str, box_ids: Set[str], barred: Set[str]
) -> Counter[str]:
    """Spare portions in a site's boxes of those named, but of batches that are not barred, by dish."""
    here = select(BoxRow.box_id).where(BoxRow.production_id == production_id, BoxRow.site_id == site_id)
    found: Counter[str] = Counter()
    for inside in load_spare(session, production_id, box_ids & set(session.exec(here))).values():
        for one in inside:
            found[one.dish_id] += one.portions if one.batch_id not in barred else 0
    return found


def _require_allowed(session: Session, facts: Asked, site_id: str) -> None:
    site = facts.sites.get(site_id)
    if site is None or site.kind != "canteen":
        raise BadInput("site_takes_no_meal", site=site_id or "-", meal=facts.service.meal)
    if not facts.closed:
        raise Conflict("service_not_closed", service=facts.service.key)
    require_eating(session, facts)
    require_site_open(session, facts.service, site)
    if facts.programme.meals.second_meal == "refuse":
        day = (facts.service.service_on, facts.service.service_on)
        if live := orders_of_diner(session, facts.diner.diner_id, *day):
            raise Conflict("second_meal_not_sold", order=live[0][1].code)


def _chosen(facts: Asked, menu: Menu, wanted: Wanted, spare: Mapping[str, int]) -> list[str]:
    plain = menu.plain.items
    left = replace(menu, items=tuple(item for item in plain if spare.get(item.dish_id, 0) > 0))
    dish_ids = list(wanted.dish_ids) or [item.dish_id for item in usual(facts.diner, left, facts.sets)]
    if not dish_ids or any(spare.get(dish_id, 0) < 1 for dish_id in dish_ids):
        raise Conflict("nothing_spare", site=facts.sites[wanted.site_id].name)
    check_dishes(facts.diner, menu.plain, dish_ids)
    return dish_ids
