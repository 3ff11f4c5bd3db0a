"""The rehearsal's cold room, freezer and sample fridge: sensors, hand checks, a delivery, a defrost."""

import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from api.demo.script import Act
from telemetry.simulate import SimFrame

EVERY = timedelta(minutes=5)
COMPRESSOR = timedelta(minutes=40)
BEGINS_AFTER = timedelta(hours=1)
TICK_C = 1 / 16


@dataclass(frozen=True, slots=True)
class Equipment:
    """
    A fixed asset of the rehearsal.

    Parameters
    ----------
    code, kind, name
        As the house lists it.
    usual_c, swing_c
        Its air around which temperature, and how far the compressor lets it swing, degrees Celsius.
    rises_c, rises_for
        How much warmer a delivery or a defrost makes it, and for how long.
    """

    code: str
    kind: str
    name: str
    usual_c: float
    swing_c: float
    rises_c: float = 0.0
    rises_for: timedelta = timedelta()

    @property
    def device_id(self) -> str:
        """The sensor in it."""
        return f"TH-{self.code}"


def equipment(fridges: Sequence[Mapping[str, str]]) -> tuple[Equipment, ...]:
    """The fridge of the samples, a cold room whose door a delivery opens, and a freezer that defrosts."""
    samples, *rooms = fridges
    return (
        Equipment(samples["code"], "sample_fridge", samples["name"], 4.0, 0.5),
        *(
            Equipment(one["code"], "cold_room", one["name"], 4.0, 0.6, 5.0, timedelta(minutes=8))
            for one in rooms
        ),
        Equipment("FZ-1", "freezer", "冷冻库", -19.0, 0.8, 10.0, timedelta(minutes=24)),
    )


def listed(every: Sequence[Equipment]) -> list[dict[str, str]]:
    """The assets as the house takes them."""
    return [{"code": one.code, "kind": one.kind, "name": one.name} for one in every]


def devices(every: Sequence[Equipment]) -> list[dict[str, Any]]:
    """Their sensors as the house lets them in."""
    return [{"device_id": one.device_id, "probes": {"air": "air"}} for one in every]


def mounting_acts(every: Sequence[Equipment], kitchen_id: str, at: datetime) -> list[Act]:
    """Each sensor is mounted, before the first frame."""
    return [
        Act(at, 0, "kitchen", f"/api/v1/assets/{kitchen_id}/{one.code}/sensors", {"sensor": one.device_id})
        for one in every
    ]


def hand_checks(every: Sequence[Equipment], register: str, by: Mapping[str, str]) -> list[dict[str, Any]]:
    """What somebody reads off a hand probe in each of them."""
    return [
        {
            "register_code": register,
            "subject": one.code,
            "answers": {"temperature_c": f"{one.usual_c:.1f}", "probe": by["probe"]},
            "person": by["person"],
        }
        for one in every
    ]


def frames(every: Sequence[Equipment], from_at: datetime, to_at: datetime, seed: int) -> list[SimFrame]:
    """What the sensors send, a reading every five minutes: same seed, same bytes."""
    return [frame for one in every for frame in _frames(one, from_at, to_at, seed)]


def _frames(one: Equipment, from_at: datetime, to_at: datetime, seed: int) -> Iterator[SimFrame]:
    rng = random.Random(f"{seed}/{one.code}/equipment")
    phase = rng.uniform(0, 2 * math.pi)
    rise_at = from_at + BEGINS_AFTER
    at, number = from_at, 1
    while at <= to_at:
        turn = phase + 2 * math.pi * ((at - from_at) / COMPRESSOR)
        value_c = one.usual_c + one.swing_c * math.sin(turn) + rng.gauss(0, 0.05)
        if one.rises_for and rise_at <= at <= rise_at + one.rises_for:
            value_c = one.usual_c + one.rises_c
        told_c = round(value_c / TICK_C) * TICK_C
        told = [{"t": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "probe": "air", "c": told_c}]
        body = json.dumps({"seq": number, "readings": told}).encode()
        yield SimFrame(one.device_id, at, f"holdchain/v1/{one.device_id}/readings", body, 1)
        at, number = at + EVERY, number + 1
