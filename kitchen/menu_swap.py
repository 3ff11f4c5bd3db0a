"""One dish of a day's menus for another: the best, those that come nearest, and what is in the way."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import inf

from kitchen.menu_check import check_menus
from kitchen.menu_cost import cost_of, missed_percent
from kitchen.menu_facts import Cooked, Cost, DayMenu, Line, MenuTask
from kitchen.menu_hitting import smallest_hitting
from kitchen.menu_options import reason_against
from orders.codes import Coded

MEASURES = {
    "menu_nutrient_low": ("amount", -1),
    "menu_nutrient_high": ("amount", 1),
    "menu_food_dear": ("fen", 1),
    "menu_equipment_minutes": ("minutes", 1),
    "menu_alike": ("times", 1),
    "menu_kinds": ("kinds", -1),
    "menu_repeat": ("days", -1),
    "menu_near": ("days", -1),
}
"""By finding, which parameter says how bad it is, and the way it gets worse."""
LIMITS = ("bound", "most", "least")
RULES = {
    "menu_food_dear": "food_fen",
    "menu_repeat": "repeat",
    "menu_near": "repeat",
    "menu_kinds": "kinds",
    "menu_barred_that_day": "barred",
    "menu_out_of_season": "season",
    "menu_banned": "ban",
    "menu_swap_unfit": "unfit",
}
"""By finding, the rule that it breaks, where no parameter names it."""
A_RULE = 0.5  # how far off a rule broken by next to nothing is, beside one broken by the whole of its bound


@dataclass(frozen=True, slots=True)
class Substitute:
    """
    Another dish, what it costs, and what it breaks.

    Parameters
    ----------
    dish_id
        Which.
    menus
        The day's menus with it, one a line; none where a line cannot eat it.
    food_fen, penalty_fen
        How much food and penalties of the week change, over all meals.
    missed
        By line and nutrient, how many more percent of a weekly target the week then misses, less is negative;
        reckoned for the best and the nearest only.
    broken
        Rules that it breaks, or breaks more than they are broken now.
    """

    dish_id: str
    menus: tuple[DayMenu, ...]
    food_fen: int = 0
    penalty_fen: int = 0
    missed: Mapping[tuple[str, str], float] = field(default_factory=dict)
    broken: tuple[Coded, ...] = ()

    @property
    def total_fen(self) -> int:
        """Food and penalties."""
        return self.food_fen + self.penalty_fen

    @property
    def is_near(self) -> bool:
        """Whether what it breaks can be measured: a bound or a distance, not what a line cannot eat."""
        return all(one.code in MEASURES for one in self.broken)

    @property
    def off(self) -> float:
        """How far off it is, over all that it breaks."""
        return sum(A_RULE + _part_off(one) for one in self.broken)


def candidates(
    week: Sequence[DayMenu], task: MenuTask, day_on: date, dish_id: str, lines: Sequence[str]
) -> tuple[Substitute, ...]:
    """
    Every other dish of a category in a dish's place: what breaks nothing by cost, then by what it breaks.

    Parameters
    ----------
    week
        Menus of the week of the day, all lines.
    task
        What they keep: the days of that week, with dishes barred that stand too near outside it.
    day_on, dish_id, lines
        Which dish goes, from which lines of which day.
    """
    category = task.made[dish_id, "regular"].category
    others = sorted(
        one
        for (one, variant), dish in task.made.items()
        if variant == "regular" and dish.category == category and one != dish_id
    )
    place = _Place(
        tuple(week), task, day_on, dish_id, tuple(lines), cost_of(week, task), _judged(week, task, day_on)
    )
    found = [_in_place(place, one) for one in others]
    found.sort(key=lambda one: (not one.is_near, one.off, one.total_fen, one.dish_id))
    shown = {one.dish_id for one in (*substitutes(found), *nearest(found))}
    return tuple(_weighed(place, one) if one.dish_id in shown else one for one in found)


def substitutes(found: Iterable[Substitute], most: int = 3) -> tuple[Substitute, ...]:
    """The cheapest candidates that break nothing."""
    return tuple([one for one in found if not one.broken][:most])


def nearest(found: Iterable[Substitute], most: int = 3) -> tuple[Substitute, ...]:
    """The candidates that come nearest to breaking nothing, of those that break something measurable."""
    return tuple([one for one in found if one.broken and one.is_near][:most])


def clash(found: Sequence[Substitute], day_on: date, dish_id: str) -> tuple[Coded, ...]:
    """The fewest rules that keep every candidate out, each with how many it keeps out; never empty."""
    about: dict[str, str | int | float] = {"day": day_on.isoformat(), "dish": dish_id}
    broken = [frozenset(_rule_of(one) for one in each.broken) for each in found]
    if not broken or not all(broken):
        return (Coded("menu_no_substitute", about),)
    times = Counter(rule for rules in broken for rule in rules)
    rules = sorted(smallest_hitting(broken), key=lambda rule: (-times[rule], rule))
    codes = [Coded("menu_swap_clash", about | {"count": len(rules), "whole": len(found)})]
    for line, name in rules:
        code = "menu_swap_rule" if line else "menu_swap_rule_of_all"
        codes.append(
            Coded(code, {"line": line, "rule": name, "count": times[line, name], "whole": len(found)})
        )
    return tuple(codes)


def new_findings(before: Iterable[Coded], after: Iterable[Coded]) -> tuple[Coded, ...]:
    """The findings that were not there before, and those that have grown."""
    known = {_what(one): _how_bad(one) for one in before}
    return tuple(one for one in after if _how_bad(one) > known.get(_what(one), -inf))


@dataclass(frozen=True, slots=True)
class _Place:
    """A dish's place, with what the week costs and breaks as it is."""

    week: tuple[DayMenu, ...]
    task: MenuTask
    day_on: date
    dish_id: str
    lines: tuple[str, ...]
    cost: Cost
    known: tuple[Coded, ...]

    def has(self, menu: DayMenu) -> bool:
        """Whether the dish goes from this menu."""
        return menu.service_on == self.day_on and menu.line in self.lines


