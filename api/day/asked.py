"""Asked: the portions and extras of a service before its plan, reckoned as its plan would reckon them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from sqlmodel import Session

from api.day.diets import with_diets
from api.day.extras import WALK_IN, extras_of
from api.day.offered import offered
from api.day.plan import portions_of
from api.store.config import load_config
from kitchen.demand import Portion
from kitchen.purchasing import DishAsk, ServiceAsk, expected_portions
from orders.menus import Menu
from orders.order import Order, OrderLine
from orders.service import Service, parse_service
from orders.store.diners import load_diners
from orders.store.menus import load_menu
from orders.store.orders import load_orders
from orders.store.services import closed_services, load_close
from orders.store.sites import load_kitchen_settings, load_sites
from orders.suitability import unsuitable

PAST_SERVICES = 4
PAST_WEEKS = 8
NOBODY = "expected"


def asked_of(session: Session, menu: Menu) -> ServiceAsk:
    """
    What a service that is not planned yet asks of the kitchen.

    After the close these are its orders. Before it, people who ate at past services of this meal and weekday
    stand for those who have not ordered yet, each with the variant and the size that they would get.

    References
    ----------
    docs/stock.md, "What is expected".
    """
    service, shown = menu.service, offered(session, menu.service) or menu
    orders = load_orders(session, service)
    if load_close(session, service) is not None:
        return _ask(session, shown, orders, (), None)
    past = _past(session, service)
    known = Counter(line.dish_id for one in orders for line in one.lines if line.state != "withdrawn")
    categories = {item.dish_id: item.category for item in shown.items}
    expected = expected_portions(categories, known, [_by_category(session, *one) for one in past])
    here = {one.diner_id for one in orders}
    guests = {one.diner_id: one for _, eaten in past for one in eaten if one.diner_id not in here}
    beyond = {dish_id: many - known.get(dish_id, 0) for dish_id, many in expected.items()}
    still = _still_to_come(session, shown, beyond, [*guests.values()] or orders)
    return _ask(session, shown, orders, still, len(past))


def _ask(
    session: Session, menu: Menu, orders: Sequence[Order], still: Sequence[Order], past: int | None
) -> ServiceAsk:
    """``past`` is how many services the expectation rests on, None after the close."""
    sites = load_sites(session, menu.service.kitchen_id, menu.service.meal)
    every = [one for one in (*orders, *still) if one.site_id in sites]
    diners = with_diets(load_diners(session, ids={one.diner_id for one in every}))
    portions = portions_of(every, diners, menu)
    _, settings = load_kitchen_settings(session, menu.service.kitchen_id)
    kept = load_config(session, "safety_profile", str(settings.get("safety_profile", "gb")))
    sample_g = int(kept[1]["sample"]["min_g"]) if kept else 0
    beyond = extras_of(session, menu.service, portions, sites, settings, sample_g)
    return ServiceAsk(
        basis="closed" if past is None else "expected",
        dishes=_dishes(portions),
        ordered=sum(line.state != "withdrawn" for one in orders for line in one.lines),
        past=past or 0,
        sample_g=sample_g,
        buffer=dict(beyond.params.buffer or {}),
        staff=dict(beyond.params.staff),
    )


def _past(session: Session, service: Service) -> list[tuple[Service, list[Order]]]:
    """The last services of this meal on this weekday with what was ordered for them, the newest first."""
    since_on = service.service_on - timedelta(weeks=PAST_WEEKS)
    keys = closed_services(session, since_on, service.service_on - timedelta(days=1))
    alike = [
        one
        for one in (parse_service(key, service.zone) for key in keys)
        if (one.kitchen_id, one.meal) == (service.kitchen_id, service.meal)
        and one.service_on.weekday() == service.service_on.weekday()
    ]
    newest = sorted(alike, key=lambda one: one.service_on, reverse=True)[:PAST_SERVICES]
    orders = ((one, load_orders(session, one)) for one in newest)
    return [(one, [order for order in found if order.channel != WALK_IN]) for one, found in orders]


def _by_category(session: Session, service: Service, orders: Iterable[Order]) -> dict[str, int]:
    """Portions by category of a past service."""
    menu = load_menu(session, service)
    found: Counter[str] = Counter()
    for line in (line for one in orders for line in one.lines if line.state != "withdrawn"):
        item = menu.item(line.dish_id) if menu else None
        if item is not None:
            found[item.category] += 1
    return found


def _still_to_come(
    session: Session, menu: Menu, beyond: Mapping[str, int], guests: Sequence[Order]
) -> list[Order]:
    """Orders that are expected: each guest in turn has a dish that suits, one of each category a round."""
    diners = with_diets(load_diners(session, ids={one.diner_id for one in guests}))
    known = [one for one in guests if one.diner_id in diners]
    turn: Counter[str] = Counter()
    lines: dict[tuple[int, int], list[OrderLine]] = defaultdict(list)
    for item in sorted(menu.items, key=lambda one: one.dish_id):
        suited = [n for n, one in enumerate(known) if not unsuitable(diners[one.diner_id], item)]
        places, dish_id = suited or list(range(len(known))), item.dish_id
        for _ in range(beyond.get(dish_id, 0) if places else 0):
            round_no, turned = divmod(turn[item.category], len(places))
            place = places[turned]
            lines[round_no, place].append(OrderLine(f"{dish_id} {round_no} {place}", dish_id, dish_id))
            turn[item.category] += 1
    return [
        replace(known[place], order_id=f"{NOBODY} {round_no} {place}", lines=tuple(own))
        for (round_no, place), own in sorted(lines.items())
    ]


def _dishes(portions: Iterable[Portion]) -> tuple[DishAsk, ...]:
    groups: dict[tuple[str, str], list[Portion]] = defaultdict(list)
    for one in portions:
        groups[one.dish_id, one.variant].append(one)
    return tuple(
        DishAsk(dish_id, variant, len(group), sum((one.size.ratio for one in group), Fraction()))
        for (dish_id, variant), group in sorted(groups.items())
    )
