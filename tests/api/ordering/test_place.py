"""Placing: in time, once, what suits, where there is a place, by whom it may be done."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, time, timedelta
from threading import Barrier

import pytest

from api.day.close import close_service
from api.ordering.place import Wanted, place, priced
from api.people import OPERATOR
from api.permissions import Actor
from orders.diners import DinerFact
from orders.enrolment import Enrolment
from orders.errors import BadInput, Conflict, Forbidden, MealError, ServiceClosed
from orders.service import Service
from orders.store.changes import changes_of_order, load_changes
from orders.store.diners import save_diners
from orders.store.enrolments import save_enrolment
from orders.store.orders import load_orders
from orders.store.services import load_order_exceptions
from tests.api.ordering.house import (
    CANTEEN,
    CLERK,
    CUT_OFF_AT,
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

TUESDAY = replace(LUNCH, service_on=date(2026, 11, 24))
WEDNESDAY = replace(LUNCH, service_on=date(2026, 11, 25))
TOMATO_BEEF = ("D004", "D115", "D073", "D088", "D100")


def ordered(house: SmallHouse, diner=LI, actor=CLERK, at=NOW_AT, service=LUNCH, acting=None, **asked):
    """Places an order."""
    acting = acting or house.acting(actor, at)
    with house.database.begin(lock=service.key) as session:
        return place(session, service, Wanted(diner.diner_id, **asked), acting)


def refused(house: SmallHouse, *args, **asked) -> MealError:
    """The refusal of an order."""
    with pytest.raises(MealError) as raised:
        ordered(house, *args, **asked)
    return raised.value


def test_a_daughter_orders_for_her_father_and_sees_the_price(house_on: SmallHouse) -> None:
    """Tests the order, its three lines, and its row of change, on both databases."""
    done = ordered(house_on, actor=house_on.acting().actor, dish_ids=TOMATO_BEEF)
    assert done.is_new and done.order.state == "placed"
    assert (done.order.code, done.order.site_id, done.order.channel) == ("20261123-P001", "C01", "platform")
    assert (done.quote.price_fen, done.quote.subsidy_fen, done.quote.diner_fen) == (1200, 500, 700)
    with house_on.database.read() as session:
        assert load_orders(session, LUNCH) == [done.order]
        (change,) = changes_of_order(session, done.order.order_id)
    assert (change.kind, change.by, change.since_version) == ("placed", "u-daughter", None)
    assert len(change.added) == 5


def test_the_same_order_again_changes_nothing_and_another_is_refused(house: SmallHouse) -> None:
    """Tests a repeated order, and one with another soup."""
    first = ordered(house, dish_ids=TOMATO_BEEF)
    again = ordered(house, dish_ids=TOMATO_BEEF[::-1])
    assert (again.order, again.is_new) == (first.order, False)
    assert refused(house, dish_ids=(*TOMATO_BEEF[:3], "D098", "D100")).code == "ordered_already"


def test_nobody_orders_for_strangers_or_elsewhere(house: SmallHouse) -> None:
    """Tests a daughter who is not bound, a canteen of another site, and a driver."""
    assert refused(house, WEI, house.acting().actor).code == "diner_not_bound"
    with pytest.raises(Forbidden):
        ordered(house, actor=CANTEEN, site_id="C02")
    with pytest.raises(Forbidden):
        ordered(house, actor=Actor("u", "n", "driver"))
    assert ordered(house, actor=CANTEEN).is_new


def test_an_unsuitable_dish_is_refused_with_what_suits_instead(house: SmallHouse) -> None:
    """Tests the allergic diner's order of soy, and that the usual has none."""
    error = refused(house, WEI, dish_ids=("D001", "D073", "D100"))
    assert (error.code, error.params["allergen"]) == ("order_has_allergen", "soy")
    instead = str(error.params["instead"]).split("、")[0]
    assert ordered(house, WEI, dish_ids=(instead, "D073")).is_new


