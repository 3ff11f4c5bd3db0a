"""Dishes from a file, with their ingredients in grams a portion."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import cast

from api.day.diets import load_rules
from api.day.recheck import recheck_diners
from api.imports.cells import Record
from api.imports.foods import require_own_name
from api.imports.names import folded, nearest
from api.imports.needs import require_said
from api.imports.report import Applied, Context, RowRefused, once_each, refusals
from api.imports.schema import columns_of
from api.imports.yields import require_yield
from kitchen.foods import Food
from kitchen.recipes import Dish, Ingredient, Making, ServiceMode, Swap, Use
from kitchen.store.catalogue import load_dishes, load_foods, save_dishes
from kitchen.store.sub_recipes import load_sub_recipes
from kitchen.sub_recipes import SubRecipe, foods_of
from kitchen.variants import VariantNotMade, as_variant
from orders.menus import Category, Supply

EVIDENCE = "operator"
HIGHEST_IDDSI = 7
HALAL = "halal"
SWAP = re.compile(
    r"(?P<variant>[^:>*]+):(?P<food>[^:>*]+)>(?P<by>[^:>*]*)(\*(?P<ratio>\d{1,2}(\.\d{1,3})?))?"
)
LEAST = {"batch_minutes": 1, "batch_portions": 1}


def apply_dishes(records: list[Record], context: Context) -> Applied:
    """
    Keeps dishes, new or changed; foods and sub-recipes are named by name or code.

    What a dish is said to be made as is made once from its foods, and refused where they forbid it. Changed
    dishes are judged again against locked orders, which stay as they are.
    """
    applied = Applied()
    foods, sauces = load_foods(context.session), load_sub_recipes(context.session)
    pantry = _Pantry(foods, sauces, _codes_of(foods), _codes_of(sauces))
    known = load_dishes(context.session)
    names = {folded(dish.name_zh): dish.dish_id for dish in known.values()}
    changed = []
    for record in once_each(records, applied, "row_code_twice", "code"):
        old = known.get(str(record.values["code"]))
        if wrong := _refusals(record, old, pantry, names):
            applied.refuse(record, *wrong)
            continue
        dish = _dish(record, old, pantry)
        if old is not None:
            names.pop(folded(old.name_zh), None)
        names[folded(dish.name_zh)] = dish.dish_id
        if applied.count(old, dish):
            changed.append(dish)
    save_dishes(context.session, changed, author=context.author, changed_at=context.now_at)
    if changed:
        applied.clashes = recheck_diners(context.session, None, now_at=context.now_at, ids=context.ids)
    return applied


@dataclass(frozen=True, slots=True)
class _Pantry:
    """What a bill of materials may name, and the codes of each by name."""

    foods: Mapping[str, Food]
    sub_recipes: Mapping[str, SubRecipe]
    food_codes: Mapping[str, str]
    sauce_codes: Mapping[str, str]


def _refusals(
    record: Record, old: Dish | None, pantry: _Pantry, names: Mapping[str, str]
) -> list[RowRefused]:
    """Everything that keeps a row from being a dish; what follows from a fault is not told beside it."""
    parts = cast(tuple[tuple[str, float], ...], record.values["ingredients"])
    own = refusals(
        *(partial(_require_least, record, field, least) for field, least in LEAST.items()),
        lambda: _require_texture(record),
        *(partial(_part, name, pantry) for name, _ in parts),
        lambda: _supply(record, old),
        lambda: _popularity(record, old),
        lambda: _makings(record, old.makings if old else (), pantry),
        lambda: require_own_name(names, str(record.values["name_zh"]), str(record.values["code"])),
    )
    return own or refusals(lambda: _dish(record, old, pantry))


def _dish(record: Record, old: Dish | None, pantry: _Pantry) -> Dish:
    values = record.values
    direct, uses = _bill(record, pantry)
    sauces = ((None, use.made_mg) for use in uses)
    require_yield(record, (*((pantry.foods[one.food_code], one.edible_mg) for one in direct), *sauces))
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
        ingredients=(*direct, *foods_of(uses, pantry.sub_recipes)),
        yield_ratio=cast(float, values["yield_ratio"]),
        batch_minutes=cast(int, values["batch_minutes"]),
        batch_portions=cast(int, values["batch_portions"]),
        hot_quality_minutes=cast(int, values["hot_quality_minutes"]),
        service_mode=cast(ServiceMode, values["service_mode"]),
        iddsi_level=cast(int, values["iddsi_level"]),
        tags=_codes(record.given("tags", old.tags if old else ())),
        extra_allergens=_codes(record.given("allergens_extra", old.extra_allergens if old else ())),
        evidence=old.evidence if old else EVIDENCE,
        supply=_supply(record, old),
        uses=uses,
        makings=_makings(record, old.makings if old else (), pantry),
        main_food=_main_food(record, old, pantry),
        colour=str(record.given("colour", old.colour if old else "") or ""),
        popularity=_popularity(record, old),
    )
    _require_makeable(dish, pantry.foods)
    return dish if dish == old else replace(dish, evidence=EVIDENCE)


def _supply(record: Record, old: Dish | None) -> Supply:
    supply = cast(Supply, record.given("supply", old.supply if old else None) or "serve_hot")
    if supply == "cook_chill" and record.values["service_mode"] != "both":
        raise RowRefused("supply", "row_does_not_keep")
    return supply


def _popularity(record: Record, old: Dish | None) -> float | None:
    popularity = cast(float | None, record.given("popularity", old.popularity if old else None))
    if popularity is not None and popularity > 1:
        raise RowRefused("popularity", "row_part_of_one")
    return popularity


def _main_food(record: Record, old: Dish | None, pantry: _Pantry) -> str:
    wanted = str(record.given("main_food", old.main_food if old else "") or "")
    if not wanted:
        return ""
    code = pantry.food_codes.get(folded(wanted))
    direct, uses = _bill(record, pantry)
    if code not in {one.food_code for one in (*direct, *foods_of(uses, pantry.sub_recipes))}:
        raise RowRefused("main_food", "row_main_food", food=wanted)
    return code


def _makings(record: Record, old: tuple[Making, ...], pantry: _Pantry) -> tuple[Making, ...]:
    """What the row says that the dish can be made as; particulars that are known of a variant stay."""
    known = {making.variant: making for making in old}
    if record.values.get("variants") is not None:
        listed = [*dict.fromkeys(cast(Iterable[str], record.values["variants"]))]
        known = {code: known.get(code, Making(code, evidence=EVIDENCE)) for code in listed}
    for code, swaps in _swaps(record, pantry).items():
        if code not in known:
            raise RowRefused("variant_swaps", "row_swap_unlisted", variant=code)
        known[code] = replace(known[code], swaps=swaps)
    vouched = str(record.values.get("halal_asserted_by") or "")
    if vouched and HALAL in known:
        known[HALAL] = replace(known[HALAL], asserted_by=vouched)
    if HALAL in known and not known[HALAL].asserted_by:
        raise RowRefused("halal_asserted_by", "row_halal_needs_person")
    return tuple(known.values())


def _swaps(record: Record, pantry: _Pantry) -> dict[str, tuple[Swap, ...]]:
    """By variant, its swaps as the cell writes them, ``素食:猪里脊>香干*1.2``; ``>`` alone leaves out."""
    words = next(column for column in columns_of("dishes") if column.field == "variants").words
    codes, found = pantry.food_codes, dict[str, tuple[Swap, ...]]()
    for cell in cast(tuple[str, ...], record.values.get("variant_swaps") or ()):
        said = SWAP.fullmatch(unicodedata.normalize("NFKC", cell))
        if said is None or said["variant"].strip().casefold() not in words:
            raise RowRefused("variant_swaps", "row_swap_unreadable", swap=cell)
        swapped = []
        for name in (said["food"], said["by"]):
            if name.strip() and folded(name) not in codes:
                offered = nearest([name], (food.name_zh for food in pantry.foods.values()))
                raise RowRefused("variant_swaps", "row_food_unknown", food=name, offered=offered)
            swapped.append(codes.get(folded(name), ""))
        variant = words[said["variant"].strip().casefold()]
        ratio = float(said["ratio"] or 1)
        if ratio == 0:
            raise RowRefused("variant_swaps", "row_swap_unreadable", swap=cell)
        found[variant] = (*found.get(variant, ()), Swap(swapped[0], swapped[1], ratio))
    return found


def _require_makeable(dish: Dish, foods: Mapping[str, Food]) -> None:
    rules = load_rules()
    for making in dish.makings:
        try:
            as_variant(dish, making.variant, foods, rules)
        except VariantNotMade as error:
            tag = str(error.params.get("tag", ""))
            reason = "row_variant_barred" if tag else "row_variant_needless"
            raise RowRefused("variants", reason, variant=making.variant, tag=tag) from error


def _codes(value: object) -> frozenset[str]:
    return frozenset(cast(Iterable[str], value or ()))


def _require_least(record: Record, field: str, least: int) -> None:
    if cast(int, record.values[field]) < least:
        raise RowRefused(field, "row_at_least", least=least)


def _require_texture(record: Record) -> None:
    if cast(int, record.values["iddsi_level"]) > HIGHEST_IDDSI:
        raise RowRefused("iddsi_level", "row_iddsi_range")


def _bill(record: Record, pantry: _Pantry) -> tuple[tuple[Ingredient, ...], tuple[Use, ...]]:
    """The dish's own foods, and what it takes of sub-recipes."""
    direct: dict[str, Ingredient] = {}
    uses: dict[str, Use] = {}
    for name, amount_g in cast(tuple[tuple[str, float], ...], record.values["ingredients"]):
        mg, (food, sauce) = max(1, round(amount_g * 1000)), _part(name, pantry)
        if food in direct or sauce in uses:
            raise RowRefused("ingredients", "row_food_twice", food=name)
        if food:
            direct[food] = Ingredient(food, mg)
        else:
            uses[sauce] = Use(sauce, mg)
    if not direct and not uses:
        raise RowRefused("ingredients", "row_no_parts")
    return tuple(direct.values()), tuple(uses.values())


def _part(name: str, pantry: _Pantry) -> tuple[str, str]:
    """Code of the food or the sub-recipe that a bill names; the other one empty."""
    if not pantry.foods:
        raise RowRefused("ingredients", "row_no_foods")
    food = pantry.food_codes.get(folded(name), "")
    sauce = "" if food else pantry.sauce_codes.get(folded(name), "")
    if not food and not sauce:
        offered = nearest([name], (one.name_zh for one in pantry.foods.values()))
        raise RowRefused("ingredients", "row_food_unknown", food=name, offered=offered)
    return food, sauce


def _codes_of(things: Mapping[str, Food] | Mapping[str, SubRecipe]) -> dict[str, str]:
    return {
        folded(name): one.code for one in things.values() for name in (one.name_en, one.name_zh, one.code)
    }
