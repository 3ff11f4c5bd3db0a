"""Names, in both languages, of what the packaged lists call by a code."""

from collections.abc import Mapping
from functools import cache

from api.packaged import read_toml
from api.paths import config_dir
from api.reports.facts import Named


@cache
def allergen_names() -> Mapping[str, Named]:
    """The allergens' names by code."""
    tables = read_toml(config_dir() / "allergens.toml")["allergen"]
    return {code: Named(table["zh"], table["en"]) for code, table in tables.items()}


@cache
def variant_names() -> Mapping[str, Named]:
    """The names of what a dish may be cooked as, by variant; a plain dish has none."""
    tables = read_toml(config_dir() / "diets.toml")["diet"].values()
    return {table["variant"]: Named(table["zh"], table["en"]) for table in tables if table.get("variant")}


def allergens_named(codes: frozenset[str]) -> tuple[Named, ...]:
    """These allergens by name, in the order of the list; one that the list lacks goes by its code."""
    known = allergen_names()
    listed = [known[code] for code in known if code in codes]
    return (*listed, *(Named(code, code) for code in sorted(codes - known.keys())))
