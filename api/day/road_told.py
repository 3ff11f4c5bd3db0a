"""What somebody tells of the road, as text: ``vehicle-down:van-2@10:20``."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, time
from typing import get_args

from sqlmodel import Session

from orders.errors import BadInput, NotFound
from orders.service import Service
from orders.sites import Place, Site
from orders.store.sites import load_sites
from routing.day_events import CLOSED_M, ROAD_KINDS, RoadEvent, RoadKind
from routing.plan import Plan
from routing.store.fleet import load_vans
from routing.store.plans import load_plan
from routing.vans import Van

KINDS: dict[str, RoadKind] = {kind.replace("_", "-"): kind for kind in get_args(RoadKind)}
AT = re.compile(r"^(?P<rest>.*?)(?:@(?P<hour>\d{1,2}):(?P<minute>\d{2}))?$", re.DOTALL)
FLEET = ("vehicle_down", "driver_ill", "vehicle_back")
TRIPS = ("locked", "unlocked")
PLACE_FIELDS = 2


def is_of_road(text: str) -> bool:
    """Whether a text names an event of the road, right or wrong."""
    return text.partition(":")[0].replace("_", "-") in KINDS


def road_told(session: Session, service: Service, text: str, now_at: datetime) -> RoadEvent:
    """
    The event that a text tells: ``KIND:WHAT[,MORE][@HH:MM]``, the kitchen's wall clock; without it now.

    Raises
    ------
    BadInput
        When the kind, the minute or the place cannot be read.
    NotFound
        When there is no such vehicle, stop or trip.
    """
    found = AT.match(text.strip())
    name, _, rest = (found["rest"] if found else "").partition(":")
    kind, args = KINDS.get(name.replace("_", "-")), [one.strip() for one in rest.split(",")]
    if found is None or kind is None or not args[0]:
        raise BadInput("road_event_unread", text=text, kinds=", ".join(KINDS))
    at_s = service.seconds(_instant(service, text, found["hour"], found["minute"], now_at))
    sites = load_sites(session, service.kitchen_id, service.meal)
    if kind in FLEET:
        vans = load_vans(session, service.kitchen_id)
        ref = van_named(vans, args[0]).van_id
        other = van_named(vans, args[1]).van_id if kind == "driver_ill" and len(args) > 1 else ""
        return RoadEvent(kind, ref, at_s, None if other else _place(text, args[1:], sites), other=other)
    if kind in TRIPS:
        return RoadEvent(kind, _trip_named(load_plan(session, service.key), args[0]), at_s)
    if kind.startswith("stop"):
        ref = site_named(sites, args[0])
        return RoadEvent(kind, ref, at_s, _needed(text, kind == "stop_moved", _place(text, args[1:], sites)))
    return _road(text, kind, args, at_s, sites)


def van_named(vans: Iterable[Van], text: str) -> Van:
    """
    The van of a code, a plate or a name, however it is spelled: ``V2``, ``van-2``.

    Raises
    ------
    NotFound
        When none or several are called so.
    """
    wanted, known = _plain(text), list(vans)
    for called in (lambda van: (van.van_id,), lambda van: (van.plate, van.name_en, van.name_zh)):
        named = [van for van in known if wanted in {_plain(one) for one in called(van)}]
        if len(named) == 1:
            return named[0]
    raise NotFound("vehicle", text)


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _instant(service: Service, text: str, hour: str | None, minute: str | None, now_at: datetime) -> datetime:
    if hour is None or minute is None:
        return now_at
    try:
        return service.at_local(time(int(hour), int(minute)))
    except ValueError as error:
        raise BadInput("road_event_unread", text=text, kinds=", ".join(KINDS)) from error


def site_named(sites: Mapping[str, Site], text: str) -> str:
    """
    The code of the site of a code or a name.

    Raises
    ------
    NotFound
        When none or several are called so.
    """
    if text in sites:
        return text
    named = [site_id for site_id, site in sites.items() if _plain(site.name) == _plain(text)]
    if len(named) != 1:
        raise NotFound("site", text)
    return named[0]


def _trip_named(loaded: tuple[object, Plan] | None, text: str) -> str:
    if loaded is None or text not in {trip.trip_code for trip in loaded[1].trips}:
        raise NotFound("trip", text)
    return text


def _place(text: str, args: list[str], sites: Mapping[str, Site]) -> Place | None:
    """A place as ``LAT,LON`` or as a site's code; None where nothing is said."""
    if not args:
        return None
    if len(args) == 1:
        return sites[site_named(sites, args[0])].place
    try:
        return Place(float(args[0]), float(args[1]))
    except ValueError as error:
        raise BadInput("road_event_place", text=text) from error


def _needed(text: str, needed: bool, place: Place | None) -> Place | None:
    if needed and place is None:
        raise BadInput("road_event_place", text=text)
    return place


def _road(text: str, kind: RoadKind, args: list[str], at_s: int, sites: Mapping[str, Site]) -> RoadEvent:
    """A road: ``NAME,LAT,LON[,METRES]``, or ``SITE,SITE`` for the one between two sites."""
    if kind == "road_open":
        return RoadEvent(kind, args[0], at_s)
    if len(args) == PLACE_FIELDS:
        one, other = (sites[site_named(sites, arg)].place for arg in args)
        middle = Place((one.lat + other.lat) / 2, (one.lon + other.lon) / 2)
        return RoadEvent(kind, "-".join(args), at_s, middle)
    place = _needed(text, True, _place(text, args[1:3], sites))
    try:
        radius_m = int(args[3]) if len(args) > PLACE_FIELDS + 1 else CLOSED_M
    except ValueError as error:
        raise BadInput("road_event_place", text=text) from error
    return RoadEvent(kind, args[0], at_s, place, radius_m)


def told_kinds() -> tuple[str, ...]:
    """What can be told, as it is written."""
    return tuple(kind.replace("_", "-") for kind in ROAD_KINDS)
