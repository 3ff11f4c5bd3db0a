"""
Any number of simulated sensors of any family, with their faults: what each would send, minute by minute.

Seeded: the same fleet and seed send the same bytes. Shares nothing with those who read or judge.
"""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

from telemetry.simulate import SimBox, measured
from telemetry.simulate_families import SIM_FAMILIES, Measure, SimFamily, SimMessage, Speaker

FleetFault = Literal[
    "silent", "backlog", "stuck", "drifting-clock", "duplicate", "garbage", "reconnect-storm"
]
FLEET_FAULTS: tuple[FleetFault, ...] = get_args(FleetFault)
Kind = Literal["frame", "copy", "garbage"]

DEVICES_A_BRIDGE = 50
STORM_EVERY = 5
_DRIFT_S = (20, 40)
_GARBAGE = (
    b"\xff\xfe\x00\x80",
    b'{"readings": [',
    b'{"a": 1, "a": 2}',
    b'{"readings": [{"t": "2026-11-23T02:10:00Z", "probe": "core", "c": NaN}]}',
    b"1e400",
    b"[" * 5_000,
    b'{"readings": [{"t": 0, "probe": "=HYPERLINK(1)", "c": 60}]}',
    b"'; DROP TABLE telemetry_readings;--",
    b"<script>alert(1)</script>",
    b"x" * 100_000,
)


@dataclass(frozen=True, slots=True)
class FleetParams:
    """
    The fleet and its day.

    Parameters
    ----------
    devices
        How many sensors, dealt to the families in turn.
    begin_at
        Instant of the first minute, whole seconds.
    minutes
        How long.
    families
        Which families.
    faults
        Part of the sensors that each fault befalls; a sensor has one at most.
    seed
        Same fleet and seed, same bytes.
    zone
        Time zone of the sensors whose clocks tell local time.

    Raises
    ------
    ValueError
        When there is nothing to simulate, or a family, a fault or a rate cannot be.
    """

    devices: int
    begin_at: datetime
    minutes: int = 30
    families: tuple[str, ...] = tuple(SIM_FAMILIES)
    faults: Mapping[FleetFault, float] = field(default_factory=dict)
    seed: int = 1
    zone: str = "Asia/Shanghai"

    def __post_init__(self) -> None:
        if self.devices < 1 or self.minutes < 1 or not self.families:
            raise ValueError(f"A fleet needs devices, minutes and families, got {self}.")
        if set(self.families) - set(SIM_FAMILIES) or set(self.faults) - set(FLEET_FAULTS):
            raise ValueError(f"Unknown family or fault: {self.families}, {tuple(self.faults)}.")
        if min(self.faults.values(), default=0) < 0 or sum(self.faults.values()) > 1 + 1e-9:
            raise ValueError(f"Rates are parts of 1 and together at most 1, got {dict(self.faults)}.")


@dataclass(frozen=True, slots=True)
class FleetDevice:
    """
    One sensor of the fleet.

    Parameters
    ----------
    family
        Its family.
    speaker
        Its names.
    fault
        What befalls it, None for nothing.
    from_minute, until_minute
        When a fault that passes is on.
    drift_s
        How many seconds a drifting clock gains a minute.
    """

    family: SimFamily
    speaker: Speaker
    fault: FleetFault | None
    from_minute: int
    until_minute: int
    drift_s: int

    @property
    def device_id(self) -> str:
        """Its name."""
        return self.speaker.device_id

    def suffers(self, fault: FleetFault, minute: int) -> bool:
        """Whether a fault that passes is on in this minute."""
        return self.fault == fault and self.from_minute <= minute < self.until_minute


@dataclass(frozen=True, slots=True)
class Sending:
    """
    One message on its way.

    Parameters
    ----------
    device_id
        Whose it is.
    user
        On whose connection it goes.
    message
        What is sent.
    kind
        A frame, a copy of one, or garbage.
    """

    device_id: str
    user: str
    message: SimMessage
    kind: Kind


