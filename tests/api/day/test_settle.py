"""Settle: every locked order billed once by the Liuzhou rules, when the last table is closed."""

import csv
from datetime import date
from pathlib import Path

import pytest

from api.day.hand_over import HandOver, sign
from api.day.holds import packings
from api.day.settle import DaysBills, bill_of, settle_service
from api.people import OPERATOR
from api.permissions import Actor
from orders.errors import Conflict, Forbidden, NotFound
from orders.store.ledger import load_bills, load_ledger
from orders.store.orders import load_orders
from orders.store.receipts import load_discards
from tests.api.day.acted_day import Acting, ends_at, instant
from tests.api.day.example_day import SERVICE, ExampleDay

SUBSIDY_FEN = 500
AREA = {"450202", "450203", "450204", "450205", "450206"}


def settled(day: ExampleDay, actor: Actor = OPERATOR) -> DaysBills:
    """Settles the service after its last table."""
    at = max(ends_at(stop) for stop in Acting.of(day).stops.values())
    with day.database.begin() as session:
        return settle_service(session, SERVICE, actor=actor, now_at=at, ids=day.ids)


def entitled(folder: Path) -> set[str]:
    """Numbers of the diners of class 2 by the clerk's own file: 80 and over, registered and living here."""
    with (folder / "diners.csv").open(encoding="utf-8-sig", newline="") as file:
        return {
            row["用餐人编号"]
            for row in csv.DictReader(file)
            if age(date.fromisoformat(row["出生日期"])) >= 80
            and row["户籍"].startswith("4502")
            and row["居住城区"] in AREA
            and row["入住养老机构"] == "否"
        }


def age(born_on: date) -> int:
    """Full years on the day of the service."""
    on = SERVICE.service_on
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


def ordered(folder: Path) -> dict[str, tuple[str, int]]:
    """Diner's number to order number and price in fen, read off the clerk's own file."""
    with (folder / "orders.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        row["用餐人编号"]: (row["订单号"], round(100 * float(row["价格(元)"])))
        for row in rows
        if row["服务日期"] == SERVICE.service_on.isoformat()
    }


def test_the_days_bills_are_those_of_the_clerks_files(untouched_day, day_at) -> None:
    """Tests sums and bills against the registers: 5.00 yuan for each of class 2, the diner pays the rest."""
    day = day_at("served")
    bills = settled(day)
    folder = untouched_day.path.parent
    orders, class2 = ordered(folder), entitled(folder)
    expected = {code: (price, SUBSIDY_FEN if d in class2 else 0) for d, (code, price) in orders.items()}
    assert {b.event.order_code: (b.event.price_fen, b.subsidy_fen) for b in bills.bills} == expected
    assert 0 < len(class2 & orders.keys()) < len(orders)
    assert bills.subsidy_fen == SUBSIDY_FEN * len(class2 & orders.keys())
    assert bills.diner_fen == sum(price - subsidy for price, subsidy in expected.values())
    assert bills.site_bears_fen == 0


def test_every_fen_of_the_ledger_has_two_sides(day_on) -> None:
    """Tests that the postings of each order sum to nothing, and that a second settling changes none."""
    day = day_on("served")
    first = settled(day)
    with day.database.read() as session:
        before, ledger = load_bills(session, SERVICE), load_ledger(session, SERVICE)
    sums: dict[str, int] = {}
    for line in ledger:
        sums[line.order_id] = sums.get(line.order_id, 0) + line.amount_fen
    assert set(sums.values()) == {0}
    assert sum(line.amount_fen for line in ledger if line.account.startswith("payer:")) == -first.subsidy_fen
    again = settled(day)
    with day.database.read() as session:
        assert load_bills(session, SERVICE) == before
        assert load_ledger(session, SERVICE) == ledger
    assert again == first


