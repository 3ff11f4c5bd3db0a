"""Each reason for leaving a box out, by an instance made for it."""

from dataclasses import replace

import pytest

from routing.problem import Depot, Problem, Started, Stop, Vehicle, Window
from routing.reasons import given_up, why_never
from routing.travel import NO_WAY, matrix_of
from tests.routing.by_hand import MINUTE, at, box, on_a_line, problem_of, stop, van


def why(one: Stop, *vans: Vehicle, minutes: int = 10) -> tuple[str, dict] | None:
    """The reason for the only box of a stop so many minutes east of the depot."""
    problem = problem_of([one], [minutes], *vans)
    reason = why_never(problem, 1, one.boxes[0])
    return None if reason is None else (reason.code, dict(reason.params))


def test_a_box_that_a_van_can_bring_has_no_reason() -> None:
    """Tests the plain case, and one that asks for everything a van has."""
    assert why(stop("A", box("a"))) is None
    asking = replace(stop("A", box("a", cold=True, most_aboard_s=15 * MINUTE)), needs=frozenset({"lift"}))
    asking = replace(asking, empties_units=4, empties_weight_g=100_000)
    assert why(asking, van(cold_units=2, skills=frozenset({"lift", "narrow_lane"}))) is None


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"units": 5}, ("too_large_for_any_vehicle", {"units": 5})),
        ({"weight_g": 100_001}, ("too_heavy_for_any_vehicle", {"weight_kg": 101})),
        ({"units": 3}, ("no_hot_room", {"units": 3})),
        ({"units": 2, "cold": True}, ("no_cold_room", {"units": 2})),
        ({"most_aboard_s": 13 * MINUTE}, ("aboard_too_long", {"minutes": 2})),
        ({"deliver_by": "10:04"}, ("opens_after_deadline", {"minutes": 1})),
        (
            {"release": "11:36", "deliver_by": "12:00"},
            ("closes_before_any_van_comes", {"minutes": 6}),
        ),
        ({"release": "11:12", "deliver_by": "11:25"}, ("cannot_reach_in_time", {"minutes": 2})),
        ({"eat_by_s": at("12:14")}, ("serving_ends_after_eat_by", {"minutes": 1})),
        (
            {"eat_by_s": at("12:15"), "release": "11:17", "deliver_by": "13:00"},
            ("last_plate_too_late", {"minutes": 2}),
        ),
    ],
)
def test_a_box_says_what_keeps_it(changes: dict, expected: tuple[str, dict]) -> None:
    """Tests what the box itself asks too much of, with the figure by which it does."""
    found = why(stop("A", box("a", **changes)), van(hot_units=2, cold_units=1))
    assert found == (expected[0], {"stop": "A", "boxes": 1, **expected[1]})


def test_a_stop_that_no_van_may_enter_names_the_skill() -> None:
    """Tests the skills that the best of the vans lacks."""
    one = replace(stop("A", box("a")), needs=frozenset({"lift", "narrow_lane"}))
    assert why(one, van(), van("V2", skills=frozenset({"lift"}))) == (
        "no_vehicle_with_skill",
        {"stop": "A", "boxes": 1, "skill": "narrow_lane"},
    )


def test_needs_that_no_single_van_meets_are_said_as_that() -> None:
    """Tests a box that is too heavy for the large van and too large for the strong one."""
    found = why(stop("A", box("a", units=4)), van(weight_g=10_000), van("V2", units=3))
    assert found == ("no_vehicle_with_all", {"stop": "A", "boxes": 1})


def test_empties_that_no_van_takes_home_keep_the_stop_out() -> None:
    """Tests five empty carriers against a van of four."""
    one = replace(stop("A", box("a")), empties_units=5)
    assert why(one) == ("empties_fit_no_vehicle", {"stop": "A", "boxes": 1, "units": 5})


