"""How small sealed readings are, and how fast one box-day is found among many."""

import random
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from api.db import Database, create_all
from telemetry.chunks import pack
from telemetry.readings import Reading
from telemetry.store.chunks import save_chunks
from telemetry.store.history import Span, readings_in
from telemetry.store.readings import keep

FROM_AT = datetime(2025, 1, 1, tzinfo=UTC)
EVERY_S = 60
HOLD_H, DAYS = 4, 250
A_DAY = timedelta(days=1)
PER_HOLD = HOLD_H * 3600 // EVERY_S
WITH_ROWS = 200


def bench_box_day(folder: Path, readings: int, questions: int, seed: int) -> dict[str, Any]:
    """
    Fills a SQLite file with sealed holds and a day of rows, and asks for box-days.

    Parameters
    ----------
    folder
        For the file.
    readings
        How many, about; one hold of four hours a device and day, a reading a minute.
    questions
        How many box-days are asked for, each of a device and day drawn anew.
    seed
        Of the values and the questions.
    """
    dice = random.Random(seed)
    database = Database(f"sqlite:///{folder / 'box-days.sqlite3'}")
    create_all(database.engine)
    days = max(1, min(DAYS, readings // PER_HOLD))
    devices = max(1, readings // (PER_HOLD * days))
    started_s = time.perf_counter()
    sealed_bytes, count = _fill(database, devices, days, dice), PER_HOLD * days * devices
    filled_s = time.perf_counter() - started_s
    _asked_ms(database, devices, days, dice)  # the connection's own start
    took_ms = [_asked_ms(database, devices, days, dice) for _ in range(questions)]
    database.close()
    hour = pack(_hold("BOX-00000", 0, dice)[:60])
    return {
        "readings": count,
        "fill_s": round(filled_s, 1),
        "bytes_a_reading": round(sealed_bytes / count, 2),
        "box_hour_bytes_a_reading": round((len(hour.body) + len(hour.digest)) / hour.count, 2),
        "file_bytes_a_reading": round((folder / "box-days.sqlite3").stat().st_size / count, 2),
        "p50_ms": round(sorted(took_ms)[len(took_ms) // 2], 2),
        "p95_ms": round(sorted(took_ms)[int(0.95 * len(took_ms))], 2),
    }


def _fill(database: Database, devices: int, days: int, dice: random.Random) -> int:
    """Keeps the holds, and a further day of rows for some; gives the bytes that were sealed."""
    sealed_bytes = 0
    for number in range(devices):
        holds = [pack(_hold(f"BOX-{number:05d}", day, dice)) for day in range(days)]
        with database.begin() as session:
            save_chunks(session, holds, None, FROM_AT)
        sealed_bytes += sum(len(one.body) + len(one.digest) for one in holds)
    with database.begin() as session:
        for number in range(min(devices, WITH_ROWS)):
            keep(session, _hold(f"BOX-{number:05d}", days, dice))
    return sealed_bytes


def _hold(device_id: str, day: int, dice: random.Random) -> list[Reading]:
    """A box cooling for four hours: whole seconds, sixteenths of a degree, arriving within 40 ms."""
    from_at = FROM_AT + day * A_DAY + timedelta(hours=3, seconds=dice.randrange(3600))
    return [
        Reading(
            device_id,
            "core",
            "core",
            "temperature",
            round(16 * (78 - n * EVERY_S / 900 + dice.gauss(0, 0.05))) / 16,
            from_at + timedelta(seconds=n * EVERY_S),
            from_at + timedelta(seconds=n * EVERY_S, microseconds=9_000 + dice.randrange(40_000)),
            n,
        )
        for n in range(PER_HOLD)
    ]


def _asked_ms(database: Database, devices: int, days: int, dice: random.Random) -> float:
    from_at = FROM_AT + dice.randrange(days) * A_DAY
    span = Span(f"BOX-{dice.randrange(devices):05d}", from_at, from_at + A_DAY)
    started_s = time.perf_counter()
    with database.read() as session:
        found = readings_in(session, [span])
    assert len(found) == PER_HOLD
    return 1000 * (time.perf_counter() - started_s)
