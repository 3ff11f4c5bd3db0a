"""Tests of coverage: the nearest site of each home, circles on the ground, and the ground without one."""

import numpy as np
import pytest

from orders.sites import Place, great_circle_m
from routing.coverage import Reach, blank_areas, circle, inside, nearest
from routing.travel import TravelParams

SITES = {"C01": Place(24.30, 109.40), "C02": Place(24.32, 109.40)}
WALK = TravelParams(1.0, 1.35)


def test_each_home_finds_its_nearest_site() -> None:
    """Tests two homes by hand: 0.001 degrees north of a site is 111.2 m, 150 m on foot, three minutes."""
    homes = {"a": Place(24.301, 109.40), "b": Place(24.319, 109.40)}
    found = nearest(homes, SITES, WALK, to_site=True)
    assert found == [Reach("a", "C01", 150, 150), Reach("b", "C02", 150, 150)]
    assert [one.minutes for one in found] == [3, 3]
    assert nearest(homes, SITES, WALK, to_site=False) == found


def test_more_homes_than_are_looked_at_at_once() -> None:
    """Tests 500 homes: all are told, in their order."""
    homes = {str(number): Place(24.30 + number / 50_000, 109.40) for number in range(500)}
    found = nearest(homes, SITES, WALK, to_site=True)
    assert [one.home_id for one in found] == list(homes)
    assert {one.site_id for one in found} == {"C01"}


def test_a_circle_is_round_on_the_ground() -> None:
    """Tests that each corner lies 800 m from the middle, and that places are in or out by that."""
    rings = circle(SITES["C01"], 800)
    assert rings[0][0] == rings[0][-1]
    for lon, lat in rings[0]:
        assert great_circle_m(SITES["C01"], Place(lat, lon)) == pytest.approx(800, abs=2)
    covers = inside([rings])
    lats, lons = np.array([24.30, 24.3068, 24.3076]), np.array([109.40, 109.40, 109.40])
    assert covers(lats, lons).tolist() == [True, True, False]


def test_a_hole_is_outside() -> None:
    """Tests a polygon with a lake in its middle."""
    covers = inside([[circle(SITES["C01"], 800)[0], circle(SITES["C01"], 200)[0]]])
    assert covers(np.array([24.30, 24.304]), np.array([109.40, 109.40])).tolist() == [False, True]


def test_blank_ground_lies_between_the_circles() -> None:
    """Tests two sites 2.2 km apart with circles of 500 m: blank half way, not at the sites."""
    places = [*SITES.values(), Place(24.31, 109.41)]
    covers = inside([circle(place, 500) for place in SITES.values()])
    blank = blank_areas(places, covers)
    is_blank = inside(blank["coordinates"])
    lats, lons = np.array([24.31, 24.3002]), np.array([109.405, 109.4002])
    assert is_blank(lats, lons).tolist() == [True, False]
    assert blank_areas(places, inside([circle(SITES["C01"], 5_000)])) == {
        "type": "MultiPolygon",
        "coordinates": [],
    }
