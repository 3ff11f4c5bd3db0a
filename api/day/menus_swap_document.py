"""What can take a dish's place, as a JSON document."""

from typing import Any

from api.day.menus import line_meal
from api.day.menus_documents import calendar_document, meal_document, named
from api.day.menus_swap import SwapOutcome
from api.words import gettext, said_document
from kitchen.menu_swap import Substitute


def swap_document(outcome: SwapOutcome, language: str) -> dict[str, Any]:
    """The substitutes with what each costs, those that come near, the rules that clash, and the new draft."""
    gone = outcome.work.dishes[outcome.dish_id]
    return {
        "service": outcome.service.key,
        "service_on": outcome.service.service_on.isoformat(),
        "calendar": calendar_document(outcome.service.service_on, outcome.work.book),
        "dish_id": outcome.dish_id,
        "name_zh": gone.name_zh,
        "name_en": gone.name_en,
        "lines": list(outcome.lines),
        "by_hand": outcome.by_hand,
        "options": [_option(one, outcome, language) for one in outcome.options],
        "nearest": [_option(one, outcome, language) for one in outcome.nearest],
        "clashing": [said_document(one, language) for one in outcome.clashing],
        "draft": None if outcome.draft is None else _draft(outcome),
    }


def _option(one: Substitute, outcome: SwapOutcome, language: str) -> dict[str, Any]:
    dish = outcome.work.dishes[one.dish_id]
    return {
        "dish_id": one.dish_id,
        "name_zh": dish.name_zh,
        "name_en": dish.name_en,
        "food_fen": one.food_fen,
        "penalty_fen": one.penalty_fen,
        "total_fen": one.total_fen,
        "balance": [
            {"line": line, "nutrient": nutrient, "missed_percent": percent}
            for (line, nutrient), percent in one.missed.items()
        ],
        "meals": [
            meal_document(line_meal(outcome.work, menu), outcome.work.dishes)
            for menu in one.menus
            if menu.line in outcome.lines
        ],
        "broken": [said_document(each, language) for each in one.broken],
        "words": _words(one, outcome, language),
    }


def _words(one: Substitute, outcome: SwapOutcome, language: str) -> str:
    dish = outcome.work.dishes[one.dish_id]
    comma = "、" if language == "zh_CN" else ", "
    changes = comma.join(
        f"{_line(line, outcome, language)} {gettext(f'code:nutrient.{nutrient}', language)} "
        + _missing(percent, language)
        for (line, nutrient), percent in one.missed.items()
    )
    words = "{dish}: food {food} yuan, wishes {penalty} yuan over the week; targets: {changes}"
    words = gettext(words, language)
    return words.format(
        dish=dish.name_zh if language == "zh_CN" else dish.name_en,
        food=f"{one.food_fen / 100:+.2f}",
        penalty=f"{one.penalty_fen / 100:+.2f}",
        changes=changes or gettext("unchanged", language),
    )


def _missing(percent: float, language: str) -> str:
    """More or less of a target missing, as the page says it."""
    words = "{percent} points more missing" if percent > 0 else "{percent} points less missing"
    return gettext(words, language).format(percent=f"{abs(percent):g}")


def _line(code: str, outcome: SwapOutcome, language: str) -> str:
    return named(outcome.work.book.lines[code].name, language)


def _draft(outcome: SwapOutcome) -> dict[str, Any]:
    draft = outcome.draft
    if draft is None:
        raise ValueError("No dish was chosen.")
    return {"menu_id": draft.menu_id, "version": draft.menu.version}
