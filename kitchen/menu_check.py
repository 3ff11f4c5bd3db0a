"""The judge of menus: every rule recomputed from dishes and foods; shares no code with the planner."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from math import ceil, floor

from kitchen.foods import Food
from kitchen.menu_facts import DayMenu, MenuRules
from kitchen.nutrition import Targets
from kitchen.recipes import Dish
from orders.codes import Coded


def check_menus(
    days: Iterable[DayMenu],
    dishes: Mapping[str, Dish],
    foods: Mapping[str, Food],
    targets: Targets,
    rules: MenuRules,
) -> list[Coded]:
    """
    Every hard rule that menus break; empty when they keep all.

    Parameters
    ----------
    days
        One menu a day.
    dishes, foods
        What there is, by id and code.
    targets, rules
        What the menus must keep.
    """
    menus = list(days)
    found = [broken for menu in menus for broken in _day(menu, dishes, foods, targets, rules)]
    times = Counter(dish_id for menu in menus for dish_id in menu.dish_ids)
    for dish_id, number in sorted(times.items()):
        most = rules.most_in_week.get(dishes[dish_id].category, 1)
        if number > most:
            found.append(Coded("menu_repeat", {"dish": dish_id, "days": number, "most": most}))
    return found


def _day(
    menu: DayMenu,
    dishes: Mapping[str, Dish],
    foods: Mapping[str, Food],
    targets: Targets,
    rules: MenuRules,
) -> Iterator[Coded]:
    day = menu.service_on.isoformat()
    served = [dishes[dish_id] for dish_id in menu.dish_ids]
    if Counter(dish.category for dish in served) != Counter(rules.parts):
        yield Coded("menu_parts", {"day": day})
    for dish in served:
        if dish.service_mode != "both" or dish.hot_quality_minutes < rules.least_hot_minutes:
            yield Coded("menu_not_kept_hot", {"day": day, "dish": dish.dish_id})
        if dish.iddsi_level > rules.softest or dish.tags & rules.barred_tags:
            yield Coded("menu_unsuitable", {"day": day, "dish": dish.dish_id})
    yield from _nutrition(day, served, foods, targets)
    yield from _equipment(day, served, rules)


def _amount(served: Iterable[Dish], foods: Mapping[str, Food], nutrient: str) -> Fraction | None:
    """What the meal holds of a nutrient, exactly; None when that is unknown for some ingredient."""
    total = Fraction(0)
    for dish in served:
        for ingredient in dish.ingredients:
            per_100_g = foods[ingredient.food_code].nutrients.get(nutrient)
            if per_100_g is None:
                return None
            total += Fraction(str(per_100_g)) * ingredient.edible_mg / 100_000
    return total


def _nutrition(day: str, served: list[Dish], foods: Mapping[str, Food], targets: Targets) -> Iterator[Coded]:
    parts_of_energy = {"fat_ratio": ("fat_g", 9), "carbohydrate_ratio": ("carbohydrate_g", 4)}
    for nutrient, bound in targets.bounds.items():
        if bound.strength != "hard":
            continue
        if nutrient in parts_of_energy:
            name, kcal = parts_of_energy[nutrient]
            part, energy = _amount(served, foods, name), _amount(served, foods, "energy_kcal")
            amount = part * kcal / energy if part is not None and energy else None
        else:
            amount = _amount(served, foods, nutrient)
        if amount is None:
            yield Coded("menu_nutrient_unknown", {"day": day, "nutrient": nutrient})
        elif bound.least is not None and amount < Fraction(str(bound.least)):
            yield Coded(
                "menu_nutrient_low", {"day": day, "nutrient": nutrient, "amount": round(float(amount), 2)}
            )
        elif bound.most is not None and amount > Fraction(str(bound.most)):
            yield Coded(
                "menu_nutrient_high", {"day": day, "nutrient": nutrient, "amount": round(float(amount), 2)}
            )


def _equipment(day: str, served: list[Dish], rules: MenuRules) -> Iterator[Coded]:
    pieces = defaultdict(list)
    for piece in rules.equipment:
        if not piece.specials_only:
            pieces[piece.kind].append(piece)
    taken: dict[str, int] = defaultdict(int)
    for dish in served:
        here = pieces[dish.equipment_kind]
        if not here:
            yield Coded("menu_no_equipment", {"day": day, "dish": dish.dish_id})
            continue
        least_ratio = Fraction(str(min(piece.capacity_ratio for piece in here)))
        cooks = ceil(Fraction(rules.portions, max(1, floor(dish.batch_portions * least_ratio))))
        slowest_s = max(piece.changeover_s for piece in here)
        taken[dish.equipment_kind] += cooks * (dish.batch_minutes + ceil(Fraction(slowest_s, 60)))
    for kind, minutes in sorted(taken.items()):
        if minutes > rules.cook_minutes * len(pieces[kind]):
            yield Coded("menu_equipment_minutes", {"day": day, "equipment": kind, "minutes": minutes})
