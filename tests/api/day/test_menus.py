"""A week's menus: within the targets, drafts until published, and none where there can be none."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.day import menus
from api.day.menus import MenuOutcome, plan_weeks, solve
from api.day.menus_documents import outcome_document, targets_document
from api.day.menus_gather import gather, made_of
from api.day.menus_left_out import left_out
from api.day.menus_publish import publish_draft
from api.day.menus_swap import swap_dish
from api.day.menus_swap_document import swap_document
from api.day.menus_wish import MenuWish, Pin
from api.db import Database
from api.errors import in_words
from api.people import OPERATOR
from api.permissions import Actor
from api.reports.menu_facts import amount_text
from api.seed import seed_house
from api.store.config import load_config, save_config
from api.words import say
from kitchen.menu_check import check_menus
from kitchen.menu_cost import unweighed, week_nutrients
from kitchen.menu_facts import DayMenu, MenuPlan
from kitchen.menu_numbers import numbers_of
from kitchen.menu_plan import MenuParams
from kitchen.nutrition import Bound
from kitchen.recipes import diet_tags
from kitchen.store.catalogue import load_dishes, save_dishes
from orders.errors import BadInput, Conflict, Forbidden, NotFound
from orders.ids import IdSource
from orders.menus import Menu
from orders.service import Service
from orders.store.menus import (
    find_menu,
    latest_menu_version,
    load_menu,
    menu_revisions,
    save_menu,
)
from orders.store.services import ServiceClose, save_close
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay, imported_day
from tests.kitchen.menus import menu_task

MONDAY = date(2026, 11, 30)
QUICK = MenuParams(moves=40_000)
DATES = [MONDAY + timedelta(days=step) for step in range(5)]


def planned(day: ExampleDay, from_on: date = MONDAY, days: int = 5, **options: Any) -> MenuOutcome:
    """Set menus of a few dates."""
    facts: dict[str, Any] = {"actor": OPERATOR, "now_at": PUBLISHED_AT, "seed": 1, "params": QUICK}
    dates = [from_on + timedelta(days=step) for step in range(days)]
    return plan_weeks(day.database, "K1", dates, ids=day.ids, **({"meal": "lunch"} | facts | options))


def planned_lines(day: ExampleDay, wish: MenuWish) -> MenuOutcome:
    """A week of some lines."""
    acting: dict[str, Any] = {"actor": OPERATOR, "now_at": PUBLISHED_AT, "ids": day.ids}
    return plan_weeks(day.database, "K1", DATES, seed=1, wish=wish, params=QUICK, **acting)


def menu_dishes(menu: Menu) -> set[str]:
    """Its dishes."""
    return {item.dish_id for item in menu.items}


def test_a_week_is_planned_within_the_targets(own_day: ExampleDay) -> None:
    """Tests that five drafts are kept, each by the rules, with nutrients and a price that has a bound."""
    week = planned(own_day)
    with own_day.database.read() as session:
        kept = [find_menu(session, draft.menu_id) for draft in week.drafts]
    assert kept == [("draft", draft.menu) for draft in week.drafts]
    assert week.plan.cost is not None
    (line,), meals = week.work.task.lines, [one for draft in week.drafts for one in draft.meals]
    hard = {name: one for name, one in line.targets.bounds.items() if one.strength == "hard"}
    assert len(meals) == 5 and hard
    for amounts in (meal.nutrients for meal in meals):
        assert all(amounts[name] >= one.least for name, one in hard.items() if one.least is not None)
        assert all(amounts[name] <= one.most for name, one in hard.items() if one.most is not None)
    assert 0 < week.plan.bound_fen <= week.plan.cost.total_fen
    assert week.plan.cost.food_fen == line.meals * sum(meal.food_fen for meal in meals)


def test_lines_pins_and_standing_rules(own_day: ExampleDay) -> None:
    """Tests two lines with a pinned dish, kept as the lines of one menu with the variant of each dish."""
    wish = MenuWish(lines=("regular", "low-salt"), pins=(Pin(MONDAY, "狮子头"),))
    week = planned_lines(own_day, wish)
    assert check_menus(week.plan.days, week.work.task) == []
    menu = week.drafts[0].menu
    assert set(menu.lines) == {"regular", "low-salt"}
    assert all("D020" in [dish_id for dish_id, _ in dishes] for dishes in menu.lines.values())
    assert "low_salt" in {variant for _, variant in menu.lines["low-salt"]}
    with own_day.database.read() as session:
        assert find_menu(session, week.drafts[0].menu_id) == ("draft", menu)
    with pytest.raises(NotFound):
        planned_lines(own_day, MenuWish(lines=("nobody",)))
    with pytest.raises(NotFound):
        planned_lines(own_day, MenuWish(standing=frozenset({"nothing"})))
    with pytest.raises(Conflict, match="menu_pin_outside"):
        planned_lines(own_day, MenuWish(pins=(Pin(date(2026, 1, 1), "D020"),)))


@pytest.mark.parametrize(
    ("pins", "code", "words"),
    [
        ([("D109", "")], "menu_pin_against", "does not keep hot"),
        ([("D007", "")], "menu_pin_against", "is unknown"),
        ([("D020", ""), ("D020", "regular")], "menu_pin_twice", "only once"),
        ([("D020", "soft")], "menu_pin_line", "the line soft"),
        ([("D016", "")], "menu_pin_banned", "Cold dishes"),
    ],
)
def test_a_pin_that_cannot_stand_is_refused(
    published_day: ExampleDay, pins: list[tuple[str, str]], code: str, words: str
) -> None:
    """Tests that the refusal names what is in the way, before anything is planned."""
    wish = MenuWish(pins=tuple(Pin(on, *pin) for on, pin in zip(DATES, pins, strict=False)))
    with published_day.database.read() as session, pytest.raises(Conflict, match=code) as refused:
        gather(session, "K1", DATES, "lunch", wish)
    assert words in in_words(refused.value, "en")


def test_too_many_lines_are_refused_by_name(published_day: ExampleDay) -> None:
    """Tests that seven lines, or one named twice, are refused with their names."""
    seven = ("regular", "soft", "low-salt", "minced", "pureed", "no-pork", "no-allergens")
    for lines in (seven, ("soft", "soft")):
        with published_day.database.read() as session, pytest.raises(BadInput) as refused:
            gather(session, "K1", DATES, "lunch", MenuWish(lines))
        assert " ".join(lines) in in_words(refused.value, "zh_CN")


def test_no_dish_is_left_out_in_silence(published_day: ExampleDay) -> None:
    """Tests that each dish may stand on some day of a line, or is listed with the rule, in both languages."""
    with published_day.database.read() as session:
        work = gather(session, "K1", DATES, "lunch", MenuWish(("soft", "low-salt")))
    found, numbers = left_out(work), numbers_of(work.task)
    for place, line in enumerate(work.task.lines):
        able = {one for i, one in enumerate(numbers.dish_ids) if numbers.allowed[:, place, i].any()}
        off = {one.dish_id for one in found if one.line in ("", line.code) and not one.days}
        assert able | off == set(work.dishes) and not able & off
    assert {"ban", "texture", "not_kept_hot", "nutrient_unknown"} <= {one.reason for one in found}
    outcome = MenuOutcome((), work, MenuPlan(()))
    said = [outcome_document(outcome, language)["left_out"] for language in ("zh_CN", "en")]
    sour = [next(one for one in rows if one["dish_id"] == "D007") for rows in said]
    assert "醋" in sour[0]["why"] and "蛋白质" in sour[0]["why"] and "vinegar" in sour[1]["why"]
    assert all(one["why"] and not one["why"].startswith("code:") for rows in said for one in rows)


def test_a_ban_keeps_a_variant_off_too(published_day: ExampleDay) -> None:
    """Tests that a way of making a dish that a ban names is not there, and the plain dish stays."""
    with published_day.database.read() as session:
        work = gather(session, "K1", DATES, "lunch", MenuWish(("low-salt",)))
    task, dishes = work.task, {"D020": work.dishes["D020"]}
    plain = dishes["D020"]
    assert ("D020", "low_salt") in made_of(dishes, task.foods, task.lines, lambda _: False)
    assert set(made_of(dishes, task.foods, task.lines, lambda one: one != plain)) == {("D020", "regular")}


def test_a_pin_too_near_or_against_the_moon_is_refused(own_day: ExampleDay) -> None:
    """Tests a pin beside a draft with the dish, and a meat dish pinned to a vegetarian day."""
    (draft,) = planned(own_day, days=1).drafts
    main = next(item for item in draft.menu.items if item.category == "main")
    full_moon = date(2026, 12, 23)
    for pin, standing, words in (
        (Pin(DATES[1], main.dish_id), frozenset[str](), "too near"),
        (Pin(full_moon, "D020"), frozenset({"vegetarian_1_15"}), "standing rule"),
    ):
        with own_day.database.read() as session, pytest.raises(Conflict, match="menu_pin_against") as refused:
            gather(session, "K1", [pin.day_on], "lunch", MenuWish(pins=(pin,), standing=standing))
        assert words in in_words(refused.value, "en")


def test_a_dish_is_swapped_for_one_of_three(own_day: ExampleDay) -> None:
    """Tests that a planned dish has substitutes, that one makes a new draft, and that nonsense is refused."""
    week = planned_lines(own_day, MenuWish(lines=("regular", "soft")))
    day_on = MONDAY + timedelta(days=1)
    soup = next(item for item in week.drafts[1].menu.items if item.category == "soup")
    acting: dict[str, Any] = {"actor": OPERATOR, "now_at": PUBLISHED_AT, "ids": own_day.ids}
    shown = swap_dish(own_day.database, "K1", day_on, soup.name_zh, **acting)
    assert 1 <= len(shown.options) <= 3 and shown.draft is None
    chosen = shown.options[0].dish_id
    kept = swap_dish(own_day.database, "K1", day_on, soup.dish_id, to=chosen, **acting)
    assert kept.draft is not None and kept.draft.menu.version == week.drafts[1].menu.version + 1
    changed = {dish_id for dishes in kept.draft.menu.lines.values() for dish_id, _ in dishes}
    assert chosen in changed
    with pytest.raises(NotFound):
        swap_dish(own_day.database, "K1", day_on, "D001 nobody", **acting)
    with pytest.raises(Conflict, match="menu_swap_other_category"):
        swap_dish(own_day.database, "K1", day_on, chosen, to="D100", **acting)


def test_a_dish_of_a_menu_set_by_hand_is_swapped(own_day: ExampleDay) -> None:
    """Tests that a published choice keeps its price and no lines, and that no menu at all says what to do."""
    acting: dict[str, Any] = {"actor": OPERATOR, "now_at": PUBLISHED_AT, "ids": own_day.ids}
    day_on = SERVICE.service_on
    with own_day.database.read() as session:
        before = load_menu(session, SERVICE)
    assert before is not None and not before.lines
    gone = next(item for item in before.items if item.category == "vegetable")
    shown = swap_dish(own_day.database, "K1", day_on, gone.name_zh, **acting)
    assert shown.by_hand and shown.options
    chosen = shown.options[0].dish_id
    kept = swap_dish(own_day.database, "K1", day_on, gone.dish_id, to=chosen, **acting).draft
    assert kept is not None and (kept.menu.lines, kept.menu.price_fen) == ({}, before.price_fen)
    assert menu_dishes(kept.menu) == {item.dish_id for item in before.items} - {gone.dish_id} | {chosen}
    with pytest.raises(NotFound) as refused:
        swap_dish(own_day.database, "K1", date(2027, 3, 1), gone.dish_id, **acting)
    assert "holdchain menu plan --from 2027-03-01" in in_words(refused.value, "en")


def test_a_swap_that_breaks_a_rule_names_it(own_day: ExampleDay) -> None:
    """Tests that a main named is refused with each rule that it breaks and by how much, in both languages."""
    week = planned(own_day, days=1)
    acting: dict[str, Any] = {"actor": OPERATOR, "now_at": PUBLISHED_AT, "ids": own_day.ids}
    main = next(item.dish_id for item in week.drafts[0].menu.items if item.category == "main")
    shown = swap_dish(own_day.database, "K1", MONDAY, main, **acting)
    document = swap_document(shown, "en")
    assert len(shown.options) + len(shown.nearest) == 3 and len(document["nearest"]) == len(shown.nearest)
    fatty = "D001"
    with pytest.raises(Conflict, match="menu_swap_breaks") as refused:
        swap_dish(own_day.database, "K1", MONDAY, main, to=fatty, **acting)
    said = {language: [say(one, language) for one in refused.value.reasons] for language in ("zh_CN", "en")}
    high = next(one for one in said["en"] if "part of the energy from fat" in one)
    assert "at most 30.0 % is allowed" in high and len(said["zh_CN"]) == len(said["en"])
    assert not any("{" in one or "code:" in one for own in said.values() for one in own)


def test_a_swap_keeps_to_the_plans_standing_rule_and_pins(own_day: ExampleDay) -> None:
    """Tests a vegetarian full moon: no substitute brings meat, also after a swap; what is pinned stays."""
    full_moon = date(2026, 12, 23)
    acting: dict[str, Any] = {"actor": OPERATOR, "now_at": PUBLISHED_AT, "ids": own_day.ids}
    wish = MenuWish(pins=(Pin(full_moon, "蒸南瓜"),), standing=frozenset({"vegetarian_1_15"}))
    week = plan_weeks(own_day.database, "K1", [full_moon], seed=1, wish=wish, params=QUICK, **acting)
    menu = week.drafts[0].menu
    with pytest.raises(Conflict, match="menu_swap_pinned"):
        swap_dish(own_day.database, "K1", full_moon, "蒸南瓜", **acting)
    free = [item.dish_id for item in menu.items if item.name_zh != "蒸南瓜"]
    looked = ((one, swap_dish(own_day.database, "K1", full_moon, one, **acting)) for one in free)
    gone, shown = next((one, found) for one, found in looked if found.options)
    chosen = shown.options[0].dish_id
    swap_dish(own_day.database, "K1", full_moon, gone, to=chosen, **acting)
    again = swap_dish(own_day.database, "K1", full_moon, chosen, **acting)
    assert gone in {one.dish_id for one in again.options}
    for each in (shown, again):
        meat = each.work.task.day_rules[full_moon].barred_tags
        dishes = [each.work.dishes[one.dish_id] for one in (*each.options, *each.nearest)]
        assert "red_meat" in meat and not any(diet_tags(dish, each.work.task.foods) & meat for dish in dishes)


def test_targets_that_are_only_shown_are_judged_too() -> None:
    """Tests means below and at a target that is only shown, above a weekly most, and what is unweighed."""
    task = menu_task()
    (line,) = task.lines
    bounds = {
        "vitamin_d_ug": Bound(None, None, 1000.0, "report"),
        "fat_g": Bound(None, None, 0.1, "report"),
        "sodium_mg": Bound(None, 1.0, None, "weekly"),
        "iron_mg": Bound(None, None, 0.1, "weekly"),
        "calcium_mg": Bound(0.1, None, None, "weekly"),
    }
    line = replace(line, targets=replace(line.targets, bounds=bounds))
    menu = DayMenu(task.days[0], line.code, (("D020", "regular"),))
    met = {one["nutrient"]: one["met"] for one in targets_document([menu], line, task)}
    assert met["fat_g"] and not met["vitamin_d_ug"] and not met["sodium_mg"] and met["iron_mg"]
    assert unweighed(line, task.points) == ("sodium_mg", "iron_mg")


def test_a_target_is_met_by_the_figures_that_are_printed() -> None:
    """Tests that a mean printed like its target misses nothing, and that like figures are judged alike."""
    task = menu_task()
    (line,) = task.lines
    menu = DayMenu(task.days[0], line.code, (("D020", "regular"),))
    mean = week_nutrients([menu], task)[0]["protein_g"]
    found = []
    for aim in (mean + 0.001, mean * 1.02):
        bounds = {"protein_g": Bound(None, None, aim, "weekly")}
        own = replace(line, targets=replace(line.targets, bounds=bounds))
        (one,) = targets_document([menu], own, task)
        same = amount_text("protein_g", one["mean"]) == amount_text("protein_g", aim)
        assert one["met"] == same == (one["missed_percent"] == 0)
        found.append(same)
    assert found == [True, False]
    assert amount_text("fibre_g", 9.346) == amount_text("fibre_g", 9.324) != amount_text("fibre_g", 9.375)


def test_menus_are_kept_on_both_databases(database: Database) -> None:
    """Tests a day's menu of the seeded example from plan to publication, where nobody has ordered yet."""
    ids = IdSource(lambda: PUBLISHED_AT, 1)
    acting = {"actor": OPERATOR, "now_at": PUBLISHED_AT}
    with database.begin() as session:
        seed_house(session, "liuzhou", MONDAY, 0, ids=ids, **acting)
    week = plan_weeks(database, "K1", [MONDAY], meal="lunch", ids=ids, seed=1, params=QUICK, **acting)
    with database.begin() as session:
        publish_draft(session, week.drafts[0].menu_id, **acting)
    with database.read() as session:
        assert load_menu(session, Service("K1", MONDAY, "lunch")) == week.drafts[0].menu
    assert week.work.task.lines[0].meals == 100


