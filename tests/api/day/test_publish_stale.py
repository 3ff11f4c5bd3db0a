"""A draft is published only while what it was planned from still holds."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from api.day.plan import plan_service, publish_day
from api.day.recheck import recheck_diners
from api.people import OPERATOR
from kitchen.recipes import allergens
from kitchen.store.catalogue import load_dishes, load_foods
from orders.errors import Conflict
from orders.store.diners import load_diners, save_diners
from orders.store.orders import load_orders
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay


def test_a_plan_older_than_an_allergy_is_not_published(day_at: Callable[[str], ExampleDay]) -> None:
    """Tests that a clash found after the planning keeps the draft from the kitchen."""
    day, acting = day_at("published"), {"actor": OPERATOR, "now_at": PUBLISHED_AT}
    version = plan_service(day.database, SERVICE, ids=day.ids, seed=2, **acting).version
    with day.database.begin() as session:
        order, foods, dishes = load_orders(session, SERVICE)[0], load_foods(session), load_dishes(session)
        held = frozenset().union(*(allergens(dishes[line.dish_id], foods)[0] for line in order.lines))
        diner = load_diners(session)[order.diner_id]
        save_diners(session, [replace(diner, allergens=diner.allergens | held)], "import")
        assert recheck_diners(session, [diner.code], now_at=PUBLISHED_AT, ids=day.ids)
    with pytest.raises(Conflict) as refused, day.database.begin() as session:
        publish_day(session, SERVICE, version, **acting)
    assert refused.value.code == "clashes_open"


def test_a_plan_of_other_orders_is_not_published(day_at: Callable[[str], ExampleDay]) -> None:
    """Tests that a diner who turned out to need another variant or a sealed meal is planned for first."""
    day, acting = day_at("published"), {"actor": OPERATOR, "now_at": PUBLISHED_AT}
    version = plan_service(day.database, SERVICE, ids=day.ids, seed=2, **acting).version
    with day.database.begin() as session:
        ordered = {order.diner_id for order in load_orders(session, SERVICE)}
        diner = next(
            one for one in load_diners(session).values() if one.diner_id in ordered and not one.allergens
        )
        save_diners(session, [replace(diner, allergens=frozenset({"lupin"}))], "import")
    with pytest.raises(Conflict) as refused, day.database.begin() as session:
        publish_day(session, SERVICE, version, **acting)
    assert refused.value.code == "orders_changed"
