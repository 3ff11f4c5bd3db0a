"""A simulated fleet at a house's own broker, or at another: who it is let in as, and what it did."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from api.devices import issue, let_in
from api.house import House
from api.people import OPERATOR
from api.sensors import read_sensors
from api.serving import broker_params
from orders.errors import BadInput, MealError
from telemetry.broker import BrokerFailed, worker_endpoint
from telemetry.broker_config import DeviceUser, read_devices
from telemetry.frames import Options
from telemetry.mqtt import Endpoint, NotConnected
from telemetry.simulate_families import SIM_FAMILIES
from telemetry.simulate_fleet import FLEET_FAULTS, FleetDevice, FleetFault, FleetParams, fleet
from telemetry.simulate_wire import Pace, Played, Told, play
from telemetry.store.devices import count_readings_by_device, devices

USUAL_RATE = 0.05
TAKEN_UP_WITHIN_S = 10.0
CONNECT_S = 60.0
STILL_S = 5.0
POLL_S = 0.1
NO_FAULT = "none"


def families_asked(text: str) -> tuple[str, ...]:
    """The families of an option's text, ``all`` or names with commas; `BadInput` for an unknown one."""
    if text == "all":
        return tuple(SIM_FAMILIES)
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in names:
        if name not in SIM_FAMILIES:
            raise BadInput("device_family_unknown", family=ascii(name), known=", ".join(SIM_FAMILIES))
    return names or tuple(SIM_FAMILIES)


def faults_asked(text: str) -> dict[FleetFault, float]:
    """
    The faults of an option's text with their rates.

    Parameters
    ----------
    text
        ``none``, ``all``, or names with commas, each as ``silent`` or ``silent=0.05``.

    Raises
    ------
    BadInput
        When a fault is unknown, a rate is no part of 1, or all of them are more than 1.
    """
    if text in ("", NO_FAULT):
        return {}
    asked: dict[FleetFault, float] = {}
    for part in (",".join(FLEET_FAULTS) if text == "all" else text).split(","):
        name, _, rate = part.strip().partition("=")
        fault = next((one for one in FLEET_FAULTS if one == name), None)
        if fault is None:
            raise BadInput("simulation_fault_unknown", fault=ascii(name), known=", ".join(FLEET_FAULTS))
        asked[fault] = _rate(rate) if rate else USUAL_RATE
    if sum(asked.values()) > 1:
        raise BadInput("simulation_rates_too_many", sum=f"{sum(asked.values()):g}")
    return asked


def begin_at(now_at: datetime, minutes: int, speed: float) -> datetime:
    """The first minute's instant, such that the last one is now when it is sent, and none lies ahead."""
    squeezed = 1 - 1 / speed if speed > 1 else float(speed == 0)
    return (now_at - timedelta(minutes=minutes * squeezed)).replace(microsecond=0)


def clock_zone(house: House) -> str:
    """The time zone of the house's sensors whose clocks tell local time."""
    heard = read_sensors(house.settings.data).families
    zones = (one.options.zone for one in heard if one.family == "tasmota")
    return next(zones, Options().zone)


def let_fleet_in(house: House, params: FleetParams) -> dict[str, Endpoint]:
    """
    Registers whoever of a fleet is not known yet, and waits until the broker has taken them up.

    Parameters
    ----------
    house
        Whose broker runs.
    params
        The fleet.

    Returns
    -------
    dict[str, Endpoint]
        By user; those of an earlier fleet keep their secrets.

    Raises
    ------
    MealError
        When a name is taken by a sensor of another family or shut out, when ``sensors.toml`` does not hear
        a family, or ``broker_not_started`` when none runs in this house.
    """
    folder, families = broker_params(house).folder, _families_of(fleet(params))
    at = worker_endpoint(folder)
    with house.database.begin() as session:
        now_at = house.clock.now()
        known = {row.device_id: row.family for row in devices(session)}
        for user, family in families.items():
            if known.get(user) != family:
                let_in(session, OPERATOR, now_at, user, family=family, probes={"device": "air"})
        for is_bridge in (False, True):
            admitted = {one.device_id for one in read_devices(folder)}
            wanted = [user for user, family in families.items() if _is_bridge(family) is is_bridge]
            if fresh := [user for user in wanted if user not in admitted]:
                issue(session, OPERATOR, now_at, folder, fresh, is_bridge=is_bridge)
    users = {one.device_id: one for one in read_devices(folder)}
    _wait_until_taken_up(folder, [users[user] for user in families])
    return {user: Endpoint(at.host, at.port, user, user, users[user].secret) for user in families}


def endpoints_elsewhere(
    params: FleetParams, host: str, port: int, user_file: Path | None
) -> dict[str, Endpoint]:
    """
    The fleet's connections at another broker, all as one user or as nobody.

    Raises
    ------
    BadInput
        When the user's file cannot be read or is not one line ``name:secret``.
    """
    name, secret = _user_in(user_file) if user_file else ("", "")
    return {user: Endpoint(host, port, user, name, secret) for user in _families_of(fleet(params))}


