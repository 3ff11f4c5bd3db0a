"""The purchase list knows the orders so far, the past of the same weekday, and what is in the store."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from api.day.asked import asked_of
from api.stock.batch_lots import Handed, issue_lot
from api.stock.chilled import issue_chilled
from api.stock.picking import issue_service, keep_picks
from api.stock.purchase import purchase_plan
from api.stock.suppliers import keep_supplier
from kitchen.purchasing import DishAsk, ServiceAsk
from kitchen.receiving import Supplier
from kitchen.recipes import menu_item
from kitchen.store.catalogue import load_foods, save_dishes, save_foods
from kitchen.store.chilled import ChilledBatch, Forecast, save_forecast
from orders.menus import REGULAR, Menu
from orders.service import Service
from orders.store.menus import publish_menu, save_menu
from orders.store.orders import save_orders
from orders.store.services import ServiceClose, save_close
from orders.store.sites import save_kitchen
from tests.api.stock.orders import ordering
from tests.api.stock.room import (
    KITCHEN,
    LICENSED,
    NOW_AT,
    PORK,
    POTATO,
    SERVICE,
    STEW,
    desk,
    furnish,
    pork,
    publish,
)

GROSS_MG = {PORK: 100_000, POTATO: 66_667}  # 90 g of 0.9, 60 g of 0.9, rounded up
KG = 1_000_000
WEEK = timedelta(days=7)


def on_menu(session, *services: Service) -> None:
    """Publishes the stew for some services."""
    item = menu_item(STEW, load_foods(session))
    for service in services:
        menu_id = f"menu {service.key}"
        save_menu(session, menu_id, Menu(service, (item,), 1000), author="u1", made_at=NOW_AT)
        publish_menu(session, menu_id)


def closed(session, service: Service) -> None:
    """Closes a service."""
    save_close(session, ServiceClose(service, NOW_AT, NOW_AT, "u1"))


def short(plan) -> dict[str, int]:
    """What is lacking, by food."""
    return {line.food_code: line.short_mg for line in plan.lines}


def test_before_the_cut_off_the_past_counts(database):
    """
    Tests 4 orders so far, 10 a Monday in the past: food for 10 is bought, from the supplier of its group.
    """
    at = desk()
    past = [Service("K1", SERVICE.service_on - WEEK * n, "lunch") for n in (1, 2)]
    with database.begin() as session:
        furnish(session, at)
        on_menu(session, SERVICE, *past)
        save_orders(session, SERVICE, ordering(session, 4), "test")
        for service in past:
            save_orders(session, service, ordering(session, 10, service), "test")
            closed(session, service)
        plan = purchase_plan(session, at, asked_of, SERVICE.service_on, 1)
        (need,) = plan.needs
        assert (need.basis, need.portions, need.ordered, need.past) == ("expected", {"D1": 10}, 4, 2)
        assert short(plan)[PORK] == 10 * GROSS_MG[PORK]
        codes = {line.food_code: plan.suppliers[line.supplier_id].code for line in plan.lines}
        assert codes == {PORK: "S01", POTATO: "S02"}
        assert [one.code for one in plan.findings] == ["lots_not_watched"]


def test_without_a_past_the_list_says_so(database):
    """
    Tests a first week: the orders so far, and a finding.
    """
    at = desk()
    with database.begin() as session:
        furnish(session, at)
        on_menu(session, SERVICE)
        save_orders(session, SERVICE, ordering(session, 3), "test")
        plan = purchase_plan(session, at, asked_of, SERVICE.service_on, 1)
        assert short(plan)[PORK] == 3 * GROSS_MG[PORK]
        assert "purchase_no_history" in [one.code for one in plan.findings]


def test_after_the_close_only_orders_count_and_stock_is_taken_off(database):
    """
    Tests that lots which last cover the need, and that those which expire before do not.
    """
    at = desk()
    with database.begin() as session:
        furnish(session, at)
        on_menu(session, SERVICE)
        save_orders(session, SERVICE, ordering(session, 50), "test")
        closed(session, SERVICE)
        pork(session, at, kg=2, expires_on=date(2026, 11, 22))
        pork(session, at, kg=3)
        plan = purchase_plan(session, at, asked_of, SERVICE.service_on, 1)
        assert plan.needs[0].basis == "closed"
        assert short(plan)[PORK] == 50 * GROSS_MG[PORK] - 3_000_000


def test_a_published_plan_needs_what_was_not_issued(database):
    """
    Tests that goods already with the cooks are not bought again.
    """
    at = desk()
    with database.begin() as session:
        furnish(session, at)
        on_menu(session, SERVICE)
        publish(session)
        pork(session, at, kg=15)
        keep_picks(session, SERVICE)
        issue_service(session, at, SERVICE)
        plan = purchase_plan(session, at, asked_of, SERVICE.service_on, 1)
        assert plan.needs[0].basis == "planned" and set(short(plan)) == {POTATO}


def test_what_a_pan_got_too_much_of_is_bought_for_the_others(database):
    """
    Tests a batch that got 12 kg for its 7.5: the other one's 7.5 kg are still lacking.
    """
    at = desk()
    with database.begin() as session:
        furnish(session, at)
        on_menu(session, SERVICE)
        publish(session)
        issue_lot(session, at, Handed(SERVICE, "B01", pork(session, at, kg=12).lot.code, 12 * KG, "遗洒"))
        assert short(purchase_plan(session, at, asked_of, SERVICE.service_on, 1))[PORK] == 75 * GROSS_MG[PORK]


def test_what_chilled_food_got_covers_its_own_dish_alone(database):
    """
    Tests 12 kg in a stew of the day before, of which 100 portions are asked: the 50 roasts lack all theirs.
    """
    at = desk()
    head = Forecast("f1", SERVICE.key, 1, {}, NOW_AT, "u1")
    batch = ChilledBatch(
        "c1", "f1", SERVICE.key, "K1", "C1-1", "D1", REGULAR, "wok", "E1", "", -9, -5, 120, 0
    )
    asks = tuple(DishAsk(code, REGULAR, count, Fraction(count)) for code, count in (("D1", 100), ("D2", 50)))
    with database.begin() as session:
        furnish(session, at)
        save_dishes(session, [replace(STEW, dish_id="D2")], author="u1", changed_at=NOW_AT)
        on_menu(session, SERVICE)
        save_forecast(session, head, (), [batch])
        pork(session, at, kg=12)
        issue_chilled(session, at, SERVICE, [batch])
        ask = ServiceAsk("closed", asks, 150, 0, 0, {}, {})
        plan = purchase_plan(session, at, lambda *_: ask, SERVICE.service_on, 1)
        assert short(plan)[PORK] == 50 * GROSS_MG[PORK]


def test_a_foods_own_supplier_comes_before_the_last_one(database):
    """
    Tests the order in which a supplier is found: named by the food, last delivery, group.
    """
    at = desk()
    with database.begin() as session:
        furnish(session, at)
        on_menu(session, SERVICE)
        save_orders(session, SERVICE, ordering(session, 50), "test")

        def asked() -> str:
            plan = purchase_plan(session, at, asked_of, SERVICE.service_on, 1)
            return next(plan.suppliers[one.supplier_id].code for one in plan.lines if one.food_code == PORK)

        assert asked() == "S01"
        keep_supplier(session, at, Supplier("", "S03", "Late", licences=LICENSED))
        pork(session, at, kg=1, supplier="S03")
        assert asked() == "S03"
        food = replace(load_foods(session)[PORK], supplier="S02")
        save_foods(session, [food], author="u1", changed_at=NOW_AT)
        assert asked() == "S02"


def test_walk_ins_and_staff_are_bought_for_by_the_rule_of_the_plan(database):
    """
    Tests four Mondays with three walk-ins each: three meals at that site, two of the staff, own lines.
    """
    at = desk()
    past = [Service("K1", SERVICE.service_on - WEEK * n, "lunch") for n in (1, 2, 3, 4)]
    with database.begin() as session:
        furnish(session, at)
        save_kitchen(session, KITCHEN, {"buffer": {"staff_meals": 2}}, NOW_AT)
        on_menu(session, SERVICE, *past)
        save_orders(session, SERVICE, ordering(session, 4), "test")
        for service in past:
            orders = [replace(one, state="locked") for one in ordering(session, 13, service)]
            came = [replace(one, channel="walk_in") for one in orders[10:]]
            save_orders(session, service, [*orders[:10], *came], "test")
            closed(session, service)
        (need,) = purchase_plan(session, at, asked_of, SERVICE.service_on, 1).needs
        assert (need.portions, need.extras) == ({"D1": 10}, {"buffer": 3, "staff": 2})
        assert need.mg[PORK] == 15 * GROSS_MG[PORK]
