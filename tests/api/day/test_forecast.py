"""Chilled dishes cooked the day before: forecast, reported, drawn at the cut-off, the difference cooked."""

import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.clock import RehearsalClock
from api.day.chilled import chilled_cooked
from api.day.chilled_sheet import chilled_sheet
from api.day.close import close_service, settle
from api.day.forecast import make_forecast, read_forecast
from api.day.paper_facts import load_paper_facts
from api.day.paper_matrix import batch_matrix
from api.day.paper_production import production_sheet
from api.day.plan import losses, plan_service, publish_day
from api.day.summary import summarise
from api.db import Database, create_all
from api.example.files import write_example
from api.house import House
from api.imports.run import run_import
from api.people import OPERATOR, NewUser, add_user, link_for
from api.reports import production_sheet as production_paper
from api.seed import seed_house
from api.settings import Settings
from kitchen.store.acts import load_cooked
from kitchen.store.production import load_batches, load_boxes, load_production
from orders.errors import BadInput, Conflict
from orders.ids import IdSource
from orders.service import Service
from orders.store.menus import load_menu, publish_menu, save_menu
from orders.store.orders import load_clashes, load_orders, save_orders
from orders.store.services import ServiceClose, save_close
from tests.api.day.example_day import ExampleDay

TUESDAY = Service("K1", date(2026, 11, 24), "lunch")
SEEDED_AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
NOON_AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
THREE_AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
CLOSED_AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
CHICKEN = "D017"


@pytest.fixture(scope="module")
def open_tuesday(tmp_path_factory: pytest.TempPathFactory) -> ExampleDay:
    """A Tuesday of the example city with its orders, still open; its menu has a chilled stew."""
    folder = tmp_path_factory.mktemp("tuesday")
    path = folder / "day.sqlite3"
    database, ids = Database(f"sqlite:///{path}"), IdSource(lambda: SEEDED_AT, 1)
    create_all(database.engine)
    with database.begin() as session:
        acting = {"actor": OPERATOR, "now_at": SEEDED_AT, "ids": ids}
        seed_house(session, "liuzhou", TUESDAY.service_on, 1, **acting)
    for kind, file in write_example(folder, "liuzhou", 60, 1, TUESDAY.service_on, "csv").items():
        content = file.read_bytes()
        report = run_import(database, kind, file.name, content, **acting, kitchen_id="K1")
        assert not report.problems, report.problems[0]
    return ExampleDay(database, path, ids, TUESDAY)


@pytest.fixture
def tuesday(open_tuesday: ExampleDay, tmp_path: Path) -> ExampleDay:
    """The same in a database of the test's own."""
    return open_tuesday.copied(tmp_path)


def forecast_of(day: ExampleDay, at: datetime = NOON_AT):
    """The forecast, made at noon of the day before."""
    return make_forecast(day.database, TUESDAY, actor=OPERATOR, now_at=at, ids=day.ids, seed=1)


def cook(day: ExampleDay, made, extra: int = 0) -> None:
    """Every batch of it off the heat at three, with so many portions more than planned."""
    with day.database.begin() as session:
        for one in made.batches:
            acting = {"actor": OPERATOR, "now_at": THREE_AT, "ids": day.ids}
            chilled_cooked(session, one.chilled_id, portions=one.portions + extra, core_c=88.0, **acting)


def planned(day: ExampleDay):
    """The service closed, its clashes settled, planned and published."""
    acting = {"actor": OPERATOR, "now_at": CLOSED_AT}
    with day.database.begin() as session:
        close_service(session, TUESDAY, ids=day.ids, **acting)
        for clash_id, clash in load_clashes(session, TUESDAY, open_only=True).items():
            settle(session, TUESDAY, clash_id, next(iter(clash.proposed), None), ids=day.ids, **acting)
    outcome = plan_service(day.database, TUESDAY, ids=day.ids, seed=1, **acting)
    with day.database.begin() as session:
        publish_day(session, TUESDAY, outcome.version, **acting)
    return outcome


