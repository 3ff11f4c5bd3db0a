"""Why this diner can't eat this item, as it can be made or as it is, and what can stand in."""

from collections.abc import Iterable

from orders.codes import Coded
from orders.diners import IDDSI_MAX, Diner
from orders.menus import REGULAR, Menu, MenuItem


def unsuitable(diner: Diner, item: MenuItem) -> list[Coded]:
    """
    Every reason why the diner must not get the item, however it is made; empty when it can be made to suit.

    The reasons are those of the plain item.
    """
    reasons = unsuitable_as(diner, item)
    if reasons and any(not unsuitable_as(diner, item, variant) for variant in item.variants):
        return []
    return reasons


def unsuitable_as(diner: Diner, item: MenuItem, variant: str = REGULAR) -> list[Coded]:
    """
    Every reason why the diner must not get the item made as this variant.

    An allergen that the item may contain, that nobody has declared, or that a lot of the day brings in
    counts as contained. A variant that the item is not made as any more is judged as the plain item.

    Parameters
    ----------
    diner
        With what the diets exclude.
    item, variant
        What was cooked, and how.
    """
    made = item.made_as(variant) if variant in item.variants else item
    clashes = sorted(diner.allergens & made.counts_as_containing)
    reasons = [_allergen(made, code) for code in clashes]
    reasons += [
        Coded("clash_diet", {"dish": item.dish_id, "tag": tag})
        for tag in sorted(diner.avoids_tags & made.tags)
    ]
    if made.iddsi_level > IDDSI_MAX[diner.texture]:
        reasons.append(Coded("clash_texture", {"dish": item.dish_id, "texture": diner.texture}))
    return reasons


def _allergen(made: MenuItem, code: str) -> Coded:
    lot = dict(made.lots).get(code)
    if lot is None or code in made.declared:
        return Coded("clash_allergen", {"dish": made.dish_id, "allergen": code})
    return Coded("clash_lot", {"dish": made.dish_id, "allergen": code, "lot": lot})


def substitutes(diner: Diner, item: MenuItem, menu: Menu, taken: Iterable[str] = ()) -> list[MenuItem]:
    """Items of the same category that the diner can eat and has not ordered, in the menu's order."""
    barred = {item.dish_id, *taken}
    same = (other for other in menu.items if other.category == item.category and other.dish_id not in barred)
    return [other for other in same if not unsuitable(diner, other)]
