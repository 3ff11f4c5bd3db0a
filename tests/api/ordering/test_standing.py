"""Standing orders become orders once, as far as they can."""

from dataclasses import replace
from datetime import date

from sqlalchemy import event

from api.day.close import close_service
from api.day.programmes import by_programme
from api.ordering.amend import cancel
from api.ordering.place import Wanted, place
from api.ordering.standing import place_standing
from orders.closures import Closure
from orders.enrolment import Enrolment
from orders.service import Service
from orders.standing import Pause, StandingOrder
from orders.store.closures import save_closure, save_places
from orders.store.diners import save_diners
from orders.store.diners_orders import last_orders, orders_on
from orders.store.enrolments import save_enrolment
from orders.store.orders import load_orders, save_orders
from orders.store.services import load_order_exceptions
from orders.store.standing import save_pause, save_standing
from tests.api.ordering.house import CLERK, LATE_AT, LI, LUNCH, NOW_AT, QIN, SmallHouse
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


def test_many_standing_orders_share_what_is_read(house: SmallHouse) -> None:
    """Tests numbers that go on from one placed by hand, the last place, and few statements an order."""
    count, statements = 40, []
    many = [replace(LI, diner_id=f"n{one}", code=f"N{one:02d}", site_id="C02") for one in range(count)]
    with house.database.begin() as session:
        save_diners(session, many, "import")
        save_places(session, "C02", "lunch", count - 1)
        for one in many:
            save_standing(session, StandingOrder(f"s-{one.diner_id}", one.diner_id, "lunch", EVERY_DAY))
        by_hand = place(session, LUNCH, Wanted("d4"), house.acting(CLERK, NOW_AT)).order
        event.listen(house.database.engine, "before_cursor_execute", lambda *seen: statements.append(seen[2]))
        placed = place_standing(session, LUNCH, house.acting(CLERK, NOW_AT)).placed
    assert by_hand.code == "20261123-P001"
    assert [order.code for order in placed] == [f"20261123-P{one + 2:03d}" for one in range(count)]
    assert [order.state for order in placed] == ["placed"] * (count - 1) + ["waiting"]
    assert len(statements) < 7 * count


def test_a_standing_order_is_like_the_last_and_none_at_a_closed_site(house: SmallHouse) -> None:
    """Tests the dishes of the same meal before, and the refusal of a site that is closed on the day."""
    tuesday = replace(LUNCH, service_on=date(2026, 11, 24))
    closed = Closure(
        "c", "C02", "pause", tuesday.service_on, None, (), "管道", LUNCH.service_on, emergency=True
    )
    with house.database.begin() as session:
        save_diners(session, [replace(QIN, diner_id="n1", code="N1", site_id="C02")], "import")
        for diner_id in ("d1", "n1"):
            save_standing(session, StandingOrder(f"s-{diner_id}", diner_id, "lunch", EVERY_DAY))
        save_closure(session, closed, NOW_AT, "u-clerk")
        place_standing(session, LUNCH, house.acting(CLERK, NOW_AT))
        before = last_orders(session, ["d1", "n1", "nobody"], "lunch", tuesday.service_on)
        assert {key: one.code for key, one in before.items()} == {
            "d1": "20261123-P001",
            "n1": "20261123-P002",
        }
        assert orders_on(session, ["d1"], LUNCH.service_on) == {"d1": [(LUNCH.key, before["d1"])]}
        done = place_standing(session, tuesday, house.acting(CLERK, NOW_AT))
    assert [order.diner_id for order in done.placed] == ["d1"]
    assert [(one.ref, one.reason.params["why"]) for one in done.refused] == [("N1", "site_closed_then")]
