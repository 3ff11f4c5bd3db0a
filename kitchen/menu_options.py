"""Which dishes may stand on a line, and why the others may not."""

from kitchen.menu_facts import Line, MenuTask
from kitchen.nutrition import KCAL_PER_G
from kitchen.recipes import Dish, allergens, diet_tags


def may_stand(dish: Dish, line: Line, task: MenuTask) -> bool:
    """Whether a dish, as it is made, may stand on a line."""
    return reason_against(dish, line, task) is None


def reason_against(dish: Dish, line: Line, task: MenuTask) -> str | None:
    """Code of the first rule that keeps a dish from a line, None when it may stand."""
    rules = task.rules
    if dish.category not in rules.parts:
        return "category"
    if dish.iddsi_level > line.softest:
        return "texture"
    if diet_tags(dish, task.foods) & line.barred_tags:
        return "tag"
    if line.barred_allergens & frozenset().union(*allergens(dish, task.foods)):
        return "allergen"
    if rules.least_hot_minutes and not _kept_hot(dish, rules.least_hot_minutes):
        return "not_kept_hot"
    if not any(one.kind == dish.equipment_kind and not one.specials_only for one in rules.equipment):
        return "no_equipment"
    return "nutrient_unknown" if unknown_of(dish, line, task) else None


def unknown_of(dish: Dish, line: Line, task: MenuTask) -> dict[str, tuple[str, ...]]:
    """By nutrient that binds every meal of a line: the foods of a dish that do not state it."""
    needed = {
        name
        for nutrient, bound in line.targets.bounds.items()
        if bound.strength == "hard"
        for name in ((KCAL_PER_G[nutrient][0], "energy_kcal") if nutrient in KCAL_PER_G else (nutrient,))
    }
    codes = sorted({one.food_code for one in dish.ingredients})
    lacking = {
        name: tuple(code for code in codes if name not in task.foods[code].nutrients)
        for name in sorted(needed)
    }
    return {name: foods for name, foods in lacking.items() if foods}


def _kept_hot(dish: Dish, minutes: int) -> bool:
    return dish.service_mode == "both" and dish.hot_quality_minutes >= minutes
