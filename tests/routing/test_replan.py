"""Under way: what is done is fixed, trips go on in their order, and others fetch what cannot."""

from dataclasses import replace
from typing import Any

from orders.sites import Place
from routing.assemble import assemble
from routing.day_events import Around, Road, RoadEvent, around_ratio, road_after
from routing.fetch import Stranded, fetches
from routing.plan import Plan, Route, check
from routing.problem import Break, Depot, Problem
from routing.replan import OnRoad, Past, Rest, after_trips, coming_home, driven_on, rest_of
from routing.travel import TravelParams
from routing.vehicle_day import timed
from tests.routing.by_hand import at, box, stop, van

KEY = "K1/2026-11-23/lunch"
LINE = TravelParams(speed_mps=10.0, detour_ratio=1.0)
DEPOT = Place(24.3, 109.4)
KM_EAST = 0.00986752


def east(km: float) -> Place:
    """A place so many kilometres east of the depot, 100 s each."""
    return Place(24.3, 109.4 + km * KM_EAST)


def day_of(*kms: float, **boxes: dict[str, Any]) -> Problem:
    """Stops A, B, C ... so far east with a box each; V1 and V2."""
    stops = [
        replace(stop(name, box(name.lower(), **boxes.get(name, {}))), place=east(km))
        for name, km in zip("ABCDEF", kms, strict=False)
    ]
    places = [DEPOT, *(one.place for one in stops)]
    vans = (van("V1", units=8), van("V2", units=8))
    return Problem(KEY, (Depot("K1", DEPOT),), tuple(stops), vans, LINE.between(places))


def under_way(km: float, clock: str, *names: str) -> OnRoad:
    """V1's first trip, so far east at a time, with the boxes of some stops."""
    ahead = tuple((name, (name.lower(),)) for name in names)
    return OnRoad("V1", "T1", at("10:00"), east(km), at(clock), ahead)


def test_the_rest_of_a_day_is_a_problem_with_a_fixed_past() -> None:
    """Tests that what is handed over is gone, a trip under way goes on in order, and `check` judges it."""
    day, trip = day_of(6, 12, 18), under_way(9, "10:30", "B", "C")
    past = Past(at("10:30"), frozenset({"a"}), {"V1": 1}, {}, (trip,))
    rest = rest_of(day, past, LINE)
    assert [one.stop_id for one in rest.stops] == ["B", "C"]
    assert [(one.vehicle_id, one.most_trips, one.shift_start_s) for one in rest.vehicles] == [
        ("V1", 3, at("10:30")),
        ("V2", 3, at("10:30")),
    ]
    ways = Rest.of(rest)
    left, driven = driven_on(ways, rest.started[0], ways.ahead(trip))
    assert driven is not None and left == []
    assert [one.stop_id for one in driven.visits] == ["B", "C"] and driven.visits[0].arrive_s == at("10:35")
    plan = Plan(KEY, (Route("V1", (driven,)),), (), driven.distance_m)
    assert check(plan, rest) == []


def test_a_trip_under_way_is_turned_round_only_where_food_would_be_late() -> None:
    """Tests that the order stays while nothing is late, and what no order saves stays out."""
    trip = under_way(9, "10:30", "C", "B")
    for latest, order, out in (("11:30", "CB", []), ("10:45", "BC", []), ("10:31", "C", ["B"])):
        day = day_of(6, 12, 18, B={"deliver_by": latest})
        rest = rest_of(day, Past(at("10:30"), frozenset({"a"}), on_road=(trip,)), LINE)
        ways = Rest.of(rest)
        left, driven = driven_on(ways, rest.started[0], ways.ahead(trip))
        assert driven is not None and "".join(one.stop_id for one in driven.visits) == order
        assert [part.stop.stop_id for part in left] == out


def test_a_trip_that_left_before_now_is_assembled_with_the_rest() -> None:
    """Tests that a vehicle whose shift begins now, in what is left of the day, keeps its trip under way."""
    past = Past(at("10:30"), frozenset({"a"}), {"V1": 1}, {}, (under_way(9, "10:30", "B"),))
    rest = rest_of(day_of(6, 12, 5), past, LINE)
    known = Rest.of(rest)
    begun, more = known.part("B", ("b",)), known.part("C", ("c",))
    trips = timed(rest, rest.vehicles[0], [[begun], [more]])
    assert trips is not None and [one.trip_code for one in trips] == ["T1", ""]
    assert [one.trip_code for one in assemble(rest, [[], []]).trips[0]] == ["T1"]


def test_food_under_way_is_brought_by_a_driver_who_is_late_home() -> None:
    """Tests that only what has left may be late for the end of a shift, and by no more than it is."""
    whole = day_of(6, 12, 18)
    short = replace(whole.vehicles[0], shift_end_s=at("11:00"), most_out_s=600)
    day = replace(whole, vehicles=(short, whole.vehicles[1]))
    past = Past(at("10:30"), frozenset({"a"}), on_road=(under_way(9, "10:30", "B", "C"),))
    rest = rest_of(day, past, LINE)
    _, driven = driven_on(Rest.of(rest), rest.started[0], Rest.of(rest).ahead(past.on_road[0]))
    assert driven is not None and driven.return_s == at("11:25")
    plan = Plan(KEY, (Route("V1", (driven,)),), (), driven.distance_m)
    assert {one.code for one in check(plan, rest)} == {"plan_outside_shift", "plan_out_too_long"}
    assert check(plan, rest_of(coming_home(day, {"V1": at("11:25")}), past, LINE)) == []
    too_soon = check(plan, rest_of(coming_home(day, {"V1": at("11:24")}), past, LINE))
    assert [one.code for one in too_soon] == ["plan_outside_shift"]


