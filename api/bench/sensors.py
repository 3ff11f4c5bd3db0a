"""
Sensors for the benchmark: many MQTT connections of one process, on plain sockets, so that they cost little.

Run apart: ``python -m api.bench.sensors`` takes a `Load` as JSON on stdin and prints what became of it.
"""

import asyncio
import itertools
import json
import math
import random
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from api.clock import Clock, RehearsalClock

TOPIC = "holdchain/v1/{}/readings"
CONNECT, CONNACK, PUBLISH_QOS_1, PUBACK = 0x10, 0x20, 0x32, 0x40
CLEAN_SESSION_AS_USER = 0xC2
KEEPALIVE_S = 600
GIVE_UP_S = 300.0


@dataclass(frozen=True, slots=True)
class Load:
    """
    What the sensors do.

    Parameters
    ----------
    port
        The broker's, on the loopback.
    devices
        Name and secret of each, one connection a device.
    messages
        In all, dealt to the devices in turn.
    from_at
        Instant of a device's first message, RFC 3339; each later one is a second later.
    readings_each
        Readings in a message.
    clock
        File of a rehearsed clock: readings are then of the instant of sending. Empty for none.
    per_s
        Messages a second in all; 0 for as many as the broker takes.
    window
        Messages of one device on their way at once.
    first_seq
        Counter of each device's first message.
    """

    port: int
    devices: tuple[tuple[str, str], ...]
    messages: int
    from_at: str
    readings_each: int = 1
    clock: str = ""
    per_s: float = 0.0
    window: int = 20
    first_seq: int = 1


def payload_of(load: Load, seq: int, clock: Clock | None) -> bytes:
    """A device's message with this counter; values follow from the counter."""
    if clock is None:
        started_at = datetime.fromisoformat(load.from_at) + timedelta(seconds=seq - load.first_seq)
    else:
        started_at = clock.now()
    readings = [
        {
            "t": (started_at + timedelta(seconds=number / load.readings_each))
            .isoformat()
            .replace("+00:00", "Z"),
            "probe": "core",
            "c": 80 - (seq * load.readings_each + number) % 160 / 16,
        }
        for number in range(load.readings_each)
    ]
    return json.dumps({"seq": seq, "readings": readings}, separators=(",", ":")).encode()


async def publish(load: Load) -> dict[str, Any]:
    """
    Connects every device at once, publishes, and waits for each acknowledgement.

    Returns
    -------
    dict[str, Any]
        ``acknowledged`` messages, ``s`` from the first connection to the last acknowledgement, and
        ``late_ms``, how far behind its pace the load was at most.
    """
    started_s = time.perf_counter()
    count, over = divmod(load.messages, len(load.devices))
    late_ms: list[float] = [0.0]
    together = asyncio.Barrier(min(load.messages, len(load.devices)))
    sent = await asyncio.gather(
        *(
            _device(load, place, name, secret, count + (place < over), late_ms, together)
            for place, (name, secret) in enumerate(load.devices)
        )
    )
    took_s = time.perf_counter() - started_s
    return {"acknowledged": sum(sent), "s": round(took_s, 3), "late_ms": round(max(late_ms), 1)}


async def _device(
    load: Load,
    place: int,
    name: str,
    secret: str,
    count: int,
    late_ms: list[float],
    together: asyncio.Barrier,
) -> int:
    """One device: connects, sends again what a lost connection left unacknowledged, and goes on."""
    device = _Device(load, place, name, count, late_ms)
    while device.acknowledged < count:
        reader, writer = await _connected(load.port, name, secret)
        await device.begin(together)
        speaking = asyncio.create_task(device.speak(writer))
        with suppress(OSError, asyncio.IncompleteReadError):
            await asyncio.wait_for(device.heed(reader), GIVE_UP_S)
        speaking.cancel()
        with suppress(OSError, asyncio.CancelledError):
            await speaking
        writer.close()
    return device.acknowledged


