"""Coverage of a kitchen's sites: who lives too far from any, by a plan's circles or a bound of one's own."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

import numpy as np
from sqlmodel import Session

from api.day.roads import keep_ways, known_ways
from api.db import Database
from api.oversight.site_defaults import rules_of
from api.oversight.sites import measure_site
from api.packaged import read_toml
from api.paths import config_dir
from api.permissions import Actor, ensure
from orders.codes import Coded
from orders.diners import Diner
from orders.errors import BadInput
from orders.oversight.site_rules import Circle
from orders.oversight.siting import SiteMeasures, circle_of
from orders.service import Meal
from orders.sites import Place, Site
from orders.store.diners import load_diners
from orders.store.site_register import load_site_files
from orders.store.sites import load_kitchen_settings, load_sites
from routing.asks import asks_from_to
from routing.coverage import Covers, Reach, blank_areas, circle, every_way, inside
from routing.roads import RoadEngine, RoadParams, RoadsDown, roads_from_table
from routing.store.ways import known_roads
from routing.travel import KMH_PER_MPS, TravelParams, Ways
from routing.ways import RoadWays, measured, spot_of

Mode = Literal["walk", "delivery"]
MINUTE_S = 60
HOUSE_NUMBER = re.compile(r"\s*\d.*$")


@dataclass(frozen=True, slots=True)
class Bound:
    """
    What counts as near enough.

    Parameters
    ----------
    mode
        The diner walks to the site, or the meal is delivered from it.
    minutes, radius_m
        At most; None where it is not asked.
    pace_kmh
        Of a straight line; None for the packaged pace.
    programme_id
        Whose circles count, by the zone of the nearest site; empty for the bound above.
    """

    mode: Mode = "walk"
    minutes: int | None = None
    radius_m: int | None = None
    pace_kmh: float | None = None
    programme_id: str = ""

    def __post_init__(self) -> None:
        told = [one for one in (self.minutes, self.radius_m, self.programme_id or None) if one is not None]
        if len(told) != 1 or (self.pace_kmh is not None and self.pace_kmh <= 0):
            raise BadInput("coverage_bound")


@dataclass(frozen=True, slots=True)
class Home:
    """A diner's home: code, place (None unknown), the site they eat at, and their street."""

    code: str
    place: Place | None
    site_id: str
    street: str


@dataclass(frozen=True, slots=True)
class Grounds:
    """
    What coverage is worked out from.

    Parameters
    ----------
    homes, sites
        Everybody who eats; canteens by id.
    circles, zones
        Of the programme, and the zone of each site that is on file.
    params, pace
        The engine, None for straight lines; pace and detour of those.
    """

    homes: Sequence[Home]
    sites: Mapping[str, Place]
    circles: tuple[Circle, ...]
    zones: Mapping[str, str | None]
    params: RoadParams | None
    pace: TravelParams


@dataclass(frozen=True, slots=True)
class Coverage:
    """
    Who is within reach, and who is not.

    Parameters
    ----------
    bound, grounds
        What was asked, and of what.
    nearest
        Of each home with a known place.
    own
        The way between each home and the site it is served by.
    is_by_roads
        Whether the engine's ways count; else straight lines at a pace.
    shapes
        GeoJSON polygons of each site's circle.
    findings
        What could not be told, and why.
    """

    bound: Bound
    grounds: Grounds
    nearest: Sequence[Reach]
    own: Mapping[str, Reach]
    is_by_roads: bool
    shapes: Mapping[str, Sequence[Any]]
    findings: tuple[Coded, ...]

    def limit_min(self, site_id: str) -> int | None:
        """Most minutes to this site: the zone's circle, else the strictest, else the bound's."""
        return _limit_min(self.bound, self.grounds, site_id)

    def is_outside(self, reach: Reach) -> bool:
        """Whether a home lies outside every circle."""
        if reach.minutes is None or reach.metres is None:
            return True
        if self.bound.radius_m is not None:
            return reach.metres > self.bound.radius_m
        limit = self.limit_min(reach.site_id)
        return limit is not None and reach.minutes > limit

    @property
    def covers(self) -> Covers:
        """Whether places lie in one of the circles."""
        return inside(polygon for polygons in self.shapes.values() for polygon in polygons)

    @property
    def blank(self) -> dict[str, Any]:
        """The ground between homes and sites that no circle covers, a GeoJSON geometry."""
        places = [home.place for home in self.grounds.homes if home.place is not None]
        return blank_areas([*places, *self.grounds.sites.values()], self.covers)


