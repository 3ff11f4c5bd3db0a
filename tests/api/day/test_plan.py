"""Plan: closed orders become a checked draft, the same for the same seed, and of no other orders."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from api.day.plan import gather, plan_service, publish_day
from api.day.planning import plan_day, require_licence
from api.day.planning_facts import DayFacts, DayPlan
from api.day.services import rules_of
from api.day.summary import violations_of
from api.people import OPERATOR
from api.permissions import Actor
from kitchen.store.production import load_boxes, load_production
from orders.errors import Conflict, Forbidden, NotFound
from orders.ids import IdSource
from orders.order import Order
from orders.store.orders import load_orders, update_orders
from routing.plan import check
from routing.store.plans import load_plan
from tests.api.day.example_day import PUBLISHED_AT, SEEDED_AT, SERVICE, ExampleDay, closed_day, imported_day


@pytest.fixture(scope="module")
def locked_day(tmp_path_factory: pytest.TempPathFactory) -> ExampleDay:
    """A closed service of 40 diners, to be copied."""
    return closed_day(tmp_path_factory.mktemp("locked"), diners=40)


@pytest.fixture
def day(locked_day: ExampleDay, tmp_path: Path) -> ExampleDay:
    """That service in a database of the test's own."""
    return locked_day.copied(tmp_path)


@pytest.fixture(scope="module")
def facts(locked_day: ExampleDay) -> DayFacts:
    """What it is planned from."""
    with locked_day.database.read() as session:
        return gather(session, SERVICE, rules_of(session, SERVICE))


@pytest.fixture(scope="module")
def planned(facts: DayFacts) -> DayPlan:
    """Its plan with seed 3."""
    return plan_day(facts, seed=3, ids=IdSource(lambda: SEEDED_AT, 3))


def drafted(day: ExampleDay, ids: IdSource | None = None, actor: Actor = OPERATOR) -> int:
    """Plans the service and gives the draft's version."""
    ids = ids or day.ids
    outcome = plan_service(day.database, SERVICE, actor=actor, now_at=PUBLISHED_AT, ids=ids, seed=1)
    return outcome.version


def statuses(day: ExampleDay, table: str) -> list[tuple[int, str]]:
    """Version and status of each row."""
    with day.database.read() as session:
        rows = session.connection().execute(text(f"SELECT version, status FROM {table} ORDER BY version"))
        return [(version, status) for version, status in rows]


def test_a_licence_sends_out_only_what_it_may(facts: DayFacts) -> None:
    """Tests that a central kitchen plans no hot food, and a profile that lets it, or chilled dishes, do."""
    central = replace(facts, kitchen=replace(facts.kitchen, licence_kind="central_kitchen"))
    require_licence(facts)
    with pytest.raises(Conflict) as refused:
        plan_day(central, seed=3, ids=IdSource(lambda: SEEDED_AT, 3))
    assert refused.value.code == "licence_sends_no_hot"
    assert "8.3.2" in str(refused.value.params["clause"])
    assert {"licence_zh", "licence_en", "dishes_zh", "dishes_en"} <= refused.value.params.keys()
    require_licence(replace(central, profile=replace(facts.profile, may_send=())))
    chilled = tuple(replace(one, hold_class="cold") for one in facts.portions)
    require_licence(replace(central, portions=chilled))
    own = replace(facts, kitchen=replace(facts.kitchen, licence_kind="canteen"), portions=chilled)
    with pytest.raises(Conflict, match="licence_sends_no_chilled"):
        require_licence(own)


def test_the_same_seed_gives_the_same_plan(facts: DayFacts, planned: DayPlan) -> None:
    """Tests that batches, minutes, boxes and routes are equal to the last id."""
    again = plan_day(facts, seed=3, ids=IdSource(lambda: SEEDED_AT, 3))
    for name in ("batches", "schedule", "packed", "plan", "not_boxed", "findings", "notes"):
        assert getattr(again, name) == getattr(planned, name)
    assert again.problem.stops == planned.problem.stops


def test_every_portion_is_cooked_once_and_boxed_once(facts: DayFacts, planned: DayPlan) -> None:
    """Tests that no order line is lost or doubled on the way to the boxes."""
    ordered = sorted(portion.line_id for portion in facts.portions)
    assert sorted(line for batch in planned.batches for line in batch.line_ids) == ordered
    assert sorted(line for box in planned.packed.boxes for line in box.line_ids) == ordered
    assert planned.not_boxed == ()


