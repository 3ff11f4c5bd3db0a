"""Sub-recipes from a file: stocks and sauces, with their ingredients in grams."""

from collections.abc import Mapping
from dataclasses import replace
from typing import cast

from api.day.recheck import recheck_diners
from api.imports.cells import Record
from api.imports.foods import require_own_name
from api.imports.names import folded, nearest
from api.imports.report import Applied, Context, RowRefused, once_each
from api.imports.yields import require_yield
from kitchen.store.catalogue import change_sub_recipes, load_foods
from kitchen.store.sub_recipes import load_sub_recipes
from kitchen.sub_recipes import Part, SubRecipe, circle_in

EVIDENCE = "operator"
Named = Mapping[str, tuple[str, str]]


def apply_sub_recipes(records: list[Record], context: Context) -> Applied:
    """
    Keeps sub-recipes, new or changed; parts are foods, or sub-recipes of the house or of the same file.

    A row that would be made of itself, through whichever others, is refused, and so is one that names a
    refused row. Dishes made with a changed one are judged again against locked orders.
    """
    applied = Applied()
    foods, known = load_foods(context.session), load_sub_recipes(context.session)
    rows = once_each(records, applied, "row_code_twice", "code")
    named = {
        folded(word): (food.code, "")
        for food in foods.values()
        for word in (food.name_en, food.name_zh, food.code)
    }
    told = {str(record.values["code"]) for record in rows}
    kept = (one for one in known.values() if one.code not in told)  # a new name takes the old one's place
    sauces = {folded(word): ("", one.code) for one in kept for word in (one.name_zh, one.code)}
    for record in rows:
        code = str(record.values["code"])
        sauces |= {folded(word): ("", code) for word in (str(record.values["name_zh"]), code)}
    owners = {word: food or inner for word, (food, inner) in (sauces | named).items()}
    read: dict[str, tuple[Record, SubRecipe]] = {}
    for record in rows:
        try:
            one = _sub_recipe(record, known.get(str(record.values["code"])), sauces | named)
            require_own_name(owners, one.name_zh, one.code)
            require_yield(record, [(foods.get(part.food_code), part.mg) for part in one.parts])
        except RowRefused as refusal:
            applied.refuse(record, refusal)
            continue
        read[one.code] = (record, one)
    _refuse_circles(read, known, applied)
    changed = [one for _, one in read.values() if applied.count(known.get(one.code), one)]
    change_sub_recipes(context.session, changed, author=context.author, changed_at=context.now_at)
    if changed:
        applied.clashes = recheck_diners(context.session, None, now_at=context.now_at, ids=context.ids)
    return applied


def _sub_recipe(record: Record, old: SubRecipe | None, named: Named) -> SubRecipe:
    values = record.values
    made = SubRecipe(
        code=str(values["code"]),
        name_zh=str(values["name_zh"]),
        name_en=str(values.get("name_en") or (old.name_en if old else values["name_zh"])),
        method=str(values["method"]),
        minutes=cast(int, values["minutes"]),
        parts=_parts(record, old, named),
        yield_ratio=cast(float, values["yield_ratio"]),
        evidence=old.evidence if old else EVIDENCE,
    )
    return made if made == old else replace(made, evidence=EVIDENCE)


def _parts(record: Record, old: SubRecipe | None, named: Named) -> tuple[Part, ...]:
    kept = _kept(record, old, named)
    parts: dict[tuple[str, str], Part] = {}
    for name, amount_g in cast(tuple[tuple[str, float], ...], record.values["ingredients"]):
        thing = _thing(record, "ingredients", name, named)
        if thing in parts:
            raise RowRefused("ingredients", "row_food_twice", food=name)
        parts[thing] = Part(*thing, max(1, round(amount_g * 1000)), kept.get(thing, 1.0))
    if not parts:
        raise RowRefused("ingredients", "row_no_parts")
    if stray := kept.keys() - parts.keys():
        raise RowRefused("strained", "row_strained_stray", food=min("".join(thing) for thing in stray))
    return tuple(parts.values())


def _kept(record: Record, old: SubRecipe | None, named: Named) -> dict[tuple[str, str], float]:
    """Part that is kept of what is strained off; as before where the file has no such column."""
    if "strained" not in record.values:
        own = old.parts if old else ()
        return {(one.food_code, one.sub_recipe): one.kept_ratio for one in own if one.kept_ratio < 1}
    kept = {}
    for name, ratio in cast(tuple[tuple[str, float], ...], record.values["strained"] or ()):
        if ratio > 1:
            raise RowRefused("strained", "row_strained_ratio", food=name)
        kept[_thing(record, "strained", name, named)] = ratio
    return kept


def _thing(record: Record, column: str, name: str, named: Named) -> tuple[str, str]:
    """A food's code, or a sub-recipe's, of a name."""
    found = named.get(folded(name))
    if found is None:
        raise RowRefused(column, "row_food_unknown", food=name, offered=nearest([name], named))
    return found


def _refuse_circles(
    read: dict[str, tuple[Record, SubRecipe]], known: Mapping[str, SubRecipe], applied: Applied
) -> None:
    """Takes out, and names, each row on a circle and each row that is made of one taken out."""
    while True:
        every = {**known, **{code: one for code, (_, one) in read.items()}}
        circle = circle_in(every)
        stray = next(
            (
                (code, part.sub_recipe)
                for code, (_, one) in read.items()
                for part in one.parts
                if part.sub_recipe and part.sub_recipe not in every
            ),
            None,
        )
        if circle:
            code = max((code for code in circle if code in read), key=lambda code: read[code][0].line)
            refusal = RowRefused("ingredients", "row_sub_recipe_circle", path=" > ".join(circle))
        elif stray:
            code = stray[0]
            refusal = RowRefused("ingredients", "row_sub_recipe_refused", part=stray[1])
        else:
            return
        applied.refuse(read.pop(code)[0], refusal)
