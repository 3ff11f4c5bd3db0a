"""The brokers that a house listens to: its own and those that ``sensors.toml`` names."""

import json
import secrets
from contextlib import suppress
from pathlib import Path

import structlog

from api.clock import Clock
from orders.errors import BadInput
from telemetry.broker import worker_endpoint
from telemetry.broker_config import write_private
from telemetry.broker_sessions import Session, Workers, forget_session, read_workers
from telemetry.broker_watch import NoAnswer, waiting_for
from telemetry.mqtt import Endpoint, NotConnected, Subscriber, end_session
from telemetry.partitions import Partition
from telemetry.sensors import EMBEDDED, BrokerAddress, Sensors
from telemetry.sources import Before, Heard, InTurn, Sources

SESSIONS = "sessions.json"
END_S = 10.0
log = structlog.get_logger(__name__)


def sources(
    data: Path, folder: Path, sensors: Sensors, clock: Clock, partition: Partition | None = None
) -> Sources:
    """
    One session at each broker that a worker hears: the embedded one, and all others for the first worker.

    Parameters
    ----------
    data
        The data folder; secrets' files lie in it unless their path is whole.
    folder
        The embedded broker's folder, where the sessions' names are kept.
    sensors
        The house's.
    clock
        What dates arrivals.
    partition
        The worker's; None for one alone.

    Raises
    ------
    BrokerFailed
        When no embedded broker was ever started in this folder, or divides the devices otherwise.
    BadInput
        ``broker_secret_unreadable``, or ``sensors_heard_nowhere``.
    """
    heard = {one.broker_id: one for one in sensors.brokers if sensors.filters(one.broker_id)}
    if not heard:
        raise BadInput("sensors_heard_nowhere")
    partition, found = partition or Partition(), dict[str, Heard]()
    for name, address in heard.items():
        if name == EMBEDDED:
            found[name] = _embedded(folder, sensors, clock, partition)
        elif partition.number == 1:
            filters = sensors.filters(name)
            found[name] = Subscriber(endpoint_of(address, data, folder), filters, now=clock.now)
    return Sources(found)


def partition_of(folder: Path, asked: Partition | None) -> Partition:
    """
    Whose share a worker takes.

    Parameters
    ----------
    folder
        The embedded broker's.
    asked
        As the command said; None where it said nothing.

    Raises
    ------
    BadInput
        ``partition_needed`` where there are several, ``partition_unknown`` for one of another division.
    """
    known = read_workers(folder)
    count = known.count if known else 1
    if asked is None and count > 1:
        raise BadInput("partition_needed", count=count)
    if asked is not None and asked.count != count:
        raise BadInput("partition_unknown", asked=str(asked), count=count)
    return asked or Partition()


def _embedded(folder: Path, sensors: Sensors, clock: Clock, partition: Partition) -> Heard:
    """A worker's session; what waits in those of an earlier division comes first, all through one worker."""
    own = Subscriber(
        worker_endpoint(folder, partition),
        partition.filters(sensors.topics()),
        now=clock.now,
        prefix=partition.prefix,
    )
    known = read_workers(folder)
    if known is None or not known.retired:
        return own
    if partition.number > 1:
        return InTurn([Before(None, lambda: not _retired(folder))], own)
    return InTurn([_emptied(folder, known, one, clock) for one in known.retired], own)


def _emptied(folder: Path, known: Workers, retired: Session, clock: Clock) -> Before:
    log.info("an earlier division is emptied first", partition=str(retired.partition))
    prefix, at = retired.partition.prefix, known.endpoint(retired)

    def is_over() -> bool:
        now = read_workers(folder)
        try:
            return now is not None and waiting_for(now, retired.filters) == 0
        except NoAnswer:
            return False

    def end() -> None:
        with suppress(NotConnected):  # then it stays at the broker, where it is empty and reached by nobody
            end_session(at, END_S)
        forget_session(folder, retired)
        log.info("an earlier division is empty", partition=str(retired.partition))

    return Before(Subscriber(at, retired.filters, now=clock.now, prefix=prefix), is_over, end)


def _retired(folder: Path) -> bool:
    known = read_workers(folder)
    return known is not None and bool(known.retired)


def endpoint_of(address: BrokerAddress, data: Path, folder: Path) -> Endpoint:
    """Where another broker is and as whom we sign in; `BadInput` when its secret cannot be read."""
    return Endpoint(
        address.host,
        address.port,
        _session(folder, address.broker_id),
        address.username,
        _secret(address, data) if address.password_file else "",
    )


def _secret(address: BrokerAddress, data: Path) -> str:
    path = data / address.password_file
    try:
        return path.read_text("utf-8").partition("\n")[0].strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("broker_secret_unreadable", broker=address.broker_id, file=str(path)) from error


def _session(folder: Path, broker_id: str) -> str:
    """The name of our session at a broker, the same after a restart: what waits there waits for that name."""
    path = folder / SESSIONS
    known: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    if broker_id not in known:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        known[broker_id] = f"holdchain-{secrets.token_hex(8)}"
        write_private(path, json.dumps(known))
    return known[broker_id]
