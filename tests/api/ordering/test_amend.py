"""Amending and cancelling: free in time, by the programme's outcomes after it, and who moves up."""

from dataclasses import replace

import pytest

from api.day.close import close_service
from api.ordering.amend import Amendment, amend, cancel, what_if_cancelled
from api.ordering.facts import menu_of
from api.ordering.payments import account_of, take
from api.ordering.place import Wanted, place
from api.ordering.places import set_places
from api.people import OPERATOR
from orders.errors import BadInput, Conflict
from orders.late_changes import dishes_by_site, since_version
from orders.order import Order
from orders.ordering import usual
from orders.prepayments import Payment
from orders.store.changes import load_changes
from orders.store.diners import save_diners
from orders.store.orders import load_clashes, load_order, load_orders
from tests.api.ordering.house import (
    CLERK,
    DAUGHTER,
    LATE_AT,
    LI,
    LUNCH,
    NOW_AT,
    QIN,
    WEI,
    ZHANG,
    SmallHouse,
)

DISHES = ("D004", "D115", "D073", "D088", "D100")
CASH = Payment("", "", "payment", "cash", 700, "", False, NOW_AT, "")


def ordered(house: SmallHouse, diner=LI, **asked) -> Order:
    """An order placed in time."""
    asked = {"dish_ids": DISHES} | asked if diner is LI else asked
    with house.database.begin() as session:
        return place(session, LUNCH, Wanted(diner.diner_id, **asked), house.acting(CLERK)).order


def closed(house: SmallHouse) -> None:
    """Closes the service."""
    with house.database.begin() as session:
        close_service(session, LUNCH, actor=OPERATOR, now_at=LATE_AT, ids=house.ids)


def amended(house: SmallHouse, order: Order, acting=None, **change) -> Order:
    """Amends an order."""
    with house.database.begin() as session:
        acting = acting or house.acting(DAUGHTER)
        return amend(session, LUNCH, order.order_id, Amendment(**change), acting).order


def test_dishes_and_site_change_freely_before_the_cut_off(house_on: SmallHouse) -> None:
    """Tests another soup, the same again, a larger set and another canteen, on both databases."""
    order = ordered(house_on)
    other_soup = amended(house_on, order, dish_ids=(*DISHES[:3], "D098", "D100"))
    assert other_soup.dish_ids == ("D004", "D115", "D073", "D098", "D100")
    assert amended(house_on, order, dish_ids=other_soup.dish_ids) == other_soup
    larger = amended(house_on, order, dish_ids=(*DISHES, "D075"), site_id="C02")
    assert (larger.price_fen, larger.site_id) == (1500, "C02")
    with house_on.database.read() as session:
        assert load_order(session, order.order_id) == (LUNCH.key, larger)
        assert [one.kind for one in load_changes(session, LUNCH)] == ["placed", "amended", "amended"]


def test_home_and_back_again(house: SmallHouse) -> None:
    """Tests a volunteer's leg, and a home of the van that is exchanged for a canteen."""
    assert amended(house, ordered(house), eaten="home").delivery == "volunteer"
    home = ordered(house, ZHANG)
    at_canteen = amended(house, home, eaten="dine_in", site_id="C02")
    assert (at_canteen.site_id, at_canteen.delivery) == ("C02", "dine_in")
    assert amended(house, home, eaten="home").site_id == "H-LZ3"


def test_a_late_amendment_is_a_delta_and_leaves_the_old_line(house: SmallHouse) -> None:
    """Tests that a named person with a reason changes a locked order, and what the kitchen is told."""
    order = ordered(house)
    closed(house)
    with pytest.raises(Conflict):
        amended(house, order, house.acting(DAUGHTER, LATE_AT), dish_ids=DISHES[1:])
    with pytest.raises(BadInput):
        amended(house, order, house.acting(CLERK, LATE_AT), dish_ids=DISHES[1:])
    late = house.acting(CLERK, LATE_AT, reason="牙疼")
    changed = amended(house, order, late, dish_ids=(*DISHES[:4], "D102"))
    assert changed.dish_ids == (*DISHES[:4], "D102")
    assert [line.state for line in changed.lines].count("withdrawn") == 1
    with house.database.read() as session:
        told = since_version(load_changes(session, LUNCH, late_only=True), 0)
        assert load_orders(session, LUNCH) == [changed]
    assert dishes_by_site(told) == {("C01", "D100"): -1, ("C01", "D102"): 1}
    assert (told[0].by, told[0].reason) == ("u-clerk", "牙疼")


def test_cancelling_in_time_refunds_all(house: SmallHouse) -> None:
    """Tests a paid order: nothing is owed, all goes back, and cancelling again changes nothing."""
    order = ordered(house)
    with house.database.begin() as session:
        take(session, replace(CASH, order_id=order.order_id), house.acting(CLERK))
        gone = cancel(session, LUNCH, order.order_id, house.acting(DAUGHTER))
    assert gone.consequence.ending == "cancelled_before_cutoff"
    assert (gone.consequence.quote.diner_fen, gone.consequence.refund_fen) == (0, 700)
    with house.database.begin() as session:
        again = cancel(session, LUNCH, order.order_id, house.acting(DAUGHTER, LATE_AT))
        assert again.order == gone.order and again.consequence == gone.consequence
        refund = replace(CASH, order_id=order.order_id, kind="refund")
        assert take(session, refund, house.acting(CLERK)).refund_due_fen == 0
        with pytest.raises(Conflict):
            amend(session, LUNCH, order.order_id, Amendment(eaten="home"), house.acting(CLERK))


