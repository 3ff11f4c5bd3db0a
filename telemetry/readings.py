"""What a sensor said, what could not be read, and which probe sat in which box."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Literal, get_args

from msgspec import Struct

from orders.codes import Coded

Senses = Literal["core", "dummy", "air", "wall", "ambient"]
SENSES: tuple[Senses, ...] = get_args(Senses)

Doubt = Literal["", "time", "power_on"]
DOUBTS: tuple[Doubt, ...] = get_args(Doubt)

NO_SEQUENCE = -1
WHOLE_DEVICE = "device"
COLDEST_C = -273.15
HOTTEST_C = 1000.0
KEPT_BYTES = 65_536

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Quantity:
    """
    What can be measured, in one unit wherever it came from.

    Parameters
    ----------
    unit
        Its unit; empty for a count.
    least, most
        Outside of them no sensor of the field can be right.
    """

    unit: str
    least: float
    most: float


QUANTITIES: Mapping[str, Quantity] = {
    "temperature": Quantity("C", COLDEST_C, HOTTEST_C),
    "humidity": Quantity("%", 0.0, 165.0),
    "pressure": Quantity("Pa", 0.0, 200_000.0),
    "battery": Quantity("%", 0.0, 100.0),
    "battery_voltage": Quantity("V", 0.0, 66.0),
    "battery_low": Quantity("", 0.0, 1.0),
    "acceleration_x": Quantity("g", -64.0, 64.0),
    "acceleration_y": Quantity("g", -64.0, 64.0),
    "acceleration_z": Quantity("g", -64.0, 64.0),
    "movements": Quantity("", 0.0, 2.0**32),
    "open": Quantity("", 0.0, 1.0),
    "illuminance": Quantity("lx", 0.0, 1e6),
    "carbon_dioxide": Quantity("ppm", 0.0, 100_000.0),
    "pm1": Quantity("ug/m3", 0.0, 100_000.0),
    "pm2_5": Quantity("ug/m3", 0.0, 100_000.0),
    "pm4": Quantity("ug/m3", 0.0, 100_000.0),
    "pm10": Quantity("ug/m3", 0.0, 100_000.0),
    "voc_index": Quantity("", 0.0, 100_000.0),
    "nox_index": Quantity("", 0.0, 100_000.0),
    "transmit_power": Quantity("dBm", -127.0, 127.0),
    "uptime": Quantity("s", 0.0, 1e10),
}


class Reading(Struct, frozen=True, gc=False):
    """
    One value of one probe at one instant, exactly as decoded.

    A struct where other facts are dataclasses: readings are made by the million, and it costs a fifth.

    Parameters
    ----------
    device_id
        The sensor's id, as in its topic.
    probe
        The probe's name on that device.
    senses
        What the probe senses, when the frame says it; None leaves it to the `ProbeUse`.
    quantity
        What is measured, one of `QUANTITIES`.
    value
        The value in the quantity's unit, as decoded, not rounded.
    measured_at
        The device's own time of the measurement; where it tells none, its gateway's, else the arrival.
    received_at
        When the worker took the frame.
    sequence
        The device's counter, or `NO_SEQUENCE`: part of the key, so never missing.
    backfill
        Whether it was sent from the device's memory: as a record, or so late that it must have been.
    doubt
        Why it is kept but judged by nobody: ``"time"``, its instant cannot be; ``"power_on"``, the value
        may be what the sensor says when it starts, which its neighbours decide; empty for none.

    Raises
    ------
    ValueError
        When a name, the value or the counter cannot be, or an instant has no zone.
    """

    device_id: str
    probe: str
    senses: Senses | None
    quantity: str
    value: float
    measured_at: datetime
    received_at: datetime
    sequence: int = NO_SEQUENCE
    backfill: bool = False
    doubt: Doubt = ""

    def __post_init__(self) -> None:
        if not (is_name(self.device_id) and is_name(self.probe)):
            raise ValueError(f"Not a name: {(self.device_id, self.probe)!a}.")
        bounds = QUANTITIES.get(self.quantity)
        if bounds is None or not bounds.least <= self.value <= bounds.most:
            raise ValueError(f"value must be a possible {self.quantity}, got {self.value}.")
        if self.measured_at.tzinfo is None or self.received_at.tzinfo is None:
            raise ValueError("measured_at and received_at must be aware.")
        if not NO_SEQUENCE <= self.sequence < 2**63:
            raise ValueError(f"sequence must be -1 or a counter of 63 bits, got {self.sequence}.")

    @property
    def unit(self) -> str:
        """The unit of its value."""
        return QUANTITIES[self.quantity].unit

    @property
    def key(self) -> tuple[str, str, str, datetime, int]:
        """What makes it the same reading when it arrives again."""
        return (self.device_id, self.probe, self.quantity, self.measured_at, self.sequence)


@dataclass(frozen=True, slots=True)
class BadFrame:
    """
    A frame, or a part of one, that gave no reading: kept with its bytes for its owner.

    Parameters
    ----------
    topic
        The topic it came on.
    payload
        Its bytes, the first `KEPT_BYTES` of them.
    reason
        The finding, with its details.
    received_at
        When the worker took it.
    """

    topic: str
    payload: bytes
    reason: Coded
    received_at: datetime

    def __post_init__(self) -> None:
        if len(self.payload) > KEPT_BYTES:
            raise ValueError(f"payload must be cut to {KEPT_BYTES} bytes, got {len(self.payload)}.")
        if self.received_at.tzinfo is None:
            raise ValueError("received_at must be aware.")


@dataclass(frozen=True, slots=True)
class Decoded:
    """
    What one frame gave: readings and findings, which may stand side by side.

    Parameters
    ----------
    readings
        In the order of the frame.
    findings
        What was wrong, one for each kind; ``count`` says how often, ``detail`` shows the first.
    """

    readings: tuple[Reading, ...]
    findings: tuple[Coded, ...]


@dataclass(frozen=True, slots=True)
class ProbeUse:
    """
    Which probe sat in which box, and when.

    Parameters
    ----------
    device_id, probe
        The sensor and its probe.
    senses
        What it senses in this box.
    box_id
        The box it sat in.
    from_at, to_at
        From its packing to its return; None while it is still inside.
    core_c
        Core temperature by a hand probe at packing, degrees Celsius, or None.
    """

    device_id: str
    probe: str
    senses: Senses
    box_id: str
    from_at: datetime
    to_at: datetime | None = None
    core_c: float | None = None

    def __post_init__(self) -> None:
        if self.to_at is not None and self.to_at < self.from_at:
            raise ValueError(f"A probe cannot leave at {self.to_at} before it came at {self.from_at}.")

    def holds_at(self, at: datetime) -> bool:
        """Whether the probe sat in the box at this instant (its first, not its last)."""
        return self.from_at <= at and (self.to_at is None or at < self.to_at)


def bad_frames(topic: str, payload: bytes, received_at: datetime, decoded: Decoded) -> list[BadFrame]:
    """One `BadFrame` for each finding of a frame, with the frame's bytes cut to `KEPT_BYTES`."""
    return [BadFrame(topic, payload[:KEPT_BYTES], finding, received_at) for finding in decoded.findings]


@lru_cache(maxsize=16_384)
def is_name(text: str) -> bool:
    """Whether a text can name a device, a probe or a quantity: 64 plain characters, no wildcard."""
    return _NAME.fullmatch(text) is not None


def is_possible(quantity: str, value: float) -> bool:
    """Whether a number can be a value of this quantity at all; NaN never can."""
    bounds = QUANTITIES[quantity]
    return bounds.least <= value <= bounds.most


def summed_findings(found: Mapping[str, list[str]]) -> tuple[Coded, ...]:
    """
    Findings of one frame by kind.

    Parameters
    ----------
    found
        For each code the details in order of appearance, at least one.

    Returns
    -------
    tuple[Coded, ...]
        One for each code, with the count and the first detail.
    """
    return tuple(
        Coded(code, {"count": len(details), "detail": details[0][:120]}) for code, details in found.items()
    )
