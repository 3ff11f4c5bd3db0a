"""``holdchain import``: spreadsheets that people keep, with every bad row named."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.choosing import kitchen_here
from api.cli.common import DataOption, JsonOption, Out, cli_language, opened

if TYPE_CHECKING:
    from api.imports.report import ImportReport

MOST_IN_TABLE = 500
PIPE_WIDTH = 400
SUMMARY = "{file}: {rows} rows; {added} new, {changed} changed, {unchanged} as before, {bad} refused"
UNUSED_COLUMNS = "Columns not used: {columns}"
UNREAD_SHEETS = "Sheets not read: {sheets}. Only the first visible sheet is."
CLASHES = "Changed needs clash with {count} portions of closed services; settle them on the kitchen's page."
TRIAL = "Trial run: nothing was kept."
MEND_SOME = "Good rows are kept. Mend the others and import the whole file again: nothing is doubled."
MEND_ALL = "No row was kept. Mend the rows and import the file again."


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("import")(import_)


def import_(
    kind: Annotated[
        str,
        typer.Argument(
            help="canteens, diners, dishes, foods, fleet, orders, sub_recipes, suppliers or receipts."
        ),
    ],
    file: Annotated[Path, typer.Argument(help="CSV or XLSX; docs/import.md lists the headers.")],
    kitchen: Annotated[
        str | None, typer.Option(metavar="CODE", help="Whose register; need not be given where there is one.")
    ] = None,
    meal: Annotated[str, typer.Option(help="Whose hours a file of canteens gives.")] = "lunch",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report, and keep nothing.")] = False,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Imports a file; exit code 1 when a row is refused. Example: holdchain import orders orders.xlsx"""
    from api.imports.report import report_document
    from api.imports.run import run_import
    from api.imports.schema import KINDS
    from api.people import OPERATOR
    from api.register.secret import people_keys
    from orders.service import MEALS

    if kind not in KINDS:
        raise typer.BadParameter(f"one of {', '.join(KINDS)}", param_hint="KIND")
    if meal not in MEALS:
        raise typer.BadParameter(f"one of {', '.join(MEALS)}", param_hint="--meal")
    content = _content(file)
    with opened(data) as house:
        report = run_import(
            house.database,
            kind,
            file.name,
            content,
            actor=OPERATOR,
            now_at=house.clock.now(),
            ids=house.ids,
            kitchen_id=kitchen_here(house, kitchen).kitchen_id,
            meal=meal,
            dry_run=dry_run,
            keys=people_keys(house.settings.data),
        )
    out = Out(json)
    _print(report, out)
    out.result(report_document(report, cli_language()))
    if report.problems:
        raise typer.Exit(1)


def _content(file: Path) -> bytes:
    from orders.errors import BadInput

    try:
        return file.read_bytes()
    except OSError as error:
        raise BadInput("import_no_file", file=str(file)) from error


def _print(report: "ImportReport", out: Out) -> None:
    from api.words import gettext, say

    language = cli_language()
    counts = {"rows": report.rows, "added": report.added, "changed": report.changed}
    counts |= {"unchanged": report.unchanged, "bad": report.bad_rows}
    out.line(gettext(SUMMARY, language).format(file=report.file, **counts))
    if report.problems:
        _print_problems(report, out, language)
    if report.ignored_columns:
        out.line(gettext(UNUSED_COLUMNS, language).format(columns="、".join(report.ignored_columns)))
    if report.other_sheets:
        out.line(gettext(UNREAD_SHEETS, language).format(sheets="、".join(report.other_sheets)))
    if report.clashes:
        out.line(gettext(CLASHES, language).format(count=report.clashes))
    for overlap in report.overlaps:
        out.line(f"{overlap.line}  {overlap.column}  {overlap.value}  {say(overlap.wrong, language)}")
    if report.dry_run:
        out.line(gettext(TRIAL, language))
    elif report.problems:
        out.line(gettext(MEND_SOME if report.bad_rows < report.rows else MEND_ALL, language))


def _print_problems(report: "ImportReport", out: Out, language: str) -> None:
    """A table of the first problems, then one plain line for each of the others: every one is named."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from api.words import gettext, say

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, header_style="bold")
    line, *titles = [gettext(title, language) for title in ("line", "column", "found", "what is wrong")]
    table.add_column(line, justify="right", no_wrap=True)
    for title in titles:
        table.add_column(title, overflow="fold")
    for problem in report.problems[:MOST_IN_TABLE]:
        cells = (str(problem.line), problem.column, problem.value, say(problem.wrong, language))
        table.add_row(*(Text(cell) for cell in cells))
    console = Console(stderr=out.as_json, highlight=False)
    if not console.is_terminal:
        console = Console(stderr=out.as_json, highlight=False, width=PIPE_WIDTH)
    with console.capture() as shown:
        console.print(table)
    out.line("\n".join(line.rstrip() for line in shown.get().strip("\n").splitlines()))
    for problem in report.problems[MOST_IN_TABLE:]:
        out.line(f"{problem.line}  {problem.column}  {problem.value}  {say(problem.wrong, language)}")
