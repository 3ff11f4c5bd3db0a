"""Tests of the embedded broker, on the real server: each trap of its choice, one by one."""

import os
import signal
import stat
import time

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from orders.codes import Coded
from telemetry import broker as broker_module
from telemetry.broker import Broker, BrokerFailed, BrokerParams, DeviceUser, find_server, worker_endpoint
from telemetry.broker_config import LARGEST_BYTES, new_secret, subject_of, write_devices
from telemetry.broker_log import LOG, Tail, refusals_in, refused_names
from telemetry.mqtt import Endpoint, NotConnected, Subscriber
from tests.telemetry.brokers import (
    FILTERS,
    device,
    endpoint,
    publishing,
    running_broker,
    subscribing,
    take,
    topic,
    until,
)


@pytest.fixture(scope="module")
def broker(tmp_path_factory):
    """One broker with two devices, for the tests that leave it as it was."""
    with running_broker(tmp_path_factory.mktemp("broker")) as running:
        yield running


def wait_for_refusals(broker: Broker, codes: set[str]) -> list[Coded]:
    """What was refused, once each of these kinds was seen."""
    seen: list[Coded] = []
    for _ in range(250):
        seen += broker.refusals()
        if codes <= {refusal.code for refusal in seen}:
            break
        time.sleep(0.02)
    return seen


def test_message_sent_before_the_worker_ever_ran_is_kept(tmp_path):
    """
    Tests that the worker's session exists before a device can connect, since the stream keeps for
    existing sessions only.
    """
    with running_broker(tmp_path / "b") as broker:
        with publishing(endpoint(broker, 1)) as sensor:
            sensor.publish(topic(1), b"first", 1)
            assert sensor.wait(10)
        with subscribing(worker_endpoint(tmp_path / "b")) as worker:
            assert [frame.payload for frame in take(worker, 1)] == [b"first"]


def test_devices_stay_outside_until_the_session_stands(tmp_path, monkeypatch):
    """
    Tests the order of the start: no device's user is written before the worker's session is granted.
    """
    seen = []

    def refuse(worker: Endpoint, filters: object, timeout_s: float) -> None:
        seen.append((tmp_path / "b" / "users.conf").read_text())
        raise NotConnected("not granted")

    monkeypatch.setattr(broker_module, "ensure_session", refuse)
    write_devices(tmp_path / "b", [device(1)])
    broker = Broker(BrokerParams(tmp_path / "b"))
    with pytest.raises(BrokerFailed, match="broker_session_refused"):
        broker.start(FILTERS)
    users = (tmp_path / "b" / "users.conf").read_text()
    assert seen == [users]
    assert 'user: "ingest"' in users
    assert device(1).device_id not in users
    assert not broker.is_healthy()


def test_stream_keeps_nothing_for_a_session_that_does_not_exist(broker):
    """
    Tests the trap itself: a subscriber that comes later finds nothing of what was acknowledged before.
    """
    with publishing(endpoint(broker, 1)) as sensor:
        sensor.publish(topic(1), b"before", 1)
        assert sensor.wait(10)
    at = worker_endpoint(broker._folder)
    late = Endpoint(at.host, at.port, "late", at.username, at.password)
    with subscribing(late) as worker:
        assert worker.next_batch(0.5) == []
    with subscribing(at) as worker:
        worker.acknowledge(take(worker, 1))


def test_device_publishes_under_its_own_id_only(broker):
    """
    Tests that another's topic is acknowledged to the device, reaches nobody, and is seen by the operator.
    """
    broker.refusals()
    with subscribing(worker_endpoint(broker._folder)) as worker:
        with publishing(endpoint(broker, 1)) as sensor:
            sensor.publish(topic(2), b"stolen", 1)
            sensor.publish(topic(1), b"own", 1)
            assert sensor.wait(10)
            assert sensor.readings_acknowledged == 2
        frames = take(worker, 1) + worker.next_batch(0.3)
        worker.acknowledge(frames)
        assert [(frame.topic, frame.payload) for frame in frames] == [(topic(1), b"own")]
    (refusal,) = wait_for_refusals(broker, {"mqtt_publish_refused"})
    assert refusal.params == {"client": "BOX-0001", "client_id": "BOX-0001", "detail": topic(2)}


