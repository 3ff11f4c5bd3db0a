"""``holdchain bench day``: one invented day, timed room by room, its plans beside a person's rules."""

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from api.bench.peer import laid_back, nearest_first
from api.bench.problem import CITY, CLOSED_AT, SERVICE, BenchDay, Size, build_day
from api.bench.watch import Watch, machine
from api.day.close import close_service, settle
from api.day.departures import visits
from api.day.papers import print_papers
from api.day.plan import gather, plan_service, publish_day
from api.day.planning import (
    batched,
    first_departures_s,
    in_cook_order,
    packed_boxes,
    scheduled,
    shared_spare,
    wanted_ready,
)
from api.day.planning_facts import DayFacts, DayPlan
from api.day.services import require_open_day
from api.people import OPERATOR
from kitchen.batches import BatchPlan
from kitchen.demand import Portion
from kitchen.equipment import Slot
from kitchen.packing import PackPlan
from kitchen.schedule import BREACH_WEIGHT, EARLY_WEIGHT, Schedule
from kitchen.windows import ReadyWindow
from orders.store.orders import load_clashes
from routing.loads import build_problem
from routing.plan import Plan, check
from routing.problem import Problem
from routing.solve import solve

MINUTE_S = 60
DIGEST_SHOWN = 12
CLOSE_TO_BOXES = ("close", "load", "batches", "boxes")
CLOSE_TO_BOXES_S, SCHEDULE_S, GAP_RATIO, MEAN_WAIT_S = 3.0, 30.0, 0.02, 60.0
PAGES, PAGES_S = 300, 15.0


@dataclass(frozen=True, slots=True)
class Cooked:
    """What both sides are given: the portions in order, their batches, and when these are wanted."""

    portions: Sequence[Portion]
    batches: BatchPlan
    windows: Mapping[str, ReadyWindow]


def bench_day(size: Size) -> dict[str, Any]:
    """
    Runs the invented day of this size once and measures it.

    The rooms are timed on one forward pass, and the peer gets the same batches, windows and boxes. The
    day is then planned as a kitchen plans it, with the vans' departures coming back, kept and printed.

    Parameters
    ----------
    size
        How large; its seed is also the planner's.

    Returns
    -------
    dict[str, Any]
        As docs/schemas/bench-day.json says.
    """
    watch, load = Watch(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="holdchain-bench-") as folder:
        with watch.on("import"):
            bench = build_day(Path(folder), size)
        facts = _closed(bench, watch)
        cooked, ours = _forward(facts, bench, size.seed, watch)
        with watch.on("plan"):
            kept = _planned(bench, size.seed)
        with watch.on("papers"):
            papers = print_papers(bench.database, SERVICE, actor=OPERATOR, now_at=CLOSED_AT)
        bench.database.close()
    pages = sum(paper.pages for paper in papers)
    rule = _by_rule(facts, bench, cooked)
    kitchen = _kitchen(cooked, ours, rule, facts.params.earliest_s)
    return {
        "problem": _problem(bench, size, facts, ours),
        "machine": machine(load),
        "budget": _budget(facts, kept),
        "stages": watch.stages,
        "kitchen": kitchen,
        "routes": _routes(ours.problem, ours.plan),
        "food": {"ours": _waiting(ours), "rule": _waiting(rule), "kept": _waiting(kept)},
        "papers": {"pages": pages, "pages_per_s": round(pages / watch.wall_s["papers"], 1)},
        "to_reach": _to_reach(watch, kitchen, pages),
    }


def _closed(bench: BenchDay, watch: Watch) -> DayFacts:
    """Closes the service, settles each clash with the first dish proposed, and loads what is planned from."""
    acting: dict[str, Any] = {"actor": OPERATOR, "now_at": CLOSED_AT, "ids": bench.ids}
    with watch.on("close"), bench.database.begin(lock=SERVICE.key) as session:
        close_service(session, SERVICE, **acting)
    with watch.on("clashes"), bench.database.begin(lock=SERVICE.key) as session:
        for clash_id, clash in load_clashes(session, SERVICE, open_only=True).items():
            settle(session, SERVICE, clash_id, next(iter(clash.proposed), None), **acting)
    with watch.on("load"), bench.database.read() as session:
        return gather(session, SERVICE, require_open_day(session, SERVICE))


