"""Coverage: how far each home is from the nearest site, and the ground that no site's circle covers."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orders.sites import EARTH_RADIUS_M, Place
from routing.travel import NO_WAY, Ways

AT_ONCE, CORNERS, CELLS = 200, 48, 150
LEAST_CELL_M = 50
MINUTE_S = 60
M_PER_DEGREE = math.radians(1) * EARTH_RADIUS_M
Covers = Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.bool_]]
Ring = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Reach:
    """
    How one comes from a home to a site, or a meal from a site to a home.

    Parameters
    ----------
    home_id, site_id
        From where to where; the site is empty where there is no way to any.
    seconds, metres
        Of the way; None where there is none.
    """

    home_id: str
    site_id: str
    seconds: int | None
    metres: int | None

    @property
    def minutes(self) -> int | None:
        """Whole minutes, rounded up."""
        return None if self.seconds is None else -(-self.seconds // MINUTE_S)


def nearest(
    homes: Mapping[str, Place], sites: Mapping[str, Place], ways: Ways, *, to_site: bool
) -> list[Reach]:
    """
    The site that is reached soonest from each home.

    Parameters
    ----------
    homes, sites
        Places by id; at least one site.
    ways
        Where travel comes from.
    to_site
        Whether the diner goes to the site; else the meal comes from it.

    Returns
    -------
    list[Reach]
        In the order of ``homes``.
    """
    return [min(row, key=_soonest) for row in every_way(homes, sites, ways, to_site=to_site)]


def every_way(
    homes: Mapping[str, Place], sites: Mapping[str, Place], ways: Ways, *, to_site: bool
) -> Iterable[list[Reach]]:
    """For each home the way to each site, or from it: arguments as of `nearest`."""
    ids, codes = list(homes), list(sites)
    for at in range(0, len(ids), AT_ONCE):
        part = ids[at : at + AT_ONCE]
        places = [*sites.values(), *(homes[one] for one in part)]
        block = ways.between(places, depots=len(codes)).block(range(len(places)))
        seconds, metres = (
            one[len(codes) :, : len(codes)] if to_site else one[: len(codes), len(codes) :].T
            for one in (block.duration_s, block.distance_m)
        )
        for home, row_s, row_m in zip(part, seconds, metres, strict=True):
            yield [
                Reach(home, "", None, None) if way_s == NO_WAY else Reach(home, code, int(way_s), int(way_m))
                for code, way_s, way_m in zip(codes, row_s, row_m, strict=True)
            ]


def _soonest(reach: Reach) -> tuple[bool, int]:
    return reach.seconds is None, reach.seconds or 0


def circle(place: Place, radius_m: float) -> list[list[list[float]]]:
    """A circle of the ground as GeoJSON's rings of longitude and latitude."""
    shrink = math.cos(math.radians(place.lat))
    ring = []
    for corner in range(CORNERS + 1):
        angle = 2 * math.pi * (corner % CORNERS) / CORNERS
        north, east = radius_m * math.sin(angle), radius_m * math.cos(angle)
        lat, lon = place.lat + north / M_PER_DEGREE, place.lon + east / M_PER_DEGREE / shrink
        ring.append([round(lon, 6), round(lat, 6)])
    return [ring]


def inside(polygons: Iterable[Sequence[Ring]]) -> Covers:
    """Whether places lie in one of some polygons, each an outer ring and its holes, by counting crossings."""
    rings = [[np.array(ring, np.float64) for ring in polygon] for polygon in polygons]

    def covers(lats: NDArray[np.float64], lons: NDArray[np.float64]) -> NDArray[np.bool_]:
        found = np.zeros(lats.shape, np.bool_)
        for polygon in rings:
            within = np.zeros(lats.shape, np.bool_)
            for ring in polygon:
                within ^= _within(ring, lats, lons)
            found |= within
        return found

    return covers


def _within(
    ring: NDArray[np.float64], lats: NDArray[np.float64], lons: NDArray[np.float64]
) -> NDArray[np.bool_]:
    odd = np.zeros(lats.shape, np.bool_)
    for (lon, lat), (to_lon, to_lat) in pairwise(ring):
        if lat != to_lat:
            crosses = (lat > lats) != (to_lat > lats)
            odd ^= crosses & (lons < (to_lon - lon) * (lats - lat) / (to_lat - lat) + lon)
    return odd


def blank_areas(places: Iterable[Place], covers: Covers) -> dict[str, Any]:
    """
    The ground between some places that nothing covers.

    Parameters
    ----------
    places
        Homes and sites; the smallest rectangle that holds them all is looked at.
    covers
        Whether places are covered.

    Returns
    -------
    dict[str, Any]
        A GeoJSON MultiPolygon of rows of cells; a cell counts by its middle. Empty where all is covered.
    """
    lats, lons = zip(*((place.lat, place.lon) for place in places), strict=True)
    shrink = math.cos(math.radians(lats[0]))
    high_m, wide_m = (max(lats) - min(lats)) * M_PER_DEGREE, (max(lons) - min(lons)) * M_PER_DEGREE * shrink
    cell_m = max(LEAST_CELL_M, high_m / CELLS, wide_m / CELLS)
    north, east = cell_m / M_PER_DEGREE, cell_m / M_PER_DEGREE / shrink
    rows, columns = int(high_m // cell_m) + 1, int(wide_m // cell_m) + 1
    middle_lat = min(lats) + (np.arange(rows) + 0.5) * north
    middle_lon = min(lons) + (np.arange(columns) + 0.5) * east
    blank = ~covers(*np.meshgrid(middle_lat, middle_lon, indexing="ij"))
    found = []
    for row in range(rows):
        low = min(lats) + row * north
        for first, last in _runs(blank[row]):
            found.append([_rectangle(low, min(lons) + first * east, low + north, min(lons) + last * east)])
    return {"type": "MultiPolygon", "coordinates": found}


def _runs(cells: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First cell of each run, and the one behind its last."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], cells, [False])).astype(np.int8)))
    return [(int(first), int(last)) for first, last in zip(edges[::2], edges[1::2], strict=True)]


def _rectangle(south: float, west: float, north: float, east: float) -> list[list[float]]:
    corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
    return [[round(lon, 6), round(lat, 6)] for lon, lat in corners]