def simulate(params: FleetParams, endpoints: Mapping[str, Endpoint], speed: float) -> dict[str, Any]:
    """
    Plays a fleet and says what it published and what was acknowledged.

    Raises
    ------
    MealError
        ``simulation_not_connected`` when the broker lets somebody of it not in.
    """
    try:
        played = asyncio.run(play(params, endpoints, Pace(speed, CONNECT_S)))
    except NotConnected as error:
        raise MealError("simulation_not_connected", detail=str(error)) from error
    return _document(params, speed, played)


def stored_now(house: House, params: FleetParams) -> dict[str, int]:
    """How many readings of each of the fleet's sensors the house has in store."""
    with house.database.read() as session:
        return count_readings_by_device(session, [one.device_id for one in fleet(params)])


def with_stored(
    found: dict[str, Any], before: Mapping[str, int], count: Callable[[], Mapping[str, int]]
) -> dict[str, Any]:
    """
    What was played, and how many of its readings the house has stored since, once its worker caught up.

    Parameters
    ----------
    found
        As `simulate` gives it.
    before
        What was stored before it.
    count
        Asks for it again.

    Returns
    -------
    dict[str, Any]
        With ``readings_stored`` in all, by family, by fault and by sensor. Without an identity a copy is a
        second reading, so that of such families there may be more than were published.
    """
    rows, stored = found["by_device"], _caught_up(found["by_device"], before, count)
    for row in rows:
        row["readings_stored"] = stored.get(row["device"], 0) - before.get(row["device"], 0)
    for key in ("family", "fault"):
        for part in found[f"by_{key}"]:
            part["readings_stored"] = sum(row["readings_stored"] for row in rows if row[key] == part[key])
    return {**found, "readings_stored": sum(row["readings_stored"] for row in rows)}


def _caught_up(
    rows: Sequence[Mapping[str, Any]], before: Mapping[str, int], count: Callable[[], Mapping[str, int]]
) -> Mapping[str, int]:
    """What is stored when nothing is owed any more, or when nothing has come for a while."""
    owed = {row["device"]: before.get(row["device"], 0) + row["readings_acknowledged"] for row in rows}
    stored, came_s = count(), time.monotonic()
    while any(stored.get(name, 0) < least for name, least in owed.items()):
        if time.monotonic() > came_s + STILL_S:
            break
        time.sleep(POLL_S)
        now = count()
        if now != stored:
            stored, came_s = now, time.monotonic()
    return stored


def _document(params: FleetParams, speed: float, played: Played) -> dict[str, Any]:
    rows = [_row(device, played.told[device.device_id]) for device in played.devices]
    faults = {row["fault"] for row in rows}
    return {
        "devices": len(rows),
        "minutes": params.minutes,
        "seed": params.seed,
        "speed": speed,
        "from_at": params.begin_at.isoformat(),
        "connections": played.connections,
        "reconnects": played.reconnects,
        "took_s": played.took_s,
        **_summed(rows),
        "by_family": [{"family": name, **_part(rows, "family", name)} for name in params.families],
        "by_fault": [
            {"fault": fault, **_part(rows, "fault", fault)}
            for fault in (NO_FAULT, *FLEET_FAULTS)
            if fault in faults
        ],
        "by_device": rows,
    }


def _row(device: FleetDevice, told: Told) -> dict[str, Any]:
    named = {"device": device.device_id, "family": device.family.name, "identity": device.family.identity}
    return {**named, "fault": device.fault or NO_FAULT, **asdict(told)}


def _part(rows: Sequence[Mapping[str, Any]], key: str, value: str) -> dict[str, int]:
    meant = [row for row in rows if row[key] == value]
    return {"devices": len(meant), **_summed(meant)}


def _summed(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    return {one.name: sum(row[one.name] for row in rows) for one in fields(Told)}


def _families_of(devices_: Sequence[FleetDevice]) -> dict[str, str]:
    return {one.speaker.user: one.family.name for one in devices_}


def _is_bridge(family: str) -> bool:
    return SIM_FAMILIES[family].connects != "itself"


def _wait_until_taken_up(folder: Path, users: Sequence[DeviceUser]) -> None:
    """So that the broker does not refuse, and note, those whom it does not know yet."""
    give_up_s = time.monotonic() + TAKEN_UP_WITHIN_S
    while time.monotonic() < give_up_s:
        written = (folder / "users.conf").read_text(encoding="utf-8")
        if all(one.secret in written for one in users):
            return
        time.sleep(POLL_S)
    raise BrokerFailed("broker_not_started")


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 1:
        raise BadInput("simulation_rate_unusable", rate=ascii(text))
    return rate


def _user_in(file: Path) -> tuple[str, str]:
    try:
        name, found, secret = file.read_text("utf-8").strip().partition(":")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("simulation_user_file", file=str(file)) from error
    if not found or "\n" in secret:
        raise BadInput("simulation_user_file", file=str(file))
    return name, secret
