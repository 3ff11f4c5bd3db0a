"""Tests of the door to MQTT, on a real broker."""

import os
import signal
import socket
import threading
import time

import pytest

from telemetry.broker import worker_endpoint
from telemetry.mqtt import BatchParams, Endpoint, Frame, NotConnected, Subscriber, ensure_session
from telemetry.publisher import Publisher
from tests.telemetry.brokers import (
    FILTERS,
    endpoint,
    publishing,
    running_broker,
    subscribing,
    take,
    topic,
    until,
)


@pytest.fixture
def broker(tmp_path):
    """A broker with two devices."""
    with running_broker(tmp_path / "b") as running:
        yield running


def publish(broker, count):
    """Sends this many numbered frames from device 1 and waits for their acknowledgement."""
    with publishing(endpoint(broker, 1)) as sensor:
        for number in range(count):
            sensor.publish(topic(1), str(number).encode(), 1)
        assert sensor.wait(20)


def come_again(at, *, keeps=False):
    """What a worker that keeps nothing, or all, is sent in one session, given time for it to be repeated."""
    with subscribing(at) as worker:
        frames = [*worker.next_batch(1.3), *worker.next_batch(0.3)]
        if keeps:
            worker.acknowledge(frames)
        return frames


def numbers(frames: list[Frame]) -> list[int]:
    """What the numbered frames carry."""
    return [int(frame.payload) for frame in frames]


def test_unacknowledged_frames_come_again_and_acknowledged_ones_do_not(broker):
    """
    Tests that a worker that dies between taking and keeping finds the frame again, and only that.

    The broker may still be writing down an acknowledgement when its session comes back, and then
    repeats what its keys make harmless; a later session must see the other frame alone.
    """
    at = worker_endpoint(broker._folder)
    with subscribing(at) as worker:
        publish(broker, 3)
        frames = take(worker, 3)
        assert numbers(frames) == [0, 1, 2]
        assert worker.acknowledge(frames[:2]) == 2
    until(lambda: numbers(come_again(at)) == [2])


def test_acknowledgement_of_an_older_connection_is_dropped(broker):
    """
    Tests that a packet id is never acknowledged on a connection it did not come on.

    On a busy machine the new connection may break too before it told the broker; what comes again then is
    acknowledged by the next session.
    """
    at = worker_endpoint(broker._folder)
    with subscribing(at) as worker:
        publish(broker, 2)
        old = take(worker, 2)
        os.kill(broker.pid, signal.SIGKILL)
        broker._process.wait()
        broker.tend()
        new = take(worker, 2)
        assert {frame.generation for frame in new} != {frame.generation for frame in old}
        assert worker.acknowledge(old) == 0
        assert worker.acknowledge(new) == 2
        assert worker.acknowledge(new) == 0
    until(lambda: come_again(at, keeps=True) == [])


def test_frame_sent_again_while_still_held_is_handed_over_once(broker):
    """
    Tests that a slow database sees one copy: the broker repeats after `ack_wait_s`, we still hold it.
    """
    with subscribing(worker_endpoint(broker._folder)) as worker:
        publish(broker, 1)
        frames = take(worker, 1)
        assert worker.next_batch(2.5) == []
        assert worker.acknowledge(frames) == 1


def test_batch_ends_at_its_size_or_after_its_time(broker):
    """
    Tests that a batch waits for company no longer than told, and is never larger than told.
    """
    params = BatchParams(most_frames=10, linger_s=0.2, most_pending=100)
    with subscribing(worker_endpoint(broker._folder), params) as worker:
        publish(broker, 25)
        until(lambda: len(worker._waiting) >= 25)
        sizes = [len(worker.next_batch(5)) for _ in range(3)]
        assert sizes == [10, 10, 5]
        began_s = time.monotonic()
        assert worker.next_batch(0.3) == []
        assert time.monotonic() - began_s < 30


def test_memory_is_bounded_and_nothing_is_lost_by_it(broker):
    """
    Tests that the network waits when the worker holds enough, and goes on when it acknowledges.
    """
    params = BatchParams(most_frames=5, linger_s=0, most_pending=5)
    with subscribing(worker_endpoint(broker._folder), params) as worker:
        publish(broker, 40)
        until(lambda: len(worker._waiting) == 5)
        seen = []
        while len(seen) < 40:
            frames = take(worker, 1)
            assert frames and len(worker._waiting) <= 5
            worker.acknowledge(frames)
            seen += numbers(frames)
    assert sorted(set(seen)) == list(range(40))


