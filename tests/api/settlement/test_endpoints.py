"""The endpoints of statements: the same way as by hand, refusals with their status."""

import csv
import io
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.clock import RehearsalClock
from api.house import House
from api.people import OPERATOR, NewUser, add_user, link_for
from api.permissions import Actor
from api.settings import Settings
from api.settlement.acts import sign
from tests.api.settlement.test_after import backdate
from tests.api.settlement.town import PROGRAMME, Town

DAYS = {"programme": PROGRAMME, "from_on": "2023-04-01", "to_on": "2023-06-30"}


@pytest.fixture
def bureau(town: Town, tmp_path) -> Iterator[TestClient]:
    """A client of the bureau, at home in the town."""
    clock = RehearsalClock.start(tmp_path / "clock.json", town.now_at, 0)
    house = House(Settings(data=tmp_path), town.database, clock, town.ids)
    with town.database.begin() as session:
        add_user(session, OPERATOR, clock.now(), town.ids, NewUser("li", "李", "bureau"))
        link = link_for(session, OPERATOR, clock.now(), "li", 24).rpartition("token=")[2]
    with TestClient(create_app(house), raise_server_exceptions=False) as client:
        assert client.post("/api/v1/session/open", json={"link": link}).status_code == 200
        yield client


def test_a_statement_over_http(bureau: TestClient, town: Town) -> None:
    """Tests that what a payee gets in the bank's file is what the signed statement says."""
    made = bureau.post("/api/v1/statements/make", json=DAYS).json()
    one = next(one for one in made if one["total_fen"] == 23500)
    path = f"/api/v1/statements/{one['statement_id']}"
    assert bureau.post(f"{path}/sign", json={}).status_code == 409
    assert bureau.post(f"{path}/submit").json()["waiting_for"] == "town"
    assert bureau.post(f"{path}/return", json={"note": ""}).status_code == 422
    assert bureau.post(f"{path}/return", json={"note": "?"}).json()["state"] == "returned"
    assert bureau.post(f"{path}/resubmit", json={}).json()["state"] == "submitted"
    alone = bureau.post(f"{path}/sign", json={})
    assert (alone.status_code, alone.json()["code"]) == (403, "you_handed_it_in_alone")
    town.act(sign, Actor("u-wang", "王", "bureau"), one["statement_id"])
    assert bureau.get(path).json()["state"] == "signed"
    check = bureau.post(f"{path}/checks", json={"size": 2, "seed": "7"}).json()
    assert bureau.get(f"/api/v1/random-checks/{check['check_id']}.pdf").content.startswith(b"%PDF")
    seen = {"line_no": check["lines"][0], "found": "confirmed"}
    assert bureau.post(f"/api/v1/random-checks/{check['check_id']}/visits", json=seen).status_code == 204
    assert bureau.post(f"/api/v1/random-checks/{check['check_id']}/visits", json=seen).status_code == 409
    paying = {"statements": [one["statement_id"]]}
    assert bureau.post("/api/v1/pay-files", json=paying).status_code == 409
    account = {"holder": "城南长者饭堂", "reference": "6222"}
    assert bureau.put("/api/v1/payee-accounts/S1", json=account).status_code == 204
    paid = bureau.post("/api/v1/pay-files", json=paying).json()
    rows = bureau.get(f"/api/v1/pay-files/{paid['pay_file_id']}.csv").content.decode("utf-8-sig")
    amounts = [row[3] for row in csv.reader(io.StringIO(rows))][1:]
    assert amounts == ["235.00"] and paid["total_fen"] == 23500
    assert bureau.get(path).json()["state"] == "paid"
    assert bureau.get(f"{path}/file.pdf").content.startswith(b"%PDF")
    assert len(bureau.get("/api/v1/statements", params={"state": "paid"}).json()) == 1


def test_adjustments_over_http(bureau: TestClient, town: Town) -> None:
    """Tests a proposal, its approval once, and lines taken back."""
    made = bureau.post("/api/v1/statements/make", json=DAYS).json()
    one = next(one for one in made if one["total_fen"] == 23500)
    bureau.post(f"/api/v1/statements/{one['statement_id']}/submit")
    backdate(town)
    (proposal,) = bureau.post("/api/v1/adjustments", json=DAYS | {"note": "补认"}).json()
    path = f"/api/v1/adjustments/{proposal['adjustment_id']}/decision"
    assert bureau.post(path, json={"approved": True}).status_code == 204
    assert bureau.post(path, json={"approved": True}).status_code == 409
    back = {"lines": [1], "reason": "fraud", "note": "已核实"}
    assert (
        bureau.post(f"/api/v1/statements/{one['statement_id']}/claw-back", json=back).json()[0]["amount_fen"]
        == -500
    )
    found = bureau.get("/api/v1/adjustments", params={"programme": PROGRAMME}).json()
    assert sorted(one["approved"] is True for one in found) == [False, True]


def test_a_programme_without_grants_gives_none(bureau: TestClient) -> None:
    """Tests that an unknown grant, and an asset of one, are not found."""
    giving = {"programme": PROGRAMME, "benefit": "none", "subject": "S1", "evidence": "x"}
    assert bureau.post("/api/v1/grants", json=giving).status_code == 404
    bought = {"name": "a", "purpose": "b", "cost_fen": 1, "bought_on": "2023-07-01", "document": "c"}
    assert bureau.post("/api/v1/grants/none/assets", json=bought).status_code == 404
