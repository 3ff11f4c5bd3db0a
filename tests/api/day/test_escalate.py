"""An alarm calls the next one by its timetable until somebody answers, whatever dies meanwhile."""

import json
from datetime import date, timedelta
from itertools import product

import httpx
import pytest

from api.day.acknowledge import acknowledge_alarm
from api.day.decide import Decided, decide_alarm
from api.day.escalate import alarm_timers, next_steps
from api.day.hand_over import HandOver, sign
from api.day.holds import packings
from api.day.judging import judge_boxes
from api.day.reheat_box import Reheating, box_reheated
from api.day.table import load_table
from api.day.views_alarms import alarm_items, called_for
from api.db import Database
from api.jobs import run_due
from api.outbox import Hook, send_due, signature
from api.people import OPERATOR
from api.permissions import ROLES, Actor
from kitchen.haccp import Probe
from kitchen.store.watched import save_probes
from kitchen.store.withheld import load_withheld
from orders.codes import Coded
from orders.errors import BadInput, Conflict, Forbidden
from routing.store.plans import plan_of_box
from telemetry.alarms import Alarm, AlarmStep
from telemetry.store.alarm_acts import Call, load_calls, save_call
from telemetry.store.alarms import alarm_rows, apply_step
from tests.api.day.acted_day import LEAKING_S, TIGHT_S, Acting, instant
from tests.api.day.test_judging import core_box, sent
from tests.api.day.test_withheld import COOK, Floor

HOOK = Hook("duty", "https://duty.example/alarms", "0123456789abcdef0123")


def rung(day):
    """A box that rings for its silence, the instant, and the alarm's id."""
    box = core_box(Acting.of(day))
    at = instant(box["packed_at"]) + timedelta(minutes=12)
    with day.database.begin() as session:
        judge_boxes(session, [box["box_id"]], at, day.ids)
        [row] = alarm_rows(session, [box["box_id"]])
    return box, at, row.alarm_id


def called(database, alarm_id):
    with database.read() as session:
        return [one.to for one in load_calls(session, [alarm_id])[alarm_id]]


def test_an_alarm_calls_the_next_one_until_somebody_answers_through_a_restart(day_at):
    """Tests the timetable of a warning by the minute, with a new house on the same database in between."""
    day = day_at("departed")
    _, at, alarm_id = rung(day)
    assert run_due(day.database, alarm_timers(day.ids), at) == 0
    assert called(day.database, alarm_id) == ["box"]
    day.database.close()
    restarted = Database(str(day.database.engine.url))
    with restarted.read() as session:
        told = next_steps(session, alarm_rows(session))[alarm_id]
        assert (told.to, told.at) == ("role:kitchen", at + timedelta(minutes=10))
    assert run_due(restarted, alarm_timers(day.ids), at + timedelta(minutes=9)) == 0
    run_due(restarted, alarm_timers(day.ids), at + timedelta(minutes=10))
    assert called(restarted, alarm_id) == ["box", "role:kitchen"]
    with restarted.begin() as session:
        acknowledge_alarm(
            session, alarm_id, "探头换了", actor=COOK, now_at=at + timedelta(minutes=11), person="李"
        )
        [row] = alarm_rows(session)
        assert (row.acknowledged_by, row.acknowledged_name, row.comment) == ("u-k", "李", "探头换了")
        assert next_steps(session, [row]) == {}
    run_due(restarted, alarm_timers(day.ids), at + timedelta(hours=2))
    assert called(restarted, alarm_id) == ["box", "role:kitchen"]
    restarted.close()


def test_a_driver_answers_for_the_boxes_of_one_van(day_at):
    """Tests that the driver of another van cannot silence an alarm, and that of the box's own van can."""
    day = day_at("departed")
    box, at, alarm_id = rung(day)
    with day.database.read() as session:
        packing = packings(session, [box["box_id"]])[box["box_id"]]
        plan = plan_of_box(session, packing.service.key, box["box_id"])
    own, other = (Actor("u-d", "车", "driver", "K1", vehicle_id=one) for one in (plan[1], "elsewhere"))
    with pytest.raises(Forbidden), day.database.begin() as session:
        acknowledge_alarm(session, alarm_id, "x", actor=other, now_at=at)
    with day.database.begin() as session:
        acknowledge_alarm(session, alarm_id, "探头换了", actor=own, now_at=at)
        [row] = alarm_rows(session)
        assert row.acknowledged_by == "u-d"


