"""Standing orders are placed an hour before the cut-off by a timer that survives a restart."""

from datetime import timedelta

from api.jobs import run_due
from api.ordering.standing_timer import ask_for_standing, standing_timers
from orders.standing import StandingOrder
from orders.store.orders import load_orders
from orders.store.standing import save_standing
from tests.api.ordering.house import CUT_OFF_AT, LUNCH, NOW_AT, SmallHouse

HOUR = timedelta(hours=1)


def test_standing_orders_are_placed_an_hour_before_the_cut_off(house_on: SmallHouse) -> None:
    """Tests that nothing is placed before that hour, one order at it, and that asking twice is harmless."""
    timers = standing_timers(house_on.ids)
    with house_on.database.begin() as session:
        save_standing(session, StandingOrder("s1", "d1", "lunch", (1, 2, 3, 4, 5)))
        for _ in range(2):
            ask_for_standing(session, NOW_AT, house_on.ids)

    def ordered() -> list[str]:
        with house_on.database.read() as session:
            return [order.diner_id for order in load_orders(session, LUNCH)]

    run_due(house_on.database, timers, CUT_OFF_AT - HOUR - timedelta(seconds=1))
    assert ordered() == []
    run_due(house_on.database, timers, CUT_OFF_AT - HOUR)
    assert ordered() == ["d1"]
    run_due(house_on.database, timers, CUT_OFF_AT)
    assert ordered() == ["d1"]


def test_after_the_cut_off_the_timer_leaves_it_to_the_close(house: SmallHouse) -> None:
    """Tests that a house which slept over the cut-off places nothing late."""
    with house.database.begin() as session:
        save_standing(session, StandingOrder("s1", "d1", "lunch", (1,)))
        ask_for_standing(session, NOW_AT, house.ids)
    run_due(house.database, standing_timers(house.ids), CUT_OFF_AT + HOUR)
    with house.database.read() as session:
        assert load_orders(session, LUNCH) == []
