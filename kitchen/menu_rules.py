"""The menu rules of a house: read from a table, and applied to its dishes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kitchen.foods import Food
from kitchen.menu_facts import DishLook, Points
from kitchen.recipes import Dish, Ingredient
from kitchen.tables import Table, codes, number, part, rows, text, whole
from orders.menus import CATEGORIES, Category

Parts = Mapping[Category, tuple[int, int]]
Name = tuple[str, str]


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
class Ban:
    """
    Dishes that stand on no menu.

    Parameters
    ----------
    code, name
        Its code, and its name in Chinese and English.
    words
        Chinese words in the name of a dish or of a food in it.
    foods, service_modes, methods
        Codes of any of which one is enough.
    unless_scope
        A licence with one of these items may serve them.
    """

    code: str
    name: Name
    words: tuple[str, ...] = ()
    foods: frozenset[str] = frozenset()
    service_modes: frozenset[str] = frozenset()
    methods: frozenset[str] = frozenset()
    unless_scope: frozenset[str] = frozenset()

    def covers(self, dish: Dish, foods: Mapping[str, Food]) -> bool:
        """Whether it names this dish."""
        inside = {one.food_code for one in dish.ingredients}
        names = [dish.name_zh, *(foods[code].name_zh for code in inside)]
        return (
            any(word in name for word in self.words for name in names)
            or bool(inside & self.foods)
            or dish.service_mode in self.service_modes
            or dish.method in self.methods
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """
    A rule for days of the lunar month.

    Parameters
    ----------
    code, name
        Its code, and its name in Chinese and English.
    active
        Whether it holds without being asked for.
    lunar_days
        On which days of the lunar month.
    barred_tags, parts
        What holds then.
    """

    code: str
    name: Name
    active: bool
    lunar_days: frozenset[int]
    barred_tags: frozenset[str]
    parts: Parts


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
    """

    name: Name
    lunar: tuple[int, int] | None
    day: str


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
    liked_ratio
        How well a dish is liked of which nobody has said.
    colour, colour_of
        By food group, and by food where it differs.
    """

    animal_from_mg: int
    animal_groups: frozenset[str]
    no_kind_groups: frozenset[str]
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
    points: Points
    look: LookRules
    bans: tuple[Ban, ...]
    standing: tuple[Standing, ...]
    festivals: tuple[Festival, ...]


def banned(dish: Dish, foods: Mapping[str, Food], book: MenuBook, scope: Iterable[str]) -> Ban | None:
    """The first ban that keeps a dish off every menu of a kitchen with this licence, or None."""
    allowed = frozenset(scope)
    return next(
        (ban for ban in book.bans if not ban.unless_scope & allowed and ban.covers(dish, foods)), None
    )


def look_of(dish: Dish, foods: Mapping[str, Food], rules: LookRules) -> DishLook:
    """What of a dish, as it is made plainly, counts for variety; what the dish itself says comes first."""
    counting = [one for one in dish.ingredients if foods[one.food_code].group not in rules.no_kind_groups]
    heaviest = max(counting or dish.ingredients, key=lambda one: one.edible_mg)
    food = foods[heaviest.food_code]
    colour = rules.colour_of.get(food.code) or rules.colour.get(food.group, "other")
    return DishLook(
        colour=dish.colour or colour,
        main_food=_main_food(dish, heaviest, foods, rules),
        kinds=frozenset(one.food_code for one in counting),
        liked_ratio=rules.liked_ratio if dish.popularity is None else dish.popularity,
    )


def _main_food(dish: Dish, heaviest: Ingredient, foods: Mapping[str, Food], rules: LookRules) -> str:
    """The food said or heaviest; of a main or half main the animal, where there is enough of it."""
    if dish.main_food:
        return _kind_of_animal(foods[dish.main_food], rules)
    animals = [one for one in dish.ingredients if foods[one.food_code].group in rules.animal_groups]
    most = max(animals, key=lambda one: one.edible_mg, default=None)
    if most is not None and dish.category in ("main", "half_main") and most.edible_mg >= rules.animal_from_mg:
        return _kind_of_animal(foods[most.food_code], rules)
    return heaviest.food_code


def _kind_of_animal(food: Food, rules: LookRules) -> str:
    if food.group not in rules.animal_groups:
        return food.code
    return "pork" if "pork" in food.tags else food.group


def in_season(dish: Dish, foods: Mapping[str, Food], month: int, share: float = 0.25) -> bool:
    """Whether no food that makes up so much of a dish is out of season in a month."""
    whole_mg = sum(one.edible_mg for one in dish.ingredients)
    return not any(
        foods[one.food_code].season
        and month not in foods[one.food_code].season
        and one.edible_mg >= share * whole_mg
        for one in dish.ingredients
    )


def book_from_table(code: str, table: Table) -> MenuBook:
    """
    The rules of one block of ``menu-rules.toml``.

    Raises
    ------
    ValueError
        Naming the block and the field that cannot be used.
    """
    try:
        repeats = part(table, "repeat_days")
        return MenuBook(
            code=code,
            revision=whole(table, "revision", 1),
            lines={name: _line(name, part(part(table, "line"), name)) for name in part(table, "line")},
            parts=parts_from_table(part(table, "parts")),
            repeat_days={_category(key): whole(repeats, key) for key in repeats},
            least_hot_minutes=whole(table, "least_hot_minutes"),
            most_of_method=whole(table, "most_of_method", 2),
            most_of_colour=whole(table, "most_of_colour", 2),
            kinds_in_week=whole(table, "kinds_in_week", 0),
            kinds_bind=table.get("kinds_bind") is True,
            points=_points(part(table, "points")),
            look=_look(part(table, "look")),
            bans=tuple(_ban(one) for one in _rows(table, "ban")),
            standing=tuple(_standing(one) for one in _rows(table, "standing")),
            festivals=tuple(_festival(one) for one in _rows(table, "festival")),
        )
    except ValueError as error:
        raise ValueError(f"menu rules {code}: {error}") from error


def parts_from_table(table: Table) -> Parts:
    """Least and most dishes by category; one number is both."""
    parts = {}
    for key, value in table.items():
        pair = value if isinstance(value, list | tuple) else (value, value)
        if len(pair) != 2 or not all(isinstance(one, int) for one in pair):
            raise ValueError(f"parts.{key} must be one whole number or two, got {value!r}.")
        parts[_category(key)] = (int(pair[0]), int(pair[1]))
    return parts


def _category(key: str) -> Category:
    if key not in CATEGORIES:
        raise ValueError(f"{key!r} is no category; known are {CATEGORIES}.")
    return key


def _rows(table: Table, field: str) -> Sequence[Table]:
    return rows(table, field) if field in table else ()


def _name(table: Table) -> Name:
    return text(part(table, "name"), "zh"), text(part(table, "name"), "en")


def _line(code: str, table: Table) -> LineRule:
    variants = table.get("variants") or ["regular"]
    if not isinstance(variants, list | tuple):
        raise ValueError(f"line {code}: variants must be a list.")
    return LineRule(
        code=code,
        name=_name(table),
        targets=text(table, "targets"),
        share=number(table, "share"),
        variants=tuple(str(one) for one in variants),
        softest=whole(table, "softest", 7),
        barred_tags=codes(table, "barred_tags"),
        barred_allergens=codes(table, "barred_allergens"),
        most_food_fen=whole(table, "most_food_fen") if "most_food_fen" in table else None,
    )


def _points(table: Table) -> Points:
    missed = part(table, "missed_percent")
    return Points(
        missed_percent_fen={nutrient: whole(missed, nutrient) for nutrient in missed},
        missed_kind_fen=whole(table, "missed_kind", 0),
        disliked_fen=whole(table, "disliked", 0),
        dish_fen=whole(table, "dish", 0),
        minute_fen=whole(table, "minute", 0),
    )


def _look(table: Table) -> LookRules:
    colour, colour_of = part(table, "colour"), part(table, "colour_of")
    return LookRules(
        animal_from_mg=1000 * whole(table, "animal_from_g", 15),
        animal_groups=codes(table, "animal_groups"),
        no_kind_groups=codes(table, "no_kind_groups"),
        liked_ratio=number(table, "liked_ratio", 1.0),
        colour={key: text(colour, key) for key in colour},
        colour_of={key: text(colour_of, key) for key in colour_of},
    )


def _ban(table: Table) -> Ban:
    return Ban(
        code=text(table, "code"),
        name=_name(table),
        words=tuple(sorted(codes(table, "words"))),
        foods=codes(table, "foods"),
        service_modes=codes(table, "service_modes"),
        methods=codes(table, "methods"),
        unless_scope=codes(table, "unless_scope"),
    )


def _standing(table: Table) -> Standing:
    days = table.get("lunar_days")
    if not isinstance(days, list | tuple) or not all(isinstance(one, int) for one in days):
        raise ValueError("lunar_days must be a list of whole numbers.")
    return Standing(
        code=text(table, "code"),
        name=_name(table),
        active=table.get("active") is True,
        lunar_days=frozenset(days),
        barred_tags=codes(table, "barred_tags"),
        parts=parts_from_table(part(table, "parts")) if "parts" in table else {},
    )


def _festival(table: Table) -> Festival:
    lunar = table.get("lunar")
    pair = (int(lunar[0]), int(lunar[1])) if isinstance(lunar, list | tuple) and len(lunar) == 2 else None
    return Festival(_name(table), pair, text(table, "day", ""))