def _in_place(place: _Place, other: str) -> Substitute:
    """Another dish in a dish's place, judged with its whole week."""
    task, day_on = place.task, place.day_on
    against = _unfit(place, other)
    if against:
        return Substitute(other, (), broken=tuple(against))
    changed = _changed(place, other)
    after = cost_of(changed, task)
    return Substitute(
        other,
        tuple(menu for menu in changed if menu.service_on == day_on),
        after.food_fen - place.cost.food_fen,
        after.penalty_fen - place.cost.penalty_fen,
        broken=new_findings(place.known, _judged(changed, task, day_on)),
    )


def _weighed(place: _Place, one: Substitute) -> Substitute:
    """A candidate with what it does to the weekly targets."""
    rest = [menu for menu in place.week if menu.service_on != place.day_on]
    return replace(one, missed=_balance(place.week, [*rest, *one.menus], place.task, place.lines))


def _judged(week: Sequence[DayMenu], task: MenuTask, day_on: date) -> tuple[Coded, ...]:
    """What the day breaks, and what the week breaks apart from the targets of its other days."""
    day = [menu for menu in week if menu.service_on == day_on]
    bare = [
        replace(line, targets=replace(line.targets, bounds={}), most_food_fen=None) for line in task.lines
    ]
    rules = replace(task.rules, kinds_bind=False)
    found = check_menus(day, replace(task, days=(day_on,), rules=rules))
    found += [one for one in check_menus(week, replace(task, lines=tuple(bare))) if one not in found]
    return tuple(found)


def _unfit(place: _Place, other: str) -> list[Coded]:
    """Why lines cannot eat a dish at all, or have it in the set already."""
    found = []
    for menu in filter(place.has, place.week):
        line = next(one for one in place.task.lines if one.code == menu.line)
        against = "there" if other in menu.dish_ids else _against(place.task, line, other)
        if against:
            about: dict[str, str | int | float] = {"day": place.day_on.isoformat(), "line": line.code}
            found.append(Coded("menu_swap_unfit", about | {"dish": other, "against": against}))
    return found


def _against(task: MenuTask, line: Line, dish_id: str) -> str:
    """Why a line cannot eat a dish in any of its variants; empty when it can."""
    made = [task.made[dish_id, one] for one in line.variants if (dish_id, one) in task.made]
    reasons = [reason_against(one, line, task) for one in made]
    return "" if None in reasons else next((one for one in reasons if one), "variant")


def _changed(place: _Place, other: str) -> list[DayMenu]:
    """The week with another dish in the place of one, as each line eats it."""
    by_code = {line.code: line for line in place.task.lines}
    changed = []
    for menu in place.week:
        if place.has(menu):
            cooked = _cooked(place.task, by_code[menu.line], other)
            dishes = tuple(cooked if one == place.dish_id else (one, variant) for one, variant in menu.dishes)
            changed.append(replace(menu, dishes=dishes))
        else:
            changed.append(menu)
    return changed


def _cooked(task: MenuTask, line: Line, dish_id: str) -> Cooked:
    made = ((dish_id, variant) for variant in line.variants if (dish_id, variant) in task.made)
    return next(one for one in made if reason_against(task.made[one], line, task) is None)


def _what(finding: Coded) -> tuple[str, frozenset[tuple[str, object]]]:
    """A finding without how much it is."""
    measure, _ = MEASURES.get(finding.code, ("", 0))
    return finding.code, frozenset((key, value) for key, value in finding.params.items() if key != measure)


def _how_bad(finding: Coded) -> float:
    measure, sign = MEASURES.get(finding.code, ("", 0))
    return sign * float(finding.params.get(measure, 0))


def _part_off(finding: Coded) -> float:
    """How far a finding is off its limit, as a part of it."""
    limit = next((float(finding.params[name]) for name in LIMITS if name in finding.params), 0.0)
    measure, _ = MEASURES.get(finding.code, ("", 0))
    return abs(float(finding.params.get(measure, 0)) - limit) / max(limit, 1e-9)


def _rule_of(finding: Coded) -> tuple[str, str]:
    """Line and name of the rule that a finding breaks."""
    params = finding.params
    named = params.get("nutrient") or params.get("what") or RULES.get(finding.code, finding.code)
    if "equipment" in params:
        named = f"equipment_{params['equipment']}"
    return str(params.get("line", "")), str(named)


def _balance(
    week: Sequence[DayMenu], changed: Sequence[DayMenu], task: MenuTask, lines: Sequence[str]
) -> dict[tuple[str, str], float]:
    balance = {}
    for line in task.lines:
        if line.code in lines:
            now = missed_percent([one for one in week if one.line == line.code], line, task)
            then = missed_percent([one for one in changed if one.line == line.code], line, task)
            for nutrient in sorted(now.keys() | then.keys()):
                more = then.get(nutrient, 0.0) - now.get(nutrient, 0.0)
                if abs(more) >= 0.05:
                    balance[line.code, nutrient] = round(more, 1)
    return balance
