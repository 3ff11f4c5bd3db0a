"""The menu rules of a house read from a table; a slip of the pen is named by field and rule."""

from collections.abc import Iterator
from contextlib import contextmanager

from kitchen.menu_facts import Points
from kitchen.menu_grounds import Ban, Name, Parts, Standing
from kitchen.menu_rules import Festival, LineRule, LookRules, MenuBook
from kitchen.tables import FieldWrong, Table, codes, known_only, number, part, rows, text, whole
from orders.menus import CATEGORIES, Category

NOTE = frozenset({"clause", "source", "evidence"})
BOOK = frozenset(
    {
        *("revision", "name", "evidence", "parts", "repeat_days", "least_hot_minutes", "most_of_method"),
        *("most_of_colour", "kinds_in_week", "kinds_bind", "season_from_ratio", "points", "look", "line"),
        *("ban", "standing", "festival"),
    }
)
LINE = frozenset(
    {"name", "targets", "share", "variants", "softest", "barred_tags", "barred_allergens", "most_food_fen"}
)
POINTS = frozenset({"missed_percent", "missed_kind", "disliked", "dish", "minute"})
LOOK = frozenset({"animal_from_g", "animal_groups", "no_kind_groups", "liked_ratio", "colour", "colour_of"})
BESIDE = frozenset({"beside_from_g", "beside_from_ratio", "one_kind"})
BAN = NOTE | {"code", "name", "words", "foods", "service_modes", "methods", "unless_scope"}
STANDING = NOTE | {"code", "name", "active", "lunar_days", "barred_tags", "parts"}
FESTIVAL = NOTE | {"name", "lunar", "day", "last_of_year"}
MOST_POINTS, MOST_MINUTES, MOST_DAYS, MOST_KINDS, IDDSI = 100_000, 600, 62, 100, 7


def book_from_table(code: str, table: Table) -> MenuBook:
    """
    The rules of one block of ``menu-rules.toml``.

    Raises
    ------
    FieldWrong
        Naming the field that cannot be used, by its path, and the rule.
    """
    known_only(table, BOOK)
    lines, repeats = part(table, "line"), part(table, "repeat_days")
    with _inside("repeat_days"):
        repeat_days = {_category(key): _whole(repeats, key, least=1, most=MOST_DAYS) for key in repeats}
    return MenuBook(
        code=code,
        revision=whole(table, "revision", 1),
        lines={name: _line(name, part(lines, name)) for name in lines},
        parts=parts_from_table(part(table, "parts")),
        repeat_days=repeat_days,
        least_hot_minutes=_whole(table, "least_hot_minutes", most=MOST_MINUTES),
        most_of_method=_whole(table, "most_of_method", 2, least=1, most=MOST_KINDS),
        most_of_colour=_whole(table, "most_of_colour", 2, least=1, most=MOST_KINDS),
        kinds_in_week=_whole(table, "kinds_in_week", 0, most=MOST_KINDS),
        kinds_bind=_truth(table, "kinds_bind"),
        season_from_ratio=_part_of_one(table, "season_from_ratio", 0.25),
        points=_points(part(table, "points")),
        look=_look(part(table, "look")),
        bans=_bans(table),
        standing=tuple(_standing(one) for one in _rows(table, "standing")),
        festivals=tuple(_festival(one) for one in _rows(table, "festival")),
    )


def parts_from_table(table: Table) -> Parts:
    """Least and most dishes by category; one number is both."""
    parts = {}
    for key, value in table.items():
        pair = value if isinstance(value, list | tuple) else (value, value)
        if len(pair) != 2 or not all(isinstance(one, int) for one in pair) or not 0 <= pair[0] <= pair[1]:
            said = f"parts.{key} must be one whole number or two that rise, got {value!r}."
            raise FieldWrong(f"parts.{key}", "menu_parts_unreadable", said)
        parts[_category(key)] = (int(pair[0]), int(pair[1]))
    return parts


@contextmanager
def _inside(path: str) -> Iterator[None]:
    """Puts the path of a table before the field that a refusal names."""
    try:
        yield
    except FieldWrong as error:
        raise FieldWrong(f"{path}.{error.field}", error.rule, f"{path}: {error}") from error


def _category(key: str) -> Category:
    if key not in CATEGORIES:
        raise FieldWrong(key, "menu_no_category", f"{key!r} is no category; known are {CATEGORIES}.")
    return key


def _whole(table: Table, field: str, default: int | None = None, *, least: int = 0, most: int) -> int:
    value = whole(table, field, default)
    if not least <= value <= most:
        said = f"{field} must lie in [{least}, {most}], got {value}."
        raise FieldWrong(field, "menu_out_of_range", said)
    return value


def _part_of_one(table: Table, field: str, default: float) -> float:
    value = number(table, field, default)
    if not 0 < value <= 1:
        raise FieldWrong(field, "field_part_of_one", f"{field} must lie in (0, 1], got {value}.")
    return value


def _truth(table: Table, field: str) -> bool:
    value = table.get(field, False)
    if not isinstance(value, bool):
        raise FieldWrong(field, "menu_no_truth", f"{field} must be true or false, got {value!r}.")
    return value


