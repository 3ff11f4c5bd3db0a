"""Close: in time, once, on a day with service; clashes are found and settled with what suits the diner."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.day.close import CloseOutcome, close_service, settle
from api.day.diets import with_diets
from api.day.plan import plan_service
from api.people import OPERATOR
from api.permissions import Actor
from api.store.audit import load_audit
from orders.errors import BadInput, Conflict, Forbidden, NotFound, ServiceClosed
from orders.service import Service
from orders.store.diners import load_diner, load_diners, save_diners
from orders.store.menus import load_menu
from orders.store.orders import OrderRow, load_clashes, load_orders
from orders.store.services import load_order_exceptions
from orders.suitability import unsuitable
from tests.api.day.acted_day import poured
from tests.api.day.example_day import SERVICE, ExampleDay, imported_day
from tests.services import BACKENDS, own_database

CUT_OFF_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)  # 16:00 in Liuzhou on the day before
NOW_AT = CUT_OFF_AT + timedelta(minutes=5)


@pytest.fixture(scope="module")
def ordered_day(tmp_path_factory: pytest.TempPathFactory) -> ExampleDay:
    """A service of 40 diners that is still open, to be copied."""
    return imported_day(tmp_path_factory.mktemp("ordered"), diners=40)


@pytest.fixture
def open_day(ordered_day: ExampleDay, tmp_path: Path) -> ExampleDay:
    """That service in a SQLite database of the test's own."""
    return ordered_day.copied(tmp_path)


