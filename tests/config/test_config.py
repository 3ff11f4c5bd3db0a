"""The packaged data: every name resolves, every number says where it comes from."""

import csv
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import holidays
import pytest

from api.catalogue import packaged_catalogue
from api.imports.schema import KINDS, columns_of
from api.packaged import read_calendar
from api.paths import config_dir
from api.programmes.files import read_programme_table
from orders.programmes.schema import read_programme
from orders.programmes.tables import value_at

CONFIG = config_dir()
LIUZHOU = CONFIG / "examples/liuzhou"
DRAFT = Path(__file__).resolve().parents[3] / "shared/data/dishes.csv"
EVIDENCE = ("verified", "recall", "system default", "draft", "estimated", "IDDSI", "published-table")


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


FOODS = {row["code"]: row for row in _rows(CONFIG / "foods.csv")}
DISHES = {row["code"]: row for row in _rows(CONFIG / "dishes.csv")}
INGREDIENTS = _rows(CONFIG / "dish_ingredients.csv")
ALLERGENS = _toml(CONFIG / "allergens.toml")["allergen"]


def test_every_ingredient_is_a_food_and_every_dish_has_some():
    """
    Tests that recipes name known dishes and foods, once each, in whole milligrams of at least 1.
    """
    assert {row["dish_code"] for row in INGREDIENTS} == set(DISHES)
    assert {row["food_code"] for row in INGREDIENTS if not row["sub_recipe"]} <= set(FOODS)
    named = {(row["dish_code"], row["food_code"], row["sub_recipe"]) for row in INGREDIENTS}
    assert len(named) == len(INGREDIENTS)
    assert min(int(row["raw_edible_mg"]) for row in INGREDIENTS) >= 1


def test_codes_and_chinese_names_are_unique():
    """
    Tests that a clerk's word finds one dish and one food.
    """
    for path in ("foods.csv", "dishes.csv"):
        rows = _rows(CONFIG / path)
        assert len({row["code"] for row in rows}) == len(rows)
        assert len({row["name_zh"] for row in rows}) == len(rows)


def test_allergens_are_of_the_one_list():
    """
    Tests that foods and dishes use the canonical codes, and each code has both words.
    """
    used = {
        code
        for food in FOODS.values()
        for code in f"{food['allergens_contains']} {food['allergens_may_contain']}".split()
    } | {code for dish in DISHES.values() for code in dish["allergens_extra"].split()}
    assert used <= set(ALLERGENS)
    assert all(entry["zh"] and entry["en"] for entry in ALLERGENS.values())


def test_dishes_can_be_cooked():
    """
    Tests the vocabularies and the bounds of a dish's columns.
    """
    for dish in DISHES.values():
        assert dish["category"] in {"main", "half_main", "vegetable", "soup", "staple"}
        assert dish["equipment_kind"] in {"wok", "bratt", "combi", "kettle", "ricecab", "cold"}
        assert dish["service_mode"] in {"both", "bulk", "cook_serve", "cold"}
        assert 0 < float(dish["yield_ratio"]) <= 1.5
        assert int(dish["batch_minutes"]) > 0
        assert int(dish["batch_portions"]) > 0
        assert 0 <= int(dish["iddsi_level"]) <= 7
        assert dish["evidence"] == "draft"


def test_missing_nutrients_are_empty_and_suspect_ones_are_named():
    """
    Tests that a doubtful published value is named in its row rather than changed.
    """
    assert FOODS["rice-vinegar"]["fat_g"] == ""
    assert "potassium_mg" in FOODS["welsh-onion"]["suspect_columns"].split()
    assert all(set(food["suspect_columns"].split()) <= set(food) for food in FOODS.values())


@pytest.mark.skipif(not DRAFT.exists(), reason="the draft dishes lie outside the project")
def test_energy_computed_from_ingredients_agrees_with_the_draft():
    """
    Tests that each drafted dish's energy is within 10 % of the sum over its ingredients.
    """
    foods, _, dishes = packaged_catalogue()
    for draft in _rows(DRAFT):
        code = f"D{draft['dish_id'][1:]}"
        bill = dishes[code].ingredients
        kcal = sum(foods[one.food_code].nutrients.get("energy_kcal", 0) * one.edible_mg for one in bill)
        assert kcal / 100_000 == pytest.approx(float(draft["energy_kcal"]), rel=0.1), code


@pytest.mark.parametrize("year", [2018, 2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026])
def test_calendars_agree_with_the_second_source(year):
    """
    Tests each day of a published year against the holidays package.
    """
    calendar, other = read_calendar(), holidays.country_holidays("CN", years=year)
    day_on = date(year, 1, 1)
    while day_on.year == year:
        kind = calendar.days.get(day_on)
        works = kind == "makeup_workday" or (kind is None and day_on.weekday() < 5)
        assert works == other.is_working_day(day_on), day_on
        day_on += timedelta(days=1)


def test_only_2027_is_estimated():
    """
    Tests that the year without a notice says so.
    """
    assert read_calendar().estimated_years == {2027}


