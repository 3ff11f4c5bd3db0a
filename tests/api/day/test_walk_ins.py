"""Walk-ins at the counter: a spare meal is sold and given in one act, and every portion stays counted."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from api.day.serve import Claim, close_table
from api.day.settle import settle_service
from api.day.summary import summarise
from api.walk_ins import sell_walk_in, spare_at
from orders.errors import Conflict
from orders.store.orders import OrderRow, load_orders
from orders.store.receipts import load_servings
from tests.api.day.acted_day import ends_at
from tests.api.day.example_day import SERVICE, ExampleDay
from tests.api.day.test_claim import Counter

DayAt = Callable[[str], ExampleDay]


def test_a_spare_meal_is_sold_and_every_portion_is_counted(day_on: DayAt) -> None:
    """Tests a meal cancelled late, its diner coming after all, the close, and the day's sums."""
    table = Counter(day_on("delivered"))
    with table.day.database.begin() as session:
        row = session.get_one(OrderRow, table.orders[0]["order_id"])
        row.state, row.ending, row.ended_at = "cancelled", "cancelled_after_cutoff", table.at
    diner = table.diners[0]
    assert table.scan(diner.code).code == "no_order_today"
    with table.day.database.begin() as session:
        assert sum(spare_at(session, table.desk()).values()) == table.orders[0]["portions"]
        heard, quote = sell_walk_in(session, table.desk(), diner.diner_id)
    with pytest.raises(Conflict), table.day.database.begin() as session:
        sell_walk_in(session, table.desk(), diner.diner_id)
    assert heard.answer.portions > 0
    assert quote.diner_fen + quote.subsidy_fen == quote.price_fen > 0
    table.claim(*(Claim(order["code"]) for order in table.orders[1:]))
    with table.day.database.begin() as session:
        acting = table.acting.at(ends_at(table.stop))
        left = close_table(session, SERVICE, table.site_id, **acting)
        [order] = [one for one in load_orders(session, SERVICE) if one.channel == "walk_in"]
        serving = next(
            one for one in load_servings(session, SERVICE).values() if one.order_id == order.order_id
        )
        counts = summarise(session, SERVICE).counts
    assert sum(serving.drawn.values()) == heard.answer.portions
    assert left == table.orders[0]["portions"] - heard.answer.portions
    codes = {one.reason.code for one in counts.missing}
    assert codes & {"ordered_not_cooked", "cooked_not_boxed", "delivered_not_served"} == set()


def test_nothing_is_sold_that_somebody_waits_for(day_at: DayAt) -> None:
    """Tests that nothing is spare while everybody is awaited, and that it is after the last plate."""
    table = Counter(day_at("delivered"))
    late_at = ends_at(table.stop) + timedelta(hours=1)
    with table.day.database.begin() as session:
        assert spare_at(session, table.desk()) == {}
        later = spare_at(session, table.desk(late_at))
    assert sum(later.values()) == sum(order["portions"] for order in table.orders)


def test_nothing_is_sold_once_the_meals_are_billed(day_at: DayAt) -> None:
    """Tests that a walk-in after the settlement is refused: nobody would bill the meal."""
    table = Counter(day_at("served"))
    late_at = ends_at(table.stop) + timedelta(hours=2)
    with table.day.database.begin() as session:
        settle_service(session, SERVICE, **table.acting.at(late_at))
    with table.day.database.begin() as session, pytest.raises(Conflict, match="settled_already"):
        sell_walk_in(session, table.desk(late_at), table.diners[0].diner_id)
