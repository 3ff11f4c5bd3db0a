"""Dish: a bill of materials with its yield, and how it is cooked and kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kitchen.foods import Food
from orders.menus import Category, HoldClass, MenuItem, Supply
from orders.money import round_fen

ServiceMode = Literal["both", "cook_serve", "cold"]
ANIMAL_GROUPS = frozenset({"red_meat", "poultry", "aquatic"})


@dataclass(frozen=True, slots=True)
class Ingredient:
    """
    One food in one portion of a dish.

    Parameters
    ----------
    food_code
        Which food.
    edible_mg
        Raw edible amount, milligrams.
    via
        The sub-recipe through which it comes, empty for a food of the dish itself.
    brings_ratio
        Weight that it brings to the dish over its raw weight: below 1 where a stock boils down.
    kept_ratio
        Part of its nutrients that goes into the dish: below 1 where bones are strained off.
    cooked_by
        Methods of the sub-recipes that it went through, before the dish's own cooks it once more.
    """

    food_code: str
    edible_mg: int
    via: str = ""
    brings_ratio: float = 1.0
    kept_ratio: float = 1.0
    cooked_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.edible_mg <= 0:
            raise ValueError(f"edible_mg must be > 0, got {self.edible_mg}.")
        if self.brings_ratio <= 0 or not 0 <= self.kept_ratio <= 1:
            raise ValueError(f"{self.food_code}: brings_ratio must be > 0 and kept_ratio in [0, 1].")


@dataclass(frozen=True, slots=True)
class Use:
    """
    What one portion of a dish takes of a sub-recipe.

    Parameters
    ----------
    sub_recipe
        Its code.
    made_mg
        Finished sauce or stock, milligrams.
    """

    sub_recipe: str
    made_mg: int

    def __post_init__(self) -> None:
        if self.made_mg <= 0:
            raise ValueError(f"{self.sub_recipe}: made_mg must be > 0, got {self.made_mg}.")


@dataclass(frozen=True, slots=True)
class Swap:
    """
    One food of a variant in the place of another.

    Parameters
    ----------
    food_code
        What is taken out.
    by
        What comes in, empty for nothing.
    ratio
        Weight that comes in over the weight taken out.
    """

    food_code: str
    by: str = ""
    ratio: float = 1.0

    def __post_init__(self) -> None:
        if self.ratio <= 0:
            raise ValueError(f"{self.food_code}: a swap's ratio must be > 0, got {self.ratio}.")


@dataclass(frozen=True, slots=True)
class Making:
    """
    That a dish can be made as a variant, and what is particular about it.

    Parameters
    ----------
    variant
        Which.
    swaps
        Foods that change, beside what the variant's rule says.
    extra_minutes
        On top of the dish's minutes; None for the rule's.
    yield_factor
        Times the dish's yield; None for the rule's.
    asserted_by
        Who vouches for it, where a rule asks for a person's word.
    evidence
        How it is known.
    """

    variant: str
    swaps: tuple[Swap, ...] = ()
    extra_minutes: int | None = None
    yield_factor: float | None = None
    asserted_by: str = ""
    evidence: str = "draft"

    def __post_init__(self) -> None:
        if self.yield_factor is not None and self.yield_factor <= 0:
            raise ValueError(f"{self.variant}: yield_factor must be > 0, got {self.yield_factor}.")


@dataclass(frozen=True, slots=True)
class Dish:
    """
    One dish as the kitchen makes it.

    Parameters
    ----------
    dish_id
        Stable code, for example ``"D001"``.
    name_zh, name_en
        As printed.
    category
        Its place in the meal.
    method
        ``"braise"``, ``"steam"`` ...
    equipment_kind
        What it is cooked in: ``"wok"``, ``"kettle"`` ...
    ingredients
        Bill of materials of one portion.
    yield_ratio
        Served weight over raw edible weight.
    batch_minutes
        From the start to off the heat.
    batch_portions
        Most portions in one piece of equipment of ``capacity_ratio`` 1.
    hot_quality_minutes
        How long it stays good when kept hot; 0 for a dish that is not kept hot.
    service_mode
        ``"both"`` travels hot or is eaten at once, ``"cook_serve"`` does not keep well, ``"cold"``.
    iddsi_level
        Texture, 0 to 7.
    tags
        ``"pork"``, ``"alcohol"`` ... for diets.
    extra_allergens
        Codes that the process adds to those of the ingredients.
    evidence
        Where the figures come from: ``"draft"``, ``"measured"`` ...
    supply
        Served hot, or cooked, chilled and reheated at the site.
    uses
        Sub-recipes in one portion; ``ingredients`` has their foods too.
    makings
        What else it can be made as.
    main_food
        Code of the food that it is named for, empty for the heaviest.
    colour
        ``"green"``, ``"red"`` ... as the plate shows it; empty when nobody has said.
    popularity
        Part of it that is eaten up with pleasure, 0 to 1; None when unknown.
    """

    dish_id: str
    name_zh: str
    name_en: str
    category: Category
    method: str
    equipment_kind: str
    ingredients: tuple[Ingredient, ...]
    yield_ratio: float
    batch_minutes: int
    batch_portions: int
    hot_quality_minutes: int
    service_mode: ServiceMode
    iddsi_level: int
    tags: frozenset[str] = frozenset()
    extra_allergens: frozenset[str] = frozenset()
    evidence: str = "draft"
    supply: Supply = "serve_hot"
    uses: tuple[Use, ...] = ()
    makings: tuple[Making, ...] = ()
    main_food: str = ""
    colour: str = ""
    popularity: float | None = None

    def __post_init__(self) -> None:
        if not self.ingredients or self.yield_ratio <= 0:
            raise ValueError(f"{self.dish_id} needs ingredients and a yield above 0.")
        if self.batch_minutes < 1 or self.batch_portions < 1 or self.hot_quality_minutes < 0:
            raise ValueError(f"{self.dish_id}: batch_minutes and batch_portions must be >= 1.")
        if not 0 <= self.iddsi_level <= 7:
            raise ValueError(f"iddsi_level must be 0 to 7, got {self.iddsi_level}.")
        if self.supply == "cook_chill" and self.service_mode != "both":
            raise ValueError(f"{self.dish_id} does not keep, so it cannot be cooked and chilled.")
        if self.popularity is not None and not 0 <= self.popularity <= 1:
            raise ValueError(f"popularity must be 0 to 1, got {self.popularity}.")

    @property
    def hold_class(self) -> HoldClass:
        """Whether it travels hot or cold."""
        return "cold" if self.service_mode == "cold" or self.supply == "cook_chill" else "hot"


def portion_g(dish: Dish) -> int:
    """Served weight of one portion, whole grams, at least 1."""
    raw_mg = sum(ingredient.edible_mg * ingredient.brings_ratio for ingredient in dish.ingredients)
    return max(1, round(raw_mg * dish.yield_ratio / 1000))


def allergens(dish: Dish, foods: Mapping[str, Food]) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """
    What the dish contains, may contain, and what nobody has declared; no code stands in two sets.

    Raises
    ------
    KeyError
        When an ingredient is not among the foods.
    """
    used = [foods[ingredient.food_code] for ingredient in dish.ingredients]
    contains = dish.extra_allergens.union(*(food.contains for food in used))
    may_contain = frozenset().union(*(food.may_contain for food in used)) - contains
    unknown = frozenset().union(*(food.unknown for food in used)) - contains - may_contain
    return contains, may_contain, unknown


def food_cost_fen(dish: Dish, foods: Mapping[str, Food]) -> int:
    """What the food of one portion costs as bought, fen, rounded once."""
    milli = sum(
        Decimal(ingredient.edible_mg)
        / Decimal(str(foods[ingredient.food_code].edible_ratio))
        * foods[ingredient.food_code].price_fen_per_kg
        for ingredient in dish.ingredients
    )
    return round_fen(Decimal(milli) / 1_000_000)


def diet_tags(dish: Dish, foods: Mapping[str, Food]) -> frozenset[str]:
    """The dish's tags and those of its foods; a food's animal group is a tag that nobody has to write."""
    used = [foods[ingredient.food_code] for ingredient in dish.ingredients]
    return dish.tags.union(*(food.tags | ({food.group} & ANIMAL_GROUPS) for food in used))


def menu_item(dish: Dish, foods: Mapping[str, Food]) -> MenuItem:
    """The dish as it stands on a menu, with its allergens."""
    contains, may_contain, unknown = allergens(dish, foods)
    return MenuItem(
        dish.dish_id,
        dish.name_zh,
        dish.name_en,
        dish.category,
        contains=contains,
        may_contain=may_contain,
        unknown=unknown,
        iddsi_level=dish.iddsi_level,
        tags=diet_tags(dish, foods),
        hold_class=dish.hold_class,
        supply=dish.supply,
    )
