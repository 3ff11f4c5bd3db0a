"""What every command shares: options, one way to speak, one way to refuse."""

import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from api.house import House

DataOption = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Data folder; overrides HOLDCHAIN_DATA (default: var)."),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout and nothing else.")
]
SCHEMA = 1
Register = Callable[[typer.Typer], None]


class Out:
    """
    One command's voice: lines for people, or one JSON document on stdout and the lines on stderr.

    Parameters
    ----------
    as_json
        Whether stdout is for the document alone.
    """

    def __init__(self, as_json: bool) -> None:
        self.as_json = as_json

    def line(self, text: str) -> None:
        """Says a line."""
        print(text, file=sys.stderr if self.as_json else sys.stdout, flush=True)

    def result(self, document: Mapping[str, Any]) -> None:
        """Prints the command's document, with its schema number, when JSON is asked for."""
        if self.as_json:
            print(json.dumps({"schema": SCHEMA, **document}, ensure_ascii=False, indent=2), flush=True)


def cli_language() -> str:
    """The language of the person at the terminal: HOLDCHAIN_LANGUAGE, else the locale."""
    chosen = os.environ.get("HOLDCHAIN_LANGUAGE", "")
    if chosen in ("zh_CN", "en"):
        return chosen
    names = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "zh_CN" if next((name for name in names if name), "").startswith("zh") else "en"


@contextmanager
def opened(data: Path | None, *, upgrade: bool = True, seed: int | None = None) -> "Iterator[House]":
    """The house of a data folder, its tables up to date, closed afterwards."""
    from api.house import open_house
    from api.logs import to_stderr
    from api.settings import load_settings

    to_stderr()
    house = open_house(load_settings(data), upgrade=upgrade, seed=seed)
    try:
        yield house
    finally:
        house.database.close()
