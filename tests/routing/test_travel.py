"""Tests of estimated travel."""

import pytest

from orders.sites import Place, great_circle_m
from routing.travel import StraightLine, TravelParams, matrix_of, straight_line, travel_from_table


def test_a_degree_of_latitude_is_111_km() -> None:
    """Tests the great circle against the length of a degree on a sphere of 6,371 km: 111,195 m."""
    assert great_circle_m(Place(24, 109), Place(25, 109)) == pytest.approx(111_195, abs=1)


def test_estimate_takes_detour_speed_and_parking() -> None:
    """Tests 0.01 degrees north: 1,112 m, by road 1,501 m, 214 s at 7 m/s, 60 s to park at the stop."""
    travel = straight_line([Place(24, 109), Place(24.01, 109)], TravelParams(7.0, 1.35, 60))
    assert travel.distance_m.tolist() == [[0, 1501], [1501, 0]]
    assert travel.duration_s.tolist() == [[0, 274], [214, 0]]


def test_a_matrix_refuses_what_cannot_be() -> None:
    """Tests a ragged matrix, a negative way, and a way from a place to itself."""
    for duration_s, distance_m in (
        (((0, 1),), ((0, 1),)),
        (((0, -2), (1, 0)), ((0, 1), (1, 0))),
        (((0, 1), (1, 0)), ((0, 1), (1, 5))),
    ):
        with pytest.raises(ValueError, match="must"):
            matrix_of(duration_s, distance_m)
    with pytest.raises(ValueError, match="detour"):
        TravelParams(7.0, 0.9)


def test_many_places_are_never_a_dense_matrix() -> None:
    """Tests 20,000 places: no 400 million numbers are made, and a part agrees with the dense matrix."""
    places = [Place(24 + number % 141 / 1000, 109 + number // 141 / 1000) for number in range(20_000)]
    params = TravelParams(7.2, 1.35, 60)
    travel = params.between(places, depots=2)
    assert (type(travel), travel.size) == (StraightLine, 20_000)
    chosen = [0, 1, 7_000, 19_999]
    block = travel.block(chosen)
    dense = straight_line([places[place] for place in chosen], params, depots=2)
    assert block.duration_s.tolist() == dense.duration_s.tolist()
    assert travel.leg(7_000, 19_999) == block.leg(2, 3)


def test_nobody_parks_at_any_depot() -> None:
    """Tests two depots and a stop: only the way to the stop takes the minute to find a place to stand."""
    places = [Place(24, 109), Place(24.01, 109), Place(24.02, 109)]
    travel = straight_line(places, TravelParams(7.0, 1.35, 60), depots=2)
    assert (travel.duration_s - straight_line(places, TravelParams(7.0, 1.35)).duration_s).tolist() == [
        [0, 0, 60],
        [0, 0, 60],
        [0, 0, 0],
    ]


def test_the_slowest_hour_of_the_driving_counts() -> None:
    """Tests a table of hours: until eleven the rush of ten o'clock counts, from eleven on it does not."""
    table = {"speed_kmh": 36, "detour_ratio": 1.3, "kmh_by_hour": {"10": 18}}
    params = travel_from_table(table)
    assert params.during(hour_s(9), hour_s(11)).speed_mps == 5.0
    assert (
        params.during(hour_s(9), hour_s(10)).speed_mps
        == params.during(hour_s(11), hour_s(12)).speed_mps
        == 10
    )
    assert params.during(hour_s(9), hour_s(11)).slow_ratio == 2.0
    assert travel_from_table({"speed_kmh": 36, "detour_ratio": 1.3}).during(0, hour_s(24)).speed_mps == 10
    with pytest.raises(ValueError, match="hour"):
        travel_from_table(table | {"kmh_by_hour": {"24": 18}})


def hour_s(hour: int) -> int:
    """An hour of the day in seconds from midnight."""
    return hour * 3600
