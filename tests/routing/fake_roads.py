"""A road engine that answers from a straight line, over httpx's own fake transport."""

import json
from collections.abc import Callable, Collection
from itertools import pairwise
from typing import Any

import httpx

from orders.sites import Place, great_circle_m
from routing.roads import MOST_PAIRS, ROUTE_MOST, RoadEngine, RoadParams

URL = "http://127.0.0.1:8002"
MPS, DETOUR = 10.0, 1.5


class FakeRoads:
    """
    Answers as Valhalla does, and counts the pairs it was asked for.

    Parameters
    ----------
    off_road
        Places without a road near them.
    island
        Places that only reach one another.
    """

    def __init__(self, off_road: Collection[Place] = (), island: Collection[Place] = ()) -> None:
        self.off_road, self.island, self.pairs = set(off_road), set(island), 0

    def engine(self, params: RoadParams | None = None) -> RoadEngine:
        """An engine that asks this one."""
        return RoadEngine(params or RoadParams(URL), httpx.MockTransport(self.answer))

    def answer(self, request: httpx.Request) -> httpx.Response:
        """One answer over HTTP."""
        asked, action = json.loads(request.content), request.url.path.strip("/")
        answers: dict[str, Callable[[Any], httpx.Response]] = {
            "status": lambda _: httpx.Response(200, json={"version": "3.9.1", "osm_changeset": 42}),
            "locate": self._locate,
            "sources_to_targets": self._matrix,
            "route": self._route,
        }
        return answers[action](asked)

    def _locate(self, asked: Any) -> httpx.Response:
        edges = [[] if place in self.off_road else [{}] for place in map(_place, asked["locations"])]
        if not any(edges):
            return _refused(171)
        return httpx.Response(200, json=[{"edges": one} for one in edges])

    def _matrix(self, asked: Any) -> httpx.Response:
        starts, ends = ([_place(one) for one in asked[name]] for name in ("sources", "targets"))
        if len(starts) * len(ends) > MOST_PAIRS:
            return _refused(150)
        if self.off_road & {*starts, *ends}:
            return _refused(171)
        self.pairs += len(starts) * len(ends)
        apart = {place in self.island for place in starts} ^ {place in self.island for place in ends}
        if apart == {True, False}:
            return _refused(170)
        km = [[self._km(start, end) for end in ends] for start in starts]
        seconds = [[None if one is None else round(one * 1000 / MPS) for one in row] for row in km]
        return httpx.Response(200, json={"sources_to_targets": {"durations": seconds, "distances": km}})

    def _route(self, asked: Any) -> httpx.Response:
        places = [_place(one) for one in asked["locations"]]
        if len(places) > ROUTE_MOST:
            return _refused(150)
        legs = [{"shape": _line(pair)} for pair in pairwise(places)]
        return httpx.Response(200, json={"trip": {"legs": legs}})

    def _km(self, start: Place, end: Place) -> float | None:
        if (start in self.island) != (end in self.island):
            return None
        return round(great_circle_m(start, end) * DETOUR / 1000, 3)


def _line(places: tuple[Place, Place]) -> str:
    """Two places in the letters of a polyline."""
    lat = lon = 0
    text = ""
    for place in places:
        north, east = round(place.lat * 1e6) - lat, round(place.lon * 1e6) - lon
        lat, lon = lat + north, lon + east
        text += _letters(north) + _letters(east)
    return text


def _letters(step: int) -> str:
    number = ~(step << 1) if step < 0 else step << 1
    text = ""
    while number >= 32:
        text += chr((32 | number & 31) + 63)
        number >>= 5
    return text + chr(number + 63)


def _place(told: Any) -> Place:
    return Place(told["lat"], told["lon"])


def _refused(number: int) -> httpx.Response:
    return httpx.Response(400, json={"error_code": number, "error": "refused"})