def fleet(params: FleetParams) -> tuple[FleetDevice, ...]:
    """The sensors, by number; each fault befalls sensors that can have it, one at least."""
    rng = random.Random(f"{params.seed}/fleet")
    speakers = [_speaker(params, number) for number in range(params.devices)]
    befallen = _befallen(params, [family for family, _ in speakers], rng)
    devices = []
    for place, (family, speaker) in enumerate(speakers):
        from_minute = rng.randrange(max(1, params.minutes // 2))
        until_minute = min(params.minutes, from_minute + max(1, params.minutes // 3))
        drift_s = rng.choice((-1, 1)) * rng.randint(*_DRIFT_S)
        fault = befallen.get(place)
        devices.append(FleetDevice(family, speaker, fault, from_minute, until_minute, drift_s))
    return tuple(devices)


def minutes_of(params: FleetParams, devices: Sequence[FleetDevice]) -> Iterator[list[Sending]]:
    """
    What the fleet sends in each minute.

    Parameters
    ----------
    params
        The fleet.
    devices
        Its sensors, as `fleet` gives them.

    Yields
    ------
    list[Sending]
        By sensor. Those of a backlog come in the minute that ends it, at the latest in the last one.
    """
    playing = [_Playing(params, device) for device in devices]
    for minute in range(params.minutes):
        yield [sending for one in playing for sending in one.sendings(minute)]


def is_storm(minute: int) -> bool:
    """Whether the connections with that fault break in this minute, all at once."""
    return minute % STORM_EVERY == STORM_EVERY // 2


class _Playing:
    """One sensor at work: its measurements, and what it could not send yet."""

    def __init__(self, params: FleetParams, device: FleetDevice) -> None:
        self._params, self._device = params, device
        self._rng = random.Random(f"{params.seed}/{device.device_id}/garbage")
        self._shown = _temperatures(params, device)
        self._held: list[Measure] = []

    def sendings(self, minute: int) -> list[Sending]:
        """What it sends in a minute; in a silence it measures and forgets."""
        device = self._device
        if device.suffers("silent", minute):
            return []
        self._held.append(self._measure(minute))
        if device.suffers("backlog", minute) and minute < self._params.minutes - 1:
            return []
        frames = device.family.speak(device.speaker, self._held)
        self._held = []
        sent = [self._sending(message, "frame") for message in frames]
        if device.fault == "duplicate":
            sent += [self._sending(message, "copy") for message in frames]
        if device.fault == "garbage":
            bad = SimMessage(frames[0].topic, self._rng.choice(_GARBAGE), 0)
            sent.append(self._sending(bad, "garbage"))
        return sent

    def _measure(self, minute: int) -> Measure:
        device = self._device
        at, temp_c = self._shown[minute]
        if device.fault == "stuck" and minute >= device.from_minute:
            temp_c = self._shown[device.from_minute][1]
        if device.fault == "drifting-clock":
            at += timedelta(seconds=device.drift_s * minute)
        return Measure(minute + 1, at, temp_c)

    def _sending(self, message: SimMessage, kind: Kind) -> Sending:
        return Sending(self._device.device_id, self._device.speaker.user, message, kind)


def _temperatures(params: FleetParams, device: FleetDevice) -> list[tuple[datetime, float]]:
    """A box of warm food around each sensor."""
    rng = random.Random(f"{params.seed}/{device.device_id}/box")
    until_at = params.begin_at + timedelta(minutes=params.minutes)
    box = SimBox(
        device.device_id,
        "core",
        "core",
        params.begin_at,
        core_at_packing_c=rng.uniform(72, 80),
        ambient_c=rng.uniform(5, 28),
        openings=(),
        until_at=until_at,
    )
    return list(measured(box, params.seed))


def _speaker(params: FleetParams, place: int) -> tuple[SimFamily, Speaker]:
    family = SIM_FAMILIES[params.families[place % len(params.families)]]
    number = place // len(params.families) + 1
    device_id = user = family.name_device(number)
    if family.connects != "itself":
        user = f"sim-{family.name}-{family.connects}-{(number - 1) // DEVICES_A_BRIDGE + 1}"
    return family, Speaker(number, device_id, user, params.zone)


def _befallen(
    params: FleetParams, families: Sequence[SimFamily], rng: random.Random
) -> dict[int, FleetFault]:
    """Which sensor suffers what: the faults that few can have choose first."""
    befallen: dict[int, FleetFault] = {}
    choosing = sorted(params.faults, key=lambda fault: fault not in ("drifting-clock", "backlog"))
    for fault in choosing:
        can = [
            place
            for place, family in enumerate(families)
            if place not in befallen and _can_have(family, fault)
        ]
        wished = math.ceil(params.faults[fault] * params.devices)
        for place in rng.sample(can, min(wished, len(can))):
            befallen[place] = fault
    return befallen


def _can_have(family: SimFamily, fault: FleetFault) -> bool:
    if fault == "drifting-clock":
        return family.has_clock
    return family.has_memory if fault == "backlog" else True
