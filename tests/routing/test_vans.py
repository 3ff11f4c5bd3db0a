"""Tests of the fleet file."""

import pytest

from routing.problem import Break, Vehicle
from routing.vans import vans_from_document
from tests.kitchen.builders import SERVICE, table
from tests.routing.by_hand import at


def test_the_packaged_fleet_is_read() -> None:
    """Tests the example city's vans, and one of them on the clock of a service."""
    vans = vans_from_document(table("examples/liuzhou/fleet.toml"))
    assert [van.van_id for van in vans] == ["V1", "V2", "V3"]
    vehicle = vans[0].on(SERVICE)
    assert (vehicle.vehicle_id, vehicle.shift_start_s, vehicle.shift_end_s) == (
        "V1",
        at("09:00"),
        at("13:00"),
    )
    assert (vehicle.reload_s, vehicle.most_trips) == (600, 3)


VAN = {
    "code": "V7",
    "name": {"zh": "7号车", "en": "Van 7"},
    "capacity_units": 10,
    "payload_g": 500_000,
    "shift_from": "09:00",
    "shift_to": "13:00",
}


def test_what_a_van_can_do_and_costs_is_put_on_the_services_clock() -> None:
    """Tests a tricycle with a cold box, a rest at noon and prices by day, trip, kilometre and hour."""
    facts = {
        "hot_units": 8,
        "cold_units": 2,
        "skills": ["lift", "narrow_lane"],
        "pace_pct": 150,
        "rests": [{"from": "11:30", "to": "13:00", "minutes": 30}],
        "most_out_hours": 3.5,
        "fixed_cost_fen": 8_000,
        "cost_per_trip_fen": 100,
        "cost_per_km_fen": 60,
        "cost_per_hour_fen": 2_500,
    }
    (van,) = vans_from_document({"van": [{**VAN, **facts}]})
    vehicle = van.on(SERVICE)
    assert (vehicle.hot_units, vehicle.cold_units, vehicle.pace_pct) == (8, 2, 150)
    assert vehicle.skills == {"lift", "narrow_lane"}
    assert vehicle.breaks == (Break(at("11:30"), at("13:00"), 1_800),)
    assert vehicle.most_out_s == 12_600
    assert (vehicle.fixed_cost, vehicle.trip_cost) == (8_000_000, 100_000)
    assert (vehicle.metre_cost, vehicle.second_cost) == (60, 694)


def test_a_van_of_which_nothing_more_is_said_is_as_before() -> None:
    """Tests that the new facts have values which bind nothing."""
    (van,) = vans_from_document({"van": [VAN]})
    bare = van.on(SERVICE)
    plain = Vehicle("V7", 10, 500_000, at("09:00"), at("13:00"), 600, 3)
    assert bare == plain


@pytest.mark.parametrize(
    ("slip", "named"),
    [
        ({"payload_g": ""}, "van V7: payload_g is missing"),
        ({"capacity_units": "many"}, "van V7: capacity_units"),
        ({"shift_from": "nine"}, "van V7: .*nine"),
        ({"name": "Van 7"}, "van V7: name must be a table"),
        ({"hot_units": -1}, "van V7: hot_units must be at least 0"),
        ({"rests": [{"from": "12:00", "to": "12:20", "minutes": 30}]}, "van V7: A rest of 30 minutes"),
        ({"rests": [{"from": "12:00", "until": "13:00", "minutes": 30}]}, "van V7: rests.until is not known"),
        ({"cost_per_km": 3}, "van V7: cost_per_km is not known"),
    ],
)
def test_a_bad_van_is_named(slip: dict[str, object], named: str) -> None:
    """Tests that the complaint names the van and the field."""
    with pytest.raises(ValueError, match=named):
        vans_from_document({"van": [{**VAN, **slip}]})