def test_a_dish_keeps_its_days_between_drafts_on_both_sides(own_day: ExampleDay) -> None:
    """Tests that drafts after and before count, as does a published menu without lines for every line."""
    later = planned(own_day, MONDAY + timedelta(days=2), 1)
    mains = {item.dish_id for item in later.drafts[0].menu.items if item.category == "main"}
    two = planned(own_day, days=2)
    between = two.work.task.day_rules[MONDAY].barred_dishes
    assert mains <= between["regular"]
    assert not mains & {one for draft in two.drafts for one in menu_dishes(draft.menu)}
    with own_day.database.read() as session:
        published = load_menu(session, SERVICE)
        assert published is not None and not published.lines
        work = gather(session, "K1", [SERVICE.service_on + timedelta(days=1)], "lunch")
    assert {one for one in menu_dishes(published) if one in work.task.looks} <= work.task.day_rules[
        SERVICE.service_on + timedelta(days=1)
    ].barred_dishes[""]


def test_a_draft_that_breaks_a_rule_now_is_not_published(own_day: ExampleDay) -> None:
    """Tests that a dish published next to a draft meanwhile refuses it, and that the words name the dish."""
    (first,) = planned(own_day, days=1).drafts
    with own_day.database.begin() as session:
        again = replace(first.menu, service=Service("K1", MONDAY + timedelta(days=1), "lunch"), lines={})
        save_menu(session, "by-hand", again, author="t", made_at=PUBLISHED_AT)
        publish_draft(session, "by-hand", actor=OPERATOR, now_at=PUBLISHED_AT)
    with pytest.raises(Conflict, match="menu_breaks_rules") as refused, own_day.database.begin() as session:
        publish_draft(session, first.menu_id, actor=OPERATOR, now_at=PUBLISHED_AT)
    assert {one.code for one in refused.value.reasons} == {"menu_near"}
    assert {one.params["dish"] for one in refused.value.reasons} == menu_dishes(first.menu)
    assert "菜品" in in_words(refused.value, "zh_CN")


