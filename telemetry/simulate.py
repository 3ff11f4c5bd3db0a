"""
Sensors of a simulated day, on a physical model of their own, publishing over real MQTT.

Nothing here is shared with those who predict or judge: not a constant, not a line. The food is three layers
that pass heat outwards; its surface warms the air in the box, the air the wall, the wall the weather. An
open lid joins the air to the weather and lets steam carry heat off the surface.
"""

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal

from telemetry.mqtt import Endpoint
from telemetry.publisher import Publisher

Fault = Literal["broken_lid", "silent", "backlog"]

STEP_S = 10
EVERY_S = 60

# Heat capacities as parts of the whole food's, conductances as parts of it an hour.
_CORE, _MIDDLE, _SURFACE, _WALL = 0.40, 0.35, 0.25, 0.05
_CORE_TO_MIDDLE, _MIDDLE_TO_SURFACE = 2.4, 2.4
_SURFACE_TO_AIR, _AIR_TO_WALL, _WALL_TO_WEATHER = 0.42, 0.67, 0.09
_OPEN_AIR_TO_WEATHER = 6.0
_STEAM_LID_UP, _STEAM_LID_BROKEN = 0.15, 0.60

_LAG_S: Mapping[str, tuple[float, float]] = {"core": (25.0, 45.0), "air": (80.0, 150.0)}
_NOISE_C = 0.07
_TICK_C = 0.0625  # what a 12-bit sensor can tell apart
_BATTERY_EVERY = 60


@dataclass(frozen=True, slots=True)
class SimBox:
    """
    One box of a simulated day and the sensor in it.

    Parameters
    ----------
    device_id, probe
        The sensor and its probe.
    senses
        ``"core"`` or ``"air"``: where the probe is.
    packed_at
        When the food went in.
    core_at_packing_c
        The food's core then, degrees Celsius.
    ambient_c
        The weather around the box, degrees Celsius.
    openings
        When the lid was lifted, and for how many seconds.
    until_at
        The sensor's last minute.
    fault
        ``"broken_lid"`` lets the heat out, ``"silent"`` sends nothing, ``"backlog"`` sends all of it at the
        end, each from ``fault_at`` until ``fault_until``.
    fault_at, fault_until
        When the fault begins and ends; both or neither.

    Raises
    ------
    ValueError
        When a fault lacks its time or the box ends before it begins.
    """

    device_id: str
    probe: str
    senses: Literal["core", "air"]
    packed_at: datetime
    core_at_packing_c: float
    ambient_c: float
    openings: tuple[tuple[datetime, int], ...]
    until_at: datetime
    fault: Fault | None = None
    fault_at: datetime | None = None
    fault_until: datetime | None = None

    def __post_init__(self) -> None:
        if self.until_at < self.packed_at:
            raise ValueError(f"until_at {self.until_at} lies before packed_at {self.packed_at}.")
        if self.fault is not None and (self.fault_at is None or self.fault_until is None):
            raise ValueError(f"The fault {self.fault} needs its fault_at and fault_until.")

    def suffers(self, fault: Fault, at: datetime) -> bool:
        """Whether this fault is on at this instant."""
        if self.fault != fault or self.fault_at is None or self.fault_until is None:
            return False
        return self.fault_at <= at < self.fault_until


@dataclass(frozen=True, slots=True)
class SimFrame:
    """
    One message of a simulated sensor.

    Parameters
    ----------
    device_id
        Who sends it.
    send_at
        When.
    topic, payload
        What it sends.
    readings_count
        How many readings it carries.
    """

    device_id: str
    send_at: datetime
    topic: str
    payload: bytes
    readings_count: int


def frames(box: SimBox, seed: int) -> list[SimFrame]:
    """
    What a box's sensor sends from packing to its last minute, in order.

    Parameters
    ----------
    box
        The box, its day and its fault.
    seed
        Same box and seed, same bytes.

    Returns
    -------
    list[SimFrame]
        One reading a minute. Those measured during a backlog travel together in the frame that ends it;
        those of a silence are not sent at all.
    """
    sent: list[SimFrame] = []
    held: list[dict[str, object]] = []
    for at, value_c in measured(box, seed):
        if box.suffers("silent", at):
            continue
        held.append({"t": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "probe": box.probe, "c": value_c})
        if not box.suffers("backlog", at):
            sent.append(_frame(box, at, len(sent) + 1, held))
            held = []
    return sent


