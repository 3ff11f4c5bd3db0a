"""``holdchain bench telemetry``: the whole path from a sensor to a durable, judged reading, beside a peer."""

import itertools
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from api.bench.box_day import bench_box_day
from api.bench.packed_house import PackedHouse, packed_house
from api.bench.problem import Size
from api.bench.servers import find_server, postgres
from api.bench.telemetry_runs import Bench, LastingJudges, device, mosquitto_held, nats
from api.bench.watch import machine
from telemetry.broker_config import DeviceUser

Opened = Callable[[], AbstractContextManager[Bench]]
Waiting = Callable[[], Mapping[str, Any]]
READINGS_EACH = 60
SEQUENCES_APART = 1_000_000
PACES = (("always", 500.0, 50.0), ("10s", 2_000.0, 20.0))
PER_S, SQLITE_READINGS_PER_S, POSTGRES_READINGS_PER_S = 8_000, 150_000, 100_000
STORM_S, SEALED_BYTES, BOX_DAY_MS = 30.0, 5.0, 5.0


@dataclass(frozen=True, slots=True)
class TelemetrySize:
    """
    How much is sent and asked.

    Parameters
    ----------
    meals, sites
        Of the day whose boxes are judged meanwhile.
    devices
        That publish, those in boxes among them.
    messages
        Of one reading each, held by a broker with ``sync_interval`` 10 s before the worker comes.
    always_messages
        The same with ``always``.
    bulk_messages
        Of 60 readings each.
    paced_s
        Seconds at each pace.
    storm_devices
        That connect at once, each with a message.
    box_day_readings
        Among which box-days are asked for.
    questions
        How many box-days.
    seed
        Of everything drawn.
    """

    meals: int = 300
    sites: int = 8
    devices: int = 500
    messages: int = 40_000
    always_messages: int = 15_000
    bulk_messages: int = 5_000
    paced_s: float = 15.0
    storm_devices: int = 10_000
    box_day_readings: int = 2_000_000
    questions: int = 300
    seed: int = 1


QUICK = TelemetrySize(
    meals=12,
    sites=2,
    devices=20,
    messages=200,
    always_messages=100,
    bulk_messages=20,
    paced_s=0.5,
    storm_devices=30,
    box_day_readings=60_000,
    questions=20,
)


def bench_telemetry(size: TelemetrySize, *, servers: bool = True) -> dict[str, Any]:
    """
    Measures the telemetry's goals, each beside the plainest pipeline where there is one.

    Parameters
    ----------
    size
        How much.
    servers
        Whether PostgreSQL and Mosquitto are started where they are installed.

    Returns
    -------
    dict[str, Any]
        As docs/schemas/bench-telemetry.json says.
    """
    load, drains, paces = os.getloadavg()[0], [], []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="holdchain-bench-")))
        url = stack.enter_context(postgres()) if servers else None
        house, judges = stack.enter_context(_house(folder / "sqlite", size, None))
        devices = _devices(house, size)
        counter = itertools.count(1, SEQUENCES_APART)
        for sync in ("10s", "always"):
            opened = partial(nats, house, judges, devices, sync, counter)
            drains += _drains("sqlite", sync, opened, size)
            paces += [_paced(opened, *pace, size.paced_s) for pace in PACES if pace[0] == sync]
        if servers and find_server("mosquitto"):
            opened = partial(mosquitto_held, house, judges, devices, counter)
            drains += _drains("sqlite", "mosquitto", opened, size)
        if url is not None:
            with _house(folder / "postgres", size, url) as (other, others):
                drains += _drains(
                    "postgres", "10s", partial(nats, other, others, devices, "10s", counter), size
                )
        storm = _storm(house, judges, size)
        box_day = bench_box_day(folder, size.box_day_readings, size.questions, size.seed)
        digest, boxes = house.digest[:12], len(house.sensor_ids)
    return {
        "problem": {**asdict(size), "digest": digest, "boxes": boxes, "readings_each": READINGS_EACH},
        "machine": machine(load),
        "drains": drains,
        "paces": paces,
        "storm": storm,
        "box_day": box_day,
        "to_reach": _goals(drains, paces, storm, box_day),
    }


