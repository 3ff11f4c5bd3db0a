"""Ordering: cut-offs to the millisecond, dishes that suit, prices of sets, and what an ending costs."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.bills import MealEvent
from orders.calendars import Calendar
from orders.diners import Diner, DinerFact
from orders.errors import BadInput, Conflict
from orders.menus import Menu, MenuItem
from orders.ordering import (
    MealSet,
    check_dishes,
    counted_at,
    cut_off_at,
    ending_of,
    home_refusal,
    price_of,
    quote,
    require_confirmed,
    usual,
)
from orders.programmes.schema import read_programme
from orders.programmes.sections import Delivery, HomeDelivery
from orders.service import Service
from orders.settling.rules import rule_book
from tests.builders import liuzhou_2020

SHANGHAI = ZoneInfo("Asia/Shanghai")
OCTOBER = Calendar(
    {date(2020, 10, day): "holiday" for day in range(1, 9)} | {date(2020, 10, 10): "makeup_workday"}
)
LIUZHOU = read_programme(liuzhou_2020())
BOOK = rule_book([LIUZHOU], lambda _: Calendar({}))
BOOK = rule_book([LIUZHOU], lambda _: OCTOBER)
LUNCH = Service("K1", date(2020, 10, 12), "lunch")


def local(*parts: int) -> datetime:
    """An instant by the wall clock of Liuzhou in 2020."""
    return datetime(2020, *parts, tzinfo=SHANGHAI)


def limit(service_on: date, **rule) -> datetime:
    """The cut-off of a lunch under Liuzhou's rule with some keys changed."""
    ordering = LIUZHOU.ordering.model_copy(update=rule)
    return cut_off_at(replace(LUNCH, service_on=service_on), ordering, LIUZHOU.service_days(), OCTOBER)


@pytest.mark.parametrize(
    ("service_on", "ordered_at", "calendar", "service"),
    [
        (date(2020, 10, 12), local(10, 11, 15, 59), True, False),
        (date(2020, 10, 12), local(10, 11, 16, 0), True, False),
        (date(2020, 10, 12), local(10, 11, 16, 1), False, False),
        (date(2020, 10, 9), local(9, 30, 15, 0), True, True),
        (date(2020, 10, 9), local(10, 8, 12, 0), True, False),
    ],
)
def test_an_order_is_in_time_by_calendar_or_service_day(service_on, ordered_at, calendar, service):
    """Tests the worked examples: a Sunday order for Monday, and one placed in the October holiday."""
    assert (ordered_at <= limit(service_on, cutoff_day="calendar")) is calendar
    assert (ordered_at <= limit(service_on, cutoff_day="service")) is service


def test_the_service_day_before_a_monday_is_friday():
    """Tests the instant of a cut-off by service day."""
    assert limit(date(2020, 10, 12), cutoff_day="service") == local(10, 9, 16, 0)


def test_the_cut_off_is_inclusive_to_the_millisecond():
    """Tests that 16:00:00.000 is in time and 16:00:00.001 is late."""
    last_at = limit(date(2020, 10, 12))
    assert ending_of(last_at, last_at) == "cancelled_before_cutoff"
    assert ending_of(last_at + timedelta(milliseconds=1), last_at) == "cancelled_after_cutoff"


def test_a_cut_off_on_the_same_morning_and_at_midnight():
    """Tests no day ahead, and 24:00, which is the midnight that ends the day before."""
    assert limit(date(2020, 10, 12), days_ahead=0, cutoff_time="09:00") == local(10, 12, 9, 0)
    assert limit(date(2020, 10, 12), cutoff_time="24:00") == local(10, 12, 0, 0)
    assert limit(date(2020, 10, 12), cutoff_time="24:00", cutoff_day="service") == local(10, 10, 0, 0)


@given(st.integers(0, 3), st.dates(date(2020, 9, 1), date(2020, 12, 20)))
def test_a_service_day_cut_off_is_never_later_than_the_calendar_one(days_ahead, service_on):
    """Tests that going back to a day with service only goes back."""
    by_service = limit(service_on, days_ahead=days_ahead, cutoff_day="service")
    assert by_service <= limit(service_on, days_ahead=days_ahead, cutoff_day="calendar")