def test_only_service_days_get_a_menu(own_day: ExampleDay) -> None:
    """Tests that a weekend has no menu and says why, and that each calendar week keeps its own variety."""
    week = planned(own_day, date(2026, 12, 4), 4)
    assert [draft.menu.service.service_on.day for draft in week.drafts] == [4, 7]
    assert [on.day for on in week.work.closed] == [5, 6]
    assert {reason.params["reason"] for reason in week.work.closed.values()} == {"weekend"}
    assert week.plan.reasons == ()


def test_the_same_seed_gives_the_same_menus(own_day: ExampleDay) -> None:
    """Tests that planning twice gives equal dishes, the second time as the next version."""
    first, again = planned(own_day, days=2), planned(own_day, days=2)
    assert [draft.menu.items for draft in first.drafts] == [draft.menu.items for draft in again.drafts]
    assert [(a.menu.version, b.menu.version) for a, b in zip(first.drafts, again.drafts, strict=True)] == [
        (1, 2),
        (1, 2),
    ]


def test_a_draft_is_published_once(own_day: ExampleDay) -> None:
    """Tests that a published draft is the service's menu, and no second time."""
    (draft,) = planned(own_day, days=1).drafts
    with own_day.database.begin() as session:
        publish_draft(session, draft.menu_id, actor=OPERATOR, now_at=PUBLISHED_AT)
    with own_day.database.read() as session:
        assert load_menu(session, Service("K1", MONDAY, "lunch")) == draft.menu
    for menu_id, refusal in ((draft.menu_id, Conflict), ("none", NotFound)):
        with pytest.raises(refusal), own_day.database.begin() as session:
            publish_draft(session, menu_id, actor=OPERATOR, now_at=PUBLISHED_AT)


