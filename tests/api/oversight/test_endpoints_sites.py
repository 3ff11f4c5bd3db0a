"""The register over HTTP: the same life, and who may."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.people import OPERATOR, NewUser, add_user, link_for
from tests.api.oversight.site_house import ANSWERS, NOW_AT, open_register

REGISTER = "/api/v1/site-register"
BY = {"by": "韦主任", "happened_on": "2026-11-02"}
SITE = {
    "site_id": "C01", "programme_id": "p", "name": "文昌社区长者饭堂", "address": "路 1 号",
    "district": "450202",
    "operator": "社区中心", "contact": "韦", "phone": "0772-1",
    "measures": {"neighbourhood": "urban", "radius_m": "900", "elderly": "2100", "seats": "40", "floor": "1",
                 "dining_area_m2": "72"},
}  # fmt: skip


@pytest.fixture
def clients(tmp_path: Path, sqlite_template: Path) -> Iterator[dict[str, TestClient]]:
    """A client for the bureau, one for the monitor, one for a site."""
    house = open_register(tmp_path, sqlite_template)
    with ExitStack() as stack:
        found = {}
        for role, bound in (("bureau", {}), ("monitor", {}), ("canteen", {"site_id": "C02"})):
            with house.database.begin() as session:
                add_user(session, OPERATOR, NOW_AT, house.ids, NewUser(role, role, role, **bound))
                link = link_for(session, OPERATOR, NOW_AT, role, 24).rpartition("token=")[2]
            client = stack.enter_context(TestClient(create_app(house), raise_server_exceptions=False))
            assert client.post("/api/v1/session/open", json={"link": link}).status_code == 200
            found[role] = client
        yield found
        house.database.close()


def test_a_site_is_led_over_http(clients: dict[str, TestClient]) -> None:
    """Tests application, assessment, papers, opening and what each lacks as a problem document."""
    bureau = clients["bureau"]
    assert bureau.post(REGISTER, json={"site": SITE, "act": BY}).status_code == 201
    assert bureau.post(REGISTER, json={"site": SITE, "act": BY}).json()["code"] == "site_act_not_now"
    site = f"{REGISTER}/C01"
    lacking = bureau.post(f"{site}/acts/assess", json=BY)
    assert (lacking.status_code, lacking.json()["code"]) == (409, "site_act_lacking")
    assert bureau.post(f"{site}/acts/assess", json=BY | {"answers": ANSWERS}).status_code == 200
    assert bureau.post(f"{site}/acts/select", json=BY).status_code == 200
    papers = [{"kind": kind, "ref": "7", "dated_on": "2026-11-02"} for kind in ("agreement", "备案表")]
    assert bureau.post(f"{site}/acts/agree", json=BY | {"documents": papers}).status_code == 200
    visit = {"kind": "routine", "inspected_on": "2026-11-01", "inspector": "李", "office": "市监局"}
    assert bureau.post(f"{site}/inspect/inspection", json=visit).status_code == 204
    assert (
        bureau.post(f"{site}/keep/supply", json={"meal": "lunch", "form": "own_kitchen"}).status_code == 204
    )
    assert bureau.post(f"{site}/keep/nothing", json={}).json()["code"] == "not_found"
    assert bureau.post(f"{site}/keep/supply", json={"meal": "\x00"}).status_code == 422
    place = {"kind": "village", "name": "大村", "district": "450202", "households": 800}
    assert bureau.put(f"{REGISTER}/neighbourhoods", json=[place]).status_code == 204
    assert bureau.get(site).json()["standing"]["state"] == "agreed"
    assert bureau.get(f"{REGISTER}/areas/p").json()["kept"]


def test_a_monitor_and_a_strangers_canteen_read_what_is_theirs(clients: dict[str, TestClient]) -> None:
    """Tests that the monitor reads all and writes nothing, and another site's canteen reads nothing of it."""
    clients["bureau"].post(REGISTER, json={"site": SITE, "act": BY})
    monitor, canteen = clients["monitor"], clients["canteen"]
    assert [one["site_id"] for one in monitor.get(REGISTER).json()["sites"]] == ["C01"]
    assert monitor.get(f"{REGISTER}/C01/checks").json()["kept"]
    assert monitor.get(f"{REGISTER}/C01/board?paper=A4").content.startswith(b"%PDF")
    span = "from_on=2026-10-01&to_on=2026-11-02"
    assert monitor.get(f"{REGISTER}/export.xlsx?{span}").content.startswith(b"PK")
    ever = "from_on=0001-01-01&to_on=9999-12-31"
    assert monitor.get(f"{REGISTER}/export.csv?{ever}&sheet=servings").status_code == 200
    assert monitor.get(f"{REGISTER}/export.csv?{span}&sheet=sites").text.startswith("\ufeff")
    assert monitor.post(f"{REGISTER}/C01/acts/assess", json=BY).json()["code"] == "role_may_not"
    assert monitor.post(f"{REGISTER}/C01/inspect/grade", json={}).status_code == 403
    assert canteen.get(REGISTER).json()["sites"] == []
    for path in ("", "/checks", "/board"):
        assert canteen.get(f"{REGISTER}/C01{path}").json()["code"] == "outside_scope"
    assert canteen.get(f"{REGISTER}/export.xlsx?{span}").status_code == 403


def test_pages_hand_out_papers_and_tables(clients: dict[str, TestClient]) -> None:
    """Tests that the monitor takes the tables, a canteen neither them nor another site's board."""
    clients["bureau"].post(REGISTER, json={"site": SITE, "act": BY})
    span = "from_on=2026-10-01&to_on=2026-11-02"
    asked = {
        ("monitor", f"/sites/export.xlsx?{span}"): 200,
        ("monitor", f"/sites/export.csv?{span}&sheet=findings"): 200,
        ("monitor", f"/sites/export.csv?{span}&sheet=diners"): 404,
        ("monitor", "/sites/C01/board.pdf?paper=A4"): 200,
        ("canteen", f"/sites/export.xlsx?{span}"): 403,
        ("canteen", "/sites/C01/board.pdf"): 403,
        ("canteen", "/sites/C01"): 403,
        ("bureau", "/sites/C99"): 404,
    }
    found = {key: clients[key[0]].get(key[1]).status_code for key in asked}
    assert found == asked
    place = {"kind": "street", "name": "文昌街道", "district": "450202"}
    told = clients["bureau"].post("/sites/neighbourhoods", data=place, follow_redirects=False)
    assert (told.status_code, told.headers["location"]) == (303, "/sites")
    for count in ("9" * 30, "many"):
        assert (
            clients["bureau"].post("/sites/neighbourhoods", data=place | {"households": count}).status_code
            == 422
        )
