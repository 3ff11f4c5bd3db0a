"""Menu rules as fields of a form: what kind each is, in which unit, and what may be chosen."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from api.day.menus_rules import TARGET, HouseRules, settings_of, value_of
from api.day.menus_rules_document import group_of, setting_coded
from api.names import allergen_names, variant_names
from api.words import catalog, gettext, say
from kitchen.foods import Food
from kitchen.nutrition import STRENGTHS
from orders.menus import REGULAR
from orders.typed import typed_number

Kind = Literal["number", "range", "choice", "many", "ordered", "truth", "text"]
Options = tuple[tuple[str, str], ...]
COLOURS = ("colour", "colour_of")
PERCENT = ("share", "share_of_day_ratio", "season_from_ratio", "liked_ratio")
FIGURES = ("min", "target", "max", "day_min", "day_target", "day_max")
ONE_KIND = "look.one_kind."
GROUPS = ("animal_groups", "no_kind_groups")
OWN = ("line", "standing", TARGET)
"""Groups with a form for each of their members."""


@dataclass(frozen=True, slots=True)
class RuleField:
    """
    One field of a form.

    Parameters
    ----------
    path, label
        Which setting, and its words beside the field.
    kind
        A number, least and most, one of some, several of some, some in order, yes or no, a text.
    values
        What the field shows, as it is sent back.
    options
        What may be chosen: code and words.
    """

    path: str
    label: str
    kind: Kind
    values: tuple[str, ...]
    options: Options = ()


@dataclass(frozen=True, slots=True)
class Block:
    """
    Fields that stand together.

    Parameters
    ----------
    title
        A category of dishes, a nutrient, or empty.
    fields
        In order.
    """

    title: str
    fields: tuple[RuleField, ...]


def rule_fields(
    rules: HouseRules, foods: Mapping[str, Food], language: str
) -> dict[str, dict[str, list[Block]]]:
    """Every setting as a field: by group, then by line, standing rule or target, else under ``""``."""
    known, found = _options(rules, language), dict[tuple[str, str, str], list[RuleField]]()
    for path, value in settings_of(rules):
        if path.startswith(ONE_KIND):
            known[path] = _kin(value, foods, language)
        group, kind = group_of(path), _kind(path, value)
        field = RuleField(
            path=path,
            label=_label(path, value, rules, foods, language),
            kind=kind,
            values=_values(path, value, kind),
            options=_in_order(known.get(_chosen_from(path), ()), value),
        )
        own = path.split(".")[1] if group in OWN else ""
        found.setdefault((group, own, _block(path)), []).append(field)
    blocks: dict[str, dict[str, list[Block]]] = {}
    for (group, own, code), fields in found.items():
        title = catalog(language).get(f"code:{code}", "")
        blocks.setdefault(group, {}).setdefault(own, []).append(Block(title, tuple(fields)))
    return blocks


def _block(path: str) -> str:
    """Code of what a setting stands together with; empty for nothing in particular."""
    parts = path.split(".")
    if parts[0] in ("parts", "repeat_days"):
        return f"category.{parts[1]}"
    if parts[0] == "standing" and parts[2] == "parts":
        return f"category.{parts[3]}"
    if parts[0] == "look" and parts[1] in COLOURS:
        return "plate_colours"
    return f"nutrient.{parts[3]}" if parts[0] == TARGET and parts[2] == "nutrient" else ""


def options_of(kind: str, codes: Iterable[str], language: str) -> Options:
    """Codes of one kind with their words."""
    words = catalog(language)
    return tuple((one, words.get(f"code:{kind}.{one}", one)) for one in codes)


def named_settings(rules: HouseRules, language: str) -> dict[str, str]:
    """The whole words of each setting by its path, as a refusal names it."""
    return {path: say(setting_coded(path, rules), language) for path, _ in settings_of(rules)}


def typed_value(path: str, sent: list[str], old: object) -> object:
    """
    A field's value as it is kept; None takes it out. What is no number stays text, to be refused.

    Raises
    ------
    BadInput
        ``number_comma`` when a figure may be two.
    """
    said = " ".join(one.strip() for one in sent).strip()
    if _kind(path, old) in ("number", "range"):
        for one in sent:
            typed_number(one.strip().removesuffix("%"))
    if isinstance(old, list | tuple):
        new = value_of(said, old)
        return _as_it_stood(new, old) if _kind(path, old) == "many" and isinstance(new, list) else new
    if not said:
        return None
    if (scale := _scale(path, old)) is not None:
        number = typed_number(said.removesuffix("%"))
        if number is None:
            return said
        scaled = number / scale
        return float(scaled) if scale == 100 else int(scaled) if scaled == int(scaled) else float(scaled)
    return value_of(said, old)


def _as_it_stood(new: list[object], old: Sequence[object]) -> list[object]:
    """Ticked values in the order in which they stood, new ones after them."""
    return [*(one for one in old if one in new), *(one for one in new if one not in old)]


def _kind(path: str, value: object) -> Kind:
    last = path.rpartition(".")[2]
    if isinstance(value, bool):
        return "truth"
    if ".parts." in f".{path}":
        return "range"
    if last == "variants":
        return "ordered"
    if last in ("barred_tags", "barred_allergens", *GROUPS) or path.startswith(ONE_KIND):
        return "many"
    if _chosen_from(path):
        return "choice"
    return "number" if isinstance(value, int | float) else "text"


def _values(path: str, value: object, kind: Kind) -> tuple[str, ...]:
    if kind == "truth":
        return (str(value).lower(),)
    if kind == "range":
        pair = value if isinstance(value, list | tuple) else (value, value)
        return tuple(str(one) for one in pair)
    if isinstance(value, list | tuple):
        said = tuple(str(one) for one in value)
        return said if kind in ("many", "ordered") else (" ".join(said),)
    scale = _scale(path, value)
    return (str(value),) if scale is None else (_plain(Decimal(str(value)) * scale),)


def _scale(path: str, value: object) -> Decimal | None:
    """What a kept number is multiplied by to be shown: parts as percent, fen as yuan."""
    parts = path.split(".")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if parts[-1] in PERCENT or (parts[-1] in FIGURES and parts[-2].endswith("_ratio")):
        return Decimal(100)
    return Decimal("0.01") if parts[-1] == "most_food_fen" else None


def _plain(number: Decimal) -> str:
    text = f"{number.normalize():f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _label(path: str, value: object, rules: HouseRules, foods: Mapping[str, Food], language: str) -> str:
    """Its words without the name of the form that it stands in, with the unit that is shown."""
    parts, words = path.split("."), say(setting_coded(path, rules), language)
    if own := catalog(language).get(f"code:rule_label.{parts[-1]}"):
        return own
    if parts[0] == TARGET and parts[2] == "nutrient":
        words = catalog(language)[f"code:figure.{parts[4]}"]
    elif parts[0] in OWN:
        words = words.removeprefix(_named(own_names(rules)[parts[1]], language)).lstrip("：: ")
    elif parts[0] == "look" and parts[1] in COLOURS:
        food = foods.get(parts[2])
        known = _named((food.name_zh, food.name_en), language) if food else parts[2]
        return catalog(language).get(f"code:food_group.{parts[2]}", known)
    words, scale = words[:1].upper() + words[1:], _scale(path, value)
    if scale is None:
        return words
    for unit in ("（分）", "(fen)", "(0 to 1)", "（0 到 1）"):
        words = words.removesuffix(unit).strip()
    return f"{words} ({'%' if scale == 100 else gettext('yuan', language)})"


def _named(name: tuple[str, str], language: str) -> str:
    return name[0] if language == "zh_CN" else name[1]


def own_names(rules: HouseRules) -> dict[str, tuple[str, str]]:
    """Lines, standing rules and targets by name."""
    names = {code: line.name for code, line in rules.book.lines.items()}
    names |= {one.code: one.name for one in rules.book.standing}
    return names | {code: _target_name(table, code) for code, (_, table) in rules.targets.items()}


def _target_name(table: Mapping[str, Any], code: str) -> tuple[str, str]:
    name = table.get("name", {})
    return name.get("zh", code), name.get("en", code)


def _chosen_from(path: str) -> str:
    """What the values of a setting are chosen from; empty where they are not."""
    parts = path.split(".")
    if parts[0] == "look" and parts[1] in COLOURS:
        return "colour"
    if path.startswith(ONE_KIND):
        return path
    if parts[-1] in GROUPS:
        return "group"
    known = ("targets", "variants", "barred_tags", "barred_allergens", "strength")
    return parts[-1] if parts[-1] in known else ""


def _options(rules: HouseRules, language: str) -> dict[str, Options]:
    words, own = catalog(language), own_names(rules)

    def coded(kind: str) -> Options:
        start = f"code:{kind}."
        return options_of(kind, [key.removeprefix(start) for key in words if key.startswith(start)], language)

    variants = {REGULAR: gettext("as it is", language)}
    variants |= {key: _named((one.zh, one.en), language) for key, one in variant_names().items()}
    return {
        "targets": tuple((code, _named(own[code], language)) for code in rules.targets),
        "variants": tuple(variants.items()),
        "barred_tags": coded("tag"),
        "barred_allergens": tuple(
            (key, _named((one.zh, one.en), language)) for key, one in allergen_names().items()
        ),
        "strength": options_of("strength", STRENGTHS, language),
        "colour": coded("colour"),
        "group": coded("food_group"),
    }


def _kin(codes: Collection[str], foods: Mapping[str, Food], language: str) -> Options:
    """The foods of the groups that some foods belong to, by name."""
    groups = {foods[code].group for code in codes if code in foods}
    kin = (one for one in foods.values() if one.group in groups)
    return tuple((one.code, _named((one.name_zh, one.name_en), language)) for one in kin)


def _in_order(options: Options, value: object) -> Options:
    """The options, with what stands and is none of them, so that saving loses nothing."""
    stands = value if isinstance(value, list | tuple) else (value,)
    known = {code for code, _ in options}
    return options and (*options, *((str(one), str(one)) for one in stands if str(one) not in known))
