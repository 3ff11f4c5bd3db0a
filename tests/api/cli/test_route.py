"""Trips for a problem of one's own; and no answer at all without the solver."""

import json
import os
import subprocess
from pathlib import Path

import jsonschema_rs
import pytest

from tests.api.cli.in_process import run
from tests.api.cli.test_main import HOLDCHAIN, SCHEMAS

PROBLEM = Path(__file__).resolve().parents[3] / "docs" / "route-problem.json"


def test_the_published_problem_is_solved(tmp_path: Path) -> None:
    """Tests lines for people, one document for programs, and boxes left out with their reason."""
    plan = json.loads(run(tmp_path, "route", "solve", str(PROBLEM), "--json").stdout)
    jsonschema_rs.validate(json.loads((SCHEMAS / "route-solve.json").read_text("utf-8")), plan)
    assert plan["unserved"][0]["boxes"] == ["X04"]
    lines = run(tmp_path, "route", "solve", str(PROBLEM)).stdout
    assert "T1" in lines
    assert "boxes unserved: 1" in lines


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
        ("sys.modules['ortools'] = None", ["route", "solve", str(PROBLEM)]),
        ("sys.meta_path.insert(0, Wall())", ["route", "solve", str(PROBLEM)]),
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