def _rows(table: Table, field: str) -> list[Table]:
    return rows(table, field) if field in table else []


def _name(table: Table) -> Name:
    with _inside("name"):
        return text(part(table, "name"), "zh"), text(part(table, "name"), "en")


def _line(code: str, table: Table) -> LineRule:
    with _inside(f"line.{code}"):
        known_only(table, LINE)
        variants = table.get("variants") or ["regular"]
        if not isinstance(variants, list | tuple):
            raise FieldWrong("variants", "field_no_list", f"variants must be a list, got {variants!r}.")
        dear = _whole(table, "most_food_fen", least=1, most=MOST_POINTS) if "most_food_fen" in table else None
        return LineRule(
            code=code,
            name=_name(table),
            targets=text(table, "targets"),
            share=_part_of_one(table, "share", 0.0),
            variants=tuple(str(one) for one in variants),
            softest=_whole(table, "softest", IDDSI, most=IDDSI),
            barred_tags=codes(table, "barred_tags"),
            barred_allergens=codes(table, "barred_allergens"),
            most_food_fen=dear,
        )


def _points(table: Table) -> Points:
    with _inside("points"):
        known_only(table, POINTS)
        missed = part(table, "missed_percent")
        with _inside("missed_percent"):
            prices = {nutrient: _whole(missed, nutrient, most=MOST_POINTS) for nutrient in missed}
        return Points(
            missed_percent_fen=prices,
            missed_kind_fen=_whole(table, "missed_kind", 0, most=MOST_POINTS),
            disliked_fen=_whole(table, "disliked", 0, most=MOST_POINTS),
            dish_fen=_whole(table, "dish", 0, most=MOST_POINTS),
            minute_fen=_whole(table, "minute", 0, most=MOST_POINTS),
        )


def _look(table: Table) -> LookRules:
    with _inside("look"):
        known_only(table, LOOK | BESIDE)
        colour, colour_of = part(table, "colour"), part(table, "colour_of")
        kinds = part(table, "one_kind") if "one_kind" in table else {}
        liked = number(table, "liked_ratio", 1.0)
        if not 0 <= liked <= 1:
            raise FieldWrong("liked_ratio", "field_part_of_one", f"liked_ratio must be 0 to 1, got {liked}.")
        return LookRules(
            animal_from_mg=1000 * _whole(table, "animal_from_g", 15, most=MOST_MINUTES),
            animal_groups=codes(table, "animal_groups"),
            no_kind_groups=codes(table, "no_kind_groups"),
            beside_from_mg=1000 * _whole(table, "beside_from_g", 20, most=MOST_MINUTES),
            beside_from_ratio=_part_of_one(table, "beside_from_ratio", 0.2),
            one_kind={food: kind for kind in kinds for food in sorted(codes(kinds, kind))},
            liked_ratio=liked,
            colour={key: text(colour, key) for key in colour},
            colour_of={key: text(colour_of, key) for key in colour_of},
        )


def _bans(table: Table) -> tuple[Ban, ...]:
    found: dict[str, Ban] = {}
    for row in _rows(table, "ban"):
        code = text(row, "code")
        with _inside(f"ban.{code}"):
            ban = _ban(row)
            if code in found:
                raise FieldWrong("code", "menu_code_twice", f"ban {code} stands twice.")
            if not (ban.words or ban.foods or ban.service_modes or ban.methods):
                raise FieldWrong("words", "menu_ban_empty", f"ban {code} names nothing.")
        found[code] = ban
    return tuple(found.values())


def _ban(table: Table) -> Ban:
    known_only(table, BAN)
    return Ban(
        code=text(table, "code"),
        name=_name(table),
        words=tuple(sorted(codes(table, "words"))),
        foods=codes(table, "foods"),
        service_modes=codes(table, "service_modes"),
        methods=codes(table, "methods"),
        unless_scope=codes(table, "unless_scope"),
    )


def _standing(table: Table) -> Standing:
    with _inside(f"standing.{table.get('code', '')}"):
        known_only(table, STANDING)
        days = table.get("lunar_days")
        if not isinstance(days, list | tuple) or not all(
            isinstance(one, int) and 0 < one <= 30 for one in days
        ):
            said = f"lunar_days must be a list of days 1 to 30, got {days!r}."
            raise FieldWrong("lunar_days", "menu_no_lunar_day", said)
        return Standing(
            code=text(table, "code"),
            name=_name(table),
            active=_truth(table, "active"),
            lunar_days=frozenset(days),
            barred_tags=codes(table, "barred_tags"),
            parts=parts_from_table(part(table, "parts")) if "parts" in table else {},
        )


def _festival(table: Table) -> Festival:
    known_only(table, FESTIVAL)
    lunar = table.get("lunar")
    pair = (int(lunar[0]), int(lunar[1])) if isinstance(lunar, list | tuple) and len(lunar) == 2 else None
    return Festival(_name(table), pair, text(table, "day", ""), _truth(table, "last_of_year"))
