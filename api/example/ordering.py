"""Invented orders: who orders what for one service, with a few real allergen clashes."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from api.example.city import City, MealSet
from api.example.people import Person
from orders.diners import IDDSI_MAX
from orders.menus import MenuItem

ORDERING_RATIO = 0.78
PLUS_RATIO = 0.06
CLASHES_PER_ORDER = 8 / 700
LAST_MINUTE = time(15, 45)
CHANNELS = ("site", "phone", "wechat", "platform")
CHANNEL_WEIGHTS = (46, 20, 24, 10)
HOME_CHANNELS = ("phone", "home_visit", "wechat", "platform")
HOME_CHANNEL_WEIGHTS = (50, 25, 15, 10)


@dataclass(frozen=True, slots=True)
class Ordered:
    """
    One diner's order.

    Parameters
    ----------
    code
        Order number, in the order of ``ordered_at``.
    person
        Who eats.
    service_on
        For which date.
    items
        Dishes.
    price_fen
        List price of the set.
    ordered_at
        Wall time at the city, as a clerk writes it.
    channel
        How it was taken.
    """

    code: str
    person: Person
    service_on: date
    items: tuple[MenuItem, ...]
    price_fen: int
    ordered_at: datetime
    channel: str


def invent_orders(city: City, people: Sequence[Person], seed: int, service_on: date) -> list[Ordered]:
    """
    Invents one service's orders; the same arguments give the same orders.

    About 78 % of the diners order a set they can eat; nobody who lives in an institution does. In a few
    orders one dish contains the diner's own allergen although the same category has a dish that would do:
    the clashes a kitchen must settle.

    Raises
    ------
    ServiceClosed
        When there is no service on the date.
    """
    menu = city.menu_on(service_on)
    rng = random.Random(f"example orders {city.name} {len(people)} {seed} {service_on}")
    eating = [index for index, person in enumerate(people) if not person.in_institution]
    wanting = rng.sample(eating, min(len(eating), round(len(people) * ORDERING_RATIO)))
    drafts = [draft for index in wanting if (draft := _draft(rng, city, people[index], menu, service_on))]
    drafts = _with_clashes(rng, drafts, menu)
    drafts.sort(key=lambda order: (order.ordered_at, order.person.code))
    return [replace(o, code=f"{service_on:%Y%m%d}-{n:04d}") for n, o in enumerate(drafts, start=1)]


def allergens_met(person: Person, item: MenuItem) -> frozenset[str]:
    """The diner's own allergens that the dish contains or may contain."""
    return item.counts_as_containing & frozenset(person.allergens)


def suits(city: City, person: Person, item: MenuItem) -> bool:
    """Whether allergens, texture and diets all let this person eat this dish."""
    barred = {tag for diet in person.diets for tag in city.barred_tags[diet]}
    return (
        not allergens_met(person, item)
        and item.iddsi_level <= IDDSI_MAX[person.texture]
        and not item.tags & barred
    )


def compose(
    rng: random.Random, city: City, person: Person, menu: Sequence[MenuItem], meal: MealSet
) -> tuple[MenuItem, ...] | None:
    """Draws a set of dishes that suit the person, in the menu's order; None when the menu cannot."""
    chosen: set[str] = set()
    for category, wanted in meal.parts.items():
        fit = [item for item in menu if item.category == category and suits(city, person, item)]
        if len(fit) < wanted:
            return None
        weights = [_liking(person, item) for item in fit]
        while len(chosen & {item.dish_id for item in fit}) < wanted:
            chosen.add(rng.choices(fit, weights)[0].dish_id)
    return tuple(item for item in menu if item.dish_id in chosen)


def _liking(person: Person, item: MenuItem) -> int:
    """Rice rather than soft rice, unless soft food is asked for; the first soup rather than the second."""
    if item.category != "staple":
        return 1
    wants_soft = person.texture != "regular"
    return 4 if (item.iddsi_level <= IDDSI_MAX["soft"]) == wants_soft else 1


def _draft(
    rng: random.Random, city: City, person: Person, menu: Sequence[MenuItem], service_on: date
) -> Ordered | None:
    usual = "plus" if rng.random() < PLUS_RATIO else "standard"
    meal = city.sets["vegetarian" if "vegetarian" in person.diets else usual]
    items = compose(rng, city, person, menu, meal)
    if items is None:
        return None
    channels, weights = (
        (HOME_CHANNELS, HOME_CHANNEL_WEIGHTS) if person.at_home else (CHANNELS, CHANNEL_WEIGHTS)
    )
    return Ordered(
        code="",
        person=person,
        service_on=service_on,
        items=items,
        price_fen=meal.price_fen,
        ordered_at=_ordered_at(rng, service_on),
        channel=rng.choices(channels, weights)[0],
    )


def _ordered_at(rng: random.Random, service_on: date) -> datetime:
    day_on = service_on - timedelta(days=rng.choices((1, 2, 3), (6, 3, 1))[0])
    opens = datetime.combine(day_on, time(7, 30))
    minutes = int((datetime.combine(day_on, LAST_MINUTE) - opens).total_seconds()) // 60
    return opens + timedelta(minutes=rng.randrange(minutes))


def _with_clashes(rng: random.Random, orders: list[Ordered], menu: Sequence[MenuItem]) -> list[Ordered]:
    """Swaps one dish of a few allergic diners for one that contains their allergen."""
    orders = list(orders)
    wanted = max(1, round(len(orders) * CLASHES_PER_ORDER))
    allergic = [index for index, order in enumerate(orders) if _clashing(order, menu)]
    for index in rng.sample(allergic, min(wanted, len(allergic))):
        order = orders[index]
        wrong = rng.choice(_clashing(order, menu))
        right = next(item for item in order.items if item.category == wrong.category)
        kept = {item.dish_id for item in order.items} - {right.dish_id} | {wrong.dish_id}
        orders[index] = replace(order, items=tuple(item for item in menu if item.dish_id in kept))
    return orders


def _clashing(order: Ordered, menu: Sequence[MenuItem]) -> list[MenuItem]:
    """Dishes not ordered that contain the diner's allergen, in categories where the order has a dish."""
    taken = {item.category for item in order.items}
    return [item for item in menu if item.category in taken and allergens_met(order.person, item)]
