"""Order: what one diner asked for, from placing to the lock at the cut-off."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from orders.codes import Coded
from orders.diners import Diner
from orders.menus import Menu, MenuItem
from orders.suitability import substitutes, unsuitable

OrderState = Literal["placed", "locked", "cancelled", "waiting"]
Delivery = Literal["dine_in", "volunteer", "direct"]
Ending = Literal["cancelled_before_cutoff", "cancelled_after_cutoff", "not_supplied"]
LIVE: tuple[OrderState, ...] = ("placed", "locked", "waiting")
LineState = Literal["ordered", "substituted", "withdrawn"]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """
    One portion: one dish for one diner.

    Parameters
    ----------
    line_id
        Row id, the key by which every later stage names this portion.
    dish_id
        What will be cooked.
    ordered_dish_id
        What was asked for; differs after a substitution.
    state
        A withdrawn line is not cooked.
    """

    line_id: str
    dish_id: str
    ordered_dish_id: str
    state: LineState = "ordered"


@dataclass(frozen=True, slots=True)
class Order:
    """
    One diner's meal of one service.

    Parameters
    ----------
    order_id
        Row id.
    code
        Number a person reads out, unique in the service.
    diner_id, site_id
        Who, and where it goes.
    lines
        Portions.
    price_fen
        List price agreed when placed.
    placed_at
        When it was placed.
    channel
        Site, phone, home visit, platform ...
    state
        Placed, locked at the cut-off, cancelled, or waiting for a place at a full site.
    delivery
        Eaten at the site, brought on from it by a volunteer, or brought by the van; None goes by the
        diner's own register.
    ending, ended_at
        How and when a cancelled order ended; None while it stands.
    """

    order_id: str
    code: str
    diner_id: str
    site_id: str
    lines: tuple[OrderLine, ...]
    price_fen: int
    placed_at: datetime
    channel: str
    state: OrderState = "placed"
    delivery: Delivery | None = None
    ending: Ending | None = None
    ended_at: datetime | None = None

    @property
    def dish_ids(self) -> tuple[str, ...]:
        """Dishes that are to be cooked, in the order of the lines."""
        return tuple(line.dish_id for line in self.lines if line.state != "withdrawn")

    def brought(self, diner: Diner) -> Delivery:
        """How the meal reaches its diner."""
        return self.delivery or diner.delivery

    @property
    def portions(self) -> int:
        """Portions that are to be cooked."""
        return sum(line.state != "withdrawn" for line in self.lines)


@dataclass(frozen=True, slots=True)
class Clash:
    """
    A portion that its diner must not get, with what could stand in.

    Parameters
    ----------
    order_code, line_id, diner_id
        Whose portion.
    dish_id
        The unsuitable dish.
    reasons
        Why, all of them.
    proposed
        Dish codes of the same place in the meal that suit, best first.
    """

    order_code: str
    line_id: str
    diner_id: str
    dish_id: str
    reasons: tuple[Coded, ...]
    proposed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Override:
    """
    A named person's word that a diner gets a portion in spite of a clash.

    Parameters
    ----------
    line_id, dish_id
        Which portion, of which dish.
    reasons
        Of the clash, all that the person knew of; another reason is a new clash.
    reason
        Why it may be given, in the person's words.
    by_name
        Who decided it.
    decided_at
        When.
    """

    line_id: str
    dish_id: str
    reasons: tuple[Coded, ...]
    reason: str
    by_name: str
    decided_at: datetime

    def covers(self, clash: Clash) -> bool:
        """Whether every reason of the clash was known when it was decided."""
        same = (clash.line_id, clash.dish_id) == (self.line_id, self.dish_id)
        return same and all(reason in self.reasons for reason in clash.reasons)


def clashes(
    order: Order, diner: Diner, menu: Menu, off_menu: Mapping[str, MenuItem] | None = None
) -> list[Clash]:
    """
    Every portion of the order that is unsuitable for its diner, however it is made.

    Parameters
    ----------
    order, diner, menu
        What was asked for, by whom, of what.
    off_menu
        Dishes that the menu no longer has, by id. A dish that nobody knows cannot be judged: it clashes for
        an allergic diner.
    """
    found = []
    taken = [line.dish_id for line in order.lines]
    for line in order.lines:
        item = menu.item(line.dish_id) or (off_menu or {}).get(line.dish_id)
        if line.state == "withdrawn" or (item is None and not diner.allergens):
            continue
        reasons = unsuitable(diner, item) if item else [Coded("clash_unknown", {"dish": line.dish_id})]
        if reasons:
            others = substitutes(diner, item, menu, taken) if item else []
            proposed = tuple(other.dish_id for other in others)
            found.append(
                Clash(order.code, line.line_id, diner.diner_id, line.dish_id, tuple(reasons), proposed)
            )
    return found


def with_dishes(order: Order, dishes: Mapping[str, str]) -> Order:
    """
    The order with other dishes; portions of a dish that stays keep their line.

    What is locked stays on record as withdrawn, since papers may name it; before the lock it is replaced.

    Parameters
    ----------
    order
        What was asked for.
    dishes
        Dish to the id of the line it gets where the order has none yet, in the order of the menu.
    """
    kept = {line.dish_id: line for line in order.lines if line.state != "withdrawn"}
    new = tuple(OrderLine(line_id, dish, dish) for dish, line_id in dishes.items() if dish not in kept)
    if order.state == "locked":
        old = tuple(
            line if line.dish_id in dishes or line.state == "withdrawn" else replace(line, state="withdrawn")
            for line in order.lines
        )
        return replace(order, lines=(*old, *new))
    fresh = {line.dish_id: line for line in new}
    return replace(order, lines=tuple(kept.get(dish) or fresh[dish] for dish in dishes))


def ended(order: Order, ending: Ending, at: datetime) -> Order:
    """The order cancelled."""
    return replace(order, state="cancelled", ending=ending, ended_at=at)


def settle_clash(order: Order, line_id: str, dish_id: str | None) -> Order:
    """
    The order with one portion substituted, or withdrawn when ``dish_id`` is None.

    Raises
    ------
    ValueError
        When the order has no such line.
    """
    if all(line.line_id != line_id for line in order.lines):
        raise ValueError(f"Order {order.code} has no line {line_id}.")
    lines = tuple(_settled(line, dish_id) if line.line_id == line_id else line for line in order.lines)
    return replace(order, lines=lines)


def _settled(line: OrderLine, dish_id: str | None) -> OrderLine:
    if dish_id is None:
        return replace(line, state="withdrawn")
    if dish_id == line.dish_id:
        return line
    return replace(line, dish_id=dish_id, state="substituted")


@dataclass(frozen=True, slots=True)
class Closed:
    """
    The outcome of a close: orders locked, orders that came late, clashes to settle.

    Parameters
    ----------
    locked
        Orders in time, numbered and locked.
    late
        Orders placed after the cut-off, left as they are.
    clashes
        What must be settled before the plan.
    """

    locked: tuple[Order, ...]
    late: tuple[Order, ...]
    clashes: tuple[Clash, ...]


def close(
    orders: Iterable[Order],
    diners: Mapping[str, Diner],
    menu: Menu,
    cut_off_at: datetime,
    own: Mapping[str, datetime] | None = None,
) -> Closed:
    """
    Locks every placed order that came in time, inclusive of the cut-off itself, and finds the clashes.

    Parameters
    ----------
    orders, diners, menu
        Orders in any state, their diners by id, and what they ask for.
    cut_off_at
        Last instant in time.
    own
        Diner id to another last instant, of diners who eat by another programme.

    Returns
    -------
    Closed
        In the order of the codes given.
    """
    limits = own or {}
    placed = [order for order in orders if order.state == "placed"]
    in_time = [order.placed_at <= limits.get(order.diner_id, cut_off_at) for order in placed]
    late = tuple(order for order, good in zip(placed, in_time, strict=True) if not good)
    locked = tuple(
        replace(order, state="locked") for order, good in zip(placed, in_time, strict=True) if good
    )
    return Closed(locked, late, tuple(_clashing(locked, diners, menu)))


def _clashing(orders: Iterable[Order], diners: Mapping[str, Diner], menu: Menu) -> Iterator[Clash]:
    """The clashes of many orders; what suits everybody of the same needs is found once."""
    suiting: dict[tuple[object, ...], frozenset[str]] = {}
    for order in orders:
        diner = diners[order.diner_id]
        needs = diner.allergens, diner.avoids_tags, diner.texture
        suits = suiting.get(needs)
        if suits is None:
            suits = frozenset(item.dish_id for item in menu.items if not unsuitable(diner, item))
            suiting[needs] = suits
        if not suits.issuperset([line.dish_id for line in order.lines]):
            yield from clashes(order, diner, menu)
