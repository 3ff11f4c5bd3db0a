"""Vans survive the database."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy.exc import IntegrityError

from orders.service import Service
from orders.sites import Kitchen, Place
from orders.store.sites import save_kitchen
from routing.store.fleet import load_vans, load_vehicles, save_vans
from routing.vans import Rest, Van
from tests.routing.by_hand import at

NOW_AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
KITCHEN = Kitchen("K1", "K", "collective_meal_delivery", "JY", Place(24.3, 109.4), "Asia/Shanghai", "", "")
VAN = Van("V1", "桂B·示例1", "1号车", "Van 1", 72, 900_000, time(9), time(13), "示例司机甲", "10000000011")


def test_vans_come_back_as_they_went(database):
    """Tests two vans by code, a change of one, and their shifts as seconds of a service."""
    second = replace(
        VAN,
        van_id="V2",
        reload_s=900,
        most_trips=2,
        cold_units=4,
        skills=frozenset({"lift", "cold_plate"}),
        rests=(Rest(time(11, 30), time(13), 30),),
        most_out_s=12_600,
        km_fen=60,
    )
    with database.begin() as session:
        save_kitchen(session, KITCHEN, {}, NOW_AT)
        save_vans(session, "K1", [second, VAN])
        save_vans(session, "K1", [replace(VAN, units=60)])
    with database.read() as session:
        assert load_vans(session, "K1") == [replace(VAN, units=60), second]
        assert load_vans(session, "K2") == []
        vehicle = load_vehicles(session, Service("K1", date(2026, 11, 23), "lunch"))[1]
    assert (vehicle.shift_start_s, vehicle.shift_end_s) == (at("09:00"), at("13:00"))
    assert (vehicle.units, vehicle.reload_s, vehicle.most_trips) == (72, 900, 2)


@pytest.mark.parametrize("slip", [{"most_trips": 0}, {"units": -1}, {"shift_to": time(9)}, {"km_fen": -1}])
def test_the_database_refuses_a_van_that_cannot_be(database, slip):
    """Tests that amounts and shifts are held by constraints."""
    with pytest.raises(IntegrityError), database.begin() as session:
        save_kitchen(session, KITCHEN, {}, NOW_AT)
        save_vans(session, "K1", [replace(VAN, **slip)])
