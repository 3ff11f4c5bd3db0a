"""Menu rules and targets in words: alike for the command line, the API and the page."""

from typing import Any

from api.day.menus_rules import PRICE, TARGET, HouseRules, settings_of
from api.words import gettext, say
from kitchen.menu_grounds import Ban
from orders.codes import Coded, Param

GROUPS = ("points", "set", "line", "standing", "target", "look")
"""Where a setting belongs, in the order of the page."""


def rules_document(rules: HouseRules, language: str) -> dict[str, Any]:
    """Every setting with its path, its words and its value, and the bans."""
    settings = [
        {
            "path": path,
            "group": group_of(path),
            "words": say(setting_coded(path, rules), language),
            "value": list(value) if isinstance(value, list | tuple) else value,
        }
        for path, value in settings_of(rules)
    ]
    settings.sort(key=lambda one: (GROUPS.index(str(one["group"])), not str(one["path"]).startswith(PRICE)))
    return {
        "revision": rules.revision,
        "targets": {code: revision for code, (revision, _) in rules.targets.items()},
        "settings": settings,
        "bans": [ban_document(ban) for ban in rules.book.bans],
    }


def ban_document(ban: Ban) -> dict[str, Any]:
    """A ban, as it may be given back."""
    return {
        "code": ban.code,
        "name_zh": ban.name[0],
        "name_en": ban.name[1],
        "words": sorted(ban.words),
        "foods": sorted(ban.foods),
        "service_modes": sorted(ban.service_modes),
        "methods": sorted(ban.methods),
        "unless_scope": sorted(ban.unless_scope),
    }


def group_of(path: str) -> str:
    """The group of a path's setting."""
    root = path.partition(".")[0]
    return root if root in GROUPS else "set"


def setting_coded(path: str, rules: HouseRules) -> Coded:
    """What a setting is, with the names of its line, nutrient, category or target."""
    root, *rest = path.split(".")
    if path.startswith("points.missed_percent."):
        return Coded("setting_missed_percent", {"nutrient": rest[1]})
    if root in ("parts", "repeat_days"):
        return Coded(f"setting_{root}", {"category": rest[0]})
    if root == TARGET:
        return _target(rest, rules)
    if root == "line":
        zh, en = rules.book.lines[rest[0]].name
        return Coded(f"setting_line_{rest[1]}", {"line_zh": zh, "line_en": en, "language": rest[-1]})
    if root == "standing":
        own = next(one for one in rules.book.standing if one.code == rest[0])
        named: dict[str, Param] = {"name_zh": own.name[0], "name_en": own.name[1], "category": rest[-1]}
        return Coded(f"setting_standing_{rest[1]}", named)
    if root == "look" and len(rest) == 2:
        return Coded(f"setting_look_{rest[0]}", {"food": rest[1]})
    return Coded("setting_" + "_".join((root, *rest)))


def said_value(value: object, language: str) -> str:
    """A value as a person reads and writes it."""
    if isinstance(value, bool):
        return gettext("true" if value else "false", language)
    if isinstance(value, list | tuple):
        return " ".join(str(one) for one in value)
    return str(value)


def _target(rest: list[str], rules: HouseRules) -> Coded:
    name = rules.targets[rest[0]][1].get("name", {})
    params: dict[str, Param] = {"target_zh": name.get("zh", rest[0]), "target_en": name.get("en", rest[0])}
    if rest[1] == "nutrient":
        params |= {"nutrient": rest[2], "figure": rest[3]}
        return Coded("setting_target_figure", params)
    return Coded("setting_target_share", params)
