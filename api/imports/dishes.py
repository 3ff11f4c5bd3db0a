"""Dishes from a file, with their ingredients in grams a portion."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import cast

from api.day.recheck import recheck_diners
from api.imports.cells import Record
from api.imports.foods import require_own_name
from api.imports.names import folded, nearest
from api.imports.needs import require_said
from api.imports.report import Applied, Context, RowRefused, once_each
from kitchen.foods import Food
from kitchen.recipes import Dish, Ingredient, ServiceMode
from kitchen.store.catalogue import load_dishes, load_foods, save_dishes
from orders.menus import Category

EVIDENCE = "operator"
HIGHEST_IDDSI = 7
LEAST = {"batch_minutes": 1, "batch_portions": 1}


def apply_dishes(records: list[Record], context: Context) -> Applied:
    """
    Keeps dishes, new or changed; foods are named by Chinese name, English name or code.

    Changed dishes are judged again against locked orders, which stay as they are.
    """
    applied = Applied()
    foods = load_foods(context.session)
    codes = {folded(name): f.code for f in foods.values() for name in (f.name_en, f.name_zh, f.code)}
    known = load_dishes(context.session)
    names = {folded(dish.name_zh): dish.dish_id for dish in known.values()}
    changed = []
    for record in once_each(records, applied, "row_code_twice", "code"):
        old = known.get(str(record.values["code"]))
        try:
            dish = _dish(record, old, _ingredients(record, codes, foods))
            require_own_name(names, dish.name_zh, dish.dish_id)
        except RowRefused as refusal:
            applied.refuse(record, refusal)
            continue
        if old is not None:
            names.pop(folded(old.name_zh), None)
        names[folded(dish.name_zh)] = dish.dish_id
        if applied.count(old, dish):
            changed.append(dish)
    save_dishes(context.session, changed, author=context.author, changed_at=context.now_at)
    if changed:
        applied.clashes = recheck_diners(context.session, None, now_at=context.now_at, ids=context.ids)
    return applied


def _dish(record: Record, old: Dish | None, ingredients: tuple[Ingredient, ...]) -> Dish:
    values = record.values
    _require_possible(record)
    if old is not None:
        require_said(record, "dishes", "allergens_extra", old.extra_allergens)
        require_said(record, "dishes", "tags", old.tags)
    dish = Dish(
        dish_id=str(values["code"]),
        name_zh=str(values["name_zh"]),
        name_en=str(values.get("name_en") or (old.name_en if old else values["name_zh"])),
        category=cast(Category, values["category"]),
        method=str(values["method"]),
        equipment_kind=str(values["equipment_kind"]),
        ingredients=ingredients,
        yield_ratio=cast(float, values["yield_ratio"]),
        batch_minutes=cast(int, values["batch_minutes"]),
        batch_portions=cast(int, values["batch_portions"]),
        hot_quality_minutes=cast(int, values["hot_quality_minutes"]),
        service_mode=cast(ServiceMode, values["service_mode"]),
        iddsi_level=cast(int, values["iddsi_level"]),
        tags=_codes(record.given("tags", old.tags if old else ())),
        extra_allergens=_codes(record.given("allergens_extra", old.extra_allergens if old else ())),
        evidence=old.evidence if old else EVIDENCE,
    )
    return dish if dish == old else replace(dish, evidence=EVIDENCE)


def _codes(value: object) -> frozenset[str]:
    return frozenset(cast(Iterable[str], value or ()))


def _require_possible(record: Record) -> None:
    for field, least in LEAST.items():
        if cast(int, record.values[field]) < least:
            raise RowRefused(field, "row_at_least", least=least)
    if cast(int, record.values["iddsi_level"]) > HIGHEST_IDDSI:
        raise RowRefused("iddsi_level", "row_iddsi_range")


def _ingredients(
    record: Record, codes: Mapping[str, str], foods: Mapping[str, Food]
) -> tuple[Ingredient, ...]:
    amounts = cast(tuple[tuple[str, float], ...], record.values["ingredients"])
    if not foods:
        raise RowRefused("ingredients", "row_no_foods")
    found: dict[str, Ingredient] = {}
    for name, amount_g in amounts:
        code = codes.get(folded(name))
        if code is None:
            offered = nearest([name], (food.name_zh for food in foods.values()))
            raise RowRefused("ingredients", "row_food_unknown", food=name, offered=offered)
        if code in found:
            raise RowRefused("ingredients", "row_food_twice", food=name)
        found[code] = Ingredient(code, max(1, round(amount_g * 1000)))
    return tuple(found.values())
