"""Routes: ours beside other solvers on the same instances, in the same seconds, in one run."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Any

from api.bench.memory import watching_memory
from api.bench.routing_goals import goals_of, mean_of
from api.bench.routing_kinds import KINDS, Kind, Task, read_folder, tasks_of
from api.bench.routing_live import LIVE, live_document, live_goals
from api.bench.routing_measured import Measured
from api.bench.routing_runs import PROCESSES, Answer, mean_gap, ours, pyvrps
from api.bench.routing_vroom import vroom_is_here, vrooms
from api.bench.watch import machine

PEERS = ("pyvrp", "ortools", "vroom")
BASELINE_SEEDS = (1, 2)
WARM_S = 1.0
KindRows = tuple[Kind, Sequence[Measured]]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class RoutingWish:
    """
    What is to be measured.

    Parameters
    ----------
    folder
        Of public instances; None for invented ones only.
    kinds
        In their order.
    peers
        Of `PEERS`.
    seeds
        Of ours for each instance: 1, 2, ...
    budget_s
        For each answer instead of the kind's own.
    count
        Instances of a kind instead of its own number.
    live
        Of `LIVE`: what is asked of plans that stand.
    """

    folder: Path | None = None
    kinds: Sequence[Kind] = KINDS
    peers: Sequence[str] = ("pyvrp",)
    seeds: int = 2
    budget_s: float | None = None
    count: int | None = None
    live: Sequence[str] = tuple(LIVE)


def bench_routing(
    wish: RoutingWish, say: Say = lambda _text: None
) -> tuple[dict[str, Any], Sequence[KindRows]]:
    """
    Measures the baseline first, then ours, instance by instance.

    Parameters
    ----------
    wish
        What.
    say
        Is told each instance as it is done.

    Returns
    -------
    tuple[dict[str, Any], Sequence[KindRows]]
        The document, docs/schemas/bench-routing.json; and each kind with what was measured, for the plot.
    """
    load = os.getloadavg()[0]
    files = [*read_folder(wish.folder)] if wish.folder else []
    _warm()
    measured = [(kind, [*_measured(kind, files, wish, say)]) for kind in wish.kinds]
    kinds = [_summary(kind, rows, wish) for kind, rows in measured]
    live = [live_document(name, wish.seeds, wish.budget_s) for name in wish.live]
    return {
        "machine": machine(load),
        "processes": PROCESSES,
        "seeds": list(range(1, wish.seeds + 1)),
        "baseline_seeds": list(BASELINE_SEEDS),
        "absent": [] if vroom_is_here() or "vroom" not in wish.peers else ["vroom"],
        "kinds": kinds,
        "live": live,
        "to_reach": [
            *(goal for kind, rows in measured for goal in goals_of(kind.name, rows, _budget_s(kind, wish))),
            *(goal for document in live for goal in live_goals(document)),
        ],
    }, measured


def _warm() -> None:
    """Compiled code comes before any clock."""
    first = next(tasks_of(KINDS[0], [], 1)).instance
    ours(first, WARM_S, 1)


def _budget_s(kind: Kind, wish: RoutingWish) -> float:
    return wish.budget_s or kind.budget_s


def _measured(kind: Kind, files: Sequence[Task], wish: RoutingWish, say: Say) -> Iterator[Measured]:
    for task in tasks_of(kind, files, wish.count):
        budget_s, instance, answers = _budget_s(kind, wish), task.instance, list[Answer]()
        if "pyvrp" in wish.peers:
            answers += pyvrps(instance, budget_s, BASELINE_SEEDS)
        if "ortools" in wish.peers:
            answers.append(ours(instance, budget_s, 1, "ortools"))
        if "vroom" in wish.peers:
            answers += vrooms(instance, budget_s)
        with watching_memory() as peak:
            answers += [ours(instance, budget_s, seed) for seed in range(1, wish.seeds + 1)]
        row = Measured(task, answers, peak.mb)
        said = (f"{one.side} {one.cost if one.why == '' else one.why}" for one in answers)
        say(f"{kind.name} {row.name}: {', '.join(said)}")
        yield row


def _summary(kind: Kind, rows: Sequence[Measured], wish: RoutingWish) -> dict[str, Any]:
    sides = list(dict.fromkeys(answer.side for row in rows for answer in row.answers))
    return {
        "kind": kind.name,
        "budget_s": _budget_s(kind, wish),
        "instances": [_row(row) for row in rows],
        "sides": [_side(side, rows) for side in sides],
    }


def _side(side: str, rows: Sequence[Measured]) -> dict[str, Any]:
    """A side over the instances that it answered; its sum beside ours of the same ones."""
    own = [row for row in rows if row.costs(side)]
    both = [row for row in own if row.costs("ours")]
    sums = {name: sum(mean(row.costs(name)) for row in both) for name in (side, "ours")} if both else {}
    return {
        "side": side,
        "answered": len(own),
        "mean_gap_ratio": mean_of(own, side),
        "cost_sum": round(sums[side]) if sums else None,
        "ours_to_it_ratio": round(sums["ours"] / sums[side], 5) if sums else None,
    }


def _row(row: Measured) -> dict[str, Any]:
    instance = row.task.instance
    return {
        "name": row.name,
        "clients": len(instance.problem.stops),
        "cost_convention": instance.cost_convention,
        "best_cost": row.best_cost,
        "best_from": "known" if row.task.known_cost else "run",
        "peak_mb": row.peak_mb,
        "answers": [
            {
                "side": one.side,
                "seed": one.seed,
                "s": round(one.s, 3),
                "first_s": None if one.first_s is None else round(one.first_s, 3),
                "cost": one.cost,
                "why": one.why,
                "gap_ratio": round(mean_gap([one.cost], row.best_cost), 5)
                if one.cost is not None and row.best_cost
                else None,
            }
            for one in row.answers
        ],
    }
