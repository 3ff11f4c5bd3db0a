"""Which probes go into a box as it is closed: the carrier's own, and sensors that were scanned to it."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from api.checks.asset_list import asset_named, rows_by_id
from kitchen.boxes import Carrier, Senses
from kitchen.store.equipment import kitchen_of_sensor, load_carriers
from kitchen.store.production_rows import BoxRow, ProductionRow
from orders.errors import BadInput, Conflict
from orders.service import parse_service
from telemetry.assets import is_asset
from telemetry.readings import SENSES, ProbeUse
from telemetry.store.devices import devices
from telemetry.store.probe_uses import places_now, put_in
from telemetry.store.sensors import probes_told

PREFIX = "holdchain:sensor:"
HEARD_WITHIN = timedelta(days=2)
BETWEEN = "/"
_SENSES: Mapping[str, Senses] = {one: one for one in SENSES}


def sensors_in(
    session: Session, carrier: Carrier, kitchen_id: str, scanned: Collection[str], at: datetime
) -> list[tuple[str, str, Senses]]:
    """
    The probes that go into a box: device, probe and what it senses there, each once.

    Parameters
    ----------
    session
        Open transaction.
    carrier, kitchen_id
        What the box is packed in, and whose it is.
    scanned
        Loose sensors as scanned or typed: the device, or ``DEVICE/PROBE`` where it has several.
    at
        When.

    Raises
    ------
    BadInput
        When a sensor is not known, or has several probes and none is named.
    Conflict
        When it is another kitchen's.
    """
    found: list[tuple[str, str, Senses]] = []
    if carrier.sensor_id is not None and carrier.senses is not None:
        found.append((carrier.sensor_id, carrier.senses, carrier.senses))
    texts = [text for text in scanned if text.strip()]
    found += [probe_scanned(session, kitchen_id, text, at) for text in texts]
    return list(dict.fromkeys(found))


def probe_scanned(session: Session, kitchen_id: str, scanned: str, at: datetime) -> tuple[str, str, Senses]:
    """
    The probe that was scanned or typed: its device, its name, and what it senses.

    Raises
    ------
    BadInput
        ``sensor_unknown`` when nobody let it in and it told nothing of late; ``sensor_which_probe`` when it
        has several probes and none is named.
    Conflict
        ``sensor_of_other_kitchen`` when it is in a carrier, a box or an asset of another kitchen.
    """
    device, _, probe = scanned.strip().removeprefix(PREFIX).partition(BETWEEN)
    known = _probes(session, kitchen_id, device, at)
    if probe:
        known = [one for one in known if one[1].casefold() == probe.casefold()]
    if not known:
        raise BadInput("sensor_unknown", sensor=scanned.strip())
    if len(known) > 1:
        names = ", ".join(f"{name}{BETWEEN}{one}" for name, one, _ in known)
        raise BadInput("sensor_which_probe", sensor=device, probes=names)
    _require_own(session, kitchen_id, known[0][0])
    return known[0]


def kitchens_of_places(session: Session, place_ids: Collection[str]) -> set[str]:
    """The kitchens of some boxes and assets, by row id; one that no kitchen has is left out."""
    found = {kitchen_id for kitchen_id, _ in rows_by_id(session, [*filter(is_asset, place_ids)]).values()}
    for box_id in place_ids:
        box = session.get(BoxRow, box_id)
        production = session.get(ProductionRow, box.production_id) if box else None
        if production is not None:
            found.add(parse_service(production.service_key).kitchen_id)
    return found


def put_probe_in(session: Session, use: ProbeUse) -> None:
    """
    Notes that a probe sits in a box.

    Raises
    ------
    Conflict
        ``probe_in_a_box``, naming the other box, when it sat there at an instant of this use.
    """
    try:
        put_in(session, use)
    except Conflict as taken:
        box = box_named(session, str(taken.params["box"]))
        raise Conflict(taken.code, **taken.params | {"box": box}) from taken


def box_named(session: Session, box_id: str) -> str:
    """A box's code with its date, ``X12 (2026-11-23)``, or an asset's; else its row id."""
    if is_asset(box_id):
        return asset_named(session, box_id)
    box = session.get(BoxRow, box_id)
    production = session.get(ProductionRow, box.production_id) if box else None
    if box is None or production is None:
        return box_id
    return f"{box.code} ({parse_service(production.service_key).service_on})"


def _require_own(session: Session, kitchen_id: str, device_id: str) -> None:
    owner = kitchen_of_sensor(session, device_id)
    owners = {owner} if owner else kitchens_of_places(session, places_now(session, device_id))
    if others := sorted(owners - {kitchen_id}):
        raise Conflict("sensor_of_other_kitchen", sensor=device_id, kitchen=", ".join(others))


def _probes(session: Session, kitchen_id: str, device: str, at: datetime) -> list[tuple[str, str, Senses]]:
    """The probes of a device: as it was let in, else as a carrier has it, else as it told of late."""
    wanted = device.casefold()
    let_in = next((one for one in devices(session) if one.device_id.casefold() == wanted), None)
    if let_in is not None and let_in.probes:
        return [(let_in.device_id, probe, _sense(senses, probe)) for probe, senses in let_in.probes.items()]
    fixed = (one for one in load_carriers(session, kitchen_id) if (one.sensor_id or "").casefold() == wanted)
    for carrier in fixed:
        if carrier.sensor_id is not None and carrier.senses is not None:
            return [(carrier.sensor_id, carrier.senses, carrier.senses)]
    told = probes_told(session, device, at - HEARD_WITHIN)
    return [(one.device_id, one.probe, _sense(one.senses, one.probe)) for one in told]


def _sense(told: str | None, probe: str) -> Senses:
    """What a probe senses: as told, else as its name says; one that lies in a box senses the air there."""
    return _SENSES.get(told or "") or _SENSES.get(probe) or "air"
