"""Small kitchens that the tests start from."""

import csv
import tomllib
from datetime import date, time
from itertools import count
from typing import Any

from api.paths import config_dir
from kitchen.batches import Batch
from kitchen.boxes import Carrier
from kitchen.catalogue import dishes_from_rows, foods_from_rows, sub_recipes_from_rows
from kitchen.demand import Portion
from kitchen.equipment import Equipment
from kitchen.foods import Food
from kitchen.recipes import Dish, Ingredient
from kitchen.safety import SafetyProfile, profile_from_table
from kitchen.sub_recipes import SubRecipe
from kitchen.thermal import CarrierModel
from kitchen.variants import VariantRules, rules_from_table
from orders.service import Service
from orders.sites import Hours, Place, Site

SERVICE = Service("K1", date(2026, 11, 23), "lunch")
HOUR_S = 3600
MODEL = CarrierModel(36_000, 0.06, 1.5, 7_200, 14_400)


def table(name: str) -> dict[str, Any]:
    """A packaged TOML file."""
    return tomllib.loads((config_dir() / name).read_text("utf-8"))


def csv_rows(name: str) -> list[dict[str, str]]:
    """The rows of a packaged CSV file."""
    with (config_dir() / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def packaged_foods() -> dict[str, Food]:
    """The packaged foods."""
    return foods_from_rows(csv_rows("foods.csv"), table("allergens.toml")["allergen"])


def packaged_sub_recipes(foods: dict[str, Food]) -> dict[str, SubRecipe]:
    """The packaged sub-recipes."""
    return sub_recipes_from_rows(csv_rows("sub_recipes.csv"), csv_rows("sub_recipe_parts.csv"), foods)


def packaged_dishes(foods: dict[str, Food]) -> dict[str, Dish]:
    """The packaged dishes."""
    files = csv_rows("dishes.csv"), csv_rows("dish_ingredients.csv"), foods, csv_rows("dish_variants.csv")
    return dishes_from_rows(*files, packaged_sub_recipes(foods))


def variant_rules() -> VariantRules:
    """The packaged variants and sizes."""
    return rules_from_table(table("variants.toml"))


def gb() -> SafetyProfile:
    """The packaged Chinese profile."""
    return profile_from_table("gb", table("safety-profiles.toml")["profile"]["gb"])


def dish(dish_id: str = "D1", **changes: Any) -> Dish:
    """A braised dish of 150 g, 100 portions a cook in a bratt pan, 40 minutes."""
    facts: dict[str, Any] = {
        "dish_id": dish_id,
        "name_zh": "菜",
        "name_en": "Dish",
        "category": "main",
        "method": "braise",
        "equipment_kind": "bratt",
        "ingredients": (Ingredient("potato", 150_000),),
        "yield_ratio": 1.0,
        "batch_minutes": 40,
        "batch_portions": 100,
        "hot_quality_minutes": 180,
        "service_mode": "both",
        "iddsi_level": 6,
    }
    return Dish(**{**facts, **changes})


def portions(number: int, **facts: Any) -> list[Portion]:
    """Portions of as many orders, of one dish for one site unless told otherwise."""
    base: dict[str, Any] = {"site_id": "C01", "dish_id": "D1", **facts}
    name = f"{base['dish_id']}-{base['site_id']}"
    return [Portion(f"L-{name}-{i}", f"O-{name}-{i}", f"P-{name}-{i}", **base) for i in range(number)]


def batch(number: int, **changes: Any) -> Batch:
    """A batch of 100 portions in a bratt pan, 40 minutes."""
    facts: dict[str, Any] = {
        "batch_id": f"b{number}",
        "code": f"B{number:02d}",
        "dish_id": "D1",
        "variant": "regular",
        "equipment_kind": "bratt",
        "needs_ratio": 1.0,
        "line_ids": tuple(f"L{number}-{i}" for i in range(100)),
        "special_line_ids": (),
        "extras": (),
        "cook_s": 2400,
    }
    return Batch(**{**facts, **changes})


def pans(number: int, **changes: Any) -> list[Equipment]:
    """Bratt pans of standard size."""
    facts: dict[str, Any] = {
        "kind": "bratt",
        "name_zh": "锅",
        "name_en": "Pan",
        "capacity_ratio": 1.0,
        **changes,
    }
    return [Equipment(f"E{i}", **facts) for i in range(1, number + 1)]


def carrier(code: str, kind: str = "bulk", **changes: Any) -> Carrier:
    """A carrier with a probe: four pans of ten kilograms, or ten meals."""
    bulk = kind == "bulk"
    facts: dict[str, Any] = {
        "carrier_id": code,
        "code": code,
        "kind": kind,
        "capacity_portions": 160 if bulk else 50,
        "pans": 4 if bulk else 0,
        "meals": 0 if bulk else 10,
        "max_food_g": 40_000 if bulk else 12_000,
        "capacity_units": 3 if bulk else 1,
        "tare_g": 9_000 if bulk else 2_000,
        "model": MODEL,
        "sensor_id": f"BOX-{code}",
        "senses": "air",
    }
    return Carrier(**{**facts, **changes})


def site(site_id: str = "C01", **changes: Any) -> Site:
    """A canteen that takes bulk pans from 10:20 to 11:25 and serves from 11:30 for 45 minutes."""
    facts: dict[str, Any] = {
        "site_id": site_id,
        "kind": "canteen",
        "name": site_id,
        "district": "450202",
        "form": "bulk",
        "place": Place(24.3, 109.4),
        "hours": Hours(time(10, 20), time(11, 25), time(11, 30), 45, 35),
        "unload_s": 300,
        "capacity": 100,
    }
    return Site(**{**facts, **changes})


def ids(prefix: str = "id") -> Any:
    """An endless source of ids."""
    return (f"{prefix}{i}" for i in count(1))