def test_a_year_without_a_file_is_doubted():
    """
    Tests that a period is warned of each year that is estimated or not known, and of no other.
    """
    doubts = read_calendar().doubts(date(2016, 12, 1), date(2018, 1, 31))
    assert [(one.code, one.params["year"]) for one in doubts] == [
        ("calendar_year_unknown", "2016"),
        ("calendar_year_unknown", "2017"),
    ]
    assert [one.code for one in read_calendar().doubts(date(2027, 1, 1), date(2027, 1, 2))] == [
        "calendar_year_estimated"
    ]


def test_traditional_holidays_are_fewer():
    """
    Tests that the narrower reading of 传统节假日 opens New Year, Labour Day and National Day.
    """
    traditional = read_calendar(holiday_set="traditional").days
    assert date(2026, 10, 1) not in traditional
    assert traditional[date(2026, 9, 25)] == "holiday"


@pytest.mark.parametrize("path", sorted((CONFIG / "programmes").glob("*.toml")), ids=lambda path: path.stem)
def test_every_clause_left_open_is_a_switch(path):
    """
    Tests that each switch of a plan has a chosen option, both questions, and a key that is there.
    """
    table = _toml(path)
    for entry in table["ambiguity"]:
        assert entry["chosen"] in entry["options"], entry["id"]
        assert set(entry["question"]) == {"zh", "en"}, entry["id"]
        assert value_at(table, entry["key"]) is not None, entry["id"]


def test_the_example_moves_the_validity_and_says_so():
    """
    Tests that the overlay changes dates and names of the real plan and nothing else.
    """
    real = read_programme(_toml(CONFIG / "programmes/liuzhou-2020.toml"))
    table = read_programme_table(LIUZHOU / "programme.toml")
    moved = read_programme(table)
    assert table["moved"] is True
    assert (moved.programme.valid_from, moved.programme.valid_to) == (date(2026, 1, 1), date(2027, 12, 31))
    assert (moved.benefits, moved.classes, moved.outcomes) == (real.benefits, real.classes, real.outcomes)


def test_each_safety_number_names_its_clause_source_and_evidence():
    """
    Tests that a block with a limit or a clock also says where it comes from.
    """
    profile = _toml(CONFIG / "safety-profiles.toml")["profile"]["gb"]
    blocks = [*profile["limit"].values(), *profile["clock"].values(), *profile["cooling"], profile["data"]]
    for block in blocks:
        assert block["clause"]
        assert block["source"]
        assert block["evidence"].startswith(EVIDENCE)


def test_nutrition_targets_name_columns_of_the_foods():
    """
    Tests that a target's nutrient is one the foods carry, or a part of the energy.
    """
    known = set(FOODS["potato"]) | {"fat_ratio", "carbohydrate_ratio"}
    for target in _toml(CONFIG / "nutrition-targets.toml")["target"].values():
        assert set(target["nutrient"]) <= known


@pytest.mark.parametrize("kind", KINDS)
def test_headers_are_unique_in_both_languages(kind):
    """
    Tests that no header of a file means two fields.
    """
    heard = [header for c in columns_of(kind) for header in {c.field, c.zh, *c.aliases}]
    assert len(heard) == len(set(heard))


def test_the_menu_is_hot_and_holds():
    """
    Tests that each day offers a choice in every category, all of it fit for the hot chain.
    """
    for day in _toml(LIUZHOU / "menu.toml")["day"]:
        dishes = [DISHES[code] for code in day["items"]]
        assert [dish["category"] for dish in dishes] == (
            ["main"] * 2 + ["half_main"] * 2 + ["vegetable"] * 3 + ["soup"] * 2 + ["staple"] * 2
        )
        assert {dish["service_mode"] for dish in dishes} <= {"both", "bulk"}
        assert all(dish["equipment_kind"] != "cold" for dish in dishes)
        foods = {row["food_code"] for row in INGREDIENTS if row["dish_code"] in day["items"]}
        assert not foods & {"green-bean", "daylily-buds-fresh"}


def test_each_carrier_has_its_own_sensor_and_most_sense_air():
    """
    Tests asset codes, sensors and kinds of the example's carriers.
    """
    table = _toml(LIUZHOU / "carriers.toml")
    carriers = table["carrier"]
    assert len({carrier["code"] for carrier in carriers}) == len(carriers)
    assert len({carrier["sensor"] for carrier in carriers}) == len(carriers)
    assert {carrier["kind"] for carrier in carriers} == set(table["kind"])
    assert sum(carrier["senses"] == "air" for carrier in carriers) > len(carriers) / 2


def test_what_is_invented_says_so():
    """
    Tests that each file of the example is marked at its head.
    """
    for path in LIUZHOU.glob("*.toml"):
        assert _toml(path)["invented"] is True
        assert "nvented" in path.read_text("utf-8") or "MOVED" in path.read_text("utf-8")
    assert {row["note"] for row in _rows(LIUZHOU / "sites.csv")} == {"虚构示例"}
