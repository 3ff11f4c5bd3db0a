"""The judge of menus: every rule recomputed from dishes and foods; shares no code with the planner."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import ceil, floor

from kitchen.foods import Food
from kitchen.menu_check_grounds import grounds_against, near_repeats, standing_at
from kitchen.menu_facts import Cooked, DayMenu, DayRule, Line, MenuTask
from kitchen.nutrition import Retention
from kitchen.recipes import Dish
from orders.codes import Coded

PARTS_OF_ENERGY = {"fat_ratio": ("fat_g", 9), "carbohydrate_ratio": ("carbohydrate_g", 4)}
GROUNDED = ("menu_banned", "menu_out_of_season", "menu_near")
PLAIN_DAY = DayRule()


def check_menus(menus: Iterable[DayMenu], task: MenuTask) -> list[Coded]:
    """
    Every hard rule that menus break; empty when they keep all.

    Parameters
    ----------
    menus
        One a day and line.
    task
        What they must keep. A menu of a day or line that is not asked for, or missing, breaks a rule too.
    """
    own = list(menus)
    found: list[Coded] = []
    wanted = Counter((day_on, line.code) for day_on in task.days for line in task.lines)
    for (day_on, line), times in sorted(
        (wanted - Counter((one.service_on, one.line) for one in own)).items()
    ):
        found.append(Coded("menu_missing", {"day": day_on.isoformat(), "line": line, "times": times}))
    lines = {line.code: line for line in task.lines}
    for menu in own:
        found += _meal(menu, lines[menu.line], task)
    for code in lines:
        mine = sorted((menu for menu in own if menu.line == code), key=lambda menu: menu.service_on)
        found += _repeats(mine, task)
        found += near_repeats(mine, task)
        found += _kinds(mine, task)
    for day_on in task.days:
        found += _equipment(day_on, [menu for menu in own if menu.service_on == day_on], lines, task)
    return _said_once(found)


def _said_once(found: Iterable[Coded]) -> list[Coded]:
    """Without what the planner barred from a day where the judge's own grounds say why."""
    own = list(found)
    grounded = {_place(one) for one in own if one.code in GROUNDED}
    return [one for one in own if one.code != "menu_barred_that_day" or _place(one) not in grounded]


def _place(finding: Coded) -> tuple[object, ...]:
    return tuple(finding.params.get(key) for key in ("day", "line", "dish"))


def _meal(menu: DayMenu, line: Line, task: MenuTask) -> Iterator[Coded]:
    on, code = menu.service_on.isoformat(), line.code
    day = task.day_rules.get(menu.service_on, PLAIN_DAY)
    served = [task.made[cooked] for cooked in menu.dishes]
    counts = Counter(dish.category for dish in served)
    standing = standing_at(menu.service_on, task)
    parts = {**task.rules.parts, **day.parts}
    for rule in standing:
        parts.update(rule.parts)
    if set(counts) - set(parts) or any(not low <= counts[one] <= most for one, (low, most) in parts.items()):
        yield Coded("menu_parts", {"day": on, "line": code})
    barred = day.barred_tags.union(*(rule.barred_tags for rule in standing))
    for cooked in menu.dishes:
        yield from _dish(on, cooked, line, replace(day, barred_tags=barred), task)
        yield from grounds_against(menu, cooked, task)
    for wanted, dish_id in day.pins:
        if wanted in ("", code) and dish_id not in menu.dish_ids and _can_eat(dish_id, line, task, day):
            yield Coded("menu_pin_lost", {"day": on, "line": code, "dish": dish_id})
    yield from _variety(on, menu, task)
    yield from _nutrition(on, served, line, task)


def _dish(on: str, cooked: Cooked, line: Line, day: DayRule, task: MenuTask) -> Iterator[Coded]:
    dish_id, variant = cooked
    dish, rules = task.made[cooked], task.rules
    where = {"day": on, "line": line.code, "dish": dish_id}
    if variant not in line.variants:
        yield Coded("menu_variant", {"day": on, "line": line.code, "dish": dish_id, "variant": variant})
    stays_hot = dish.service_mode == "both" and dish.hot_quality_minutes >= rules.least_hot_minutes
    if rules.least_hot_minutes and not stays_hot:
        yield Coded("menu_not_kept_hot", where)
    if not _suits(dish, line, day, task.foods):
        yield Coded("menu_unsuitable", where)
    if dish_id in day.barred_dishes.get("", frozenset()) | day.barred_dishes.get(line.code, frozenset()):
        yield Coded("menu_barred_that_day", where)


