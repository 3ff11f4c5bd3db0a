"""Who may eat what as it stands: by recipe, by the lots of the day, and as it was planned and sealed."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from api.day.diets import load_rules, with_diets
from api.day.offered import foods_in, offered, with_lots
from kitchen.store.acts import load_cooked
from kitchen.store.catalogue import load_dishes, load_foods
from kitchen.store.production import load_production
from kitchen.store.production_rows import BatchLineRow, BatchRow, BoxLineRow, BoxRow
from kitchen.variants import item_with_variants
from orders.codes import Coded
from orders.diners import Diner
from orders.menus import Menu, MenuItem
from orders.order import Clash, Order, OrderLine, Override, clashes
from orders.service import Service
from orders.store.clashes import load_overrides
from orders.store.diners import load_diners
from orders.store.orders import load_orders
from orders.store.receipts import served_orders
from orders.suitability import substitutes, unsuitable_as

WALK_IN = "walk_in"
FEW = 500


@dataclass(frozen=True, slots=True)
class Planned:
    """
    What the published production makes of one portion.

    Parameters
    ----------
    batch_id, dish_id, variant
        What is cooked for it.
    special
        Whether it is packed as an allergic diner's: sealed, never drawn from a shared pan.
    box_code, site_id
        In which box, for which site; empty for a portion in no box.
    """

    batch_id: str
    dish_id: str
    variant: str
    special: bool
    box_code: str = ""
    site_id: str = ""


@dataclass(frozen=True, slots=True)
class Stray:
    """
    A portion that is ordered and planned otherwise, or not at all.

    Parameters
    ----------
    order, line
        Whose portion.
    reason
        What is otherwise.
    """

    order: Order
    line: OrderLine
    reason: Coded


@dataclass(frozen=True, slots=True)
class Suits:
    """
    What the portions of a service are judged by.

    Parameters
    ----------
    menu, off_menu
        The dishes as the catalogue and the lots declare them now; those that the menu no longer has.
    diners
        By id, with what their diets exclude.
    planned
        What the published production makes of each portion, by line id; None while nothing is published.
    overrides
        What named persons answer for.
    """

    menu: Menu
    off_menu: Mapping[str, MenuItem]
    diners: Mapping[str, Diner]
    planned: Mapping[str, Planned] | None
    overrides: tuple[Override, ...]

    def clashes(self, order: Order) -> list[Clash]:
        """Portions that their diner must not get, however they are made; overridden ones aside."""
        found = clashes(order, self.diners[order.diner_id], self.menu, self.off_menu)
        return [clash for clash in found if not self.answered(clash)]

    def misfits(self, order: Order) -> list[Clash]:
        """Portions that suit in another variant or sealed, and are planned, cooked or packed otherwise."""
        diner, found = self.diners[order.diner_id], []
        clashing = {clash.line_id for clash in self.clashes(order)}
        for line in order.lines:
            planned = (self.planned or {}).get(line.line_id)
            if planned is None or line.state == "withdrawn" or planned.dish_id != line.dish_id:
                continue
            item = self.menu.item(line.dish_id) or self.off_menu.get(line.dish_id)
            if item is None or line.line_id in clashing:
                continue
            reasons = unsuitable_as(diner, item, planned.variant)
            if diner.allergens and not planned.special:
                reasons.append(Coded("not_sealed", {"dish": line.dish_id}))
            taken = [one.dish_id for one in order.lines]
            proposed = tuple(one.dish_id for one in substitutes(diner, item, self.menu, taken))
            clash = Clash(order.code, line.line_id, diner.diner_id, line.dish_id, tuple(reasons), proposed)
            if reasons and not self.answered(clash):
                found.append(clash)
        return found

    def unfit(self, order: Order) -> list[Clash]:
        """Whatever must not be given: clashes and misfits; of a walk-in, all if the diner is allergic."""
        found = [*self.clashes(order), *self.misfits(order)]
        diner = self.diners[order.diner_id]
        if order.channel == WALK_IN and diner.allergens:
            found += [
                Clash(order.code, line.line_id, diner.diner_id, line.dish_id, (shared,), ())
                for line in order.lines
                if line.state != "withdrawn"
                for shared in [Coded("not_sealed", {"dish": line.dish_id})]
            ]
        return found

    def left_in(self, order: Order) -> list[Clash]:
        """
        Portions sealed in a box for an order that has them no more, and that its diner must not get.

        A settled clash changes the order at once, but what lies in the container only when somebody takes it
        out.
        """
        diner, found = self.diners[order.diner_id], []
        for line in order.lines:
            planned = (self.planned or {}).get(line.line_id)
            if planned is None or not (planned.special and planned.box_code):
                continue
            if line.state == "withdrawn" or planned.dish_id != line.dish_id:
                item = self.menu.item(planned.dish_id) or self.off_menu.get(planned.dish_id)
                unknown = [Coded("clash_unknown", {"dish": planned.dish_id})]
                reasons = tuple(unsuitable_as(diner, item, planned.variant) if item else unknown)
                found.append(Clash(order.code, line.line_id, diner.diner_id, planned.dish_id, reasons, ()))
        return [clash for clash in found if clash.reasons and not self.answered(clash)]

    def strays(self, orders: Iterable[Order]) -> list[Stray]:
        """Portions that the published plan has in no box, as another dish, elsewhere, or as misfits."""
        if self.planned is None:
            return []
        kept = [order for order in orders if order.channel != WALK_IN and order.state == "locked"]
        return [stray for order in kept for stray in self._strays(order, self.planned)]

    def _strays(self, order: Order, planned: Mapping[str, Planned]) -> list[Stray]:
        lines = {line.line_id: line for line in order.lines}
        found = [
            (line_id, reason)
            for line_id, line in lines.items()
            if line.state != "withdrawn"
            and (reason := _elsewhere(order, line, planned.get(line_id))) is not None
        ]
        found += [(clash.line_id, clash.reasons[0]) for clash in self.misfits(order)]
        for clash in self.left_in(order):
            left = {"dish": clash.dish_id, "box": planned[clash.line_id].box_code}
            found.append((clash.line_id, Coded("stray_left_in", left)))
        return [Stray(order, lines[line_id], reason) for line_id, reason in found]

    def answered(self, clash: Clash) -> bool:
        """Whether a named person answers for a clash."""
        return any(override.covers(clash) for override in self.overrides)


def suits_of(
    session: Session,
    service: Service,
    orders: Collection[Order],
    lots: Mapping[str, tuple[tuple[str, str], ...]] | None = None,
) -> Suits | None:
    """
    What these orders are judged by; None while the service has no menu.

    Parameters
    ----------
    session, service, orders
        Which orders.
    lots
        Dish to what the lots of a draft bring in; None for those of the published production.
    """
    menu = offered(session, service)
    if menu is None:
        return None
    if lots is not None:
        menu = with_lots(menu, {item.dish_id: lots.get(item.dish_id, ()) for item in menu.items})
    planned = planned_portions(session, service, [line.line_id for order in orders for line in order.lines])
    return Suits(
        menu=menu,
        off_menu=_off_menu(session, menu, _dishes(orders, planned)),
        diners=with_diets(load_diners(session, ids={order.diner_id for order in orders})),
        planned=planned,
        overrides=tuple(load_overrides(session, service)),
    )


def own_suits(
    session: Session,
    service: Service,
    orders: Collection[Order],
    diners: Mapping[str, Diner],
    planned: Mapping[str, Planned] | None,
) -> Suits | None:
    """As `suits_of` by the orders' own dishes alone, which judges the same and proposes no other dish."""
    wanted = _dishes(orders, planned)
    menu = offered(session, service, wanted) if orders else None
    if menu is None:
        return None
    off_menu = _off_menu(session, menu, wanted)
    return Suits(menu, off_menu, diners, planned, tuple(load_overrides(session, service)))


