"""A dish as it is cooked: its key among its variants, what one cook takes of it, and what is cooked apart."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kitchen.demand import Portion
from kitchen.equipment import Equipment
from kitchen.recipes import Dish, portion_g
from kitchen.splitting import split_by_weight
from orders.menus import REGULAR

ROUNDING = 1e-9


def cooked_key(dish_id: str, variant: str) -> str:
    """Under what a dish stands among the dishes when a variant changes it."""
    return dish_id if variant == REGULAR else f"{dish_id}:{variant}"


@dataclass(frozen=True, slots=True)
class CookedDish:
    """
    A dish as its recipe states it and as it is made, and what there is to cook in.

    Parameters
    ----------
    dish, made
        The plain dish, and the variant that is cooked.
    pieces
        Equipment of every kind.
    apart
        Whether its portions for allergic diners are cooked apart.
    """

    dish: Dish
    made: Dish
    pieces: Sequence[Equipment]
    apart: bool = False

    def most(self, *, special: bool) -> int:
        """Most regular portions in one cook, by their cooked weight; at least 1."""
        ratio = largest_ratio(self.pieces, self.dish.equipment_kind, special=special)
        return max(1, math.floor(self.dish.batch_portions * ratio / self.weight_ratio + ROUNDING))

    @property
    def weight_ratio(self) -> float:
        """Cooked weight of a portion as made, over that of the plain dish."""
        return portion_g(self.made) / portion_g(self.dish)


def cooked_apart(
    groups: Iterable[tuple[tuple[str, str], Sequence[Portion]]],
    dishes: Mapping[str, Dish],
    pieces: Sequence[Equipment],
) -> set[tuple[str, str]]:
    """
    Dish variants of which the portions of allergic diners are cooked apart, those with most of them first.

    Each piece that is kept for them has one cook a service, so that no allergen need be cleaned off it.
    """
    left = Counter(piece.kind for piece in pieces if piece.specials_only)
    wanted = []
    for (dish_id, variant), group in groups:
        special = sum(portion.special for portion in group)
        if dish_id in dishes and special and left[dishes[dish_id].equipment_kind]:
            made = dishes.get(cooked_key(dish_id, variant), dishes[dish_id])
            most = CookedDish(dishes[dish_id], made, pieces).most(special=True)
            cooks = len(split_by_weight([one.size.ratio for one in group if one.special], most))
            wanted.append((-special, cooks, dish_id, variant))
    found = set()
    for _, cooks, dish_id, variant in sorted(wanted):
        kind = dishes[dish_id].equipment_kind
        if cooks <= left[kind]:
            left[kind] -= cooks
            found.add((dish_id, variant))
    return found


def largest_ratio(pieces: Iterable[Equipment], kind: str, *, special: bool) -> float:
    """What the largest piece of a kind takes, of those kept for allergic diners or the others; 0 for none."""
    fitting = (one for one in pieces if one.kind == kind and one.specials_only == special)
    return max((one.capacity_ratio for one in fitting), default=0.0)
