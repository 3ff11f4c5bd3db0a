"""The page of menu rules: points, sets, lines, targets and bans, read and changed by whoever plans menus."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.day.menus_rules import change_rules, old_value, read_rules, value_of
from api.day.menus_rules_document import rules_document, said_value
from api.house import House
from api.permissions import Actor
from api.web.access import HouseHere, LanguageHere, may
from api.web.forms import FieldsHere
from api.web.render import render

router = APIRouter(prefix="/menus/rules", include_in_schema=False)
Keeper = Annotated[Actor, may("menu.rules")]
Text = Annotated[str, Form(max_length=200)]
WHY, PAGE = "why", "/menus/rules"


@router.get("")
def page(request: Request, house: HouseHere, language: LanguageHere, actor: Keeper) -> Response:
    """Every rule with its words."""
    with house.database.read() as session:
        rules = read_rules(session)
    facts = rules_document(rules, language)
    groups: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for one in facts["settings"]:
        own = one["path"].split(".")[1] if one["group"] in ("line", "standing", "target") else ""
        groups[one["group"]][own].append(one | {"said": _written(one["value"])})
    names = {code: line.name for code, line in rules.book.lines.items()}
    names |= {one.code: one.name for one in rules.book.standing}
    names |= {code: _target_name(table, code) for code, (_, table) in rules.targets.items()}
    return render(request, "menus_rules.html", facts=facts, groups=groups, names=names, said=said_value)


@router.post("")
def change(house: HouseHere, actor: Keeper, fields: FieldsHere) -> Response:
    """Keeps what differs from what stands."""
    with house.database.read() as session:
        now = read_rules(session)
    old = {path: old_value(now, path) for path in fields if path != WHY}
    new = {path: value_of(fields[path], one) if fields[path].strip() else None for path, one in old.items()}
    changed = {path: one for path, one in new.items() if one != _as_list(old[path])}
    _change(house, actor, changed, fields.get(WHY, ""))
    return RedirectResponse(PAGE, status_code=303)


@router.post("/ban")
def ban(
    house: HouseHere,
    actor: Keeper,
    code: Text,
    zh: Text,
    en: Text,
    words: Text = "",
    foods: Text = "",
    methods: Text = "",
    unless_scope: Text = "",
) -> Response:
    """Keeps dishes off every menu."""
    lists = {"words": words, "foods": foods, "methods": methods, "unless_scope": unless_scope}
    row: dict[str, object] = {"name": {"zh": zh, "en": en}}
    row |= {key: value_of(text, []) for key, text in lists.items() if text.strip()}
    _change(house, actor, {f"ban.{code.strip().replace('.', '-')}": row}, "")
    return RedirectResponse(f"{PAGE}#h-bans", status_code=303)


@router.post("/unban")
def unban(house: HouseHere, actor: Keeper, code: Text) -> Response:
    """Takes a ban out of the list."""
    _change(house, actor, {f"ban.{code}": None}, "")
    return RedirectResponse(f"{PAGE}#h-bans", status_code=303)


def _change(house: House, actor: Actor, changes: Mapping[str, object], why: str) -> None:
    if changes:
        with house.database.begin(lock="menus") as session:
            change_rules(session, changes, actor=actor, now_at=house.clock.now(), why=why)


def _written(value: object) -> str:
    """As a form's field has it."""
    if isinstance(value, bool):
        return str(value).lower()
    return " ".join(str(one) for one in value) if isinstance(value, list | tuple) else str(value)


def _as_list(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _target_name(table: Mapping[str, Any], code: str) -> tuple[str, str]:
    name = table.get("name", {})
    return name.get("zh", code), name.get("en", code)