def test_receipt_by_the_server_decides_unless_staff_enter_a_paper():
    """Tests an order kept on a phone without network, and a paper form keyed in later with its reason."""
    now_at, paper_at = local(10, 11, 17, 0), local(10, 11, 15, 0)
    assert counted_at(now_at, paper_at, reason="no network", by_staff=False) == now_at
    assert counted_at(now_at, paper_at, reason="form from the box", by_staff=True) == paper_at
    assert counted_at(now_at, None, reason="", by_staff=True) == now_at
    with pytest.raises(BadInput) as lacking:
        counted_at(now_at, paper_at, reason=" ", by_staff=True)
    assert lacking.value.code == "paper_needs_reason"
    with pytest.raises(BadInput) as future:
        counted_at(paper_at, now_at, reason="form", by_staff=True)
    assert future.value.code == "paper_in_the_future"


PORK = MenuItem("D1", "红烧肉", "Pork", "main", contains=frozenset({"soy"}), tags=frozenset({"pork"}))
FISH = MenuItem("D2", "蒸鱼", "Fish", "main", contains=frozenset({"fish"}))
GREENS = MenuItem("D3", "青菜", "Greens", "vegetable")
PUMPKIN = MenuItem("D4", "南瓜", "Pumpkin", "vegetable")
RICE = MenuItem("D5", "米饭", "Rice", "staple")
MENU = Menu(LUNCH, (PORK, FISH, GREENS, PUMPKIN, RICE), 1200)
SETS = (
    MealSet("standard", 1200, {"main": 1, "vegetable": 1, "staple": 1}),
    MealSet("plus", 1500, {"main": 1, "vegetable": 2, "staple": 1}),
    MealSet("vegetarian", 1200, {"vegetable": 2, "staple": 1}),
)
FACTS = (DinerFact("hukou", "450200"), DinerFact("residence", "450202"))
OLD = Diner("d1", "LZ1", "李四", date(1938, 3, 5), "S1", facts=FACTS)


def test_an_unsuitable_dish_is_refused_with_what_suits_instead():
    """Tests that the refusal names the reason and the other main."""
    with pytest.raises(BadInput) as raised:
        check_dishes(replace(OLD, allergens=frozenset({"soy"})), MENU, ["D1", "D3"])
    assert raised.value.code == "order_has_allergen"
    assert raised.value.params == {"dish": "D1", "allergen": "soy", "instead": "D2"}
    with pytest.raises(BadInput) as pork:
        check_dishes(replace(OLD, avoids_tags=frozenset({"pork"})), MENU, ["D1"])
    assert pork.value.params == {"dish": "D1", "tag": "pork", "instead": "D2"}
    with pytest.raises(BadInput) as solid:
        check_dishes(replace(OLD, texture="soft"), MENU, ["D5"])
    assert solid.value.params == {"dish": "D5", "texture": "soft", "instead": "-"}


@pytest.mark.parametrize(
    ("dishes", "code"),
    [([], "no_dish_chosen"), (["D9"], "dish_not_on_menu"), (["D3", "D3"], "dish_twice")],
)
def test_only_dishes_of_the_menu_may_be_chosen_and_each_once(dishes, code):
    """Tests an empty choice, a dish of another day and one that stands twice."""
    with pytest.raises(BadInput) as raised:
        check_dishes(OLD, MENU, dishes)
    assert raised.value.code == code


def test_the_cheapest_set_that_holds_the_dishes_gives_the_price():
    """Tests the standard set, a second vegetable, a menu that costs more, and too many mains."""
    assert price_of(MENU, SETS, ["D1", "D3", "D5"]) == 1200
    assert price_of(MENU, SETS, ["D1", "D3", "D4", "D5"]) == 1500
    assert price_of(replace(MENU, price_fen=1300), SETS, ["D1", "D3", "D4", "D5"]) == 1600
    assert price_of(MENU, (), ["D1", "D2"]) == 1200
    with pytest.raises(BadInput) as raised:
        price_of(MENU, SETS, ["D1", "D2"])
    assert raised.value.code == "no_set_holds_these"