def a_draft(day: ExampleDay) -> str:
    """Another draft of the example's own service, without what people have ordered."""
    with day.database.begin() as session:
        menu = load_menu(session, SERVICE)
        assert menu is not None
        other = replace(menu, version=menu.version + 1, items=menu.items[:1])
        save_menu(session, "other", other, author="t", made_at=PUBLISHED_AT)
    return "other"


def test_what_is_ordered_stays_on_the_menu(own_day: ExampleDay, tmp_path: Path) -> None:
    """Tests that no menu is put in the place of one that people have ordered from, open or closed."""
    open_day = imported_day(tmp_path / "open", diners=10)
    for day, refusal, left in (
        (own_day, "service_closed_already", "menu_date_closed"),
        (open_day, "menu_lacks_ordered", "menu_date_ordered"),
    ):
        week = planned(day, SERVICE.service_on, 2)
        assert [draft.menu.service.service_on.day for draft in week.drafts] == [24]
        assert [one.code for one in week.work.closed.values()] == [left]
        menu_id = a_draft(day)
        with pytest.raises(Conflict, match=refusal), day.database.begin() as session:
            publish_draft(session, menu_id, actor=OPERATOR, now_at=PUBLISHED_AT)


def test_a_date_left_as_it_is_keeps_its_dishes_from_the_dates_about_it(own_day: ExampleDay) -> None:
    """Tests that the closed date's dishes are not repeated beside it, and that a published menu is told."""
    week = planned(own_day, SERVICE.service_on, 2)
    with own_day.database.read() as session:
        closed = load_menu(session, SERVICE)
    assert closed is not None and not menu_dishes(closed) & menu_dishes(week.drafts[0].menu)
    assert "menu stays as it is" in outcome_document(week, "en")["closed"][0]["words"]
    with own_day.database.begin() as session:
        publish_draft(session, week.drafts[0].menu_id, actor=OPERATOR, now_at=PUBLISHED_AT)
    again = planned(own_day, SERVICE.service_on + timedelta(days=1), 1)
    assert [one.code for one in again.standing] == ["menu_date_published"]