class _Device:
    """What a device has sent, and what of it was acknowledged."""

    def __init__(self, load: Load, place: int, name: str, count: int, late_ms: list[float]) -> None:
        self._load, self._place, self._count, self._late_ms = load, place, count, late_ms
        self._topic, self._room = TOPIC.format(name).encode(), asyncio.Semaphore(load.window)
        self._clock = RehearsalClock(Path(load.clock)) if load.clock else None
        self._begun_s = math.inf
        self._unheard: dict[int, bytes] = {}
        self._sent = self.acknowledged = 0

    async def begin(self, together: asyncio.Barrier) -> None:
        """Waits, where there is a pace, until every device is connected: connecting is not measured."""
        if math.isinf(self._begun_s):
            if self._load.per_s:
                await together.wait()
            self._begun_s = asyncio.get_running_loop().time()

    async def speak(self, writer: asyncio.StreamWriter) -> None:
        """Publishes, at the load's pace, what is still to be published."""
        for packet in self._unheard.values():
            writer.write(packet)
        while self._sent < self._count:
            await self._wait_turn()
            await self._room.acquire()
            packet_id = self._sent % 65_535 + 1
            payload = payload_of(self._load, self._load.first_seq + self._sent, self._clock)
            self._unheard[packet_id] = packet = _publish(self._topic, packet_id, payload)
            self._sent += 1
            writer.write(packet)
            await writer.drain()

    async def heed(self, reader: asyncio.StreamReader) -> None:
        """Hears acknowledgements until there is none to come."""
        while self.acknowledged < self._count:
            header = await reader.readexactly(4)
            if header[0] == PUBACK and self._unheard.pop(int.from_bytes(header[2:], "big"), b""):
                self.acknowledged += 1
                self._room.release()

    async def _wait_turn(self) -> None:
        if not self._load.per_s:
            return
        turn = self._sent * len(self._load.devices) + self._place
        wait_s = self._begun_s + turn / self._load.per_s - asyncio.get_running_loop().time()
        self._late_ms[0] = max(self._late_ms[0], -1000 * wait_s)
        await asyncio.sleep(max(0.0, wait_s))


async def _connected(port: int, name: str, secret: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection that the broker granted; a refused or lost one is tried again after a pause by lot."""
    fields = (b"MQTT", None, name.encode(), name.encode(), secret.encode())
    head = b"\x04" + bytes([CLEAN_SESSION_AS_USER]) + KEEPALIVE_S.to_bytes(2, "big")
    body = b"".join(head if field is None else _text(field) for field in fields)
    dice = random.Random(name)
    for tried in itertools.count():
        with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            if await _is_granted(reader, writer, bytes([CONNECT]) + _length(len(body)) + body):
                return reader, writer
        await asyncio.sleep(dice.uniform(0.1, min(8.0, 0.5 * 2 ** min(tried, 5))))
    raise AssertionError("unreachable")


async def _is_granted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, packet: bytes) -> bool:
    """Whether the broker lets the device in; the socket of one that it does not is closed."""
    granted = False
    try:
        writer.write(packet)
        answer = await asyncio.wait_for(reader.readexactly(4), GIVE_UP_S)
        granted = answer[0] == CONNACK and answer[3] == 0
    finally:
        if not granted:
            writer.close()
    return granted


def _publish(topic: bytes, packet_id: int, payload: bytes) -> bytes:
    body = _text(topic) + packet_id.to_bytes(2, "big") + payload
    return bytes([PUBLISH_QOS_1]) + _length(len(body)) + body


def _text(field: bytes) -> bytes:
    return len(field).to_bytes(2, "big") + field


def _length(size: int) -> bytes:
    parts = bytearray()
    while True:
        size, low = divmod(size, 128)
        parts.append(low | (128 if size else 0))
        if not size:
            return bytes(parts)


def as_json(load: Load) -> str:
    """The load as `main` takes it."""
    return json.dumps(asdict(load))


def main() -> None:
    """Plays the load told on stdin and prints what became of it."""
    told = json.load(sys.stdin)
    told["devices"] = tuple((name, secret) for name, secret in told["devices"])
    print(json.dumps(asyncio.run(publish(Load(**told)))))


if __name__ == "__main__":
    main()
