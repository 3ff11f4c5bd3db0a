"""Serving and delivery over HTTP, as a tablet, a volunteer's phone and the bureau ask for it."""

from base64 import b64encode
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from fastapi.testclient import TestClient

from api.app import create_app
from api.clock import RehearsalClock
from api.house import House
from api.people import OPERATOR, NewUser, add_user, link_for
from api.settings import Settings
from orders.drops import code_word
from orders.store.orders import OrderRow
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
        assert code_word(brought["order_id"]) not in ask("volunteer", "/drops").text
