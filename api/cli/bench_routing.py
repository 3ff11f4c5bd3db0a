"""``holdchain bench routing``: routes beside other solvers, on public instances and invented ones."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.common import JsonOption, Out, cli_language

if TYPE_CHECKING:
    from api.bench.routing import KindRows
    from api.bench.routing_kinds import Kind
    from api.reports.gap_plot import Chart

PLOTTED = 40


def routing(
    instances: Annotated[
        Path | None,
        typer.Option(
            exists=True, file_okay=False, help="Folder of public instances; else invented ones only."
        ),
    ] = None,
    kinds: Annotated[str, typer.Option(help="Names with commas between; all when empty.")] = "",
    peers: Annotated[str, typer.Option(help="Of pyvrp, ortools and vroom, with commas between.")] = "pyvrp",
    seeds: Annotated[int, typer.Option(min=1, max=99, help="Of ours for each instance.")] = 2,
    budget: Annotated[
        float | None, typer.Option(min=0.2, help="Seconds for each answer instead of each kind's own.")
    ] = None,
    count: Annotated[int | None, typer.Option(min=1, help="Instances of each kind instead of ten.")] = None,
    plot: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Gap over time into this file, .svg or .pdf.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Measures routes beside other solvers. Example: holdchain bench routing --kinds vrptw-100 --budget 2"""
    from api.cli.choosing import solving
    from api.logs import to_stderr

    to_stderr()
    out = Out(json)
    if plot is not None and (plot.suffix.lower() not in (".svg", ".pdf") or not plot.parent.is_dir()):
        raise typer.BadParameter(".svg or .pdf, in a folder that is there", param_hint="--plot")
    with solving():
        from api.bench.routing import RoutingWish, bench_routing

        chosen, live = _kinds(kinds)
        wish = RoutingWish(instances, chosen, _peers(peers), seeds, budget, count, live)
        found, measured = bench_routing(wish, Out(as_json=True).line)
    _tell(out, found)
    if plot is not None and measured:
        _draw(plot, measured, budget)
        _say(out, LINES["plot"], {"file": plot})
    out.result(found | {"plot": None if plot is None else str(plot)})


def _kinds(names: str) -> tuple["Sequence[Kind]", list[str]]:
    """Kinds of instances, and what is asked of plans that stand; all when none is named."""
    from api.bench.routing_kinds import KINDS
    from api.bench.routing_live import LIVE

    known = [*(kind.name for kind in KINDS), *LIVE]
    wanted = [name.strip() for name in names.split(",") if name.strip()] or known
    if set(wanted) - set(known):
        raise typer.BadParameter(f"of {', '.join(known)}", param_hint="--kinds")
    return [kind for kind in KINDS if kind.name in wanted], [name for name in LIVE if name in wanted]


def _peers(names: str) -> list[str]:
    from api.bench.routing import PEERS

    wanted = [name.strip() for name in names.split(",") if name.strip()]
    if set(wanted) - set(PEERS):
        raise typer.BadParameter(f"of {', '.join(PEERS)}", param_hint="--peers")
    return wanted


def _tell(out: Out, found: Mapping[str, Any]) -> None:
    _say(out, LINES["machine"], found["machine"] | {"processes": found["processes"]})
    for name in found["absent"]:
        _say(out, LINES["absent"], {"name": name})
    for kind in found["kinds"]:
        _say(out, LINES["kind"], kind | {"count": len(kind["instances"])})
        for row in kind["instances"]:
            best = _word("known" if row["best_from"] == "known" else "run")
            _say(out, LINES["row"], row | {"answers": _answers(row["answers"]), "best": best})
        for side in kind["sides"]:
            gap = "-" if side["mean_gap_ratio"] is None else f"{side['mean_gap_ratio']:.2%}"
            _say(out, LINES["side"], side | {"gap": gap, "name": _word(side["side"])})
    for live in found["live"]:
        for run in live["runs"]:
            _say(out, LINES["run"], run | {"kind": live["kind"]})
    for goal in found["to_reach"]:
        value = "-" if goal["value"] is None else f"{goal['value']:g}"
        judged = _word("reached" if goal["reached"] else "missed")
        _say(out, LINES["goal"], goal | {"value": value, "what": _word(goal["what"]), "judged": judged})


def _answers(answers: Sequence[Mapping[str, Any]]) -> str:
    """Each answer's gap, or why it has none."""
    return "  ".join(
        f"{_word(one['side'])} {one['why'] if one['gap_ratio'] is None else format(one['gap_ratio'], '.2%')}"
        for one in answers
    )


def _draw(plot: Path, measured: "Sequence[KindRows]", budget: float | None) -> None:
    from api.reports.gap_plot import draw_gaps
    from api.words import gettext

    charts = [_chart(kind, rows, budget or kind.budget_s) for kind, rows in measured]
    draw_gaps(charts, plot, lambda text: gettext(text, cli_language()))


def _chart(kind: "Kind", rows: Any, seconds: float) -> "Chart":
    """Mean gaps of each side, from the moment on at which it has a plan for every instance."""
    from statistics import mean

    from api.reports.gap_plot import Chart

    times = [seconds * 100 ** (step / PLOTTED - 1) for step in range(PLOTTED + 1)]
    times[-1] = float("inf")  # its answer, however late
    lines = {}
    for side in ("ours", "pyvrp", "ortools", "vroom"):
        own = [row for row in rows if row.of(side)]
        gaps = [[row.gap_at(side, at_s) for row in own] for at_s in times]
        whole = [(min(at_s, seconds), found) for at_s, found in zip(times, gaps, strict=True)]
        points = [(at_s, mean(found)) for at_s, found in whole if found and None not in found]
        if points:
            lines[_word(side)] = points
    return Chart(kind.name, seconds, lines)


def _say(out: Out, template: str, facts: Mapping[str, Any]) -> None:
    from api.words import gettext

    out.line(gettext(template, cli_language()).format(**facts))


def _word(code: str) -> str:
    from api.words import gettext

    return gettext(WORDS[code], cli_language())


LINES = {
    "machine": "{cores} cores, load {load:.1f} before, Python {python}; {processes} processes a side",
    "absent": "{name} is not installed and was left out: pip install pyvroom",
    "kind": "{kind}: {count} instances, {budget_s:g} s each",
    "row": "  {name} ({clients}): {answers}; {best} {best_cost}",
    "side": "  {name}: mean gap {gap} of {answered}; sum of costs {cost_sum}, ours to it {ours_to_it_ratio}",
    "run": "{kind}: {name}, {stops} stops: {s} s, cost {cost}, beside {beside_cost} {why}",
    "goal": "{kind}: {value} of {limit:g}: {what}, {judged}",
    "plot": "gap over time: {file}",
}
WORDS = {
    "ours": "Holdchain",
    "pyvrp": "PyVRP",
    "ortools": "OR-Tools",
    "vroom": "VROOM",
    "known": "best known",
    "run": "best of this run",
    "peer_gap_ratio": "mean gap to PyVRP's",
    "mean_gap": "mean gap",
    "worse": "instances worse than PyVRP's better seed",
    "class_worse": "worst class behind PyVRP",
    "cost_sum_ratio": "sum of costs to PyVRP's",
    "first_plan_s": "seconds to the first plan",
    "peak_mb": "megabytes at most",
    "no_answer": "answers that break a rule or leave somebody out",
    "late_ratio": "over the limit",
    "answer_s": "seconds to an answer",
    "fresh_ratio": "cost to a fresh plan's of six times as long",
    "reached": "reached",
    "missed": "missed",
}
