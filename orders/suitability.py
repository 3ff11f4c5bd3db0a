"""Why this diner can't eat this item, and which item of the same menu can stand in."""

from collections.abc import Iterable

from orders.codes import Coded
from orders.diners import IDDSI_MAX, Diner
from orders.menus import Menu, MenuItem


def unsuitable(diner: Diner, item: MenuItem) -> list[Coded]:
    """
    Every reason why the diner must not get the item; empty when there is none.

    An allergen that the item may contain, or that nobody has declared, counts as contained.
    """
    clashes = sorted(diner.allergens & item.counts_as_containing)
    reasons = [Coded("clash_allergen", {"dish": item.dish_id, "allergen": code}) for code in clashes]
    reasons += [
        Coded("clash_diet", {"dish": item.dish_id, "tag": tag})
        for tag in sorted(diner.avoids_tags & item.tags)
    ]
    if item.iddsi_level > IDDSI_MAX[diner.texture]:
        reasons.append(Coded("clash_texture", {"dish": item.dish_id, "texture": diner.texture}))
    return reasons


def substitutes(diner: Diner, item: MenuItem, menu: Menu, taken: Iterable[str] = ()) -> list[MenuItem]:
    """Items of the same category that the diner can eat and has not ordered, in the menu's order."""
    barred = {item.dish_id, *taken}
    same = (other for other in menu.items if other.category == item.category and other.dish_id not in barred)
    return [other for other in same if not unsuitable(diner, other)]
