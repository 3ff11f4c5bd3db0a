"""Tests of coordinates as they come in."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.coordinates import from_gcj02, look_exchanged, looks_shifted, to_gcj02
from orders.sites import Place, great_circle_m

LIUZHOU = Place(24.3105, 109.3998)
VADUZ = Place(47.14, 9.52)


@pytest.mark.parametrize(
    ("lat", "lon", "expected"),
    [
        (24.31, 109.4, False),
        (109.4, 24.31, True),
        (87.6, 43.8, True),
        (43.8, 87.6, False),
        (47.14, 9.52, False),
        (120.0, 200.0, False),
    ],
)
def test_numbers_that_lie_in_china_the_other_way_round_look_exchanged(
    lat: float, lon: float, expected: bool
) -> None:
    """Tests a town in Guangxi, one in Xinjiang, one in Europe and no place at all."""
    assert look_exchanged(lat, lon) is expected


def test_elsewhere_a_known_neighbour_tells() -> None:
    """Tests a stop beside Vaduz, written either way, and one that is merely far away."""
    assert look_exchanged(9.5, 47.2, VADUZ)
    assert not look_exchanged(47.2, 9.5, VADUZ)
    assert not look_exchanged(51.5, -0.1, VADUZ)
    assert not look_exchanged(9.5, 47.2)


def test_the_shift_of_web_maps_is_known() -> None:
    """Tests Tiananmen: 39.90734, 116.39089 is drawn at about 39.90874, 116.39713."""
    drawn = to_gcj02(Place(39.90734, 116.39089))
    assert great_circle_m(drawn, Place(39.90874, 116.39713)) < 3
    assert to_gcj02(VADUZ) == VADUZ


@settings(max_examples=60, deadline=None)
@given(st.floats(18, 53.5), st.floats(74, 135))
def test_shifting_back_gives_the_place(lat: float, lon: float) -> None:
    """Tests anywhere in China that there and back is less than a metre."""
    place = Place(lat, lon)
    assert great_circle_m(from_gcj02(to_gcj02(place)), place) < 1


def test_a_place_given_anew_as_a_web_map_draws_it_is_told() -> None:
    """Tests the drawn place, a little beside it, the place itself and a canteen that moved."""
    drawn = to_gcj02(LIUZHOU)
    assert looks_shifted(drawn, LIUZHOU)
    assert looks_shifted(Place(drawn.lat + 0.0002, drawn.lon), LIUZHOU)
    assert not looks_shifted(LIUZHOU, LIUZHOU)
    assert not looks_shifted(Place(24.32, 109.41), LIUZHOU)
    assert not looks_shifted(VADUZ, VADUZ)
