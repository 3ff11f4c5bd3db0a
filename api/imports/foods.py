"""Foods from a file: what they cost, hold and contain."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import cast

from sqlmodel import Session

from api.day.recheck import recheck_diners
from api.imports.cells import Record, RowProblem
from api.imports.names import folded
from api.imports.needs import require_said
from api.imports.report import Applied, Context, RowRefused, once_each, refusals
from api.imports.schema import columns_of, spelled
from api.store.config import config_names, load_config
from kitchen.catalogue import ALL_OTHERS
from kitchen.foods import MONTHS, Food
from kitchen.store.catalogue import load_foods, save_foods
from orders.codes import Coded

EVIDENCE, TARGETS = "operator", "nutrition_target"
MOST = {"_kcal": 905, "_g": 100, "_mg": 40_000, "_ug": 100_000}
"""By unit, what 100 g hold at most: pure fat, pure salt, the liver richest in vitamin A."""
WEIGHED = ("protein_g", "fat_g", "carbohydrate_g")
MOST_WEIGHED_G = 105
LEAST_DENSITY, MOST_DENSITY = 0.1, 3.0


def apply_foods(records: list[Record], context: Context) -> Applied:
    """
    Keeps foods, new or changed.

    Nutrients that the file does not name stay; a food that lacks one that some target asks for is kept, and
    named with its line: it counts as unknown in every dish, never as 0. An allergen that nobody has declared
    counts as contained: a food is free of those that the file names as free, or of all that it does not name
    where a cell says ``*`` or 无 (none), never of those about which the file is silent. Changed foods are
    judged again against locked orders, which stay as they are.
    """
    applied = Applied()
    known = load_foods(context.session)
    names = {folded(food.name_zh): food.code for food in known.values()}
    changed, asked = [], nutrients_asked(context.session)
    for record in once_each(records, applied, "row_code_twice", "code"):
        old = known.get(str(record.values["code"]))
        if wrong := _refusals(record, old, names):
            applied.refuse(record, *wrong)
            continue
        food = _food(record, old)
        if old is not None:
            names.pop(folded(old.name_zh), None)
        names[folded(food.name_zh)] = food.code
        if lacking := [name for name in asked if name not in food.nutrients]:
            applied.overlaps.append(_unstated(record, food, lacking))
        if applied.count(old, food):
            changed.append(food)
    save_foods(context.session, changed, author=context.author, changed_at=context.now_at)
    if changed:
        applied.clashes = recheck_diners(context.session, None, now_at=context.now_at, ids=context.ids)
    return applied


def nutrients_asked(session: Session) -> list[str]:
    """Nutrients that some nutrition target of the house asks for, sorted."""
    tables = (load_config(session, TARGETS, name) for name in config_names(session, TARGETS))
    named = {nutrient for kept in tables if kept for nutrient in kept[1].get("nutrient", {})}
    return sorted(nutrient for nutrient in named if nutrient.endswith(tuple(MOST)))


def _unstated(record: Record, food: Food, lacking: list[str]) -> RowProblem:
    names = ", ".join(lacking)
    return RowProblem(
        record.line, lacking[0], food.name_zh, Coded("row_nutrients_unstated", {"names": names})
    )


def require_own_name(names: Mapping[str, str], name_zh: str, code: str) -> None:
    """Refuses a name that another code has, since files name foods and dishes by it."""
    owner = names.get(folded(name_zh), code)
    if owner != code:
        raise RowRefused("name_zh", "row_name_taken", code=owner)


def _refusals(record: Record, old: Food | None, names: Mapping[str, str]) -> list[RowRefused]:
    """Everything that keeps a row from being a food."""
    return refusals(
        lambda: _edible_ratio(record),
        lambda: _allergens(record, old),
        lambda: _density(record, old),
        lambda: _nutrients(record, {}),
        lambda: _season(record, old),
        lambda: require_own_name(names, str(record.values["name_zh"]), str(record.values["code"])),
    )


def _edible_ratio(record: Record) -> float:
    ratio = cast(float, record.values["edible_ratio"])
    if ratio > 1:
        raise RowRefused("edible_ratio", "row_edible_ratio")
    return ratio


def _density(record: Record, old: Food | None) -> float | None:
    density = cast(float | None, record.given("density_g_per_ml", old.density_g_per_ml if old else None))
    if density is not None and not LEAST_DENSITY <= density <= MOST_DENSITY:
        raise RowRefused("density_g_per_ml", "row_density", least=LEAST_DENSITY, most=MOST_DENSITY)
    return density


def _food(record: Record, old: Food | None) -> Food:
    values = record.values
    contains, may_contain, unknown, free = _allergens(record, old)
    food = Food(
        code=str(values["code"]),
        name_zh=str(values["name_zh"]),
        name_en=str(values.get("name_en") or (old.name_en if old else values["name_zh"])),
        group=str(values["group"]),
        edible_ratio=_edible_ratio(record),
        contains=contains,
        may_contain=may_contain,
        unknown=unknown,
        price_fen_per_kg=cast(int, values["price"]),
        nutrients=_nutrients(record, old.nutrients if old else {}),
        source=_source(record),
        evidence=old.evidence if old else EVIDENCE,
        tags=frozenset(_words(record.given("tags", old.tags if old else ()))),
        free=free,
        season=_season(record, old),
        supplier=str(record.given("supplier", old.supplier if old else "") or ""),
        density_g_per_ml=_density(record, old),
    )
    return food if food == old else replace(food, evidence=EVIDENCE)


def _source(record: Record) -> str:
    return " ".join(
        str(record.values[field]) for field in ("source", "source_id") if record.values.get(field)
    )


def _words(value: object) -> Iterable[str]:
    return cast(Iterable[str], value or ())


def _season(record: Record, old: Food | None) -> frozenset[int]:
    months = tuple(_words(record.given("season_months", tuple(map(str, old.season)) if old else ())))
    if not all(month.isdigit() and int(month) in MONTHS for month in months):
        raise RowRefused("season_months", "row_season")
    return frozenset(int(month) for month in months)


def _allergens(record: Record, old: Food | None) -> tuple[frozenset[str], ...]:
    """What it contains, may contain, what nobody has declared, and what it is declared free of."""
    if old is not None:
        require_said(record, "foods", "allergens_contains", old.contains)
        require_said(record, "foods", "tags", old.tags)
    every = _every_allergen()
    contains = _said(record, "allergens_contains", old.contains if old else frozenset())
    may_contain = _said(record, "allergens_may_contain", old.may_contain if old else frozenset()) - contains
    unknown = _said(record, "allergens_unknown", frozenset()) - contains - may_contain
    named = _said(record, "allergens_free", frozenset())
    if both := sorted(named & (contains | may_contain | unknown)):
        column = next(column for column in columns_of("foods") if column.field == "allergens_free")
        raise RowRefused("allergens_free", "row_allergen_both", names=spelled(column, both))
    rest = every - contains - may_contain - unknown
    if ALL_OTHERS in named or _says_none(record):
        free = rest
    elif record.values.get("allergens_free") is not None:
        free = named
    else:
        free = rest & old.free if old else frozenset()
    return contains, may_contain, every - contains - may_contain - free, free


def _said(record: Record, field: str, known: frozenset[str]) -> frozenset[str]:
    """The allergens that a filled cell names; what is known where it is empty or there is no such column."""
    return known if record.values.get(field) is None else frozenset(_words(record.values[field]))


def _says_none(record: Record) -> bool:
    """Whether 无 (none) says that nothing is left but what the row names, and no cell narrows that."""
    nothing = (record.values.get(field) == () for field in ("allergens_contains", "allergens_unknown"))
    return record.values.get("allergens_free") is None and any(nothing)


def _every_allergen() -> frozenset[str]:
    column = next(column for column in columns_of("foods") if column.field == "allergens_contains")
    return frozenset(column.words.values())


def _nutrients(record: Record, known: Mapping[str, float]) -> dict[str, float]:
    given = {
        column.field: cast(float, record.values[column.field])
        for column in columns_of("foods")
        if column.field.endswith(tuple(MOST)) and record.values.get(column.field) is not None
    }
    for field, amount in given.items():
        most = next(most for unit, most in MOST.items() if field.endswith(unit))
        if amount < 0:
            raise RowRefused(field, "row_at_least", least=0)
        if amount > most:
            raise RowRefused(field, "row_nutrients_impossible", most=most)
    if sum(given.get(field, 0.0) for field in WEIGHED) > MOST_WEIGHED_G:
        raise RowRefused("carbohydrate_g", "row_nutrients_impossible", most=MOST["_g"])
    return {**known, **given}