def test_the_plan_breaks_no_rule(planned: DayPlan) -> None:
    """Tests the routes by the judge that knows no solver, and that every box is brought."""
    assert check(planned.plan, planned.problem) == []
    assert planned.plan.unserved == ()


def test_the_food_is_ready_before_it_is_packed_and_packed_before_it_leaves(planned: DayPlan) -> None:
    """Tests each box's clock against its batches' minutes and its van's."""
    ready_s = {slot.batch_id: slot.ready_s for slot in planned.schedule.slots}
    trips = [(route, trip) for route in planned.plan.routes for trip in route.trips]
    leaves_s = {b: trip.depart_s for _, trip in trips for visit in trip.visits for b in visit.box_ids}
    for box in planned.packed.boxes:
        assert box.cooked_s == min(ready_s[batch] for batch in box.batch_ids)
        assert max(ready_s[batch] for batch in box.batch_ids) <= box.packed_s <= box.release_s
        assert box.release_s <= leaves_s[box.box_id]
        assert box.deliver_by_s <= box.eat_by_s


def test_a_stored_plan_breaks_no_rule_and_supersedes_the_one_before(day: ExampleDay) -> None:
    """Tests versions and statuses of production and plan, and the stored rows against the judge."""
    first = drafted(day)
    with day.database.begin() as session:
        publish_day(session, SERVICE, first, actor=OPERATOR, now_at=PUBLISHED_AT)
    second = drafted(day)
    assert (first, second) == (1, 2)
    with day.database.begin() as session:
        publish_day(session, SERVICE, second, actor=OPERATOR, now_at=PUBLISHED_AT)
    wanted = [(1, "superseded"), (2, "published")]
    assert statuses(day, "kitchen_productions") == statuses(day, "routing_plans") == wanted
    with day.database.read() as session:
        production, (head, plan) = load_production(session, SERVICE.key), load_plan(session, SERVICE.key)
        boxes = load_boxes(session, production.production_id)
        assert violations_of(session, SERVICE, boxes, plan, production) == []
    assert head.input_digest == production.input_digest
    assert set(production.revisions) == {"kitchen", "programme", "safety_profile", "dishes", "travel"}
    for version, error in ((first, Conflict), (second, Conflict), (9, NotFound)):
        with pytest.raises(error), day.database.begin() as session:
            publish_day(session, SERVICE, version, actor=OPERATOR, now_at=PUBLISHED_AT)


class MeddlingIds(IdSource):
    """A source of ids that takes a portion out of an order while the solvers run."""

    def __init__(self, day: ExampleDay) -> None:
        super().__init__(lambda: SEEDED_AT, 9)
        self._day: ExampleDay | None = day

    def new(self) -> str:
        """A new id; the first time, the meddling."""
        day, self._day = self._day, None
        if day is not None:
            with day.database.begin() as session:
                order = load_orders(session, SERVICE, ("locked",))[0]
                update_orders(session, [withdrawn(order)])
        return super().new()


def withdrawn(order: Order) -> Order:
    """The order with its first portion taken out."""
    first, *others = order.lines
    return replace(order, lines=(replace(first, state="withdrawn"), *others))


def test_orders_that_change_during_planning_leave_nothing_behind(day: ExampleDay) -> None:
    """Tests that a plan of yesterday's orders is not kept."""
    with pytest.raises(Conflict) as raised:
        drafted(day, MeddlingIds(day))
    assert raised.value.code == "orders_changed"
    assert statuses(day, "kitchen_productions") == statuses(day, "routing_plans") == []


def test_a_service_still_open_is_not_planned(tmp_path: Path) -> None:
    """Tests that the close comes first."""
    with pytest.raises(Conflict) as raised:
        drafted(imported_day(tmp_path / "open", diners=5))
    assert raised.value.code == "service_not_closed"


def test_only_planners_of_the_kitchen_plan_and_publish(day: ExampleDay) -> None:
    """Tests that another kitchen's dispatcher and a driver are refused."""
    for stranger in (Actor("u", "n", "dispatcher", kitchen_id="K2"), Actor("u", "n", "driver", "K1")):
        with pytest.raises(Forbidden):
            drafted(day, actor=stranger)
        with pytest.raises(Forbidden), day.database.begin() as session:
            publish_day(session, SERVICE, 1, actor=stranger, now_at=PUBLISHED_AT)