def _suits(dish: Dish, line: Line, day: DayRule, foods: Mapping[str, Food]) -> bool:
    """Texture, tags and allergens of everything that is in it."""
    inside = [foods[ingredient.food_code] for ingredient in dish.ingredients]
    allergens, tags = set(dish.extra_allergens), set(dish.tags)
    for food in inside:
        allergens |= food.contains | food.may_contain | food.unknown
        tags |= food.tags
        if food.group in ("red_meat", "poultry", "aquatic"):
            tags.add(food.group)
    return (
        dish.iddsi_level <= line.softest
        and not allergens & line.barred_allergens
        and not tags & (line.barred_tags | day.barred_tags)
    )


def _can_eat(dish_id: str, line: Line, task: MenuTask, day: DayRule) -> bool:
    made = [task.made[dish_id, one] for one in line.variants if (dish_id, one) in task.made]
    return any(_suits(dish, line, day, task.foods) for dish in made)


def _variety(on: str, menu: DayMenu, task: MenuTask) -> Iterator[Coded]:
    looks = [task.looks[dish_id] for dish_id in menu.dish_ids]
    methods = [task.made[cooked].method for cooked in menu.dishes]
    for what, values, most in (
        ("main_food", [food for look in looks for food in look.main_foods], 1),
        ("colour", [look.colour for look in looks], task.rules.most_of_colour),
        ("method", methods, task.rules.most_of_method),
    ):
        for value, times in sorted(Counter(values).items()):
            if times > most:
                about: dict[str, str | int | float] = {"day": on, "line": menu.line, "what": what}
                yield Coded("menu_alike", about | {"value": value, "times": times, "most": most})


def _amount(served: Iterable[Dish], task: MenuTask, nutrient: str) -> Fraction | None:
    """What the meal holds of a nutrient, exactly; None when that is unknown for some ingredient."""
    total = Fraction(0)
    for dish in served:
        for ingredient in dish.ingredients:
            food = task.foods[ingredient.food_code]
            if nutrient not in food.nutrients:
                return None
            left = _left(food, (*ingredient.cooked_by, dish.method), nutrient, task.retention)
            eaten_mg = ingredient.edible_mg * Fraction(str(ingredient.kept_ratio))
            total += Fraction(str(food.nutrients[nutrient])) * eaten_mg * left / 100_000
    return total


def _left(food: Food, methods: Iterable[str], nutrient: str, retention: Retention) -> Fraction:
    """Part of a nutrient that is left of a food after each method that it goes through."""
    left = Fraction(1)
    for method in methods:
        where = retention.kind_of_group.get(food.group, ""), retention.heat_of_method.get(method, "")
        left *= Fraction(str(retention.factors.get(where, {}).get(nutrient, 1)))
    return left


def _nutrition(on: str, served: list[Dish], line: Line, task: MenuTask) -> Iterator[Coded]:
    for nutrient, bound in line.targets.bounds.items():
        if bound.strength != "hard":
            continue
        if nutrient in PARTS_OF_ENERGY:
            name, kcal = PARTS_OF_ENERGY[nutrient]
            part, energy = _amount(served, task, name), _amount(served, task, "energy_kcal")
            amount = part * kcal / energy if part is not None and energy else None
        else:
            amount = _amount(served, task, nutrient)
        if amount is None:
            yield Coded("menu_nutrient_unknown", {"day": on, "line": line.code, "nutrient": nutrient})
            continue
        about: dict[str, str | int | float] = {"day": on, "line": line.code, "nutrient": nutrient}
        about["amount"] = round(float(amount), 2)
        if bound.least is not None and amount < Fraction(str(bound.least)):
            yield Coded("menu_nutrient_low", about | {"bound": bound.least})
        elif bound.most is not None and amount > Fraction(str(bound.most)):
            yield Coded("menu_nutrient_high", about | {"bound": bound.most})
    if line.most_food_fen is not None:
        fen = sum(_fen(dish, task.foods) for dish in served)
        if fen > line.most_food_fen:
            most = line.most_food_fen
            yield Coded("menu_food_dear", {"day": on, "line": line.code, "fen": fen, "most": most})