def test_refusal_names_the_user_behind_a_client_id_of_another(broker):
    """
    Tests that a device that calls itself by another's client id is named for whom it signed in as.
    """
    broker.refusals()
    with publishing(endpoint(broker, 1, client_id="BOX-0002")) as sensor:
        sensor.publish(topic(2), b"stolen", 1)
        assert sensor.wait(10)
        (refusal,) = wait_for_refusals(broker, {"mqtt_publish_refused"})
    assert refusal.params["client"] == "BOX-0001 (BOX-0002)"


def test_device_reads_nothing(broker):
    """
    Tests that a device cannot subscribe to the readings of others.
    """
    at = endpoint(broker, 2)
    with pytest.raises(NotConnected):
        Subscriber(at, ["holdchain/#"]).start(1)
    assert "mqtt_subscribe_refused" in {r.code for r in wait_for_refusals(broker, {"mqtt_subscribe_refused"})}


def test_topic_with_a_space_is_refused_and_seen(broker):
    """
    Tests that a Zigbee2MQTT-like name is refused by the server and shown from its log.
    """
    with publishing(endpoint(broker, 1)) as sensor:
        sensor.publish("zigbee2mqtt/cold room", b"{}", 1)
        seen = wait_for_refusals(broker, {"mqtt_topic_refused"})
        assert not sensor.wait(0.1)
    assert {r.params["client"] for r in seen if r.code == "mqtt_topic_refused"} == {"BOX-0001"}
    assert refused_names(broker._folder)["BOX-0001"].code == "mqtt_topic_refused"


def test_wrong_secret_is_refused_and_seen(broker):
    """
    Tests that a guessed secret does not connect and shows.
    """
    good = endpoint(broker, 1)
    with publishing(Endpoint(good.host, good.port, "guess", good.username, "0" * 32)) as sensor:
        sensor.publish(topic(1), b"x", 1)
        assert "mqtt_login_refused" in {r.code for r in wait_for_refusals(broker, {"mqtt_login_refused"})}
        assert sensor.readings_acknowledged == 0


def test_frame_beyond_the_largest_is_refused_and_seen(broker):
    """
    Tests that a huge frame is not taken, and that the operator sees who sends it.
    """
    with publishing(endpoint(broker, 1)) as sensor:
        sensor.publish(topic(1), b"x" * (LARGEST_BYTES + 1), 1)
        seen = wait_for_refusals(broker, {"mqtt_payload_refused"})
        assert sensor.readings_acknowledged == 0
    assert {r.params["client"] for r in seen if r.code == "mqtt_payload_refused"} == {"BOX-0001"}


def test_client_id_with_a_dot_is_refused_and_seen(broker):
    """
    Tests that a client id the server cannot keep a session for shows, since the device only sees a refusal.
    """
    with publishing(endpoint(broker, 1, client_id="28.FF")):
        seen = wait_for_refusals(broker, {"mqtt_client_id_refused"})
    assert [r.params["client"] for r in seen if r.code == "mqtt_client_id_refused"][:1] == ["28.FF"]


def test_secrets_lie_in_files_of_their_owner_alone(broker):
    """
    Tests that users, configuration and the worker's file are 0600, and that nobody prints a secret.
    """
    for path in ("users.conf", "devices.json", "nats.conf", "store/worker.json"):
        assert stat.S_IMODE((broker._folder / path).stat().st_mode) == 0o600
    assert device(1).secret in (broker._folder / "users.conf").read_text()
    assert device(1).secret not in repr(device(1))
    at = worker_endpoint(broker._folder)
    assert at.password not in repr(at)
    assert len(new_secret()) == 32


def test_a_storm_of_devices_is_waited_for(broker):
    """
    Tests that neither a slow sign-in nor a slow disk cuts a connection off, as the usual limits did: those
    who came back made the storm worse, and the server says nothing of it.
    """
    assert "authorization { timeout: 60," in (broker._folder / "users.conf").read_text()
    assert 'js_api_timeout: "60s"' in (broker._folder / "nats.conf").read_text()


