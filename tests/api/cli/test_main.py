"""The command's manners: help, exit codes, one JSON document, words."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from time import perf_counter

import jsonschema_rs
import pytest

from tests.api.cli.in_process import run as tried

KING = ["user", "add", "x", "--role", "king"]
SCHEMAS = Path(__file__).resolve().parents[3] / "docs" / "schemas"
HOLDCHAIN = [sys.executable, "-m", "api.cli.main"]


def run(
    data: Path, *arguments: str, language: str = "en", cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """One command, as a shell runs it."""
    env = os.environ | {"HOLDCHAIN_DATA": str(data), "HOLDCHAIN_LANGUAGE": language, "COLUMNS": "200"}
    return subprocess.run(
        [*HOLDCHAIN, *arguments], env=env, cwd=cwd, capture_output=True, text=True, check=False, timeout=300
    )


def test_help_is_quick_and_has_an_example(tmp_path: Path) -> None:
    """Tests that help names the commands with an example, and loads neither database nor web."""
    began_s = perf_counter()
    done = run(tmp_path, "--help")
    assert perf_counter() - began_s < 5
    assert done.returncode == 0
    assert "Example: holdchain demo" in done.stdout
    heavy = "{'sqlalchemy', 'fastapi', 'pandas', 'ortools', 'reportlab'} & {*sys.modules}"
    code = f"import sys; import api.cli.main as m; m.register_all(); print({heavy})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "set()"


def test_a_command_works_in_an_empty_data_folder_from_anywhere(tmp_path: Path) -> None:
    """Tests that the first command makes the database in a new folder, and any in an empty one."""
    data, empty = tmp_path / "new" / "data", tmp_path / "empty"
    done = run(data, "db", "upgrade", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert f"A new house is made in {data}." in done.stderr
    empty.mkdir()
    assert run(empty, "user", "add", "li", "--role", "kitchen").returncode == 0
    assert (data / "holdchain.sqlite3").exists()
    assert data.stat().st_mode & 0o077 == 0


def test_tables_of_another_version_are_said_in_a_sentence(tmp_path: Path) -> None:
    """Tests a house that lacks a column, then one of a migration nobody knows: refused with the remedy."""
    assert tried(tmp_path, "db", "upgrade").returncode == 0
    for change in (
        "ALTER TABLE users RENAME COLUMN role TO part",
        "UPDATE alembic_version SET version_num = 'x'",
    ):
        with closing(sqlite3.connect(tmp_path / "holdchain.sqlite3")) as database:
            database.execute(change)
            database.commit()
        done = tried(tmp_path, "user", "list", "--json")
        assert done.returncode == 1
        assert json.loads(done.stdout)["refused"]["code"] == "tables_other"
        assert "holdchain db upgrade" in done.stderr and "Traceback" not in done.stderr


def test_a_mistyped_data_folder_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    """Tests that no command but a founding one makes a house in a folder that is not there, or not ours."""
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").touch()
    for folder in (tmp_path / "hose", tmp_path / "photos"):
        done = tried(tmp_path, "order", "list", "--json", "--data", str(folder))
        assert done.returncode == 1
        assert json.loads(done.stdout)["refused"]["code"] == "house_missing"
        assert str(folder) in done.stderr
        assert "holdchain db seed" in done.stderr
        assert tried(tmp_path, "--data", str(folder), "user", "list").returncode == 1
    assert not (tmp_path / "hose").exists()
    assert [one.name for one in (tmp_path / "photos").iterdir()] == ["a.jpg"]


def test_data_overrides_the_environment_before_and_after_the_command(tmp_path: Path) -> None:
    """Tests that --data wins over HOLDCHAIN_DATA in both places."""
    for place, arguments in (
        ("a", ["--data", str(tmp_path / "a"), "db", "upgrade"]),
        ("b", ["db", "upgrade", "--data", str(tmp_path / "b")]),
    ):
        assert tried(tmp_path / "other", *arguments).returncode == 0
        assert (tmp_path / place / "holdchain.sqlite3").exists()
    assert not (tmp_path / "other").exists()


def test_json_is_one_document_and_nothing_else(tmp_path: Path) -> None:
    """Tests that stdout carries the document alone, with its schema number."""
    tried(tmp_path, "user", "add", "li", "--role", "kitchen")
    link = json.loads(run(tmp_path, "user", "link", "li", "--json").stdout)
    assert link["schema"] == 1
    assert "/sign-in?token=" in link["address"]
    assert json.loads(tried(tmp_path, "user", "list", "--json").stdout)["users"][0]["login"] == "li"


def test_a_refusal_leaves_1_and_says_why_in_the_persons_language(tmp_path: Path) -> None:
    """Tests that a refusal is words on stderr, and with --json a document with its code."""
    done = run(tmp_path, "user", "link", "nobody")
    assert (done.returncode, done.stdout, done.stderr.strip()) == (1, "", "No user “nobody” was found.")
    assert "没有找到用户" in tried(tmp_path, "user", "link", "nobody", language="zh_CN").stderr
    refused = json.loads(tried(tmp_path, "user", "link", "nobody", "--json").stdout)
    assert refused["refused"]["code"] == "not_found"


@pytest.mark.parametrize("arguments", [["no-such-command"], ["user", "add"], KING])
def test_wrong_usage_leaves_2(tmp_path: Path, arguments: list[str]) -> None:
    """Tests that a wrong command line is told apart from a refusal."""
    assert run(tmp_path, *arguments).returncode == 2


def test_everything_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    """Tests that a command without its arguments names all of them, and with one lacking that one."""
    assert "Missing: KIND, FILE. See" in tried(tmp_path, "import").stderr
    assert "缺少：LOGIN, --role。" in tried(tmp_path, "user", "add", language="zh_CN").stderr
    assert "Missing option '--role'" in tried(tmp_path, "user", "add", "li").stderr


def test_db_check_finds_no_difference_and_a_lost_trigger(tmp_path: Path) -> None:
    """Tests that the check is quiet on a fresh database and leaves 1 on a damaged one."""
    import sqlite3

    tried(tmp_path, "db", "upgrade")
    assert json.loads(tried(tmp_path, "db", "check", "--json").stdout)["differences"] == []
    with sqlite3.connect(tmp_path / "holdchain.sqlite3") as connection:
        connection.execute("DROP TRIGGER keep_receipts_update")
    done = tried(tmp_path, "db", "check", "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["differences"] == ["trigger missing: keep_receipts_update"]


def test_doctor_looks_without_making_anything(tmp_path: Path) -> None:
    """Tests that the doctor reports on a folder that is not there and leaves it so."""
    done = tried(tmp_path / "none", "doctor", "--json")
    found = {one["what"]: one["ok"] for one in json.loads(done.stdout)["findings"]}
    assert found["config"]
    assert found["database"]
    assert not (tmp_path / "none").exists()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a user."""
    folder = tmp_path_factory.mktemp("house")
    assert tried(folder, "user", "add", "li", "--role", "kitchen").returncode == 0
    return folder


@pytest.mark.parametrize(
    ("schema", "arguments"),
    [
        ("user-add", ["user", "add", "wu", "--role", "driver"]),
        ("user-list", ["user", "list"]),
        ("user-link", ["user", "link", "li"]),
        ("db-upgrade", ["db", "upgrade"]),
        ("db-check", ["db", "check"]),
        ("doctor", ["doctor"]),
        ("refused", ["user", "link", "nobody"]),
    ],
)
def test_documents_follow_their_published_schemas(house: Path, schema: str, arguments: list[str]) -> None:
    """Tests that what a command prints is what docs/schemas says."""
    printed = json.loads(tried(house, *arguments, "--json").stdout)
    jsonschema_rs.validate(json.loads((SCHEMAS / f"{schema}.json").read_text("utf-8")), printed)
