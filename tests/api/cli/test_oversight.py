"""``holdchain oversight`` and its endpoints: each document is what its schema says, on a town with flags."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import typer
from sqlalchemy import text
from typer.testing import CliRunner

from api.app import create_app
from api.cli import oversight
from api.clock import RehearsalClock
from api.db import newest_migration
from api.house import House, open_house
from api.people import OPERATOR, NewUser, add_user
from api.settings import Settings
from tests.api.cli.test_main import SCHEMAS
from tests.api.oversight.town import NOW_AT, build, serve
from tests.api.test_app import signed_in

COMMAND = typer.Typer()
oversight.register(COMMAND)


@pytest.fixture
def house(tmp_path: Path, sqlite_template: Path) -> Iterator[House]:
    """A house whose tables are new, with the town, a served dead person and a clerk of the bureau."""
    shutil.copy(sqlite_template, tmp_path / "holdchain.sqlite3")
    RehearsalClock.start(tmp_path / "clock.json", NOW_AT, 0)
    house = open_house(Settings(data=tmp_path), seed=1, upgrade=False)
    with house.database.begin() as session:
        session.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        session.execute(text(f"INSERT INTO alembic_version VALUES ('{newest_migration()}')"))
        build(session, {"flags": ["deceased"], "consequence": ["claw_back"]})
        serve(session, [(1, "d1", "C01", 0), (2, "d3", "C01", 1)])
        add_user(session, OPERATOR, NOW_AT, house.ids, NewUser("li", "李科员", "bureau"))
    yield house
    house.database.close()


def said(house: House, *arguments: str) -> dict[str, Any]:
    """The document of one command, which keeps its schema."""
    data = str(house.settings.data)
    done = CliRunner().invoke(
        COMMAND, ["oversight", *arguments, "--json", "--data", data], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    document: dict[str, Any] = json.loads(done.stdout)
    schema = json.loads((SCHEMAS / f"oversight-{arguments[0]}.json").read_text("utf-8"))
    jsonschema_rs.validate(schema, document)
    return document


def test_flags_are_found_and_decided_by_name(house: House) -> None:
    """Tests finding, the empty second look, and a decision with the name of who made it."""
    days = ["--from", "2026-11-23", "--to", "2026-11-23"]
    first = said(house, "flags", "--find", *days)
    assert (first["found"], [one["kind"] for one in first["flags"]]) == (1, ["deceased"])
    assert said(house, "flags", "--find", *days)["found"] == 0
    flag_id = first["flags"][0]["flag_id"]
    made = said(house, "decide", flag_id, "confirmed", "--reason", "家属证实", "--by", "li")
    assert made["decision"]["decided_by"] == "李科员"
    assert made["decision"]["consequences"] == ["claw_back"]
    assert said(house, "flags")["flags"] == []
    assert len(said(house, "flags", "--state", "confirmed")["flags"]) == 1


def test_a_complaint_is_taken_and_worked_on(house: House) -> None:
    """Tests a new complaint, sent twice, a step, and the list with its rates."""
    take = ["complaint", "--kind", "food", "--text", "菜太咸", "--ref", "BJ-7"]
    code = said(house, *take)["complaints"][0]["code"]
    assert said(house, *take)["complaints"][0]["code"] == code
    said(house, "complaint", code, "--step", "solved", "--note", "已换菜", "--by", "li")
    every = said(house, "complaint")
    assert every["complaints"][0]["state"] == "solved"
    assert every["rates"]["solved_ratio"] == 1.0


def test_a_survey_is_begun_printed_and_keyed_in(house: House, tmp_path: Path) -> None:
    """Tests the papers' file, answers of a paper and of an interview, and what they say."""
    begun = said(house, "survey", "--begin", "--programme", "p", "--from", "2026-11-23", "--to", "2026-12-23")
    code = begun["surveys"][0]["code"]
    file = tmp_path / "papers.pdf"
    assert said(house, "survey", code, "--papers", "2", "--out", str(file))["papers"] == str(file)
    assert file.read_bytes().startswith(b"%PDF")
    said(house, "survey", code, "--number", "1", "--answer", "known=2", "--by", "li")
    said(house, "survey", code, "--answer", "known=2", "--answer", "taste=5", "--by", "li")
    (result,) = said(house, "survey")["surveys"]
    awareness = next(one for one in result["metrics"] if one["metric"] == "awareness")
    assert (awareness["favourable"], awareness["meets"], result["answered"]) == (2, True, 2)


def test_wrong_usage_leaves_2(house: House) -> None:
    """Tests that a half-said command is refused before anything is done."""
    for arguments in (["flags", "--state", "odd"], ["complaint", "T1"], ["survey", "--papers", "3"]):
        assert CliRunner().invoke(COMMAND, ["oversight", *arguments]).exit_code == 2


def test_the_endpoints_speak_the_same_documents(house: House) -> None:
    """Tests looking, deciding, carrying out, complaints, surveys, blacklist and rules over HTTP."""
    base = "/api/v1/oversight"
    bureau = next(signed_in(create_app(house), house, "li"))
    day = {"from_on": "2026-11-23", "to_on": "2026-11-23"}
    (flag,) = bureau.post(f"{base}/flags/look", json=day).json()
    path = f"{base}/flags/{flag['flag_id']}"
    assert bureau.post(f"{path}/decision", json={"decision": "confirmed", "reason": ""}).status_code == 422
    decision = {"decision": "confirmed", "reason": "家属证实"}
    assert bureau.post(f"{path}/decision", json=decision).json()["state"] == "confirmed"
    done = {"consequence": "claw_back", "note": "结算单 7"}
    assert bureau.post(f"{path}/consequences", json=done).json()["carried_out"]
    assert bureau.post(f"{path}/consequences", json=done).status_code == 409
    assert [one["state"] for one in bureau.get(f"{base}/flags").json()] == ["confirmed"]
    complaint = {"kind": "price", "text": "多收一元", "channel": "site", "site_id": "C01"}
    code = bureau.post(f"{base}/complaints", json=complaint).json()["code"]
    step = {"kind": "assigned", "to": "助餐点"}
    assert bureau.post(f"{base}/complaints/{code}/steps", json=step).json()["state"] == "assigned"
    assert bureau.get(f"{base}/complaints").json()["rates"]["received"] == 1
    survey = bureau.post(f"{base}/surveys", json={"programme_id": "p", **day}).json()
    answers = {"answers": {"known": 1}}
    assert bureau.post(f"{base}/surveys/{survey['code']}/answers", json=answers).json()["number"] == 1
    assert bureau.get(f"{base}/surveys/{survey['code']}").json()["answered"] == 1
    entry = {"subject_kind": "site", "subject": "C01", "from_on": "2026-11-23", "reason": "伪造"}
    entry_id = bureau.post(f"{base}/blacklist", json=entry).json()["entry_id"]
    assert bureau.post(f"{base}/blacklist/{entry_id}/end", json={"reason": "申诉"}).status_code == 200
    assert bureau.get(f"{base}/rules").json()["revision"] == 0
    assert bureau.put(f"{base}/rules", json={"flags": {"burst_s": 5}}).status_code == 403
