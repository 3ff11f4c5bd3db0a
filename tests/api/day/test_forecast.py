"""Chilled dishes cooked the day before: forecast, reported, drawn at the cut-off, the difference cooked."""

import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from api.app import create_app
from api.checks.desk import CheckDesk
from api.checks.keeping import SampleTold, take_sample
from api.clock import RehearsalClock
from api.day.chilled import chilled_cooked, cooled_stock
from api.day.chilled_after import CoolingTold, chilled_left, chilled_measured, throw_away
from api.day.chilled_sheet import chilled_sheet
from api.day.deliver import take_along
from api.day.forecast import read_forecast
from api.day.hand_over import HandOver, sign
from api.day.holds import profile_at
from api.day.pack_boxes import box_packed
from api.day.paper_facts import load_paper_facts
from api.day.paper_matrix import batch_matrix
from api.day.paper_production import production_sheet
from api.day.plan import losses
from api.day.reheat_box import Reheating, box_reheated
from api.day.serve import Claim, close_table, serve_meals
from api.day.services import find_kitchen
from api.day.summary import summarise
from api.day.table import Desk, load_table
from api.day.views_canteen import canteen_view
from api.house import House
from api.people import OPERATOR, NewUser, add_user, link_for
from api.permissions import Actor
from api.reports import production_sheet as production_paper
from api.settings import Settings
from api.stock.desk import StockDesk, need_kitchen
from api.stock.holding import hold_lot, release_lot, touched
from api.stock.picking import issue_service
from kitchen.store.acts import load_cooked
from kitchen.store.lots import batches_of_lot, issued_to_chilled, load_picks, lots_of_batches
from kitchen.store.production import load_batches, load_boxes, load_production
from orders.errors import BadInput, Conflict, Forbidden
from orders.order import Order
from orders.store.menus import load_menu, publish_menu, save_menu
from orders.store.orders import load_orders, save_orders
from orders.store.services import ServiceClose, save_close
from telemetry.readings import Reading
from telemetry.store.readings import keep
from telemetry.store.verdicts import latest_verdicts
from tests.api.day.acted_day import Acting, ends_at, instant
from tests.api.day.chilled_day import (
    CHICKEN,
    CLOSED_AT,
    MORE,
    NOON_AT,
    SEEDED_AT,
    THREE_AT,
    TUESDAY,
    Drawn,
    cook,
    forecast_of,
    planned,
)
from tests.api.day.example_day import ExampleDay


@pytest.fixture
def tuesday(open_tuesday: ExampleDay, tmp_path: Path) -> ExampleDay:
    """The same in a database of the test's own."""
    return open_tuesday.copied(tmp_path)


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


def test_the_plan_draws_the_chilled_food_and_cooks_the_difference(drawn: Drawn) -> None:
    """
    Tests that a plan takes cooked chilled batches as they are, loses nobody, counts every portion, and says
    what is over; that the papers take them out of the cold store, and that their reports stand.
    """
    tuesday, made, outcome = drawn.day, drawn.made, drawn.outcome
    assert losses(outcome.day) == []
    with tuesday.database.read() as session:
        production = load_production(session, TUESDAY.key)
        batches = load_batches(session, production.production_id)
        chilled = [batch for batch in batches if batch.dish_id == CHICKEN and batch.chilled_id]
        fresh = [batch for batch in batches if batch.dish_id == CHICKEN and not batch.chilled_id]
        assert {batch.chilled_id for batch in chilled} == {one.chilled_id for one in made.batches}
        for batch in chilled:
            given = drawn.given(batch.chilled_id)
            assert given - 1 < batch.regular_portions <= given
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


def test_without_fit_chilled_food_everything_is_cooked_after_the_cut_off(tuesday: ExampleDay) -> None:
    """Tests stew that cooled too slowly: it is named, and cooked again the day before, after the cut-off."""
    made = forecast_of(tuesday)
    cook(tuesday, made)
    with tuesday.database.begin() as session:
        desk = CheckDesk(find_kitchen(session, "K1"), OPERATOR, CLOSED_AT, tuesday.ids)
        for one in made.batches:
            told = CoolingTold("cool_1", 45.0, happened_at=THREE_AT + timedelta(minutes=85))
            assert not chilled_measured(session, desk, one.chilled_id, told).passed
    outcome = planned(tuesday)
    named = {note.params["batch"] for note in outcome.notes if note.code == "chilled_not_kept"}
    assert named == {one.code for one in made.batches}
    day = outcome.day
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


def test_a_chilled_dish_from_its_forecast_to_the_table(drawn: Drawn, tmp_path: Path) -> None:
    """
    Tests the way on: the lots of the day before are those of the batch, what is over is thrown away, and a
    box of it is packed, carried, reheated at the table, and judged as passed.
    """
    tuesday, one = drawn.day.copied(tmp_path), drawn.made.batches[0]
    with tuesday.database.begin() as session:
        production = load_production(session, TUESDAY.key)
        batches = load_batches(session, production.production_id)
        batch = next(batch for batch in batches if batch.chilled_id == one.chilled_id)
        before = issued_to_chilled(session, [one.chilled_id])
        lots = {lot_id for lot_id, _ in lots_of_batches(session, TUESDAY)[batch.batch_id]}
        assert before and lots == {pick.lot_id for pick in before}
        assert batch.batch_id in {batch_id for _, batch_id, _ in batches_of_lot(session, before[0].lot_id)}
        assert batch.batch_id not in {pick.batch_id for pick in load_picks(session, production.production_id)}
        store = StockDesk(need_kitchen(session, "K1"), OPERATOR, CLOSED_AT, tuesday.ids)
        over = next(left for left in chilled_left(session, store) if left.batch.code == one.code)
        assert over.cooked.portions == one.portions + MORE == over.drawn + over.left
        throw_away(session, store, one.code, None, "too much", "Li")
        assert [left.left for left in chilled_left(session, store) if left.batch.code == one.code] == [0]
        issue_service(session, store, TUESDAY)
        assert issued_to_chilled(session, [one.chilled_id]) == before
    eaten = {batch.batch_id for batch in batches if batch.chilled_id}
    reheated_and_judged(Acting.of(replace(tuesday, service=TUESDAY)), eaten)


