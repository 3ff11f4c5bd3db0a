"""
Roads: a Valhalla engine asked over HTTP for ways, shapes and how far one gets.

It is told coordinates and nothing else. A block in which one place has no road is refused as a whole, so such
places are found first, and a refused block is halved until the pair without a way stands alone.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal, get_args

import httpx
import numpy as np

from orders.errors import MealError
from orders.sites import Place
from routing.asks import Ask
from routing.polyline import decoded
from routing.travel import NO_WAY
from routing.ways import Found, Spots, place_of, spot_of, together

Profile = Literal["van", "truck", "bicycle", "walk"]
COSTING: Mapping[str, str] = {"van": "auto", "truck": "truck", "bicycle": "bicycle", "walk": "pedestrian"}
MOST_PAIRS, ROW_MOST, LOCATE_MOST, ROUTE_MOST = 2_500, 50, 200, 20
TOO_MANY = 150
NO_PATH = frozenset({154, 170, 171, 442})
METRES_PER_KM = 1000
AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class RoadParams:
    """
    Which engine is asked, and how.

    Parameters
    ----------
    url
        Where it listens, for example ``"http://127.0.0.1:8002"``.
    profile
        How one drives: ``"van"``, ``"truck"``, ``"bicycle"`` or ``"walk"``.
    snap_m
        How far a place may lie from a road of the extract, metres.
    """

    url: str
    profile: Profile = "van"
    snap_m: int = 500

    def __post_init__(self) -> None:
        if not self.url.startswith(("http://", "https://")) or not _has_host(self.url):
            raise ValueError(f"The road engine's url starts with http:// or https://, got {self.url!r}.")
        if self.profile not in get_args(Profile) or self.snap_m < 1:
            raise ValueError(f"Need a profile of {get_args(Profile)} and snap_m >= 1, got {self}.")

    @property
    def kept_as(self) -> str:
        """What answers depend on beside the roads: how one drives, how far from a road a place may lie."""
        return f"{self.profile}/{self.snap_m}"


def _has_host(url: str) -> bool:
    try:
        return bool(httpx.URL(url).host)
    except httpx.InvalidURL:
        return False


def roads_from_table(table: Mapping[str, Any]) -> RoadParams | None:
    """
    The ``[travel.roads]`` table of a ``fleet.toml``: ``url``, ``profile``, ``snap_m``; None without one.

    Raises
    ------
    ValueError
        When the address, the profile or the distance is impossible.
    """
    roads = table.get("roads")
    if not roads:
        return None
    known = RoadParams(str(roads["url"]))
    return RoadParams(known.url, roads.get("profile", known.profile), int(roads.get("snap_m", known.snap_m)))


class RoadsDown(MealError):
    """The road engine does not answer, or not what an engine answers: address and what was heard."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__("roads_down", url=url, why=why)


