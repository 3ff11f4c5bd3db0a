"""The commands that show what a dish gives and needs."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from tests.api.cli.in_process import run

SCHEMAS = Path(__file__).resolve().parents[3] / "docs" / "schemas"


def document(data: Path, schema: str, *arguments: str) -> dict:
    """A command's document, as docs/schemas says it."""
    done = run(data, "dish", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    jsonschema_rs.validate(json.loads((SCHEMAS / f"{schema}.json").read_text("utf-8")), printed)
    return printed


def test_a_house_without_dishes_shows_the_packaged_ones(tmp_path: Path) -> None:
    """Tests that an empty folder is enough, that low salt has less sodium, and names find dishes."""
    plain = document(tmp_path, "dish-show", "show", "红烧肉炖土豆")
    cut = document(tmp_path, "dish-show", "show", "D001", "--variant", "low_salt")
    assert plain["packaged"] and plain["dish"] == "D001"
    assert cut["nutrients"]["sodium_mg"] < 0.6 * plain["nutrients"]["sodium_mg"]
    assert plain["sub_recipes"][0]["made_mg"] == 9100
    every = {code for codes in plain["allergens"].values() for code in codes}
    assert {"soy", "fish", "sesame"} <= every
    assert "vitamin_c_mg" in plain["unknown_nutrients"] and "vitamin_c_mg" not in plain["nutrients"]


def test_forty_kilos_of_pork_are_a_table_of_gross_and_net(tmp_path: Path) -> None:
    """Tests that the master ingredient sets the portions, in pans, and every ingredient has both weights."""
    scaled = document(tmp_path, "dish-scale", "scale", "D001", "--have", "pork-belly-skin-on=40kg")
    assert scaled["driven_by"] == "pork-belly-skin-on" and scaled["have_mg"] == 40_000_000
    pork = scaled["ingredients"][0]
    assert pork["gross_mg"] <= 40_000_000 < pork["gross_mg"] * (1 + 1 / scaled["portions"])
    assert scaled["loads"] == -(-scaled["portions"] // 150)
    assert all(one["gross_mg"] >= one["net_mg"] >= 1 for one in scaled["ingredients"])
    jin = document(tmp_path, "dish-scale", "scale", "D001", "--have", "猪五花肉=80斤")
    assert jin["portions"] == scaled["portions"]


def test_large_portions_are_fewer(tmp_path: Path) -> None:
    """Tests that a size counts by its ratio."""
    large = document(tmp_path, "dish-scale", "scale", "D001", "--portions", "100", "--size", "large")
    plain = document(tmp_path, "dish-scale", "scale", "D001", "--portions", "130")
    assert large["portions"] == 100
    assert large["ingredients"] == plain["ingredients"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["show", "D999"], "not_found"),
        (["show", "D104", "--variant", "minced"], "dish_variant_unknown"),
        (["scale", "D001", "--have", "pork-belly-skin-on=40L"], "density_unknown"),
        (["scale", "D001", "--have", "broccoli=40kg"], "dish_lacks_food"),
        (["scale", "D001", "--have", "40kg"], "have_unreadable"),
        (["scale", "D001", "--portions", "5", "--size", "huge"], "size_unknown"),
    ],
)
def test_refusals_have_their_reason(tmp_path: Path, arguments: list[str], code: str) -> None:
    """Tests that what cannot be done leaves 1 with a code and a sentence."""
    done = run(tmp_path, "dish", *arguments, "--json")
    assert done.returncode == 1
    refused = json.loads(done.stdout)["refused"]
    assert refused["code"] == code and code not in refused["detail"]


def test_portions_or_what_there_is_but_not_both(tmp_path: Path) -> None:
    """Tests that neither and both are wrong usage."""
    assert run(tmp_path, "dish", "scale", "D001").returncode == 2
    assert run(tmp_path, "dish", "scale", "D001", "--portions", "1", "--have", "potato=1kg").returncode == 2


@pytest.mark.parametrize(("language", "word"), [("en", "gross kg"), ("zh_CN", "毛料")])
def test_both_languages_speak(tmp_path: Path, language: str, word: str) -> None:
    """Tests the tables for people."""
    done = run(tmp_path, "dish", "scale", "D001", "--portions", "10", language=language)
    assert word in done.stdout
    assert "code:" not in run(tmp_path, "dish", "show", "D001", language=language).stdout
