"""
The door to MQTT: frames taken and acknowledged only when kept; `telemetry.publisher` sends through it too.

Stands on paho alone, since the simulator speaks through it and shares nothing with the judges.
"""

import contextlib
import select
import socket
import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count

import paho.mqtt.client as paho
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

KEEPALIVE_S = 30
_LONGEST_PAUSE_S = 2
_RECONNECT_S = 1.0
_TEND_S = 1.0
_NEXT = timedelta(microseconds=1)
_GENERATIONS = count()  # of every connection of the process, so that no frame is acknowledged at another


class NotConnected(Exception):
    """The broker could not be reached or refused the session, in the time given."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """
    Where a client connects and as whom.

    Parameters
    ----------
    host, port
        The broker's address.
    client_id
        Names the session; whoever knows a worker's could take its session over.
    username
        The broker's user.
    password
        Its secret; not shown when printed.
    """

    host: str
    port: int
    client_id: str
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class BatchParams:
    """
    How messages are gathered into one transaction.

    Parameters
    ----------
    most_frames
        Messages in one batch at most.
    linger_s
        How long a first message waits for company, seconds.
    most_pending
        Messages held that are not yet acknowledged; the network waits beyond it.
    most_bytes
        Bytes of messages waiting to be taken; the network waits beyond it.
    """

    most_frames: int = 1_000
    linger_s: float = 0.004
    most_pending: int = 4_000
    most_bytes: int = 64_000_000

    def __post_init__(self) -> None:
        if self.most_frames < 1 or self.most_pending < self.most_frames or self.linger_s < 0:
            raise ValueError(f"A batch needs 1 <= most_frames <= most_pending and linger_s >= 0, got {self}.")


@dataclass(frozen=True, slots=True)
class Frame:
    """
    One message, as it lies between the network and the database.

    Parameters
    ----------
    topic, payload
        What came.
    packet_id
        The broker's number for it, good for one connection only; 0 needs no acknowledgement.
    generation
        Which connection it came on.
    is_retained, broker_id
        Whether the broker had kept it from before; which broker, where one listens to several.
    received_at
        When it came off the network, later than any before it; None where nobody looked at a clock.
    """

    topic: str
    payload: bytes
    packet_id: int
    generation: int
    is_retained: bool = False
    broker_id: str = "embedded"
    received_at: datetime | None = None


class Subscriber:
    """
    A persistent session that hands frames over in batches and acknowledges what it is told.

    Its thread alone speaks to the broker, and it reads only while a batch is asked for: two threads of one
    interpreter that both have work hinder each other, and what waits is safe with the broker.

    Parameters
    ----------
    endpoint
        The broker and the session's name.
    filters
        Topic filters, subscribed at QoS 1.
    params
        The size of a batch and of the memory.
    now
        The clock that dates arrivals; None dates none.
    prefix
        What the broker put before every topic, taken off again.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        filters: Sequence[str],
        params: BatchParams | None = None,
        *,
        now: Callable[[], datetime] | None = None,
        prefix: str = "",
    ) -> None:
        self._filters = [(topic_filter, 1) for topic_filter in filters]
        self._params, self._now, self._prefix = params or BatchParams(), now, prefix
        self._endpoint, self._generation = endpoint, next(_GENERATIONS)
        self._last_at: datetime | None = None
        self._waiting: deque[Frame] = deque()
        self._waiting_bytes = self._came = 0
        self._pending: set[int] = set()
        self._durable: deque[int] = deque()
        self._changed, self._subscribed = threading.Condition(), threading.Event()
        self._stopping = self._is_asked = False
        self._woken, self._waker = socket.socketpair()
        self._waker.setblocking(False)
        self._client = client = client_of(endpoint, clean_session=False, manual_ack=True)
        client.on_connect, client.on_subscribe = self._on_connect, self._on_subscribe
        client.on_message = self._on_message
        self._thread = threading.Thread(target=self._run, name=f"mqtt {endpoint.host}", daemon=True)

    def start(self, timeout_s: float | None = None) -> None:
        """
        Connects, and reconnects from now on until stopped.

        Parameters
        ----------
        timeout_s
            Waits so long until the subscription stands; None does not wait.

        Raises
        ------
        NotConnected
            When it did not stand in time.
        """
        self._client.connect_async(self._endpoint.host, self._endpoint.port, KEEPALIVE_S)
        self._thread.start()
        if timeout_s is not None and not self._subscribed.wait(timeout_s):
            self.stop()
            raise NotConnected(f"No subscription at {self._endpoint} within {timeout_s} s.")

    def stop(self) -> None:
        """Disconnects; what was not acknowledged comes again in the next session."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        self._wake()
        self._thread.join()
        self._woken.close()
        self._waker.close()

    @property
    def connected(self) -> bool:
        """Whether the subscription stands."""
        return self._subscribed.is_set()

    def next_batch(self, timeout_s: float) -> list[Frame]:
        """
        The frames that came, oldest first; empty when none came in time.

        Parameters
        ----------
        timeout_s
            How long to wait for the first one, seconds.
        """
        with self._changed:
            self._is_asked = True
            self._wake()
            self._changed.wait_for(lambda: self._waiting or self._stopping, timeout_s)
            if self._waiting:
                self._changed.wait_for(self._is_full, self._params.linger_s)
            self._is_asked = False
            count = min(len(self._waiting), self._params.most_frames)
            batch = [self._waiting.popleft() for _ in range(count)]
            self._waiting_bytes -= sum(len(frame.payload) for frame in batch)
        return batch

    def acknowledge(self, frames: Sequence[Frame]) -> int:
        """
        Tells the broker, in this order, that these frames are durable; gives how many it was told.

        A frame of an older connection is passed over: its packet id may by now mean another message.
        The broker sends such a frame again, and its keys make that harmless.
        """
        with self._changed:  # so that no new connection begins between the question and the answer
            mine = dict.fromkeys(one.packet_id for one in frames if one.generation == self._generation)
            durable = [packet_id for packet_id in mine if packet_id in self._pending]
            self._pending.difference_update(durable)
            self._durable.extend(durable)
        self._wake()
        return len(durable)

    def _run(self) -> None:
        """The thread: connects, moves packets, connects again."""
        while not self._stopping:
            with contextlib.suppress(OSError):
                self._client.reconnect()
                self._move_packets()
            self._subscribed.clear()
            with self._changed:
                self._generation = next(_GENERATIONS)
                self._pending.clear()
                self._durable.clear()
                self._changed.wait_for(lambda: self._stopping, _RECONNECT_S)

    def _move_packets(self) -> None:
        """Reads and writes until the connection is gone."""
        client, tending = self._client, False
        while (connection := client.socket()) is not None:
            wants = [self._woken, connection] if self._may_read(tending) else [self._woken]
            writes = [connection] if client.want_write() else []
            readable, writable, _ = select.select(wants, writes, [], _TEND_S)
            tending = not (readable or writable)
            if self._woken in readable:
                self._woken.recv(4096)
            if writable:
                client.loop_write()
            if connection in readable:
                self._read_some()
            self._send_acknowledgements()
            client.loop_misc()
            if self._stopping:
                self._leave()

    def _leave(self) -> None:
        """Disconnects once nothing is unread: a close with unread bytes would undo the acknowledgements."""
        while (connection := self._client.socket()) and select.select([connection], [], [], 0)[0]:
            self._client.loop_read()
        self._client.disconnect()

    def _may_read(self, tending: bool) -> bool:
        """On demand; else now and then, so that the broker's answers are heard while the worker is busy."""
        return self._has_room() and (self._is_asked or tending or not self._subscribed.is_set())

    def _read_some(self) -> None:
        """Takes what came, up to a batch."""
        with self._changed:
            for _ in range(self._params.most_frames):
                before = self._came
                self._client.loop_read()
                if self._came == before or not self._has_room():
                    break
            self._changed.notify_all()

    def _send_acknowledgements(self) -> None:
        """Those of this connection; `_run` forgets the others at its end."""
        while self._durable and self._client.socket() is not None:
            self._client.ack(self._durable.popleft(), 1)

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # full: it is awake already; closed: it is gone
            self._waker.send(b"\0")

    def _is_full(self) -> bool:
        return len(self._waiting) >= self._params.most_frames or self._stopping

    def _has_room(self) -> bool:
        if self._waiting_bytes >= self._params.most_bytes:
            return False
        return max(len(self._waiting), len(self._pending)) < self._params.most_pending

    def _on_connect(
        self, client: paho.Client, _: object, flags: object, reason: ReasonCode, props: Properties | None
    ) -> None:
        if not reason.is_failure:
            client.subscribe(self._filters)

    def _on_subscribe(
        self, client: paho.Client, _: object, mid: int, reasons: list[ReasonCode], props: Properties | None
    ) -> None:
        if not any(reason.is_failure for reason in reasons):
            self._subscribed.set()

    def _on_message(self, client: paho.Client, _: object, message: paho.MQTTMessage) -> None:
        self._came += 1
        packet_id = message.mid if message.qos else 0
        if packet_id in self._pending:
            return  # sent again while we still hold it
        if packet_id:
            self._pending.add(packet_id)
        payload, retained = bytes(message.payload), bool(message.retain)
        topic, at = _topic(message).removeprefix(self._prefix), self._arrival()
        frame = Frame(topic, payload, packet_id, self._generation, retained, received_at=at)
        self._waiting.append(frame)
        self._waiting_bytes += len(frame.payload)

    def _arrival(self) -> datetime | None:
        """Two values that nothing else tells apart must not share their instant."""
        if self._now is not None:
            at = self._now()
            self._last_at = at if self._last_at is None else max(at, self._last_at + _NEXT)
        return self._last_at


