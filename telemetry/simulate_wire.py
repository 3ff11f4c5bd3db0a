"""
The simulated fleet on the wire: MQTT 3.1.1 at QoS 1 on plain sockets, thousands of connections in one thread.

What a connection was not told is kept is sent again on the next one, as a sensor with a memory does.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from telemetry.mqtt import Endpoint, NotConnected
from telemetry.simulate_fleet import FleetDevice, FleetParams, Sending, fleet, is_storm, minutes_of

_CONNECT, _CONNACK, _PUBLISH_QOS_1, _PUBACK = 0x10, 0x20, 0x32, 0x40
_AGAIN = 0x08
_CLEAN, _WITH_USER = 0x02, 0xC0
_KEEPALIVE_S = 65_535
_WINDOW = 50
_PAUSE_S = (0.2, 1.0)
_AT_ONCE = 200
_FIRST_S = 15.0
_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class Pace:
    """
    How fast a fleet plays, real seconds.

    Parameters
    ----------
    speed
        Simulated minutes in a real one; 0 for as fast as the broker acknowledges.
    connect_s
        Longest wait for the connections.
    patience_s
        Longest wait for a minute's acknowledgements; what is late is still being sent.
    """

    speed: float = 0.0
    connect_s: float = 60.0
    patience_s: float = 60.0


@dataclass(slots=True)
class Told:
    """
    What became of one sensor's messages.

    Parameters
    ----------
    messages, acknowledged
        Handed to the network, and acknowledged by the broker; copies and garbage among them.
    copies, garbage
        How many of the messages were a copy of another, and how many no frame.
    readings, readings_acknowledged
        In its frames, each counted once.
    """

    messages: int = 0
    acknowledged: int = 0
    copies: int = 0
    garbage: int = 0
    readings: int = 0
    readings_acknowledged: int = 0

    def note_sent(self, sending: Sending) -> None:
        """Counts a message handed to the network."""
        self.messages += 1
        self.copies += sending.kind == "copy"
        self.garbage += sending.kind == "garbage"
        self.readings += sending.message.readings_count * (sending.kind == "frame")

    def note_acknowledged(self, sending: Sending) -> None:
        """Counts a message that the broker acknowledged."""
        self.acknowledged += 1
        self.readings_acknowledged += sending.message.readings_count * (sending.kind == "frame")


@dataclass(slots=True)
class Played:
    """
    What a fleet did.

    Parameters
    ----------
    devices
        Its sensors.
    told
        What became of each one's messages, by device id.
    connections, reconnects
        Connections it had at once, and how often one was made anew.
    took_s
        From the first connection to the last acknowledgement or the end of patience.
    """

    devices: tuple[FleetDevice, ...]
    told: Mapping[str, Told]
    connections: int
    reconnects: int
    took_s: float


async def play(params: FleetParams, endpoints: Mapping[str, Endpoint], pace: Pace | None = None) -> Played:
    """
    Plays a fleet: connects, publishes minute by minute, and waits for the acknowledgements.

    Parameters
    ----------
    params
        The fleet.
    endpoints
        Where and as whom each connection signs in, by the users of `fleet`.
    pace
        How fast.

    Raises
    ------
    NotConnected
        When a connection was not granted in time.
    """
    pace, started_s, devices = pace or Pace(), time.monotonic(), fleet(params)
    told = {device.device_id: Told() for device in devices}
    lines = {
        user: _Line(endpoints[user], lambda sending: told[sending.device_id].note_acknowledged(sending))
        for user in dict.fromkeys(device.speaker.user for device in devices)
    }
    stormy = {device.speaker.user for device in devices if device.fault == "reconnect-storm"}
    try:
        await _open(list(lines.values()), pace.connect_s)
        for minute, sendings in enumerate(minutes_of(params, devices)):
            if pace.speed:
                due_s = started_s + minute * _MINUTE_S / pace.speed
                await asyncio.sleep(max(0.0, due_s - time.monotonic()))
            for sending in sendings:
                told[sending.device_id].note_sent(sending)
            cut = stormy if is_storm(minute) else set()
            await _send(lines, sendings, cut, pace.patience_s)
        await asyncio.gather(*(line.settle(pace.patience_s) for line in lines.values()))
    finally:
        await asyncio.gather(*(line.close() for line in lines.values()))
    reconnects = sum(line.connects - 1 for line in lines.values())
    return Played(devices, told, len(lines), reconnects, round(time.monotonic() - started_s, 2))


async def _open(lines: Sequence["_Line"], timeout_s: float) -> None:
    """The first alone, so that a broker that lets nobody in refuses one and not thousands."""
    await lines[0].open(min(timeout_s, _FIRST_S))
    room = asyncio.Semaphore(_AT_ONCE)

    async def open_one(line: _Line) -> None:
        async with room:
            await line.open(timeout_s)

    await asyncio.gather(*(open_one(line) for line in lines[1:]))


async def _send(
    lines: Mapping[str, "_Line"], sendings: Sequence[Sending], cut: set[str], patience_s: float
) -> None:
    by_user: dict[str, list[Sending]] = {}
    for sending in sendings:
        by_user.setdefault(sending.user, []).append(sending)
    await asyncio.gather(
        *(lines[user].send(mine, patience_s, cut=user in cut) for user, mine in by_user.items())
    )


@dataclass(slots=True)
class _Way:
    """What is on its way: the packet by its number, oldest first."""

    packets: dict[int, tuple[bytearray, Sending]] = field(default_factory=dict)
    last_id: int = 0

    def add(self, sending: Sending) -> bytes:
        self.last_id = self.last_id % 65_535 + 1
        packet = bytearray(_publish(self.last_id, sending))
        self.packets[self.last_id] = (packet, sending)
        return bytes(packet)

    def again(self) -> list[bytes]:
        for packet, _ in self.packets.values():
            packet[0] |= _AGAIN
        return [bytes(packet) for packet, _ in self.packets.values()]


class _Line:
    """One connection, made anew whenever it breaks."""

    def __init__(self, endpoint: Endpoint, heed: Callable[[Sending], None]) -> None:
        self._endpoint, self._heed, self._way = endpoint, heed, _Way()
        self._writer: asyncio.StreamWriter | None = None
        self._running: asyncio.Task[None] | None = None
        self._changed, self._opened = asyncio.Condition(), asyncio.Event()
        self.connects = 0

    async def open(self, timeout_s: float) -> None:
        """Connects, and again whenever it breaks; raises `NotConnected` when it was not granted in time."""
        self._running = asyncio.create_task(self._run())
        try:
            await asyncio.wait_for(self._opened.wait(), timeout_s)
        except TimeoutError as error:
            at = self._endpoint
            raise NotConnected(f"{at.client_id} at {at.host}:{at.port}, {timeout_s:g} s") from error

    async def send(self, sendings: Sequence[Sending], patience_s: float, *, cut: bool) -> None:
        """Sends some messages and waits for what it is told; ``cut`` breaks the connection in between."""
        for sending in sendings:
            await self._until_at_most(_WINDOW - 1, patience_s)
            packet = self._way.add(sending)
            if self._writer is not None:
                self._writer.write(packet)
        if cut and self._writer is not None:
            self._writer.transport.abort()
        await self.settle(patience_s)

    async def settle(self, patience_s: float) -> None:
        """Waits until all is acknowledged, or patience ends."""
        await self._until_at_most(0, patience_s)

    async def close(self) -> None:
        """Leaves; what was not acknowledged by now stays unacknowledged."""
        if self._running is not None:
            self._running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._running

    async def _until_at_most(self, waiting: int, patience_s: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_s), self._changed:
                await self._changed.wait_for(lambda: len(self._way.packets) <= waiting)

    async def _run(self) -> None:
        rng = random.Random(self._endpoint.client_id)
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await self._live()
            await asyncio.sleep(rng.uniform(*_PAUSE_S))

    async def _live(self) -> None:
        """One connection from its beginning to its end."""
        reader, writer = await asyncio.open_connection(self._endpoint.host, self._endpoint.port)
        try:
            writer.write(_connect(self._endpoint))
            kind, body = await _packet(reader)
            if kind != _CONNACK or body[1:2] != b"\0":
                return
            self.connects += 1
            writer.writelines(self._way.again())
            self._writer = writer
            self._opened.set()
            while True:
                kind, body = await _packet(reader)
                if kind == _PUBACK:
                    await self._acknowledged(int.from_bytes(body[:2], "big"))
        finally:
            self._writer = None
            writer.close()

    async def _acknowledged(self, packet_id: int) -> None:
        _, sending = self._way.packets.pop(packet_id, (None, None))
        if sending is not None:
            self._heed(sending)
        async with self._changed:
            self._changed.notify_all()


def _connect(endpoint: Endpoint) -> bytes:
    named = [endpoint.client_id]
    flags = _CLEAN
    if endpoint.username:
        flags |= _WITH_USER
        named += [endpoint.username, endpoint.password]
    head = _text("MQTT") + bytes([4, flags]) + _KEEPALIVE_S.to_bytes(2, "big")
    return _framed(_CONNECT, head + b"".join(map(_text, named)))


def _publish(packet_id: int, sending: Sending) -> bytes:
    message = sending.message
    return _framed(_PUBLISH_QOS_1, _text(message.topic) + packet_id.to_bytes(2, "big") + message.payload)


def _framed(kind: int, body: bytes) -> bytes:
    length, rest = bytearray(), len(body)
    while True:
        rest, low = divmod(rest, 128)
        length.append(low | (0x80 if rest else 0))
        if not rest:
            return bytes([kind]) + bytes(length) + body


def _text(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(2, "big") + raw


async def _packet(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Kind and body of the next packet."""
    kind, length, shift = (await reader.readexactly(1))[0], 0, 0
    while True:
        byte = (await reader.readexactly(1))[0]
        length |= (byte & 0x7F) << shift
        if byte < 0x80:
            return kind & 0xF0, await reader.readexactly(length)
        shift += 7
