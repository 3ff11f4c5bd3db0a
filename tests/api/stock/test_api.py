"""The store room over HTTP: what a tablet or another program does."""

from base64 import b64encode
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.clock import RehearsalClock
from api.house import House
from api.people import OPERATOR, NewUser, add_user, link_for
from api.settings import Settings
from orders.ids import IdSource
from tests.api.stock.room import JPEG, NOW_AT, PORK_PAPERS, SERVICE, desk, furnish, publish

ROOT = "/api/v1/stock"
PICKS = f"{ROOT}/picks/{SERVICE.key}"
DELIVERY = {
    "food_code": "pork-lean-leg",
    "supplier": "S01",
    "g": 20_000,
    "papers": PORK_PAPERS,
    "temperature_c": 3.5,
    "expires_on": "2026-11-25",
    "photos": [b64encode(JPEG).decode()],
    "external_ref": "r1",
}


@pytest.fixture
def house(database, tmp_path) -> House:
    """A furnished store room with a cook, an inspector and a driver."""
    clock = RehearsalClock.start(tmp_path / "clock.json", NOW_AT, 0)
    house = House(Settings(data=tmp_path), database, clock, IdSource(clock.now, 1))
    with database.begin() as session:
        furnish(session, desk())
        for role in ("kitchen", "inspector", "driver"):
            vehicle = "V1" if role == "driver" else None
            add_user(
                session, OPERATOR, NOW_AT, house.ids, NewUser(role, role, role, "K1", vehicle_id=vehicle)
            )
    return house


@pytest.fixture
def who(house) -> Iterator:
    """Gives a client signed in as one of them."""
    app, clients = create_app(house), []

    def client_of(login: str) -> TestClient:
        with house.database.begin() as session:
            link = link_for(session, OPERATOR, NOW_AT, login, 24).rpartition("token=")[2]
        client = TestClient(app, raise_server_exceptions=False)
        clients.append(client)
        assert client.post("/api/v1/session/open", json={"link": link}).status_code == 200
        return client

    yield client_of
    for client in clients:
        client.close()


def test_a_delivery_becomes_a_lot_once_and_its_photo_is_for_few(who):
    """
    Tests receiving twice by one ref, the list, the photo for cook and inspector, and not for a driver.
    """
    cook, inspector, driver = who("kitchen"), who("inspector"), who("driver")
    first = cook.post(f"{ROOT}/K1/deliveries", json=DELIVERY)
    assert first.status_code == 200, first.text
    assert cook.post(f"{ROOT}/K1/deliveries", json=DELIVERY).json() == first.json()
    (lot,) = inspector.get(f"{ROOT}/K1/lots").json()
    assert (lot["code"], lot["left_g"], lot["state"]) == ("L0001", 20_000, "ok")
    photo = f"{ROOT}/photos/{lot['photos'][0]}"
    assert (
        inspector.get(photo).content == JPEG and inspector.get(photo).headers["content-type"] == "image/jpeg"
    )
    assert driver.get(photo).status_code == 403 and driver.get(f"{ROOT}/K1/lots").status_code == 403
    assert inspector.post(f"{ROOT}/K1/deliveries", json=DELIVERY).status_code == 403
    assert cook.get(f"{ROOT}/photos/{'0' * 64}").status_code == 404


def test_what_is_wanting_is_said_in_words(who):
    """
    Tests a problem document that names each paper, then the same delivery held.
    """
    cook = who("kitchen")
    bare = DELIVERY | {"papers": {}, "photos": [], "external_ref": None}
    refused = cook.post(f"{ROOT}/K1/deliveries", json=bare, headers={"accept-language": "en"})
    assert refused.status_code == 422 and refused.json()["code"] == "receipt_wanting"
    assert "animal quarantine certificate" in refused.json()["detail"]
    held = cook.post(f"{ROOT}/K1/deliveries", json=bare | {"when_wanting": "hold"}).json()
    assert held["verdict"] == "held" and len(held["wanting"]) == 3


def test_lots_are_counted_wasted_held_and_handed_out(who, house):
    """
    Tests every act on a lot and the pick list.
    """
    cook = who("kitchen")
    cook.post(f"{ROOT}/K1/deliveries", json=DELIVERY)
    assert cook.get(PICKS).status_code == 404
    with house.database.begin() as session:
        publish(session)
    assert cook.post(
        f"{ROOT}/K1/counts", json={"counted_g": {"L0001": 19_500}, "reason": "weighed"}
    ).json() == {"L0001": -500}
    waste = {"g": 500, "reason": "bruised"}
    assert cook.post(f"{ROOT}/K1/lots/L0001/waste", json=waste).json()["left_g"] == 19_000
    assert cook.post(f"{ROOT}/K1/lots/L0001/return", json=waste).json()["left_g"] == 18_500
    done = cook.post(f"{PICKS}/issue").json()
    assert done["waiting"] == 0 and {line["lot"] for one in done["batches"] for line in one["lines"]} == {
        "L0001"
    }
    hand = {"batch": "B01", "lot": "L0001", "g": 100}
    assert cook.post(f"{PICKS}/lots", json=hand).json()["left_g"] == 3_400
    back = hand | {"back": True, "reason": "wrong batch"}
    assert cook.post(f"{PICKS}/lots", json=back).json()["left_g"] == 3_500
    held = cook.post(f"{ROOT}/K1/lots/L0001/hold", json={"reason": "complaint"}).json()
    assert held["state"] == "held" and len(held["batches"]) == 2
    nobody = cook.post(f"{ROOT}/K1/lots/L0001/release", json={"reason": "tested"})
    assert nobody.status_code == 422 and nobody.json()["code"] == "stock_person_missing"
    word = {"reason": "tested", "by_name": "Li"}
    assert cook.post(f"{ROOT}/K1/lots/L0001/release", json=word).json()["state"] == "ok"
    assert cook.post(f"{ROOT}/K1/lots/L0001/destroy", json=word).json()["left_g"] == 0
    file = cook.get(f"{ROOT}/K1/lots/L0001").json()
    assert sum(one["delta_g"] for one in file["moves"]) == 0 and file["marks"][-1]["by_name"] == "Li"


def test_suppliers_papers_and_purchase(who):
    """
    Tests what is kept and printed, in both languages.
    """
    cook = who("kitchen")
    new = {"code": "S09", "name": "新供应商", "licences": [{"kind": "food", "number": "JY9"}]}
    assert cook.put(f"{ROOT}/K1/suppliers", json=new).json()["code"] == "S09"
    assert "S09" in [one["code"] for one in cook.get(f"{ROOT}/K1/suppliers").json()]
    assert cook.get(f"{ROOT}/K1/purchase").json()["findings"][0]["code"] == "lots_not_watched"
    for name in ("purchase-list.zh_CN.pdf", "receiving-log.en.pdf"):
        paper = cook.get(f"{ROOT}/K1/papers/{name}")
        assert paper.status_code == 200 and paper.content.startswith(b"%PDF")
    assert cook.get(f"{ROOT}/K1/papers/diary.en.pdf").status_code == 404
    assert cook.get(f"{ROOT}/K9/lots").status_code in (403, 404)
