"""For each thing that keeps a stop out: the smallest change that would serve it, and its proof."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

import routing
from api.words import LANGUAGES, catalog
from orders.codes import Coded
from routing.assemble import assemble
from routing.assembly import plan_of
from routing.explain import Remedies, explain, given_up_for, smallest
from routing.insertion import inserted, routes_of
from routing.parts import parts
from routing.plan import Plan, Unserved, check
from routing.problem import Problem, Stop, Vehicle, Window
from routing.reasons import given_up
from tests.routing.by_hand import MINUTE, at, box, problem_of, stop, van


def planned(problem: Problem, *left: str) -> Plan:
    """A plan that brings everything but these stops, which stay out."""
    routes = [[] for _ in problem.vehicles]
    for nth, one in enumerate(problem.stops):
        if one.stop_id not in left:
            found = inserted(problem, routes, parts(problem, problem.first_stop + nth, one.boxes))
            assert found is not None, one.stop_id
            routes = found
    boxes = {one.stop_id: tuple(load.box_id for load in one.boxes) for one in problem.stops}
    unserved = tuple(Unserved(name, boxes[name], Coded("no_vehicle_free", {"stop": name})) for name in left)
    plan = plan_of(problem, assemble(problem, routes).trips, unserved)
    assert check(plan, problem) == []
    return plan


def remedies(problem: Problem, *left: str) -> Remedies:
    """What would serve those that stay out; each proof is a plan without them among the unserved."""
    found = explain(problem, planned(problem, *left))
    for one in found.each:
        assert one.plan is None or one.left[0] not in one.plan.unserved
    return found


def change(one: Stop, *vans: Vehicle, minutes: int = 10) -> tuple[str, dict]:
    """The change that would serve the only stop."""
    (remedy,) = remedies(problem_of([one], [minutes], *vans), one.stop_id).each
    return remedy.change.code, dict(remedy.change.params)


@pytest.mark.parametrize(
    ("left", "vehicle", "expected"),
    [
        (
            stop("A", box("a", release="09:00", deliver_by="09:33"), opens="09:00"),
            van(),
            ("change_van_earlier", {"vehicle": "V1", "minutes": 12}),
        ),
        (
            stop("A", box("a", release="10:00", deliver_by="11:00")),
            van(shift_end_s=at("10:20")),
            ("change_van_later", {"vehicle": "V1", "minutes": 5}),
        ),
        (
            stop("A", box("a", deliver_by="10:36"), opens="10:45"),
            van(),
            ("change_opens", {"stop": "A", "clock": "10:31", "minutes": 14}),
        ),
        (
            stop("A", box("a", release="11:25", deliver_by="12:15"), closes="11:30"),
            van(),
            ("change_closes", {"stop": "A", "clock": "11:35", "minutes": 5}),
        ),
        (stop("A", box("a", units=6)), van(), ("change_more_units", {"vehicle": "V1", "units": 2})),
        (stop("A", box("a", weight_g=100_500)), van(), ("change_more_kg", {"vehicle": "V1", "kg": 1})),
        (
            replace(stop("A", box("a")), needs=frozenset({"lift"})),
            van(),
            ("change_skill", {"vehicle": "V1", "skill": "lift"}),
        ),
        (replace(stop("A", box("a")), empties_units=9), van(), ("change_empties_stay", {"stop": "A"})),
        (
            stop("A", box("a")),
            van(most_out_s=20 * MINUTE),
            ("change_out_longer", {"vehicle": "V1", "minutes": 5}),
        ),
        (
            stop("A", box("a", eat_by_s=at("12:05"))),
            van(),
            ("change_cooked_later", {"stop": "A", "minutes": 10}),
        ),
    ],
)
def test_the_smallest_change_that_serves_is_named(left: Stop, vehicle: Vehicle, expected: tuple) -> None:
    """Tests each kind of change by an instance that only it, or it most cheaply, serves."""
    assert change(left, vehicle) == expected


def test_a_van_that_has_made_its_trips_is_asked_for_one_more() -> None:
    """Tests a stop of the afternoon: the van's only trip is over long before it opens."""
    early, late = stop("A", box("a", deliver_by="10:10")), stop("B", box("b", release="11:00"), opens="11:10")
    (remedy,) = remedies(problem_of([early, late], [10, 10], van(most_trips=1)), "B").each
    assert remedy.change == Coded("change_one_more_trip", {"vehicle": "V1", "trips": 1})