def test_trips_already_made_count_against_hours_out_and_rests() -> None:
    """Tests that a rest missed on the road is still to come, one had is not, and hours out go on."""
    noon, early = Break(at("10:00"), at("12:00"), 1800), Break(at("08:00"), at("09:00"), 600)
    whole = van("V1", most_out_s=2 * 3600)
    whole = replace(whole, breaks=(early, noon))
    assert after_trips(whole, ()) == whole
    left = after_trips(whole, ((at("09:40"), at("11:10")),))
    assert left.shift_end_s == at("11:40")
    assert left.breaks == (replace(noon, from_s=at("11:10")),)
    assert after_trips(whole, ((at("09:40"), at("11:45")),)).breaks == ()
    two = ((at("09:30"), at("10:00")), (at("10:40"), at("11:00")))
    assert after_trips(whole, two).breaks == ()


def test_boxes_of_a_van_that_is_down_are_fetched_in_time_or_not_at_all() -> None:
    """Tests that the way, a minute a box and the way on are on the food's clock, and capacity binds."""
    day = day_of(6, 12, 18, C={"deliver_by": "11:00"})
    vans = (replace(day.vehicles[1], vehicle_id="V2"),)
    stranded = Stranded(under_way(9, "10:30", "B", "C"), transfer_s=60)
    past = Past(at("10:30"), frozenset({"a"}))
    (one,) = fetches(replace(day, vehicles=vans), past, stranded, LINE)
    assert (one.vehicle_id, one.there_s, one.on_s) == ("V2", at("10:45"), at("10:46"))
    assert set(one.box_ids) == {"b"}
    assert [(visit.stop_id, visit.arrive_s) for visit in one.trip.visits] == [("B", at("10:51"))]
    later = day_of(6, 12, 18)
    (both,) = fetches(replace(later, vehicles=vans), past, stranded, LINE)
    assert set(both.box_ids) == {"b", "c"}
    small = (replace(vans[0], units=3),)
    (half,) = fetches(replace(later, vehicles=small), past, stranded, LINE)
    assert len(half.box_ids) == 1
    assert fetches(replace(day_of(6, 12, 18), vehicles=()), past, stranded, LINE) == []


def test_a_van_on_the_road_fetches_after_its_own_stops_where_that_keeps_them() -> None:
    """Tests that its own food comes first in time, and that both are brought in one trip."""
    day = day_of(6, 12, 18, A={"deliver_by": "10:46"})
    own = replace(under_way(4, "10:30", "A"), vehicle_id="V2", trip_code="T2")
    past = Past(at("10:30"), frozenset(), {"V2": 1}, {}, (own,))
    stranded = Stranded(under_way(9, "10:30", "B", "C"))
    one = fetches(replace(day, vehicles=day.vehicles[1:]), past, stranded, LINE)[0]
    assert one.trip_code == "T2" and one.before is not None
    assert [visit.stop_id for visit in one.before.visits] == ["A"]
    assert [visit.stop_id for visit in one.trip.visits] == ["B", "C"]


def test_events_of_the_road_add_up_and_are_taken_back() -> None:
    """Tests what holds after several events, and that another's driver frees the van."""
    down = RoadEvent("vehicle_down", "V1", 0)
    ill = RoadEvent("driver_ill", "V1", 0, other="V3")
    shut = RoadEvent("road_closed", "bridge", 0, east(5), 200)
    road = road_after([down, shut, RoadEvent("stop_cancelled", "A", 0), RoadEvent("locked", "T2", 0)])
    assert (set(road.out), set(road.closed)) == ({"V1"}, {"bridge"})
    assert (road.cancelled, road.locked) == ({"A"}, {"T2"})
    assert set(road_after([ill]).out) == {"V3"}
    back = [RoadEvent("vehicle_back", "V1", 0), RoadEvent("stop_added", "A", 0)]
    again = road_after([down, RoadEvent("stop_cancelled", "A", 0), *back])
    assert again == Road()


def test_ways_go_around_a_closed_road_and_none_leads_into_it() -> None:
    """Tests the way around a circle by hand, that other ways stay, and that a stop inside is unreachable."""
    places = [DEPOT, east(10), east(5), Place(24.4, 109.4)]
    ratio = around_ratio(places, east(5), 1000)
    assert round(float(ratio[0, 1]), 3) == 1.020
    assert ratio[0, 3] == 1 and ratio[0, 2] == float("inf")
    travel = Around(LINE, ((east(5), 1000),)).between(places)
    around, straight = travel.leg(0, 1), LINE.between(places).leg(0, 1)
    assert around is not None and straight is not None and around.metres > straight.metres
    assert travel.leg(2, 0) == LINE.between(places).leg(2, 0)
    assert travel.leg(0, 2) is None and travel.leg(0, 3) == LINE.between(places).leg(0, 3)