def _fen(dish: Dish, foods: Mapping[str, Food]) -> int:
    """What a portion's food costs, to the whole fen, half up."""
    exact = Fraction(0)
    for ingredient in dish.ingredients:
        food = foods[ingredient.food_code]
        exact += Fraction(ingredient.edible_mg) / Fraction(str(food.edible_ratio)) * food.price_fen_per_kg
    return floor(exact / 1_000_000 + Fraction(1, 2))


def _repeats(menus: list[DayMenu], task: MenuTask) -> Iterator[Coded]:
    """A dish that comes again sooner than its category allows, counted in service days."""
    number = {day_on: place for place, day_on in enumerate(task.days)}
    stood: dict[str, int] = {}
    for menu in menus:
        for dish_id in menu.dish_ids:
            least = task.rules.repeat_days.get(task.made[dish_id, "regular"].category, 1)
            here = number.get(menu.service_on, 0)
            if dish_id in stood and here - stood[dish_id] < least:
                day, days = menu.service_on.isoformat(), here - stood[dish_id]
                far: dict[str, str | int | float] = {"day": day, "line": menu.line, "dish": dish_id}
                far |= {"least": least, "days": days}
                yield Coded("menu_repeat", far)
            stood[dish_id] = here


def _kinds(menus: list[DayMenu], task: MenuTask) -> Iterator[Coded]:
    if not task.rules.kinds_bind:
        return
    weeks: dict[tuple[int, int], set[str]] = defaultdict(set)
    days: Counter[tuple[int, int]] = Counter()
    for menu in menus:
        year, week, _ = menu.service_on.isocalendar()
        days[year, week] += 1
        for dish_id in menu.dish_ids:
            weeks[year, week] |= task.looks[dish_id].kinds
    for (year, week), kinds in sorted(weeks.items()):
        least = task.rules.kinds_in(days[year, week])
        if len(kinds) < least:
            few: dict[str, str | int | float] = {"week": f"{year}-W{week:02d}", "line": menus[0].line}
            few |= {"kinds": len(kinds), "least": least}
            yield Coded("menu_kinds", few)


def _equipment(
    day_on: date, menus: list[DayMenu], lines: Mapping[str, Line], task: MenuTask
) -> Iterator[Coded]:
    pieces = defaultdict(list)
    for piece in task.rules.equipment:
        if not piece.specials_only:
            pieces[piece.kind].append(piece)
    portions: dict[tuple[str, str], int] = defaultdict(int)
    for menu in menus:
        for cooked in menu.dishes:
            portions[cooked] += lines[menu.line].meals
    taken: dict[str, int] = defaultdict(int)
    for cooked, number in portions.items():
        dish = task.made[cooked]
        here = pieces[dish.equipment_kind]
        if not here:
            yield Coded("menu_no_equipment", {"day": day_on.isoformat(), "dish": dish.dish_id})
            continue
        smallest = min(Fraction(str(piece.capacity_ratio)) for piece in here)
        cooks = ceil(Fraction(number, max(1, floor(dish.batch_portions * smallest))))
        slowest_s = max(piece.changeover_s for piece in here)
        taken[dish.equipment_kind] += cooks * (dish.batch_minutes + ceil(Fraction(slowest_s, 60)))
    for kind, minutes in sorted(taken.items()):
        if minutes > task.rules.cook_minutes * len(pieces[kind]):
            most = task.rules.cook_minutes * len(pieces[kind])
            much: dict[str, str | int | float] = {"day": day_on.isoformat(), "equipment": kind}
            yield Coded("menu_equipment_minutes", much | {"minutes": minutes, "most": most})
