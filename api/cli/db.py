"""``holdchain db``: the tables and what they start with; ``holdchain doctor``: what is lacking here."""

import typer

from api.cli.common import DataOption, JsonOption, Out, opened
from api.cli.seed import seed
from orders.errors import MealError


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="The database's tables.", no_args_is_help=True)
    group.command("upgrade")(upgrade)
    group.command("check")(check)
    group.command("seed")(seed)
    app.add_typer(group, name="db")
    app.command("doctor")(doctor)


def upgrade(data: DataOption = None, json: JsonOption = False) -> None:
    """Brings the tables to the newest migration. Example: holdchain db upgrade"""
    with opened(data, founding=True) as house:
        revision = house.database.revision()
    out = Out(json)
    out.line(f"migration {revision}")
    out.result({"migration": revision})


def check(data: DataOption = None, json: JsonOption = False) -> None:
    """Compares tables with the code, exit code 1 when they differ. Example: holdchain db check"""
    with opened(data, upgrade=False) as house:
        found = house.database.differences() + house.database.integrity()
    out = Out(json)
    for line in found:
        out.line(line)
    if found and not json:
        raise MealError("tables_differ", count=len(found))
    out.result({"differences": found})
    if found:
        raise typer.Exit(1)


def doctor(data: DataOption = None, json: JsonOption = False) -> None:
    """Says what this machine and this house lack, exit code 1 if anything. Example: holdchain doctor"""
    from api.doctor import examine

    out = Out(json)
    findings = examine(data)
    for finding in findings:
        out.line(f"{'ok' if finding.is_well else '!!'}  {finding.what}: {finding.words}")
    out.result({"findings": [{"what": one.what, "ok": one.is_well, "detail": one.words} for one in findings]})
    if not all(one.is_well for one in findings):
        raise typer.Exit(1)