def test_an_alarm_stands_above_the_pages_of_those_it_called(day_at):
    """Tests that the kitchen is called after ten minutes, nobody else is, and each sees the own boxes."""
    day = day_at("departed")
    box, at, alarm_id = rung(day)
    site_id = next(key for key, stop in Acting.of(day).stops.items() if box["box_id"] in stop["box_ids"])
    here, there = (Actor("u", "n", "canteen", "K1", site_id=one) for one in (site_id, "C99"))
    at += timedelta(minutes=10)
    with day.database.read() as session:
        assert called_for(session, COOK, "li", at) == ()
    run_due(day.database, alarm_timers(day.ids), at)
    with day.database.begin() as session:
        assert [one.row.alarm_id for one in called_for(session, COOK, "li", at)] == [alarm_id]
        assert called_for(session, here, "chen", at) == ()
        assert [one.age_min(at) for one in alarm_items(session, here, at)] == [10]
        assert alarm_items(session, there, at) == ()
        assert called_for(session, Actor("u-k9", "n", "kitchen", "K9"), "li", at) == ()
        save_call(session, Call(alarm_id, 7, "person:chen", 1, at))
        assert [one.row.alarm_id for one in called_for(session, here, "chen", at)] == [alarm_id]
        with pytest.raises(Forbidden):
            alarm_items(session, Actor("u", "n", "bureau"), at)


def test_a_webhook_is_called_once_signed_and_tried_again(day_on):
    """Tests the last step: a message with places and words, refused twice, then taken, then never again."""
    day = day_on("departed")
    box, at, alarm_id = rung(day)
    at += timedelta(minutes=30)
    run_due(day.database, alarm_timers(day.ids), at)
    assert called(day.database, alarm_id)[-1] == "webhook:duty"
    heard = []

    def refuse(hook, body, headers):
        heard.append("refused")
        raise httpx.ConnectError("nobody there")

    def take(hook, body, headers):
        heard.append(
            (json.loads(body), headers, signature(hook.secret, headers["Holdchain-Timestamp"], body))
        )

    hooks = {"duty": HOOK}
    assert send_due(day.database, hooks, at, refuse) == 0
    for wait_s in (10, 20):
        at += timedelta(seconds=wait_s)
        assert send_due(day.database, hooks, at - timedelta(seconds=1), refuse) == 0
        assert send_due(day.database, hooks, at, refuse) == 0
    assert heard == ["refused"] * 3
    at += timedelta(seconds=40)
    assert [send_due(day.database, hooks, at, take) for _ in range(2)] == [1, 0]
    body, headers, signed = heard[-1]
    assert (body["box"], body["kind"], body["alarm_id"]) == (box["code"], "silence", alarm_id)
    assert headers["Holdchain-Signature"] == f"sha256={signed}"
    assert headers["Holdchain-Timestamp"] == str(int(at.timestamp()))


def breached(floor, session):
    """An alarm of the floor's box, raised by hand."""
    alarm = Alarm("core_in_doubt", "", "warning", Coded("alarm_silence", {}), floor.at)
    return apply_step(session, floor.box["box_id"], AlarmStep((alarm,), ()), floor.day.ids.new)[0].alarm_id


def decided(floor, session, alarm_id, disposition, actor=COOK):
    told = Decided(disposition, "盖子没盖紧", "李")
    acts = {"actor": actor, "now_at": floor.at, "ids": floor.day.ids}
    return decide_alarm(session, alarm_id, told, **acts)


def test_who_decides_about_the_food_of_an_alarm(day_at):
    """Tests the act by each role, of this kitchen and of another."""
    floor = Floor(day_at("departed"))
    with floor.day.database.begin() as session:
        alarm_id = breached(floor, session)
        for role, kitchen_id in product(ROLES, ("K1", "K2")):
            actor = Actor("u", "n", role, kitchen_id)
            if kitchen_id == "K1" and role in ("kitchen", "admin"):
                assert decided(floor, session, alarm_id, "release", actor).disposition == "release"
            else:
                with pytest.raises(Forbidden):
                    decided(floor, session, alarm_id, "release", actor)


