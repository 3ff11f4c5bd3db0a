"""The plainest pipeline there is: paho with manual acknowledgement, one INSERT a batch, no judging."""

import json
import queue
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import psycopg
from paho.mqtt.enums import CallbackAPIVersion

from telemetry.mqtt import Endpoint

COLUMNS = (
    "device TEXT, probe TEXT, t TEXT, seq BIGINT, c DOUBLE PRECISION, PRIMARY KEY (device, probe, t, seq)"
)
MOST = 1_000
IDLE_S = 0.05
GIVE_UP_S = 120.0


def run_peer(
    endpoint: Endpoint, topic_filter: str, keep: Callable[[list[tuple[Any, ...]]], None], count: int
) -> float:
    """
    Takes this many messages from a persistent session, keeps and acknowledges them.

    Returns
    -------
    float
        Seconds from connecting to the last acknowledgement.
    """
    waiting: queue.SimpleQueue[paho.MQTTMessage] = queue.SimpleQueue()
    client = paho.Client(
        CallbackAPIVersion.VERSION2, endpoint.client_id, clean_session=False, manual_ack=True
    )
    client.username_pw_set(endpoint.username, endpoint.password)
    client.on_message = lambda _, __, message: waiting.put(message)
    started_s = time.perf_counter()
    client.connect(endpoint.host, endpoint.port)
    client.subscribe(topic_filter, 1)
    client.loop_start()
    taken = 0
    while taken < count and time.perf_counter() < started_s + GIVE_UP_S:
        batch = [waiting.get()]
        while len(batch) < MOST:
            try:
                batch.append(waiting.get(timeout=IDLE_S if taken + len(batch) < count else 0))
            except queue.Empty:
                break
        keep([row for message in batch for row in _rows(message)])
        for message in batch:
            client.ack(message.mid, message.qos)
        taken += len(batch)
    took_s = time.perf_counter() - started_s
    client.disconnect()
    client.loop_stop()
    return took_s


def sqlite_keeper(path: Path) -> Callable[[list[tuple[Any, ...]]], None]:
    """Keeps rows in a SQLite file, each batch on the disk before it returns."""
    base = sqlite3.connect(path, isolation_level=None)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA synchronous = FULL")
    base.execute(f"CREATE TABLE peer ({COLUMNS}) WITHOUT ROWID")

    def keep(rows: list[tuple[Any, ...]]) -> None:
        base.execute("BEGIN IMMEDIATE")
        base.executemany("INSERT OR IGNORE INTO peer VALUES (?, ?, ?, ?, ?)", rows)
        base.execute("COMMIT")

    return keep


def postgres_keeper(url: str) -> Callable[[list[tuple[Any, ...]]], None]:
    """Keeps rows in PostgreSQL, each batch on the disk before it returns."""
    base = psycopg.connect(url)
    base.execute(f"CREATE TABLE peer ({COLUMNS})")
    base.commit()

    def keep(rows: list[tuple[Any, ...]]) -> None:
        with base.cursor() as cursor:
            cursor.executemany("INSERT INTO peer VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING", rows)
        base.commit()

    return keep


def _rows(message: paho.MQTTMessage) -> list[tuple[Any, ...]]:
    body, device = json.loads(message.payload), message.topic.split("/")[2]
    return [(device, one["probe"], one["t"], body["seq"], one["c"]) for one in body["readings"]]
