"""Sensors mounted in fixed assets: one probe sits in one place at a time, a box or an asset."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.checks.assets import need_asset
from api.checks.desk import CheckDesk, open_checks
from api.day.asset_judging import judge_assets
from api.day.probes_in import probe_scanned, put_probe_in
from api.db import hold
from api.moments import happened
from orders.errors import BadInput, NotFound
from telemetry.readings import SENSES, ProbeUse, Senses
from telemetry.store.probe_uses import take_out, uses_of_boxes


@dataclass(frozen=True, slots=True)
class Mounting:
    """
    A sensor that somebody mounts.

    Parameters
    ----------
    asset
        Code of the asset.
    sensor
        As scanned or typed: ``DEVICE``, or ``DEVICE/PROBE``.
    senses
        What it senses there; ``"ambient"`` for one that only tells of the door.
    from_at
        Since when; None is now.
    """

    asset: str
    sensor: str
    senses: Senses = "air"
    from_at: datetime | None = None


def mount(session: Session, desk: CheckDesk, told: Mounting) -> ProbeUse:
    """
    Notes that a probe is mounted in an asset.

    Raises
    ------
    NotFound
        When the kitchen lists no such asset.
    BadInput
        When the sensor is not known, or has several probes and none is named.
    Conflict
        ``probe_in_a_box`` when it sits in a box or another asset.
    """
    open_checks(session, desk, "checks.list")
    kitchen_id = desk.kitchen.kitchen_id
    asset = need_asset(session, kitchen_id, told.asset)
    if told.senses not in SENSES:
        raise BadInput("device_senses_unknown", senses=told.senses, known=", ".join(SENSES))
    from_at = happened(told.from_at, desk.now_at)
    device_id, probe, _ = probe_scanned(session, kitchen_id, told.sensor, from_at)
    hold(session, f"probe/{device_id}/{probe}")
    use = ProbeUse(device_id, probe, told.senses, asset.asset_id, from_at)
    put_probe_in(session, use)
    _note(session, desk, "mounted", asset.code, use)
    return use


def dismount(session: Session, desk: CheckDesk, asset_code: str, sensor: str) -> ProbeUse:
    """
    Notes that a probe, by its full name ``DEVICE/PROBE``, left an asset now; what it alone told of ends.

    Raises
    ------
    NotFound
        When the kitchen lists no such asset, or no such probe is mounted in it.
    """
    open_checks(session, desk, "checks.list")
    asset = need_asset(session, desk.kitchen.kitchen_id, asset_code)
    inside = uses_of_boxes(session, [asset.asset_id])[asset.asset_id]
    found = next(
        (use for use in inside if use.to_at is None and f"{use.device_id}/{use.probe}" == sensor), None
    )
    if found is None:
        raise NotFound("probe_use", sensor or "-")
    use = take_out(session, found.device_id, found.probe, desk.now_at)
    judge_assets(session, [asset.asset_id], desk.now_at, desk.ids)
    _note(session, desk, "dismounted", asset.code, use)
    return use


def _note(session: Session, desk: CheckDesk, what: str, asset_code: str, use: ProbeUse) -> None:
    subject = f"{desk.kitchen.kitchen_id}/{asset_code}"
    detail = {"sensor": f"{use.device_id}/{use.probe}", "senses": use.senses}
    detail["at"] = (use.to_at or use.from_at).isoformat()
    record(session, desk.actor, f"checks.list/{what}", subject, desk.now_at, detail)
