"""``holdchain example``: an invented city's files, as a clerk would keep them."""

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.common import JsonOption, Out, cli_language

DEFAULT_DATE: Any = "2026-11-23"  # the option reads it as it reads what is typed
DATE_FORMATS = ["%Y-%m-%d"]


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("example")(example)


def example(
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder; its files are replaced.")],
    city: Annotated[str, typer.Option(help="A city under config/examples.")] = "liuzhou",
    diners: Annotated[int, typer.Option(min=1, max=99_999, help="How many diners.")] = 900,
    seed: Annotated[int, typer.Option(help="Same seed, same files.")] = 1,
    day: Annotated[
        datetime, typer.Option("--date", formats=DATE_FORMATS, help="Date of the orders.")
    ] = DEFAULT_DATE,
    fmt: Annotated[str, typer.Option("--format", help="xlsx or csv.")] = "xlsx",
    json: JsonOption = False,
) -> None:
    """Writes invented canteens, diners and orders. Example: holdchain example --diners 400 --out X"""
    from api.example.files import write_example
    from api.words import gettext
    from orders.errors import BadInput

    if fmt not in ("xlsx", "csv"):
        raise typer.BadParameter("xlsx or csv", param_hint="--format")
    service_on: date = day.date()
    try:
        paths = write_example(out, city, diners, seed, service_on, "csv" if fmt == "csv" else "xlsx")
    except OSError as error:
        raise BadInput("example_out", out=str(out)) from error
    language, voice = cli_language(), Out(json)
    files = {}
    for kind, path in paths.items():
        rows = _rows(path)
        files[kind] = {"file": str(path), "rows": rows}
        line = gettext("{kind}: {rows} rows in {file}", language)
        voice.line(line.format(kind=gettext(kind, language), rows=rows, file=path))
    voice.line(gettext("Invented: no person, canteen or order in these files exists.", language))
    voice.result({"city": city, "seed": seed, "date": service_on.isoformat(), "files": files})


def _rows(path: Path) -> int:
    from api.imports.files import read_table
    from orders.errors import BadInput

    try:
        return len(read_table(path.name, path.read_bytes()).rows)
    except BadInput:  # so few diners that none orders: a header only
        return 0
