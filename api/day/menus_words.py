"""Findings of menus with the names of dishes and foods, and figures as people read them."""

from collections.abc import Mapping
from dataclasses import replace

from api.day.menus_gather import MenuWork
from api.words import LANGUAGES, gettext
from kitchen.foods import Food
from kitchen.recipes import Dish
from orders.codes import Coded, Param

FIGURES = ("asked", "best", "amount", "bound")
COMMAS = {"zh": "、", "en": ", "}


def with_names(found: Coded, work: MenuWork) -> Coded:
    """A finding whose dishes and foods have names in both languages beside their codes."""
    params: dict[str, Param] = dict(found.params)
    is_part = str(params.get("rule", params.get("nutrient", ""))).endswith("_ratio")
    for name in FIGURES:
        if isinstance(amount := params.get(name), float):
            params[name] = f"{100 * amount:.1f} %" if is_part else f"{round(amount, 1):g}"
            params |= _of_day(name, amount, params, work)
    for name in ("dish", "dishes"):
        params |= _named(name, str(params.get(name, "")), work.dishes)
    params |= _named("food", str(params.get("food", "")), work.task.foods)
    if params.get("what") == "main_food":
        params |= _named("value", str(params.get("value", "")), work.task.foods)
    return replace(found, params=params)


def _of_day(name: str, amount: float, params: Mapping[str, Param], work: MenuWork) -> dict[str, str]:
    """A figure that was stated for the day, with the part of it that the meal gives."""
    nutrient = str(params.get("nutrient", params.get("rule", "")))
    line = next((one for one in work.task.lines if one.code == params.get("line")), None)
    bound = line.targets.bounds.get(nutrient) if line else None
    if bound is None:
        return {}
    figures = {"min": bound.least, "target": bound.target, "max": bound.most}
    key = next((one for one in bound.of_day if figures[one] == amount), None)
    if key is None:
        return {}
    share, day = bound.of_day[key]
    words = "{amount} ({percent} % of {day} a day)"
    about = {"amount": params[name], "percent": f"{round(100 * share, 1):g}", "day": f"{day:g}"}
    return {f"{name}_{language[:2]}": gettext(words, language).format(**about) for language in LANGUAGES}


def _named(name: str, codes: str, known: Mapping[str, Dish] | Mapping[str, Food]) -> dict[str, str]:
    """Names of codes with blanks between, or nothing where one is unknown."""
    found = [known.get(code) for code in codes.split()]
    named = [one for one in found if one is not None]
    if not named or len(named) < len(found):
        return {}
    return {
        f"{name}_zh": COMMAS["zh"].join(one.name_zh for one in named),
        f"{name}_en": COMMAS["en"].join(one.name_en for one in named),
    }
