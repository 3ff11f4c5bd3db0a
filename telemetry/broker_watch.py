"""Looks into the embedded broker: what waits for whom, and who is behind a connection."""

import json
import socket
from collections.abc import Collection
from typing import Any

from telemetry.broker_config import (
    LIST_CONNECTIONS,
    LIST_CONSUMERS,
    LOOPBACK,
    WATCH,
    WATCH_SYSTEM,
    subject_of,
)
from telemetry.broker_sessions import Workers

_TIMEOUT_S = 5.0
_STREAM = "$MQTT.msgs."
_OPEN_OR_CLOSED = 2


class NoAnswer(Exception):
    """The broker does not run, or does not say."""


def waiting(workers: Workers) -> dict[str, int]:
    """
    How many messages of the stream wait for a subscription, sent or not, until they are acknowledged.

    Parameters
    ----------
    workers
        Of the broker.

    Returns
    -------
    dict[str, int]
        By the server's subject of the subscription's filter.

    Raises
    ------
    NoAnswer
        When it cannot be learned.
    """
    found: dict[str, int] = {}
    offset = 0
    while True:
        told = _ask(workers, LIST_CONSUMERS, {"offset": offset})
        for one in told["consumers"]:
            subject = str(one["config"]["filter_subject"]).removeprefix(_STREAM)
            count = int(one["num_pending"]) + int(one["num_ack_pending"])
            found[subject] = found.get(subject, 0) + count
        offset += len(told["consumers"])
        if offset >= int(told["total"]) or not told["consumers"]:
            return found


def waiting_for(workers: Workers, filters: Collection[str]) -> int:
    """How many messages wait for these topic filters; `NoAnswer` as `waiting`."""
    subjects = {subject_of(one) for one in filters}
    subjects |= {one.removesuffix(".>") for one in subjects}
    return sum(count for subject, count in waiting(workers).items() if subject in subjects)


def user_of(workers: Workers, connection: int) -> str:
    """As whom a connection signed in, also one that is gone, else empty; `NoAnswer` as `waiting`."""
    asked = {"auth": True, "cid": connection, "state": _OPEN_OR_CLOSED}
    told = _ask(workers, LIST_CONNECTIONS, asked)
    found = told.get("data", {}).get("connections", ())
    return str(found[0].get("authorized_user", "")) if found else ""


def _ask(workers: Workers, subject: str, body: dict[str, Any]) -> dict[str, Any]:
    """One question in the server's own protocol: https://docs.nats.io/reference/reference-protocols/nats-protocol."""
    user = WATCH_SYSTEM if subject == LIST_CONNECTIONS else WATCH
    options = {"user": user, "pass": workers.watch_secret, "verbose": False, "pedantic": False}
    options |= {"lang": "python", "version": "1", "protocol": 1}
    asked = json.dumps(body)
    try:
        with socket.create_connection((LOOPBACK, workers.watch_port), _TIMEOUT_S) as connection:
            lines = connection.makefile("rb")
            lines.readline()
            said = f"CONNECT {json.dumps(options)}\r\nSUB _INBOX.1 1\r\n"
            said += f"PUB {subject} _INBOX.1 {len(asked)}\r\n{asked}\r\n"
            connection.sendall(said.encode())
            while not (line := lines.readline()).startswith(b"MSG "):
                if not line or line.startswith(b"-ERR"):
                    raise NoAnswer(line.decode("ascii", "replace").strip())
                if line.startswith(b"PING"):
                    connection.sendall(b"PONG\r\n")
            answer: dict[str, Any] = json.loads(lines.read(int(line.split()[-1])))
    except (OSError, ValueError) as error:
        raise NoAnswer(str(error)) from error
    if "error" in answer:
        raise NoAnswer(str(answer["error"]))
    return answer