def test_worker_session_cannot_be_named_by_a_device(broker):
    """
    Tests that the client id, which alone could end the worker's session, is secret and random.
    """
    at = worker_endpoint(broker._folder)
    assert len(at.client_id.removeprefix("ingest-")) == 32
    assert at.client_id not in (broker._folder / "users.conf").read_text()
    with pytest.raises(ValueError, match="plain name"):
        DeviceUser("ingest", "0" * 32, ())
    with pytest.raises(ValueError, match="topic"):
        DeviceUser("BOX-1", "0" * 32, ("holdchain/#",))


def test_device_is_admitted_and_dismissed_while_others_stay(tmp_path):
    """
    Tests that the users' file is read again on a change and those who stay notice nothing.
    """
    with running_broker(tmp_path / "b", devices=1) as broker, publishing(endpoint(broker, 1)) as first:
        first.publish(topic(1), b"a", 1)
        assert first.wait(10)
        broker.admit([device(1), device(2)])
        with publishing(endpoint(broker, 2)) as second:
            second.publish(topic(2), b"b", 1)
            assert second.wait(10)
            write_devices(tmp_path / "b", [device(1)])  # as another process does
            assert not broker.tend()
            second.publish(topic(2), b"c", 1)
            assert not second.wait(0.5)
        first.publish(topic(1), b"d", 1)
        assert first.wait(10)
        with subscribing(worker_endpoint(tmp_path / "b")) as worker:
            assert [frame.payload for frame in take(worker, 3)] == [b"a", b"b", b"d"]


def test_killed_broker_loses_no_acknowledged_message(tmp_path):
    """
    Tests that all that was acknowledged while the worker was away survives kill -9.
    """
    with running_broker(tmp_path / "b") as broker, publishing(endpoint(broker, 1)) as sensor:
        for number in range(300):
            sensor.publish(topic(1), str(number).encode(), 1)
        assert sensor.wait(20)
        os.kill(broker.pid, signal.SIGKILL)
        broker._process.wait()
        assert not broker.is_healthy()
        assert broker.tend()
        assert broker.is_healthy()
        assert not broker.tend()
        sensor.publish(topic(1), b"after", 1)
        assert sensor.wait(20)
        with subscribing(worker_endpoint(tmp_path / "b")) as worker:
            payloads = {frame.payload for frame in take(worker, 301)}
    assert payloads == {str(number).encode() for number in range(300)} | {b"after"}


def test_broker_whose_disk_was_full_starts_anew_when_there_is_room(tmp_path, monkeypatch):
    """
    Tests that a server that could not store is not left stuck, nor started anew as long as its disk is full.
    """
    with running_broker(tmp_path / "b", devices=1) as broker, publishing(endpoint(broker, 1)) as sensor:
        sensor.publish(topic(1), b"a", 1)
        assert sensor.wait(10)
        first = broker.pid
        with (tmp_path / "b" / "nats.log").open("a") as log:
            log.write("[1] [ERR] JetStream failed to store a msg on stream: no space left on device\n")
        monkeypatch.setattr(broker_module, "LEAST_FREE_BYTES", 2**62)
        assert broker.is_full()
        assert not broker.tend()
        assert broker.pid == first
        monkeypatch.setattr(broker_module, "LEAST_FREE_BYTES", 0)
        assert not broker.tend()
        assert broker.pid != first
        assert not broker.tend()
        sensor.publish(topic(1), b"b", 1)
        assert sensor.wait(20)
        with subscribing(worker_endpoint(tmp_path / "b")) as worker:
            assert [frame.payload for frame in take(worker, 2)] == [b"a", b"b"]


def test_orphan_of_a_killed_house_is_ended_first(tmp_path):
    """
    Tests that a server left behind does not share the stream with the next one.
    """
    with running_broker(tmp_path / "b") as left, running_broker(tmp_path / "b") as broker:
        assert left._process.wait(10) is not None
        assert broker.is_healthy()
        assert worker_endpoint(tmp_path / "b").port == broker.port


def test_taken_port_is_said_and_nothing_runs(tmp_path, broker):
    """
    Tests that a second broker on a taken port fails with the server's own words.
    """
    second = Broker(BrokerParams(tmp_path / "b", mqtt_port=broker.port))
    with pytest.raises(BrokerFailed) as failed:
        second.start(FILTERS)
    assert failed.value.code == "broker_not_started"
    assert "address already in use" in failed.value.params["detail"]
    with pytest.raises(BrokerFailed):
        second.tend()