def _forward(facts: DayFacts, bench: BenchDay, seed: int, watch: Watch) -> tuple[Cooked, DayPlan]:
    departs_s, new_ids = first_departures_s(facts), iter(bench.ids.new, "")
    with watch.on("batches"):
        portions = in_cook_order(facts, departs_s)
        batches = batched(facts, portions, departs_s, new_ids)
        cooked = Cooked(portions, batches, wanted_ready(facts, portions, batches, departs_s))
    with watch.on("schedule"):
        slots = scheduled(facts, batches, cooked.windows, seed)
    with watch.on("boxes"):
        spare = shared_spare(facts, portions, batches, slots.slots)
        packed = packed_boxes(facts, portions, batches, slots.slots, new_ids, spare)
    with watch.on("routes"):
        problem = _problem_of(facts, packed)
        plan = solve(problem, facts.params.routes, seed)
    return cooked, _day(cooked, slots, packed, problem, plan)


def _planned(bench: BenchDay, seed: int) -> DayPlan:
    acting: dict[str, Any] = {"actor": OPERATOR, "now_at": CLOSED_AT}
    outcome = plan_service(bench.database, SERVICE, ids=bench.ids, seed=seed, **acting)
    with bench.database.begin(lock=SERVICE.key) as session:
        publish_day(session, SERVICE, outcome.version, **acting)
    return outcome.day


def _by_rule(facts: DayFacts, bench: BenchDay, cooked: Cooked) -> DayPlan:
    """The day by the cook's rule and then the dispatcher's."""
    hours = {"opens_s": facts.params.earliest_s, "closes_s": facts.params.latest_s}
    slots = tuple(laid_back(cooked.batches.batches, facts.equipment, cooked.windows, **hours))
    spare = shared_spare(facts, cooked.portions, cooked.batches, slots)
    packed = packed_boxes(facts, cooked.portions, cooked.batches, slots, iter(bench.ids.new, ""), spare)
    problem = _problem_of(facts, packed)
    return _day(cooked, Schedule(slots), packed, problem, nearest_first(problem))


def _problem_of(facts: DayFacts, packed: PackPlan) -> Problem:
    travel = facts.params.travel
    return build_problem(facts.service, facts.kitchen, packed.boxes, facts.sites, facts.vehicles, travel)


def _day(cooked: Cooked, slots: Schedule, packed: PackPlan, problem: Problem, plan: Plan) -> DayPlan:
    not_boxed = (*cooked.batches.excepted, *packed.excepted)
    return DayPlan(cooked.batches.batches, slots, packed, problem, plan, not_boxed, packed.findings, 1)


def _problem(bench: BenchDay, size: Size, facts: DayFacts, day: DayPlan) -> dict[str, Any]:
    counts = {
        "portions": len(facts.portions),
        "batches": len(day.batches),
        "equipment": len(facts.equipment),
        "boxes": len(day.packed.boxes),
        "stops": len(day.problem.stops),
        "vans": len(facts.vehicles),
    }
    return {"city": CITY, **asdict(size), "digest": bench.digest[:DIGEST_SHOWN], **counts}


def _budget(facts: DayFacts, kept: DayPlan) -> dict[str, Any]:
    cooking, driving = facts.params.schedule, facts.params.routes
    return {
        "schedule_tries": cooking.tries,
        "schedule_proof_time": cooking.proof_time,
        "route_iterations_per_part": driving.iterations_per_part,
        "passes": facts.params.passes,
        "passes_made": kept.passes,
    }


def _kitchen(cooked: Cooked, ours: DayPlan, rule: DayPlan, opens_s: int) -> dict[str, Any]:
    """The same batches, windows and equipment, both sides counted by the same function."""
    schedule = ours.schedule
    mine, theirs = (_cooking(cooked, day.schedule.slots, opens_s) for day in (ours, rule))
    gap = (schedule.objective - schedule.bound) / schedule.objective if schedule.objective else 0.0
    return {
        "ours": mine,
        "rule": theirs,
        "ratio": _ratio(mine["portion_minutes"], theirs["portion_minutes"]),
        "objective": round(schedule.objective),
        "bound": round(schedule.bound),
        "gap_ratio": round(gap, 4),
    }