def test_what_is_withdrawn_by_an_alarm_is_neither_signed_for_nor_served(day_at):
    """Tests that withdrawing stops the box at once, answers the alarm, and needs a second person to end."""
    floor = Floor(day_at("departed"))
    with floor.day.database.begin() as session:
        alarm_id = breached(floor, session)
        decided(floor, session, alarm_id, "withdraw")
        [held] = load_withheld(session, floor.day.service.key)
        assert (held.code, held.end, held.person) == (floor.box["code"], None, "李")
        signed = floor.acting.at(instant(floor.stop["leave_at"]))
        with pytest.raises(Conflict, match="box_not_let_go"):
            sign(session, floor.box["box_id"], HandOver("accepted", core_c=78.0), **signed)
        [row] = alarm_rows(session, [floor.box["box_id"]])
        assert (row.acknowledged_name, row.comment) == ("李", "盖子没盖紧")
        with pytest.raises(Forbidden, match="food_hold_second_person"):
            floor.end(session, held, "discarded", COOK)


def refused(floor, session):
    """Orders of the stop that nobody may be given just now."""
    table = load_table(session, floor.day.service, floor.stop["site_id"])
    return {one.code for one in floor.orders(session) if table.not_to_give(one, floor.at)}


def test_what_is_to_be_reheated_is_not_served_before(day_at):
    """Tests a hot box: nobody is served out of it until its core was measured at the site after that."""
    floor = Floor(day_at("delivered"))
    with floor.day.database.begin() as session:
        alarm_id, before = breached(floor, session), refused(floor, session)
        decided(floor, session, alarm_id, "reheat")
        assert refused(floor, session) - before
        told = Reheating(76.0, floor.at)
        box_reheated(session, floor.box["box_id"], told, actor=OPERATOR, now_at=floor.at, ids=floor.day.ids)
        assert refused(floor, session) == before
        with pytest.raises(Conflict, match="alarm_reheated_already"):
            decided(floor, session, alarm_id, "reheat")


def test_a_proven_breach_is_not_released(day_at):
    """Tests that a breach is reheated or withdrawn, and that a decision says what was done."""
    day = day_at("departed")
    box = core_box(Acting.of(day))
    at = instant(box["cooked_at"]) + timedelta(hours=2, minutes=20)
    sent(day, box, at, LEAKING_S)
    with day.database.begin() as session:
        judge_boxes(session, [box["box_id"]], at, day.ids)
        [row] = [one for one in alarm_rows(session, [box["box_id"]]) if one.kind == "breach"]
        acts = {"actor": COOK, "now_at": at, "ids": day.ids}
        with pytest.raises(Conflict, match="alarm_breach_not_released"):
            decide_alarm(session, row.alarm_id, Decided("release", "看过了", "李"), **acts)
        with pytest.raises(BadInput, match="alarm_action_missing"):
            decide_alarm(session, row.alarm_id, Decided("withdraw", " ", "李"), **acts)
        assert (
            decide_alarm(session, row.alarm_id, Decided("withdraw", "撤下", "李"), **acts).box_id
            == box["box_id"]
        )


def test_an_overdue_calibration_rings_and_stands_on_the_verdict(day_at):
    """Tests a sensor that the kitchen lists among its probes and that was to be calibrated the day before."""
    day = day_at("departed")
    box = core_box(Acting.of(day))
    at = instant(box["packed_at"]) + timedelta(minutes=5)
    sent(day, box, at, TIGHT_S)
    with day.database.begin() as session:
        overdue = Probe(box["sensor_id"], "", date(2026, 5, 1), date(2026, 11, 22))
        save_probes(session, "K1", [overdue], author="test", changed_at=at)
        judged = judge_boxes(session, [box["box_id"]], at, day.ids)[box["box_id"]]
        said = [one for one in judged.verdict.reasons if one.code == "hold_calibration_overdue"]
        assert [one.params["probe"] for one in said] == [box["sensor_id"]]
        assert [one.kind for one in alarm_rows(session, [box["box_id"]])] == ["calibration"]
