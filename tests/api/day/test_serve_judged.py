"""At the table: what nobody has judged or settled yet is looked at before a meal is given."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta

from api.day.holds import packings
from api.day.recheck import recheck_diners
from api.day.serve import Claim, close_table
from kitchen.recipes import allergens
from kitchen.store.catalogue import load_dishes, load_foods
from orders.store.diners import load_diners, save_diners
from orders.store.orders import load_orders
from telemetry.store.verdicts import latest_verdicts
from tests.api.day.acted_day import ends_at
from tests.api.day.example_day import ExampleDay
from tests.api.day.test_serve import Table

DayAt = Callable[[str], ExampleDay]


def test_a_meal_whose_diner_turned_out_to_be_allergic_is_not_given(day_at: DayAt) -> None:
    """Tests that an open clash keeps the meal from its diner, and that the next diner gets theirs."""
    table = Table(day_at("delivered"))
    day = table.day
    with day.database.begin() as session:
        orders = {order.code: order for order in load_orders(session, day.service)}
        served = [orders[order["code"]] for order in table.orders]
        foods, dishes = load_foods(session), load_dishes(session)
        order, held = next(
            (order, contains)
            for order in served
            for line in order.lines
            if (contains := allergens(dishes[line.dish_id], foods)[0])
        )
        diner = load_diners(session)[order.diner_id]
        save_diners(session, [replace(diner, allergens=diner.allergens | held)], "import")
        assert recheck_diners(session, [diner.code], now_at=table.at, ids=day.ids)
    other = next(one for one in served if one.diner_id != order.diner_id)
    refused, given = table.claim(Claim(order.code), Claim(other.code))
    assert refused.refused.code == "clash_unsettled"
    assert given.refused is None


def test_a_meal_is_judged_when_it_is_given(day_at: DayAt) -> None:
    """Tests that food beyond two hours is refused once its probe is silent, whatever was kept before."""
    table = Table(day_at("delivered"))
    day, asked_at = table.day, ends_at(table.stop) + timedelta(minutes=20)
    with day.database.read() as session:
        kept = latest_verdicts(session, table.stop["box_ids"])
        found = packings(session, table.stop["box_ids"])
        orders = load_orders(session, day.service, ("locked",), table.site_id)
    still_good = {box_id for box_id, verdict in kept.items() if verdict.eat_by_at > asked_at}
    order = next(
        order
        for order in orders
        if {box_id for box_id, one in found.items() if order.order_id in one.order_of.values()} <= still_good
    )
    [answer] = table.claim(Claim(order.code), at=asked_at)
    assert answer.refused.code == "past_eat_by"


def test_nobody_serves_while_a_table_is_being_closed(day_on: DayAt) -> None:
    """Tests that a claim that comes during the close waits for it, and finds nothing left."""
    table = Table(day_on("delivered"))
    with ThreadPoolExecutor(1) as pool:
        with table.day.database.begin() as session:
            close_table(session, table.day.service, table.site_id, **table.acting.at(table.at))
            late = pool.submit(table.claim, Claim(table.orders[0]["code"]))
            assert wait([late], timeout=0.5).not_done
        [answer] = late.result(timeout=60)
    assert answer.refused.code == "nothing_left"
    assert table.servings() == {}
