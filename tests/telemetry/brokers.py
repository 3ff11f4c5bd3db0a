"""A real embedded broker for tests, with its devices and its worker."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from telemetry.broker import Broker, BrokerParams, DeviceUser
from telemetry.broker_config import write_devices
from telemetry.mqtt import BatchParams, Endpoint, Frame, Subscriber
from telemetry.publisher import Publisher

FILTERS = ("holdchain/v1/+/readings",)


def device(number: int) -> DeviceUser:
    """A device with a secret that tells it apart."""
    device_id = f"BOX-{number:04d}"
    return DeviceUser(device_id, f"{number:032x}", (f"holdchain/v1/{device_id}/readings",))


def topic(number: int) -> str:
    """The topic this device may publish to."""
    return device(number).topics[0]


@contextmanager
def running_broker(folder: Path, devices: int = 2) -> Iterator[Broker]:
    """A broker with devices 1 to n, ended afterwards."""
    broker = Broker(BrokerParams(folder, ack_wait_s=1))
    write_devices(folder, [device(number) for number in range(1, devices + 1)])
    broker.start(FILTERS)
    try:
        yield broker
    finally:
        broker.stop()


def endpoint(broker: Broker, number: int, client_id: str | None = None) -> Endpoint:
    """Where a device connects."""
    user = device(number)
    return Endpoint("127.0.0.1", broker.port, client_id or user.device_id, user.device_id, user.secret)


@contextmanager
def publishing(at: Endpoint) -> Iterator[Publisher]:
    """A connected device, disconnected afterwards."""
    publisher = Publisher(at)
    publisher.start()
    try:
        yield publisher
    finally:
        publisher.stop()


@contextmanager
def subscribing(at: Endpoint, params: BatchParams | None = None) -> Iterator[Subscriber]:
    """A worker's connection, disconnected afterwards."""
    subscriber = Subscriber(at, FILTERS, params)
    subscriber.start(10)
    try:
        yield subscriber
    finally:
        subscriber.stop()


def until(holds: Callable[[], bool]) -> None:
    """Waits for what must become so, as long as a busy machine may take."""
    give_up_s = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < give_up_s
        time.sleep(0.02)


def take(subscriber: Subscriber, count: int, timeout_s: float = 60) -> list[Frame]:
    """This many frames, or as many as came before one kept us waiting too long."""
    taken: list[Frame] = []
    while len(taken) < count and (batch := subscriber.next_batch(timeout_s)):
        taken += batch
    return taken
