"""The menu rules of a house, applied to its dishes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kitchen.foods import Food
from kitchen.menu_facts import DishLook, Points
from kitchen.menu_grounds import Ban, Name, Parts, Standing
from kitchen.recipes import Dish, Ingredient
from orders.menus import Category


@dataclass(frozen=True, slots=True)
class LineRule:
    """
    A line of meals as the rules name it.

    Parameters
    ----------
    code, name
        Its code, and its name in Chinese and English.
    targets
        Code of its nutrition targets.
    share
        Its part of the kitchen's meals.
    variants, softest, barred_tags, barred_allergens, most_food_fen
        As in `kitchen.menu_facts.Line`.
    """

    code: str
    name: Name
    targets: str
    share: float
    variants: tuple[str, ...]
    softest: int = 7
    barred_tags: frozenset[str] = frozenset()
    barred_allergens: frozenset[str] = frozenset()
    most_food_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Festival:
    """
    A day to be shown: by the lunar calendar, or by month and day.

    Parameters
    ----------
    name
        In Chinese and English.
    lunar
        Month and day of the lunar year; None for a fixed day.
    day
        Month and day, ``"10-01"``; empty for a lunar one.
    last_of_year
        Whether it is the eve of the lunar new year, the 29th or 30th of the last month.
    """

    name: Name
    lunar: tuple[int, int] | None
    day: str
    last_of_year: bool = False


@dataclass(frozen=True, slots=True)
class LookRules:
    """
    How a dish's look follows from its foods.

    Parameters
    ----------
    animal_from_mg, animal_groups
        From how much of these groups a main or half main counts as made of it.
    no_kind_groups
        Groups that are no kind of food.
    beside_from_mg, beside_from_ratio
        Each of a dish's two heaviest foods is a main ingredient from so much and such a part of its foods.
    one_kind
        By food, the kind that it is a form of, where that counts for the main ingredient: all tofu is one.
    liked_ratio
        How well a dish is liked of which nobody has said.
    colour, colour_of
        By food group, and by food where it differs.
    """

    animal_from_mg: int
    animal_groups: frozenset[str]
    no_kind_groups: frozenset[str]
    beside_from_mg: int
    beside_from_ratio: float
    one_kind: Mapping[str, str]
    liked_ratio: float
    colour: Mapping[str, str]
    colour_of: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class MenuBook:
    """
    All menu rules of a house.

    Parameters
    ----------
    code, revision
        Which.
    lines
        By code.
    parts, repeat_days, least_hot_minutes, most_of_method, most_of_colour, kinds_in_week, kinds_bind
        As in `kitchen.menu_facts.MenuRules`.
    season_from_ratio
        As in `kitchen.menu_grounds.Grounds`.
    points
        What missed wishes cost.
    look
        How dishes look.
    bans, standing, festivals
        As they stand in the file.
    """

    code: str
    revision: int
    lines: Mapping[str, LineRule]
    parts: Parts
    repeat_days: Mapping[Category, int]
    least_hot_minutes: int
    most_of_method: int
    most_of_colour: int
    kinds_in_week: int
    kinds_bind: bool
    season_from_ratio: float
    points: Points
    look: LookRules
    bans: tuple[Ban, ...]
    standing: tuple[Standing, ...]
    festivals: tuple[Festival, ...]


def banned(dish: Dish, foods: Mapping[str, Food], book: MenuBook, scope: Iterable[str]) -> Ban | None:
    """The first ban that keeps a dish off every menu of a kitchen with this licence, or None."""
    allowed = frozenset(scope)
    return next(
        (ban for ban in book.bans if not ban.unless_scope & allowed and _covers(ban, dish, foods)), None
    )


def _covers(ban: Ban, dish: Dish, foods: Mapping[str, Food]) -> bool:
    """Whether a ban names this dish."""
    inside = {one.food_code for one in dish.ingredients}
    names = [dish.name_zh, *(foods[code].name_zh for code in inside)]
    return (
        any(word in name for word in ban.words for name in names)
        or bool(inside & ban.foods)
        or dish.service_mode in ban.service_modes
        or dish.method in ban.methods
    )


def look_of(dish: Dish, foods: Mapping[str, Food], rules: LookRules) -> DishLook:
    """What of a dish, as it is made plainly, counts for variety; what the dish itself says comes first."""
    counting = [one for one in dish.ingredients if foods[one.food_code].group not in rules.no_kind_groups]
    heaviest = max(counting or dish.ingredients, key=lambda one: one.edible_mg)
    food = foods[heaviest.food_code]
    colour = rules.colour_of.get(food.code) or rules.colour.get(food.group, "other")
    main_food = _main_food(dish, heaviest, foods, rules)
    return DishLook(
        colour=dish.colour or colour,
        main_food=main_food,
        beside=_beside(counting, foods, rules) - {main_food},
        kinds=frozenset(one.food_code for one in counting),
        liked_ratio=rules.liked_ratio if dish.popularity is None else dish.popularity,
    )


def _main_food(dish: Dish, heaviest: Ingredient, foods: Mapping[str, Food], rules: LookRules) -> str:
    """The food said or heaviest; of a main or half main the animal, where there is enough of it."""
    if dish.main_food:
        return _kind_of(foods[dish.main_food], rules)
    animals = [one for one in dish.ingredients if foods[one.food_code].group in rules.animal_groups]
    most = max(animals, key=lambda one: one.edible_mg, default=None)
    if most is not None and dish.category in ("main", "half_main") and most.edible_mg >= rules.animal_from_mg:
        return _kind_of(foods[most.food_code], rules)
    return rules.one_kind.get(heaviest.food_code, heaviest.food_code)


def _beside(counting: Sequence[Ingredient], foods: Mapping[str, Food], rules: LookRules) -> frozenset[str]:
    """Kinds of the two heaviest foods, as far as there is much of them."""
    weights: dict[str, int] = {}
    for one in counting:
        kind = _kind_of(foods[one.food_code], rules)
        weights[kind] = weights.get(kind, 0) + one.edible_mg
    least_mg = max(rules.beside_from_mg, rules.beside_from_ratio * sum(weights.values()))
    heaviest = sorted(weights, key=lambda kind: (-weights[kind], kind))[:2]
    return frozenset(kind for kind in heaviest if weights[kind] >= least_mg)


def _kind_of(food: Food, rules: LookRules) -> str:
    """The animal that a food is of, the kind that it is a form of, or itself."""
    if food.group not in rules.animal_groups:
        return rules.one_kind.get(food.code, food.code)
    return "pork" if "pork" in food.tags else food.group


def in_season(dish: Dish, foods: Mapping[str, Food], month: int, from_ratio: float) -> bool:
    """Whether no food that makes up this part of a dish's weight is out of season in a month."""
    whole_mg = sum(one.edible_mg for one in dish.ingredients)
    return all(
        foods[one.food_code].in_season(month) or one.edible_mg < from_ratio * whole_mg
        for one in dish.ingredients
    )
