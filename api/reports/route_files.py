"""Routes as files: GPX 1.1 for a navigator, GeoJSON (RFC 7946) for a map."""

import json
import re
from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from api.reports.map_facts import MapLeft, MapStop, MapTrip, RouteMap
from api.reports.wording import Words
from api.words import said_document
from orders.sites import Place

GPX = "http://www.topografix.com/GPX/1/1"
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
DEGREES = 6


def gpx(plan: RouteMap, trip: MapTrip, language: str) -> bytes:
    """
    One trip as GPX 1.1: a waypoint for the kitchen and each stop, the route through them and back, and the
    road where it is known.

    Parameters
    ----------
    plan, trip
        Which trip of which plan.
    language
        ``"zh_CN"`` or ``"en"``, of names and remarks.
    """
    words = Words(language)
    root = Element("gpx", {"version": "1.1", "creator": "holdchain", "xmlns": GPX})
    title = f"{trip.code} {plan.service_key} {trip.vehicle}"
    head = SubElement(root, "metadata")
    _text(head, "name", title)
    _text(head, "desc", plan.datum)
    _text(head, "time", f"{plan.printed_at:%Y-%m-%dT%H:%M:%SZ}")
    points = [(plan.kitchen_place, plan.kitchen_name, "")]
    points += [(stop.place, _name(stop, words), _remark(stop, words)) for stop in trip.stops]
    for point in points:
        _point(root, "wpt", *point)
    route = SubElement(root, "rte")
    _text(route, "name", title)
    for point in (*points, points[0]):
        _point(route, "rtept", *point)
    if trip.line:
        driven = SubElement(SubElement(root, "trk"), "trkseg")
        for place in trip.line:
            _point(driven, "trkpt", place)
    indent(root)
    body: bytes = tostring(root, "utf-8", xml_declaration=True)
    return body + b"\n"


def geojson(plan: RouteMap, language: str) -> bytes:
    """
    A plan as a GeoJSON FeatureCollection: the kitchen, each trip's line and stops, and what no van brings.

    Parameters
    ----------
    plan
        The plan.
    language
        ``"zh_CN"`` or ``"en"``, of sentences.
    """
    document = {
        "type": "FeatureCollection",
        "schema": 1,
        "service": plan.service_key,
        "version": plan.version,
        "datum": plan.datum,
        "features": list(_features(plan, language)),
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _features(plan: RouteMap, language: str) -> Iterator[dict[str, Any]]:
    kitchen = {"kind": "kitchen", "site": plan.kitchen_code, "name": plan.kitchen_name}
    yield _feature("Point", _position(plan.kitchen_place), kitchen)
    for trip in plan.trips:
        straight = (plan.kitchen_place, *(stop.place for stop in trip.stops), plan.kitchen_place)
        places = trip.line or straight
        yield _feature("LineString", [_position(place) for place in places], _trip(trip))
        for stop in trip.stops:
            yield _feature("Point", _position(stop.place), _stop(trip, stop))
    for left in plan.left:
        yield _feature("Point", _position(left.place), _left(left, language))


def _trip(trip: MapTrip) -> dict[str, Any]:
    return {
        "kind": "trip",
        "trip": trip.code,
        "vehicle": trip.vehicle,
        "depart_at": trip.depart_at.isoformat(),
        "return_at": trip.return_at.isoformat(),
        "distance_m": trip.distance_m,
        "stops": len(trip.stops),
        "boxes": sum(len(stop.boxes) for stop in trip.stops),
        "straight": not trip.line,
    }


def _stop(trip: MapTrip, stop: MapStop) -> dict[str, Any]:
    return {
        "kind": "stop" if stop.site_code else "home",
        "trip": trip.code,
        "number": stop.number,
        **_named(stop.site_code, stop.name),
        "arrive_at": stop.arrive_at.isoformat(),
        "leave_at": stop.leave_at.isoformat(),
        "deliver_by_at": stop.deliver_by_at.isoformat(),
        "boxes": list(stop.boxes),
        "portions": stop.portions,
    }


def _left(left: MapLeft, language: str) -> dict[str, Any]:
    return {
        "kind": "unserved",
        **_named(left.site_code, left.name),
        "boxes": list(left.boxes),
        "reason": said_document(left.reason, language),
    }


def _named(site_code: str, name: str) -> dict[str, str]:
    return {"site": site_code, "name": name} if site_code else {}


def _feature(kind: str, coordinates: list[Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": properties,
    }


def _position(place: Place) -> list[float]:
    return [round(place.lon, DEGREES), round(place.lat, DEGREES)]


def _name(stop: MapStop, words: Words) -> str:
    return f"{stop.number} {stop.name or words('a home')}"


def _remark(stop: MapStop, words: Words) -> str:
    return "  ".join(part for part in (words("{boxes} boxes", boxes=len(stop.boxes)), stop.address) if part)


def _point(above: Element, tag: str, place: Place, name: str = "", remark: str = "") -> None:
    degrees = {"lat": f"{place.lat:.{DEGREES}f}", "lon": f"{place.lon:.{DEGREES}f}"}
    point = SubElement(above, tag, degrees)
    for part, text in (("name", name), ("desc", remark)):
        if text:
            _text(point, part, text)


def _text(above: Element, tag: str, text: str) -> None:
    """A child with a text, without the characters that no XML file may hold."""
    SubElement(above, tag).text = NOT_IN_XML.sub("", text)
