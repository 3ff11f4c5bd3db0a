"""Routes as files: GPX and GeoJSON of a real day, by their own rules, and without a diner's name."""

import json
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from fastapi.testclient import TestClient

import api.day.route_files
from api.day.paper_facts import PaperFacts, load_paper_facts
from api.day.route_files import RouteWish, route_files, route_map
from api.people import OPERATOR
from api.permissions import Actor
from api.reports.map_facts import RouteMap
from api.reports.route_files import GPX, geojson, gpx
from orders.codes import Coded
from orders.coordinates import from_gcj02
from orders.errors import Forbidden, NotFound
from orders.sites import great_circle_m
from routing.plan import Unserved
from routing.roads import RoadParams
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay
from tests.routing.fake_roads import URL, FakeRoads

POSITION = {
    "type": "array",
    "prefixItems": [
        {"type": "number", "minimum": -180, "maximum": 180},
        {"type": "number", "minimum": -90, "maximum": 90},
    ],
    "items": False,
    "minItems": 2,
}
GEOMETRY = {
    "oneOf": [
        {"properties": {"type": {"const": "Point"}, "coordinates": POSITION}},
        {
            "properties": {
                "type": {"const": "LineString"},
                "coordinates": {"type": "array", "items": POSITION, "minItems": 2},
            }
        },
    ],
    "required": ["type", "coordinates"],
}
FEATURES = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "geometry", "properties"],
                "properties": {
                    "type": {"const": "Feature"},
                    "geometry": GEOMETRY,
                    "properties": {"type": "object", "required": ["kind"]},
                },
            },
        },
    },
    "not": {"required": ["crs"]},
}
"""RFC 7946, as far as these files go."""


@pytest.fixture(scope="module")
def facts(published_day: ExampleDay) -> PaperFacts:
    """What the files are made from."""
    with published_day.database.read() as session:
        return load_paper_facts(session, SERVICE, PUBLISHED_AT)


@pytest.fixture(scope="module")
def plan(facts: PaperFacts) -> RouteMap:
    """The day on a map."""
    return route_map(facts, RouteWish())


def test_a_trip_is_gpx_by_its_schema(plan: RouteMap) -> None:
    """Tests elements and their order, places in range, and the route through all stops and back."""
    trip = plan.trips[0]
    root = ET.fromstring(gpx(plan, trip, "zh_CN"))
    space = f"{{{GPX}}}"
    assert root.tag == f"{space}gpx" and root.attrib == {"version": "1.1", "creator": "holdchain"}
    order = [child.tag.removeprefix(space) for child in root]
    assert order == ["metadata", *["wpt"] * (len(trip.stops) + 1), "rte"]
    assert [one.tag.removeprefix(space) for one in root[0]] == ["name", "desc", "time"]
    for point in root.iter():
        if point.tag in (f"{space}wpt", f"{space}rtept"):
            assert -90 <= float(point.attrib["lat"]) <= 90 and -180 <= float(point.attrib["lon"]) < 180
            assert [one.tag.removeprefix(space) for one in point] in (["name"], ["name", "desc"])
    route = [point.findtext(f"{space}name") for point in root.iter(f"{space}rtept")]
    assert route[0] == route[-1] == plan.kitchen_name
    assert [name.split()[0] for name in route[1:-1] if name] == [str(stop.number) for stop in trip.stops]


def test_a_plan_is_geojson_with_every_stop_and_box(plan: RouteMap, facts: PaperFacts) -> None:
    """Tests the document by RFC 7946, that each box stands at one stop, and lines from and to the kitchen."""
    document = json.loads(geojson(plan, "en"))
    jsonschema_rs.validate(FEATURES, document)
    by_kind: dict[str, list[dict[str, object]]] = {}
    for feature in document["features"]:
        by_kind.setdefault(feature["properties"]["kind"], []).append(feature)
    stops = [one["properties"] for kind in ("stop", "home") for one in by_kind[kind]]
    told = sorted(code for stop in stops for code in stop["boxes"])  # type: ignore[index]
    brought = {box_id for trip in facts.plan.trips for visit in trip.visits for box_id in visit.box_ids}
    assert told == sorted(box.code for box in facts.boxes if box.box_id in brought)
    assert len(by_kind["trip"]) == len(facts.plan.trips)
    kitchen = by_kind["kitchen"][0]["geometry"]["coordinates"]  # type: ignore[index]
    for line in by_kind["trip"]:
        places = line["geometry"]["coordinates"]  # type: ignore[index]
        assert places[0] == places[-1] == kitchen