def give_a_past(day: ExampleDay, weeks: int) -> None:
    """The same orders on as many Tuesdays before, closed."""
    with day.database.begin() as session:
        menu, orders = load_menu(session, TUESDAY), load_orders(session, TUESDAY)
        for week in range(1, weeks + 1):
            past = replace(TUESDAY, service_on=TUESDAY.service_on - timedelta(weeks=week))
            menu_id = day.ids.new()
            made = {"author": "test", "made_at": SEEDED_AT, "digest": "", "revisions": {}}
            save_menu(session, menu_id, replace(menu, service=past), **made)
            publish_menu(session, menu_id)
            copies = [
                replace(
                    order,
                    order_id=day.ids.new(),
                    lines=tuple(replace(line, line_id=day.ids.new()) for line in order.lines),
                    state="locked",
                )
                for order in orders
            ]
            save_orders(session, past, copies, "test")
            save_close(session, ServiceClose(past, SEEDED_AT, SEEDED_AT, "test"))


def test_without_a_past_the_orders_decide_and_it_is_said(tuesday: ExampleDay) -> None:
    """Tests the first week: what is ordered and a tenth on top, at every site, on the afternoon before."""
    made = forecast_of(tuesday)
    assert {line.basis for line in made.lines} == {"cold"}
    assert {line.dish_id for line in made.lines} == {CHICKEN}
    assert all(line.portions >= line.ordered for line in made.lines)
    assert sum(one.portions - one.sample for one in made.batches) == sum(one.portions for one in made.lines)
    hours = [TUESDAY.local(TUESDAY.instant(one.ready_s)) for one in made.batches]
    assert all((at.day, at.hour < 16) == (23, True) for at in hours)
    with tuesday.database.read() as session:
        assert read_forecast(session, TUESDAY) == replace(made, notes=())


def test_the_past_of_the_weekday_decides(tuesday: ExampleDay) -> None:
    """Tests three Tuesdays with the same orders: just those are expected, with their history."""
    give_a_past(tuesday, 3)
    made = forecast_of(tuesday)
    assert {line.basis for line in made.lines} == {"orders"}
    assert all(line.portions == math.ceil(line.ordered) for line in made.lines)
    assert all(line.past == (line.portions,) * 3 for line in made.lines)


def test_the_plan_draws_the_chilled_food_and_cooks_the_difference(tuesday: ExampleDay) -> None:
    """
    Tests that a plan takes cooked chilled batches as they are, loses nobody, counts every portion, and says
    what is over; that the papers take them out of the cold store, and that their reports stand.
    """
    made = forecast_of(tuesday)
    cook(tuesday, made)
    outcome = planned(tuesday)
    assert losses(outcome.day) == []
    with tuesday.database.read() as session:
        production = load_production(session, TUESDAY.key)
        batches = load_batches(session, production.production_id)
        chilled = [batch for batch in batches if batch.dish_id == CHICKEN and batch.chilled_id]
        fresh = [batch for batch in batches if batch.dish_id == CHICKEN and not batch.chilled_id]
        assert {batch.chilled_id for batch in chilled} == {one.chilled_id for one in made.batches}
        for batch in chilled:
            given = next(one for one in made.batches if one.chilled_id == batch.chilled_id)
            assert given.portions - 1 < batch.regular_portions <= given.portions
            assert not batch.special_line_ids
        asked = [
            line.line_id
            for order in load_orders(session, TUESDAY, ("locked",))
            for line in order.lines
            if line.dish_id == CHICKEN and line.state != "withdrawn"
        ]
        assert sorted(asked) == sorted(line for one in (*chilled, *fresh) for line in one.line_ids)
        assert load_cooked(session, production.production_id).keys() == {one.batch_id for one in chilled}
        over = sum(extra.portions for one in chilled for extra in one.extras if extra.purpose == "surplus")
        named = [note for note in outcome.day.notes if note.code == "chilled_surplus_waste"]
        assert sum(int(note.params["portions"]) for note in named) == over
        own = {one.batch_id for one in (*chilled, *fresh)}
        cold = [box for box in load_boxes(session, production.production_id) if own & set(box.batch_ids)]
        assert cold and all(box.hold_class == "cold" and box.packed_s > 0 for box in cold)
        summary = summarise(session, TUESDAY)
        assert summary.counts.portions_boxed == summary.counts.portions_ordered
        assert summary.counts.portions_cooked - summary.counts.portions_extra == len(
            [line for batch in batches for line in batch.line_ids]
        )
        facts = load_paper_facts(session, TUESDAY, CLOSED_AT)
        loads = {load.code: load for load in production_sheet(facts, "zh_CN").loads}
        assert all(loads[one.code].taken_out and not loads[one.code].amounts for one in chilled)
        matrix = {load.code for load in batch_matrix(facts).loads}
        assert not matrix & {one.code for one in chilled}


