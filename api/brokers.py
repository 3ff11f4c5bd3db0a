"""The brokers that a house listens to: its own and those that ``sensors.toml`` names."""

import json
import secrets
from pathlib import Path

from orders.errors import BadInput
from telemetry.broker import worker_endpoint
from telemetry.broker_config import write_private
from telemetry.mqtt import Endpoint, Subscriber
from telemetry.sensors import EMBEDDED, BrokerAddress, Sensors
from telemetry.sources import Sources

SESSIONS = "sessions.json"


def sources(data: Path, folder: Path, sensors: Sensors) -> Sources:
    """
    One session at each broker that a family is heard at.

    Parameters
    ----------
    data
        The data folder; secrets' files lie in it unless their path is whole.
    folder
        The embedded broker's folder, where the sessions' names are kept.
    sensors
        The house's.

    Raises
    ------
    BrokerFailed
        When no embedded broker was ever started in this folder.
    BadInput
        ``broker_secret_unreadable``, or ``sensors_heard_nowhere``.
    """
    heard = {one.broker_id: one for one in sensors.brokers if sensors.filters(one.broker_id)}
    if not heard:
        raise BadInput("sensors_heard_nowhere")
    return Sources(
        {
            name: Subscriber(
                worker_endpoint(folder) if name == EMBEDDED else endpoint_of(address, data, folder),
                sensors.filters(name),
            )
            for name, address in heard.items()
        }
    )


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
