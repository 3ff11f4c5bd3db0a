"""Tests of the fleet file."""

import pytest

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


@pytest.mark.parametrize(
    ("slip", "named"),
    [
        ({"payload_g": ""}, "van V7: payload_g is missing"),
        ({"capacity_units": "many"}, "van V7: capacity_units"),
        ({"shift_from": "nine"}, "van V7: .*nine"),
        ({"name": "Van 7"}, "van V7: name must be a table"),
    ],
)
def test_a_bad_van_is_named(slip: dict[str, object], named: str) -> None:
    """Tests that the complaint names the van and the field."""
    van = {
        "code": "V7",
        "name": {"zh": "7号车", "en": "Van 7"},
        "capacity_units": 10,
        "payload_g": 500_000,
        "shift_from": "09:00",
        "shift_to": "13:00",
    }
    with pytest.raises(ValueError, match=named):
        vans_from_document({"van": [{**van, **slip}]})