def test_bytes_in_memory_are_bounded_too(broker):
    """
    Tests that few but large frames make the network wait as well, and all of them arrive.
    """
    params = BatchParams(most_frames=1, linger_s=0, most_pending=100, most_bytes=50_000)
    with subscribing(worker_endpoint(broker._folder), params) as worker:
        with publishing(endpoint(broker, 1)) as sensor:
            for number in range(10):
                sensor.publish(topic(1), str(number).encode().ljust(30_000), 1)
            assert sensor.wait(10)
        until(lambda: worker._waiting_bytes == 60_000)
        seen: set[int] = set()
        while seen != set(range(10)):
            frames = take(worker, 1)
            worker.acknowledge(frames)
            seen |= set(numbers(frames))
        assert worker._waiting_bytes == sum(len(frame.payload) for frame in worker._waiting)


def test_publisher_sends_again_after_the_broker_was_killed(broker):
    """
    Tests that a device's unacknowledged frames survive a broken connection and are counted once.
    """
    with publishing(endpoint(broker, 1)) as sensor:
        sensor.publish(topic(1), b"0", 1)
        assert sensor.wait(10)
        os.kill(broker.pid, signal.SIGKILL)
        broker._process.wait()
        for number in range(1, 60):
            sensor.publish(topic(1), str(number).encode(), 2)
        assert not sensor.wait(0.1)
        broker.tend()
        assert sensor.wait(20)
        assert (sensor.readings_published, sensor.readings_acknowledged) == (119, 119)
    with subscribing(worker_endpoint(broker._folder)) as worker:
        assert set(numbers(take(worker, 60))) == set(range(60))


def test_cut_network_loses_nothing_on_either_side(broker):
    """
    Tests that sensor and worker find each other again when their connections are cut with frames on the way.
    """
    seen: set[int] = set()
    with (
        subscribing(worker_endpoint(broker._folder)) as worker,
        publishing(endpoint(broker, 1)) as sensor,
    ):
        until(sensor._client.is_connected)
        for number in range(60):
            sensor.publish(topic(1), str(number).encode(), 1)
            if number == 30:
                worker._client.socket().shutdown(socket.SHUT_RDWR)
                sensor._client.socket().shutdown(socket.SHUT_RDWR)
        while len(seen) < 60:
            frames = take(worker, 1)
            assert frames
            worker.acknowledge(frames)
            seen |= set(numbers(frames))
        assert sensor.wait(20)
        assert sensor.readings_acknowledged == 60
    assert seen == set(range(60))


def test_publisher_counts_from_several_threads(broker):
    """
    Tests that an acknowledgement that overtakes its own bookkeeping is still counted.
    """
    with publishing(endpoint(broker, 1)) as sensor:

        def send() -> None:
            for _ in range(100):
                sensor.publish(topic(1), b"1", 1)

        threads = [threading.Thread(target=send) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sensor.wait(20)
        assert sensor.readings_acknowledged == 300
        assert not sensor._early


def test_no_broker_is_said_and_a_publisher_waits_for_one():
    """
    Tests that a session without a broker is refused in time and a device just keeps its frames.
    """
    nowhere = Endpoint("127.0.0.1", 1, "nobody", "nobody", "secret")
    with pytest.raises(NotConnected):
        ensure_session(nowhere, FILTERS, 0.2)
    sensor = Publisher(nowhere)
    sensor.start()
    sensor.publish("holdchain/v1/x/readings", b"1", 1)
    assert not sensor.wait(0.1)
    assert (sensor.readings_published, sensor.readings_acknowledged) == (1, 0)
    sensor.stop()


def test_batch_params_refuse_what_could_never_move():
    """
    Tests that a batch larger than the memory, or empty, is a slip.
    """
    with pytest.raises(ValueError):
        BatchParams(most_frames=0)
    with pytest.raises(ValueError):
        BatchParams(most_frames=10, most_pending=5)


def test_stopping_worker_gives_its_waiting_reader_back(broker):
    """
    Tests that a reader that waits for frames returns when the worker stops.
    """
    subscriber = Subscriber(worker_endpoint(broker._folder), FILTERS)
    subscriber.start(10)
    assert subscriber.connected
    reader = threading.Thread(target=subscriber.next_batch, args=(60,))
    reader.start()
    subscriber.stop()
    reader.join(5)
    assert not reader.is_alive()
