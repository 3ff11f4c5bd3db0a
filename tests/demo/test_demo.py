"""The rehearsed day, run as a user runs it, judged by its own summary."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

COUNTS = {
    "schema", "orders", "diners", "portions_ordered", "portions_cooked", "portions_extra", "portions_boxed",
    "portions_not_boxed", "portions_delivered", "portions_excepted", "batches", "boxes", "stops", "unserved",
    "trips", "distance_m", "readings_published", "readings_acknowledged", "readings_stored", "alarms",
    "receipts", "servings", "subsidy_fen", "plan_violations",
}  # fmt: skip


def run_demo(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One demo without pages, in a folder of its own."""
    command = [sys.executable, "-m", "api.cli.main", "demo", "--no-serve", "--json", *arguments]
    env = os.environ | {"HOLDCHAIN_DATA": str(data), "HOLDCHAIN_LANGUAGE": "en"}
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture(scope="module")
def seventh(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], Path]:
    """The summary of the day with seed 7, and its folder."""
    data = tmp_path_factory.mktemp("demo")
    done = run_demo(data, "--seed", "7", "--out", str(data / "out"))
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout), data


def test_the_summary_says_everything_in_whole_numbers(seventh):
    """
    Tests that every count stands in the summary and is a whole number.
    """
    summary, _ = seventh
    assert set(summary) >= COUNTS | {"exceptions", "papers", "holds"}
    assert {key: value for key in COUNTS if not isinstance(value := summary[key], int)} == {}


def test_every_portion_is_accounted_for(seventh):
    """
    Tests the three sums of the day and that every acknowledged reading is stored.
    """
    day, _ = seventh
    assert day["portions_cooked"] - day["portions_extra"] == day["portions_ordered"]
    assert day["portions_boxed"] + day["portions_not_boxed"] == day["portions_ordered"]
    assert day["portions_delivered"] + day["portions_excepted"] == day["portions_boxed"]
    assert day["readings_stored"] == day["readings_acknowledged"] > 0


def test_one_box_breaches_and_one_cannot_be_judged(seventh):
    """
    Tests the two faults of the story, that an alarm rang, and that no rule of the plan is broken.
    """
    day, _ = seventh
    assert day["holds"]["breached"] == 1
    assert day["holds"]["cannot_be_judged"] == 1
    assert sum(day["holds"].values()) == day["boxes"]
    assert day["alarms"] >= 2
    assert day["plan_violations"] == 0


def test_the_sheets_carry_every_portion(seventh):
    """
    Tests that the production sheet's own text gives the day's totals.
    """
    day, _ = seventh
    sheets = [paper for paper in day["papers"] if "production" in Path(paper).name and ".en." in Path(paper).name]
    text = "".join(page.extract_text() for sheet in sheets for page in PdfReader(sheet).pages)
    assert f"Portions ordered: {day['portions_ordered']}" in text
    assert f"Portions cooked: {day['portions_cooked']}" in text
    assert "On no sheet: 0" in text


def test_the_same_seed_gives_the_same_numbers(seventh, tmp_path):
    """
    Tests that a second day of the same seed ends in the same summary, papers' folders apart.
    """
    summary, _ = seventh
    again = json.loads(run_demo(tmp_path, "--seed", "7").stdout)
    assert {key: again[key] for key in again if key != "papers"} == {
        key: summary[key] for key in summary if key != "papers"
    }
