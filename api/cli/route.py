"""``holdchain route``: trips for a problem of one's own, or a public instance, without a house."""

import json as jsonlib
import os
import sys
import time
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.choosing import solving
from api.cli.common import JsonOption, Out, cli_language

if TYPE_CHECKING:
    from orders.codes import Coded
    from routing.files import ReadProblem
    from routing.instances.instance import Instance
    from routing.problem import Problem
    from routing.solve import Solved

MOST_BYTES = 500_000_000
ENGINES = ("search", "ortools")
ROUNDINGS = ("round", "trunc", "ceil", "dimacs", "exact")
COMPILED_S = 3.0
"""Loading what is compiled takes less."""
TIMED_S = 1.0
"""Of a run's start-up so much is not taken off its limit: the process then ends within the limit and 3 s."""


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Trips for a problem of one's own.", no_args_is_help=True)
    group.command("solve")(solve)
    app.add_typer(group, name="route")


def solve(
    file: Annotated[
        str,
        typer.Argument(
            help="A problem as docs/routing.md describes it, Solomon's text or VRPLIB; - reads stdin."
        ),
    ],
    seconds: Annotated[
        float | None,
        typer.Option("--time", min=0.1, max=86_400, help="Seconds to solve; without it limits are counts."),
    ] = None,
    iterations: Annotated[
        int | None, typer.Option(min=1, help="Counts instead of seconds: same seed, same answer.")
    ] = None,
    engine: Annotated[str, typer.Option(help="search, or ortools alone as a comparison.")] = "search",
    processes: Annotated[
        int | None, typer.Option(min=1, max=256, help="That search side by side (default: all cores).")
    ] = None,
    rounding: Annotated[
        str | None,
        typer.Option(
            help="Of an instance's distances: round, trunc, ceil, dimacs or exact (default: by type)."
        ),
    ] = None,
    prove: Annotated[
        bool, typer.Option("--prove", help="Up to 12 stops: to the optimum, and say so.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Same problem, counts and seed, same trips.")] = 1,
    json: JsonOption = False,
) -> None:
    """Plans trips within capacity, windows and the food's clock. Example: holdchain route solve day.json"""
    began_s = time.monotonic()
    _require_one_of(engine, ENGINES, "--engine")
    if rounding is not None:
        _require_one_of(rounding, ROUNDINGS, "--rounding")
    if seconds is not None and iterations is not None:
        raise typer.BadParameter("seconds or counts, not both", param_hint="--iterations")
    out, instance = Out(json), None
    if engine == "search":
        with solving():
            from routing.search.warm import warm

            began_s += compiled_s(out, warm, time.monotonic)
    text = _text(file)
    if _is_json(text):
        read = _problem(text, file)
        problem, warnings = read.problem, read.warnings
    else:
        instance = _instance(text, file, rounding)
        problem, warnings = instance.problem, ()
    with solving():
        found = _solved(problem, (engine, seconds, iterations, processes, prove), seed, began_s)
    if instance is None:
        _tell_plan(out, found, warnings)
    else:
        _tell_answer(out, instance, found, seed)


def compiled_s(out: Out, warm: Callable[[], None], clock: Callable[[], float]) -> float:
    """Seconds in which the search was compiled, which are in nobody's limit; 0 where that was done before."""
    began_s = clock()
    warm()
    took_s = clock() - began_s
    if took_s < COMPILED_S:
        return 0.0
    from api.words import gettext

    line = gettext("The search was compiled in {seconds} s, once on this machine.", cli_language())
    out.line(line.format(seconds=round(took_s)))
    return took_s


def _require_one_of(value: str, known: tuple[str, ...], option: str) -> None:
    if value not in known:
        raise typer.BadParameter(f"one of {', '.join(known)}", param_hint=option)


def _solved(
    problem: "Problem",
    how: tuple[str, float | None, int | None, int | None, bool],
    seed: int,
    began_s: float,
) -> "Solved":
    """Solves in what the start-up, beyond a second, has left of the limit."""
    from routing.params import SolveParams
    from routing.solve import solved

    engine, seconds, iterations, processes, prove = how
    late_s = max(0.0, time.monotonic() - began_s - TIMED_S)
    params = SolveParams(
        engine="ortools" if engine == "ortools" else "search",
        iterations=iterations,
        time_s=None if seconds is None else max(seconds / 2, seconds - late_s),
        processes=processes or os.cpu_count() or 1,
        prove=prove,
    )
    return solved(problem, params, seed, time.monotonic)


def _is_json(text: str) -> bool:
    from routing.instances.read import is_json

    return is_json(text)


def _problem(text: str, file: str) -> "ReadProblem":
    from orders.errors import BadInput
    from routing.files import read_problem

    try:
        return read_problem(jsonlib.loads(text))
    except (ValueError, RecursionError) as error:
        raise BadInput("problem_unusable", file=file, why=str(error)) from error


def _instance(text: str, file: str, rounding: str | None) -> "Instance":
    from routing.instances.read import read_instance

    return read_instance(text, file, rounding)


def _tell_plan(out: Out, found: "Solved", warnings: "tuple[Coded, ...]") -> None:
    from api.words import gettext, say
    from routing.plan_files import plan_to_json

    for one in warnings:
        out.line(say(one, cli_language()))
    noted = [{"code": one.code, "params": dict(one.params)} for one in warnings]
    document = {**plan_to_json(found.plan), "warnings": noted, "optimal": found.optimal}
    _print(out, document)
    if found.optimal:
        out.line(gettext("Proved: no plan costs less.", cli_language()))
    out.result(document)


def _tell_answer(out: Out, instance: "Instance", found: "Solved", seed: int) -> None:
    """The answer to an instance: a line a route, what it costs and how that is counted."""
    from api.words import gettext, say
    from orders.codes import Coded
    from routing.instances.answer import answer_document

    document, language = answer_document(instance, found.plan), cli_language()
    for route in document["routes"]:
        trips = " | ".join(" ".join(str(client) for client in trip) for trip in route["trips"])
        out.line(f"#{route['vehicle']}: {trips}")
    for left in [*document["unserved"], *document["checks"]]:
        out.line(say(Coded(left["code"], left["params"]), language))
    line = gettext("cost {cost} ({how}); routes: {routes}; clients left out: {left}", language)
    counts = {"routes": len(document["routes"]), "left": len(document["unserved"])}
    out.line(line.format(cost=document["cost"], how=document["cost_convention"], **counts))
    if found.optimal:
        out.line(gettext("Proved: no plan costs less.", language))
    run = {"engine": found.engine, "seconds": round(found.seconds or 0.0, 3), "seed": seed}
    out.result(run | {"optimal": found.optimal} | document)


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


def _text(file: str) -> str:
    from orders.errors import BadInput

    try:
        with nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as opened_file:
            content = opened_file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BadInput("import_no_file", file=file) from error
    if len(content) > MOST_BYTES:
        raise BadInput("problem_too_long", file=file, most_mb=MOST_BYTES // 1_000_000)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput("instance_encoding", file=file) from error


def _clock(second_s: int) -> str:
    sign = "-" if second_s < 0 else ""
    minutes = abs(second_s) // 60
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"
