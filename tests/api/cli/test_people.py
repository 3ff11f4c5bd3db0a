"""``holdchain diner``: what a manager does about people, from the command line."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from api.clock import RehearsalClock
from api.db import Database
from tests.api.cli.in_process import run
from tests.api.register.conftest import NOW_AT, furnished
from tests.services import ROOT

SCHEMAS = ROOT / "docs" / "schemas"
NUMBER = "11010519491231002X"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a canteen and two programmes."""
    tmp_path = tmp_path_factory.mktemp("people")
    RehearsalClock.start(tmp_path / "clock.json", NOW_AT, 0)
    assert run(tmp_path, "db", "upgrade").returncode == 0
    database = Database(f"sqlite:///{tmp_path / 'holdchain.sqlite3'}")
    furnished(database)
    database.close()
    return tmp_path


def said(folder: Path, command: str, *arguments: str) -> dict:
    """A command's document, which is what its schema says."""
    done = run(folder, "diner", *command.split(), *arguments, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    schema = json.loads((SCHEMAS / f"diner-{command.replace(' ', '-')}.json").read_text("utf-8"))
    jsonschema_rs.validate(schema, document)
    return document


def test_a_manager_does_everything_about_a_person(folder: Path) -> None:
    """Tests registering, a fact, a card, family and a programme, each by its document."""
    document = said(
        folder, "register", "张三", "--site", "C01", "--id-number", NUMBER, "--phone", "13800001234"
    )
    code = document["code"]
    assert (document["id_last_four"], document["born_on"]) == ("002X", "1949-12-31")
    fact = said(folder, "fact", code, "flag", "loses_ability", "--from", "2026-11-01", "--evidence", "12号")
    position = fact["facts"][-1]["position"]
    assert fact["facts"][-1] | {"evidence": "12号", "from_on": "2026-11-01"} == fact["facts"][-1]
    right = said(folder, "fact", code, "flag", "dementia", "--correct", str(position))
    assert [one["stands"] for one in right["facts"]][-2:] == [False, True]
    assert said(folder, "enrol", code, "changping-2023")["programme_id"] == "changping-2023"
    assert said(folder, "bind", code, "daughter", "--name", "张女士")["bindings"][0]["login"] == "daughter"
    cards = said(folder, "card issue", code, "--card", "6214 8300")["cards"]
    assert {one["kind"]: one["shown"] for one in cards}["card"] == "8300"
    assert said(folder, "card print", "--site", "C01", "--out", str(folder / "cards.pdf"))["cards"] == 1
    assert (folder / "cards.pdf").read_bytes().startswith(b"%PDF")
    lost = said(folder, "card revoke", code, "--reason", "lost")
    assert [one["reason"] for one in lost["cards"] if one["kind"] == "qr"] == ["lost"]
    assert said(folder, "show", code)["code"] == code
    assert NUMBER not in json.dumps(document)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("register 李四 --site C01 --id-number 110105194912310021", 1),
        ("register 李四 --site C01 --delivery drone", 2),
        ("fact P00009 flag tekun", 1),
        ("card print", 2),
        ("card revoke P00009 --reason eaten", 2),
    ],
)
def test_what_cannot_be_is_refused(folder: Path, line: str, code: int) -> None:
    """Tests that a refusal leaves 1 and wrong usage 2, in words."""
    done = run(folder, "diner", *line.split(), language="zh_CN")
    assert done.returncode == code
    assert done.stderr


def test_the_doctor_misses_a_lost_key(tmp_path: Path) -> None:
    """Tests that a database restored without the key of people is found out before cards fail."""
    assert run(tmp_path, "db", "upgrade").returncode == 0
    database = Database(f"sqlite:///{tmp_path / 'holdchain.sqlite3'}")
    furnished(database).register()
    database.close()
    done = run(tmp_path, "doctor", "--json")
    found = {one["what"]: one["ok"] for one in json.loads(done.stdout)["findings"]}
    assert not found["key of people"]
