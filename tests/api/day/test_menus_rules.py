"""Menu rules of a house: seen in words, changed all or none, and kept to by the next plan."""

import json
from collections.abc import Callable

import jsonschema_rs
import pytest
from fastapi.testclient import TestClient
from sqlmodel import select

from api.day.menus_gather import gather
from api.day.menus_rules import change_rules, old_value, read_rules, settings_of, value_of
from api.day.menus_rules_document import rules_document
from api.day.menus_wish import MenuWish
from api.errors import in_words
from api.house import House
from api.people import OPERATOR
from api.permissions import Actor
from api.store.audit import AuditRow
from orders.errors import BadInput, Forbidden
from tests.api.day.example_day import PUBLISHED_AT, ExampleDay
from tests.api.day.test_menus import DATES
from tools.check_docs import ROOT

SCHEMAS = ROOT / "docs" / "schemas"


def change(day: ExampleDay, changes: dict[str, object], actor: Actor = OPERATOR) -> None:
    """Changes the house's rules."""
    with day.database.begin() as session:
        change_rules(session, changes, actor=actor, now_at=PUBLISHED_AT, why="a test")


def test_every_rule_has_its_words_in_both_languages(published_day: ExampleDay) -> None:
    """Tests that each setting is said, and that what is written back is the same value."""
    with published_day.database.read() as session:
        rules = read_rules(session)
    for language in ("zh_CN", "en"):
        said = rules_document(rules, language)["settings"]
        assert said[6]["path"] == "points.missed_percent.iron_mg" and said[6]["value"] == 0
        assert {"points.dish", "line.soft.softest", "standing.vegetarian_1_15.active"} <= {
            one["path"] for one in said
        }
        assert not [one for one in said if one["words"].startswith("setting_") or "{" in one["words"]]
        document = {"schema": 1, **rules_document(rules, language)}
        jsonschema_rs.validate(json.loads((SCHEMAS / "menu-rules-show.json").read_text("utf-8")), document)
    for path, value in settings_of(rules):
        assert old_value(rules, path) == value
        text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
        assert value_of(text, value) == value


def test_a_change_is_a_revision_that_the_next_plan_keeps_to(own_day: ExampleDay) -> None:
    """Tests a point, a line, a target and bans, changed at once, audited and in the next task."""
    with own_day.database.read() as session:
        before = read_rules(session).revision
    figure = "target.lunch_default_cn.nutrient.calcium_mg.day_target"
    toon = {"name": {"zh": "豆腐", "en": "Tofu"}, "words": ["豆腐"]}
    changes = {"points.dish": 1500, "line.soft.most_food_fen": 950, figure: 1000, "ban.tofu": toon}
    change(own_day, changes | {"ban.cold_dish": None, "points.missed_percent.potassium_mg": 2})
    with own_day.database.read() as session:
        assert read_rules(session).revision == before + 1
        work = gather(session, "K1", DATES, "lunch", MenuWish(("soft",)))
        (event,) = session.exec(select(AuditRow).where(AuditRow.act == "menu.rules"))
    (line,) = work.task.lines
    assert (work.task.points.dish_fen, line.most_food_fen) == (1500, 950)
    assert line.targets.bounds["calcium_mg"].target == 375
    assert work.task.points.missed_percent_fen["potassium_mg"] == 2
    assert {ban.code for ban in work.banned.values()} == {"tofu"}
    assert event.detail["why"] == "a test" and event.detail["changes"]["points.dish"] == [2000, 1500]


@pytest.mark.parametrize(
    ("changes", "field", "zh"),
    [
        ({"points.dsh": 5}, "points.dsh", "没有这一项"),
        ({"points.dish": -1}, "points.dish", "超出合理范围"),
        ({"points.missed_percent.calzium_mg": 3}, "calzium_mg", "没有任何食物标注"),
        ({"parts.soup": [2, 1]}, "parts.soup", "由小到大"),
        ({"line.soft.variants": ["soggy"]}, "line.soft.variants (soggy)", "没有这一做法"),
        ({"line.soft.targets": "x"}, "line.soft.targets", "没有这一营养目标"),
        ({"ban.x": {"name": {"zh": "甲", "en": "A"}}}, "ban.x.words", "没有写明"),
        ({"ban.nobody": None}, "ban.nobody", "缺少该项"),
        ({"points": None}, "points", "没有这一项"),
        ({"target.lunch_default_cn.nutrient.energy_kcal.day_max": 1}, "energy_kcal", "依次递增"),
    ],
)
def test_a_slip_is_refused_with_field_and_rule(
    published_day: ExampleDay, changes: dict[str, object], field: str, zh: str
) -> None:
    """Tests that nothing of a change is kept when a part of it cannot be used."""
    with pytest.raises(BadInput) as refused:
        change(published_day, {"points.minute": 7, **changes})
    assert field in in_words(refused.value, "en") and zh in in_words(refused.value, "zh_CN")
    with published_day.database.read() as session:
        assert read_rules(session).book.points.minute_fen == 50


def test_the_rules_are_the_planners_business(published_day: ExampleDay) -> None:
    """Tests that a canteen may not change them."""
    with pytest.raises(Forbidden):
        change(published_day, {"points.dish": 1}, Actor("u", "Hall", "canteen"))


def test_the_rules_over_http(house: House, as_user: Callable[[str], TestClient]) -> None:
    """Tests that rules are read, changed, refused with the rule, and not a canteen's to change."""
    kitchen = as_user("kitchen")
    before = kitchen.get("/api/v1/menus/rules").json()
    after = kitchen.patch("/api/v1/menus/rules", json={"changes": {"points.dish": 1200}})
    assert after.status_code == 200 and after.json()["revision"] == before["revision"] + 1
    wrong = kitchen.patch("/api/v1/menus/rules", json={"changes": {"points.dish": "many"}})
    assert wrong.status_code == 422 and "points.dish" in wrong.json()["detail"]
    assert as_user("canteen").patch("/api/v1/menus/rules", json={"changes": {"x": 1}}).status_code == 403
    two_bans_of_one_name(house, kitchen)


def two_bans_of_one_name(house: House, planner: TestClient) -> None:
    """The later one gets a code of its own, which is chosen in the transaction that keeps it."""
    for words in ("生鸡蛋", "温泉蛋"):
        told = {"zh": words, "en": "Raw egg", "words": words}
        assert planner.post("/menus/rules/ban", data=told).is_success
    with house.database.read() as session:
        bans = {one.code: one.words for one in read_rules(session).book.bans}
    assert (set(bans["raw_egg"]), set(bans["raw_egg_2"])) == ({"生鸡蛋"}, {"温泉蛋"})
