"""Why a day's plan is as it is: costs by part, what each stop has in hand, what would serve the rest."""

from collections.abc import Mapping
from typing import Any

from api.day.planning_facts import DayPlan
from api.day.replan_facts import Today
from api.words import said_document
from orders.codes import Coded
from routing.costs import costs_of
from routing.explain import ExplainParams, Remedy, explain
from routing.loads import build_problem
from routing.plan import Unserved, check
from routing.slack import slacks

MINUTE_S = 60
ON_PAGE = ExplainParams(most_stops=6, most_vehicles=4)


def explained_document(day: DayPlan, language: str) -> dict[str, Any]:
    """
    What stands behind a plan, with sentences.

    Parameters
    ----------
    day
        As planned; its plan keeps every rule of its problem.
    language
        Of the sentences.

    Returns
    -------
    dict
        ``costs_mills`` (thousandths of a fen) by part; ``slack``, a row for each visit with the minutes in
        hand to its window, to its food's clock and in all, and what breaks first; ``unserved``, each with its
        reason and the cheapest change; ``joint``, one change that would serve all of them, or None.
    """
    codes = {box.box_id: box.code for box in day.packed.boxes}
    costs = costs_of(day.plan, day.problem)
    remedies = explain(day.problem, day.plan)
    known = {one.left[0].box_ids: one for one in remedies.each}
    return {
        "costs_mills": {
            "fixed": costs.fixed,
            "departures": costs.departures,
            "metres": costs.metres,
            "seconds": costs.seconds,
            "unfamiliar": costs.unfamiliar,
            "unfairness": costs.unfairness,
            "driven": costs.driven,
        },
        "slack": [
            {
                "trip": one.trip_code,
                "stop": one.stop_id,
                "box": codes.get(one.box_id, one.box_id),
                "window_minutes": one.window_s // MINUTE_S,
                "food_minutes": one.food_s // MINUTE_S,
                "later_minutes": one.later_s // MINUTE_S,
                "bound": said_document(_with_codes(one.bound, codes), language),
            }
            for one in slacks(day.plan, day.problem)
        ],
        "unserved": [_left(one, known.get(one.box_ids), codes, language) for one in day.plan.unserved],
        "joint": None if remedies.joint is None else said_document(remedies.joint.change, language),
    }


def not_brought(today: Today) -> list[tuple[Unserved, Coded | None]]:
    """
    What a published plan leaves out; before a trip leaves also the cheapest change that would serve it.

    Nothing is proposed for a day that is no longer driven as it was planned.
    """
    left, facts = today.plan.unserved, today.facts
    if not left or today.departed:
        return [(one, None) for one in left]
    travel = facts.params.travel
    problem = build_problem(
        facts.service, facts.kitchen, today.boxes, facts.sites, facts.vehicles, travel, facts.empties
    )
    if check(today.plan, problem):
        return [(one, None) for one in left]
    found = {one.left[0].box_ids: one.change for one in explain(problem, today.plan, ON_PAGE).each}
    return [(one, found.get(one.box_ids)) for one in left]


def _left(left: Unserved, remedy: Remedy | None, codes: Mapping[str, str], language: str) -> dict[str, Any]:
    return {
        "stop": left.stop_id,
        "boxes": [codes.get(box_id, box_id) for box_id in left.box_ids],
        "reason": said_document((remedy and remedy.reason) or left.reason, language),
        "change": None if remedy is None else said_document(remedy.change, language),
        "proved": remedy is not None and remedy.plan is not None,
    }


def _with_codes(coded: Coded, codes: Mapping[str, str]) -> Coded:
    """A sentence that names a box by its code."""
    box_id = coded.params.get("box")
    return (
        coded
        if box_id is None
        else Coded(coded.code, {**coded.params, "box": codes.get(str(box_id), box_id)})
    )
