"""Tests of estimated travel."""

import pytest

from orders.sites import Place, great_circle_m
from routing.travel import TravelParams, matrix_of, straight_line


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