def test_without_a_forecast_everything_chilled_is_cooked_after_the_cut_off(tuesday: ExampleDay) -> None:
    """Tests the evening window: the stew is off the heat the day before, after the cut-off."""
    day = planned(tuesday).day
    stew = {batch.batch_id for batch in day.batches if batch.dish_id == CHICKEN}
    ready = [
        TUESDAY.local(TUESDAY.instant(slot.ready_s)) for slot in day.schedule.slots if slot.batch_id in stew
    ]
    assert ready and all((at.day, at.hour >= 16) == (23, True) for at in ready)


def test_a_forecast_is_made_while_it_can_be_cooked(tuesday: ExampleDay) -> None:
    """Tests a second version before the heat, none after it, and that a core must be one of cooked food."""
    assert [forecast_of(tuesday).head.version, forecast_of(tuesday).head.version] == [1, 2]
    with tuesday.database.read() as session:
        made = read_forecast(session, TUESDAY)
    with pytest.raises(BadInput), tuesday.database.begin() as session:
        acting = {"actor": OPERATOR, "now_at": THREE_AT, "ids": tuesday.ids}
        chilled_cooked(session, made.batches[0].chilled_id, portions=None, core_c=61.0, **acting)
    cook(tuesday, made)
    with pytest.raises(Conflict) as refused:
        forecast_of(tuesday)
    assert refused.value.code == "chilled_begun"
    with pytest.raises(Conflict) as twice:
        cook(tuesday, made)
    assert twice.value.code == "batch_cooked_already"


def test_over_the_api_from_forecast_to_heat(tuesday: ExampleDay, tmp_path: Path) -> None:
    """Tests that the kitchen makes, reads, prints and reports over HTTP, and that an inspector may not."""
    clock = RehearsalClock.start(tmp_path / "clock.json", NOON_AT, 0)
    house = House(Settings(data=tmp_path), tuesday.database, clock, tuesday.ids)
    path = "/api/v1/services/K1/2026-11-24/lunch/forecast"
    with house.database.begin() as session:
        for role in ("kitchen", "inspector"):
            add_user(session, OPERATOR, clock.now(), house.ids, NewUser(role, role, role, "K1"))
        links = {
            role: link_for(session, OPERATOR, clock.now(), role, 24).rpartition("token=")[2]
            for role in ("kitchen", "inspector")
        }
    with TestClient(create_app(house), raise_server_exceptions=False) as client:
        assert client.post("/api/v1/session/open", json={"link": links["inspector"]}).status_code == 200
        assert client.post(path, json={"seed": 1}).status_code == 403
        assert client.post("/api/v1/session/open", json={"link": links["kitchen"]}).status_code == 200
        assert client.get(path).status_code == 404
        made = client.post(path, json={"seed": 1}).json()
        assert client.get(path).json()["batches"] == made["batches"]
        assert client.get(f"{path}/sheet.en.pdf").content.startswith(b"%PDF")
        batch = made["batches"][0]
        heat = f"/api/v1/chilled/{batch['chilled_id']}/cooked"
        assert client.post(heat, json={"core_c": 88.0}).json() == {"portions": batch["portions"]}
        assert client.post(heat, json={"core_c": 88.0}).status_code == 409


def test_the_sheet_of_the_day_before_weighs_what_is_expected(tuesday: ExampleDay) -> None:
    """Tests the paper: as many portions as the forecast, all on loads, the chicken's weight on it."""
    made = forecast_of(tuesday)
    with tuesday.database.read() as session:
        sheet = chilled_sheet(session, made, NOON_AT, "zh_CN")
    assert sheet.portions_on_sheet == sheet.portions_ordered == sum(line.portions for line in made.lines)
    assert all(load.amounts for load in sheet.loads)
    assert production_paper.render(sheet, "zh_CN").findings == ()
