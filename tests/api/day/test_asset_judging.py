"""A fixed asset's alarm, from the sensor's message to the webhook."""

import json
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func
from sqlmodel import select

from api.checks.assets import AssetTold, drop_asset, list_assets
from api.clock import RehearsalClock
from api.day.acknowledge import acknowledge_alarm
from api.day.asset_judging import AssetRounds, judge_assets
from api.day.asset_sensors import Mounting, dismount, mount
from api.day.decide import Decided, decide_alarm
from api.day.escalate import alarm_timers
from api.day.stop_documents import alarm_document
from api.day.views_alarms import alarm_items, called_for
from api.house import House
from api.ingest import Ingest, IngestParams
from api.jobs import run_due
from api.judge_process import judging_of
from api.judging import JudgeParams, Judging, Tally
from api.outbox import Hook, send_due
from api.permissions import Actor
from api.settings import Settings
from orders.errors import Conflict, Forbidden
from telemetry.broker import worker_endpoint
from telemetry.readings import Reading
from telemetry.store.alarms import alarm_rows
from telemetry.store.devices import add_device
from telemetry.store.probe_uses import open_uses
from telemetry.store.readings import keep
from telemetry.store.verdicts import VerdictRow
from tests.api.checks.room import COOKED_AT, IDS, desk, furnished
from tests.telemetry.brokers import endpoint, publishing, running_broker, subscribing, topic, until

COOK = Actor("u-k", "李", "kitchen", "K1")
OTHERS = (
    Actor("u-d", "车", "driver", "K1", vehicle_id="V1"),
    Actor("u-c", "陈", "canteen", "K1", site_id="C01"),
    Actor("u-2", "王", "kitchen", "K2"),
)
HOOK = Hook("duty", "https://duty.example/alarms", "0123456789abcdef0123")


def minute(number):
    return COOKED_AT + timedelta(minutes=number)


def told(device, *samples):
    return [Reading(device, "air", "air", "temperature", c, minute(at), minute(at)) for at, c in samples]


@pytest.fixture
def floor(database):
    """A cold room with the sensor of the broker's first device."""
    with database.begin() as session:
        at = furnished(session)
        list_assets(session, at, [AssetTold("CR-1", "cold_room", "一号冷库")])
        add_device(session, "BOX-0001", family="holdchain", probes={"air": "air"}, now_at=COOKED_AT)
        mount(session, at, Mounting("CR-1", "BOX-0001"))
    return database


def rung(database, *samples, at=60):
    """The alarms of the cold room after some readings, judged at a minute."""
    with database.begin() as session:
        keep(session, told("BOX-0001", *samples))
        asset_id = mounted(session)
        judge_assets(session, [asset_id], minute(at), IDS)
        return alarm_rows(session, [asset_id])


def mounted(session):
    [use] = open_uses(session)
    return use.box_id


def test_a_reading_over_mqtt_rings_calls_on_and_reaches_the_webhook(floor, tmp_path):
    """
    Tests the whole way: broker, worker, judge, the kitchen's pages at once, the webhook after eight minutes.
    """
    database = floor
    clock = RehearsalClock.start(tmp_path / "clock.json", minute(60), 0)
    house = House(Settings(data=tmp_path), database, clock, IDS)
    warm = [{"t": minute(at).isoformat(), "probe": "air", "c": 9.5} for at in (10, 20, 30, 40, 50, 60)]
    stop = threading.Event()
    with (
        running_broker(tmp_path / "broker", devices=1) as broker,
        subscribing(worker_endpoint(broker._folder)) as source,
    ):
        judging = judging_of(house, 0, JudgeParams(judge_every_s=0, rest_ratio=0, asset_every_s=0))
        worker = Ingest(source, database, clock, judges=judging, params=IngestParams(idle_s=0.02))
        thread = threading.Thread(target=worker.run, args=(stop,))
        thread.start()
        try:
            with publishing(endpoint(broker, 1)) as sensor:
                sensor.publish(topic(1), json.dumps({"readings": warm}).encode(), 1)
                assert sensor.wait(20)
            until(lambda: worker.tally.stored >= 6)
        finally:
            stop.set()
            thread.join(20)
    with database.read() as session:
        [item] = called_for(session, COOK, "li", minute(60))
        assert (item.place.code, item.row.kind, item.next.to) == ("CR-1", "breach", "role:admin")
        assert [called_for(session, one, "x", minute(60)) for one in OTHERS] == [(), (), ()]
        assert [alarm_items(session, one, minute(60)) for one in OTHERS] == [(), (), ()]
        assert session.exec(select(func.count()).select_from(VerdictRow)).one() == 0
        document = alarm_document(item, "en", minute(60))
        assert (document["asset"], document["box"], document["service"]) == ("CR-1", None, None)
    run_due(database, alarm_timers(IDS), minute(68))
    heard = []
    assert (
        send_due(database, {"duty": HOOK}, minute(68), lambda _, body, __: heard.append(json.loads(body)))
        == 1
    )
    assert (heard[0]["asset"], heard[0]["kitchen"], heard[0]["box"]) == ("CR-1", "K1", None)
    assert heard[0]["words"]["en"].startswith("CR-1 at 9.5 °C is past its limit of 8.0 °C")