def test_cancelling_late_shows_its_cost_before_it_is_confirmed(house_on: SmallHouse) -> None:
    """Tests the price less the benefit, asked for, not confirmed, without a reason, and confirmed."""
    order = ordered(house_on)
    closed(house_on)
    acting = house_on.acting(DAUGHTER, LATE_AT, reason="去医院")
    with house_on.database.begin() as session:
        shown = what_if_cancelled(session, LUNCH, order.order_id, acting)
        assert (shown.ending, shown.quote.diner_fen) == ("cancelled_after_cutoff", 700)
        assert shown.quote.site_bears_fen == 500
        with pytest.raises(Conflict) as unseen:
            cancel(session, LUNCH, order.order_id, acting)
        assert unseen.value.params == {"owed_fen": 700}
        with pytest.raises(BadInput):
            cancel(session, LUNCH, order.order_id, replace(acting, reason=""), shown_fen=700)
        gone = cancel(session, LUNCH, order.order_id, acting, shown_fen=700)
    assert (gone.order.state, gone.order.ending) == ("cancelled", "cancelled_after_cutoff")
    with house_on.database.read() as session:
        (told,) = since_version(load_changes(session, LUNCH, late_only=True), 0)
        assert account_of(session, order.order_id).open_fen == 700
    assert len(told.removed) == 5


def test_whoever_waits_moves_up_when_somebody_cancels_or_moves(house_on: SmallHouse) -> None:
    """Tests two in line: the first moves up at a cancellation, the second when an order goes elsewhere."""
    first, second = ordered(house_on), ordered(house_on, QIN)
    waiting = [ordered(house_on, WEI, wait=True), ordered(house_on, ZHANG, wait=True, site_id="C01")]
    assert [one.state for one in waiting] == ["waiting", "waiting"]
    with house_on.database.begin() as session:
        gone = cancel(session, LUNCH, first.order_id, house_on.acting(CLERK))
    assert [one.code for one in gone.moved_up] == [waiting[0].code]
    amended(house_on, second, house_on.acting(CLERK), site_id="C02")
    with house_on.database.read() as session:
        assert {one.state for one in load_orders(session, LUNCH)} == {"placed"}
        assert load_orders(session, LUNCH, ("waiting",)) == []
        kinds = [one.kind for one in load_changes(session, LUNCH)]
    assert kinds.count("moved_up") == 2


def test_nobody_moves_up_after_the_cut_off(house: SmallHouse) -> None:
    """Tests that a late cancellation leaves the line as it is."""
    order, _ = ordered(house), ordered(house, QIN)
    ordered(house, WEI, wait=True)
    closed(house)
    acting = house.acting(CLERK, LATE_AT, reason="住院")
    with house.database.begin() as session:
        assert cancel(session, LUNCH, order.order_id, acting, shown_fen=700).moved_up == ()


def test_a_slip_counts_once(house_on: SmallHouse) -> None:
    """Tests the same card slip twice, for another order, and one payment too many, on both databases."""
    order, other = ordered(house_on), ordered(house_on, QIN)
    slip = replace(CASH, order_id=order.order_id, method="card", reference="POS-17", bound=True)
    with house_on.database.begin() as session:
        assert take(session, slip, house_on.acting(CLERK)).open_fen == 0
        assert len(take(session, slip, house_on.acting(CLERK)).payments) == 1
        with pytest.raises(Conflict) as used:
            take(session, replace(slip, order_id=other.order_id), house_on.acting(CLERK))
        assert used.value.code == "slip_used_already"
        with pytest.raises(Conflict) as more:
            take(session, replace(CASH, order_id=order.order_id), house_on.acting(CLERK))
        assert more.value.code == "paid_too_much"


def test_who_waits_gets_a_place_elsewhere_or_when_there_are_more(house: SmallHouse) -> None:
    """Tests a waiting order that moves to another site, and one whose site takes more orders."""
    ordered(house), ordered(house, QIN)
    first, second = ordered(house, WEI, wait=True), ordered(house, ZHANG, wait=True, site_id="C01")
    assert amended(house, first, house.acting(CLERK), site_id="C02").state == "placed"
    with house.database.begin() as session:
        set_places(session, "C01", "lunch", 3, house.acting(CLERK))
        assert load_order(session, second.order_id)[1].state == "placed"


def test_a_clash_over_a_portion_that_is_gone_is_settled(house: SmallHouse) -> None:
    """Tests one order that is amended and one that is cancelled while the kitchen waits for a decision."""
    pork = ("D001", *DISHES[1:])
    first, second = ordered(house, dish_ids=pork), ordered(house, QIN, dish_ids=pork)
    soy = frozenset({"soy"})
    with house.database.begin() as session:
        save_diners(session, [replace(one, allergens=soy) for one in (LI, QIN)], "import")
    closed(house)
    late = house.acting(CLERK, LATE_AT, reason="过敏")
    with house.database.begin() as session:
        waiting = load_clashes(session, LUNCH, open_only=True).values()
        assert {clash.order_code for clash in waiting} == {first.code, second.code}
        suits = [item.dish_id for item in usual(replace(LI, allergens=soy), menu_of(session, LUNCH), ())]
        amend(session, LUNCH, first.order_id, Amendment(tuple(suits)), late)
        owed_fen = what_if_cancelled(session, LUNCH, second.order_id, late).quote.diner_fen
        cancel(session, LUNCH, second.order_id, late, shown_fen=owed_fen)
        assert load_clashes(session, LUNCH, open_only=True) == {}
