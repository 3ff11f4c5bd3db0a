"""What menus cost in food and in missed wishes, summed straight from dishes and foods."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from itertools import groupby

from kitchen.menu_facts import Cooked, Cost, DayMenu, Line, MenuTask, Points
from kitchen.nutrition import KCAL_PER_G, nutrients_of
from kitchen.recipes import Dish, food_cost_fen


def cost_of(days: Iterable[DayMenu], task: MenuTask) -> Cost:
    """
    Food and penalties of menus over all meals.

    Parameters
    ----------
    days
        One menu a day and line.
    task
        What they were planned from.
    """
    menus = sorted(days, key=lambda menu: (menu.line, menu.service_on))
    lines = {line.code: line for line in task.lines}
    food_fen, penalties = 0, Counter[str]()
    for code, own in groupby(menus, key=lambda menu: menu.line):
        line, weeks = lines[code], by_week(own)
        for week in weeks:
            made = [dish for menu in week for dish in menu.dishes]
            food_fen += line.meals * sum(food_cost_fen(task.made[one], task.foods) for one in made)
            penalties["disliked"] += round(sum(_disliked(task, line, dish_id) for dish_id, _ in made))
            for nutrient, percent in missed_percent(week, line, task).items():
                fen = task.points.missed_percent_fen.get(nutrient, 0)
                penalties[f"{code}/{nutrient}"] += round(percent * fen * line.meals * len(week))
            lacking = max(0, task.rules.kinds_in(len(week)) - len(kinds_in(week, task)))
            penalties[f"{code}/kinds"] += lacking * task.points.missed_kind_fen * line.meals * len(week)
    for day_on, (dishes, minutes) in kitchen_work(menus, task).items():
        penalties["dishes"] += max(0, dishes - least_dishes(day_on, task)) * task.points.dish_fen
        penalties["minutes"] += sum(minutes.values()) * task.points.minute_fen
    return Cost(food_fen, {name: fen for name, fen in sorted(penalties.items()) if fen})


def least_dishes(day_on: date, task: MenuTask) -> int:
    """Dishes that no menus of a date can do without: those of one set that every line would eat."""
    rule = task.day_rules.get(day_on)
    return sum(least for least, _ in {**task.rules.parts, **(rule.parts if rule else {})}.values())


def floor_fen(task: MenuTask) -> int:
    """What `Points.dish_fen` would charge all menus alike, for the dishes that no day can do without."""
    return task.points.dish_fen * sum(least_dishes(day_on, task) for day_on in task.days)


def by_week(menus: Iterable[DayMenu]) -> list[list[DayMenu]]:
    """Menus of one line by calendar week; they must come by date."""
    weeks = groupby(menus, key=lambda menu: menu.service_on.isocalendar()[:2])
    return [list(week) for _, week in weeks]


def week_nutrients(week: Iterable[DayMenu], task: MenuTask) -> tuple[dict[str, float], frozenset[str]]:
    """
    Mean of each nutrient over the meals of a line's week, and the nutrients that some food does not state.

    Those are means of what is known: the meals hold at least so much. Parts of the energy are left out then.
    """
    days = list(week)
    held = [known_nutrients(task.made[made], task) for menu in days for made in menu.dishes]
    names = {name for dish, _ in held for name in dish}
    partly = frozenset().union(*(unknown for _, unknown in held))
    mean = {name: sum(dish.get(name, 0.0) for dish, _ in held) / len(days) for name in sorted(names)}
    for ratio, (nutrient, kcal) in KCAL_PER_G.items():
        if nutrient not in partly and "energy_kcal" not in partly and mean["energy_kcal"] > 0:
            mean[ratio] = mean[nutrient] * kcal / mean["energy_kcal"]
    return mean, partly


def known_nutrients(dish: Dish, task: MenuTask) -> tuple[dict[str, float], frozenset[str]]:
    """What is known of a portion's nutrients, and which of them some food of it does not state."""
    held: dict[str, float] = {}
    codes = [one.food_code for one in dish.ingredients]
    for code in set(codes):
        own = replace(dish, ingredients=tuple(one for one in dish.ingredients if one.food_code == code))
        for name, amount in nutrients_of(own, task.foods, task.retention).items():
            held[name] = held.get(name, 0.0) + amount
    unknown = frozenset(
        name for name in held if any(name not in task.foods[code].nutrients for code in codes)
    )
    return held, unknown


def weekly_aims(line: Line) -> dict[str, float]:
    """What the mean of a week should hold, by nutrient."""
    aims = {
        nutrient: bound.target or bound.least
        for nutrient, bound in line.targets.bounds.items()
        if bound.strength == "weekly"
    }
    return {nutrient: aim for nutrient, aim in aims.items() if aim}


def unweighed(line: Line, points: Points) -> tuple[str, ...]:
    """Weekly targets of a line that no price weighs: without a price, or with a most, which has none."""
    return tuple(
        nutrient
        for nutrient, bound in line.targets.bounds.items()
        if bound.strength == "weekly"
        and (bound.most is not None or not points.missed_percent_fen.get(nutrient))
    )


def missed_percent(week: list[DayMenu], line: Line, task: MenuTask) -> dict[str, float]:
    """How much of each weekly target the mean of a line's week lacks, percent; met ones are left out."""
    mean, _ = week_nutrients(week, task)
    missed = {}
    for nutrient, aim in weekly_aims(line).items():
        held = mean.get(nutrient, 0.0)
        if held < aim:
            missed[nutrient] = 100 * (aim - held) / aim
    return missed


def kinds_in(week: Iterable[DayMenu], task: MenuTask) -> frozenset[str]:
    """Kinds of food in a line's week."""
    return frozenset(kind for menu in week for dish_id in menu.dish_ids for kind in task.looks[dish_id].kinds)


def kitchen_work(menus: Iterable[DayMenu], task: MenuTask) -> dict[date, tuple[int, Mapping[str, int]]]:
    """Dishes prepared and minutes of each kind of equipment, by date."""
    portions: dict[date, Counter[Cooked]] = defaultdict(Counter)
    meals = {line.code: line.meals for line in task.lines}
    for menu in menus:
        for made in menu.dishes:
            portions[menu.service_on][made] += meals[menu.line]
    work: dict[date, tuple[int, Mapping[str, int]]] = {}
    for day_on, cooked in portions.items():
        minutes = Counter[str]()
        for made, number in cooked.items():
            dish = task.made[made]
            minutes[dish.equipment_kind] += cook_minutes(dish, number, task)
        work[day_on] = (len({dish_id for dish_id, _ in cooked}), minutes)
    return work


def cook_minutes(dish: Dish, portions: int, task: MenuTask) -> int:
    """Minutes that portions of one variant take of its equipment, as if all pieces were the smallest."""
    pieces = [
        piece
        for piece in task.rules.equipment
        if piece.kind == dish.equipment_kind and not piece.specials_only
    ]
    most = max(1, int(dish.batch_portions * min(piece.capacity_ratio for piece in pieces)))
    changeover = max(-(-piece.changeover_s // 60) for piece in pieces)
    return -(-portions // most) * (dish.batch_minutes + changeover)


def _disliked(task: MenuTask, line: Line, dish_id: str) -> float:
    return task.points.disliked_fen * (1 - task.looks[dish_id].liked_ratio) * line.meals