@pytest.fixture(params=BACKENDS)
def open_day_on(
    request: pytest.FixtureRequest, ordered_day: ExampleDay, tmp_path: Path
) -> Iterator[ExampleDay]:
    """That service in a database of the test's own: on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield ordered_day.copied(tmp_path)
        return
    server, template = (request.getfixturevalue(name) for name in ("postgres_url", "postgres_template"))
    with ExitStack() as stack:
        day = poured(ordered_day, stack.enter_context(own_database(server, template)))
        stack.callback(day.database.close)
        yield day


def closed(day: ExampleDay, now_at: datetime = NOW_AT, service: Service = SERVICE) -> CloseOutcome:
    """Closes a service."""
    with day.database.begin() as session:
        return close_service(session, service, actor=OPERATOR, now_at=now_at, ids=day.ids)


def settled(day: ExampleDay, clash_id: str, dish_id: str | None, actor: Actor = OPERATOR) -> None:
    """Settles a clash."""
    with day.database.begin() as session:
        settle(session, SERVICE, clash_id, dish_id, actor=actor, now_at=NOW_AT, ids=day.ids)


def clashes_of(day: ExampleDay):
    """The clashes that wait."""
    with day.database.read() as session:
        return load_clashes(session, SERVICE, open_only=True)


def make_allergic(day: ExampleDay, number: int, allergen: str) -> None:
    """Gives the diner of an order one more allergy."""
    with day.database.begin() as session:
        orders = load_orders(session, SERVICE)
        diner = load_diner(session, orders[number % len(orders)].diner_id)
        allergic = replace(diner, allergens=diner.allergens | {allergen})
        save_diners(session, [allergic], "import", {diner.diner_id: diner.code})


def unsuitable_portions(day: ExampleDay) -> list[str]:
    """Line ids of locked portions that their diner must not get."""
    with day.database.read() as session:
        diners, menu = with_diets(load_diners(session)), load_menu(session, SERVICE)
        return [
            line.line_id
            for order in load_orders(session, SERVICE, ("locked",))
            for line in order.lines
            if line.state != "withdrawn" and unsuitable(diners[order.diner_id], menu.item(line.dish_id))
        ]


def test_a_service_is_closed_once_at_its_cut_off(open_day_on: ExampleDay) -> None:
    """Tests the second before the cut-off, the cut-off itself, and a second close."""
    day = open_day_on
    with pytest.raises(Conflict) as early:
        closed(day, CUT_OFF_AT - timedelta(seconds=1))
    assert early.value.code == "cut_off_not_reached"
    outcome = closed(day, CUT_OFF_AT)
    with day.database.read() as session:
        locked = load_orders(session, SERVICE, ("locked",))
        assert load_orders(session, SERVICE, ("placed",)) == []
        assert load_audit(session, limit=1)[0].act == "day.close"
    assert (outcome.orders, outcome.portions) == (len(locked), sum(order.portions for order in locked))
    with pytest.raises(Conflict) as again:
        closed(day)
    assert again.value.code == "service_closed_already"


@pytest.mark.parametrize(
    ("day_on", "reason", "next_on"),
    [("2026-11-28", "weekend", "2026-11-30"), ("2026-10-01", "holiday", "2026-10-08")],
)
def test_a_day_without_service_names_the_next_that_has(open_day, day_on, reason, next_on) -> None:
    """Tests a Saturday and the national holiday."""
    service = Service("K1", date.fromisoformat(day_on), "lunch")
    with pytest.raises(ServiceClosed) as raised:
        closed(open_day, NOW_AT, service)
    assert raised.value.params == {"service_on": day_on, "reason": reason, "next_on": next_on}


def test_an_order_after_the_cut_off_is_listed_and_not_locked(open_day: ExampleDay) -> None:
    """Tests that the late order stays as placed and is told with its portions."""
    with open_day.database.begin() as session:
        late = load_orders(session, SERVICE)[0]
        session.get_one(OrderRow, late.order_id).placed_at = CUT_OFF_AT + timedelta(minutes=1)
    outcome = closed(open_day)
    assert outcome.late == 1
    with open_day.database.read() as session:
        assert [order.code for order in load_orders(session, SERVICE, ("placed",))] == [late.code]
        [told] = load_order_exceptions(session, SERVICE)
    assert (told.reason.code, told.ref, told.portions) == ("order_late", late.code, late.portions)


def test_the_kitchen_of_another_house_does_not_close(open_day: ExampleDay) -> None:
    """Tests that a kitchen closes its own services only."""
    stranger = Actor("u", "n", "kitchen", kitchen_id="K2")
    with pytest.raises(Forbidden), open_day.database.begin() as session:
        close_service(session, SERVICE, actor=stranger, now_at=NOW_AT, ids=open_day.ids)


def test_an_open_clash_holds_the_plan_back_until_it_is_settled(open_day: ExampleDay) -> None:
    """Tests that only a dish of the menu that suits may stand in, and that a clash is settled once."""
    make_allergic(open_day, 0, "soy")
    outcome = closed(open_day)
    waiting = clashes_of(open_day)
    assert len(waiting) == outcome.clashes >= 1
    clash_id, clash = next(one for one in waiting.items() if one[1].proposed)
    with pytest.raises(Conflict) as held:
        plan_service(open_day.database, SERVICE, actor=OPERATOR, now_at=NOW_AT, ids=open_day.ids, seed=1)
    assert held.value.code == "clashes_open"
    with pytest.raises(BadInput) as bad:
        settled(open_day, clash_id, clash.dish_id)
    assert bad.value.code == "dish_unsuitable"
    with pytest.raises(BadInput) as off:
        settled(open_day, clash_id, "D999")
    assert off.value.code == "dish_not_on_menu"
    with pytest.raises(NotFound):
        settled(open_day, "no-such-clash", None)
    with pytest.raises(Forbidden):
        settled(open_day, clash_id, None, Actor("u", "n", "kitchen", kitchen_id="K2"))
    settled(open_day, clash_id, clash.proposed[0])
    with pytest.raises(Conflict) as twice:
        settled(open_day, clash_id, None)
    assert twice.value.code == "clash_settled_already"
    assert clash_id not in clashes_of(open_day)


def test_a_portion_without_a_substitute_is_taken_out_and_told(open_day: ExampleDay) -> None:
    """Tests that a withdrawn portion is an exception of its order."""
    make_allergic(open_day, 0, "soy")
    closed(open_day)
    clash_id, clash = next(iter(clashes_of(open_day).items()))
    settled(open_day, clash_id, None)
    with open_day.database.read() as session:
        [told] = load_order_exceptions(session, SERVICE)
        order = next(o for o in load_orders(session, SERVICE) if o.code == clash.order_code)
    assert (told.reason.code, told.ref, told.portions) == ("portion_withdrawn", clash.order_code, 1)
    assert [line.state for line in order.lines if line.line_id == clash.line_id] == ["withdrawn"]


Allergies = st.lists(
    st.tuples(st.integers(0, 99), st.sampled_from(["egg", "milk", "soy", "gluten", "fish", "peanut"])),
    min_size=1,
    max_size=8,
)


@settings(max_examples=8)
@given(allergies=Allergies, data=st.data())
def test_nobody_gets_what_they_must_not_once_every_clash_is_settled(ordered_day, allergies, data) -> None:
    """Tests on random allergies and any of the proposed dishes that no locked portion harms its diner."""
    with TemporaryDirectory() as folder:
        day = ordered_day.copied(Path(folder))
        for number, allergen in allergies:
            make_allergic(day, number, allergen)
        closed(day)
        found = clashes_of(day)
        assert {clash.line_id for clash in found.values()} == set(unsuitable_portions(day))
        for clash_id, clash in found.items():
            choice: Callable = st.sampled_from([None, *clash.proposed])
            settled(day, clash_id, data.draw(choice))
        assert unsuitable_portions(day) == []
        assert clashes_of(day) == {}
        day.database.close()
