"""A week's papers: poster, nutrition report and tables come from the same stored week."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from api.day.menus import plan_weeks
from api.day.menus_paper import menu_paper, week_paper
from api.day.menus_wish import MenuWish
from api.people import OPERATOR
from api.reports.facts import Named
from api.reports.menu_facts import PosterMeal, WeekMenus
from api.reports.menu_poster import allergen_texts
from api.reports.wording import Words
from kitchen.menu_plan import MenuParams
from kitchen.store.catalogue import load_foods, save_foods
from orders.errors import NotFound
from tests.api.day.example_day import PUBLISHED_AT, ExampleDay

MONDAY = date(2026, 12, 21)


@pytest.fixture
def week(own_day: ExampleDay) -> WeekMenus:
    """Two days of two lines."""
    acting: dict[str, Any] = {"actor": OPERATOR, "now_at": PUBLISHED_AT, "ids": own_day.ids}
    wish = MenuWish(("regular", "low-salt"))
    params = MenuParams(moves=60_000)
    days = [MONDAY, date(2026, 12, 22)]
    plan_weeks(own_day.database, "K1", days, seed=1, wish=wish, params=params, **acting)
    with own_day.database.read() as session:
        return week_paper(session, "K1", MONDAY, "lunch", now_at=PUBLISHED_AT)


def test_the_papers_show_the_stored_week(week: WeekMenus) -> None:
    """Tests every dish on both sizes, the solstice, that it is a draft; a table a line; a row a dish."""
    assert [day.service_on for day in week.days] == [MONDAY, date(2026, 12, 22)]
    assert week.days[1].marks[0].en == "Winter Solstice" and week.is_draft
    dishes = {dish.zh for day in week.days for meal in day.meals.values() for dish, _ in meal.dishes}
    for paper in ("A3", "A4"):
        content, media = menu_paper(week, "poster.zh_CN.pdf", "A4" if paper == "A4" else "A3")
        pages = PdfReader(BytesIO(content)).pages
        text = "".join(page.extract_text() for page in pages)
        assert media == "application/pdf" and len(pages) == 1
        assert "草稿" in text and "冬至" in text
        assert all(dish[:4] in text for dish in dishes)
    report = PdfReader(BytesIO(menu_paper(week, "report.en.pdf")[0]))
    assert len(report.pages) == 2 and "calcium" in report.pages[0].extract_text()
    rows = menu_paper(week, "dishes.csv")[0].decode("utf-8-sig").splitlines()
    shown = sum(len(meal.dishes) for day in week.days for meal in day.meals.values())
    assert len(rows) == 1 + shown and rows[0].startswith("date,line")
    assert "sodium_mg" in menu_paper(week, "nutrients.csv")[0].decode("utf-8-sig")


def test_the_papers_tell_what_nobody_has_declared(week: WeekMenus, own_day: ExampleDay) -> None:
    """Tests that a food's undeclared allergen stands on poster and table, apart from what is contained."""
    with own_day.database.begin() as session:
        nuts = frozenset({"tree_nut"})
        open_ones = [
            replace(food, unknown=food.unknown | nuts, free=food.free - nuts)
            for food in load_foods(session).values()
            if not nuts & (food.contains | food.may_contain)
        ]
        save_foods(session, open_ones, author="t", changed_at=PUBLISHED_AT)
    with own_day.database.read() as session:
        again = week_paper(session, "K1", MONDAY, "lunch", now_at=PUBLISHED_AT)
    meals = [meal for day in again.days for meal in day.meals.values()]
    told = [{*meal.contains, *meal.may_contain, *meal.unknown} for meal in meals]
    assert all("Tree nuts" in {one.en for one in own} for own in told)
    assert any("Tree nuts" in {one.en for one in meal.unknown} for meal in meals)
    assert all(not {*meal.unknown} & {*meal.contains, *meal.may_contain} for meal in meals)
    text = PdfReader(BytesIO(menu_paper(again, "poster.en.pdf")[0])).pages[0].extract_text()
    assert "not declared: " in " ".join(text.split())
    assert "not_declared" in menu_paper(again, "dishes.csv")[0].decode("utf-8-sig")


def test_none_is_said_only_of_a_meal_that_all_is_known_of() -> None:
    """Tests the three sets apart, and the words for none when all of them are empty."""
    nuts, milk = Named("坚果", "Tree nuts"), Named("乳", "Milk")
    empty = PosterMeal((), {}, (), (), ())
    words = Words("en")
    assert allergen_texts(empty, words) == ("Contains none of the listed allergens",)
    assert allergen_texts(replace(empty, unknown=(nuts,)), words) == (
        "May contain or not declared: Tree nuts",
    )
    both = replace(empty, contains=(milk,), may_contain=(nuts,))
    assert allergen_texts(both, words) == ("Contains: Milk", "May contain or not declared: Tree nuts")


def test_other_papers_and_weeks_are_not_there(week: WeekMenus, own_day: ExampleDay) -> None:
    """Tests that a wrong name and a week without planned menus are refused."""
    for name in ("poster.fr.pdf", "poster.en.txt", "menu.csv"):
        with pytest.raises(NotFound):
            menu_paper(week, name)
    with own_day.database.read() as session, pytest.raises(NotFound):
        week_paper(session, "K1", date(2026, 8, 3), "lunch", now_at=PUBLISHED_AT)
