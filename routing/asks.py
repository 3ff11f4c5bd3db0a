"""Asks: which ways a road engine still has to be asked for, in blocks of starts and ends."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from orders.sites import Place
from routing.ways import KnownWays, Spots, place_of, spot_of

ALL_PAIRS_MOST = 400
NEIGHBOURS = 40
AT_ONCE = 25


class Ask(NamedTuple):
    """All ways from some spots to some spots."""

    starts: Spots
    ends: Spots

    @property
    def pairs(self) -> int:
        """How many ways it asks for."""
        return len(self.starts) * len(self.ends)


def asks(known: KnownWays, places: Sequence[Place], depots: int = 1) -> list[Ask]:
    """
    What to ask so that every way a plan may need is known.

    Parameters
    ----------
    known
        What need not be asked again.
    places
        The depots first, then the stops.
    depots
        How many of the places are depots.

    Returns
    -------
    list[Ask]
        All pairs up to `ALL_PAIRS_MOST` places; above that the ways from and to each depot, and from each
        stop to its `NEIGHBOURS` nearest. Empty when nothing is missing.
    """
    spots = np.array(list(dict.fromkeys(spot_of(place) for place in places)), np.int64)
    if len(spots) <= ALL_PAIRS_MOST:
        return asks_from_to(known, spots, spots)
    docks = spots[: len({spot_of(place) for place in places[:depots]})]
    near = [ask for part in _groups(spots) for ask in asks_from_to(known, *part)]
    return [*asks_from_to(known, docks, spots), *asks_from_to(known, spots, docks), *near]


def asks_from_to(known: KnownWays, starts: Spots, ends: Spots) -> list[Ask]:
    """
    What to ask so that every way from some spots to some spots is known.

    Starts of which most is missing ask for all their ends; the others together for the ends they lack.
    """
    lacks = ~known.look_up(starts, ends)[0]
    is_new = lacks.sum(axis=1) * 2 > len(ends)
    found = []
    for rows in (is_new, ~is_new & lacks.any(axis=1)):
        if rows.any():
            found.append(Ask(starts[rows], ends[lacks[rows].any(axis=0)]))
    return found


def _groups(spots: Spots) -> list[tuple[Spots, Spots]]:
    """Stops that lie together, with the nearest stops of each of them."""
    places = [place_of(int(spot)) for spot in spots]
    lat, lon = (np.array([getattr(place, name) for place in places]) for name in ("lat", "lon"))
    east = lon * np.cos(np.radians(lat.mean()))
    order = np.array(sorted(range(len(places)), key=lambda number: _cell(places[number])), np.int64)
    found = []
    for at in range(0, len(order), AT_ONCE):
        group = order[at : at + AT_ONCE]
        away = (lat[group, None] - lat) ** 2 + (east[group, None] - east) ** 2
        nearest = np.argpartition(away, NEIGHBOURS, axis=1)[:, : NEIGHBOURS + 1]
        found.append((spots[group], spots[np.unique(nearest)]))
    return found


def _cell(place: Place) -> int:
    """Places near each other have numbers near each other (Morton's order, cells of 0.001 degrees)."""
    lat, lon = int((place.lat + 90) * 1000), int((place.lon + 180) * 1000)
    return sum((lat >> bit & 1) << 2 * bit + 1 | (lon >> bit & 1) << 2 * bit for bit in range(19))
