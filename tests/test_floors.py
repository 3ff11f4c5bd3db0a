"""The import contracts bite: a skeleton of the tree passes, and each planted slip is named."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

MODULES = """
    orders.service orders.store.diners
    kitchen.batches kitchen.schedule kitchen.menu_plan kitchen.store.lots
    routing.plan routing.check_sums routing.plain routing.solve routing.store.plans
    telemetry.mqtt telemetry.verify telemetry.simulate telemetry.hold_chain telemetry.chunks telemetry.seal
    telemetry.simulate_families telemetry.frames telemetry.store.readings
    api.clock api.db api.settings api.ingest api.security api.demo.driver api.day.close api.imports.rosters
    api.reports.labels api.endpoints.orders api.app
"""

ALLOWED = {
    "kitchen.batches": "import orders.service",
    "kitchen.schedule": "from ortools.sat.python import cp_model",
    "orders.store.diners": "import sqlmodel",
    "telemetry.mqtt": "import paho.mqtt.client",
    "api.day.close": "import orders.store.diners",
    "api.imports.rosters": "import pandas, python_calamine",
    "api.reports.labels": "import reportlab.pdfgen.canvas, segno",
    "api.demo.driver": "import httpx, api.clock",
    "api.endpoints.orders": "import fastapi, api.day.close",
}

SLIPS = [
    ("orders.service", "import kitchen.batches", "Floors follow the food"),
    ("kitchen.batches", "import orders.store.diners", "The database is reached only from api"),
    ("orders.service", "import sqlmodel", "Door: SQL"),
    ("kitchen.batches", "import ortools", "Door: solvers"),
    ("api.ingest", "import paho.mqtt.client", "Door: the broker"),
    ("api.day.close", "import reportlab", "Door: paper, spreadsheets, frames, archive, roads, keys"),
    ("api.day.close", "import fastapi", "Only the web face knows FastAPI"),
    ("routing.plan", "import routing.solve", "The judge shares nothing with the judged"),
    ("telemetry.verify", "import telemetry.seal", "The verifier and the simulator stand alone"),
    (
        "telemetry.simulate_families",
        "import telemetry.frames",
        "The simulated fleet shares nothing with who reads it",
    ),
    ("api.demo.driver", "import orders.store.diners", "The demo acts from outside"),
    ("api.demo.driver", "import api.day.close", "The demo acts from outside"),
]


@pytest.fixture
def skeleton(tmp_path: Path) -> Path:
    """A tree of near-empty modules under the project's own contracts."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for module in MODULES.split():
        path = tmp_path.joinpath(*module.split(".")).with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(ALLOWED.get(module, "") + "\n")
    for folder in {
        parent for path in tmp_path.rglob("*.py") for parent in path.parents if tmp_path in parent.parents
    }:
        (folder / "__init__.py").touch()
    return tmp_path


def broken_contracts(tree: Path) -> tuple[int, str]:
    """Exit code and words of import-linter on a tree."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_design_as_drawn_keeps_every_contract(skeleton):
    """
    Tests that what the design allows is allowed.
    """
    code, words = broken_contracts(skeleton)
    assert code == 0, words


@pytest.mark.parametrize(("module", "line", "contract"), SLIPS)
def test_a_slip_breaks_its_contract(skeleton, module, line, contract):
    """
    Tests that an import across a floor or through a door is refused by name.
    """
    with skeleton.joinpath(*module.split(".")).with_suffix(".py").open("a") as file:
        file.write(line + "\n")
    code, words = broken_contracts(skeleton)
    assert code == 1
    assert f"{contract} BROKEN" in words
