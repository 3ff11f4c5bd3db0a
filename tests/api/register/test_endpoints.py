"""The register over HTTP: what a site's programme does from registering to the last card."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.clock import RehearsalClock
from api.house import House
from api.permissions import Actor, Role
from api.security import digest
from api.settings import Settings
from api.store.users import save_session, save_user
from tests.api.register.conftest import NOW_AT, Desk, id_number

NUMBER = "11010519491231002X"


@pytest.fixture
def clients(sqlite_desk: Desk, tmp_path: Path) -> Iterator[dict[str, TestClient]]:
    """A client for a canteen, another canteen, the bureau and a diner."""
    clock = RehearsalClock.start(tmp_path / "clock.json", NOW_AT, 0)
    house = House(Settings(data=tmp_path), sqlite_desk.database, clock, sqlite_desk.ids)
    users: dict[str, tuple[Role, str | None]] = {
        "canteen": ("canteen", "C01"),
        "other": ("canteen", "C02"),
        "bureau": ("bureau", None),
        "diner": ("diner", None),
    }
    with TestClient(create_app(house), raise_server_exceptions=False) as client:
        found = {}
        for login, (role, site_id) in users.items():
            with house.database.begin() as session:
                actor = Actor(house.ids.new(), login, role, None, site_id)
                save_user(session, actor, login, NOW_AT)
                save_session(session, digest(login), actor.user_id, NOW_AT, NOW_AT + timedelta(days=1))
            found[login] = TestClient(client.app, headers={"authorization": f"Bearer {login}"})
        found["stranger"] = client
        yield found


def test_a_person_goes_through_the_whole_register(clients: dict[str, TestClient]) -> None:
    """Tests that each act answers with the person, refusals have codes, and no answer has the ID number."""
    canteen, bureau = clients["canteen"], clients["bureau"]
    new = {"name": "张三", "site_id": "C01", "id_number": NUMBER, "phone": "13800001234"}
    made = canteen.post("/api/v1/diners", json=new)
    assert made.status_code == 201, made.text
    base = f"/api/v1/diners/{made.json()['diner_id']}"
    assert canteen.post("/api/v1/diners", json=new).json()["code"] == "already_registered"
    fact = {"fact": "flag", "value": "loses_ability", "from_on": "2026-11-01", "evidence": "12号"}
    position = canteen.post(f"{base}/facts", json=fact).json()["facts"][-1]["position"]
    approved = bureau.post(f"{base}/facts/{position}/approve", json={"approved_by": "民政局"}).json()
    assert approved["facts"][-1]["approved_by"] == "民政局"
    after = approved["facts"][-1]["position"]
    assert bureau.post(f"{base}/facts/{after}/correct", json=fact | {"value": "dementia"}).status_code == 200
    taken = bureau.post(f"{base}/facts/{after + 1}/withdraw", json={"reason": "录错"}).json()
    assert taken["facts"][-1]["withdrawn"]
    canteen.post(f"{base}/cards", json={"kind": "card", "number": "6214 8300"})
    cards = canteen.post(f"{base}/cards", json={"kind": "qr"}).json()["cards"]
    qr = next(card for card in cards if card["kind"] == "qr")["credential_id"]
    assert canteen.get("/api/v1/diners/cards.pdf?site_id=C01").content.startswith(b"%PDF")
    assert canteen.post("/api/v1/sites/C01/cards").json() == {"cards": 1}
    assert canteen.post(f"{base}/cards/{qr}/revoke", json={"reason": "lost"}).status_code == 200
    enrolled = bureau.post(f"{base}/enrolments", json={"programme_id": "changping-2023"}).json()
    enrolment = enrolled["enrolments"][0]["enrolment_id"]
    clash = bureau.post(f"{base}/enrolments", json={"programme_id": "qidong-2022"}).json()
    assert clash["code"] == "enrolled_elsewhere"
    assert bureau.get("/api/v1/overlaps").json() == []
    ended = bureau.post(f"{base}/enrolments/{enrolment}/end", json={"to_on": "2026-12-31"}).json()
    assert ended["enrolments"][0]["to_on"] == "2026-12-31"
    needs = {"name": "张三", "site_id": "C01", "delivery": "volunteer", "texture": "soft"}
    changed = canteen.put(f"{base}/needs", json=needs | {"diets": [], "allergens": ["egg"]}).json()
    assert (changed["delivery"], changed["allergens"]) == ("volunteer", ["egg"])
    assert canteen.put(f"{base}/id-number", json={"id_number": NUMBER}).status_code == 200
    assert [one["name"] for one in canteen.get("/api/v1/diners?q=zs").json()] == ["张三"]
    assert NUMBER not in canteen.get(base).text


def test_family_keeps_the_week_of_its_elder(clients: dict[str, TestClient]) -> None:
    """Tests binding, a standing order, a pause, and that others see and do nothing."""
    canteen, diner = clients["canteen"], clients["diner"]
    new = {"name": "张三", "site_id": "C01", "id_number": NUMBER}
    base = f"/api/v1/diners/{canteen.post('/api/v1/diners', json=new).json()['diner_id']}"
    week = {"meal": "lunch", "weekdays": [1, 2, 3]}
    assert diner.post(f"{base}/standing", json=week).json()["code"] == "not_bound_to_diner"
    bind = {"login": "diner", "relation": "family", "consent_how": "signed_form"}
    binding = canteen.post(f"{base}/bindings", json=bind).json()["bindings"][0]["binding_id"]
    standing = diner.post(f"{base}/standing", json=week).json()["standing"][0]
    assert standing["weekdays"] == [1, 2, 3]
    away = {"from_on": "2026-11-23", "to_on": "2026-11-29", "reason": "住院"}
    pause = diner.post(f"{base}/pauses", json=away).json()["pauses"][0]["pause_id"]
    assert diner.post(f"{base}/pauses/{pause}/end").json()["pauses"] == []
    ended = diner.post(f"{base}/standing/{standing['standing_id']}/end").json()
    assert ended["standing"][0]["to_on"] == "2026-11-22"
    assert canteen.post(f"{base}/bindings/{binding}/end").status_code == 200
    assert diner.post(f"{base}/standing", json=week).status_code == 403
    assert diner.get(base).status_code == clients["other"].get(base).status_code == 403


def test_a_row_of_another_diner_is_not_found(clients: dict[str, TestClient]) -> None:
    """Tests that card, enrolment and binding are ended under their own diner's address alone."""
    canteen, bureau = clients["canteen"], clients["bureau"]
    new = {"name": "张三", "site_id": "C01"}
    made = [
        canteen.post("/api/v1/diners", json=new | {"id_number": number}).json()
        for number in (NUMBER, id_number(date(1939, 5, 6)))
    ]
    base, wrong = (f"/api/v1/diners/{one['diner_id']}" for one in made)
    card = canteen.post(f"{base}/cards", json={"kind": "card", "number": "6214 8300"}).json()["cards"][0]
    enrolled = bureau.post(f"{base}/enrolments", json={"programme_id": "changping-2023"}).json()
    bind = {"login": "diner", "relation": "family", "consent_how": "signed_form"}
    bound = canteen.post(f"{base}/bindings", json=bind).json()["bindings"][0]
    ended = {"to_on": "2026-12-31"}
    for path, body in (
        (f"cards/{card['credential_id']}/revoke", {"reason": "lost"}),
        (f"enrolments/{enrolled['enrolments'][0]['enrolment_id']}/end", ended),
        (f"bindings/{bound['binding_id']}/end", {}),
    ):
        by = canteen if "enrol" not in path else bureau
        refused = by.post(f"{wrong}/{path}", json=body)
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found"), refused.text
        assert by.post(f"{base}/{path}", json=body).status_code == 200


