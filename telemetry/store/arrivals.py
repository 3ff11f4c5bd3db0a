"""Readings by the thousand into their table: as plain rows, in the order of their key, each once."""

from collections.abc import Iterable, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from telemetry.instants import microseconds
from telemetry.readings import Reading

_TABLE, _STAGE = "telemetry_readings", "telemetry_arrivals"
_KEY = ("device_id", "measured_at", "probe", "quantity", "sequence")
_COLUMNS = ", ".join((*_KEY, "value", "received_at", "backfill", "senses", "doubt"))
_MARKS = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_NULL = r"\N"
_INSERTED_TOGETHER, _COMPARED_TOGETHER = 20, 500

_INSERT = f"INSERT INTO {_TABLE} ({_COLUMNS})"
_MAKE_STAGE = f"CREATE TEMPORARY TABLE IF NOT EXISTS {_STAGE} (LIKE {_TABLE}) ON COMMIT DELETE ROWS"
_FILL_STAGE = f"COPY {_STAGE} ({_COLUMNS}) FROM STDIN"
_EMPTY_STAGE = f"{_INSERT} SELECT {_COLUMNS} FROM {_STAGE} ON CONFLICT DO NOTHING"
_DIFFERING = (
    f"SELECT {', '.join(f'come.{name}' for name in (*_KEY, 'value'))} "
    f"FROM {_STAGE} AS come CROSS JOIN {_TABLE} AS kept "
    f"WHERE {' AND '.join(f'kept.{name} = come.{name}' for name in _KEY)} AND kept.value <> come.value"
)

_Row = tuple[Any, ...]
_key = itemgetter(slice(len(_KEY)))
_key_and_value = itemgetter(slice(len(_KEY) + 1))


def insert_new(connection: Connection, readings: Sequence[Reading]) -> int:
    """How many of some readings, at least one, were not there yet; the others change nothing."""
    rows = sorted(_rows(readings), key=_key)  # one order for all: no deadlock
    counting = connection.execution_options(preserve_rowcount=True)
    return _insert(counting, rows) if connection.dialect.name == "sqlite" else _copy(counting, rows)


def differing(connection: Connection, readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """Those of the readings just inserted under whose key another value is kept."""
    rows, found = _rows(readings), set[_Row]()
    if connection.dialect.name == "sqlite":
        for n in range(0, len(rows), _COMPARED_TOGETHER):
            some = rows[n : n + _COMPARED_TOGETHER]
            stage = f"WITH {_STAGE} ({_COLUMNS}) AS (VALUES {', '.join([_MARKS] * len(some))})"
            found.update(map(tuple, connection.exec_driver_sql(f"{stage} {_DIFFERING}", _joined(some))))
    else:
        found.update(map(tuple, connection.exec_driver_sql(_DIFFERING)))
    return tuple(one for one, row in zip(readings, rows, strict=True) if _key_and_value(row) in found)


def _insert(connection: Connection, rows: Sequence[_Row]) -> int:
    """SQLite and its driver do less for one statement of twenty rows than for twenty statements."""
    whole = len(rows) - len(rows) % _INSERTED_TOGETHER
    together = [_joined(rows[n : n + _INSERTED_TOGETHER]) for n in range(0, whole, _INSERTED_TOGETHER)]
    new = 0
    for values, size in ((together, _INSERTED_TOGETHER), (rows[whole:], 1)):
        if values:
            statement = f"{_INSERT} VALUES {', '.join([_MARKS] * size)} ON CONFLICT DO NOTHING"
            new += connection.exec_driver_sql(statement, values).rowcount
    return new


def _copy(connection: Connection, rows: Iterable[_Row]) -> int:
    """PostgreSQL takes rows quickest by COPY, which knows no conflict: into a table beside."""
    driver: Any = connection.connection.driver_connection
    connection.exec_driver_sql(_MAKE_STAGE)
    with driver.cursor() as cursor, cursor.copy(_FILL_STAGE) as copy:
        copy.write("".join(map(_line, rows)))
    return connection.exec_driver_sql(_EMPTY_STAGE).rowcount


def _line(row: _Row) -> str:
    """A row as COPY reads it; names and numbers need no escape, and only the senses may be missing."""
    device_id, at, probe, quantity, sequence, value, received_at, backfill, senses, doubt = row
    key = f"{device_id}\t{at}\t{probe}\t{quantity}\t{sequence}"
    return f"{key}\t{value}\t{received_at}\t{backfill}\t{senses or _NULL}\t{doubt}\n"


def _joined(rows: Iterable[_Row]) -> _Row:
    return tuple(chain.from_iterable(rows))


def _rows(readings: Iterable[Reading]) -> list[_Row]:
    """The values of `_COLUMNS`, of each reading; those that came together share their arrival."""
    arrivals = {at: microseconds(at) for at in {one.received_at for one in readings}}
    return [
        (
            one.device_id,
            microseconds(one.measured_at),
            one.probe,
            one.quantity,
            one.sequence,
            one.value,
            arrivals[one.received_at],
            one.backfill,
            one.senses,
            one.doubt,
        )
        for one in readings
    ]
