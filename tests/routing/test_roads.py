"""Tests of ways that a road engine finds: what is asked, what is kept, and what stands in for the rest."""

import httpx
import numpy as np
import pytest

from orders.sites import Place
from routing.asks import ALL_PAIRS_MOST, NEIGHBOURS, asks
from routing.polyline import decoded
from routing.roads import RoadEngine, RoadParams, RoadsDown, roads_from_table
from routing.travel import Leg, TravelParams
from routing.ways import (
    KnownWays,
    RoadWays,
    cut_off,
    estimated,
    measured,
    place_of,
    spot_of,
    together,
    without_way,
)
from tests.routing.fake_roads import DETOUR, MPS, URL, FakeRoads

TOWN = [Place(round(24 + number % 9 / 100, 5), round(109 + number // 9 / 100, 5)) for number in range(60)]
PARKING = TravelParams(7.0, 1.35, 60)


def known_of(roads: FakeRoads, places: list[Place]) -> KnownWays:
    """All ways between places as this engine finds them."""
    with roads.engine() as engine:
        return KnownWays(engine.ways(asks(KnownWays(), places)))


def test_a_spot_is_its_place_again() -> None:
    """Tests places to the fifth decimal, on both sides of the equator and of Greenwich."""
    for place in (Place(24.31051, 109.39982), Place(-33.9, -70.65), Place(90, 180), Place(-90, -180)):
        again = place_of(spot_of(place))
        assert (again.lat, again.lon) == pytest.approx((place.lat, place.lon), abs=1e-9)


def test_the_engine_is_asked_in_blocks_and_once() -> None:
    """Tests 60 places: all pairs in blocks that it takes, nothing twice, row and column of a new place."""
    roads = FakeRoads()
    with roads.engine() as engine:
        found = engine.ways(asks(KnownWays(), TOWN))
        known = KnownWays(found)
        assert (roads.pairs, asks(known, TOWN)) == (3_600, [])
        more = [*TOWN, Place(24.2, 109.2)]
        assert [ask.pairs for ask in asks(known, more)] == [60, 60]
        both = KnownWays(together((found, engine.ways(asks(known, more)))))
    assert (roads.pairs, asks(both, more), estimated(both_ways(both), more)) == (3_720, [], 0)


def both_ways(known: KnownWays) -> RoadWays:
    """These ways, with a minute to park."""
    return RoadWays("tiles", known, measured(known, PARKING))


def test_known_ways_are_driven_as_found_and_parked() -> None:
    """Tests a way against the engine's own figures, slower in a slow hour, and no parking at the depot."""
    known = known_of(FakeRoads(), TOWN[:3])
    metres = round(1_111.95 * DETOUR)
    travel = RoadWays("tiles", known, PARKING).between(TOWN[:3])
    assert travel.leg(0, 1) == Leg(round(metres / MPS) + 60, metres)
    assert travel.leg(1, 0) == Leg(round(metres / MPS), metres)
    slow = RoadWays("tiles", known, PARKING, slow_ratio=1.5).between(TOWN[:3])
    assert slow.leg(1, 0) == Leg(-(-round(metres / MPS) * 3 // 2), metres)
    assert travel.leg(2, 2) == Leg(0, 0)


def test_unknown_ways_are_straight_lines_by_the_measured_ratio() -> None:
    """Tests that two places teach the way to a third: its road is as much longer, and driven as fast."""
    known = known_of(FakeRoads(), TOWN[:2])
    learned = measured(known, PARKING)
    assert (learned.detour_ratio, learned.speed_mps) == (
        pytest.approx(DETOUR, 0.001),
        pytest.approx(MPS, 0.01),
    )
    ways = both_ways(known)
    assert estimated(ways, TOWN[:3]) == 4
    leg = ways.between(TOWN[:3]).leg(0, 2)
    assert leg is not None
    assert leg.metres == pytest.approx(2 * 1_111.95 * DETOUR, 0.001)
    assert measured(KnownWays(), PARKING) == PARKING


def test_a_place_without_a_road_has_no_way_and_is_named() -> None:
    """Tests a place in the lake and an island of two: no huge number, and everybody else keeps their ways."""
    lake, island = Place(24.5, 109.5), [Place(24.6, 109.6), Place(24.61, 109.6)]
    places = [*TOWN[:4], lake, *island]
    ways = both_ways(known_of(FakeRoads([lake], island), places))
    assert cut_off(ways, places) == [4, 5, 6]
    travel = ways.between(places)
    assert (travel.leg(0, 4), travel.leg(5, 0)) == (None, None)
    assert travel.leg(5, 6) is not None
    assert travel.leg(0, 3) is not None
    assert without_way(ways, places[:4], 9) == []
    assert without_way(ways, places[:6], 2) == [(0, 4), (0, 5)]


def test_a_large_city_asks_for_neighbours_and_depots_alone() -> None:
    """Tests 1,000 stops: an eighth of all pairs is asked, among them each way from and to the depot."""
    rng = np.random.default_rng(7)
    places = [Place(24 + float(lat), 109 + float(lon)) for lat, lon in rng.random((1_000, 2)) / 10]
    assert len(places) > ALL_PAIRS_MOST
    wanted = asks(KnownWays(), places)
    assert sum(ask.pairs for ask in wanted) < 130_000
    depot = spot_of(places[0])
    assert any(len(ask.ends) == 999 and list(ask.starts) == [depot] for ask in wanted)
    assert any(len(ask.starts) == 999 and list(ask.ends) == [depot] for ask in wanted)
    assert all(len(ask.ends) > NEIGHBOURS for ask in wanted[2:])


def test_an_engine_that_is_down_is_said_to_be() -> None:
    """Tests no connection, an answer that is no JSON, and a refusal of another kind, each by the address."""

    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    answers = (gone, lambda _: httpx.Response(502, text="<html>"), lambda _: httpx.Response(500, json={}))
    for answer in answers:
        with RoadEngine(RoadParams(URL), httpx.MockTransport(answer)) as engine:
            with pytest.raises(RoadsDown) as down:
                engine.tiles()
            assert down.value.params["url"] == URL
            with pytest.raises(RoadsDown):
                engine.ways(asks(KnownWays(), TOWN[:2]))


def test_a_fleet_names_its_engine() -> None:
    """Tests the table of a fleet, without one, and with an address or a profile that is none."""
    assert roads_from_table({}) is None
    assert roads_from_table({"roads": {"url": URL, "profile": "truck"}}) == RoadParams(URL, "truck")
    no_address = ({"url": url} for url in ("127.0.0.1:8002", "http://", "http://[::1"))
    for wrong in (*no_address, {"url": URL, "profile": "car"}, {"url": URL, "snap_m": 0}):
        with pytest.raises(ValueError, match=r"url|profile"):
            roads_from_table({"roads": wrong})


def test_a_line_is_decoded_to_a_millionth_of_a_degree() -> None:
    """Tests the published example of the encoding, whose steps are ten times as large here."""
    shape = decoded("_p~iF~ps|U_ulLnnqC_mqNvxq`@")
    assert [(place.lat, place.lon) for place in shape] == [
        (3.85, -12.02),
        (4.07, -12.095),
        (4.3252, -12.6453),
    ]
    with pytest.raises(ValueError, match="within a number"):
        decoded("_p~")