def ensure_session(endpoint: Endpoint, filters: Sequence[str], timeout_s: float) -> None:
    """Leaves a persistent session behind, so that the broker keeps what comes; raises `NotConnected`."""
    session = Subscriber(endpoint, filters)
    session.start(timeout_s)
    session.stop()


def end_session(endpoint: Endpoint, timeout_s: float) -> None:
    """Has the broker forget a session and what it keeps for it; raises `NotConnected`."""
    client, granted = client_of(endpoint, clean_session=True, manual_ack=False), threading.Event()
    client.on_connect = lambda _, __, ___, reason, ____: None if reason.is_failure else granted.set()
    try:
        client.connect(endpoint.host, endpoint.port, KEEPALIVE_S)
    except OSError as error:
        raise NotConnected(f"{endpoint}: {error}") from error
    client.loop_start()
    is_over = granted.wait(timeout_s)
    client.disconnect()
    client.loop_stop()
    if not is_over:
        raise NotConnected(f"{endpoint} was not granted within {timeout_s} s.")


def client_of(endpoint: Endpoint, *, clean_session: bool, manual_ack: bool) -> paho.Client:
    """A client of paho's that signs in as told and is not yet connected."""
    client = paho.Client(
        CallbackAPIVersion.VERSION2,
        client_id=endpoint.client_id,
        clean_session=clean_session,
        manual_ack=manual_ack,
    )
    client.username_pw_set(endpoint.username or None, endpoint.password)
    client.reconnect_delay_set(1, _LONGEST_PAUSE_S)
    return client


def _topic(message: paho.MQTTMessage) -> str:
    try:
        return message.topic.replace("\0", "\ufffd")
    except UnicodeDecodeError:
        return "\ufffd"
