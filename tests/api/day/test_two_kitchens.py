"""Two kitchens, lunch and dinner on one date: numbers and carriers repeat, nothing leaks."""

from dataclasses import replace
from itertools import combinations

import pytest
from sqlmodel import select

from api.day.close import close_service
from api.day.cook import batch_cooked
from api.day.drive import trip_departed
from api.day.serve import Claim, close_table, serve_meals
from api.day.settle import bill_of, settle_service
from api.day.summary import Summary, summarise
from api.permissions import Actor
from kitchen.store.production import load_batches, load_boxes, load_production
from kitchen.store.production_rows import BoxRow
from orders.errors import Conflict, Forbidden
from orders.service import Service
from orders.store.orders import load_orders
from tests.api.day.acted_day import Acting, ends_at, instant
from tests.api.day.example_day import PUBLISHED_AT
from tests.api.day.two_kitchens import (
    DINNER_1,
    DINNER_2,
    LUNCH_1,
    LUNCH_2,
    SECOND_SUBSIDY_FEN,
    SERVICES,
    City,
    published_city,
)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """The four published services, to be read."""
    return published_city(tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="module")
def eaten(city: City, tmp_path_factory: pytest.TempPathFactory) -> City:
    """The same after both lunches and both dinners, each settled."""
    first = city[LUNCH_1].copied(tmp_path_factory.mktemp("eaten"))
    days = {service.key: replace(first, service=service) for service in SERVICES}
    for service in (LUNCH_1, LUNCH_2, DINNER_1, DINNER_2):
        acting = Acting.of(days[service.key])
        for act in (acting.cook, acting.pack, acting.depart, acting.measure, acting.hand_over, acting.serve):
            act()
        last_at = max(ends_at(stop) for stop in acting.stops.values())
        with first.database.begin() as session:
            settle_service(session, service, **acting.at(last_at))
    return City(days)


def summary_of(city: City, service: Service) -> Summary:
    """One service in numbers."""
    with city[service].database.read() as session:
        return summarise(session, service)


def lines_of(city: City, service: Service) -> tuple[set[str], set[str], set[str]]:
    """Line ids of a service's orders, batches and boxes."""
    with city[service].database.read() as session:
        key = load_production(session, service.key).production_id
        orders = load_orders(session, service, ("locked",))
        return (
            {line.line_id for order in orders for line in order.lines if line.state != "withdrawn"},
            {line for batch in load_batches(session, key) for line in batch.line_ids},
            {line for box in load_boxes(session, key) for line in box.line_ids},
        )


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.key)
def test_each_service_is_planned_whole_from_its_own_orders(city: City, service: Service) -> None:
    """Tests that every portion of a service, and no other, is in its batches and its boxes."""
    ordered, cooked, boxed = lines_of(city, service)
    assert ordered == cooked == boxed
    day = summary_of(city, service)
    assert day.counts.portions_ordered == len(ordered)
    assert (day.plan_violations, day.unserved, day.exceptions) == (0, 0, ())


def test_no_portion_belongs_to_two_services(city: City) -> None:
    """Tests that the services' portions are apart, though order, batch and box numbers repeat."""
    lines = [lines_of(city, service)[2] for service in SERVICES]
    assert all(one.isdisjoint(other) for one, other in combinations(lines, 2))
    boards = [Acting.of(city[service]).board for service in SERVICES]
    for kind in ("batches", "boxes"):
        codes = [{one["code"] for one in board[kind]} for board in boards]
        assert set.intersection(*codes)
    assert {stop["site_id"][0] for trip in boards[2]["trips"] for stop in trip["stops"]} == {"N"}


