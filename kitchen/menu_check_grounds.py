"""The judge's own view of bans, season, the moon's rules and the menus nearby; the planner's is not asked."""

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction

from lunardate import LunarDate

from kitchen.foods import Food
from kitchen.menu_facts import Cooked, DayMenu, MenuTask
from kitchen.menu_grounds import Ban, Standing
from kitchen.recipes import Dish
from orders.codes import Coded


def standing_at(day_on: date, task: MenuTask) -> list[Standing]:
    """The rules of the lunar month that hold on a date."""
    holding = task.grounds.standing
    if not holding:
        return []
    day = LunarDate.from_solar_date(day_on.year, day_on.month, day_on.day).day
    return [rule for rule in holding if day in rule.lunar_days]


def grounds_against(menu: DayMenu, cooked: Cooked, task: MenuTask) -> Iterator[Coded]:
    """Bans that name a dish, plain or as it is made, and the food of it that is out of season."""
    dish_id, _ = cooked
    where: dict[str, str | int | float] = {"day": menu.service_on.isoformat(), "line": menu.line}
    where["dish"] = dish_id
    plain = task.made.get((dish_id, "regular"), task.made[cooked])
    for ban in task.grounds.bans:
        if not ban.unless_scope.isdisjoint(task.grounds.scope):
            continue
        if any(_named(ban, dish, task) for dish in (plain, task.made[cooked])):
            yield Coded("menu_banned", where | {"why_zh": ban.name[0], "why_en": ban.name[1]})
    weights = [one.edible_mg for one in plain.ingredients]
    least_mg = Fraction(str(task.grounds.season_from_ratio)) * sum(weights)
    for one in plain.ingredients if task.grounds.days else ():
        months = task.foods[one.food_code].season
        if months and menu.service_on.month not in months and one.edible_mg >= least_mg:
            yield Coded("menu_out_of_season", where | {"food": one.food_code})


def near_repeats(menus: Iterable[DayMenu], task: MenuTask) -> Iterator[Coded]:
    """Dishes that a menu outside the planned days has too near, counted in the kitchen's service days."""
    counted = task.grounds.days
    for menu in menus:
        for near_on, line, dish_ids in task.grounds.stood:
            if line not in ("", menu.line) or near_on in task.days or menu.service_on not in counted:
                continue
            days = abs(counted.index(near_on) - counted.index(menu.service_on))
            for dish_id in sorted(dish_ids.intersection(menu.dish_ids)):
                least = task.rules.repeat_days.get(task.made[dish_id, "regular"].category, 1)
                if days < least:
                    about: dict[str, str | int | float] = {
                        "day": menu.service_on.isoformat(),
                        "line": menu.line,
                        "dish": dish_id,
                        "other": near_on.isoformat(),
                    }
                    yield Coded("menu_near", about | {"least": least, "days": days})


def _named(ban: Ban, dish: Dish, task: MenuTask) -> bool:
    inside: list[Food] = [task.foods[one.food_code] for one in dish.ingredients]
    called = " ".join((dish.name_zh, *(food.name_zh for food in inside)))
    if any(word in called for word in ban.words) or any(food.code in ban.foods for food in inside):
        return True
    return dish.service_mode in ban.service_modes or dish.method in ban.methods