def _cooking(cooked: Cooked, slots: Sequence[Slot], opens_s: int) -> dict[str, Any]:
    """
    Portion-minutes of waiting, and how long a batch waits.

    They are counted as the planner counts them, so that its bound can be read beside them: in whole minutes
    from the kitchen's first, urgent food more, and minutes outside a window at their price.
    """
    ready_s = {slot.batch_id: slot.ready_s for slot in slots}
    judged = [
        (batch.portions, ready_s[batch.batch_id], cooked.windows[batch.batch_id])
        for batch in cooked.batches.batches
        if batch.batch_id in ready_s and batch.batch_id in cooked.windows
    ]
    waits_s = [max(0, window.by_s - at_s) for _, at_s, window in judged]
    outside = [not window.from_s <= at_s <= window.by_s for _, at_s, window in judged]
    return {
        "portion_minutes": sum(
            portions * _minutes(window, at_s, opens_s) for portions, at_s, window in judged
        ),
        "mean_wait_s": round(sum(waits_s) / max(1, len(waits_s))),
        "outside_window": sum(outside),
        "unscheduled": len(cooked.batches.batches) - len(judged),
    }


def _minutes(window: ReadyWindow, ready_s: int, opens_s: int) -> int:
    """What a portion's minutes of waiting, lateness or earliness count."""
    ready, by = -((opens_s - ready_s) // MINUTE_S), (window.by_s - opens_s) // MINUTE_S
    begins = -((opens_s - window.from_s) // MINUTE_S)
    breach = BREACH_WEIGHT * max(0, ready - by) + EARLY_WEIGHT * max(0, begins - ready)
    return window.urgency * (max(0, by - ready) + breach)


def _routes(problem: Problem, plan: Plan) -> dict[str, Any]:
    """
    The same boxes, releases, clocks and vans; a ratio only where both leave as many boxes behind.

    The rule does not know docks, so it is judged as if there were enough.
    """
    rule = nearest_first(problem)
    wide = replace(problem, depots=tuple(replace(depot, docks=None) for depot in problem.depots))
    ours, theirs = _driving(plan, problem), _driving(rule, wide)
    alike = ours["unserved_boxes"] == theirs["unserved_boxes"]
    ratio = _ratio(plan.distance_m, rule.distance_m) if alike else None
    return {"ours": ours, "rule": theirs, "ratio": ratio}


def _driving(plan: Plan, problem: Problem) -> dict[str, int]:
    return {
        "distance_m": plan.distance_m,
        "trips": sum(len(route.trips) for route in plan.routes),
        "unserved_boxes": sum(len(left.box_ids) for left in plan.unserved),
        "violations": len(check(plan, problem)),
    }


def _waiting(day: DayPlan) -> dict[str, Any]:
    """Minutes from off the heat to the signature, as a mean over the portions that get there."""
    brought = {box_id for visit in visits(day.plan) for box_id in visit.box_ids}
    portions = sum(box.portions for box in day.packed.boxes if box.box_id in brought)
    mean = day.waiting_s / MINUTE_S / max(1, portions)
    return {"mean_minutes": round(mean, 1), "portions_delivered": portions, "distance_m": day.plan.distance_m}


def _ratio(ours: float, theirs: float) -> float | None:
    return round(ours / theirs, 3) if theirs else None


def _to_reach(watch: Watch, kitchen: Mapping[str, Any], pages: int) -> list[dict[str, Any]]:
    """
    What the house wants of itself for 5,000 meals and 60 sites on two cores, by the wall clock.

    A schedule is also good enough when a batch waits a minute or less in the mean.
    """
    gap = kitchen["gap_ratio"]
    near = gap <= GAP_RATIO or kitchen["ours"]["mean_wait_s"] <= MEAN_WAIT_S
    return [
        watch.in_time("close_to_boxes_s", CLOSE_TO_BOXES, CLOSE_TO_BOXES_S),
        watch.in_time("schedule_s", ("schedule",), SCHEDULE_S),
        {"what": "schedule_gap_ratio", "value": gap, "cpu": None, "limit": GAP_RATIO, "reached": near},
        watch.in_time("papers_300_pages_s", ("papers",), PAGES_S, PAGES / max(1, pages)),
    ]
