"""Coverage as a document and as GeoJSON; homes are told by the diner's code, never by name."""

from typing import Any

from api.coverage import Coverage, by_street, farthest, without_place
from api.words import say
from orders.oversight.siting import circle_of, within_circle
from orders.sites import Place
from routing.coverage import Reach


def coverage_document(coverage: Coverage, language: str) -> dict[str, Any]:
    """What ``holdchain roads coverage --json`` prints."""
    outside = [reach for reach in coverage.nearest if coverage.is_outside(reach)]
    blank = coverage.blank
    return {
        "mode": coverage.bound.mode,
        "minutes": coverage.bound.minutes,
        "radius_m": coverage.bound.radius_m,
        "programme": coverage.bound.programme_id or None,
        "by": "roads" if coverage.is_by_roads else "straight line",
        "homes": len(coverage.nearest),
        "without_place": without_place(coverage.grounds.homes),
        "outside": [_home(reach) for reach in outside],
        "streets": [
            {"street": street, "homes": homes, "outside": out} for street, homes, out in by_street(coverage)
        ],
        "sites": [_site(coverage, site_id) for site_id in coverage.grounds.sites],
        "blank_rectangles": len(blank["coordinates"]),
        "findings": [say(one, language) for one in coverage.findings],
    }


def coverage_geojson(coverage: Coverage) -> dict[str, Any]:
    """Sites, their circles, the homes outside and the blank ground, for any map; WGS-84."""
    places = {home.code: home.place for home in coverage.grounds.homes}
    features = [
        _feature(_point(place), kind="site", site=site_id)
        for site_id, place in coverage.grounds.sites.items()
    ]
    features += [
        _feature({"type": "Polygon", "coordinates": polygon}, kind="circle", site=site_id)
        for site_id, polygons in coverage.shapes.items()
        for polygon in polygons
    ]
    for reach in coverage.nearest:
        place = places[reach.home_id]
        if place is not None and coverage.is_outside(reach):
            features.append(_feature(_point(place), kind="home", **_home(reach)))
    features.append(_feature(coverage.blank, kind="blank"))
    return {"type": "FeatureCollection", "features": features}


def _home(reach: Reach) -> dict[str, Any]:
    return {
        "home": reach.home_id,
        "nearest": reach.site_id or None,
        "minutes": reach.minutes,
        "metres": reach.metres,
    }


def _site(coverage: Coverage, site_id: str) -> dict[str, Any]:
    minutes, metres = farthest(coverage, site_id)
    found: dict[str, Any] = {
        "site": site_id,
        "homes": sum(one.site_id == site_id for one in coverage.own.values()),
        "farthest_minutes": minutes,
        "farthest_m": metres,
    }
    if coverage.bound.programme_id:
        zone = coverage.grounds.zones.get(site_id)
        ring = circle_of(coverage.grounds.circles, zone)
        found |= {"zone": zone, "limit_minutes": coverage.limit_min(site_id)}
        found["circle"] = "unknown" if ring is None or minutes is None else within_circle(ring, minutes)
    return found


def _point(place: Place) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [place.lon, place.lat]}


def _feature(geometry: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}
