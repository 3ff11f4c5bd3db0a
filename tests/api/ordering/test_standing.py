"""Standing orders become orders once, as far as they can."""

from dataclasses import replace
from datetime import date

from api.day.close import close_service
from api.day.programmes import by_programme
from api.ordering.amend import cancel
from api.ordering.place import Wanted, place
from api.ordering.standing import place_standing
from orders.enrolment import Enrolment
from orders.service import Service
from orders.standing import Pause, StandingOrder
from orders.store.enrolments import save_enrolment
from orders.store.orders import load_orders, save_orders
from orders.store.services import load_order_exceptions
from orders.store.standing import save_pause, save_standing
from tests.api.ordering.house import CLERK, LATE_AT, LUNCH, NOW_AT, SmallHouse
from tests.api.settlement.town import lunch

EVERY_DAY = (1, 2, 3, 4, 5)


def test_standing_orders_become_orders_before_the_cut_off(house_on: SmallHouse) -> None:
    """Tests a wish that suits, a pause, one placed at the close, and that a second run changes nothing."""
    standing = StandingOrder("s1", "d1", "lunch", EVERY_DAY, (("main", "D004"),))
    with house_on.database.begin() as session:
        save_standing(session, standing)
        save_standing(session, replace(standing, standing_id="s2", diner_id="d4", choices=()))
        save_pause(session, Pause("d4", date(2026, 11, 20), date(2026, 11, 30), "away", "p1"))
        done = place_standing(session, LUNCH, house_on.acting(CLERK, LATE_AT))
        assert place_standing(session, LUNCH, house_on.acting(CLERK, LATE_AT)).placed == ()
        (order,) = load_orders(session, LUNCH)
    assert done.placed == (order,)
    assert "D004" in order.dish_ids
    assert (order.channel, order.diner_id, order.state) == ("standing", "d1", "placed")


def test_one_cancelled_by_hand_stays_cancelled(house: SmallHouse) -> None:
    """Tests that the standing order does not come back for that day."""
    with house.database.begin() as session:
        save_standing(session, StandingOrder("s1", "d1", "lunch", EVERY_DAY))
        (placed,) = place_standing(session, LUNCH, house.acting(CLERK, NOW_AT)).placed
        cancel(session, LUNCH, placed.order_id, house.acting(CLERK, NOW_AT))
        assert place_standing(session, LUNCH, house.acting(CLERK, NOW_AT)).placed == ()


def test_what_cannot_be_placed_is_told_once(house: SmallHouse) -> None:
    """Tests a Saturday, on which the programme serves nothing."""
    saturday = Service("K1", date(2026, 11, 28), "lunch")
    with house.database.begin() as session:
        save_standing(session, StandingOrder("s1", "d1", "lunch", (*EVERY_DAY, 6)))
        for _ in range(2):
            assert len(place_standing(session, saturday, house.acting(CLERK, NOW_AT)).refused) == 1
        (told,) = load_order_exceptions(session, saturday)
    assert (told.ref, told.reason.params) == ("LZ1", {"why": "service_closed"})


def test_a_place_is_kept_for_a_standing_order(house: SmallHouse) -> None:
    """Tests two places, of which one is kept: the second caller waits, and the standing order has it."""
    with house.database.begin() as session:
        save_standing(session, StandingOrder("s1", "d1", "lunch", EVERY_DAY))
        acting = house.acting(CLERK, NOW_AT)
        assert place(session, LUNCH, Wanted("d4"), acting).order.state == "placed"
        assert place(session, LUNCH, Wanted("d2", wait=True), acting).order.state == "waiting"
        assert [one.state for one in place_standing(session, LUNCH, acting).placed] == ["placed"]


def test_the_owner_of_a_kept_place_may_order_by_hand(house: SmallHouse) -> None:
    """Tests that the place kept for the standing order is the owner's own."""
    with house.database.begin() as session:
        save_standing(session, StandingOrder("s1", "d1", "lunch", EVERY_DAY))
        acting = house.acting(CLERK, NOW_AT)
        place(session, LUNCH, Wanted("d4"), acting)
        place(session, LUNCH, Wanted("d2", wait=True), acting)
        assert place(session, LUNCH, Wanted("d1"), acting).order.state == "placed"


def test_one_diners_ended_programme_stops_nobody_else(house: SmallHouse) -> None:
    """Tests that who is enrolled in an ended programme waits for a person, and the others eat and close."""
    with house.database.begin() as session:
        save_enrolment(session, Enrolment("e1", "d4", "ended-2019"), recorded_at=NOW_AT)
        for number, diner_id in enumerate(("d1", "d4")):
            save_standing(session, StandingOrder(f"s{number}", diner_id, "lunch", EVERY_DAY))
        done = place_standing(session, LUNCH, house.acting(CLERK, NOW_AT))
        assert [order.diner_id for order in done.placed] == ["d1"]
        assert [(one.ref, one.reason.params["why"]) for one in done.refused] == [("LZ4", "not_in_force")]
        before = replace(done.placed[0], order_id="o4", code="old", diner_id="d4", lines=())
        save_orders(session, LUNCH, [before], "import")
        closed = close_service(session, LUNCH, actor=CLERK, now_at=LATE_AT, ids=house.ids)
        assert closed.orders == 2
        assert by_programme(session, LUNCH, [lunch("d4", LUNCH.service_on)]).keys() == {"ended-2019"}