def test_an_asset_s_alarm_is_answered_by_the_kitchen_and_decided_lot_by_lot(floor):
    """
    Tests the answer with its name, that others may not, and that a box's disposition is no asset's.
    """
    [row] = rung(floor, *[(at, 9.5) for at in range(0, 61, 10)])
    for one in OTHERS:
        if one.may("alarm.acknowledge"):
            with pytest.raises(Forbidden), floor.begin() as session:
                acknowledge_alarm(session, row.alarm_id, "x", actor=one, now_at=minute(61))
    with floor.begin() as session:
        with pytest.raises(Conflict, match="alarm_of_an_asset"):
            decide_alarm(
                session, row.alarm_id, Decided("release", "x"), actor=COOK, now_at=minute(61), ids=IDS
            )
        acknowledge_alarm(session, row.alarm_id, "门没关", actor=COOK, now_at=minute(61), person="甲")
        [item] = alarm_items(session, COOK, minute(61))
        assert (item.row.acknowledged_name, item.next) == ("甲", None)


def test_one_alarm_an_episode_until_the_air_is_back(floor):
    """
    Tests that judging again adds nothing, and that the way back ends the alarm and its timers.
    """
    warm = [(at, 9.5) for at in range(0, 61, 10)]
    assert [one.kind for one in rung(floor, *warm)] == ["breach"]
    assert len(rung(floor, *warm)) == 1
    [row] = rung(floor, (70, 5.0), at=70)
    assert row.cleared_at == minute(70)
    assert run_due(floor, alarm_timers(IDS), minute(120)) == 0


def test_a_sensor_that_tells_every_second_does_not_keep_the_judge_busy(floor):
    """
    Tests that an asset is looked at again after its pause, a minute of the house's clock, and at the end.
    """
    looked, clock = [], SimpleNamespace(at=minute(60))
    judging = Judging(
        floor,
        SimpleNamespace(now=lambda: clock.at),
        judge=lambda _, ids, __: looked.extend(ids),
        open_boxes=lambda _: [],
        params=JudgeParams(judge_every_s=0, check_every_s=1e9, rest_ratio=0, asset_every_s=1e9),
    )
    told = {("BOX-0001", "air"): (minute(60), minute(60))}
    for _ in range(3):
        judging.take(told, Tally())
    assert len(looked) == 1
    clock.at = minute(61)
    judging.take(told, Tally())
    judging.take(told, Tally())
    assert len(looked) == 2
    judging.close({}, Tally())
    assert len(looked) == 3


def test_silence_is_found_without_a_reading_and_ends_when_the_sensor_is_taken_out(floor):
    """
    Tests the round of a minute by the house's clock, and that what was said of a listed asset stays named.
    """
    rounds = AssetRounds()
    assert [rounds.is_due(minute(at)) for at in (0, 0.5, 1, 1.5, 9)] == [True, False, True, False, True]
    [row] = rung(floor, (0, 4.0), at=20)
    assert (row.kind, row.severity, row.source) == ("silence", "warning", "BOX-0001/air")
    with floor.begin() as session:
        at = desk(minute(30))
        dismount(session, at, "CR-1", "BOX-0001/air")
        drop_asset(session, at, "CR-1")
        [item] = alarm_items(session, COOK, minute(31))
        assert (item.place.code, item.row.cleared_at) == ("CR-1", minute(30))
