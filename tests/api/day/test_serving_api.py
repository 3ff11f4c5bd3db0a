"""Serving and delivery over HTTP, as a tablet, a volunteer's phone and the bureau ask for it."""

from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from fastapi.testclient import TestClient

from api.app import create_app
from api.clock import RehearsalClock
from api.day.hand_over import HandOver, sign
from api.house import House
from api.people import OPERATOR, NewUser, add_user, link_for
from api.register.secret import people_keys
from api.settings import Settings
from orders.drops import code_word
from orders.store.orders import OrderRow, load_orders
from orders.store.receipts import receipt_of_box
from tests.api.day.acted_day import Acting, instant
from tests.api.day.example_day import SERVICE, ExampleDay
from tests.api.day.test_claim import Counter

PNG = b"\x89PNG\r\n\x1a\nphoto"
DAY = f"/api/v1/services/{SERVICE.key}"


def test_a_table_a_volunteer_and_the_bureau_share_one_day(
    day_at: Callable[[str], ExampleDay], tmp_path: Path
) -> None:
    """Tests a scan, an undo, a drop with a photo, its look by the bureau, and what a volunteer may not."""
    table = Counter(day_at("delivered"))
    table.give("phone", 0, "13900004321")
    table.give("phone", 1, "13800004321")
    clock = RehearsalClock.start(tmp_path / "clock.json", table.at, 0)
    house = House(Settings(data=tmp_path), table.day.database, clock, table.day.ids)
    brought = table.orders[2]
    with house.database.begin() as session:
        session.get_one(OrderRow, brought["order_id"]).delivery = "volunteer"
        links = {}
        for role in ("canteen", "volunteer", "bureau"):
            bound = {} if role == "bureau" else {"site_id": table.site_id}
            add_user(session, OPERATOR, clock.now(), house.ids, NewUser(role, role, role, **bound))
            links[role] = link_for(session, OPERATOR, clock.now(), role, 24).rpartition("token=")[2]
    with TestClient(create_app(house)) as client:
        tokens = {
            role: client.post("/api/v1/session/open", json={"link": link}).json()["token"]
            for role, link in links.items()
        }

        def ask(role: str, path: str, body: dict | None = None):
            client.cookies.clear()
            headers = {"Authorization": f"Bearer {tokens[role]}", "Accept-Language": "en"}
            if body is None:
                return client.get(path, headers=headers)
            return client.post(path, json=body, headers=headers)

        at = {"service_on": SERVICE.service_on.isoformat(), "site_id": table.site_id}
        [several] = ask("canteen", "/api/v1/servings", {**at, "servings": [{"scanned": "4321"}]}).json()
        assert {one["order_code"] for one in several["choices"]} == {o["code"] for o in table.orders[:2]}
        chosen = {"diner_id": several["choices"][0]["diner_id"]}
        [given] = ask("canteen", "/api/v1/servings", {**at, "servings": [chosen]}).json()
        assert (given["refused"], given["portions"] > 0) == (None, True)
        back = f"/api/v1/servings/{given['serving_id']}/taken-back"
        assert ask("canteen", back, {}).status_code == 204
        clock.advance_to(table.at + timedelta(minutes=1))
        assert ask("volunteer", "/api/v1/servings", {**at, "servings": []}).status_code == 403
        take = {"site_id": table.site_id, "order_codes": [brought["code"], table.orders[3]["code"]]}
        taken = ask("volunteer", f"{DAY}/drops", take).json()
        assert [one["refused"] and one["refused"]["code"] for one in taken] == [None, "not_for_delivery"]
        word = {"site_id": table.site_id, "outcome": "handed_over", "photo": b64encode(PNG).decode()}
        told = ask("volunteer", f"{DAY}/drops/{brought['code']}", word).json()
        assert (told.get("refused"), told.get("portions")) == (None, brought["portions"]), told
        rows = ask("bureau", f"{DAY}/servings/review").json()
        assert {row["kind"] for row in rows} == {"taken_back", "turned_away", "drop"}
        [drop] = [row for row in rows if row["kind"] == "drop"]
        assert (drop["carrier"], drop["proof"]) == ("volunteer", "photo")
        seen = ask("bureau", f"/servings/proofs/{drop['proof_digest']}")
        assert (seen.headers["content-type"], seen.content) == ("image/png", PNG)
        assert ask("volunteer", f"/servings/proofs/{drop['proof_digest']}").status_code == 403
        assert (
            code_word(brought["order_id"], people_keys(tmp_path).word) not in ask("volunteer", "/drops").text
        )


def test_a_driver_hands_a_home_over_on_the_page(day_at: Callable[[str], ExampleDay], tmp_path: Path) -> None:
    """Tests that a home's stop asks for the door's word only, and that the box is signed for with it."""
    day = day_at("departed")
    acting = Acting.of(day)
    home_id, home = next((key, one) for key, one in acting.stops.items() if one["kind"] == "home")
    [trip] = [t for t in acting.board["trips"] if any(s["site_id"] == home_id for s in t["stops"])]
    before = trip["stops"][: [stop["site_id"] for stop in trip["stops"]].index(home_id)]
    with day.database.begin() as session:
        [order] = load_orders(session, SERVICE, ("locked",), home_id)
        for box_id in (box_id for stop in before for box_id in stop["box_ids"]):
            sign(session, box_id, HandOver("accepted", core_c=78.0), **acting.at(instant(home["leave_at"])))
    clock = RehearsalClock.start(tmp_path / "clock.json", instant(home["leave_at"]), 0)
    house = House(Settings(data=tmp_path), day.database, clock, day.ids)
    with house.database.begin() as session:
        driver = NewUser("driver", "driver", "driver", "K1", vehicle_id=trip["vehicle_id"])
        add_user(session, OPERATOR, clock.now(), house.ids, driver)
        link = link_for(session, OPERATOR, clock.now(), "driver", 24).rpartition("token=")[2]
    with TestClient(create_app(house), follow_redirects=False) as client:
        token = client.post("/api/v1/session/open", json={"link": link}).json()["token"]
        headers = {"Authorization": f"Bearer {token}", "HX-Request": "true", "Accept-Language": "en"}
        path = f"/driver/homes/{home_id}/{order.code}/told"
        shown = client.get("/driver", headers=headers).text
        assert path in shown
        assert f"/driver/boxes/{home['box_ids'][0]}/handed-over" not in shown
        word = {"outcome": "handed_over", "core_c": "76", "service": SERVICE.key}
        wrong = client.post(path, data=word | {"word": "0"}, headers=headers)
        told = client.post(
            path, data=word | {"word": code_word(order.order_id, people_keys(tmp_path).word)}, headers=headers
        )
    assert (wrong.status_code, told.status_code) == (409, 200)
    assert "It is handed over." in told.text
    with day.database.read() as session:
        _, receipt = receipt_of_box(session, home["box_ids"][0])
    assert (receipt.condition, receipt.core_c) == ("accepted", 76.0)