def test_a_dock_more_or_a_van_more_is_the_last_resort() -> None:
    """Tests two stops at one moment, far apart: nothing about the one van helps."""
    stops = [
        stop("A", box("a", release="09:30", deliver_by="10:06")),
        stop("B", box("b", release="09:30", deliver_by="10:06")),
    ]
    plain = problem_of(stops, [30, -30], van())
    found = remedies(plain, "B")
    assert found.each[0].change == Coded("change_one_more_vehicle", {"vehicle": "V1"})
    docked = replace(problem_of(stops, [30, -30], van(), van("V2")), depots=(replace(plain.depot, docks=1),))
    exact = tuple(replace(one, windows=(Window(at("10:00"), at("10:01")),)) for one in docked.stops)
    (remedy,) = remedies(replace(docked, stops=exact), "B").each
    assert remedy.change.code in ("change_one_more_dock", "change_closes")
    assert remedy.plan is not None


def test_the_clock_of_food_is_named_but_never_offered() -> None:
    """Tests food that is late by the way alone: it is said how long it would have to last."""
    assert change(stop("A", box("a", most_aboard_s=9 * MINUTE))) == (
        "change_only_clock",
        {"stop": "A", "minutes": 6},
    )
    assert change(stop("A", box("a", most_aboard_s=9 * MINUTE)), van(units=1))[0] == "change_none"


def test_a_stop_that_could_be_served_as_things_are_is_said_to_be() -> None:
    """Tests that nothing is asked of anybody when the search alone left it out."""
    assert change(stop("A", box("a")))[0] == "change_none_needed"


def test_one_change_for_all_is_named_where_it_is_no_dearer() -> None:
    """Tests two stops that the same van reaches once it leaves earlier."""
    stops = [stop(name, box(name, release="09:00", deliver_by="09:35"), opens="09:00") for name in ("A", "B")]
    found = remedies(problem_of(stops, [10, 11]), "A", "B")
    assert [one.change.params["minutes"] for one in found.each] == [10, 11]
    assert found.joint is not None
    assert found.joint.change == Coded("change_van_earlier", {"vehicle": "V1", "minutes": 16})
    assert found.joint.plan is not None and found.joint.plan.unserved == ()


def test_several_more_vans_are_named_together() -> None:
    """Tests three stops at one moment, far apart: one more van for each, two for both that stay out."""
    stops = [stop(name, box(name, release="09:30", deliver_by="10:06")) for name in ("A", "B", "C")]
    found = remedies(problem_of(stops, [30, -30, 29]), "B", "C")
    assert {one.change.code for one in found.each} == {"change_one_more_vehicle"}
    assert found.joint is not None
    assert found.joint.change == Coded("change_more_vehicles", {"vehicle": "V1", "vehicles": 2})


def test_a_stop_given_up_names_what_stands_in_its_way() -> None:
    """Tests an optional stop whose place another, more urgent one takes."""
    optional = replace(stop("B", box("b", release="09:30", deliver_by="10:06")), priority=1)
    problem = problem_of([stop("A", box("a", release="09:30", deliver_by="10:06")), optional], [30, -30])
    routes = routes_of(planned(problem, "B"), problem)
    assert given_up_for(problem, routes, optional, optional.boxes) == ["A"]
    plan = planned(problem, "B")
    left = replace(plan.unserved[0], reason=given_up(optional))
    (remedy,) = explain(problem, replace(plan, unserved=(left,))).each
    assert remedy.reason == given_up(optional, ["A"])


def test_smallest_finds_the_first_amount_that_serves() -> None:
    """Tests every threshold up to the most that is offered, and beyond."""
    for threshold in range(1, 20):
        assert smallest(lambda amount, least=threshold: amount >= least, 19) == threshold
    assert smallest(lambda amount: amount >= 20, 19) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_change_has_its_sentence(language: str) -> None:
    """Tests that no change reaches a page as a bare code."""
    source = "".join(
        Path(routing.__file__).with_name(name).read_text("utf-8") for name in ("changes.py", "explain.py")
    )
    codes = set(re.findall(r'"(change_\w+)"', source))
    assert len(codes) == 18
    assert [code for code in codes if f"code:{code}" not in catalog(language)] == []