def test_the_usual_follows_the_last_order(house: SmallHouse) -> None:
    """Tests that without dishes a diner gets a whole set, and the next day again."""
    first = ordered(house)
    assert len(first.order.dish_ids) == 5
    assert len(ordered(house, service=TUESDAY).order.dish_ids) == 5


def test_a_second_vegetable_costs_the_larger_set(house: SmallHouse) -> None:
    """Tests the price of the set with two vegetables, without placing anything."""
    with house.database.read() as session:
        asked = Wanted("d1", (*TOMATO_BEEF, "D075"))
        assert priced(session, LUNCH, asked, house.acting()).quote.price_fen == 1500
        assert load_orders(session, LUNCH) == []


def test_after_the_cut_off_only_staff_order_and_say_why(house: SmallHouse) -> None:
    """Tests the last instant, one millisecond later, a late order without and with its reason."""
    assert ordered(house, at=CUT_OFF_AT).order.state == "placed"
    late_at = CUT_OFF_AT + timedelta(milliseconds=1)
    assert refused(house, ZHANG, house.acting().actor, late_at).code == "cut_off_passed"
    assert refused(house, WEI, CLERK, late_at).code == "late_needs_reason"
    late = ordered(house, WEI, acting=house.acting(CLERK, late_at, reason="住院回来"))
    assert late.order.state == "locked"
    with house.database.read() as session:
        (change,) = changes_of_order(session, late.order.order_id)
    assert (change.reason, change.since_version) == ("住院回来", 0)


def test_a_paper_form_counts_by_its_own_time(house: SmallHouse) -> None:
    """Tests a form written before the cut-off and keyed in after it, and the same time given by a phone."""
    paper = house.acting(CLERK, LATE_AT, written_at=NOW_AT, reason="纸质订餐表")
    done = ordered(house, acting=paper)
    assert (done.order.state, done.order.placed_at) == ("placed", NOW_AT)
    phone = house.acting(house.acting().actor, LATE_AT, written_at=NOW_AT)
    assert refused(house, ZHANG, acting=phone).code == "cut_off_passed"


def test_a_day_without_service_names_the_next(house: SmallHouse) -> None:
    """Tests a Saturday."""
    with pytest.raises(ServiceClosed) as raised:
        ordered(house, service=Service("K1", date(2026, 11, 28), "lunch"))
    assert raised.value.params["next_on"] == "2026-11-30"


def test_home_is_by_van_by_volunteer_or_not_at_all(house: SmallHouse) -> None:
    """Tests a home of the van, the same diner at a canteen, a volunteer's leg, and a home as a canteen."""
    assert ordered(house, ZHANG).order.delivery == "direct"
    assert ordered(house, QIN, eaten="home").order.delivery == "volunteer"
    assert refused(house, WEI, site_id="H-LZ3").code == "site_takes_no_meal"
    at_canteen = ordered(house, ZHANG, service=TUESDAY, eaten="dine_in", site_id="C02").order
    assert (at_canteen.site_id, at_canteen.delivery) == ("C02", "dine_in")
    assert refused(house, ZHANG, service=WEDNESDAY, eaten="dine_in").code == "choose_canteen"


def test_a_full_site_stops_selling_or_lets_wait(house_on: SmallHouse) -> None:
    """Tests the third order for two places, refused and then waiting, on both databases."""
    for diner in (LI, QIN):
        assert ordered(house_on, diner).order.state == "placed"
    assert refused(house_on, WEI).code == "site_full"
    waiting = ordered(house_on, WEI, wait=True)
    assert (waiting.order.state, waiting.line) == ("waiting", 1)
    assert ordered(house_on, WEI, wait=True).line == 1
    with house_on.database.begin() as session:
        outcome = close_service(session, LUNCH, actor=OPERATOR, now_at=LATE_AT, ids=house_on.ids)
        assert outcome.orders == 2
        (told,) = load_order_exceptions(session, LUNCH)
    assert (told.reason.code, told.ref) == ("order_waiting", waiting.order.code)


