"""``holdchain site``: a site led from the terminal, each document as its schema says."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from api.db import Database
from tests.api.cli.in_process import run
from tests.api.oversight.site_house import ITEMS, open_register
from tests.services import ROOT

SCHEMAS = ROOT / "docs" / "schemas"
BY = ("--by", "韦主任")


@pytest.fixture
def data(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with one programme; its tables are there already."""
    monkeypatch.setattr(Database, "upgrade", lambda _: None)
    open_register(tmp_path, sqlite_template).database.close()
    return tmp_path


def said(data: Path, *line: str, code: int = 0) -> dict:
    """A command's document, which keeps its schema."""
    done = run(data, "site", *line, "--json")
    assert done.returncode == code, done.stderr
    name = f"site-{line[0]}" if code == 0 else "refused"
    document = json.loads(done.stdout)
    jsonschema_rs.validate(json.loads((SCHEMAS / f"{name}.json").read_text("utf-8")), document)
    return document


def test_a_site_is_led_from_the_terminal(data: Path) -> None:
    """
    Tests application, assessment, selection, filing, papers, opening, pause, list, check, board and exit.
    """
    file = ("--programme", "p", "--name", "文昌社区长者饭堂", "--district", "450202", "--address", "路 1 号")
    people = ("--operator", "社区中心", "--contact", "韦", "--phone", "0772-1")
    assert said(data, "apply", "C01", *file, *people, *BY)["standing"]["state"] == "applied"
    measures = (
        "neighbourhood=urban",
        "radius_m=900",
        "elderly=2100",
        "seats=40",
        "dining_area_m2=72",
        "floor=1",
    )
    told = [word for one in measures for word in ("--measure", one)]
    answers = [word for item in ITEMS[1:] for word in ("--answer", f"{item}=yes")]
    assert said(data, "assess", "C01", *BY, *told, *answers, code=1)["refused"]["code"] == "site_act_lacking"
    assert said(data, "assess", "C01", *BY, *told, "--all-yes")["standing"]["state"] == "assessed"
    said(data, "select", "C01", *BY)
    said(data, "agree", "C01", *BY, "--paper", "agreement=2026-7@2026-11-01", "--paper", "备案表=12")
    refused = said(data, "open", "C01", *BY, code=1)["refused"]
    assert "no staff" in refused["detail"].lower()
    for form, fields in (
        ("supply", ("meal=lunch", "form=central_kitchen", "supplier=示例中央厨房")),
        ("licence", ("kind=supplier", "number=JY7", "holder=示例中央厨房", "from_on=2025-01-01")),
        ("person", ("name=覃师傅", "job=分餐", "from_on=2026-01-01")),
    ):
        said(data, "keep", "C01", form, *(word for one in fields for word in ("--field", one)))
    refused = said(data, "open", "C01", *BY, code=1)["refused"]
    assert refused["params"]["count"] == 1 and "certificate" in refused["detail"]
    paused = ("pause", "C01", *BY, "--reason", "停水", "--grounds", "emergency")
    assert said(data, *paused, code=1)["refused"]["code"] == "site_act_not_now"

    assert said(data, "check", "C01")["kept"]
    (data / "areas.csv").write_text(
        "kind,name,district,households,centres\nvillage,大村,450202,800,\n", "utf-8"
    )
    area = said(data, "check", "--programme", "p", "--areas", str(data / "areas.csv"))
    assert [(one["item"], one["verdict"]) for one in area["checks"]] == [("site_quota", "met")]
    assert [one["standing"]["state"] for one in said(data, "list")["sites"]] == ["agreed"]
    board = said(data, "board", "C01", "--paper", "A4")
    assert Path(board["file"]).read_bytes().startswith(b"%PDF")
    assert any("no health certificate" in one["words"] for one in board["findings"])
    away = ("exit", "C01", *BY, "--reason", "放弃", "--from", "2026-11-20")
    assert said(data, *away)["standing"] == {"state": "exited", "since_on": "2026-11-20", "until_on": None}
    assert said(data, "withdraw", "C01", *BY, "--reason", "再试")["standing"]["state"] == "agreed"
    assert said(data, "exit", "C01", *BY, "--reason", "放弃")["standing"]["state"] == "exited"
    said(data, "apply", "C01", *file, *people, *BY)
    assert said(data, "turn-down", "C01", *BY, "--reason", "太小")["standing"]["state"] == "turned_down"


def test_people_are_told_in_words(data: Path) -> None:
    """
    Tests lines for people, a refusal with every reason, and wrong usage.
    """
    line = ("apply", "C01", "--programme", "p", "--name", "x", "--district", "450202", *BY)
    together = run(data, "site", *line)
    assert (together.returncode, "--address, --operator, --contact, --phone" in together.stderr) == (2, True)
    blank = ("--address", "", "--operator", "o", "--contact", "c", "--phone", "")
    line += blank
    lacking = run(data, "site", *line, language="zh_CN")
    assert lacking.returncode == 1 and "未填：地址" in lacking.stderr and "未填：电话" in lacking.stderr
    assert run(data, "site", "check").returncode == 2
    assert run(data, "site", "list").returncode == 0
