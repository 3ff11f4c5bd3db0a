"""The workers' sessions at the embedded broker: who reads what, under which secret name."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from telemetry.broker_config import write_private
from telemetry.mqtt import Endpoint
from telemetry.partitions import Partition, partition_asked


@dataclass(frozen=True, slots=True)
class Session:
    """
    A persistent session of a worker.

    Parameters
    ----------
    partition
        Whose.
    client_id
        Its name; whoever knows it could end it.
    filters
        What it is subscribed to; empty until it stands.
    """

    partition: Partition
    client_id: str = field(repr=False)
    filters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Workers:
    """
    What the workers, and whoever looks into the stream, need to know of the broker.

    Parameters
    ----------
    host, port
        Where it takes MQTT.
    username, password
        The workers' user.
    count
        Among how many workers the devices are divided.
    sessions
        One for each of them, and those of an earlier division that are not yet empty.
    watch_port, watch_secret
        Where and with what secret the stream is looked into; 0 before the first start.
    """

    host: str
    port: int
    username: str
    password: str = field(repr=False)
    count: int = 1
    sessions: tuple[Session, ...] = ()
    watch_port: int = 0
    watch_secret: str = field(default="", repr=False)

    def session(self, partition: Partition) -> Session | None:
        """The session of a partition, if there is one."""
        return next((one for one in self.sessions if one.partition == partition), None)

    @property
    def retired(self) -> tuple[Session, ...]:
        """Sessions that devices no longer reach: what waits in them comes first."""
        return tuple(one for one in self.sessions if one.partition.count != self.count)

    def endpoint(self, session: Session) -> Endpoint:
        """Where and as whom a session connects."""
        return Endpoint(self.host, self.port, session.client_id, self.username, self.password)


def read_workers(folder: Path) -> Workers | None:
    """What the broker's last start left in its folder; None where none was ever started."""
    try:
        known = json.loads(_path(folder).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    if not isinstance(known, dict):
        return None
    alone = [{"partition": "1/1", "client_id": known.get("client_id"), "filters": known.get("filters")}]
    return Workers(
        known["host"],
        known["port"],
        known["username"],
        known["password"],
        known.get("count", 1),
        tuple(_session(one) for one in known.get("sessions", alone)),
        known.get("watch_port", 0),
        known.get("watch_secret", ""),
    )


def write_workers(folder: Path, workers: Workers) -> None:
    """Keeps it beside the stream, so that both are lost together."""
    path = _path(folder)
    path.parent.mkdir(exist_ok=True, mode=0o700)
    sessions = [
        {"partition": str(one.partition), "client_id": one.client_id, "filters": one.filters}
        for one in workers.sessions
    ]
    plain = {
        "host": workers.host,
        "port": workers.port,
        "username": workers.username,
        "password": workers.password,
        "count": workers.count,
        "sessions": sessions,
        "watch_port": workers.watch_port,
        "watch_secret": workers.watch_secret,
    }
    write_private(path, json.dumps(plain))


def forget_session(folder: Path, session: Session) -> None:
    """Strikes a session that is empty and ended."""
    if (workers := read_workers(folder)) is not None:
        left = tuple(one for one in workers.sessions if one.client_id != session.client_id)
        write_workers(folder, replace(workers, sessions=left))


def _session(known: Mapping[str, Any]) -> Session:
    return Session(partition_asked(known["partition"]), known["client_id"], tuple(known["filters"] or ()))


def _path(folder: Path) -> Path:
    return folder / "store" / "worker.json"
