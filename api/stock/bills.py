"""What loads need of each food as bought, weighed as the production sheet weighs it."""

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache

from api.packaged import read_toml
from api.paths import config_dir
from kitchen import scaling, variants
from kitchen.batches import Batch
from kitchen.foods import Food
from kitchen.lots import Need
from kitchen.receiving import ReceivingRules
from kitchen.recipes import Dish


@cache
def packaged_variants() -> variants.VariantRules:
    """The packaged variants and sizes."""
    return variants.rules_from_table(read_toml(config_dir() / "variants.toml"))


@cache
def _scale_rules() -> scaling.ScaleRules:
    return scaling.rules_from_table(read_toml(config_dir() / "scaling.toml"))


def load_mg(dish: Dish, variant: str, portions: Fraction | int, foods: Mapping[str, Food]) -> dict[str, int]:
    """
    Each food of one load as bought, milligrams.

    Parameters
    ----------
    dish, variant
        What is cooked; a variant that the dish is not made as is weighed as the plain dish.
    portions
        Regular ones in the load, extras included; a large one counts for more than one.
    foods
        By code.
    """
    if portions <= 0:
        return {}
    made = as_cooked(dish, variant, foods)
    found: dict[str, int] = {}
    for one in scaling.scaled(made, portions, foods, _scale_rules()):
        found[one.food_code] = found.get(one.food_code, 0) + one.gross_mg
    return found


def as_cooked(dish: Dish, variant: str, foods: Mapping[str, Food]) -> Dish:
    """The dish made as a variant; the plain one where it is not made so."""
    try:
        return variants.as_variant(dish, variant, foods, packaged_variants())
    except variants.VariantNotMade:
        return dish


def needs_of(
    batches: Iterable[Batch], dishes: Mapping[str, Dish], foods: Mapping[str, Food], rules: ReceivingRules
) -> list[Need]:
    """What each batch needs of each food that lots are kept of, as bought."""
    return [
        Need(batch.batch_id, food_code, mg)
        for batch in batches
        if batch.dish_id in dishes
        for food_code, mg in _load_of(batch, dishes[batch.dish_id], foods).items()
        if rules.rule_for(foods[food_code]).tracked
    ]


def _load_of(batch: Batch, dish: Dish, foods: Mapping[str, Food]) -> dict[str, int]:
    return load_mg(dish, batch.variant, batch.regular_portions, foods)
