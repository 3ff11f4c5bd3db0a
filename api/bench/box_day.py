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
    """As `ask_box_days`, of a SQLite file in a folder."""
    database = Database(f"sqlite:///{folder / 'box-days.sqlite3'}")
    create_all(database.engine)
    try:
        return ask_box_days(database, readings, questions, seed)
    finally:
        database.close()


def ask_box_days(database: Database, readings: int, questions: int, seed: int) -> dict[str, Any]:
    """
    Fills an empty database with sealed holds and a day of rows, and asks for box-days.

    Parameters
    ----------
    database
        With its tables.
    readings
        How many, about; one hold of four hours a device and day, a reading a minute.
    questions
        How many box-days are asked for, each of a device and day drawn anew.
    seed
        Of the values and the questions.
    """
    dice = random.Random(seed)
    days = max(1, min(DAYS, readings // PER_HOLD))
    devices = max(1, readings // (PER_HOLD * days))
    started_s, empty_bytes = time.perf_counter(), _size_bytes(database)
    sealed_bytes, count = _fill(database, devices, days, dice), PER_HOLD * days * devices
    filled_s, file_bytes = time.perf_counter() - started_s, _size_bytes(database) - empty_bytes
    with database.begin() as session:
        for number in range(min(devices, WITH_ROWS)):
            keep(session, _hold(f"BOX-{number:05d}", days, dice))
    _asked_ms(database, devices, days, dice)  # the connection's own start
    took_ms = sorted(_asked_ms(database, devices, days, dice) for _ in range(questions))
    hour = pack(_hold("BOX-00000", 0, dice)[:60])
    return {
        "readings": count,
        "fill_s": round(filled_s, 1),
        "bytes_a_reading": round(sealed_bytes / count, 2),
        "box_hour_bytes_a_reading": round((len(hour.body) + len(hour.digest)) / hour.count, 2),
        "file_bytes_a_reading": round(file_bytes / count, 2),
        "p50_ms": round(took_ms[len(took_ms) // 2], 2),
        "p95_ms": round(took_ms[int(0.95 * len(took_ms))], 2),
    }


def _fill(database: Database, devices: int, days: int, dice: random.Random) -> int:
    """Keeps the holds day by day, as a house does; gives the bytes that were sealed."""
    sealed_bytes = 0
    for day in range(days):
        holds = [pack(_hold(f"BOX-{number:05d}", day, dice)) for number in range(devices)]
        with database.begin() as session:
            save_chunks(session, holds, FROM_AT)
        sealed_bytes += sum(len(one.body) + len(one.digest) for one in holds)
    return sealed_bytes


def _size_bytes(database: Database) -> int:
    """What the database takes on disk, its log apart."""
    pages = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    query = pages if database.is_sqlite else "SELECT pg_database_size(current_database())"
    with database.read() as session:
        return int(session.connection().exec_driver_sql(query).scalar_one())


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
