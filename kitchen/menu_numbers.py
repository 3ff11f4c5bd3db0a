"""A menu task as whole numbers: what the planner and its search both compute with."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kitchen.menu_cost import cook_minutes, known_nutrients, weekly_aims
from kitchen.menu_facts import DayRule, DishLook, Line, MenuTask
from kitchen.menu_options import may_stand
from kitchen.nutrition import KCAL_PER_G, Bound, meal_nutrients, nutrients_of
from kitchen.recipes import Dish, diet_tags, food_cost_fen
from orders.menus import Category

Ints = npt.NDArray[np.int64]
Bits = npt.NDArray[np.bool_]

SCALE = 1_000
PERCENT = 1_000
WHOLE = 100 * PERCENT
FOOD_FEN = "food_fen"
NO_RULE = DayRule()


@dataclass(frozen=True, slots=True)
class Numbers:
    """
    A menu task in arrays: D days, L lines, I dishes, C categories, S sets of lines as bits; money is in
    thousandths of a fen.

    Parameters
    ----------
    dish_ids
        One for each I, by category and id.
    variants
        By line and dish, what it is cooked as there; empty where it cannot stand.
    categories
        One for each C, in the order of a set.
    category
        (I), which of the categories.
    window
        (I), service days in which a dish stands once.
    allowed
        (D, L, I), whether it may stand.
    pinned
        (D, L, I), whether it must.
    least, most
        (D, C), dishes of a set.
    week
        (D), number of the calendar week, from 0.
    rows, limits
        (L, H, I) and (L, H): each day's sum of a row over a line's set is at most its limit.
    row_names
        By line, what each row stands for, and whether its limit is the ``"least"`` or the ``"most"``.
    food
        (L, I), food and dislike of a day's portions.
    parts
        (L, N, I), thousandths of a percent of a weekly target in a portion.
    prices
        (L, N), for each thousandth of a percent missed in the mean of a week, a day.
    cook
        (I, S), for the dish prepared and its minutes when these lines share it.
    minutes
        (I, S), equipment minutes then.
    kind, capacity
        (I) and one for each kind: which equipment, and its minutes in a day.
    kind_names
        Kinds of equipment.
    alike, most_alike, alike_names
        (I, A), numbers of what a set may not repeat, -1 beyond the last; how often each number may stand in a
        set, and the name of its rule.
    kinds
        (I, K), numbers of kinds of food, -1 beyond the last.
    kinds_price
        (L), for each kind of food that a week lacks, a day.
    """

    task: MenuTask
    dish_ids: tuple[str, ...]
    variants: tuple[tuple[str, ...], ...]
    categories: tuple[Category, ...]
    category: Ints
    window: Ints
    allowed: Bits
    pinned: Bits
    least: Ints
    most: Ints
    week: Ints
    rows: Ints
    limits: Ints
    row_names: tuple[tuple[tuple[str, str], ...], ...]
    food: Ints
    parts: Ints
    prices: Ints
    cook: Ints
    minutes: Ints
    kind: Ints
    capacity: Ints
    kind_names: tuple[str, ...]
    alike: Ints
    most_alike: Ints
    alike_names: tuple[str, ...]
    kinds: Ints
    kinds_price: Ints

    @property
    def lines(self) -> int:
        """How many lines."""
        return len(self.task.lines)

    @property
    def days(self) -> int:
        """How many days."""
        return len(self.task.days)


def numbers_of(task: MenuTask) -> Numbers:
    """The task in arrays; only dishes that may stand on some line are among them."""
    categories = tuple(task.rules.parts)
    made = [_made(task, line) for line in task.lines]
    dish_ids = sorted(
        {dish_id for own in made for dish_id in own},
        key=lambda dish_id: (categories.index(task.made[dish_id, "regular"].category), dish_id),
    )
    plain = [task.made[dish_id, "regular"] for dish_id in dish_ids]
    looks = [task.looks[dish_id] for dish_id in dish_ids]
    rows = [_rows(task, line, own, dish_ids) for line, own in zip(task.lines, made, strict=True)]
    kind_names = tuple(sorted({piece.kind for piece in task.rules.equipment}))
    cook, minutes = _work(task, made, dish_ids)
    least, most = _parts(task, categories)
    parts, prices = _weekly(task, made, dish_ids)
    often = {"main_food": 1, "method": task.rules.most_of_method, "colour": task.rules.most_of_colour}
    alike = [_alike(dish, look) for dish, look in zip(plain, looks, strict=True)]
    alike_names = tuple(one.partition("/")[0] for one in sorted(frozenset[str]().union(*alike)))
    return Numbers(
        task=task,
        dish_ids=tuple(dish_ids),
        variants=tuple(tuple(own.get(dish_id, "") for dish_id in dish_ids) for own in made),
        categories=categories,
        category=_ints([categories.index(dish.category) for dish in plain]),
        window=_ints([task.rules.repeat_days.get(dish.category, 1) for dish in plain]),
        allowed=_allowed(task, made, dish_ids),
        pinned=_pinned(task, made, dish_ids),
        least=least,
        most=most,
        week=_weeks(task),
        rows=_padded([[row for _, row, _ in own] for own in rows], len(dish_ids)),
        limits=_padded_limits([[limit for _, _, limit in own] for own in rows]),
        row_names=tuple(tuple(name for name, _, _ in own) for own in rows),
        food=_food(task, made, dish_ids),
        parts=parts,
        prices=prices,
        cook=cook,
        minutes=minutes,
        kind=_ints([kind_names.index(dish.equipment_kind) for dish in plain]),
        capacity=_ints([_capacity(task, kind) for kind in kind_names]),
        kind_names=kind_names,
        alike=_kinds(alike),
        most_alike=_ints([often[name] for name in alike_names]),
        alike_names=alike_names,
        kinds=_kinds([look.kinds for look in looks]),
        kinds_price=_ints([SCALE * task.points.missed_kind_fen * line.meals for line in task.lines]),
    )


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, dtype=np.int64)


def _alike(dish: Dish, look: DishLook) -> frozenset[str]:
    """What a set may not repeat, each with the name of its rule before it."""
    foods = {f"main_food/{food}" for food in look.main_foods}
    return frozenset({*foods, f"method/{dish.method}", f"colour/{look.colour}"})


def _made(task: MenuTask, line: Line) -> dict[str, str]:
    """By dish what the line eats it as: the first of its variants that suits."""
    fit: dict[str, str] = {}
    for variant in line.variants:
        for (dish_id, own), dish in task.made.items():
            if own == variant and dish_id not in fit and may_stand(dish, line, task):
                fit[dish_id] = variant
    return fit


def _allowed(task: MenuTask, made: Sequence[Mapping[str, str]], dish_ids: Sequence[str]) -> Bits:
    allowed = np.zeros((len(task.days), len(made), len(dish_ids)), dtype=np.bool_)
    tags = {dish_id: diet_tags(task.made[dish_id, "regular"], task.foods) for dish_id in dish_ids}
    for d, day_on in enumerate(task.days):
        rule = task.day_rules.get(day_on, NO_RULE)
        for line, (own, facts) in enumerate(zip(made, task.lines, strict=True)):
            barred = rule.barred_dishes.get("", frozenset()) | rule.barred_dishes.get(facts.code, frozenset())
            for i, dish_id in enumerate(dish_ids):
                fits = dish_id in own and dish_id not in barred
                allowed[d, line, i] = fits and not tags[dish_id] & rule.barred_tags
    return allowed


def _pinned(task: MenuTask, made: Sequence[Mapping[str, str]], dish_ids: Sequence[str]) -> Bits:
    pinned = np.zeros((len(task.days), len(made), len(dish_ids)), dtype=np.bool_)
    for d, day_on in enumerate(task.days):
        for code, dish_id in task.day_rules.get(day_on, NO_RULE).pins:
            for line, facts in enumerate(task.lines):
                if code in ("", facts.code) and dish_id in made[line]:
                    pinned[d, line, dish_ids.index(dish_id)] = True
    return pinned


def _parts(task: MenuTask, categories: Sequence[Category]) -> tuple[Ints, Ints]:
    days = [{**task.rules.parts, **task.day_rules.get(on, NO_RULE).parts} for on in task.days]
    both = np.array([[parts[category] for category in categories] for parts in days], dtype=np.int64)
    return both[:, :, 0].copy(), both[:, :, 1].copy()


def _weeks(task: MenuTask) -> Ints:
    weeks = [day_on.isocalendar()[:2] for day_on in task.days]
    known = sorted(set(weeks))
    return _ints([known.index(week) for week in weeks])


def _rows(
    task: MenuTask, line: Line, made: Mapping[str, str], dish_ids: Sequence[str]
) -> list[tuple[tuple[str, str], list[int], int]]:
    """Each hard bound as a sum that must not exceed a limit, rounded so that the true sum keeps it too."""
    nutrients = [
        nutrients_of(task.made[dish_id, made[dish_id]], task.foods, task.retention) if dish_id in made else {}
        for dish_id in dish_ids
    ]
    rows = []
    for nutrient, bound in line.targets.bounds.items():
        if bound.strength == "hard":
            rows += [((nutrient, way), row, limit) for way, row, limit in _limits(nutrients, nutrient, bound)]
    if line.most_food_fen is not None:
        fen = [food_cost_fen(task.made[one, made[one]], task.foods) if one in made else 0 for one in dish_ids]
        rows.append(((FOOD_FEN, "most"), fen, line.most_food_fen))
    return rows


def _limits(
    nutrients: Sequence[Mapping[str, float]], nutrient: str, bound: Bound
) -> Iterator[tuple[str, list[int], int]]:
    for way, limit, sign in (("most", bound.most, 1), ("least", bound.least, -1)):
        if limit is None:
            continue
        if nutrient in KCAL_PER_G:
            name, kcal = KCAL_PER_G[nutrient]
            amounts = [one.get(name, 0.0) * kcal - limit * one.get("energy_kcal", 0.0) for one in nutrients]
            most = 0
        else:
            amounts = [one.get(nutrient, 0.0) for one in nutrients]
            most = math.floor(SCALE * sign * limit)
        yield way, [math.ceil(SCALE * sign * amount) for amount in amounts], most


def part_row(numbers: Numbers, line: int, name: tuple[str, str], ratio: float) -> Ints:
    """(I), a row of a line for another part of the energy than its targets ask."""
    nutrient, way = name
    least, most = (ratio, None) if way == "least" else (None, ratio)
    limits = _limits(_nutrients(numbers, line), nutrient, Bound(least, most, None, "hard"))
    return _ints(next(row for _, row, _ in limits))


def amount_of(numbers: Numbers, line: int, eaten: Bits, name: str) -> float:
    """What a line's set, (I), holds of a nutrient, or what its food costs."""
    task, chosen = numbers.task, np.flatnonzero(eaten).tolist()
    made = [task.made[numbers.dish_ids[i], numbers.variants[line][i]] for i in chosen]
    if name == FOOD_FEN:
        return float(sum(food_cost_fen(dish, task.foods) for dish in made))
    return meal_nutrients(nutrients_of(dish, task.foods, task.retention) for dish in made).get(name, 0.0)