def test_whoever_died_or_moved_into_an_institution_eats_no_more(house: SmallHouse) -> None:
    """Tests a stay in an institution."""
    facts = (*QIN.facts, DinerFact("institution_resident", "true"))
    with house.database.begin() as session:
        save_diners(session, [replace(QIN, facts=facts)], "import")
    assert refused(house, QIN).params == {"stopped": "institution_resident"}


def test_a_channel_of_another_programme_is_refused(house: SmallHouse) -> None:
    """Tests a channel that the programme has, and one that it has not."""
    assert ordered(house, channel="phone").order.channel == "phone"
    with pytest.raises(BadInput):
        ordered(house, QIN, channel="pigeon")


@pytest.mark.parametrize("channel", ["walk_in", "standing", "paper"])
def test_family_does_not_choose_a_channel_of_the_staff(house: SmallHouse, channel: str) -> None:
    """Tests that the order of a daughter counts as come by the platform, whatever she says."""
    assert ordered(house, actor=DAUGHTER, channel=channel).order.channel == "platform"
    if channel != "paper":
        assert ordered(house, QIN, channel=channel).order.channel == channel


def test_after_the_close_an_order_is_a_change_of_the_plan(house: SmallHouse) -> None:
    """Tests that an order after the close is locked and kept as a late change."""
    ordered(house)
    with house.database.begin() as session:
        close_service(session, LUNCH, actor=OPERATOR, now_at=LATE_AT, ids=house.ids)
    done = ordered(house, QIN, acting=house.acting(CLERK, LATE_AT, reason="家属来电"))
    assert done.order.state == "locked"
    with house.database.read() as session:
        (late,) = load_changes(session, LUNCH, late_only=True)
    assert (late.order_code, late.by) == (done.order.code, "u-clerk")
    with pytest.raises(Conflict):
        ordered(house, ZHANG, house.acting().actor, LATE_AT)


def test_each_order_goes_by_its_diners_own_programme(house: SmallHouse) -> None:
    """Tests a diner of a programme with a later cut-off: an order after the close needs no reason."""
    enrolled = Enrolment("e1", QIN.diner_id, "changping-2023")
    facts = (DinerFact("residence", "110114"), DinerFact("hukou", "110000"))
    with house.database.begin() as session:
        save_enrolment(session, enrolled, recorded_at=NOW_AT)
        save_diners(session, [replace(QIN, facts=facts)], "import")
    ordered(house)
    with house.database.begin() as session:
        close_service(session, LUNCH, actor=OPERATOR, now_at=LATE_AT, ids=house.ids)
    morning_at = LUNCH.at_local(time(9))
    done = ordered(house, QIN, CANTEEN, morning_at, channel="platform")
    assert (done.order.state, done.quote.programme_id) == ("locked", "changping-2023")
    with house.database.read() as session:
        (late,) = load_changes(session, LUNCH, late_only=True)
    assert (late.order_code, late.reason) == (done.order.code, "")
    assert refused(house, WEI, CANTEEN, morning_at).code == "late_needs_reason"


def test_the_earlier_cut_off_closes_the_day(house: SmallHouse) -> None:
    """Tests that an order of the later programme that is there already is locked with the others."""
    with house.database.begin() as session:
        save_enrolment(session, Enrolment("e1", QIN.diner_id, "changping-2023"), recorded_at=NOW_AT)
    ordered(house, QIN, channel="platform")
    with house.database.begin() as session:
        with pytest.raises(Conflict):
            close_service(
                session, LUNCH, actor=OPERATOR, now_at=CUT_OFF_AT - timedelta(seconds=1), ids=house.ids
            )
        assert close_service(session, LUNCH, actor=OPERATOR, now_at=CUT_OFF_AT, ids=house.ids).orders == 1


def test_the_last_place_is_sold_once(house_on: SmallHouse) -> None:
    """Tests two people who order in the same moment, on both databases."""
    ordered(house_on, QIN)
    together = Barrier(2)

    def one(diner) -> str:
        together.wait()
        try:
            return ordered(house_on, diner).order.state
        except Conflict as refusal:
            return refusal.code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, (LI, WEI))) == ["placed", "site_full"]
