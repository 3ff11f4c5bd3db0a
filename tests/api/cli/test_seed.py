"""The example city in an empty house."""

import json
import re
import shutil
from pathlib import Path

import pytest

from api.city_files import FILES, city_suppliers, converted, need_dishes, need_targets, read_city_file
from api.errors import in_words
from api.paths import config_dir
from kitchen.equipment import equipment_from_document
from orders.errors import BadInput
from tests.api.cli.in_process import run


def test_a_second_seed_changes_nothing(tmp_path: Path) -> None:
    """Tests that the city comes with 25 menus in five weeks, its people, probes, fridges, suppliers, once."""
    arguments = ["db", "seed", "--city", "liuzhou", "--from", "2026-11-23", "--json"]
    first, again = (json.loads(run(tmp_path, *arguments).stdout) for _ in range(2))
    assert (first["kitchens"], first["dishes"], first["menus"]) == (["K1"], 167, 25)
    lists = ("workers", "probes", "fridges", "suppliers")
    assert min(first[one] for one in lists) > 0
    assert again == first | {"menus": 0} | dict.fromkeys(lists, 0)


@pytest.mark.parametrize(("language", "words"), [("en", "25 menus published"), ("zh_CN", "发布菜单 25 份")])
def test_seed_says_what_there_is(tmp_path: Path, language: str, words: str) -> None:
    """Tests that the command says what it did in the language of the person."""
    assert words in run(tmp_path, "db", "seed", "--from", "2026-11-23", language=language).stdout


def test_an_unknown_city_is_refused(tmp_path: Path) -> None:
    """Tests that a city without a folder leaves 1, and nothing behind."""
    done = run(tmp_path, "db", "seed", "--city", "nowhere")
    assert (done.returncode, done.stderr.strip()) == (1, "No city “nowhere” was found.")


@pytest.mark.parametrize(
    ("file", "right", "wrong", "words"),
    [
        ("kitchen.toml", "lat = 24.3105", 'lat = "abc"', "kitchen.K1.lat must be a number"),
        ("kitchen.toml", "docks = 2", "dokcs = 2", "has no key “dokcs”; the nearest is “docks”"),
        ("kitchen.toml", '"Asia/Shanghai"', '"Asia/Liuzhou"', "there is no time zone “Asia/Liuzhou”"),
        ("fleet.toml", "[travel]", "[travel", "fleet.toml, line"),
        ("fleet.toml", "speed_kmh = 26.0", "speed_kmh = 0.0", "travel.speed_kmh must be above 0"),
        (
            "equipment.toml",
            "capacity_ratio = 1.0",
            "capacity_ratio = 0",
            "equipment.W1.capacity_ratio must be above 0",
        ),
        ("equipment.toml", 'code = "W2"', 'code = "W1"', "the code “W1” stands twice"),
        (
            "equipment.toml",
            'kind = "wok"',
            'kind = "wokk"',
            "equipment.W1 has no kind “wokk”; the nearest is “wok”",
        ),
        (
            "carriers.toml",
            "empty_g = 11000",
            "emtpy_g = 11000",
            "has no key “emtpy_g”; the nearest is “empty_g”",
        ),
        ("carriers.toml", 'senses = "air"', 'senses = "aie"', "carrier.G01.senses must be one of"),
        ("carriers.toml", "[kind.packed]", "[kind.pakced]", "kind.pakced must be one of: bulk, packed"),
        ("kitchen.toml", "lat = 24.3105", "lat = nan", "kitchen.K1.lat cannot be nan"),
        ("menu.toml", 'weekday = "mon"', 'weekday = "mom"', "day[0].weekday must be one of"),
        ("kitchen.toml", "price_fen = 1200", "price_fn = 1200", "K1.menu has no key “price_fn”"),
        ("kitchen.toml", "[kitchen.menu]", "[kitchen.buffer]\nquantil = 1\n[kitchen.menu]", "is “quantile”"),
        ("kitchen.toml", "[kitchen.menu]", "[kitchen.forecast]\nquantile = 8\n[kitchen.menu]", "at most 1"),
        (
            "kitchen.toml",
            "[kitchen.menu]",
            "[kitchen.paper]\njinn = true\n[kitchen.menu]",
            "nearest is “jin”",
        ),
        ("kitchen.toml", "[kitchen.menu]", "[kitchen.menu.parts]\nmain = [2, 1]\n[kitchen.menu]", "[2, 1]"),
        ("fleet.toml", "bags_each", "bag_each", "volunteer has no key “bag_each”"),
        ("carriers.toml", "drop_ratio = ", "drop_ratio = 9", "kind.bulk.drop_ratio must be below 1"),
        ("carriers.toml", "units = ", "units = 0 #", "kind.bulk.units must be above 0"),
        ("equipment.toml", 'code = "', 'code = "" #', "equipment[0].code must not be empty"),
    ],
)
def test_a_slip_in_a_city_s_file_is_told(
    tmp_path: Path, file: str, right: str, wrong: str, words: str
) -> None:
    """Tests that the refusal names the file, the key, and what would be right."""
    text = (config_dir() / "examples/liuzhou" / file).read_text("utf-8")
    (tmp_path / file).write_text(text.replace(right, wrong, 1), "utf-8")
    with pytest.raises(BadInput) as caught:
        read_city_file(tmp_path, file)
    said = in_words(caught.value, "en")
    assert str(tmp_path / file) in said
    assert words in said
    in_chinese = in_words(caught.value, "zh_CN").replace(str(tmp_path), "")
    assert not re.search(r"[a-z]{2,} (must|should|is|be|has|a|to) ", in_chinese)