class _Refused(Exception):
    """The engine's own number for why it refuses a request."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"{number}: {why}")
        self.number = number


class RoadEngine:
    """
    A road engine that runs elsewhere; use it in a ``with``.

    Parameters
    ----------
    params
        Which, and how it is asked.
    transport
        Instead of the network, in tests.
    """

    def __init__(self, params: RoadParams, transport: httpx.BaseTransport | None = None) -> None:
        self.params = params
        waits = httpx.Timeout(120.0, connect=3.0)
        self._client = httpx.Client(
            base_url=params.url, timeout=waits, transport=transport, trust_env=False, follow_redirects=False
        )

    def __enter__(self) -> "RoadEngine":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def tiles(self) -> str:
        """
        Which state of the roads it drives on; ways are kept by it.

        Raises
        ------
        RoadsDown
            When it does not answer.
        """
        try:
            said = self._ask("status", {"verbose": True})
            version, data = said["version"], said.get("osm_changeset") or said["tileset_last_modified"]
        except (_Refused, KeyError) as error:
            raise RoadsDown(self.params.url, str(error)) from error
        return f"valhalla-{version}-{data}"

    def ways(self, asks: Sequence[Ask]) -> Found:
        """
        The ways that are asked for.

        Raises
        ------
        RoadsDown
            When it stops answering.
        """
        spots = np.unique(np.concatenate([part for ask in asks for part in ask] or [np.zeros(0, np.int64)]))
        off_road = self._off_road(spots)
        blocks = [block for ask in asks for block in _blocks(ask)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return together(pool.map(lambda block: self._block(block, off_road), blocks))

    def has_road_at(self, place: Place) -> bool:
        """
        Whether its map has a road near a place that this profile may use.

        Raises
        ------
        RoadsDown
            When it does not answer.
        """
        return not len(self._off_road(np.array([spot_of(place)], np.int64)))

    def shape(self, places: Sequence[Place]) -> list[Place]:
        """
        The road along some places, as points of a line; empty where there is no way.

        Raises
        ------
        RoadsDown
            When it does not answer.
        """
        found: list[Place] = []
        for at in range(0, max(1, len(places) - 1), ROUTE_MOST - 1):
            request = {
                "locations": [self._point(place) for place in places[at : at + ROUTE_MOST]],
                "costing": COSTING[self.params.profile],
                "directions_type": "none",
            }
            legs = self._told("route", request, lambda: {"trip": {"legs": []}})["trip"]["legs"]
            if not legs:
                return []
            found += [point for leg in legs for point in decoded(leg["shape"])]
        return found

    def reach(self, place: Place, minutes: int) -> list[Any]:
        """
        How far one gets from a place: a GeoJSON ring list of its polygon, empty where no road is near.

        Raises
        ------
        RoadsDown
            When it does not answer.
        """
        request = {
            "locations": [self._point(place)],
            "costing": COSTING[self.params.profile],
            "contours": [{"time": minutes}],
            "polygons": True,
        }
        said = self._told("isochrone", request, lambda: {"features": []})
        return [one["geometry"]["coordinates"] for one in said["features"]]

    def _point(self, place: Place) -> dict[str, float]:
        return {"lat": place.lat, "lon": place.lon, "search_cutoff": self.params.snap_m}

    def _points(self, spots: Spots) -> list[dict[str, float]]:
        return [self._point(place_of(int(spot))) for spot in spots]

    def _off_road(self, spots: Spots) -> Spots:
        """Spots near which the extract has no road that this profile may use."""
        found: list[int] = []
        for at in range(0, len(spots), LOCATE_MOST):
            part = spots[at : at + LOCATE_MOST]
            request = {"locations": self._points(part), "costing": COSTING[self.params.profile]}
            said = self._told("locate", request, lambda: [{"edges": []}] * len(part))  # noqa: B023
            found += [int(spot) for spot, one in zip(part, said, strict=True) if not one.get("edges")]
        return np.array(found, np.int64)

    def _block(self, ask: Ask, off_road: Spots) -> Found:
        starts, ends = (spots[~np.isin(spots, off_road)] for spots in ask)
        lost = _nowhere(Ask(ask.starts[np.isin(ask.starts, off_road)], ask.ends))
        lost_too = _nowhere(Ask(starts, ask.ends[np.isin(ask.ends, off_road)]))
        return together((self._matrix(Ask(starts, ends)), lost, lost_too))

    def _matrix(self, ask: Ask) -> Found:
        if not ask.pairs:
            return _nowhere(ask)
        request = {
            "sources": self._points(ask.starts),
            "targets": self._points(ask.ends),
            "costing": COSTING[self.params.profile],
            "verbose": False,
            "units": "kilometers",
        }
        try:
            said = self._ask("sources_to_targets", request)["sources_to_targets"]
        except _Refused as refused:
            if ask.pairs == 1 and refused.number in NO_PATH:
                return _nowhere(ask)
            if ask.pairs == 1 or refused.number not in NO_PATH | {TOO_MANY}:
                raise RoadsDown(self.params.url, str(refused)) from refused
            return together(self._matrix(half) for half in _halves(ask))
        return _found(ask, said["durations"], said["distances"])

    def _told(self, action: str, request: Mapping[str, Any], nothing: Callable[[], Any]) -> Any:
        """Its answer, or what stands for one when it says that there is no road or no way."""
        try:
            return self._ask(action, request)
        except _Refused as refused:
            if refused.number not in NO_PATH:
                raise RoadsDown(self.params.url, str(refused)) from refused
            return nothing()

    def _ask(self, action: str, request: Mapping[str, Any]) -> Any:
        try:
            answer = self._client.post(f"/{action}", json=dict(request))
            said = answer.json()
        except httpx.HTTPError as error:
            raise RoadsDown(self.params.url, str(error) or type(error).__name__) from error
        except ValueError as error:
            raise RoadsDown(self.params.url, f"HTTP {answer.status_code}") from error
        if answer.is_success:
            return said
        number = said.get("error_code", 0) if isinstance(said, Mapping) else 0
        raise _Refused(number, str(said.get("error", answer.status_code)) if number else f"HTTP {answer}")


def _blocks(ask: Ask) -> list[Ask]:
    """Blocks of at most `MOST_PAIRS` ways, which is what an engine answers unless told otherwise."""
    rows = min(ROW_MOST, max(1, len(ask.starts)))
    columns = MOST_PAIRS // rows
    return [
        Ask(ask.starts[row : row + rows], ask.ends[column : column + columns])
        for row in range(0, len(ask.starts), rows)
        for column in range(0, len(ask.ends), columns)
    ]


def _halves(ask: Ask) -> tuple[Ask, Ask]:
    starts, ends = ask
    if len(starts) >= len(ends):
        return Ask(starts[: len(starts) // 2], ends), Ask(starts[len(starts) // 2 :], ends)
    return Ask(starts, ends[: len(ends) // 2]), Ask(starts, ends[len(ends) // 2 :])


def _nowhere(ask: Ask) -> Found:
    nothing = np.full(ask.pairs, NO_WAY, np.int32)
    return Found(np.repeat(ask.starts, len(ask.ends)), np.tile(ask.ends, len(ask.starts)), nothing, nothing)


def _found(ask: Ask, durations: Sequence[Any], distances: Sequence[Any]) -> Found:
    """Seconds and kilometres as an engine writes them, null where there is no way, as rows."""
    seconds = np.array(durations, np.float64).ravel()
    metres = np.array(distances, np.float64).ravel() * METRES_PER_KM
    is_way = np.isfinite(seconds) & np.isfinite(metres)
    whole = [np.where(is_way, np.rint(one), NO_WAY).astype(np.int32) for one in (seconds, metres)]
    return _nowhere(ask)._replace(duration_s=whole[0], distance_m=whole[1])
