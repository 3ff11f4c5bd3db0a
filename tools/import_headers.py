"""
Writes the tables of headers in docs/import.md from config/import-headers.toml.

Run by hand after a change of the config; a test fails when the page differs. ``--check`` only compares.
"""

import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "import.md"
KINDS = ("canteens", "diners", "orders", "foods", "sub_recipes", "dishes", "fleet", "suppliers", "receipts")
SHAPES = {
    "text": "text",
    "code": "letters, digits, `.` and `-`, at most 40",
    "int": "whole number, 0 or more",
    "decimal": "number",
    "ratio": "ratio above 0, or a percentage",
    "yuan": "yuan, at most two decimals",
    "date": "date",
    "datetime": "date and time",
    "clock": "time of day",
    "phone": "text",
    "names": "names joined by `、`",
    "amounts": "`food:grams` joined by `、`",
}


def page_with_tables(page: str, config: Mapping[str, Any], vocabularies: Mapping[str, list[str]]) -> str:
    """The page with the table of each kind between its two marks."""
    for kind in KINDS:
        begin, end = f"<!-- headers: {kind} -->\n", "<!-- end -->\n"
        before, found, rest = page.partition(begin)
        if not found:
            raise ValueError(f"{PAGE.name} has no mark for {kind}.")
        page = before + begin + _table(config[kind], vocabularies) + end + rest.partition(end)[2]
    return page


def _table(columns: Mapping[str, Mapping[str, Any]], vocabularies: Mapping[str, list[str]]) -> str:
    lines = ["| Chinese header | English header | needed | a cell | for example |", "|---|---|---|---|---|"]
    for field, column in columns.items():
        titles = "<br>".join([column["zh"], *column.get("aliases", ())])
        needed = "yes" if column["required"] else ""
        shape = _shape(column, vocabularies)
        lines.append(f"| {titles} | `{field}` | {needed} | {shape} | {column['example']} |")
    return "\n".join(lines) + "\n"


def _shape(column: Mapping[str, Any], vocabularies: Mapping[str, list[str]]) -> str:
    words = [f"{zh}/`{code}`" for code, zh in column.get("values", {}).items()]
    words = list(dict.fromkeys([*words, *vocabularies.get(column.get("vocabulary", ""), [])]))
    if column["kind"] == "choice":
        return "one of " + "、".join(words)
    if column["kind"] == "list":
        return "any of " + "、".join(words) if words else "words joined by `、`"
    return SHAPES[column["kind"]]


def vocabularies() -> dict[str, list[str]]:
    """Words of the lists that other config files hold, each with its code."""
    allergens = tomllib.loads((ROOT / "config" / "allergens.toml").read_text("utf-8"))["allergen"]
    diets = tomllib.loads((ROOT / "config" / "diets.toml").read_text("utf-8"))
    variants = tomllib.loads((ROOT / "config" / "variants.toml").read_text("utf-8"))["variant"]
    named = {
        "allergens": allergens,
        "diets": diets["diet"],
        "textures": diets["texture"],
        "variants": variants,
    }
    return {
        name: [f"{entry['zh']}/`{code}`" for code, entry in entries.items()]
        for name, entries in named.items()
    }


def main() -> int:
    """Writes the page, or with ``--check`` gives exit code 1 when it differs."""
    config = tomllib.loads((ROOT / "config" / "import-headers.toml").read_text("utf-8"))
    page = PAGE.read_text("utf-8")
    wanted = page_with_tables(page, config, vocabularies())
    if "--check" in sys.argv:
        return int(page != wanted)
    PAGE.write_text(wanted, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
