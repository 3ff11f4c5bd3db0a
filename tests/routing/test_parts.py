"""Tests of what a van can hand over in one visit."""

from dataclasses import replace
from typing import Any

import pytest

from orders.sites import Place
from routing.parts import halves, parts
from routing.problem import Depot, Load, Problem, Started, Vehicle, Window
from tests.routing.by_hand import MINUTE, at, box, problem_of, stop, van

K2 = Depot("K2", Place(24.4, 109.4))


def loads(**changes: Any) -> tuple[Load, ...]:
    """Two hot boxes and a cold one, each of 2 units."""
    return (box("a", **changes), box("b"), replace(box("c"), cold=True))


def groups(*vans: Vehicle, boxes: tuple[Load, ...] | None = None, **facts: Any) -> list[str]:
    """Names of the boxes of each part of a stop ten minutes away."""
    chosen = loads() if boxes is None else boxes
    problem = problem_of([replace(stop("A", *chosen), **facts)], [10], *vans)
    return ["".join(part.box_ids) for part in parts(problem, problem.first_stop, chosen)]


@pytest.mark.parametrize(
    ("vehicle", "expected"),
    [
        (van(units=6), ["abc"]),
        (van(units=4), ["ab", "c"]),
        (van(units=6, cold_units=0), ["ab", "c"]),
        (van(units=6, hot_units=2), ["ac", "b"]),
        (van(units=6, weight_g=40_000), ["ab", "c"]),
    ],
)
def test_a_part_fits_some_van(vehicle: Vehicle, expected: list[str]) -> None:
    """Tests room, compartments and weight."""
    assert groups(vehicle) == expected


def test_a_van_that_may_not_go_there_does_not_count() -> None:
    """Tests that the large van without the lift decides nothing, nor one that cannot take the empties."""
    large, small = van("L", units=6), van("S", units=4, skills=frozenset({"lift"}))
    assert groups(large, small, needs=frozenset({"lift"})) == ["ab", "c"]
    assert groups(van("L", units=6, weight_g=60_000), van("S"), empties_weight_g=90_000) == ["ab", "c"]


def test_boxes_of_two_kitchens_are_two_parts() -> None:
    """Tests that a box at K2 travels without those at K1, and that one of any kitchen joins."""
    problem = problem_of([stop("A", *loads())], [10], van(units=6))
    ways = problem.travel.block([0, 0, 1])
    boxes = tuple(
        replace(load, kitchen_id=kitchen) for load, kitchen in zip(loads(), ("K1", "K2", ""), strict=True)
    )
    stops = (replace(problem.stops[0], boxes=boxes),)
    vans = (van(units=6), van("V2", units=6, kitchen_id="K2"))
    both = Problem("s", (*problem.depots, K2), stops, vans, ways)
    assert ["".join(part.box_ids) for part in parts(both, 2, boxes)] == ["ac", "b"]


def test_a_part_is_handed_over_within_its_clocks() -> None:
    """Tests seconds a box, a door that closes, and a time aboard, each too short for all three."""
    van_ = van(units=6)
    due = loads(deliver_by="10:12")
    assert groups(van_, boxes=due, unload_box_s=3 * MINUTE) == ["ab", "c"]
    soon = loads(most_aboard_s=20 * MINUTE)
    assert groups(van_, boxes=soon, unload_box_s=2 * MINUTE) == ["ab", "c"]
    early = (*loads()[:2], replace(loads()[2], release_s=at("10:30")))
    doors = (Window(at("10:00"), at("10:20")), Window(at("10:50"), at("11:00")))
    assert groups(van_, boxes=early, windows=doors) == ["abc"]
    assert groups(van_, boxes=early, windows=doors[:1]) == ["ab", "c"]


def test_what_is_aboard_is_a_part_of_its_own() -> None:
    """Tests that boxes of a trip under way do not mix with those that still wait."""
    problem = problem_of([stop("A", *loads())], [10], van(units=6))
    started = Started("V1", "T1", at("09:50"), 2, at("09:55"), ("b", "c"))
    away = replace(problem, travel=problem.travel.block([0, 1, 0]), started=(started,))
    assert ["".join(part.box_ids) for part in parts(away, 1, loads())] == ["a", "bc"]


def test_a_part_is_halved_along_its_temperature_first() -> None:
    """Tests that hot and cold part first, then the middle; one box is not cut."""
    problem = problem_of([stop("A", *loads())], [10], van(units=6))
    (part,) = parts(problem, 1, loads())
    hot, cold = halves(part)
    assert (hot.box_ids, cold.box_ids) == (("a", "b"), ("c",))
    assert [half.box_ids for half in halves(hot)] == [("a",), ("b",)]
    assert [half.box_ids for half in halves(cold)] == [("c",)]
