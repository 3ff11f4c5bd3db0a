"""The store room by commands: each document is what its schema says."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.api.cli.in_process import run
from tests.services import ROOT

PAPERS = ("lot_certificate=C1", "animal_quarantine=Q1", "meat_inspection=I1")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example city with a licensed supplier."""
    folder = tmp_path_factory.mktemp("house")
    assert run(folder, "db", "seed", "--city", "liuzhou", "--from", "2026-11-23").returncode == 0
    licence = "食品经营许可证:JY145:2099-01-01"
    told(folder, "supplier", "S01", "--name", "示例肉行", "--licence", licence, "--group", "red_meat")
    return folder


def told(folder: Path, *words: str) -> dict[str, Any]:
    """The document of a command of the store room, checked against its schema."""
    done = run(folder, "stock", *words, "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    schema = ROOT / "docs" / "schemas" / f"stock-{words[0]}.json"
    jsonschema_rs.validate(json.loads(schema.read_text("utf-8")), document)
    return document


def receive(folder: Path, *more: str, papers: tuple[str, ...] = PAPERS) -> list[str]:
    """The words that take 20 kg of pork in."""
    words = ["receive", "pork-lean-leg", "--supplier", "S01", "--kg", "20", "--temperature", "3.5"]
    words += ["--expires", "2099-01-01" if "--far" in more else "2030-11-25"]
    return [*words, *(part for paper in papers for part in ("--paper", paper)), *more]


def test_a_lot_from_the_door_to_the_bin(house: Path):
    """
    Tests receiving, listing, counting, wasting, returning, holding, releasing and destroying.
    """
    code = told(house, *receive(house))["code"]
    assert code in [one["code"] for one in told(house, "list")["lots"]]
    assert told(house, "take", f"{code}=19.5", "--reason", "weighed")["differences"] == [
        {"lot": code, "g": -500.0}
    ]
    assert told(house, "waste", code, "--kg", "0.5", "--reason", "bruised")["left_g"] == 19_000
    assert told(house, "waste", code, "--kg", "1", "--reason", "fat", "--return")["left_g"] == 18_000
    assert told(house, "hold", code, "--reason", "complaint")["state"] == "held"
    freed = told(house, "hold", code, "--reason", "tested", "--release", "--by", "Li")
    assert freed["state"] == "ok" and freed["batches"] == []
    assert told(house, "hold", code, "--reason", "old", "--destroy", "--by", "Li")["state"] == "destroyed"
    file = told(house, "lots", code)
    assert [one["kind"] for one in file["moves"]] == ["receive", "count", "waste", "return", "destroy"]
    assert sum(one["delta_g"] for one in file["moves"]) == file["left_g"] == 0
    assert code in [one["code"] for one in told(house, "list", "--all")["lots"]]


def test_what_is_missing_is_said_and_held_on_request(house: Path, tmp_path: Path):
    """
    Tests a refusal that names the papers, then the same delivery held with a photo and its own label.
    """
    refused = run(house, "stock", *receive(house, papers=()))
    assert refused.returncode == 1 and "animal quarantine certificate" in refused.stderr
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(b"\xff\xd8\xffpork")
    more = ("--hold", "--photo", str(photo), "--contains", "soy egg")
    held = told(house, *receive(house, *more, papers=()))
    assert held["verdict"] == "held" and len(held["wanting"]) == 3
    file = told(house, "lots", held["code"])
    assert file["declared"]["contains"] == ["egg", "soy"] and len(file["photos"]) == 1
    assert told(house, *receive(house, "--refuse"))["verdict"] == "refused"


def test_the_purchase_list_is_printed_in_both_languages(house: Path, tmp_path: Path):
    """
    Tests what the menus of the week lack, and the files.
    """
    plan = told(house, "purchase", "--from", "2026-11-23", "--days", "2", "--out", str(tmp_path))
    assert [one["basis"] for one in plan["services"]] == ["expected", "expected"]
    assert sorted(path.name for path in tmp_path.glob("*.pdf")) == [
        "purchase-list.en.pdf",
        "purchase-list.zh_CN.pdf",
    ]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("receive", "pork-lean-leg", "--supplier", "S01", "--kg", "some"), 1),
        (("receive", "pork-lean-leg", "--supplier", "S99", "--kg", "1"), 1),
        (("receive", "pork-lean-leg", "--supplier", "S01", "--kg", "1", "--storage", "hot"), 2),
        (("receive", "pork-lean-leg", "--supplier", "S01", "--kg", "1", "--paper", "C1"), 2),
        (("receive", "pork-lean-leg", "--supplier", "S01", "--kg", "1", "--hold", "--refuse"), 2),
        (("lots", "L9999"), 1),
        (("hold", "L0001", "--reason", "x", "--release", "--destroy"), 2),
        (("issue", "--date", "2026-11-23"), 1),
        (("supplier", "S02", "--name", "x", "--licence", "JY1"), 1),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason(house: Path, words: tuple[str, ...], code: int):
    """
    Tests exit codes.
    """
    done = run(house, "stock", *words)
    assert done.returncode == code and done.stderr