def strays_of(session: Session, service: Service) -> list[Stray]:
    """Ordered portions that the published plan does not have as they should be, by number of the order."""
    if load_production(session, service.key) is None:
        return []
    orders = load_orders(session, service, ("locked",))
    served = served_orders(session, [order.order_id for order in orders])
    suits = suits_of(session, service, orders)
    return suits.strays(order for order in orders if order.order_id not in served) if suits else []


def needy_diners(session: Session, orders: Iterable[Order]) -> dict[str, Diner]:
    """Of the diners of these orders those who must not get everything: of others nothing is to be judged."""
    diners = with_diets(load_diners(session, ids={order.diner_id for order in orders}))
    return {diner_id: diner for diner_id, diner in diners.items() if _has_needs(diner)}


def planned_portions(
    session: Session, service: Service, line_ids: Sequence[str]
) -> dict[str, Planned] | None:
    """What the published production makes of these portions, by line id; None while nothing is published."""
    production = load_production(session, service.key)
    if production is None:
        return None
    key = production.production_id
    batched = (
        select(BatchLineRow.line_id, BatchLineRow.special, BatchRow)
        .join(BatchRow, col(BatchRow.batch_id) == col(BatchLineRow.batch_id))
        .where(BatchLineRow.production_id == key)
    )
    boxed = (
        select(BoxLineRow.line_id, BoxRow.code, BoxRow.site_id)
        .join(BoxRow, col(BoxRow.box_id) == col(BoxLineRow.box_id))
        .where(BoxLineRow.production_id == key)
    )
    if len(line_ids) <= FEW:
        batched = batched.where(col(BatchLineRow.line_id).in_(line_ids))
        boxed = boxed.where(col(BoxLineRow.line_id).in_(line_ids))
    found = {
        line_id: Planned(batch.batch_id, batch.dish_id, batch.variant, special)
        for line_id, special, batch in session.exec(batched)
    }
    for line_id, code, site_id in session.exec(boxed):
        if line_id in found:
            found[line_id] = replace(found[line_id], box_code=code, site_id=site_id)
    return found