def test_a_bill_explains_itself(day_at) -> None:
    """Tests that a subsidised meal names its class and benefit with their clauses."""
    day = day_at("served")
    bills = settled(day)
    paid = next(bill for bill in bills.bills if bill.subsidy_fen)
    with day.database.read() as session:
        bill = bill_of(session, SERVICE, paid.event.order_code)
        assert bill == paid
        with pytest.raises(NotFound):
            bill_of(session, SERVICE, "no-such-order")
    assert [(why.code, why.params.get("cite")) for why in bill.why] == [
        ("class_is", "五(一), 九(二)"),
        ("benefit_given", "八(一)"),
    ]
    assert (bill.payer, bill.programme_id) == ("district-civil-affairs", "liuzhou-example")


def test_who_does_not_come_pays_their_part_and_the_site_bears_the_rest(untouched_day, day_at) -> None:
    """Tests that a meal ordered and not eaten brings no subsidy."""
    day = day_at("delivered")
    orders, class2 = ordered(untouched_day.path.parent), entitled(untouched_day.path.parent)
    code, price_fen = min(orders[diner] for diner in class2 & orders.keys())
    Acting.of(day).serve(no_shows=frozenset({code}))
    settled(day)
    with day.database.read() as session:
        bill = bill_of(session, SERVICE, code)
    assert bill.event.event == "no_show"
    assert (bill.subsidy_fen, bill.diner_fen, bill.site_bears_fen) == (
        0,
        price_fen - SUBSIDY_FEN,
        SUBSIDY_FEN,
    )


def test_what_was_refused_at_the_door_costs_nobody_anything(day_at) -> None:
    """Tests that the meals of refused boxes are not supplied: no subsidy, the diner's money back."""
    day = day_at("departed")
    acting = Acting.of(day)
    site_id = next(site for site, stop in acting.stops.items() if stop["kind"] == "canteen")
    taken, cold = HandOver("accepted", core_c=78.0), HandOver("refused", reason="cold")
    with day.database.begin() as session:
        for site, one in acting.stops.items():
            for box_id in one["box_ids"]:
                said = cold if site == site_id else taken
                sign(session, box_id, said, **acting.at(instant(one["leave_at"])))
    acting.serve()
    bills = settled(day)
    with day.database.read() as session:
        here = {order.code for order in load_orders(session, SERVICE, ("locked",), site_id)}
    refused = {bill.event.order_code: bill for bill in bills.bills if bill.event.event == "not_supplied"}
    assert set(refused) == here
    assert {(bill.subsidy_fen, bill.diner_fen, bill.site_bears_fen) for bill in refused.values()} == {
        (0, 0, 0)
    }


def test_an_open_table_holds_the_settlement_back(day_at) -> None:
    """Tests that delivered orders neither served nor thrown away are no bill yet."""
    day = day_at("delivered")
    with pytest.raises(Conflict) as raised:
        settled(day)
    assert raised.value.code == "table_still_open"
    with day.database.read() as session:
        assert load_bills(session, SERVICE) == {}


def test_another_kitchen_and_a_canteen_do_not_settle(day_at) -> None:
    """Tests the scope of the settlement."""
    day = day_at("served")
    for stranger in (Actor("u", "n", "kitchen", kitchen_id="K2"), Actor("u", "n", "canteen", "K1")):
        with pytest.raises(Forbidden):
            settled(day, stranger)


def test_a_short_box_that_is_eaten_empty_does_not_hold_the_settlement_back(day_at) -> None:
    """Tests that a table is over when nothing is left, though nothing was thrown away for who is missing."""
    day = day_at("departed")
    acting = Acting.of(day)
    with day.database.begin() as session:
        order = load_orders(session, SERVICE, ("locked",))[0]
        known = packings(session, list(acting.boxes))
        for stop in acting.stops.values():
            for box_id in stop["box_ids"]:
                owners = list(known[box_id].order_of.values())
                said = HandOver("accepted", len(owners) - owners.count(order.order_id), 78.0)
                sign(session, box_id, said, **acting.at(instant(stop["leave_at"])))
    acting.serve(no_shows=frozenset({order.code}))
    settled(day)
    with day.database.read() as session:
        assert load_discards(session, SERVICE) == []
        assert bill_of(session, SERVICE, order.code).subsidy_fen == 0
