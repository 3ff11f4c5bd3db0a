"""``holdchain settle`` and ``holdchain award``: what a programme pays, from files."""

import json as json_text
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.common import SCHEMA, JsonOption, Out, cli_language
from api.limits import EFFECTS_UP_TO

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from api.settling.rows import Sayer
    from api.settling.run import Input, Settled
    from orders.bills import Bill

MOST_YEARS = 20
DAY = ["%Y-%m-%d"]
PeopleOption = Annotated[
    list[Path],
    typer.Option(exists=True, dir_okay=False, metavar="FILE", help="Dated facts of people; again for more."),
]
OrdersOption = Annotated[
    list[Path],
    typer.Option(exists=True, dir_okay=False, metavar="FILE", help="What became of meals; again for more."),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="SWITCH=OPTION", help="Take a clause otherwise, or set a key: KEY=VALUE."),
]
ProgrammeOption = Annotated[
    list[str],
    typer.Option("--programme", metavar="ID_OR_FILE", help="The programme; again for a second revision."),
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("settle")(settle)
    app.command("award")(award)


def settle(
    programme: ProgrammeOption,
    people: PeopleOption,
    orders: OrdersOption,
    from_on: Annotated[datetime, typer.Option("--from", formats=DAY, help="First day.")],
    to_on: Annotated[datetime, typer.Option("--to", formats=DAY, help="Last day.")],
    funds: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, metavar="FILE", help="Charities' funds.")
    ] = None,
    settings: SetOption = None,
    explain: Annotated[str, typer.Option(metavar="ORDER", help="Show one order, down to the fen.")] = "",
    effects: Annotated[
        bool | None,
        typer.Option(
            "--effects/--no-effects",
            help=f"Work out what other readings change (default: up to {EFFECTS_UP_TO} meals).",
        ),
    ] = None,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Also write the rows as CSV.")] = None,
    json: JsonOption = False,
) -> None:
    """
    Settles a month of meals from files, without a database.

    Example: holdchain settle --programme liuzhou-2020 --people P.csv --orders O.csv --from 2020-10-01 --to
    2020-10-31
    """
    from api.programmes.files import find_programme
    from api.settling.rows import Sayer
    from api.settling.run import bills_of_order, read_input, revisions_of, settle_input

    if from_on > to_on:
        raise typer.BadParameter("--from lies after --to.")
    if explain and csv:
        raise typer.BadParameter("--explain shows one order and writes no --csv; give one of them.")
    if to_on.year - from_on.year > MOST_YEARS:
        raise typer.BadParameter(f"--from and --to lie more than {MOST_YEARS} years apart.")
    tables = [find_programme(name) for name in programme]
    revisions = revisions_of(tables, settings or [])
    zone = revisions[0].programme.timezone
    given = read_input(people, orders, funds, zone)
    wanted = len(given.meals) <= EFFECTS_UP_TO if effects is None else effects
    days = from_on.date(), to_on.date()
    sayer = Sayer(cli_language(), revisions)
    if explain:
        _explain(bills_of_order(given, tables, settings or [], explain), explain, sayer, json)
        return
    with TemporaryDirectory(prefix="holdchain-") as folder:
        settled = settle_input(
            given,
            tables,
            settings or [],
            days,
            effects=wanted,
            language=sayer.language,
            folder=Path(folder),
        )
        if csv:
            _write_csv(csv, settled)
        if json:
            _print_document(settled, given, sayer)
        else:
            _print_lines(settled, given, sayer)


def award(
    programme: ProgrammeOption,
    sites: Annotated[
        Path, typer.Option(exists=True, dir_okay=False, metavar="FILE", help="The facilities that ask.")
    ],
    settings: SetOption = None,
    json: JsonOption = False,
) -> None:
    """
    Decides construction awards by a programme's tiers.

    Example: holdchain award --programme jianxi-2019 --sites S.csv
    """
    from api.programmes.files import find_programme
    from api.settling.awards import award_rows
    from api.settling.rows import Sayer
    from api.settling.run import revisions_of
    from orders.money import yuan

    ruling = revisions_of([find_programme(programme[-1])], settings or [])[0]
    sayer, out = Sayer(cli_language(), [ruling]), Out(json)
    found, rejected = award_rows(sites, ruling)
    for one in found:
        amount = yuan(one.award_fen) if one.range_fen is None else " - ".join(map(yuan, one.range_fen))
        out.line(f"{one.site_id:<12}{amount:>24}  {one.decision:<10}{sayer.say(one.why)}")
    for bad in rejected:
        out.line(f"{bad.file}:{bad.line}  {sayer.say(bad.reason)}")
    out.result(
        {
            "rows": [
                {
                    "site_id": one.site_id,
                    "award_fen": list(one.range_fen) if one.range_fen else one.award_fen,
                    "tier": one.tier,
                    "decision": one.decision,
                    "why": sayer.say(one.why),
                }
                for one in found
            ],
            "rejected_rows": [
                {"file": bad.file, "line": bad.line, "code": bad.reason.code, "reason": sayer.say(bad.reason)}
                for bad in rejected
            ],
        }
    )