@contextmanager
def _house(folder: Path, size: TelemetrySize, url: str | None) -> Iterator[tuple[PackedHouse, LastingJudges]]:
    folder.mkdir()
    house = packed_house(folder, Size(size.meals, size.sites, size.seed), url)
    judges = LastingJudges(house)
    try:
        yield house, judges
    finally:
        judges.end()
        house.database.close()


def _devices(house: PackedHouse, size: TelemetrySize) -> tuple[DeviceUser, ...]:
    others = (f"DEV-{number:05d}" for number in range(size.devices - len(house.sensor_ids)))
    return tuple(device(name, number) for number, name in enumerate((*house.sensor_ids, *others), 1))


def _drains(database: str, broker: str, opened: Opened, size: TelemetrySize) -> list[dict[str, Any]]:
    """Ours and the peer's, of what a fresh broker holds: single readings, then many in a message."""
    single = size.always_messages if broker == "always" else size.messages
    found = []
    for messages, each in ((single, 1), (size.bulk_messages, READINGS_EACH)):
        with opened() as bench:
            published_per_s = bench.preload(messages, each)
            _, ours = bench.keep(messages)
        with opened() as bench:
            bench.preload(messages, each)
            peer = bench.keep_plainly(messages, each)
        found.append(
            {
                "database": database,
                "broker": broker,
                "readings_each": each,
                "published_per_s": published_per_s,
                "ours": ours,
                "peer": peer,
                "ratio": round(ours["per_s"] / peer["per_s"], 2),
            }
        )
    return found


def _paced(opened: Opened, broker: str, per_s: float, limit_ms: float, seconds: float) -> dict[str, Any]:
    """Publish to durable, at a pace, with the boxes judged meanwhile."""
    messages = int(per_s * seconds)
    sent: list[Waiting] = []
    with opened() as bench:
        noting, _ = bench.keep(messages, lambda: sent.append(bench.publishing(messages, per_s=per_s)))
        delays, late_ms = noting.delays_ms(), sent[0]()["late_ms"]
    return {
        "broker": broker,
        "per_s": per_s,
        "messages": messages,
        "p50_ms": round(delays[len(delays) // 2], 1),
        "p99_ms": round(delays[int(0.99 * len(delays))], 1),
        "sent_late_ms": late_ms,
        "limit_ms": limit_ms,
    }


def _storm(house: PackedHouse, judges: LastingJudges, size: TelemetrySize) -> dict[str, Any]:
    """Many devices connect at once to the broker that forces each message to disk, each with a message."""
    devices = tuple(device(f"STORM-{number:05d}", number) for number in range(1, size.storm_devices + 1))
    with nats(house, judges, devices, "always", itertools.count(1)) as bench:
        sent: list[Waiting] = []
        _, kept = bench.keep(len(devices), lambda: sent.append(bench.publishing(len(devices))))
        told = sent[0]()
    return {"devices": len(devices), "stored_s": kept["s"], "acknowledged_s": told["s"]}


def _goals(
    drains: list[dict[str, Any]],
    paces: list[dict[str, Any]],
    storm: Mapping[str, Any],
    box_day: Mapping[str, Any],
) -> list[dict[str, Any]]:
    goals = []
    for one in drains:
        if one["broker"] != "10s":
            continue
        bulk = one["readings_each"] > 1
        limit = SQLITE_READINGS_PER_S if one["database"] == "sqlite" else POSTGRES_READINGS_PER_S
        value = one["ours"]["readings_per_s" if bulk else "per_s"]
        goals.append(
            _goal(f"{'bulk' if bulk else 'drain'}_{one['database']}", value, limit if bulk else PER_S)
        )
    goals += [_goal(f"p99_{one['broker']}", one["p99_ms"], one["limit_ms"]) for one in paces]
    goals.append(_goal("storm_s", storm["stored_s"], STORM_S))
    goals.append(_goal("sealed_bytes", box_day["box_hour_bytes_a_reading"], SEALED_BYTES))
    goals.append(_goal("box_day_ms", box_day["p95_ms"], BOX_DAY_MS))
    return goals


def _goal(what: str, value: float, limit: float) -> dict[str, Any]:
    """A rate is to be reached, everything else not to be passed."""
    at_least = what.startswith(("drain", "bulk"))
    return {
        "what": what,
        "value": value,
        "limit": limit,
        "reached": (value >= limit) == at_least or value == limit,
    }
