"""The ways of a service: asked of a road engine before it is planned, kept, and found again by its judge."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from api.db import Database
from orders.codes import Coded
from orders.service import Service
from orders.sites import Kitchen, Place, Site
from orders.store.orders import load_orders
from orders.store.sites import load_kitchen, load_kitchen_settings, load_sites
from routing.asks import Ask, asks
from routing.roads import RoadEngine, RoadParams, RoadsDown, roads_from_table
from routing.store.ways import known_roads, load_ways, note_roads, save_ways
from routing.travel import HOUR_S, TravelParams, Ways, travel_from_table
from routing.ways import KnownWays, RoadWays, cut_off, estimated, measured, spot_of, without_way

NAMED_MOST = 20


def learn_ways(database: Database, service: Service, now_at: datetime) -> tuple[Coded, ...]:
    """
    Has the ways of a service in the tables before it is planned.

    Only pairs of places that no engine was asked for are asked, outside any transaction.

    Parameters
    ----------
    database
        Where they are kept.
    service, now_at
        Whose places; when.

    Returns
    -------
    tuple[Coded, ...]
        Nothing when its kitchen names no engine. Else that the engine is down, how many ways are estimated,
        and the places without a way.
    """
    with database.read() as session:
        if load_kitchen(session, service.kitchen_id) is None:
            return ()
        _, settings = load_kitchen_settings(session, service.kitchen_id)
        params = roads_from_table(settings["travel"])
        if params is None:
            return ()
        named = _named_places(session, service)
    places = list(named.values())
    down = keep_ways(database, params, places, lambda known: asks(known, places), now_at)
    with database.read() as session:
        known = known_ways(session, params, known_roads(session, params.url), places)
    ways = RoadWays("", known, TravelParams())
    return (*down, *_lacking(ways, params, named))


def keep_ways(
    database: Database,
    params: RoadParams,
    places: Collection[Place],
    wanted: Callable[[KnownWays], Sequence[Ask]],
    now_at: datetime,
) -> tuple[Coded, ...]:
    """
    Asks an engine for ways that are not kept yet, outside any transaction, and keeps them.

    Parameters
    ----------
    database, params
        Where they are kept; whom to ask.
    places
        From and to which.
    wanted
        What is to be asked, given what is kept.
    now_at
        When.

    Returns
    -------
    tuple[Coded, ...]
        ``roads_down`` when it does not answer; what was kept before goes on counting.
    """
    try:
        with RoadEngine(params) as engine:
            tiles = engine.tiles()
            with database.read() as session:
                missing = wanted(known_ways(session, params, tiles, places))
            found = engine.ways(missing) if missing else None
    except RoadsDown as down:
        return (down.coded,)
    with database.begin() as session:
        note_roads(session, params.url, tiles, now_at)
        if found is not None:
            save_ways(session, tiles, params.kept_as, found, now_at)
    return ()


def ways_of(
    session: Session,
    settings: Mapping[str, Any],
    kitchen: Kitchen,
    sites: Mapping[str, Site],
    service: Service,
) -> Ways:
    """
    Where a service's travel comes from, as the tables have it now.

    Parameters
    ----------
    session, settings
        Open; the kitchen's.
    kitchen, sites
        Between which it is driven: the sites by id that get something.
    service
        Its hours of driving: from an hour before the first site opens to when the last one closes.
    """
    params, roads = _at_hour(settings, sites.values(), service), roads_from_table(settings["travel"])
    if roads is None:
        return params
    tiles = known_roads(session, roads.url)
    places = [kitchen.place, *(site.place for site in sites.values())]
    known = known_ways(session, roads, tiles, places)
    return RoadWays(tiles, known, measured(known, params), params.slow_ratio)


def ways_kept(settings: Mapping[str, Any], ways: Ways) -> dict[str, Any]:
    """What a plan remembers of its travel, so that it is judged by the ways it was made from."""
    roads = roads_from_table(settings["travel"])
    if roads is not None and isinstance(ways, RoadWays):
        estimate, told = ways.estimate, {"tiles": ways.tiles, "kept_as": roads.kept_as}
        told["slow_ratio"] = repr(ways.slow_ratio)
    elif isinstance(ways, TravelParams):
        estimate, told = ways, {}
    else:
        return {}
    return {
        **told,
        "speed_mps": estimate.speed_mps,
        "detour_ratio": estimate.detour_ratio,
        "park_s": estimate.park_s,
    }


def ways_again(session: Session, kept: Mapping[str, Any], places: Iterable[Place], until: datetime) -> Ways:
    """
    The ways that a plan was made from.

    Parameters
    ----------
    session
        Open.
    kept
        As `ways_kept` gave them.
    places
        Between which it is driven.
    until
        When the plan was made; what was fetched later does not count.
    """
    estimate = TravelParams(kept["speed_mps"], kept["detour_ratio"], kept["park_s"])
    if "tiles" not in kept:
        return estimate
    spots = {spot_of(place) for place in places}
    known = KnownWays(load_ways(session, kept["tiles"], kept["kept_as"], spots, until))
    return RoadWays(kept["tiles"], known, estimate, float(kept["slow_ratio"]))


def _at_hour(settings: Mapping[str, Any], sites: Collection[Site], service: Service) -> TravelParams:
    params = travel_from_table(settings["travel"])
    if not sites or not params.mps_by_hour:
        return replace(params, mps_by_hour=())
    opens_s = min(service.seconds(service.at_local(site.hours.opens)) for site in sites)
    closes_s = max(service.seconds(service.at_local(site.hours.closes)) for site in sites)
    return params.during(opens_s - HOUR_S, closes_s)


def known_ways(session: Session, params: RoadParams, tiles: str, places: Iterable[Place]) -> KnownWays:
    """The ways between some places that are kept for one state of the roads."""
    return KnownWays(load_ways(session, tiles, params.kept_as, {spot_of(place) for place in places}))


def _named_places(session: Session, service: Service) -> dict[str, Place]:
    """The kitchen and the sites of the service's orders, by the name one knows them by."""
    kitchen = load_kitchen(session, service.kitchen_id)
    sites = load_sites(session, service.kitchen_id, service.meal)
    wanted = sorted({order.site_id for order in load_orders(session, service)} & sites.keys())
    own = {} if kitchen is None else {kitchen.kitchen_id: kitchen.place}
    return own | {site_id: sites[site_id].place for site_id in wanted}


def _lacking(ways: RoadWays, params: RoadParams, named: Mapping[str, Place]) -> list[Coded]:
    names, places = list(named), list(named.values())
    guessed, lost = estimated(ways, places), cut_off(ways, places)
    found = []
    if guessed:
        found.append(Coded("roads_estimated", {"ways": guessed, "url": params.url}))
    if lost:
        lost = lost if len(lost) < len(places) - 1 else [0]  # none is reached: the kitchen itself
        shown = " ".join(names[place] for place in lost[:NAMED_MOST])
        found.append(Coded("roads_cut_off", {"count": len(lost), "sites": shown}))
    reached = [place for number, place in enumerate(places) if number not in lost]
    reached_names = [name for number, name in enumerate(names) if number not in lost]
    if pairs := without_way(ways, reached, NAMED_MOST):
        shown = ", ".join(f"{reached_names[start]}-{reached_names[end]}" for start, end in pairs)
        found.append(Coded("roads_no_way", {"pairs": shown}))
    return found
