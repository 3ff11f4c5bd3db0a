"""``holdchain route``: trips for a problem of one's own, without a house."""

import json as jsonlib
import sys
from typing import Annotated, Any

import typer

from api.cli.choosing import solving
from api.cli.common import JsonOption, Out, cli_language


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Trips for a problem of one's own.", no_args_is_help=True)
    group.command("solve")(solve)
    app.add_typer(group, name="route")


def solve(
    file: Annotated[str, typer.Argument(help="A problem as docs/routing.md describes it; - reads stdin.")],
    seed: Annotated[int, typer.Option(help="Same problem and seed, same trips.")] = 1,
    json: JsonOption = False,
) -> None:
    """Plans trips within capacity, windows and the food's clock. Example: holdchain route solve day.json"""
    from orders.errors import BadInput
    from routing.files import plan_to_json, problem_from_json

    try:
        problem = problem_from_json(_document(file))
    except ValueError as error:
        raise BadInput("problem_unusable", file=file, why=str(error)) from error
    with solving():
        from routing.params import SolveParams
        from routing.solve import solve as solve_problem

        plan = plan_to_json(solve_problem(problem, SolveParams(), seed))
    out = Out(json)
    _print(out, plan)
    out.result(plan)


def _print(out: Out, plan: dict[str, Any]) -> None:
    from api.words import gettext, say
    from orders.codes import Coded

    language = cli_language()
    for route in plan["routes"]:
        for trip in route["trips"]:
            stops = " ".join(f"{visit['stop']}({len(visit['boxes'])})" for visit in trip["visits"])
            times = f"{_clock(trip['depart_s'])}-{_clock(trip['return_s'])}"
            out.line(f"{route['vehicle']} {trip['code']}  {times}  {stops}")
    for left in plan["unserved"]:
        words = say(Coded(left["code"], left["params"]), language)
        out.line(f"{left['stop']}  {' '.join(left['boxes'])}  {words}")
    trips = sum(len(route["trips"]) for route in plan["routes"])
    line = gettext("trips: {trips}; way: {distance_m} m; boxes unserved: {unserved}", language)
    unserved = sum(len(left["boxes"]) for left in plan["unserved"])
    out.line(line.format(trips=trips, distance_m=plan["distance_m"], unserved=unserved))


def _document(file: str) -> Any:
    from orders.errors import BadInput

    try:
        if file == "-":
            return jsonlib.load(sys.stdin)
        with open(file, encoding="utf-8-sig") as opened_file:
            return jsonlib.load(opened_file)
    except OSError as error:
        raise BadInput("import_no_file", file=file) from error


def _clock(second_s: int) -> str:
    sign = "-" if second_s < 0 else ""
    minutes = abs(second_s) // 60
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"