def measured(box: SimBox, seed: int) -> Iterator[tuple[datetime, float]]:
    """What a box's probe shows, degrees Celsius, once a minute on the device's own second of the minute."""
    rng = random.Random(f"{seed}/{box.device_id}/frames")
    track, place = _track(box, seed), 0 if box.senses == "core" else 1
    lag_s = rng.uniform(*_LAG_S[box.senses])
    phase = rng.randrange(EVERY_S // STEP_S)
    shown_c = track[0][place]
    for step, temperatures in enumerate(track):
        shown_c += (temperatures[place] - shown_c) * STEP_S / lag_s
        if step % (EVERY_S // STEP_S) == phase:
            told_c = shown_c + rng.gauss(0, _NOISE_C)
            yield box.packed_at + timedelta(seconds=step * STEP_S), round(told_c / _TICK_C) * _TICK_C


def core_at(box: SimBox, at: datetime, seed: int) -> float:
    """
    The food's true core temperature at an instant, as a perfect hand probe would read it.

    Parameters
    ----------
    box, seed
        As for `frames`.
    at
        The instant; before packing it is the core at packing, after ``until_at`` the last one known.
    """
    steps = int((at - box.packed_at).total_seconds() // STEP_S)
    track = _track(box, seed)
    return track[min(max(steps, 0), len(track) - 1)][0]


class Player:
    """
    Plays a day's frames over MQTT, each device on a connection of its own.

    Parameters
    ----------
    day
        The frames of every box.
    endpoints
        Where and as whom each device connects, by device id.
    """

    def __init__(self, day: Sequence[SimFrame], endpoints: Mapping[str, Endpoint]) -> None:
        self._waiting = sorted(day, key=lambda frame: (frame.send_at, frame.device_id), reverse=True)
        devices = sorted({frame.device_id for frame in day})
        self._publishers = {device_id: Publisher(endpoints[device_id]) for device_id in devices}

    def start(self) -> None:
        """Connects every device."""
        for publisher in self._publishers.values():
            publisher.start()

    def publish_until(self, at: datetime, timeout_s: float = 30.0) -> bool:
        """
        Sends every frame that is due by an instant and waits for the acknowledgements.

        Parameters
        ----------
        at
            The simulated instant.
        timeout_s
            Longest wait for one device, real seconds; what is late is still being sent.

        Returns
        -------
        bool
            Whether all that was ever sent is acknowledged.
        """
        while self._waiting and self._waiting[-1].send_at <= at:
            frame = self._waiting.pop()
            self._publishers[frame.device_id].publish(frame.topic, frame.payload, frame.readings_count)
        return all(publisher.wait(timeout_s) for publisher in self._publishers.values())

    def readings_of(self, device_ids: Iterable[str]) -> tuple[int, int]:
        """Readings of some devices that were handed to the network so far, and those acknowledged."""
        own = [self._publishers[device_id] for device_id in device_ids]
        return sum(one.readings_published for one in own), sum(one.readings_acknowledged for one in own)

    @property
    def readings_published(self) -> int:
        """Readings handed to the network so far."""
        return sum(publisher.readings_published for publisher in self._publishers.values())

    @property
    def readings_acknowledged(self) -> int:
        """Readings whose frame the broker acknowledged."""
        return sum(publisher.readings_acknowledged for publisher in self._publishers.values())

    @property
    def frames_left(self) -> int:
        """Frames that are not due yet."""
        return len(self._waiting)

    def stop(self) -> None:
        """Disconnects every device."""
        for publisher in self._publishers.values():
            publisher.stop()


def _frame(box: SimBox, at: datetime, number: int, held: list[dict[str, object]]) -> SimFrame:
    body: dict[str, object] = {"seq": number, "readings": held}
    tells_battery = number % _BATTERY_EVERY == 1
    if tells_battery:
        body["battery"] = round(0.95 - number / 50_000, 3)
    topic = f"holdchain/v1/{box.device_id}/readings"
    return SimFrame(box.device_id, at, topic, json.dumps(body).encode(), len(held) + tells_battery)


@lru_cache(maxsize=512)
def _track(box: SimBox, seed: int) -> tuple[tuple[float, float], ...]:
    """Core and air temperature every `STEP_S` seconds from packing to the last minute."""
    rng = random.Random(f"{seed}/{box.device_id}/physics")
    insulation = rng.uniform(0.94, 1.06)
    food = [box.core_at_packing_c, box.core_at_packing_c - 0.4, box.core_at_packing_c - 1.5]
    wall_c = box.ambient_c + (box.core_at_packing_c - box.ambient_c) * rng.uniform(0.50, 0.60)
    steps = int((box.until_at - box.packed_at).total_seconds()) // STEP_S + 1
    track = []
    for step in range(steps):
        vent, steam = _lid(box, box.packed_at + timedelta(seconds=step * STEP_S))
        air_c = _air(food[2], wall_c, box.ambient_c, vent)
        track.append((food[0], air_c))
        wall_gain = _AIR_TO_WALL * (air_c - wall_c)
        wall_loss = insulation * _WALL_TO_WEATHER * (wall_c - box.ambient_c)
        _cool(food, air_c, steam * (food[2] - box.ambient_c))
        wall_c += (wall_gain - wall_loss) / _WALL * STEP_S / 3600
    return tuple(track)


def _lid(box: SimBox, at: datetime) -> tuple[float, float]:
    """How strongly air and steam leave through the lid."""
    if box.suffers("broken_lid", at):
        return _OPEN_AIR_TO_WEATHER, _STEAM_LID_BROKEN
    if any(opened_at <= at < opened_at + timedelta(seconds=open_s) for opened_at, open_s in box.openings):
        return _OPEN_AIR_TO_WEATHER, _STEAM_LID_UP
    return 0.0, 0.0


def _air(surface_c: float, wall_c: float, ambient_c: float, vent: float) -> float:
    """The air holds next to no heat, so it is always in balance with what surrounds it."""
    gained = _SURFACE_TO_AIR * surface_c + _AIR_TO_WALL * wall_c + vent * ambient_c
    return gained / (_SURFACE_TO_AIR + _AIR_TO_WALL + vent)


def _cool(food: list[float], air_c: float, steam: float) -> None:
    core_c, middle_c, surface_c = food
    outwards = _CORE_TO_MIDDLE * (core_c - middle_c)
    further = _MIDDLE_TO_SURFACE * (middle_c - surface_c)
    away = _SURFACE_TO_AIR * (surface_c - air_c) + steam
    food[0] -= outwards / _CORE * STEP_S / 3600
    food[1] += (outwards - further) / _MIDDLE * STEP_S / 3600
    food[2] += (further - away) / _SURFACE * STEP_S / 3600
