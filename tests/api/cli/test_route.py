"""Trips for a problem of one's own; and no answer at all without the solver."""

import json
import os
import subprocess
from pathlib import Path

import jsonschema_rs
import pytest

from api.cli.common import Out
from api.cli.route import compiled_s
from tests.api.cli.in_process import run
from tests.api.cli.test_main import HOLDCHAIN, SCHEMAS
from tests.routing.instances.files import CVRP, MULTI_TRIP

PROBLEM = Path(__file__).resolve().parents[3] / "docs" / "route-problem.json"


def test_the_published_problem_is_solved(tmp_path: Path) -> None:
    """Tests lines for people, one document for programs, and boxes left out with their reason."""
    plan = json.loads(run(tmp_path, "route", "solve", str(PROBLEM), "--json").stdout)
    jsonschema_rs.validate(json.loads((SCHEMAS / "route-solve.json").read_text("utf-8")), plan)
    assert plan["unserved"][0]["boxes"] == ["X04"]
    lines = run(tmp_path, "route", "solve", str(PROBLEM)).stdout
    assert "T1" in lines
    assert "boxes unserved: 1" in lines


def test_compiling_is_told_and_in_nobodys_limit(capsys: pytest.CaptureFixture[str]) -> None:
    """Tests 30 s of compiling, which no limit counts, and half a second of loading, which it does."""
    ticks = iter([0.0, 30.0, 40.0, 40.5])
    assert [compiled_s(Out(True), lambda: None, lambda: next(ticks)) for _ in range(2)] == [30.0, 0.0]
    assert capsys.readouterr().err.count("30") == 1


@pytest.mark.parametrize("options", [["--iterations", "50", "--processes", "1"], ["--engine", "ortools"]])
def test_an_instance_file_is_answered_by_its_own_numbers(tmp_path: Path, options: list[str]) -> None:
    """Tests cost, convention and routes of client numbers for a VRPLIB file, by either engine."""
    file = tmp_path / "any.name"
    file.write_text(MULTI_TRIP, "utf-8")
    done = run(tmp_path, "route", "solve", str(file), "--json", *options)
    answer = json.loads(done.stdout)
    jsonschema_rs.validate(json.loads((SCHEMAS / "route-solve.json").read_text("utf-8")), answer)
    assert (answer["cost"], answer["feasible"], answer["checks"]) == (300, True, [])
    assert sorted(answer["routes"][0]["trips"]) == [[1], [2], [3]]
    assert "cost 300 (floor(10 x distance)" in done.stderr


def test_a_client_that_no_vehicle_can_serve_is_named(tmp_path: Path) -> None:
    """Tests that demand above every vehicle leaves that client out with its reason, and says not feasible."""
    file = tmp_path / "instance.vrp"
    file.write_text(CVRP.replace("3 5\n", "3 11\n"), "utf-8")
    answer = json.loads(run(tmp_path, "route", "solve", str(file), "--json", "--iterations", "50").stdout)
    assert answer["feasible"] is False
    assert [(one["client"], one["code"]) for one in answer["unserved"]] == [(2, "too_large_for_any_vehicle")]
    assert sorted(client for one in answer["routes"] for trip in one["trips"] for client in trip) == [1, 3]


@pytest.mark.parametrize(
    "options",
    [["--engine", "x"], ["--rounding", "x"], ["--time", "0"], ["--time", "1", "--iterations", "1"]],
)
def test_wrong_options_are_wrong_usage(tmp_path: Path, options: list[str]) -> None:
    """Tests that a mistyped option is told apart from a file that cannot be used."""
    assert run(tmp_path, "route", "solve", str(PROBLEM), *options).returncode == 2


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"schema": 1}', "\xff"])
def test_a_file_that_is_no_problem_is_refused(tmp_path: Path, content: str) -> None:
    """Tests that a file which cannot be used is named, with what is wrong."""
    file = tmp_path / "problem.json"
    file.write_bytes(content.encode("latin-1"))
    done = run(tmp_path, "route", "solve", str(file))
    assert (done.returncode, str(file) in done.stderr, done.stdout) == (1, True, "")
    assert run(tmp_path, "route", "solve", str(tmp_path / "none.json")).returncode == 1


@pytest.mark.parametrize(
    ("how", "arguments"),
    [
        ("sys.modules['ortools'] = None", ["route", "solve", str(PROBLEM), "--engine", "ortools"]),
        ("sys.meta_path.insert(0, Wall())", ["route", "solve", str(PROBLEM), "--engine", "ortools"]),
        ("sys.meta_path.insert(0, Wall())", ["menu", "plan", "--from", "2026-11-23"]),
        ("sys.meta_path.insert(0, Wall())", ["day", "plan"]),
    ],
)
def test_without_the_solver_there_is_no_answer(tmp_path: Path, arguments: list[str], how: str) -> None:
    """Tests that with ortools unimportable the commands fail, say why, and print nothing planned."""
    (tmp_path / "sitecustomize.py").write_text(
        "import sys\n"
        "class Wall:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] == 'ortools':\n"
        "            raise ImportError('ortools is blocked')\n"
        f"{how}\n"
    )
    env = os.environ | {"PYTHONPATH": str(tmp_path), "HOLDCHAIN_DATA": str(tmp_path / "data")}
    env["HOLDCHAIN_LANGUAGE"] = "en"
    done = subprocess.run(
        [*HOLDCHAIN, *arguments, "--json"], env=env, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 1
    assert json.loads(done.stdout)["refused"]["code"] == "library_missing"
    assert "ortools" in done.stderr