def under_way(session: Session, service: Service) -> bool:
    """Whether something of the published production is off the heat."""
    production = load_production(session, service.key)
    return production is not None and bool(load_cooked(session, production.production_id))


def _dishes(orders: Iterable[Order], planned: Mapping[str, Planned] | None) -> set[str]:
    """Dishes that are ordered, or were cooked for these orders."""
    lines = [line for order in orders for line in order.lines]
    cooked = {one.dish_id for line in lines if (one := (planned or {}).get(line.line_id))}
    return cooked | {line.dish_id for line in lines}


def _off_menu(session: Session, menu: Menu, wanted: Collection[str]) -> dict[str, MenuItem]:
    """Those of these dishes that the menu no longer has."""
    dishes = load_dishes(session, set(wanted) - {item.dish_id for item in menu.items})
    rules = load_rules()
    foods = load_foods(session, foods_in(dishes.values(), rules)) if dishes else {}
    return {key: item_with_variants(dish, foods, rules) for key, dish in dishes.items()}


def _has_needs(diner: Diner) -> bool:
    return bool(diner.allergens or diner.avoids_tags) or diner.texture != "regular"


def _elsewhere(order: Order, line: OrderLine, planned: Planned | None) -> Coded | None:
    if planned is None or not planned.box_code:
        return Coded("stray_no_box", {"dish": line.dish_id})
    if planned.dish_id != line.dish_id:
        packed = {"dish": line.dish_id, "packed": planned.dish_id, "box": planned.box_code}
        return Coded("stray_other_dish", packed)
    if planned.site_id != order.site_id:
        return Coded("stray_other_site", {"dish": line.dish_id, "box": planned.box_code})
    return None