def test_missing_program_is_said(monkeypatch):
    """
    Tests that a house without the server's program says so.
    """
    assert os.access(find_server(), os.X_OK)
    monkeypatch.setattr(broker_module.metadata, "files", lambda _: None)
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(BrokerFailed, match="broker_missing"):
        find_server()


@pytest.mark.parametrize(
    ("given", "subject"),
    [
        ("holdchain/v1/BOX-1/readings", "holdchain.v1.BOX-1.readings"),
        ("holdchain/v1/+/readings", "holdchain.v1.*.readings"),
        ("a/#", "a.>"),
        ("a/28.ff/b", "a.28//ff.b"),
    ],
)
def test_subject_is_the_topic_in_the_servers_words(given, subject):
    """
    Tests how the server names an MQTT topic, since rights are checked on that name.
    """
    assert subject_of(given) == subject


def test_device_with_a_dot_in_its_name_publishes_under_it(tmp_path):
    """
    Tests that the mapped subject of a dotted name is the one the server checks.
    """
    dotted = DeviceUser("28.FF", "a" * 32, ("holdchain/v1/28.FF/readings",))
    broker = Broker(BrokerParams(tmp_path / "b"))
    worker_at = broker.start(FILTERS)
    broker.admit([dotted])
    try:
        with (
            subscribing(worker_at) as worker,
            publishing(Endpoint("127.0.0.1", broker.port, "28-FF", "28.FF", "a" * 32)) as sensor,
        ):
            sensor.publish(dotted.topics[0], b"x", 1)
            assert [frame.topic for frame in take(worker, 1)] == [dotted.topics[0]]
    finally:
        broker.stop()


def test_tail_reads_whole_lines_and_follows_a_rotation(tmp_path):
    """
    Tests that half a line waits and that a rotated log is read from its start.
    """
    path = tmp_path / "log"
    tail = Tail(path)
    assert tail.fresh() == []
    path.write_text("one\ntw")
    assert tail.fresh() == ["one"]
    with path.open("a") as file:
        file.write("o\n")
    assert tail.fresh() == ["two"]
    path.rename(tmp_path / "log.1")
    path.write_text("three\n")
    assert tail.fresh() == ["three"]


def test_refused_names_are_those_since_the_last_start(tmp_path):
    """
    Tests that a sensor whose name was mended is not told of for ever.
    """
    refused = '[ERR] 127.0.0.1:1 - mid:5 - "{}" - character not supported for MQTT topics'
    lines = [refused.format("old"), "[INF] Server is ready", refused.format("new"), refused.format("new")]
    (tmp_path / LOG).write_text("\n".join(lines) + "\n")
    assert list(refused_names(tmp_path)) == ["new"]
    assert refused_names(tmp_path / "nowhere") == {}


def test_other_lines_of_the_log_are_no_refusals():
    """
    Tests that only refusals are shown, and a quoted name cannot invent one.
    """
    line = '[1] 2026/11/23 [ERR] 127.0.0.1:1 - mid:5 - "BOX-0001" - unable to connect: authentication error'
    assert list(refusals_in(["[INF] Server is ready", line])) == []


def test_session_of_a_known_id_can_be_ended_by_another(broker):
    """
    Tests why the worker's client id must be secret: with it, any user of the account ends the session.
    """
    at = worker_endpoint(broker._folder)
    victim = Endpoint(at.host, at.port, "guessable", at.username, at.password)
    with subscribing(victim):
        pass
    thief = paho.Client(CallbackAPIVersion.VERSION2, client_id="guessable", clean_session=True)
    thief.username_pw_set(device(1).device_id, device(1).secret)
    thief.connect("127.0.0.1", broker.port)
    thief.loop_start()
    with publishing(endpoint(broker, 2)) as sensor:
        assert sensor.wait(1)
        until(thief.is_connected)
        thief.disconnect()
        thief.loop_stop()
        sensor.publish(topic(2), b"lost to the victim", 1)
        assert sensor.wait(10)
    with subscribing(victim) as worker:
        assert worker.next_batch(0.3) == []
    with subscribing(at) as worker:
        worker.acknowledge(take(worker, 1))
