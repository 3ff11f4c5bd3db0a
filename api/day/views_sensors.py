"""What the page of sensors shows: every device with what is wrong with it, and what fell into no box."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from api.checks.asset_list import assets_of
from api.day.holds import profile_at
from api.day.probes_in import box_named
from api.permissions import Actor
from kitchen.haccp import Probe
from kitchen.store.equipment import load_carriers
from kitchen.store.watched import load_probes
from orders.codes import Coded
from orders.sites import Kitchen
from orders.store.sites import load_kitchens
from telemetry.assets import is_asset
from telemetry.low_battery import low_since
from telemetry.readings import Reading
from telemetry.skew import SkewParams, skew_params, skew_s
from telemetry.store.devices import devices
from telemetry.store.probe_uses import open_uses
from telemetry.store.sensors import (
    BadKind,
    Unboxed,
    bad_kinds,
    devices_heard,
    doubtful_times,
    latest_readings,
    unboxed,
)

WINDOW = timedelta(hours=24)
SILENT = timedelta(minutes=15)
LOOKED_AT = 60
LOW_BATTERY = 20.0
_QUIET = ("sensor_never_heard", "sensor_silent")


@dataclass(frozen=True, slots=True)
class SensorView:
    """
    One device.

    Parameters
    ----------
    device_id, family
        Its name; whose payload it speaks, empty when nobody let it in.
    carrier_code, box
        The carrier or asset it is fixed to, and the box it sits in; empty for none.
    last_at, last_c, battery
        Its latest reading, its latest temperature and battery in percent; None for none.
    findings
        What is wrong with it.
    """

    device_id: str
    family: str
    carrier_code: str
    box: str
    last_at: datetime | None
    last_c: float | None
    battery: float | None
    findings: tuple[Coded, ...]

    @property
    def rests(self) -> bool:
        """Whether all that is wrong is that it tells nothing, and it sits in no box."""
        return not self.box and bool(self.findings) and all(one.code in _QUIET for one in self.findings)


@dataclass(frozen=True, slots=True)
class SensorsView:
    """
    The page of sensors.

    Parameters
    ----------
    since_at, zone
        Since when readings are counted, and where the clock stands that shows it.
    sensors
        Every device, those with findings first.
    unboxed
        Temperatures that belong to no box.
    refused, bad
        What the broker refused; frames that gave nothing, or not all.
    """

    since_at: datetime
    zone: str
    sensors: tuple[SensorView, ...]
    unboxed: tuple[Unboxed, ...]
    refused: tuple[BadKind, ...]
    bad: tuple[BadKind, ...]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the house knows of its devices: families, carriers, boxes, probes and clocks; when, where."""

    families: Mapping[str, str]
    carriers: Mapping[str, str]
    boxes: Mapping[str, str]
    probes: Mapping[str, Probe]
    clock: SkewParams
    zone: str
    now_at: datetime

    @property
    def today_on(self) -> date:
        """The date at the kitchen."""
        return self.now_at.astimezone(ZoneInfo(self.zone)).date()


def sensors_view(session: Session, actor: Actor, now_at: datetime) -> SensorsView:
    """
    The devices of the actor's kitchen and those of none; of every kitchen for who is bound to none.

    Parameters
    ----------
    session
        Open transaction.
    actor
        Who looks.
    now_at
        Now.
    """
    since_at, kitchens = now_at - WINDOW, load_kitchens(session)
    known = _known(session, [one for one in kitchens if actor.kitchen_id in (None, one.kitchen_id)], now_at)
    others = (one for one in kitchens if actor.kitchen_id not in (None, one.kitchen_id))
    elsewhere = {key for one in others for key in _fixed(session, one)}
    names = sorted((set(devices_heard(session)) | known.families.keys() | known.carriers.keys()) - elsewhere)
    doubtful = doubtful_times(session, names, since_at)
    every = [
        _sensor(known, name, latest_readings(session, name, LOOKED_AT), doubtful.get(name, 0))
        for name in names
    ]
    kinds = bad_kinds(session)
    return SensorsView(
        since_at=since_at,
        zone=known.zone,
        sensors=tuple(sorted(every, key=lambda one: (not one.findings, one.device_id))),
        unboxed=tuple(unboxed(session, names, since_at)),
        refused=tuple(one for one in kinds if one.reason.code.startswith("mqtt_")),
        bad=tuple(one for one in kinds if not one.reason.code.startswith("mqtt_")),
    )


def _known(session: Session, own: Sequence[Kitchen], now_at: datetime) -> _Known:
    probes = [load_probes(session, kitchen.kitchen_id) for kitchen in own]
    return _Known(
        families={one.device_id: one.family for one in devices(session)},
        carriers={key: code for kitchen in own for key, code in _fixed(session, kitchen).items()},
        boxes={
            use.device_id: box_named(session, use.box_id)
            for use in open_uses(session)
            if not is_asset(use.box_id)
        },
        probes={code: one for some in probes for code, one in some.items()},
        clock=skew_params(profile_at(session, own[0].kitchen_id).records) if own else SkewParams(),
        zone=own[0].zone if own else "UTC",
        now_at=now_at,
    )


def _fixed(session: Session, kitchen: Kitchen) -> dict[str, str]:
    """The sensors of a kitchen's carriers and assets, with the codes of these."""
    carriers = load_carriers(session, kitchen.kitchen_id)
    fixed = {one.sensor_id: one.code for one in carriers if one.sensor_id}
    assets = {one.asset_id: one.code for one in assets_of(session, kitchen.kitchen_id).values()}
    uses = open_uses(session) if assets else []
    return fixed | {use.device_id: assets[use.box_id] for use in uses if use.box_id in assets}


def _sensor(known: _Known, device_id: str, latest: list[Reading], doubtful: int) -> SensorView:
    """One device; ``latest`` are its newest readings, the newest first."""
    battery = next((one.value for one in latest if one.quantity == "battery"), None)
    return SensorView(
        device_id=device_id,
        family=known.families.get(device_id, ""),
        carrier_code=known.carriers.get(device_id, ""),
        box=known.boxes.get(device_id, ""),
        last_at=latest[0].measured_at if latest else None,
        last_c=next((one.value for one in latest if one.quantity == "temperature"), None),
        battery=battery,
        findings=tuple(_findings(known, device_id, latest, battery, doubtful)),
    )


def _findings(
    known: _Known, device_id: str, latest: list[Reading], battery: float | None, doubtful: int
) -> Iterable[Coded]:
    wrong_s, newest = skew_s(latest, known.clock), max((one.received_at for one in latest), default=None)
    if newest is None:
        yield Coded("sensor_never_heard")
    elif known.now_at - newest > SILENT:
        yield Coded("sensor_silent", {"since_at": newest.isoformat()})
    if wrong_s is not None:
        code = "sensor_clock_behind" if wrong_s > 0 else "sensor_clock_ahead"
        yield Coded(code, {"minutes": round(abs(wrong_s) / 60, 1)})
    if doubtful:
        yield Coded("sensor_times_doubtful", {"count": doubtful})
    if battery is not None and battery <= LOW_BATTERY:
        yield Coded("sensor_battery_low", {"percent": round(battery)})
    elif low_since(latest) is not None:
        yield Coded("sensor_battery_called_low")
    probe = known.probes.get(device_id)
    if probe is not None and (warning := probe.warning(known.today_on)) is not None:
        yield warning