def test_chilled_food_of_a_held_lot_stands_still(drawn: Drawn, tmp_path: Path) -> None:
    """Tests that its batch is on hold and no plan draws from it, and that a release gives both back."""
    tuesday, one = drawn.day.copied(tmp_path), drawn.made.batches[0]
    with tuesday.database.begin() as session:
        store = StockDesk(need_kitchen(session, "K1"), OPERATOR, CLOSED_AT, tuesday.ids)
        lot_id = issued_to_chilled(session, [one.chilled_id])[0].lot_id

        def to_draw() -> set[str]:
            last_plate_s = TUESDAY.seconds(CLOSED_AT + timedelta(hours=20))
            return {
                food.chilled_id
                for food in cooled_stock(session, TUESDAY, profile_at(session, "K1"), last_plate_s)
            }

        assert one.chilled_id in to_draw()
        stopped = [food for food in hold_lot(session, store, lot_id, "recall") if food.on_hold]
        batches = load_batches(session, load_production(session, TUESDAY.key).production_id)
        drew = {batch.batch_id for batch in batches if batch.chilled_id == one.chilled_id}
        assert drew and drew <= {food.batch_id for food in stopped if food.boxes and food.sites}
        assert one.chilled_id not in to_draw()
        release_lot(session, store, lot_id, "laboratory: clean", "Li")
        assert one.chilled_id in to_draw()
        assert not any(food.on_hold for food in touched(session, lot_id))


def reheated_and_judged(acting: Acting, drawn: set[str]) -> None:
    """A table's box of drawn batches is packed cold, signed for, reheated, eaten within two hours."""
    day = acting.day
    with day.database.begin() as session:
        boxes = (box for box in acting.board["boxes"] if drawn.issuperset(box["batch_ids"]))
        box = next(one for one in boxes if not one["second_leg"] and one["kind"] in ("bulk", "packed"))
        stop = acting.stops[box["site_id"]]
        packed_at, signed_at = instant(box["packed_at"]), instant(stop["leave_at"])
        sampled(session, acting, box)
        box_packed(
            session, box["box_id"], core_c=3.0, carrier_code=box["carrier_code"], **acting.at(packed_at)
        )
        minutes = int((ends_at(stop) - packed_at).total_seconds() // 60)
        sensor, senses = box["sensor_id"], box["senses"]
        at = [packed_at + timedelta(minutes=minute) for minute in range(1, minutes + 1)]
        chilly = (
            Reading(sensor, senses, senses, "temperature", 3.0 + number % 2 / 2, one, one, number)
            for number, one in enumerate(at)
        )
        keep(session, list(chilly))
        sign(session, box["box_id"], HandOver("accepted", core_c=4.0), **acting.at(signed_at))
        view = canteen_view(session, TUESDAY, box["site_id"], signed_at)
        assert [one.box_id for one in view.to_reheat] == [box["box_id"]]
        hot_at = acting.at(signed_at + timedelta(minutes=20))
        with pytest.raises(Forbidden):
            elsewhere = Actor("u1", "Wang", "canteen", "K1", "nowhere")
            box_reheated(session, box["box_id"], Reheating(78.0), **hot_at | {"actor": elsewhere})
        assert not box_reheated(session, box["box_id"], Reheating(60.0), **hot_at).passed
        eater = turned_away(session, acting, box, hot_at["now_at"])
        assert box_reheated(session, box["box_id"], Reheating(78.0), **hot_at).passed
        assert load_table(session, TUESDAY, box["site_id"]).not_to_give(eater, hot_at["now_at"]) is None
        with pytest.raises(Conflict, match="step_done_already"):
            box_reheated(session, box["box_id"], Reheating(78.0), **hot_at)
        eaten_at = signed_at + timedelta(minutes=100)
        close_table(session, TUESDAY, box["site_id"], **acting.at(eaten_at))
        verdict = latest_verdicts(session, [box["box_id"]])[box["box_id"]]
        assert (verdict.verdict, verdict.reasons[0].code) == ("passed", "hold_kept_cold")
        assert verdict.eat_by_at == hot_at["now_at"] + timedelta(hours=2)


def turned_away(session: Session, acting: Acting, box: Mapping[str, Any], at: datetime) -> Order:
    """Who is to eat of a box that has no reheating that passed, and gets it neither here nor at the door."""
    table = load_table(session, TUESDAY, box["site_id"])
    own = (
        one for one in table.orders.values() if any(of.box.code == box["code"] for of in table.boxes_of(one))
    )
    order = next(own)
    served = serve_meals(
        session, TUESDAY, box["site_id"], [Claim(order.code, meal=order.code)], **acting.at(at)
    )
    desk = Desk(TUESDAY, box["site_id"], OPERATOR, at, acting.day.ids)
    for answer in (*served, *take_along(session, desk, [order.code])):
        assert answer.refused and answer.refused.code == "meal_not_reheated"
    return order


def sampled(session: Session, acting: Acting, box: Mapping[str, Any]) -> None:
    """The sample of what is in a box is kept, so that it may leave."""
    desk = CheckDesk(find_kitchen(session, "K1"), OPERATOR, instant(box["packed_at"]), acting.day.ids)
    for batch_id in box["batch_ids"]:
        take_sample(session, desk, TUESDAY, SampleTold(batch_id, 150, "F1"))