def test_the_usual_is_what_was_eaten_before_where_it_suits():
    """Tests wishes, a dish that no longer suits, and a diner who eats no meat."""
    assert [item.dish_id for item in usual(OLD, MENU, SETS)] == ["D1", "D3", "D5"]
    assert [item.dish_id for item in usual(OLD, MENU, SETS, ["D4", "D2"])] == ["D2", "D4", "D5"]
    allergic = replace(OLD, allergens=frozenset({"fish"}))
    assert [item.dish_id for item in usual(allergic, MENU, SETS, ["D2"])] == ["D1", "D3", "D5"]
    meatless = replace(OLD, avoids_tags=frozenset({"pork"}), allergens=frozenset({"fish"}))
    assert [item.dish_id for item in usual(meatless, MENU, SETS)] == ["D3", "D4", "D5"]
    assert [item.dish_id for item in usual(OLD, MENU, ())] == ["D1", "D3", "D5"]


def lunch(number: int = 1, event: str = "served", meal: str = "lunch") -> MealEvent:
    """A lunch of 12 yuan."""
    at = local(10, 12, 11, number)
    return MealEvent(f"o{number}", str(number), "d1", "S1", LUNCH.service_on, meal, 1200, event, at)


def test_the_price_stands_in_three_lines_with_why():
    """Tests a first lunch, and a second one of the same day at list price."""
    first = quote(lunch(), [], BOOK, {"d1": OLD})
    assert (first.price_fen, first.subsidy_fen, first.diner_fen) == (1200, 500, 700)
    assert first.class_id == "class2" and first.why
    second = quote(lunch(2), [lunch(1), lunch(2)], BOOK, {"d1": OLD})
    assert (second.price_fen, second.subsidy_fen, second.diner_fen) == (1200, 0, 1200)


def test_an_ending_costs_what_the_programme_says():
    """Tests a refund in time, and the price less the benefit after the cut-off."""
    early = quote(lunch(event="cancelled_before_cutoff"), [], BOOK, {"d1": OLD})
    assert (early.subsidy_fen, early.diner_fen) == (0, 0)
    late = quote(lunch(event="cancelled_after_cutoff"), [], BOOK, {"d1": OLD})
    assert (late.subsidy_fen, late.diner_fen, late.site_bears_fen) == (0, 700, 500)


def test_a_cost_is_shown_before_it_is_confirmed():
    """Tests that nothing to pay needs no confirmation, and that an old figure does not count."""
    require_confirmed(None, 0)
    require_confirmed(700, 700)
    for shown_fen in (None, 0, 500):
        with pytest.raises(Conflict) as raised:
            require_confirmed(shown_fen, 700)
        assert raised.value.params == {"owed_fen": 700}


def test_the_limit_is_an_instant_in_utc():
    """Tests that 16:00 in Liuzhou is 08:00 UTC."""
    assert limit(date(2020, 10, 12)) == datetime(2020, 10, 11, 8, tzinfo=UTC)


HOME = {"requires": ("mobility_difficulty", "town_approval"), "classes": ("class2",), "meals": ("lunch",)}


def home_rule(**rule):
    """Liuzhou's programme with a rule of home delivery."""
    home = HomeDelivery(**(HOME | rule))
    return LIUZHOU.model_copy(update={"delivery": Delivery(home=home)})


def test_home_needs_class_meal_and_every_approval():
    """Tests a programme without a rule, one approval of two, both, another meal and another class."""
    assert home_refusal(LIUZHOU, OLD, LUNCH) is None
    half = replace(OLD, facts=(*FACTS, DinerFact("home_delivery.mobility_difficulty", "true")))
    refusal = home_refusal(home_rule(), half, LUNCH)
    assert (refusal.code, refusal.params) == ("home_not_approved", {"lacking": "town_approval"})
    whole = replace(half, facts=(*half.facts, DinerFact("home_delivery.town_approval", "true")))
    assert home_refusal(home_rule(), whole, LUNCH) is None
    assert home_refusal(home_rule(), whole, replace(LUNCH, meal="dinner")).code == "home_not_this_meal"
    assert home_refusal(home_rule(classes=("class9",)), whole, LUNCH).code == "home_not_this_class"


def test_home_for_those_whom_the_programme_names():
    """Tests a diner with one of the flags, and one without."""
    named = LIUZHOU.model_copy(update={"delivery": Delivery(home_for=("housebound", "frail"))})
    frail = replace(OLD, facts=(*FACTS, DinerFact("flag", "frail")))
    assert home_refusal(named, frail, LUNCH) is None
    assert home_refusal(named, OLD, LUNCH).code == "home_not_approved"