def test_a_file_that_is_lacking_or_that_a_reader_refuses_is_named(tmp_path: Path) -> None:
    """Tests a missing file, and a fault that only its reader sees."""
    with pytest.raises(BadInput, match="city_file_unreadable"):
        read_city_file(tmp_path, "menu.toml")
    shutil.copy(config_dir() / "examples/liuzhou/equipment.toml", tmp_path)

    def refused(table: object) -> None:
        raise ValueError("carrier G01: tau_s is missing.")

    assert converted(tmp_path, "equipment.toml", equipment_from_document)
    with pytest.raises(BadInput) as caught:
        converted(tmp_path, "equipment.toml", refused)
    assert "equipment.toml" in in_words(caught.value, "en")
    assert "tau_s is missing" in in_words(caught.value, "en")


def test_a_misspelt_target_or_food_group_is_named_with_the_nearest(tmp_path: Path) -> None:
    """Tests a kitchen's nutrition targets, and what a supplier of an own city is asked for."""
    kitchens = [{"code": "K1", "menu": {"target": "lunch_defalt_cn"}}, {"code": "K2"}]
    with pytest.raises(BadInput) as caught:
        need_targets(tmp_path, kitchens, {"lunch_default_cn"})
    assert "kitchen.K1.menu.target" in in_words(caught.value, "en")
    assert "the nearest is “lunch_default_cn”" in in_words(caught.value, "en")
    assert city_suppliers(tmp_path, {"oil"}) == []
    row = '[[supplier]]\ncode = "S1"\nname = "Oil"\ngroups = ["oil"]\n'
    (tmp_path / "suppliers.toml").write_text(row, "utf-8")
    assert [one.groups for one in city_suppliers(tmp_path, {"oil"})] == [{"oil"}]
    with pytest.raises(BadInput) as caught:
        city_suppliers(tmp_path, {"oils"})
    assert "supplier.S1.groups" in in_words(caught.value, "zh_CN")


def test_a_dish_that_the_house_does_not_have_is_named_with_its_day(tmp_path: Path) -> None:
    """Tests the day, the dish, the nearest one and the command that adds it."""
    menu = {"day": [{"weekday": "mon", "items": ["D001", "D999"]}]}
    with pytest.raises(BadInput) as caught:
        need_dishes(tmp_path, menu, ["D001", "D099"])
    assert "day.mon.items names dish “D999”" in in_words(caught.value, "en")
    assert "“D099”" in in_words(caught.value, "en")
    assert "holdchain import dishes" in in_words(caught.value, "zh_CN")


@pytest.mark.parametrize("file", FILES)
def test_the_packaged_city_has_no_slip(file: str) -> None:
    """Tests that the example's own files pass."""
    assert read_city_file(config_dir() / "examples/liuzhou", file)
