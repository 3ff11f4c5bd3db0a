"""What a published menu offers, as the catalogue and the lots of the day declare its dishes now."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from sqlmodel import Session, col, select

from api.day.diets import load_rules
from kitchen.recipes import Dish
from kitchen.store.catalogue import load_dishes, load_foods
from kitchen.store.lots import load_lots, lots_of_batches, lots_watched
from kitchen.store.production_rows import BatchRow
from kitchen.variants import VariantRules, item_with_variants
from orders.menus import Menu
from orders.service import Service
from orders.store.menus import load_menu


def offered(session: Session, service: Service, dish_ids: Collection[str] | None = None) -> Menu | None:
    """
    The published menu of a service with each dish as it is now, None without a menu.

    A menu keeps what was declared when it was made. An allergen, a tag or a texture that was declared since
    counts all the same, and so does an allergen of a lot that a batch of the dish takes; a dish that has
    left the catalogue stays as the menu has it. With ``dish_ids`` only those dishes, and no sets of them.
    """
    menu = load_menu(session, service)
    if menu is None:
        return None
    if dish_ids is not None:
        menu = replace(menu, items=tuple(one for one in menu.items if one.dish_id in dish_ids), lines={})
    dishes, rules = load_dishes(session, {item.dish_id for item in menu.items}), load_rules()
    foods, lots = load_foods(session, foods_in(dishes.values(), rules)), brought_in(session, service)
    items = (
        replace(
            item_with_variants(dishes[item.dish_id], foods, rules),
            supply=item.supply,
            hold_class=item.hold_class,
        )
        if item.dish_id in dishes
        else item
        for item in menu.items
    )
    return with_lots(replace(menu, items=tuple(items)), lots)


def foods_in(dishes: Iterable[Dish], rules: VariantRules) -> set[str]:
    """Codes of all foods that these dishes, as they are or as any variant, are made of."""
    added = {one.food_code for rule in rules.by_code.values() for one in rule.adds}
    kept = list(dishes)
    own = {one.food_code for dish in kept for one in dish.ingredients}
    return own | added | {swap.by for dish in kept for one in dish.makings for swap in one.swaps if swap.by}


def with_lots(menu: Menu, lots: Mapping[str, tuple[tuple[str, str], ...]]) -> Menu:
    """The menu with what lots bring in, by dish as `brought_in` gives it."""
    items = (replace(item, lots=lots.get(item.dish_id, item.lots)) for item in menu.items)
    return replace(menu, items=tuple(items))


def brought_in(session: Session, service: Service) -> dict[str, tuple[tuple[str, str], ...]]:
    """
    Dish to the allergens that lots of the published production bring in, each with the lot's code.

    One batch of a dish counts for all of it: a diner and a cook know dishes, not batches.
    """
    if not lots_watched(session, service.kitchen_id):
        return {}
    batches = lots_of_batches(session, service)
    query = select(BatchRow.batch_id, BatchRow.dish_id).where(col(BatchRow.batch_id).in_(batches))
    dish_of = dict(iter(session.exec(query)))
    lots: dict[str, set[str]] = defaultdict(set)
    for batch_id, taken in batches.items():
        lots[dish_of[batch_id]].update(lot_id for lot_id, _ in taken)
    return allergens_of_lots(session, service, lots)


def allergens_of_lots(
    session: Session, service: Service, lots: Mapping[str, set[str]]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """The same of lots that each dish is to take, by dish; only a lot with a label of its own adds any."""
    wanted = {lot_id for taken in lots.values() for lot_id in taken}
    known = load_lots(session, service.kitchen_id, lot_ids=wanted) if wanted else {}
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for dish_id, taken in lots.items():
        labelled = sorted((known[key] for key in taken if key in known), key=lambda lot: lot.code)
        added = {
            allergen: lot.code
            for lot in reversed(labelled)
            if lot.declared is not None
            for allergen in lot.declared.counts_as_containing
        }
        if added:
            found[dish_id] = tuple(sorted(added.items()))
    return found