def test_rules_that_cannot_be_kept_keep_nothing(own_day: ExampleDay) -> None:
    """Tests that an impossible target gives reasons and not one draft."""
    with own_day.database.begin() as session:
        revision, body = load_config(session, "nutrition_target", "lunch_default_cn") or (0, {})
        body["nutrient"]["sodium_mg"] = {"max": 100, "strength": "hard"}
        save_config(session, "nutrition_target", "lunch_default_cn", body, author="t", made_at=PUBLISHED_AT)
    week = planned(own_day, days=8)
    assert week.drafts == ()
    assert "sodium_mg" in {reason.params.get("rule") for reason in week.plan.reasons}
    document = outcome_document(week, "en")
    assert document["status"] == "infeasible"
    assert "at most 100, cannot be kept on 6 of the days; the best" in document["reasons"][0]["words"]
    assert "code:" not in str(document["reasons"]) and "D1" not in document["reasons"][0]["words"]
    with own_day.database.read() as session:
        assert latest_menu_version(session, Service("K1", MONDAY, "lunch")) == 0
        assert gather(session, "K1", [MONDAY], "lunch").revisions["nutrition_target"] == "lunch_default_cn 2"
        assert revision == 1


def test_a_target_that_cannot_be_meant_is_refused_in_words(own_day: ExampleDay) -> None:
    """Tests that a least above its most names file, block, nutrient and rule."""
    with own_day.database.begin() as session:
        _, body = load_config(session, "nutrition_target", "lunch_default_cn") or (0, {})
        body["nutrient"]["protein_g"] = {"min": 40, "max": 20, "strength": "hard"}
        save_config(session, "nutrition_target", "lunch_default_cn", body, author="t", made_at=PUBLISHED_AT)
    with own_day.database.read() as session, pytest.raises(BadInput) as refused:
        gather(session, "K1", [MONDAY], "lunch")
    words = in_words(refused.value, "en")
    assert (
        "nutrition-targets.toml" in words and "lunch_default_cn.nutrient.protein_g.min: min, target" in words
    )
    assert "须依次递增" in in_words(refused.value, "zh_CN")


