"""
Writes docs/commands.md, the reference of the command line, from the commands' own help.

Run by hand after a change of a command; a test fails when the page differs.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from api.cli.main import app, register_all

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "commands.md"
SCHEMAS = ROOT / "docs" / "schemas"
EVERYWHERE = ("--data", "--json", "--help")
HEAD = """# Commands

Written by `tools/commands.py` from the commands' own `--help`; do not edit.

`--data DIR` names the data folder (else `HOLDCHAIN_DATA`, else `var`). With `--json` stdout is one
document and nothing else, by the schema named; a refusal is [refused](schemas/refused.json). Exit code
0: done; 1: refused with a reason; 2: wrong usage. Words are those of `HOLDCHAIN_LANGUAGE` (`zh_CN` or
`en`), else of the locale.
"""


def commands() -> Iterator[tuple[str, Any]]:
    """Every command by its name, ``day close``, with what typer made of it; by name."""
    register_all()
    yield from _walk(typer.main.get_command(app), "")


def _walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    for name, inner in sorted(command.commands.items()):
        if hasattr(inner, "commands"):
            yield from _walk(inner, f"{path}{name} ")
        else:
            yield f"{path}{name}", inner


def page() -> str:
    """The whole page."""
    return HEAD + "".join(_section(name, command) for name, command in commands())


def _section(name: str, command: Any) -> str:
    said, _, example = " ".join(command.help.split()).partition(" Example: ")
    lines = ["", f"## {name}", "", said, "", "```", example, "```", ""]
    rows = [_row(one) for one in command.params if not _is_everywhere(one)]
    lines += ["| | |", "|---|---|", *rows, ""] if rows else []
    schema = SCHEMAS / f"{name.replace(' ', '-')}.json"
    lines += [f"Document: [{schema.stem}](schemas/{schema.name})", ""] if schema.exists() else []
    return "\n".join(lines)[:-1] + "\n"


def _is_everywhere(param: Any) -> bool:
    """Whether the page's head speaks of it."""
    return param.opts[0] in EVERYWHERE


def _row(param: Any) -> str:
    name = " / ".join(param.opts + param.secondary_opts)
    shown = f"`{name}`" if param.param_type_name == "option" else f"`{param.name.upper()}`"
    needed = " Needed." if param.required else ""
    return f"| {shown} | {param.help or ''}{_default(param)}{needed} |"


def _default(param: Any) -> str:
    """The default where it is a value and the help does not speak of it."""
    is_told = param.is_flag if param.param_type_name == "option" else True
    if is_told or param.default in (None, "") or "default" in (param.help or ""):
        return ""
    return f" Default: {param.default}."


def main() -> int:
    """Writes the page."""
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
