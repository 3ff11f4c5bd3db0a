"""What the embedded broker is told: its configuration and who may publish what."""

import contextlib
import json
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from itertools import takewhile
from pathlib import Path

from telemetry.partitions import FIRST, mapping
from telemetry.readings import is_name

WORKER = "ingest"
WATCH, WATCH_SYSTEM = "@watch", "@watch-system"  # no device can be called so
LIST_CONSUMERS = "$JS.API.CONSUMER.LIST.$MQTT_msgs"
LIST_CONNECTIONS = "$SYS.REQ.SERVER.PING.CONNZ"  # the system account alone also knows those that are gone
LOOPBACK = "127.0.0.1"
PATIENCE_S = 60  # with a connection: the usual 2 to sign in, and 5 for the disk, cut thousands off in a storm
DEVICES = "devices.json"
LARGEST_BYTES = 262_144


@dataclass(frozen=True, slots=True)
class BrokerParams:
    """
    Where the embedded broker lives and how careful it is.

    Parameters
    ----------
    folder
        Its own folder in the data folder: configuration, users, log and stream.
    mqtt_port
        Port of the loopback for MQTT; 0 takes a free one.
    host
        Address to listen on.
    sync_interval
        When the stream is forced to disk; ``"always"`` survives a power cut.
    ack_wait_s
        After how long an unacknowledged message is sent to the worker again, seconds.
    most_pending
        Unacknowledged messages on their way to one worker.
    """

    folder: Path
    mqtt_port: int = 0
    host: str = "127.0.0.1"
    sync_interval: str = "always"
    ack_wait_s: int = 5
    most_pending: int = 2_000


@dataclass(frozen=True, slots=True)
class DeviceUser:
    """
    One device's right to publish under its own topics.

    Parameters
    ----------
    device_id
        Its id, also its user name.
    secret
        Its password, see `new_secret`; not shown when printed.
    topics
        What it may publish to; a wildcard only beside its own id.
    is_bridge
        Whether it speaks for other devices too, so that its topics need not have its own id.
    """

    device_id: str
    secret: str = field(repr=False)
    topics: tuple[str, ...]
    is_bridge: bool = False

    def __post_init__(self) -> None:
        if (
            not is_name(self.device_id)
            or self.device_id == WORKER
            or not re.fullmatch(r"[0-9a-f]{32}", self.secret)
        ):
            raise ValueError(f"A device needs a plain name and a secret of 128 bits, got {self!a}.")
        for topic in self.topics:
            levels = topic.split("/")
            plain = list(takewhile(is_name, levels))
            is_own = plain == levels or self.device_id in levels or (self.is_bridge and plain)
            if not is_own or not all(is_name(level) or level in ("+", "#") for level in levels):
                raise ValueError(f"Not a topic to publish to: {topic!a}.")


def read_devices(folder: Path) -> tuple[DeviceUser, ...]:
    """The devices let in so far, from the broker's own folder, where alone their secrets lie."""
    try:
        kept = json.loads((folder / DEVICES).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    return tuple(
        DeviceUser(one["device_id"], one["secret"], tuple(one["topics"]), one.get("is_bridge", False))
        for one in kept
    )


def write_devices(folder: Path, devices: Iterable[DeviceUser]) -> None:
    """Replaces the devices let in; a running broker takes them up at its next `Broker.tend`."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(folder / DEVICES, json.dumps([asdict(device) for device in devices]))


def new_secret() -> str:
    """128 random bits as 32 hexadecimal digits."""
    return secrets.token_hex(16)


def subject_of(topic: str) -> str:
    """The server's own name for an MQTT topic or filter; its rights are checked on this name."""
    wildcards = {"+": "*", "#": ">"}
    return ".".join(wildcards.get(level, level.replace(".", "//")) for level in topic.split("/"))


def configuration(params: BrokerParams, port: int, topics: Iterable[str] = (), workers: int = 1) -> str:
    """
    The server's file; the users stand in another, so that they can change while it runs.

    Parameters
    ----------
    params, port
        Where it lives and takes MQTT.
    topics, workers
        What is divided among how many workers; nothing among one.
    """
    folder = json.dumps(str(params.folder.resolve()))[1:-1]
    divided = dict(mapping(topic, workers) for topic in topics) if workers > 1 else {}
    return f"""server_name: holdchain
host: "{LOOPBACK}"
port: -1
max_payload: {LARGEST_BYTES:d}
pid_file: "{folder}/nats.pid"
log_file: "{folder}/nats.log"
logfile_size_limit: 16MB
logfile_max_num: 4
jetstream {{ store_dir: "{folder}/store", sync_interval: {params.sync_interval} }}
mqtt {{
  host: "{params.host}", port: {port}
  ack_wait: "{params.ack_wait_s}s", max_ack_pending: {params.most_pending}, js_api_timeout: "{PATIENCE_S}s"
}}
mappings: {json.dumps(divided)}
include "users.conf"
"""


def users(
    secrets_: tuple[str, str], filters: Iterable[str], devices: Iterable[DeviceUser], workers: int = 1
) -> str:
    """
    The users' file: workers read these filters, each device publishes under its own topics only.

    Parameters
    ----------
    secrets_
        Of the workers' user, and of the one who may ask what waits and who is connected.
    filters
        What the workers subscribe to.
    devices
        Who is let in.
    workers
        Among how many the topics are divided: rights are checked on what a topic becomes.
    """
    worker, watch = secrets_
    lines = [_worker_line(worker, filters), _watch_line(WATCH, watch, LIST_CONSUMERS)]
    lines += [_device_line(device, workers) for device in devices]
    system = _watch_line(WATCH_SYSTEM, watch, LIST_CONNECTIONS)
    return (
        f"authorization {{ timeout: {PATIENCE_S}, users: [\n" + ",\n".join(lines) + "\n]}\n"
        f'accounts {{ "$SYS" {{ users: [\n{system}\n]}}}}\nsystem_account: "$SYS"\n'
    )


def write_private(path: Path, text: str) -> None:
    """Replaces a file at once with one that only its owner may read."""
    fresh = path.with_name(path.name + ".new")
    with contextlib.suppress(FileNotFoundError):
        fresh.unlink()
    handle = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _worker_line(secret: str, filters: Iterable[str]) -> str:
    readable = json.dumps(["$MQTT.sub.>", f"{FIRST}.>", *map(subject_of, filters)])
    return _user_line(WORKER, secret, f'publish: {{deny: ">"}}, subscribe: {{allow: {readable}}}', "MQTT")


def _watch_line(name: str, secret: str, question: str) -> str:
    rights = f'publish: {{allow: {json.dumps([question])}}}, subscribe: {{allow: "_INBOX.>"}}'
    return _user_line(name, secret, rights, "STANDARD")


def _device_line(device: DeviceUser, workers: int) -> str:
    subjects = [subject_of(topic) for topic in device.topics]
    if workers > 1:
        subjects += [f"{FIRST}.{workers}.*.{subject}" for subject in subjects]
    rights = f'publish: {{allow: {json.dumps(subjects)}}}, subscribe: {{deny: ">"}}'
    return _user_line(device.device_id, device.secret, rights, "MQTT")


def _user_line(name: str, secret: str, rights: str, connects: str) -> str:
    return (
        f'  {{user: "{name}", password: "{secret}", permissions: {{{rights}}}, '
        f'allowed_connection_types: ["{connects}"]}}'
    )
