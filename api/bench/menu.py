"""Menus of a frozen problem and its variations: our planner beside the solver alone, in one run."""

import os
import platform
import time
from dataclasses import replace
from typing import Any

from api.bench.menu_problem import read_problem, varied
from kitchen import menu_search
from kitchen.menu_check import check_menus
from kitchen.menu_cost import cost_of
from kitchen.menu_facts import MenuPlan, MenuTask
from kitchen.menu_plain import plan_plainly
from kitchen.menu_plan import MenuParams, plan_menus

WORKERS = 2
GOALS = {"month": {"first_menu_s": 10.0, "gap_ratio": 0.025}, "week": {"gap_ratio": 0.01}}


def bench_menus(
    problem: str, weeks: int, seconds: float, variation: int, seed: int, *, peer: bool = True
) -> dict[str, Any]:
    """
    Plans a frozen problem, and lets the solver alone plan it in the same time on as many cores.

    Parameters
    ----------
    problem
        Its name in ``benchmarks/menu``.
    weeks
        How many of its weeks.
    seconds
        For each side.
    variation
        0 for the problem itself, else the seed of a variation.
    seed
        Of both searches.
    peer
        Whether the solver alone is run too.

    Returns
    -------
    dict[str, Any]
        ``problem``, ``machine``, ``ours``, ``peer`` or None, ``ratio`` of the costs, ``to_reach``.
    """
    whole = varied(read_problem(problem), variation)
    task = _first_weeks(whole, weeks)
    load = os.getloadavg()[0]
    menu_search.warm()
    ours = _ours(task, seconds, seed)
    other = _peer(task, seconds, seed, ours["bound_fen"]) if peer else None
    ratio = other["objective_fen"] / ours["objective_fen"] if other and other["objective_fen"] else None
    return {
        "problem": {
            "name": problem,
            "variation": variation,
            "seed": seed,
            "days": len(task.days),
            "lines": [line.code for line in task.lines],
            "meals": sum(line.meals for line in task.lines),
            "dishes": len({dish_id for dish_id, _ in task.made}),
        },
        "machine": {"cores": os.cpu_count(), "load": load, "python": platform.python_version()},
        "ours": ours,
        "peer": other,
        "ratio": None if ratio is None else round(ratio, 4),
        "to_reach": _goals(ours, weeks),
    }


def _first_weeks(task: MenuTask, weeks: int) -> MenuTask:
    kept = sorted({day_on.isocalendar()[:2] for day_on in task.days})[:weeks]
    return replace(task, days=tuple(on for on in task.days if on.isocalendar()[:2] in kept))


def _ours(task: MenuTask, seconds: float, seed: int) -> dict[str, Any]:
    began_cpu = time.process_time()
    plan = plan_menus(task, params=MenuParams(seconds=seconds), seed=seed)
    cpu_s = time.process_time() - began_cpu
    return _side(plan, task) | {"cpu_s": round(cpu_s, 1), "moves": plan.moves}


def _side(plan: MenuPlan, task: MenuTask) -> dict[str, Any]:
    meals = len(task.days) * sum(line.meals for line in task.lines)
    cost = plan.cost
    return {
        "status": "feasible" if plan.days else "none",
        "objective_fen": cost.total_fen if cost else None,
        "bound_fen": plan.bound_fen,
        "gap_ratio": round(plan.gap_ratio, 5) if cost else None,
        "gap_fen_a_meal": round(plan.gap_fen / meals, 3) if cost else None,
        "penalty_fen_a_meal": round(cost.penalty_fen / meals, 3) if cost else None,
        "penalty_ratio": round(cost.penalty_ratio, 5) if cost else None,
        "penalty_gap_ratio": round(plan.penalty_gap_ratio, 5) if cost else None,
        "first_menu_s": round(plan.first_menu_seconds, 2),
        "s": round(plan.seconds, 1),
        "broken": len(check_menus(plan.days, task)) if plan.days else 0,
    }


def _peer(task: MenuTask, seconds: float, seed: int, bound_fen: int) -> dict[str, Any]:
    """The solver alone; its gap is to the better bound of both."""
    began, began_cpu = time.perf_counter(), time.process_time()
    menus, bound, status = plan_plainly(task, seconds=seconds, workers=WORKERS, seed=seed)
    took = {"s": round(time.perf_counter() - began, 1), "cpu_s": round(time.process_time() - began_cpu, 1)}
    if not menus:
        return {
            "status": status.lower(),
            "objective_fen": None,
            "bound_fen": bound,
            "gap_ratio": None,
            **took,
        }
    total = cost_of(menus, task).total_fen
    best = max(bound or 0, bound_fen)
    broken = len(check_menus(menus, task))
    gap = round((total - best) / total, 5)
    return {
        "status": status.lower(),
        "objective_fen": total,
        "bound_fen": bound,
        "gap_ratio": gap,
        "broken": broken,
        **took,
    }


def _goals(ours: dict[str, Any], weeks: int) -> list[dict[str, Any]]:
    goals = GOALS["week" if weeks == 1 else "month"]
    return [
        {
            "what": what,
            "limit": limit,
            "value": ours[what],
            "reached": ours[what] is not None and ours[what] <= limit,
        }
        for what, limit in goals.items()
    ]