def test_anybody_applies_and_staff_decide(clients: dict[str, TestClient]) -> None:
    """Tests that the online form needs no sign-in, and nobody but the site's staff sees what was said."""
    said = {"name": "王五", "site_id": "C01", "id_number": NUMBER, "phone": "13800001234", "consent": "yes"}
    stranger, canteen = clients["stranger"], clients["canteen"]
    assert stranger.get("/apply").status_code == 200
    assert stranger.post("/apply", data=said | {"consent": ""}).status_code == 422
    assert stranger.post("/apply", data=said, follow_redirects=False).status_code == 303
    assert stranger.get("/api/v1/applications").status_code == 401
    assert clients["other"].get("/api/v1/applications").json() == []
    (waits,) = canteen.get("/api/v1/applications").json()
    base = f"/api/v1/applications/{waits['application_id']}"
    assert (waits["id_last_four"], NUMBER in str(waits)) == ("002X", False)
    assert clients["other"].post(f"{base}/refuse", json={"reason": "x"}).status_code == 403
    made = canteen.post(f"{base}/approve", json={"evidence": "身份证", "login": "wang"})
    assert (made.status_code, made.json()["bindings"][0]["login"]) == (201, "wang")
    assert canteen.post(f"{base}/refuse", json={"reason": "x"}).json()["code"] == "application_decided"