def asked_of(line: Line, name: str, way: str) -> float | None:
    """The figure of a line's bound, if it has this one."""
    if name == FOOD_FEN:
        return line.most_food_fen
    bound = line.targets.bounds.get(name)
    return None if bound is None else bound.least if way == "least" else bound.most


def _nutrients(numbers: Numbers, line: int) -> list[dict[str, float]]:
    task = numbers.task
    return [
        nutrients_of(task.made[dish_id, variant], task.foods, task.retention) if variant else {}
        for dish_id, variant in zip(numbers.dish_ids, numbers.variants[line], strict=True)
    ]


def _padded(rows: Sequence[Sequence[Sequence[int]]], width: int) -> Ints:
    padded = np.zeros((len(rows), max(len(own) for own in rows), width), dtype=np.int64)
    for line, own in enumerate(rows):
        for h, row in enumerate(own):
            padded[line, h] = row
    return padded


def _padded_limits(limits: Sequence[Sequence[int]]) -> Ints:
    padded = np.zeros((len(limits), max(len(own) for own in limits)), dtype=np.int64)
    for line, own in enumerate(limits):
        padded[line, : len(own)] = own
    return padded


def _food(task: MenuTask, made: Sequence[Mapping[str, str]], dish_ids: Sequence[str]) -> Ints:
    food = np.zeros((len(made), len(dish_ids)), dtype=np.int64)
    for number, (line, own) in enumerate(zip(task.lines, made, strict=True)):
        for i, dish_id in enumerate(dish_ids):
            if dish_id in own:
                fen = food_cost_fen(task.made[dish_id, own[dish_id]], task.foods)
                disliked = task.points.disliked_fen * (1 - task.looks[dish_id].liked_ratio)
                food[number, i] = round(SCALE * line.meals * (fen + disliked))
    return food