def test_no_diner_is_named(plan: RouteMap, facts: PaperFacts) -> None:
    """Tests that neither file has a diner's name, number, telephone or address, brought or not."""
    homes = [site for site in facts.sites.values() if site.kind == "home"]
    ids = [one.site_id for one in homes]
    left = Unserved(ids[0], (), Coded("given_up_for_others", {"stop": ids[0], "others": ", ".join(ids)}))
    bare = route_map(replace(facts, plan=replace(facts.plan, unserved=(left,))), RouteWish())
    text = geojson(bare, "zh_CN").decode() + "".join(gpx(plan, one, "zh_CN").decode() for one in plan.trips)
    diners = [diner for diner in facts.diners.values() if f"H-{diner.code}" in {one.site_id for one in homes}]
    assert homes and diners
    said = [part for home in homes for part in (home.name, home.address, home.contact) if part]
    said += [part for diner in diners for part in (diner.name, diner.code)]
    assert [part for part in said if part in text] == []
    assert "住户" in text


def test_places_may_be_those_of_chinese_web_maps(facts: PaperFacts, plan: RouteMap) -> None:
    """Tests that the shifted file says so, and that its places lie where the true ones are drawn."""
    shifted = route_map(facts, RouteWish(gcj02=True))
    assert (plan.datum, shifted.datum) == ("WGS-84", "GCJ-02")
    true, drawn = plan.trips[0].stops[0].place, shifted.trips[0].stops[0].place
    assert 100 < great_circle_m(true, drawn) < 800 and great_circle_m(true, from_gcj02(drawn)) < 1
    assert "GCJ-02" in gpx(shifted, shifted.trips[0], "en").decode()


def test_who_may_have_them(published_day: ExampleDay, facts: PaperFacts) -> None:
    """Tests a file a trip, a driver's own alone, no trip of others, and nobody else."""
    asked = {"actor": OPERATOR, "now_at": PUBLISHED_AT}
    files = route_files(published_day.database, SERVICE, RouteWish(), **asked)
    codes = [trip.trip_code for trip in facts.plan.trips]
    assert {one.name for one in files} == {f"{code}.gpx" for code in codes} | {"routes.geojson"}
    own, other = facts.plan.routes[0], facts.plan.routes[1]
    driver = Actor("d", "d", "driver", "K1", None, own.vehicle_id)
    asked["actor"] = driver
    mine = route_files(published_day.database, SERVICE, RouteWish(("gpx",)), **asked)
    assert [one.name for one in mine] == [f"{trip.trip_code}.gpx" for trip in own.trips]
    with pytest.raises(NotFound):
        route_files(published_day.database, SERVICE, RouteWish(("gpx",), other.trips[0].trip_code), **asked)
    asked["actor"] = Actor("c", "c", "canteen", "K1", site_id="C01")
    with pytest.raises(Forbidden):
        route_files(published_day.database, SERVICE, RouteWish(), **asked)


def test_they_are_downloads(as_user: Callable[[str], TestClient]) -> None:
    """Tests both addresses with their media types, and the link beside the papers."""
    path = f"/api/v1/services/{SERVICE.key}"
    dispatcher = as_user("dispatcher")
    answer = dispatcher.get(f"{path}/routes.geojson")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/geo+json")
    code = answer.json()["features"][1]["properties"]["trip"]
    one = dispatcher.get(f"{path}/trips/{code}.gpx?gcj02=true")
    assert one.headers["content-type"].startswith("application/gpx+xml") and b"GCJ-02" in one.content
    assert f"{path}/routes.geojson" in dispatcher.get(f"/papers?service={SERVICE.key}").text


def test_trips_follow_the_road_where_an_engine_knows_it(
    facts: PaperFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests the engine's line in both files and shifted like the stops; straight lines when it is gone."""
    roads = RoadParams(URL)
    monkeypatch.setattr(api.day.route_files, "RoadEngine", lambda params: FakeRoads().engine(params))
    plan = route_map(facts, RouteWish(), roads=roads)
    assert all(len(trip.line) > len(trip.stops) for trip in plan.trips)
    line = next(
        one for one in json.loads(geojson(plan, "en"))["features"] if one["properties"]["kind"] == "trip"
    )
    assert (line["properties"]["straight"], len(line["geometry"]["coordinates"])) == (
        False,
        len(plan.trips[0].line),
    )
    assert len(ET.fromstring(gpx(plan, plan.trips[0], "en")).findall(f".//{{{GPX}}}trkpt")) == len(
        plan.trips[0].line
    )
    drawn = route_map(facts, RouteWish(gcj02=True), roads=roads).trips[0].line[0]
    assert great_circle_m(drawn, plan.trips[0].line[0]) > 100
    monkeypatch.undo()
    assert route_map(facts, RouteWish(), roads=RoadParams("http://127.0.0.1:9")) == route_map(
        facts, RouteWish()
    )
