"""The example city in an empty house."""

import json
from pathlib import Path

import pytest

from tests.api.cli.in_process import run


def test_a_second_seed_changes_nothing(tmp_path: Path) -> None:
    """Tests that the city comes with 25 menus in five weeks and with its people, probes and fridges, once."""
    arguments = ["db", "seed", "--city", "liuzhou", "--from", "2026-11-23", "--json"]
    first, again = (json.loads(run(tmp_path, *arguments).stdout) for _ in range(2))
    assert (first["kitchens"], first["dishes"], first["menus"]) == (["K1"], 167, 25)
    assert min(first["workers"], first["probes"], first["fridges"]) > 0
    assert again == first | {"menus": 0, "workers": 0, "probes": 0, "fridges": 0}


@pytest.mark.parametrize(("language", "words"), [("en", "25 menus published"), ("zh_CN", "发布菜单 25 份")])
def test_seed_says_what_there_is(tmp_path: Path, language: str, words: str) -> None:
    """Tests that the command says what it did in the language of the person."""
    assert words in run(tmp_path, "db", "seed", "--from", "2026-11-23", language=language).stdout


def test_an_unknown_city_is_refused(tmp_path: Path) -> None:
    """Tests that a city without a folder leaves 1, and nothing behind."""
    done = run(tmp_path, "db", "seed", "--city", "nowhere")
    assert (done.returncode, done.stderr.strip()) == (1, "No city “nowhere” was found.")
