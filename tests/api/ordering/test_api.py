"""Ordering from outside: the endpoints as a daughter's phone and the desk use them, and the command line."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import jsonschema_rs
import pytest
from alembic import command
from fastapi.testclient import TestClient

from api.app import create_app
from api.clock import RehearsalClock
from api.db import alembic_config
from api.house import House
from api.permissions import Actor
from api.security import digest, new_token
from api.settings import Settings
from api.store.users import save_session, save_user
from tests.api.cli.in_process import run
from tests.api.cli.test_main import SCHEMAS
from tests.api.ordering.house import CLERK, CUT_OFF_AT, DAUGHTER, LATE_AT, NOW_AT, SmallHouse

ORDER = {"diner_id": "d1", "service_on": "2026-11-23", "dishes": ["D004", "D115", "D073", "D088", "D100"]}


@pytest.fixture
def clock(tmp_path: Path) -> RehearsalClock:
    """Ten o'clock on the Sunday before."""
    return RehearsalClock.start(tmp_path / "clock.json", NOW_AT, 0)


@pytest.fixture
def signed_in(
    house: SmallHouse, clock: RehearsalClock, tmp_path: Path
) -> Iterator[Callable[[Actor], TestClient]]:
    """Gives a client signed in as somebody."""
    opened = House(Settings(data=tmp_path), house.database, clock, house.ids)
    with ExitStack() as stack:

        def client_of(actor: Actor) -> TestClient:
            token = new_token()
            with house.database.begin() as session:
                save_user(session, actor, actor.user_id, NOW_AT, "en")
                save_session(session, digest(token), actor.user_id, NOW_AT, NOW_AT + timedelta(days=9))
            client = stack.enter_context(TestClient(create_app(opened), raise_server_exceptions=False))
            client.headers["authorization"] = f"Bearer {token}"
            return client

        yield client_of


def test_a_phone_orders_amends_and_cancels(signed_in: Callable[[Actor], TestClient]) -> None:
    """Tests the price first, the order once though sent twice, another site, and cancelling for nothing."""
    phone = signed_in(DAUGHTER)
    priced = phone.post("/api/v1/orders/quote", json=ORDER).json()
    assert (priced["quote"]["price_fen"], priced["quote"]["diner_fen"]) == (1200, 700)
    assert all(one["words"] for one in priced["quote"]["why"])
    key = {"idempotency-key": "tap-1"}
    first, again = (phone.post("/api/v1/orders", json=ORDER, headers=key) for _ in range(2))
    assert first.json() == again.json() and first.json()["is_new"]
    order_id = first.json()["order_id"]
    moved = phone.post(f"/api/v1/orders/{order_id}/amend", json={"site_id": "C02"}).json()
    assert moved["site_id"] == "C02"
    seen = phone.get(f"/api/v1/orders/{order_id}").json()
    assert [one["kind"] for one in seen["changes"]] == ["placed", "amended"]
    assert seen["cut_off_at"] == CUT_OFF_AT.isoformat()
    assert phone.get(f"/api/v1/orders/{order_id}/consequence").json()["quote"]["diner_fen"] == 0
    gone = phone.post(f"/api/v1/orders/{order_id}/cancel", json={}).json()
    assert (gone["state"], gone["ending"]) == ("cancelled", "cancelled_before_cutoff")
    listed = phone.get("/api/v1/orders", params={"diner_id": "d1", "from_on": "2026-11-23"}).json()
    assert [one["state"] for one in listed] == ["cancelled"]
    strangers = phone.get("/api/v1/orders", params={"diner_id": "d2", "from_on": "2026-11-23"})
    assert (strangers.status_code, strangers.json()["code"]) == (403, "diner_not_bound")


def test_the_desk_takes_money_places_and_closures(
    signed_in: Callable[[Actor], TestClient], clock: RehearsalClock
) -> None:
    """Tests a payment, a full site, a closure with the order it touches, and a late cancellation."""
    desk = signed_in(CLERK)
    order = desk.post("/api/v1/orders", json=ORDER | {"channel": "phone"}).json()
    paid = desk.post(
        f"/api/v1/orders/{order['order_id']}/payments", json={"method": "cash", "amount_fen": 700}
    )
    assert paid.json()["open_fen"] == 0
    assert desk.post("/api/v1/sites/C01/places", json={"places": 1}).status_code == 204
    assert desk.post("/api/v1/orders", json=ORDER | {"diner_id": "d4", "dishes": []}).status_code == 409
    places = desk.get("/api/v1/services/K1/2026-11-23/lunch/places").json()
    assert places[0] == {"site_id": "C01", "capacity": 1, "taken": 1, "waiting": 0}
    closing = {"from_on": "2026-11-23", "to_on": "2026-11-23", "reason": "停水", "emergency": True}
    closure = desk.post("/api/v1/sites/C01/closures", json={"kind": "pause"} | closing).json()
    assert [one["code"] for one in closure["orders"]] == [order["code"]]
    address = f"/api/v1/closures/{closure['closure_id']}/orders"
    moving = {"to_site_id": "C02", "reason": "停水"}
    assert desk.post(f"{address}/{order['order_id']}", json=moving).json()["site_id"] == "C02"
    assert desk.get(address).json() == []
    assert desk.post(f"/api/v1/closures/{closure['closure_id']}/reopen").status_code == 204
    clock.advance_to(LATE_AT)
    late = desk.post("/api/v1/services/K1/2026-11-23/lunch/close")
    assert late.json()["orders"] == 1
    refused = desk.post(f"/api/v1/orders/{order['order_id']}/cancel", json={"reason": "住院"})
    assert refused.json()["params"] == {"owed_fen": 700}
    done = desk.post(
        f"/api/v1/orders/{order['order_id']}/cancel", json={"reason": "住院", "shown_fen": 700}
    ).json()
    assert done["consequence"]["refund_fen"] == 0
    changed = desk.get("/api/v1/services/K1/2026-11-23/lunch/changes").json()
    assert (changed["since_version"], changed["changes"][0]["reason"]) == (0, "住院")
    assert {one["portions"] for one in changed["dishes"]} == {-1}


def test_orders_by_commands(house: SmallHouse, tmp_path: Path) -> None:
    """Tests placing, amending, cancelling and listing, each document as its schema says."""
    data = tmp_path / "data"
    data.mkdir()
    RehearsalClock.start(data / "clock.json", NOW_AT, 0)
    with house.database.engine.begin() as connection:
        command.stamp(alembic_config(connection), "head")
    house.database.close()
    shutil.copy(house.path, data / "holdchain.sqlite3")

    def printed(name: str, *arguments: str):
        done = run(data, "order", name, *arguments, "--date", "2026-11-23", "--json")
        assert done.returncode == 0, done.stderr
        document = json.loads(done.stdout)
        schema = json.loads((SCHEMAS / f"order-{name}.json").read_text("utf-8"))
        jsonschema_rs.validate(schema, document)
        return document

    order = printed("place", "LZ1")
    assert (order["state"], order["quote"]["diner_fen"]) == ("placed", 700)
    assert printed("amend", order["code"], "--eaten", "home")["delivery"] == "volunteer"
    assert printed("cancel", order["code"])["state"] == "cancelled"
    assert [one["code"] for one in printed("list")["orders"]] == [order["code"]]
    refused = run(data, "order", "place", "LZ2", "--dish", "D001", "--date", "2026-11-23", "--json")
    assert json.loads(refused.stdout)["refused"]["code"] == "order_has_allergen"
