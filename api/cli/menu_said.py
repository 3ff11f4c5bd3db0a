"""What the commands of menus say to people: figures with their units, reasons before counts."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from api.cli.common import Out, cli_language

SHOWN = ("energy_kcal", "protein_g", "sodium_mg", "calcium_mg", "fibre_g")
MOST_REASONS = 4
PLANNED = (
    "{menus} menus for {meals} meals a day: food {food} yuan, penalties {penalty} yuan "
    "({part} % of the whole); at most {gap} yuan a meal above the best there can be, "
    "{ratio} % of the whole and {penalty_gap} % of the penalties; {seconds} s"
)


def say_plan(out: Out, facts: dict[str, Any], *, is_example: bool) -> None:
    """Says a plan's menus and how good they are, or why there are none."""
    from api.words import gettext

    language = cli_language()
    for text in (*_meals(facts, language), *_misses(facts, language)):
        out.line(text)
    for reason in (*facts["closed"], *facts["reasons"], *facts["changed"], *facts["standing"]):
        out.line(reason["words"])
    if facts["menus"]:
        for text in _unweighed(facts, language):
            out.line(text)
    if facts["left_out"] and (facts["menus"] or facts["reasons"]):
        out.line(_left_out(facts["left_out"], language))
    if facts["menus"]:
        out.line(_how_good(facts, language))
    else:
        out.line(gettext("No menu was planned.", language))
    if facts.get("published"):
        out.line(gettext("Published: {count} menus", language).format(count=len(facts["menus"])))
    if is_example:
        out.line(gettext("Example: this house has no kitchen, so nothing was kept.", language))


def say_swap(out: Out, facts: dict[str, Any]) -> None:
    """Says what can take a dish's place, or which rules are in the way."""
    from api.words import gettext

    language = cli_language()
    if facts["by_hand"]:
        out.line(
            gettext(
                "Set by hand, without lines: its dishes are a choice, "
                "so what one meal holds and costs is not judged.",
                language,
            )
        )
    for option in facts["options"]:
        out.line(option["words"])
    for reason in facts["clashing"]:
        out.line(reason["words"])
    if facts["nearest"]:
        out.line(gettext("Not possible; these come nearest, each with the rule it would break:", language))
    for option in facts["nearest"]:
        out.line(option["words"])
        for broken in option["broken"]:
            out.line(f"  {broken['words']}")
    if facts["draft"]:
        kept = gettext("Kept as a draft, version {version}; it stands once it is published.", language)
        out.line(kept.format(version=facts["draft"]["version"]))


def _meals(facts: dict[str, Any], language: str) -> Iterator[str]:
    from api.words import gettext

    names = _line_names(facts, language)
    for menu in facts["menus"]:
        for meal in menu["meals"]:
            dishes = " · ".join(dish[_name(language)] for dish in meal["dishes"])
            held = ", ".join(
                f"{gettext(f'nutrient_short:{one}', language)} {_amount(one, meal['nutrients'].get(one))}"
                for one in SHOWN
            )
            cost = gettext("food {food} yuan", language).format(food=f"{meal['food_fen'] / 100:.2f}")
            yield f"{menu['service']} {names[meal['line']]}  {dishes}  ({held}, {cost})"


def _misses(facts: dict[str, Any], language: str) -> Iterator[str]:
    """Each weekly target that a line's mean does not reach."""
    from api.words import gettext

    words, names = (
        gettext("{week} {line}: {nutrient} {mean} of {target}", language),
        _line_names(facts, language),
    )
    for week in facts["weeks"]:
        for target in week["targets"]:
            if not target["met"] and target["strength"] != "report":
                asked = target["target"] or target["least"] or target["most"]
                yield words.format(
                    week=week["week"],
                    line=names[week["line"]],
                    nutrient=gettext(f"code:nutrient.{target['nutrient']}", language),
                    mean=_plain(target["nutrient"], target["mean"]),
                    target=_plain(target["nutrient"], asked),
                )


def _unweighed(facts: dict[str, Any], language: str) -> Iterator[str]:
    """Nutrients that the search does not work towards, a line of text for those lines that have the same."""
    from api.words import gettext

    names, by_line = _line_names(facts, language), dict[str, list[str]]()
    for one in facts["unweighed"]:
        by_line.setdefault(one["params"]["line"], []).append(one["params"]["nutrient"])
    alike: dict[tuple[str, ...], list[str]] = {}
    for line, nutrients in by_line.items():
        alike.setdefault(tuple(nutrients), []).append(names[line])
    comma = "、" if language == "zh_CN" else ", "
    words = gettext("Reported, but not or not fully worked towards ({lines}): {nutrients}", language)
    for codes, lines in alike.items():
        called = comma.join(gettext(f"code:nutrient.{one}", language) for one in codes)
        yield words.format(lines=comma.join(lines), nutrients=called)


def _left_out(left_out: list[dict[str, Any]], language: str) -> str:
    """How many dishes could not stand, by reason."""
    from api.words import gettext

    dishes = {(one["dish_id"], one["why"]) for one in left_out}
    counts = Counter(why for _, why in dishes)
    semicolon = "；" if language == "zh_CN" else "; "
    reasons = semicolon.join(f"{why} {count}" for why, count in counts.most_common(MOST_REASONS))
    words = gettext(
        "{count} dishes left out on some line or date, mostly: {reasons}. --json names each.", language
    )
    return words.format(count=len({dish for dish, _ in dishes}), reasons=reasons)


def _how_good(facts: dict[str, Any], language: str) -> str:
    from api.words import gettext

    amounts = {key: f"{facts[f'{key}_fen'] / 100:.2f}" for key in ("food", "penalty")}
    gap = {"gap": f"{facts['gap_fen_a_meal'] / 100:.3f}", "ratio": f"{100 * facts['gap_ratio']:.2f}"}
    gap |= {"part": f"{100 * facts['penalty_ratio']:.0f}"}
    gap |= {"penalty_gap": f"{100 * facts['penalty_gap_ratio']:.2f}"}
    counts = {"menus": len(facts["menus"]), "meals": facts["meals"], "seconds": facts["seconds"]}
    return gettext(PLANNED, language).format(**counts, **amounts, **gap)


def _line_names(facts: dict[str, Any], language: str) -> dict[str, str]:
    return {line["code"]: line[_name(language)] for line in facts["lines"]}


def _name(language: str) -> str:
    return "name_zh" if language == "zh_CN" else "name_en"


def _amount(nutrient: str, amount: float | None) -> str:
    """An amount with its unit."""
    unit = nutrient.rpartition("_")[2]
    said = _plain(nutrient, amount)
    return said if amount is None or unit == "ratio" else f"{said} {'µg' if unit == 'ug' else unit}"


def _plain(nutrient: str, amount: float | None) -> str:
    """An amount where the nutrient's name says the unit."""
    from api.reports.menu_facts import amount_text

    return amount_text(nutrient, amount)
