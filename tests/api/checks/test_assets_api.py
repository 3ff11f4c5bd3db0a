"""Fixed assets over HTTP: what another program lists, mounts, reads and decides."""

from datetime import timedelta

from fastapi.testclient import TestClient

from api.app import create_app
from api.clock import RehearsalClock
from api.house import House
from api.people import OPERATOR, NewUser, add_user, link_for
from api.settings import Settings
from telemetry.readings import Reading
from telemetry.store.readings import keep
from tests.api.checks.room import COOKED_AT, IDS, furnished, later
from tests.api.stock.room import desk as stock_desk
from tests.api.stock.room import pork

ROOT = "/api/v1/assets/K1"


def signed_in(house, app, login):
    with house.database.begin() as session:
        link = link_for(session, OPERATOR, COOKED_AT, login, 24).rpartition("token=")[2]
    client = TestClient(app, raise_server_exceptions=False)
    assert client.post("/api/v1/session/open", json={"link": link}).status_code == 200
    return client


def test_a_cold_room_from_its_listing_to_a_lot_after_a_power_cut(database, tmp_path):
    """
    Tests the whole way, that an inspector reads only, and that an unlisted asset is not found.
    """
    clock = RehearsalClock.start(tmp_path / "clock.json", COOKED_AT, 0)
    house = House(Settings(data=tmp_path), database, clock, IDS)
    with database.begin() as session:
        furnished(session)
        lot = pork(session, stock_desk()).lot.code
        for role in ("kitchen", "inspector", "admin"):
            add_user(session, OPERATOR, COOKED_AT, IDS, NewUser(role, role, role, "K1"))
    app = create_app(house)
    cook, inspector = signed_in(house, app, "kitchen"), signed_in(house, app, "inspector")
    sensor = {"device_id": "TH-1", "probes": {"air": "air"}}
    assert cook.post("/api/v1/devices", json=sensor).status_code == 403
    admin = signed_in(house, app, "admin")
    assert [admin.post("/api/v1/devices", json=sensor).status_code for _ in range(2)] == [204, 409]
    told = [{"code": "CR-1", "kind": "cold_room", "delay_minutes": 0, "defrost_minutes": 0}]
    assert inspector.put(ROOT, json=told).status_code == 403
    assert cook.put(ROOT, json=told).json() == {"assets": 1}
    assert cook.post(f"{ROOT}/CR-1/sensors", json={"sensor": "TH-1"}).status_code == 204
    assert cook.post(f"{ROOT}/CR-9/sensors", json={"sensor": "TH-1"}).status_code == 404
    with database.begin() as session:
        times = [(COOKED_AT + timedelta(minutes=minute), c) for minute, c in ((0, 4.0), (60, 10.0))]
        keep(session, [Reading("TH-1", "air", "air", "temperature", c, at, at) for at, c in times])
    clock.advance_to(later(minutes=65).now_at)
    read = inspector.get(ROOT).json()
    (asset,) = read["assets"]
    assert (asset["state"], asset["calls"][0]["code"]) == ("beyond", "asset_beyond")
    assert (asset["today"]["above_s"], asset["today"]["beyond_at_most_s"]) == (300, 3900)
    from_at, to_at = read["found"]
    cut = cook.post(f"{ROOT}/cuts", json={"from_at": from_at, "to_at": to_at, "person": "S1"}).json()
    assert (cut["source"], cut["known"]["CR-1"]["gaps"][0]["after_c"]) == ("gap", 10.0)
    word = {"asset": "CR-1", "lot": lot, "word": "discard", "reason": "warm", "person": "S1"}
    assert inspector.post(f"{ROOT}/cuts/{cut['cut']}/lots", json=word).status_code == 403
    assert cook.post(f"{ROOT}/cuts/{cut['cut']}/lots", json=word).status_code == 204
    (kept,) = inspector.get(ROOT).json()["cuts"]
    assert kept["lots"][0]["words"][0]["word"] == "discard"
    assert cook.delete(f"{ROOT}/CR-1").status_code == 409
    assert cook.delete(f"{ROOT}/CR-1/sensors/TH-1/air").status_code == 204
    assert cook.delete(f"{ROOT}/CR-1").status_code == 204