def coverage_of(
    database: Database, of: tuple[str, Meal], bound: Bound, *, on: date, actor: Actor, now_at: datetime
) -> Coverage:
    """
    Works out who lives too far from a kitchen's canteens.

    Parameters
    ----------
    database, of
        Which house; the kitchen and the meal whose sites and diners are meant.
    bound
        What counts as near enough; a programme's circles say by themselves whether one walks.
    on, actor, now_at
        The day of the programme and of the diners' facts; who asks, when.

    Raises
    ------
    BadInput
        ``coverage_no_sites``, or ``coverage_no_circles`` when the programme states none.
    """
    ensure(actor, "people.read", kitchen_id=of[0])
    with database.read() as session:
        circles = _circles(session, bound, on)
        if circles and circles[0].mode == "delivery":
            bound = replace(bound, mode="delivery")
        grounds = _grounds(session, of, bound, circles, on)
    ways, is_by_roads, findings = _ways(database, grounds, bound, now_at)
    places = {home.code: home.place for home in grounds.homes if home.place is not None}
    site_of = {home.code: home.site_id for home in grounds.homes}
    soonest, own = list[Reach](), dict[str, Reach]()
    for row in every_way(places, grounds.sites, ways, to_site=bound.mode == "walk"):
        best = min(row, key=lambda one: (one.seconds is None, one.seconds or 0))
        soonest.append(best)
        own |= {one.home_id: one for one in row if one.site_id == site_of[one.home_id]}
    shapes, down = _shapes(grounds, bound, is_by_roads and not findings)
    return Coverage(bound, grounds, soonest, own, is_by_roads, shapes, (*findings, *down))


def keep_measures(session: Session, coverage: Coverage, *, actor: Actor, now_at: datetime) -> list[str]:
    """Keeps the farthest served home of each site on file as its measure; gives the sites."""
    kept = []
    for site_id in sorted(coverage.grounds.zones):
        minutes, metres = farthest(coverage, site_id)
        if minutes is not None:
            told = SiteMeasures(minutes=minutes, radius_m=metres)
            measure_site(session, site_id, told, actor=actor, now_at=now_at)
            kept.append(site_id)
    return kept


def farthest(coverage: Coverage, site_id: str) -> tuple[int | None, int | None]:
    """Minutes and metres to the farthest home that a site serves; None where nobody's place is known."""
    served = [one for one in coverage.own.values() if one.site_id == site_id]
    minutes = max((one.minutes for one in served if one.minutes is not None), default=None)
    return minutes, max((one.metres for one in served if one.metres is not None), default=None)


def by_street(coverage: Coverage) -> list[tuple[str, int, int]]:
    """Street (the address without its number), its homes and those of them outside, the worst first."""
    street_of = {home.code: home.street for home in coverage.grounds.homes}
    homes, outside = Counter[str](), Counter[str]()
    for reach in coverage.nearest:
        homes[street_of[reach.home_id]] += 1
        outside[street_of[reach.home_id]] += coverage.is_outside(reach)
    rows = ((street, count, outside[street]) for street, count in homes.items() if street)
    return sorted(rows, key=lambda row: (-row[2], row[0]))


def _limit_min(bound: Bound, grounds: Grounds, site_id: str) -> int | None:
    if not bound.programme_id:
        return bound.minutes
    found = circle_of(grounds.circles, grounds.zones.get(site_id))
    return found.limit_min if found else min(one.limit_min for one in grounds.circles)


def _circles(session: Session, bound: Bound, on: date) -> tuple[Circle, ...]:
    if not bound.programme_id:
        return ()
    circles = rules_of(session, bound.programme_id, on).rules.circles
    if not circles:
        raise BadInput("coverage_no_circles", programme=bound.programme_id)
    return circles


