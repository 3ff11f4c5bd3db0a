"""Everybody reads and acts within the own kitchen, site and van, whichever address is asked."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from api.day.board import board_of
from api.day.hand_over import HandOver, sign
from api.day.views import load_round
from api.day.views_holds import hold_rows
from api.house import House
from api.people import OPERATOR, NewUser, add_user
from api.permissions import Actor, Role
from orders.errors import Forbidden
from tests.api.day.acted_day import Acting, instant
from tests.api.day.example_day import SERVICE, ExampleDay

AsUser = Callable[[str], TestClient]
DAY = f"/api/v1/services/{SERVICE.key}"


def somebody(house: House, role: Role, **bound: str) -> str:
    """The login of a new user."""
    login = "-".join((role, *bound.values()))
    with house.database.begin() as session:
        add_user(session, OPERATOR, house.clock.now(), house.ids, NewUser(login, login, role, **bound))
    return login


@pytest.mark.parametrize("what", ["board", "orders", "summary", "clashes", "bills", "alarms", "papers"])
def test_a_service_of_another_kitchen_is_not_read(house: House, as_user: AsUser, what: str) -> None:
    """Tests that a kitchen's own user is told so, whatever of the service is asked for."""
    there, here = somebody(house, "kitchen", kitchen_id="K2"), somebody(house, "kitchen", kitchen_id="K1")
    answer = as_user(there).get(f"{DAY}/{what}")
    assert (answer.status_code, answer.json()["code"]) == (403, "outside_scope")
    assert as_user(here).get(f"{DAY}/{what}").status_code == 200


def test_a_canteen_reads_its_own_orders_and_holds(house: House, as_user: AsUser) -> None:
    """Tests that orders of other canteens are left out and another's hold is refused."""
    with house.database.read() as session:
        board = board_of(session, SERVICE)
    own, other = (
        board["boxes"][0],
        next(box for box in board["boxes"] if box["site_id"] != board["boxes"][0]["site_id"]),
    )
    canteen = as_user(somebody(house, "canteen", kitchen_id="K1", site_id=own["site_id"]))
    orders = canteen.get(f"{DAY}/orders").json()
    assert {order["site_id"] for order in orders} == {own["site_id"]}
    assert canteen.get(f"/api/v1/boxes/{other['box_id']}/hold").json()["code"] == "outside_scope"
    assert canteen.get(f"/api/v1/boxes/{own['box_id']}/hold").json()["code"] == "not_found"


def test_a_driver_hands_over_what_is_aboard_the_own_van(day_at: Callable[[str], ExampleDay]) -> None:
    """Tests that a box of another van is not signed for, and one of the own van is."""
    day = day_at("departed")
    acting = Acting.of(day)
    trip = acting.board["trips"][0]
    stop = trip["stops"][0]
    driver = Actor("u", "n", "driver", "K1", vehicle_id=trip["vehicle_id"])
    at = acting.at(instant(stop["leave_at"]))
    with pytest.raises(Forbidden), day.database.begin() as session:
        stranger = replace(driver, vehicle_id="V99")
        sign(session, stop["box_ids"][0], HandOver("accepted", core_c=78.0), **at | {"actor": stranger})
    with day.database.begin() as session:
        sign(session, stop["box_ids"][0], HandOver("accepted", core_c=78.0), **at | {"actor": driver})


def test_an_inspector_reads_no_diner_s_name(published_day: ExampleDay) -> None:
    """Tests that in the list of holds a home goes by its code."""
    with published_day.database.read() as session:
        found = load_round(session, SERVICE)
    assert found is not None
    homes = {site_id: site.name for site_id, site in found.sites.items() if site.kind == "home"}
    shown = {row.site_id: row.site_name for row in hold_rows(found)}
    assert homes.keys() & shown.keys()
    assert set(homes.values()).isdisjoint(shown.values())
    assert all(name == site_id for site_id, name in shown.items() if site_id in homes)
