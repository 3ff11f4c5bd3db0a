"""The menu rules and nutrition targets of a house: seen, and changed field by field, each revision kept."""

from collections.abc import Collection, Iterable, Iterator, Mapping, MutableMapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from api.audit import record
from api.day.menus_gather import RULES_KIND, RULES_NAME
from api.names import allergen_names, variant_names
from api.packaged import read_toml
from api.paths import config_dir
from api.permissions import Actor, ensure
from api.store.config import config_names, load_config, save_config
from kitchen.menu_book import book_from_table
from kitchen.menu_rules import MenuBook
from kitchen.nutrition import targets_from_table
from kitchen.store.catalogue import load_foods
from kitchen.tables import FieldWrong
from orders.errors import BadInput, Forbidden
from orders.menus import REGULAR
from orders.store.sites import load_kitchens

ACT, TARGETS_KIND, TARGET = "menu.rules", "nutrition_target", "target"
PRICE = "points.missed_percent."
CODED, NOTES = ("ban", "standing"), ("clause", "source", "evidence")
"""Lists whose rows a path names by their code: ``standing.vegetarian_1_15.active``."""
Changes = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class HouseRules:
    """
    What menus are planned by, as the house keeps it.

    Parameters
    ----------
    revision
        Of the menu rules.
    table
        The menu rules, as their file writes them.
    targets
        Nutrition targets by code: the house's revision, and the block as its file writes it.
    book
        The rules as facts.
    """

    revision: int
    table: Mapping[str, Any]
    targets: Mapping[str, tuple[int, Mapping[str, Any]]]
    book: MenuBook


def read_rules(session: Session) -> HouseRules:
    """The rules and targets that are in force; a house without its own has the packaged rules."""
    kept = load_config(session, RULES_KIND, RULES_NAME)
    if kept is None:
        packaged = read_toml(config_dir() / "menu-rules.toml")["rules"][RULES_NAME]
        kept = int(packaged["revision"]), packaged
    revision, table = kept
    blocks = {code: load_config(session, TARGETS_KIND, code) for code in config_names(session, TARGETS_KIND)}
    targets = {code: own for code, own in blocks.items() if own is not None} or _packaged_targets()
    return HouseRules(revision, table, targets, book_from_table(RULES_NAME, table))


def _packaged_targets() -> dict[str, tuple[int, dict[str, Any]]]:
    blocks = read_toml(config_dir() / "nutrition-targets.toml")[TARGET]
    return {code: (int(block["revision"]), block) for code, block in blocks.items()}


def settings_of(rules: HouseRules) -> Iterator[tuple[str, Any]]:
    """
    Path and value of each figure and list that may be changed, rules first, then targets.

    A weekly target that no points weigh has its price too, 0.
    """
    for path, value in _leaves(rules.table, ""):
        if path.partition(".")[0] not in ("ban", "festival", "revision", "name", "evidence"):
            yield path, value
    for nutrient in _unpriced(rules):
        yield f"{PRICE}{nutrient}", 0
    for code, (_, table) in rules.targets.items():
        own = {key: value for key, value in table.items() if key in ("share_of_day_ratio", "nutrient")}
        yield from _leaves(own, f"{TARGET}.{code}.")


def _unpriced(rules: HouseRules) -> list[str]:
    """Nutrients with a weekly target in some block, and without points."""
    bounds = [
        (name, bound) for _, block in rules.targets.values() for name, bound in block["nutrient"].items()
    ]
    weekly = {name for name, bound in bounds if bound.get("strength") == "weekly"}
    return sorted(weekly - rules.book.points.missed_percent_fen.keys())


def change_rules(
    session: Session, changes: Changes, *, actor: Actor, now_at: datetime, why: str = ""
) -> HouseRules:
    """
    Changes fields of the rules and targets, all or none; menus planned from now on keep to them.

    Parameters
    ----------
    session
        Open transaction.
    changes
        Path to value: ``points.dish``, ``line.soft.most_food_fen``, ``ban.green_bean`` (a whole row),
        ``target.lunch_default_cn.nutrient.calcium_mg.day_target``; None takes a field or a row out.
    actor, now_at, why
        Who, when, and the reason for the audit.

    Raises
    ------
    BadInput
        Naming the field and the rule when the rules could not be used so.
    Forbidden
        When a person of one kitchen would change the rules of others too.
    """
    _ensure(session, actor)
    now = read_rules(session)
    table = deepcopy(dict(now.table))
    targets = {code: deepcopy(dict(own)) for code, (_, own) in now.targets.items()}
    told = {}
    for path, value in changes.items():
        keys = path.split(".")
        root, own = (targets, keys[1:]) if keys[0] == TARGET else (table, keys)
        told[path] = [_put(root, own, path, value), value]
    try:
        _judge(session, table, targets)
    except FieldWrong as error:
        raise BadInput("menu_rule_refused", field=error.field, rule=error.rule) from error
    _keep(session, table, targets, actor, now_at)
    record(session, actor, ACT, RULES_NAME, now_at, {"changes": told, "why": why})
    return read_rules(session)


