"""Lets sensors in and shuts them out: their names in the database, their secrets with the broker alone."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from api.audit import record
from api.db import hold
from api.permissions import Actor, ensure
from api.sensors import FILE, read_sensors
from orders.errors import BadInput, NotFound
from telemetry.broker_config import DeviceUser, new_secret, read_devices, write_devices
from telemetry.decode import families
from telemetry.readings import SENSES, is_name
from telemetry.sensors import Sensors
from telemetry.store.devices import add_device, devices, revoke_device

USERS = "devices/users"  # one act at a time reads the broker's file and writes it anew


def let_in(
    session: Session,
    actor: Actor,
    now_at: datetime,
    device_id: str,
    *,
    family: str,
    probes: Mapping[str, str],
) -> None:
    """
    Registers a sensor; `issue` gives it its secret.

    Parameters
    ----------
    session
        The act's transaction.
    actor, now_at
        Who, when.
    device_id, family
        Its name and whose payload it speaks.
    probes
        Name of each probe and what it senses.

    Raises
    ------
    BadInput
        When a name cannot be one, or the family or a sense is unknown.
    Conflict
        When the name is taken.
    """
    ensure(actor, "devices.manage")
    for name in (device_id, *probes):
        if not is_name(name):
            raise BadInput("device_name_unusable", name=ascii(name))
    if family not in families():
        raise BadInput("device_family_unknown", family=family, known=", ".join(families()))
    for senses in probes.values():
        if senses not in SENSES:
            raise BadInput("device_senses_unknown", senses=senses, known=", ".join(SENSES))
    add_device(session, device_id, family=family, probes=dict(probes), now_at=now_at)
    record(session, actor, "devices.manage/add", device_id, now_at, {"family": family})


def issue(
    session: Session,
    actor: Actor,
    now_at: datetime,
    folder: Path,
    device_ids: Sequence[str] = (),
    *,
    is_bridge: bool = False,
) -> list[DeviceUser]:
    """
    Makes new secrets and gives them to the broker; a running one takes them up within a second.

    Parameters
    ----------
    session
        The act's transaction.
    actor, now_at
        Who, when.
    folder
        The broker's folder, in the data folder whose ``sensors.toml`` says what each may publish to.
    device_ids
        Whose secrets to make anew; empty means every registered sensor that has none yet.
    is_bridge
        Whether they speak for other devices of their family; who already did goes on.

    Returns
    -------
    list[DeviceUser]
        The sensors with their new secrets, to be shown once.

    Raises
    ------
    NotFound
        When one is not registered.
    BadInput
        When ``sensors.toml`` is faulty, does not hear the family, or has topics that begin with the name;
        and for a family whose payload travels in another's frames.
    """
    ensure(actor, "devices.manage")
    hold(session, USERS)
    sensors = read_sensors(folder.parent)
    known = {row.device_id: row for row in devices(session)}
    users = {user.device_id: user for user in read_devices(folder) if user.device_id in known}
    for device_id in device_ids:
        if device_id not in known:
            raise NotFound("device", device_id)
    wanted = list(device_ids) or [device_id for device_id in known if device_id not in users]
    bridges = {device_id for device_id in wanted if is_bridge or _was_bridge(users.get(device_id))}
    fresh = [_user(sensors, one, known[one].family, is_bridge=one in bridges) for one in wanted]
    users |= {user.device_id: user for user in fresh}
    for user in fresh:
        record(session, actor, "devices.manage/issue", user.device_id, now_at)
    write_devices(folder, (users[device_id] for device_id in sorted(users)))
    return fresh


def shut_out(session: Session, actor: Actor, now_at: datetime, folder: Path, device_id: str) -> None:
    """Takes a sensor's right to publish away; what it sent stays. `NotFound` for an unknown one."""
    ensure(actor, "devices.manage")
    hold(session, USERS)
    revoke_device(session, device_id, now_at)
    record(session, actor, "devices.manage/revoke", device_id, now_at)
    write_devices(folder, (user for user in read_devices(folder) if user.device_id != device_id))


def _user(sensors: Sensors, device_id: str, family: str, *, is_bridge: bool) -> DeviceUser:
    rights = sensors.rights(family, device_id, is_bridge=is_bridge)
    if not rights and not families()[family].topic_filters:
        raise BadInput("device_family_travels", family=family, file=FILE)
    if not rights:
        code = "device_family_no_bridge" if is_bridge else "device_family_not_heard"
        raise BadInput(code, family=family, file=FILE)
    if sensors.is_taken(device_id):
        raise BadInput("device_name_in_topics", name=device_id, file=FILE)
    return DeviceUser(device_id, new_secret(), rights, is_bridge)


def _was_bridge(user: DeviceUser | None) -> bool:
    return user is not None and user.is_bridge