def _explain(bills: "Sequence[Bill]", order_id: str, sayer: "Sayer", as_json: bool) -> None:
    from api.settling.document import explain
    from api.settling.rows import rows
    from orders.errors import NotFound

    if not bills:
        raise NotFound("order", order_id)
    out = Out(as_json)
    for bill in bills:
        for line in explain(bill, sayer):
            out.line(line)
    out.result({"rows": list(rows(bills, sayer))})


def _print_document(settled: "Settled", given: "Input", sayer: "Sayer") -> None:
    """One JSON document, a row a line: millions of rows pass through without being held."""
    from api.settling.document import head

    first = {"schema": SCHEMA, **head(settled, given, sayer)}
    text = json_text.dumps(first, ensure_ascii=False, indent=1)
    write = sys.stdout.write
    write(text[: text.rindex("\n}")] + ',\n "rows": [')
    for number, line in enumerate(_lines(settled)):
        write((",\n  " if number else "\n  ") + line.rstrip("\n"))
    write("\n ]\n}\n")
    sys.stdout.flush()


def _lines(settled: "Settled") -> "Iterator[str]":
    for part in settled.parts:
        with part.path.open(encoding="utf-8") as file:
            yield from file


def _print_lines(settled: "Settled", given: "Input", sayer: "Sayer") -> None:
    from api.settling.document import head
    from orders.codes import Coded
    from orders.money import yuan

    facts = head(settled, given, sayer)
    known = {"programme": facts["programme"], "revision": facts["revision"]}
    print(sayer.say(Coded("settle.head", known | {"count": facts["totals"].pop("rows")})))
    for name, amount_fen in facts["totals"].items():
        print(f"  {sayer.amount(name):<30}{yuan(amount_fen):>14}")
    for one in facts["statements"]:
        due = "  " + sayer.say(Coded("settle.due", {"due_on": one["due_on"]})) if one["due_on"] else ""
        parties = f"{sayer.called('party', one['payer'])} -> {sayer.called('party', one['payee'])}"
        lines = sayer.say(Coded("settle.lines", {"count": one["lines"]}))
        part = "  " + sayer.say(Coded("settle.partial")) if one["partial"] else ""
        print(f"{one['period']}  {parties}: {lines}, {yuan(one['total_fen'])}{due}{part}")
    for line in _foot(facts, sayer):
        print(line)


def _foot(facts: dict[str, Any], sayer: "Sayer") -> Iterable[str]:
    from orders.codes import Coded
    from orders.money import yuan

    for doubt in facts["doubts"]:
        yield f"! {doubt}"
    for one in facts["rejected_rows"]:
        yield f"! {one['file']}:{one['line']}  {one['reason']}"
    for name in ("repeated_rows", "outside_days"):
        if facts[name]:
            yield f"! {sayer.say(Coded(f'settle.{name}', {'count': facts[name]}))}"
    if facts["unused_facts"]:
        yield f"! {sayer.say(Coded('settle.unused_facts', {'facts': ', '.join(facts['unused_facts'])}))}"
    for one in facts["assumptions"]:
        for option, changes in (one["changes"] or {}).items():
            amounts = ", ".join(f"{sayer.amount(name)} {yuan(fen)}" for name, fen in changes.items())
            chosen = str(one["chosen"]).lower() if isinstance(one["chosen"], bool) else one["chosen"]
            yield f"* {one['id']} = {chosen}: {one['question']} ({option}: {amounts})"


def _write_csv(path: Path, settled: "Settled") -> None:
    """The rows as a spreadsheet takes them; a text never acts as a formula."""
    import csv

    from api.reports.workbook import as_text
    from api.settling.rows import COLUMNS

    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        for row in map(json_text.loads, _lines(settled)):
            cells = row | {"flags": " ".join(row["flags"]), "why": " ".join(row["why"])}
            texts = {name: as_text(cell) for name, cell in cells.items() if isinstance(cell, str)}
            writer.writerow(cells | texts)