def _grounds(
    session: Session, of: tuple[str, Meal], bound: Bound, circles: tuple[Circle, ...], on: date
) -> Grounds:
    kitchen_id, meal = of
    _, settings = load_kitchen_settings(session, kitchen_id)
    known = load_sites(session, kitchen_id, meal)
    sites = {one.site_id: one.place for one in known.values() if one.kind == "canteen"}
    if not sites:
        raise BadInput("coverage_no_sites", kitchen=kitchen_id)
    files = load_site_files(session, bound.programme_id) if bound.programme_id else {}
    pace = read_toml(config_dir() / "coverage.toml")[bound.mode]
    speed_mps = (bound.pace_kmh or pace["pace_kmh"]) / KMH_PER_MPS
    roads = roads_from_table(settings.get("travel", {}))
    diners = (one for one in load_diners(session, list(known)).values() if one.stopped_by(on) is None)
    return Grounds(
        [_home(diner, known, on) for diner in diners],
        sites,
        circles,
        {code: file.measures.zone for code, file in files.items() if code in sites},
        None if roads is None else replace(roads, profile=pace["profile"]),
        TravelParams(speed_mps, pace["detour_ratio"]),
    )


def _home(diner: Diner, known: Mapping[str, Site], on: date) -> Home:
    own = known[diner.site_id]
    place = own.place if own.kind == "home" else _place(diner.fact("lat", on), diner.fact("lon", on))
    return Home(diner.code, place, diner.site_id, HOUSE_NUMBER.sub("", diner.fact("address", on) or ""))


def _place(lat: str | None, lon: str | None) -> Place | None:
    try:
        return None if lat is None or lon is None else Place(float(lat), float(lon))
    except ValueError:
        return None


def _ways(
    database: Database, grounds: Grounds, bound: Bound, now_at: datetime
) -> tuple[Ways, bool, tuple[Coded, ...]]:
    """The engine's ways between homes and sites, fetched where they are not kept; else straight lines."""
    params = grounds.params
    if params is None:
        return grounds.pace, False, ()
    homes = [home.place for home in grounds.homes if home.place is not None]
    sites = list(grounds.sites.values())
    ends = (homes, sites) if bound.mode == "walk" else (sites, homes)
    spots = [np.array(sorted({spot_of(place) for place in places}), np.int64) for places in ends]
    every = [*homes, *sites]
    down = keep_ways(database, params, every, lambda known: asks_from_to(known, spots[0], spots[1]), now_at)
    with database.read() as session:
        tiles = known_roads(session, params.url)
        known = known_ways(session, params, tiles, every)
    return RoadWays(tiles, known, measured(known, grounds.pace)), bool(len(known)), down


def _shapes(
    grounds: Grounds, bound: Bound, is_by_roads: bool
) -> tuple[dict[str, Sequence[Any]], tuple[Coded, ...]]:
    """The circle of each site: what the engine reaches in its minutes, else round."""
    found: dict[str, Sequence[Any]] = defaultdict(list)
    try:
        if is_by_roads and grounds.params is not None and bound.radius_m is None:
            with RoadEngine(grounds.params) as engine:
                for site_id, place in grounds.sites.items():
                    found[site_id] = engine.reach(place, _limit_min(bound, grounds, site_id) or 0)
            return dict(found), ()
    except RoadsDown as down:
        return _round(grounds, bound), (down.coded,)
    return _round(grounds, bound), ()


def _round(grounds: Grounds, bound: Bound) -> dict[str, Sequence[Any]]:
    found: dict[str, Sequence[Any]] = {}
    for site_id, place in grounds.sites.items():
        minutes = _limit_min(bound, grounds, site_id) or 0
        way_m = bound.radius_m or minutes * MINUTE_S * grounds.pace.speed_mps
        found[site_id] = [circle(place, way_m / grounds.pace.detour_ratio)]
    return found


def without_place(homes: Iterable[Home]) -> list[str]:
    """Codes of those whose home nobody put on the map: they can't be judged."""
    return [home.code for home in homes if home.place is None]
