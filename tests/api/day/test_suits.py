"""Who may eat what: on a person's word, sealed and scanned, in no box yet, and never from a shared pan."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from api.day.changes import changes_view
from api.day.claim import hear
from api.day.close import override, settle
from api.day.paper_facts import load_paper_facts
from api.day.paper_production import production_sheet
from api.day.recheck import recheck_diners
from api.day.sealed import meal_text
from api.day.serve import Claim, serve_meals
from api.day.table import Desk
from api.ordering.place import Wanted, place
from api.ordering.record import Acting
from api.people import OPERATOR
from api.store.audit import load_audit
from api.walk_ins import place_walk_in
from kitchen.recipes import allergens
from kitchen.store.catalogue import load_dishes, load_foods
from orders.codes import Coded
from orders.errors import BadInput, Conflict
from orders.order import Order
from orders.store.diners import load_diners, save_diners
from orders.store.drops import load_turned_away
from orders.store.orders import load_clashes, load_orders
from tests.api.day.example_day import PUBLISHED_AT, SERVICE, ExampleDay

DayAt = Callable[[str], ExampleDay]
NOON_AT = datetime(2026, 11, 23, 3, 45, tzinfo=UTC)


def sealed_order(session: Session) -> Order:
    """An order of an allergic diner at a canteen, with the most other allergens in its dishes."""
    diners = load_diners(session)
    orders = (
        order
        for order in load_orders(session, SERVICE, ("locked",))
        if diners[order.diner_id].allergens
        and order.site_id.startswith("C")
        and order.brought(diners[order.diner_id]) == "dine_in"
    )
    return max(orders, key=lambda order: len(held_in(session, order)))


def held_in(session: Session, order: Order) -> list[str]:
    """Allergens that count as in a dish of the order, and that its diner is not known to have."""
    foods, dishes = load_foods(session), load_dishes(session, set(order.dish_ids))
    known = load_diners(session, ids={order.diner_id})[order.diner_id].allergens
    found = (code for one in dishes.values() for part in allergens(one, foods) for code in part)
    return sorted({*found} - known)


def make_allergic(day: ExampleDay, session: Session, order: Order, allergen: str) -> int:
    """Learns of one more allergy; the number of clashes found."""
    diner = load_diners(session, ids={order.diner_id})[order.diner_id]
    save_diners(session, [replace(diner, allergens=diner.allergens | {allergen})], "import")
    return recheck_diners(session, [diner.code], now_at=PUBLISHED_AT, ids=day.ids)


def test_a_clash_stands_only_on_a_named_persons_word(day_at: DayAt) -> None:
    """
    Tests that an override needs name and reason, is audited and printed beside the meal, and covers what was
    known then and no more.
    """
    day = day_at("published")
    acting = {"actor": OPERATOR, "now_at": PUBLISHED_AT}
    with day.database.begin() as session:
        order = sealed_order(session)
        assert make_allergic(day, session, order, held_in(session, order)[0])
        waiting = load_clashes(session, SERVICE, open_only=True)
        clash_id = next(iter(waiting))
        for reason, by_name in (("", "李医生"), ("问过家属", " ")):
            with pytest.raises(BadInput, match="override_needs_reason"):
                override(session, SERVICE, clash_id, reason, by_name, **acting)
        for one in waiting:
            override(session, SERVICE, one, "问过家属", "李医生", **acting)
        assert load_audit(session, limit=1)[0].act == "clash.override"
        code = load_diners(session, ids={order.diner_id})[order.diner_id].code
        assert recheck_diners(session, [code], now_at=PUBLISHED_AT, ids=day.ids) == 0
        sheet = production_sheet(load_paper_facts(session, SERVICE, PUBLISHED_AT), "zh_CN")
        (told,) = {one for meal in sheet.specials for one in meal.answered}
        assert told == ("李医生", "问过家属")
        assert make_allergic(day, session, order, held_in(session, order)[0])


def test_a_settled_clash_is_a_change_of_the_published_plan(day_at: DayAt) -> None:
    """Tests that the kitchen hears of the dish that stands in, and that the box does not hold it."""
    day = day_at("published")
    with day.database.begin() as session:
        order = sealed_order(session)
        make_allergic(day, session, order, held_in(session, order)[0])
        clash_id, clash = next(iter(load_clashes(session, SERVICE, open_only=True).items()))
        chosen = next(iter(clash.proposed), None)
        settle(session, SERVICE, clash_id, chosen, actor=OPERATOR, now_at=PUBLISHED_AT, ids=day.ids)
        seen = changes_view(session, SERVICE)
    assert [one.order_code for one in seen.changes] == [clash.order_code]
    expected = [] if chosen is None else ["stray_other_dish"]
    assert [one.reason.code for one in seen.strays if one.reason.params["dish"] == chosen] == expected
    left = [one.ref for one in seen.strays if one.reason.code == "stray_left_in"]
    assert left == [clash.order_code]


def test_an_order_after_the_publication_is_in_no_box_yet(day_at: DayAt) -> None:
    """Tests that each portion of a late order is listed for the kitchen, and none before."""
    day = day_at("published")
    with day.database.begin() as session:
        assert changes_view(session, SERVICE).strays == ()
        ordered = {order.diner_id for order in load_orders(session, SERVICE)}
        fits = (
            one for one in load_diners(session).values() if not one.allergens and one.delivery == "dine_in"
        )
        hungry = next(one for one in fits if one.diner_id not in ordered)
        acting = Acting(OPERATOR, PUBLISHED_AT + timedelta(minutes=5), day.ids, reason="出院")
        placed = place(session, SERVICE, Wanted(hungry.diner_id), acting)
        seen = changes_view(session, SERVICE)
    assert {one.ref for one in seen.strays} == {placed.order.code}
    assert {one.reason.code for one in seen.strays} == {"stray_no_box"}
    assert len(seen.strays) == placed.order.portions == sum(count for *_, count in seen.sums)


def test_a_sealed_meal_is_scanned_to_its_diner(day_at: DayAt) -> None:
    """Tests the question, another's container, yesterday's, and the right one; a question is no refusal."""
    day = day_at("delivered")
    with day.database.begin() as session:
        order = sealed_order(session)
        acting = {"actor": OPERATOR, "now_at": NOON_AT, "ids": day.ids}
        yesterday = replace(SERVICE, service_on=SERVICE.service_on - timedelta(days=1))
        scans = ["", "20261123-9999", meal_text(yesterday, order.code), meal_text(SERVICE, order.code)]
        claims = [Claim(order.code, meal=scan) for scan in scans]
        answers = serve_meals(session, SERVICE, order.site_id, claims, **acting)
        refused = [one.refused.code if one.refused else None for one in answers]
        assert refused == ["scan_meal", "wrong_meal", "wrong_meal", None]
        kept = [one.reason.code for one in load_turned_away(session, SERVICE)]
        assert kept == ["wrong_meal", "wrong_meal"]
        desk = Desk(SERVICE, order.site_id, OPERATOR, NOON_AT, day.ids)
        heard = hear(session, desk, meal_text(SERVICE, order.code))
        assert heard.code == "scan_diner_first"


def test_an_allergic_walk_in_gets_nothing_from_a_shared_pan(day_at: DayAt) -> None:
    """Tests that spare portions are not sold to somebody with an allergy, whatever they contain."""
    day = day_at("delivered")
    with day.database.begin() as session:
        diners, orders = load_diners(session), load_orders(session, SERVICE, ("locked",))
        eating = {order.diner_id for order in orders}
        order = next(one for one in orders if one.site_id.startswith("C"))
        guest = next(one for one in diners.values() if one.diner_id not in eating)
        save_diners(session, [replace(guest, allergens=frozenset({"lupin"}))], "import")
        wanted = Wanted(guest.diner_id, site_id=order.site_id)
        with pytest.raises(Conflict) as refused:
            place_walk_in(session, SERVICE, wanted, Acting(OPERATOR, NOON_AT, day.ids))
    assert refused.value.coded == Coded("walk_in_allergic")