def _weekly(task: MenuTask, made: Sequence[Mapping[str, str]], dish_ids: Sequence[str]) -> tuple[Ints, Ints]:
    """Parts and prices of the nutrients that have both a weekly target and a price."""
    priced = {name for name, fen in task.points.missed_percent_fen.items() if fen}
    names = sorted({name for line in task.lines for name in weekly_aims(line)} & priced)
    parts = np.zeros((len(made), len(names), len(dish_ids)), dtype=np.int64)
    prices = np.zeros((len(made), len(names)), dtype=np.int64)
    for number, (line, own) in enumerate(zip(task.lines, made, strict=True)):
        aims = weekly_aims(line)
        for n, name in enumerate(names):
            prices[number, n] = task.points.missed_percent_fen[name] * line.meals if name in aims else 0
        for i, dish_id in enumerate(dish_ids):
            if dish_id in own:
                held, _ = known_nutrients(task.made[dish_id, own[dish_id]], task)
                for n, name in enumerate(names):
                    if name in aims:
                        parts[number, n, i] = math.floor(WHOLE * held.get(name, 0.0) / aims[name])
    return parts, prices


def _work(task: MenuTask, made: Sequence[Mapping[str, str]], dish_ids: Sequence[str]) -> tuple[Ints, Ints]:
    sets = 1 << len(made)
    cook = np.zeros((len(dish_ids), sets), dtype=np.int64)
    minutes = np.zeros((len(dish_ids), sets), dtype=np.int64)
    for i, dish_id in enumerate(dish_ids):
        for lines in range(1, sets):
            minutes[i, lines] = _shared_minutes(task, made, dish_id, lines)
            fen = task.points.dish_fen + task.points.minute_fen * int(minutes[i, lines])
            cook[i, lines] = SCALE * fen
    return cook, minutes


def _shared_minutes(task: MenuTask, made: Sequence[Mapping[str, str]], dish_id: str, lines: int) -> int:
    """Minutes when these lines eat a dish: each variant is cooked in pans of its own."""
    portions: dict[str, int] = {}
    for number, line in enumerate(task.lines):
        if lines >> number & 1 and dish_id in made[number]:
            variant = made[number][dish_id]
            portions[variant] = portions.get(variant, 0) + line.meals
    return sum(
        cook_minutes(task.made[dish_id, variant], number, task) for variant, number in portions.items()
    )


def _capacity(task: MenuTask, kind: str) -> int:
    pieces = [piece for piece in task.rules.equipment if piece.kind == kind and not piece.specials_only]
    return task.rules.cook_minutes * len(pieces)


def _kinds(kinds: Sequence[frozenset[str]]) -> Ints:
    """(I, K), numbers of what each has, -1 beyond the last."""
    known = {kind: number for number, kind in enumerate(sorted(frozenset().union(*kinds)))}
    padded = np.full((len(kinds), max(map(len, kinds), default=0) or 1), -1, dtype=np.int64)
    for i, own in enumerate(kinds):
        padded[i, : len(own)] = sorted(known[kind] for kind in own)
    return padded
