"""Closures: notice, the orders they touch, and how each is settled."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from api.ordering.amend import cancel
from api.ordering.closing import announce, reopen, settle_touched, touched_by
from api.ordering.place import Wanted, place
from orders.closures import Closure
from orders.errors import Conflict, MealError
from orders.store.orders import load_order
from tests.api.ordering.house import CLERK, LI, LUNCH, NOW_AT, QIN, SmallHouse

GAS = Closure("", "C01", "pause", LUNCH.service_on, LUNCH.service_on, (), "燃气泄漏", date.min, True)


def ordered(house: SmallHouse, diner=LI, **asked):
    """Places an order."""
    with house.database.begin() as session:
        return place(session, LUNCH, Wanted(diner.diner_id, **asked), house.acting(CLERK)).order


def test_an_emergency_lists_the_orders_it_touches(house_on: SmallHouse) -> None:
    """Tests one order moved to another site and one ended as not supplied, on both databases."""
    moved, ended = ordered(house_on), ordered(house_on, QIN)
    acting = house_on.acting(CLERK, reason="燃气泄漏")
    with house_on.database.begin() as session:
        closure = announce(session, GAS, acting)
        assert announce(session, GAS, acting) == closure
        touched = touched_by(session, closure.closure_id)
        assert [one.order.order_id for one in touched] == [moved.order_id, ended.order_id]
        assert settle_touched(session, touched[0], "C02", acting).site_id == "C02"
        assert settle_touched(session, touched[1], "", acting).ending == "not_supplied"
        assert touched_by(session, closure.closure_id) == []
        assert load_order(session, ended.order_id)[1].state == "cancelled"


def test_an_order_cancelled_meanwhile_is_not_moved(house: SmallHouse) -> None:
    """Tests that a list shown before the cancellation does not bring the order back to life."""
    order, acting = ordered(house), house.acting(CLERK, reason="燃气泄漏")
    with house.database.begin() as session:
        (shown,) = touched_by(session, announce(session, GAS, acting).closure_id)
        cancel(session, LUNCH, order.order_id, house.acting(CLERK))
        with pytest.raises(Conflict, match="order_cancelled"):
            settle_touched(session, shown, "C02", acting)


def test_a_closed_site_takes_no_order_until_it_opens_again(house: SmallHouse) -> None:
    """Tests a placed order during the closure, and after it was ended early."""
    with house.database.begin() as session:
        closure = announce(session, GAS, house.acting(CLERK))
    with pytest.raises(Conflict) as raised:
        ordered(house)
    assert raised.value.code == "site_closed_then"
    with house.database.begin() as session:
        reopen(session, closure.closure_id, house.acting(CLERK))
    assert ordered(house).site_id == "C01"


def test_a_planned_closure_needs_its_notice(house: SmallHouse) -> None:
    """Tests fourteen days, fifteen days, the past, and an unknown site."""
    today_on = NOW_AT.date()
    planned = replace(GAS, emergency=False, kind="renovate", to_on=None)
    for closure, code in (
        (replace(planned, from_on=today_on + timedelta(days=14)), "closure_needs_notice"),
        (replace(GAS, from_on=today_on - timedelta(days=1)), "closure_in_the_past"),
        (replace(GAS, site_id="C99"), "not_found"),
    ):
        with house.database.begin() as session, pytest.raises(MealError) as raised:
            announce(session, closure, house.acting(CLERK))
        assert raised.value.code == code
    with house.database.begin() as session:
        announce(session, replace(planned, from_on=today_on + timedelta(days=15)), house.acting(CLERK))