def test_a_shift_that_is_too_short_is_named() -> None:
    """Tests a van that could be there in time but not back, and one that may not be out so long."""
    assert why(stop("A", box("a")), van(shift_end_s=at("10:14"))) == (
        "outside_every_shift",
        {"stop": "A", "boxes": 1},
    )
    assert why(stop("A", box("a")), van(most_out_s=24 * MINUTE)) is not None
    assert why(stop("A", box("a")), van(most_out_s=25 * MINUTE)) is None


def test_a_slow_vehicle_comes_too_late() -> None:
    """Tests that the way is counted at the vehicle's own pace: 20 minutes instead of 10."""
    late = stop("A", box("a", release="11:10", deliver_by="11:25"))
    assert why(late, van(pace_pct=200)) == ("cannot_reach_in_time", {"stop": "A", "boxes": 1, "minutes": 10})
    assert why(late) is None


def test_a_second_window_serves_what_the_first_cannot() -> None:
    """Tests that a van too late for the first window waits for the second."""
    one = replace(stop("A", box("a", release="10:15")), windows=(Window(at("10:00"), at("10:20")),))
    assert why(one) == ("closes_before_any_van_comes", {"stop": "A", "boxes": 1, "minutes": 5})
    assert why(replace(one, windows=(*one.windows, Window(at("11:00"), at("11:10"))))) is None


def test_a_box_of_another_kitchen_needs_a_van_there() -> None:
    """Tests two kitchens, the second without a van, and a place without a road."""
    plain = problem_of([stop("A", box("a"))], [10])
    one = stop("A", replace(box("a"), kitchen_id="K2"))
    two = Problem(
        plain.service_key,
        (plain.depot, Depot("K2", plain.depot.place)),
        (one,),
        plain.vehicles,
        matrix_of([[0, 60, 60], [60, 0, 60], [60, 60, 0]], [[0, 9, 9], [9, 0, 9], [9, 9, 0]]),
    )
    reason = why_never(two, 2, one.boxes[0])
    assert reason is not None and reason.code == "no_vehicle_at_kitchen"
    assert why_never(replace(two, vehicles=(van(kitchen_id="K2"),)), 2, one.boxes[0]) is None
    lost = replace(plain, travel=matrix_of([[0, NO_WAY], [60, 0]], [[0, NO_WAY], [9, 0]]))
    reason = why_never(lost, 1, box("b"))
    assert reason is not None and reason.code == "no_way_there"


@pytest.mark.parametrize(
    ("goes_on", "due", "most_aboard_s", "expected"),
    [
        ("10:10", "10:20", None, None),
        ("10:15", "10:20", None, ("cannot_reach_in_time", 2)),
        ("10:10", "10:20", 1739, ("aboard_too_long", 1)),
        ("12:55", "13:30", None, ("outside_every_shift", None)),
    ],
)
def test_a_box_aboard_is_judged_from_where_its_van_goes_on(
    goes_on: str, due: str, most_aboard_s: int | None, expected: tuple[str, int | None] | None
) -> None:
    """Tests a van two minutes away from a stop that it could no longer reach from the kitchen."""
    load = box("a", deliver_by=due, most_aboard_s=most_aboard_s, eat_by_s=at("15:00"))
    problem = problem_of([stop("A", load, closes="13:30")], [30], van())
    ways = on_a_line([30, 28]).block([0, 1, 2])
    started = Started("V1", "T1", at("09:48"), 2, at(goes_on), ("a",))
    away = replace(problem, travel=ways, started=(started,))
    reason = why_never(away, 1, away.stops[0].boxes[0])
    assert (reason and (reason.code, reason.params.get("minutes"))) == expected


def test_a_stop_given_up_names_those_it_was_given_up_for() -> None:
    """Tests the ways in which a stop of low priority stays out."""
    optional = replace(stop("A", box("a")), priority=1)
    assert given_up(optional, ["B", "C"]).params["others"] == "B, C"
    assert given_up(optional, []).code == "given_up_for_the_way"
    assert given_up(optional).code == "given_up"