def test_a_carrier_travels_at_lunch_and_at_dinner_with_one_probe_in_one_box(city: City, tmp_path) -> None:
    """Tests that a dinner's box waits until the lunch's box around the same probe is empty."""
    first = city[LUNCH_1].copied(tmp_path)
    lunch, dinner = Acting.of(first), Acting.of(replace(first, service=DINNER_1))
    probes = {box["sensor_id"] for box in lunch.board["boxes"]} - {None}
    again = next(box for box in dinner.board["boxes"] if box["sensor_id"] in probes)
    for act in (lunch.cook, lunch.pack, dinner.cook):
        act()
    with pytest.raises(Conflict) as raised, first.database.begin() as session:
        dinner.pack_one(session, again)
    assert raised.value.code == "probe_in_a_box"
    for act in (lunch.depart, lunch.hand_over, lunch.serve, dinner.pack):
        act()
    with first.database.read() as session:
        assert len(session.exec(select(BoxRow).where(BoxRow.carrier_id == again["carrier_code"])).all()) >= 2


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.key)
def test_each_service_counts_its_own(eaten: City, service: Service) -> None:
    """Tests receipts, servings, verdicts and readings of one service beside three others."""
    day, acting = summary_of(eaten, service), Acting.of(eaten[service])
    assert day.exceptions == ()
    assert day.counts.portions_delivered == day.counts.portions_boxed == day.counts.portions_ordered
    assert (day.receipts, day.servings) == (day.boxes, day.orders)
    assert sum(day.holds.values()) == day.boxes == len(acting.boxes)
    minutes = {
        box_id: int((ends_at(stop) - instant(acting.boxes[box_id]["packed_at"])).total_seconds() // 60)
        for stop in acting.stops.values()
        for box_id in stop["box_ids"]
        if acting.boxes[box_id]["sensor_id"]
    }
    assert day.readings_stored == sum(minutes.values())


def test_each_kitchen_settles_by_its_own_programme_and_once_a_day(
    eaten: City,
) -> None:
    """
    Tests 5.00 at the first kitchen's lunch only; at the second 3.00 for the dinner, which was ordered first.

    The lunch had been settled with 3.00 before: its bills are replaced.
    """
    numbers = {service.key: summary_of(eaten, service) for service in SERVICES}
    assert numbers[LUNCH_1.key].subsidy_fen % 500 == 0 < numbers[LUNCH_1.key].subsidy_fen
    assert numbers[DINNER_1.key].subsidy_fen == 0
    assert numbers[DINNER_2.key].subsidy_fen % SECOND_SUBSIDY_FEN == 0 < numbers[DINNER_2.key].subsidy_fen
    assert numbers[LUNCH_2.key].subsidy_fen == 0
    reasons = set()
    with eaten[LUNCH_2].database.read() as session:
        for order in load_orders(session, LUNCH_2, ("locked",)):
            reasons |= {why.code for why in bill_of(session, LUNCH_2, order.code).why}
    assert "benefit_used_today" in reasons


def test_people_of_one_kitchen_act_in_it_only(city: City) -> None:
    """Tests that the same number, van or role gives nobody a right in the other kitchen."""
    day, acting = city[LUNCH_2], Acting.of(city[LUNCH_2])
    at = acting.at(PUBLISHED_AT)
    kitchen, van = Actor("u", "n", "kitchen", "K1"), acting.board["trips"][0]["vehicle_id"]
    driver = Actor("u", "n", "driver", "K1", vehicle_id=van)
    with pytest.raises(Forbidden), day.database.begin() as session:
        batch_cooked(session, acting.board["batches"][0]["batch_id"], core_c=90.0, **at | {"actor": kitchen})
    with pytest.raises(Forbidden), day.database.begin() as session:
        trip_departed(session, acting.board["trips"][0]["trip_id"], **at | {"actor": driver})
    with pytest.raises(Forbidden), day.database.begin() as session:
        close_service(session, LUNCH_2, **at | {"actor": kitchen})
    site_id = next(iter(acting.stops))
    with pytest.raises(Forbidden), day.database.begin() as session:
        close_table(session, LUNCH_2, site_id, **at | {"actor": kitchen})


def test_a_number_of_the_other_kitchen_is_unknown_at_the_table(city: City) -> None:
    """Tests that an order number is looked up in the table's own service."""
    day, acting = city[LUNCH_2], Acting.of(city[LUNCH_2])
    with day.database.read() as session:
        foreign = {order.code: order.site_id for order in load_orders(session, LUNCH_1, ("locked",))}
    site_id = next(iter(acting.stops))
    code = next(code for code, site in foreign.items() if f"N{site}" != site_id)
    with day.database.begin() as session:
        [answer] = serve_meals(
            session, LUNCH_2, site_id, [Claim(code, offline=True)], **acting.at(PUBLISHED_AT)
        )
    assert answer.refused.code == "order_not_here"
