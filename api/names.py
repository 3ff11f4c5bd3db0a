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
    """The names of what a dish may be cooked as, by variant, two at once too; a plain dish has none."""
    table = read_toml(config_dir() / "variants.toml")
    single = {code: Named(one["zh"], one["en"]) for code, one in table["variant"].items()}
    both = {
        f"{first}+{second}": Named(
            f"{single[first].zh}+{single[second].zh}", f"{single[first].en} + {single[second].en}"
        )
        for first, second in table["combinations"]
    }
    return single | both


@cache
def size_names() -> Mapping[str, Named]:
    """The names of the sizes of a portion, by size."""
    table = read_toml(config_dir() / "variants.toml")["size"]
    return {code: Named(one["zh"], one["en"]) for code, one in table.items()}


@cache
def sealed_colour() -> Named:
    """The colour of the sealed containers of allergic diners, in words."""
    table = read_toml(config_dir() / "carriers.toml")["sealed"]["colour"]
    return Named(table["zh"], table["en"])


def allergens_named(codes: frozenset[str]) -> tuple[Named, ...]:
    """These allergens by name, in the order of the list; one that the list lacks goes by its code."""
    known = allergen_names()
    listed = [known[code] for code in known if code in codes]
    return (*listed, *(Named(code, code) for code in sorted(codes - known.keys())))
