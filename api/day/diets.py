"""What diets, variants, cooking and large loads change, from the operator's lists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from api.packaged import read_toml
from api.paths import config_dir
from kitchen import scaling
from kitchen.nutrition import Retention, retention_from_table
from kitchen.scaling import ScaleRules
from kitchen.variants import VariantRules, rules_from_table
from kitchen.yields import YieldBounds, bounds_from_table
from orders.diners import IDDSI_MAX, Diner, Texture


@dataclass(frozen=True, slots=True)
class Diet:
    """
    One diet's effect on the kitchen.

    Parameters
    ----------
    excludes_tags
        Dishes with one of these tags do not suit.
    iddsi_max
        Most solid texture that the diet allows, 7 for any.
    """

    excludes_tags: frozenset[str]
    iddsi_max: int = 7


@cache
def diets() -> Mapping[str, Diet]:
    """The packaged diets by code."""
    tables = read_toml(config_dir() / "diets.toml")["diet"]
    return {code: _diet(table) for code, table in tables.items()}


@cache
def load_rules() -> VariantRules:
    """The packaged variants and sizes."""
    return rules_from_table(read_toml(config_dir() / "variants.toml"))


@cache
def load_retention() -> Retention:
    """The packaged factors of what cooking leaves of each nutrient."""
    return retention_from_table(read_toml(config_dir() / "retention.toml"))


@cache
def load_yields() -> YieldBounds:
    """The packaged bounds of what food weighs cooked."""
    return bounds_from_table(read_toml(config_dir() / "yields.toml"))


@cache
def load_scaling() -> ScaleRules:
    """The packaged rules of ingredients that do not grow evenly with the load, and the scales' steps."""
    return scaling.rules_from_table(read_toml(config_dir() / "scaling.toml"))


def with_diets(diners: Mapping[str, Diner]) -> dict[str, Diner]:
    """The same diners, each knowing the dish tags and the textures that their diets exclude."""
    excluded, softened = cache(_excluded), cache(_texture)
    return {
        diner_id: replace(
            diner, avoids_tags=excluded(diner.diets), texture=softened(diner.texture, diner.diets)
        )
        if diner.diets or diner.avoids_tags
        else diner
        for diner_id, diner in diners.items()
    }


def _texture(own: Texture, codes: Iterable[str]) -> Texture:
    """The diner's own texture, or the most solid one that every diet allows."""
    known = diets()
    limits = [known[code].iddsi_max for code in codes if code in known]
    limit = min(limits, default=IDDSI_MAX[own])
    if IDDSI_MAX[own] <= limit:
        return own
    softer = [texture for texture, level in IDDSI_MAX.items() if level <= limit]
    return max(softer, key=IDDSI_MAX.__getitem__, default="pureed")


def _excluded(codes: Iterable[str]) -> frozenset[str]:
    known = diets()
    return frozenset().union(*(known[code].excludes_tags for code in codes if code in known))


def _diet(table: Mapping[str, Any]) -> Diet:
    return Diet(
        frozenset(table.get("excludes_tags", ())),
        int(table.get("iddsi_max", 7)),
    )