def while_solving(change: Callable[[MenuPlan], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets something happen between the solver's end and the keeping of its drafts."""

    def solve_and_change(*arguments: Any) -> Any:
        plan = solve(*arguments)
        change(plan)
        return plan

    monkeypatch.setattr(menus, "solve", solve_and_change)


def test_what_still_holds_is_kept_when_a_dish_changed_meanwhile(
    own_day: ExampleDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests two dates, one with a dish that is banned meanwhile: it is lost and told, the other kept."""
    changed: list[str] = []

    def thicken(plan: MenuPlan) -> None:
        changed.append(next(one for one in plan.days[0].dish_ids if one not in plan.days[1].dish_ids))
        with own_day.database.begin() as session:
            dish = load_dishes(session, changed)[changed[0]]
            cold = replace(dish, service_mode="cold")
            save_dishes(session, [cold], author="t", changed_at=PUBLISHED_AT)

    while_solving(thicken, monkeypatch)
    week = planned(own_day, days=2)
    assert [draft.menu.service.service_on for draft in week.drafts] == [DATES[1]]
    assert [one.code for one in week.changed] == ["menu_changed", "menu_changed_dishes", "menu_dish_gone"]
    assert week.changed[1].params["dishes"] == changed[0]
    with own_day.database.read() as session:
        assert menu_revisions(session, week.drafts[0].menu_id)["planned_from"]
        assert latest_menu_version(session, Service("K1", MONDAY, "lunch")) == 0
    document = outcome_document(week, "en")
    assert document["status"] == "feasible" and "code:" not in str(document["changed"])


def test_a_date_closed_meanwhile_is_left_as_it_is(
    own_day: ExampleDay, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Tests that a service closed during the search gets no draft, and that the other date does."""

    def close(plan: MenuPlan) -> None:
        service = Service("K1", plan.days[0].service_on, "lunch")
        with own_day.database.begin() as session:
            save_close(session, ServiceClose(service, PUBLISHED_AT, PUBLISHED_AT, "t"))

    while_solving(close, monkeypatch)
    week = planned(own_day, days=2)
    assert [draft.menu.service.service_on for draft in week.drafts] == [DATES[1]]
    assert "menu_date_closed" in [one.code for one in week.changed]


def test_menus_are_the_kitchens_business(own_day: ExampleDay) -> None:
    """Tests that a canteen plans no menu, nor the kitchen of another kitchen's."""
    for actor in (Actor("x", "x", "canteen"), Actor("x", "x", "kitchen", "K2")):
        with pytest.raises(Forbidden):
            planned(own_day, actor=actor)


def test_the_menu_endpoints(as_user: Callable[[str], TestClient]) -> None:
    """Tests a week planned, one menu published and read back over HTTP, and a canteen refused."""
    kitchen = as_user("kitchen")
    wanted = {"kitchen_id": "K1", "from_on": "2026-11-30", "days": 1, "seed": 3}
    week = kitchen.post("/api/v1/menus/plan", json=wanted).json()
    (draft,) = week["menus"]
    assert draft["meals"][0]["nutrients"]["energy_kcal"] > 600
    assert draft["calendar"]["lunar_day"] == 22
    assert week["bound_fen"] <= week["objective_fen"] and week["status"] in ("optimal", "feasible")
    answer = kitchen.post(f"/api/v1/menus/{draft['menu_id']}/publish")
    assert answer.json() == {"service": "K1/2026-11-30/lunch", "version": 1}
    asked = {"kitchen_id": "K1", "from_on": "2026-11-30", "to_on": "2026-12-04"}
    canteen = as_user("canteen")
    (read,) = canteen.get("/api/v1/menus", params=asked).json()
    assert read["dishes"] == draft["dishes"]
    assert canteen.post("/api/v1/menus/plan", json=wanted).status_code == 403
    assert kitchen.post("/api/v1/menus/plan", json=wanted | {"days": 0}).status_code == 422
