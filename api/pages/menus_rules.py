"""The page of menu rules: points, sets, lines, targets and bans, read and changed by whoever plans menus."""

import re
from collections.abc import Collection, Mapping
from itertools import chain, count
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from api.day.menus_rules import change_rules, old_value, read_rules, value_of
from api.day.menus_rules_document import rules_document
from api.house import House
from api.pages.rule_fields import named_settings, options_of, own_names, rule_fields, typed_value
from api.pages.shell import answer
from api.permissions import Actor
from api.web.access import HouseHere, LanguageHere, may
from api.web.forms import ListsHere
from api.web.render import render
from api.words import gettext
from kitchen.foods import Food
from kitchen.store.catalogue import load_dishes, load_foods
from orders.errors import BadInput

router = APIRouter(prefix="/menus/rules", include_in_schema=False)
Keeper = Annotated[Actor, may("menu.rules")]
Text = Annotated[str, Form(max_length=200)]
WHY, PAGE, LOCK = "why", "/menus/rules", "menus"


@router.get("")
def page(request: Request, house: HouseHere, language: LanguageHere, actor: Keeper) -> Response:
    """Every rule with its words."""
    return render(request, "menus_rules.html", **_facts(house, language))


@router.post("")
def change(
    request: Request, house: HouseHere, language: LanguageHere, actor: Keeper, fields: ListsHere
) -> Response:
    """Keeps what differs from what stands."""
    with house.database.read() as session:
        now = read_rules(session)
    old = {path: old_value(now, path) for path in fields if path != WHY}
    new = {path: typed_value(path, fields[path], one) for path, one in old.items()}
    changed = {path: one for path, one in new.items() if one != _as_list(old[path])}
    try:
        _change(house, actor, changed, " ".join(fields.get(WHY, ())))
    except BadInput as error:
        raise _in_words(error, named_settings(now, language)) from error
    said = gettext("Kept: {count} changed. Menus planned from now on keep to it.", language)
    same = gettext("Nothing was changed.", language)
    done = said.format(count=len(changed)) if changed else same
    return answer(request, PAGE, "menus_rules_live.html", done, **_facts(house, language))


@router.post("/ban")
def ban(
    request: Request,
    house: HouseHere,
    language: LanguageHere,
    actor: Keeper,
    fields: ListsHere,
    zh: Text,
    en: Text,
    words: Text = "",
    foods: Text = "",
    unless_scope: Text = "",
) -> Response:
    """Keeps dishes off every menu."""
    with house.database.read() as session:
        known = {name: one.code for one in load_foods(session).values() for name in _names_of(one)}
    named = [known.get(one, one) for one in foods.replace("、", ",").replace("，", ",").split(",")]
    lists: dict[str, object] = {
        "words": value_of(words, []),
        "foods": [one.strip() for one in named if one.strip()],
        "methods": [one for one in fields.get("methods", ()) if one],
        "unless_scope": value_of(unless_scope, []),
    }
    row: dict[str, object] = {"name": {"zh": zh.strip(), "en": en.strip()}}
    row |= {key: one for key, one in lists.items() if one}
    with house.database.begin(lock=LOCK) as session:
        taken = {one.code for one in read_rules(session).book.bans}
        changes = {f"ban.{ban_code(en, taken) or house.ids.new()}": row}
        change_rules(session, changes, actor=actor, now_at=house.clock.now())
    done = gettext("It is on no menu from now on.", language)
    return answer(request, f"{PAGE}#bans", "menus_rules_live.html", done, **_facts(house, language))


@router.post("/unban")
def unban(request: Request, house: HouseHere, language: LanguageHere, actor: Keeper, code: Text) -> Response:
    """Takes a ban out of the list."""
    _change(house, actor, {f"ban.{code}": None}, "")
    done = gettext("It may stand on menus again.", language)
    return answer(request, f"{PAGE}#bans", "menus_rules_live.html", done, **_facts(house, language))


def ban_code(name: str, taken: Collection[str]) -> str:
    """A code for a new ban of this name that no other ban has; empty where the name has no letter for it."""
    plain = re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")
    numbered = (f"{plain}_{number}" for number in count(2))
    return next(one for one in chain([plain], numbered) if one not in taken) if plain else ""


def _facts(house: House, language: str) -> dict[str, Any]:
    with house.database.read() as session:
        rules, foods = read_rules(session), load_foods(session)
        methods = sorted({one.method for one in load_dishes(session).values()} | {"raw"})
    return {
        "rules": rules_document(rules, language),
        "groups": rule_fields(rules, foods, language),
        "names": own_names(rules),
        "foods": foods,
        "methods": dict(options_of("cook_method", methods, language)),
    }


def _in_words(error: BadInput, words: Mapping[str, str]) -> BadInput:
    """A refusal that names the field, and its unit, as the page does."""
    path, rule = str(error.params.get("field", "")).partition(" ")[0], error.params.get("rule")
    table, _, last = path.rpartition(".")
    named = next((words[one] for one in (path, f"{table}.day_{last}") if one in words), path)
    in_unit = {"rule": "field_percent"} if rule == "field_part_of_one" else {}
    return BadInput(error.code, **{**error.params, "field": named, **in_unit})


def _names_of(food: Food) -> tuple[str, str, str]:
    return food.code, food.name_zh, food.name_en


def _change(house: House, actor: Actor, changes: Mapping[str, object], why: str) -> None:
    if changes:
        with house.database.begin(lock=LOCK) as session:
            change_rules(session, changes, actor=actor, now_at=house.clock.now(), why=why)


def _as_list(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
