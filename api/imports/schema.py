"""Which columns each kind of file has: `config/import-headers.toml` as facts."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

from api.imports.files import Table
from api.imports.names import folded
from api.paths import config_dir
from orders.errors import BadInput

Kind = Literal[
    "canteens", "diners", "dishes", "foods", "fleet", "orders", "sub_recipes", "suppliers", "receipts"
]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Column:
    """
    One column of a file.

    Parameters
    ----------
    field
        Name in the code and English header.
    zh
        Chinese header.
    aliases
        Other headers that mean the same.
    required
        Whether a row without it is refused.
    kind
        How a cell is read: text, code, int, decimal, ratio, yuan, date, datetime, clock, phone, choice,
        list, names, amounts.
    words
        For choices and lists: accepted word to code, both languages and the code itself.
    example
        A cell as it should look.
    """

    field: str
    zh: str
    aliases: tuple[str, ...]
    required: bool
    kind: str
    words: Mapping[str, str]
    example: str


@dataclass(frozen=True, slots=True)
class Matched:
    """
    A table's columns, found.

    Parameters
    ----------
    columns
        Known columns with their position in the file.
    ignored
        Headers that mean nothing here; listed for the user, never dropped in silence.
    """

    columns: tuple[tuple[int, Column], ...]
    ignored: tuple[str, ...]


@cache
def columns_of(kind: Kind) -> tuple[Column, ...]:
    """The columns of one kind of file, in the order of the published page."""
    tables = tomllib.loads((config_dir() / "import-headers.toml").read_text("utf-8"))[kind]
    vocabularies = _vocabularies(config_dir())
    return tuple(_column(field, table, vocabularies) for field, table in tables.items())


def match_columns(kind: Kind, table: Table) -> Matched:
    """
    Finds each known column by its Chinese or English header or an alias, in any order.

    Raises
    ------
    BadInput
        When a required column is missing or a column stands twice; names them in the file's language.
    """
    by_header = {folded(h): c for c in columns_of(kind) for h in (c.field, c.zh, *c.aliases)}
    found = [(i, by_header[folded(h)]) for i, h in enumerate(table.header) if folded(h) in by_header]
    fields = [column.field for _, column in found]
    twice = [table.header[i] for i, column in found if fields.count(column.field) > 1]
    if twice:
        raise BadInput("import_column_twice", file=table.name, columns="、".join(twice))
    missing = [c for c in columns_of(kind) if c.required and c.field not in fields]
    if missing:
        names = "、".join(f"{column.zh}/{column.field}" for column in missing)
        raise BadInput(
            "import_columns_missing", file=table.name, columns=names, found="、".join(table.header)
        )
    ignored = tuple(header for header in table.header if folded(header) not in by_header)
    return Matched(tuple(found), ignored)


def spelled(column: Column, codes: Iterable[str] | None = None) -> str:
    """Choices of a column, all or these, each by its Chinese word and its code, which both are accepted."""
    by_code: dict[str, str] = {}
    for word, code in column.words.items():
        if word != code.casefold():
            by_code.setdefault(code, word)
    wanted = by_code if codes is None else codes
    return "、".join(f"{by_code[code]}/{code}" if code in by_code else code for code in wanted)


def _column(field: str, table: Mapping[str, Any], vocabularies: Mapping[str, Mapping[str, str]]) -> Column:
    words = dict(vocabularies.get(table.get("vocabulary", ""), {}))
    for code, zh in table.get("values", {}).items():
        words |= {code.casefold(): code, zh.casefold(): code}
    aliases = tuple(table.get("aliases", ()))
    return Column(field, table["zh"], aliases, table["required"], table["kind"], words, table["example"])


def _vocabularies(folder: Path) -> dict[str, dict[str, str]]:
    allergens = tomllib.loads((folder / "allergens.toml").read_text("utf-8"))
    diets = tomllib.loads((folder / "diets.toml").read_text("utf-8"))
    named = {
        "allergens": allergens["allergen"],
        "diets": diets["diet"],
        "textures": diets["texture"],
        "variants": tomllib.loads((folder / "variants.toml").read_text("utf-8"))["variant"],
    }
    return {name: _words(entries) for name, entries in named.items()}


def _words(entries: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    words: dict[str, str] = {}
    for code, entry in entries.items():
        names = entry.get("name", entry)
        heard = (code, names["zh"], names["en"], *entry.get("aliases", ()))
        words |= {word.casefold(): code for word in heard}
    return words