def _keep(
    session: Session,
    table: Mapping[str, Any],
    targets: Mapping[str, Mapping[str, Any]],
    actor: Actor,
    now_at: datetime,
) -> None:
    """New revisions of whatever differs from what is kept."""
    own = [(RULES_KIND, RULES_NAME, table), *((TARGETS_KIND, code, one) for code, one in targets.items())]
    for kind, name, body in own:
        save_config(session, kind, name, body, author=actor.user_id, made_at=now_at)


def value_of(text: str, old: object) -> object:
    """
    A field's value as a person writes it, of the kind that it had before.

    Lists have blanks, commas or 、 between; truth is ``true`` or ``false``; what was a number stays one.
    """
    said = text.strip()
    if isinstance(old, list | tuple):
        words = said.replace("、", " ").replace("，", " ").replace(",", " ").split()
        return [_number(word) for word in words]
    if isinstance(old, str):
        return said
    return {"true": True, "false": False}.get(said.casefold(), _number(said))


def old_value(rules: HouseRules, path: str) -> object:
    """What stands at a path now; None when nothing does."""
    keys = path.split(".")
    if path.startswith(PRICE):
        return rules.book.points.missed_percent_fen.get(path.removeprefix(PRICE), 0)
    found: object = rules.table
    if keys[0] == TARGET:
        found, keys = {code: table for code, (_, table) in rules.targets.items()}, keys[1:]
    for key in keys:
        found = _inner(found, key)
    return found


def _ensure(session: Session, actor: Actor) -> None:
    ensure(actor, ACT, kitchen_id=actor.kitchen_id)
    others = [one for one in load_kitchens(session) if one.kitchen_id != actor.kitchen_id]
    if actor.kitchen_id is not None and others:
        raise Forbidden("menu_rules_of_all")


def _judge(session: Session, table: Mapping[str, Any], targets: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuses rules that could not be used, and names that nobody knows."""
    book, foods = book_from_table(RULES_NAME, table), load_foods(session)
    nutrients = {name for food in foods.values() for name in food.nutrients}
    for code in targets:
        try:
            targets_from_table(code, targets, nutrients or None)
        except FieldWrong as error:
            raise FieldWrong(f"{TARGET}.{error.field}", error.rule, str(error)) from error
    _require_known("points.missed_percent", book.points.missed_percent_fen, nutrients, "target_no_food")
    variants, allergens = {REGULAR, *variant_names()}, allergen_names()
    for code, line in book.lines.items():
        _require_known(f"line.{code}.targets", [line.targets], targets, "menu_no_target")
        _require_known(f"line.{code}.variants", line.variants, variants, "menu_no_variant")
        _require_known(f"line.{code}.barred_allergens", line.barred_allergens, allergens, "menu_no_allergen")
    for ban in book.bans:
        _require_known(f"ban.{ban.code}.foods", ban.foods, foods, "menu_no_food")


def _require_known(field: str, named: Iterable[str], known: Collection[str], rule: str) -> None:
    """A house that knows nothing of a kind yet, as an empty one, is not asked."""
    stray = sorted(set(named) - set(known)) if known else []
    if stray:
        raise FieldWrong(f"{field} ({stray[0]})", rule, f"{field}: {stray[0]} is not known.")


def _leaves(table: Mapping[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, f"{above}{key}.")
        elif key in CODED:
            for row in value:
                inner = {name: one for name, one in row.items() if name not in ("code", "name", *NOTES)}
                yield from _leaves(inner, f"{above}{key}.{row['code']}.")
        else:
            yield f"{above}{key}", value


def _inner(found: object, key: str) -> object:
    if isinstance(found, Mapping):
        return found.get(key)
    if isinstance(found, list):
        return next((row for row in found if isinstance(row, Mapping) and row.get("code") == key), None)
    return None


def _put(root: object, keys: Sequence[str], path: str, value: object) -> object:
    """Puts a value at a path and gives what stood there; a row of a list is found by its code."""
    found, last = root, keys[-1] if keys else ""
    for key in keys[:-1]:
        found = _inner(found, key)
    old = _inner(found, last)
    if isinstance(found, list):
        found[:] = [row for row in found if row is not old]
        if isinstance(value, Mapping):
            found.append({"code": last, **value})
    elif isinstance(found, MutableMapping) and not isinstance(old, Mapping):
        if value is None:
            found.pop(last, None)
        else:
            found[last] = value
    else:
        raise BadInput("menu_rule_refused", field=path, rule="field_unknown")
    if value is None and old is None:
        raise BadInput("menu_rule_refused", field=path, rule="field_missing")
    return old


def _number(word: str) -> object:
    try:
        return int(word)
    except ValueError:
        pass
    try:
        return float(word)
    except ValueError:
        return word
