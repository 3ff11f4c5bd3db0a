"""Tests of a house's coverage: whom a bound leaves out, a plan's circles, and measures that are kept."""

import json
from datetime import date, time
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

import api.coverage
import api.day.roads
from api.coverage import Bound, Coverage, coverage_of, keep_measures
from api.coverage_document import coverage_document, coverage_geojson
from api.house import House
from api.oversight.siting import checked_site
from api.people import OPERATOR
from orders.diners import Diner, DinerFact
from orders.errors import BadInput
from orders.oversight.siting import SiteMeasures
from orders.sites import Hours, Kitchen, Place, Site
from orders.store.diners import save_diners
from orders.store.site_register import save_site_file
from orders.store.sites import save_kitchen, save_sites
from tests.api.oversight.site_house import BODY, DAY, NOW_AT, keep_programme, open_register, site
from tests.routing.fake_roads import URL, FakeRoads
from tests.services import ROOT

MIDDLE = Place(24.30, 109.40)
KITCHEN = Kitchen("K1", "K", "collective_meal_delivery", "JY", MIDDLE, "Asia/Shanghai", "", "")
HOURS = Hours(time(11), time(12), time(11, 15), 60)
CIRCLES = [
    {"zone": "centre", "minutes": {"target": 10, "limit": 15}},
    {"zone": "outer", "minutes": {"target": 20, "limit": 25}},
]


def canteen(site_id: str, place: Place) -> Site:
    """A canteen."""
    return Site(site_id, "canteen", site_id, "450202", "bulk", place, HOURS, 300, 60)


def diner(code: str, site_id: str, place: Place | None, address: str) -> Diner:
    """Somebody who eats there."""
    told = {"address": address} | ({} if place is None else {"lat": str(place.lat), "lon": str(place.lon)})
    facts = tuple(DinerFact(name, value) for name, value in told.items())
    return Diner(f"id-{code}", code, "某某", date(1940, 1, 1), site_id, facts=facts)


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path) -> House:
    """Two canteens 2.2 km apart; homes beside the first, 1.1 km from both, and one nobody put on the map."""
    made = open_register(tmp_path, sqlite_template)
    between = Place(24.31, 109.40)
    with made.database.begin() as session:
        travel = {"speed_kmh": 26, "detour_ratio": 1.35}
        save_kitchen(session, KITCHEN, {"travel": travel}, NOW_AT)
        save_sites(session, "K1", "lunch", [canteen("C01", MIDDLE), canteen("C02", Place(24.32, 109.40))])
        near = diner("D1", "C01", Place(24.302, 109.40), "示例路 8 号")
        far, unknown = diner("D2", "C01", between, "远街12号3栋"), diner("D3", "C01", None, "示例路 9 号")
        save_diners(session, [near, far, unknown], "test")
        keep_programme(session, "p", BODY | {"circle": CIRCLES})
        save_site_file(session, site("C01", measures=SiteMeasures(neighbourhood="urban", zone="centre")))
    return made


def asked(house: House, bound: Bound) -> Coverage:
    """The coverage of the kitchen's lunch."""
    told: dict[str, Any] = {"on": DAY, "actor": OPERATOR, "now_at": NOW_AT}
    return coverage_of(house.database, ("K1", "lunch"), bound, **told)


def test_who_lives_too_far_is_told(house: House) -> None:
    """Tests 15 minutes on foot: 1.1 km are 26 minutes; the document keeps its schema, the map is whole."""
    found = asked(house, Bound(minutes=15))
    document = coverage_document(found, "en")
    schema = json.loads((ROOT / "docs" / "schemas" / "roads-coverage.json").read_text("utf-8"))
    jsonschema_rs.validate(schema, {"schema": 1, **document})
    assert [one["home"] for one in document["outside"]] == ["D2"]
    assert document["outside"][0]["minutes"] == 26
    assert (document["homes"], document["without_place"], document["by"]) == (2, ["D3"], "straight line")
    assert document["streets"] == [
        {"street": "远街", "homes": 1, "outside": 1},
        {"street": "示例路", "homes": 1, "outside": 0},
    ]
    kinds = [one["properties"]["kind"] for one in coverage_geojson(found)["features"]]
    assert sorted(kinds) == ["blank", "circle", "circle", "home", "site", "site"]
    assert not coverage_document(asked(house, Bound(radius_m=2_000)), "en")["outside"]


def test_a_plan_s_circles_count_by_zone_and_are_kept(house: House) -> None:
    """Tests the centre's 15 minutes, what the register then says of the site, and a plan without circles."""
    found = asked(house, Bound(programme_id="p"))
    told = {one["site"]: one for one in coverage_document(found, "en")["sites"]}["C01"]
    assert (told["zone"], told["limit_minutes"], told["farthest_minutes"], told["circle"]) == (
        "centre",
        15,
        26,
        "outside",
    )
    with house.database.begin() as session:
        assert keep_measures(session, found, actor=OPERATOR, now_at=NOW_AT) == ["C01"]
        checks = {one.item: one.verdict for one in checked_site(session, "C01", DAY).checks}
        assert (checks["circle_minutes"], checks["max_radius_m"]) == ("not_met", "not_met")
        keep_programme(session, "q", BODY)
    for bound, code in (({"programme_id": "q"}, "coverage_no_circles"), ({}, "coverage_bound")):
        with pytest.raises(BadInput) as refused:
            asked(house, Bound(**bound))
        assert refused.value.code == code


def test_roads_decide_where_the_kitchen_names_an_engine(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests a home that no road reaches: 200 m from the canteen, and outside; no engine is said."""
    roads = FakeRoads([Place(24.302, 109.40)])
    with house.database.begin() as session:
        travel = {"speed_kmh": 26, "detour_ratio": 1.35, "roads": {"url": URL}}
        save_kitchen(session, KITCHEN, {"travel": travel}, NOW_AT)
    down = asked(house, Bound(minutes=60))
    assert [one.code for one in down.findings] == ["roads_down"]
    assert not down.is_by_roads
    for module in (api.day.roads, api.coverage):
        monkeypatch.setattr(module, "RoadEngine", lambda params: roads.engine(params))
    found = asked(house, Bound(radius_m=5_000))
    outside = {one.home_id: one.minutes for one in found.nearest if found.is_outside(one)}
    assert (found.is_by_roads, outside) == (True, {"D1": None})
