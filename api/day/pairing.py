"""A sensor was noted in the wrong box: from a minute on it sat elsewhere, and both holds are judged anew."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from api.audit import record
from api.day.corrections import Hand
from api.day.holds import acts_of, chain_end_at, packings
from api.day.judging import judge_boxes
from api.day.probes_in import box_named, kitchens_of_places, probe_scanned
from api.db import hold
from api.moments import happened
from api.permissions import ensure
from kitchen.boxes import Senses
from kitchen.store.production_rows import BoxRow
from orders.errors import Conflict
from telemetry.pairing import Pairing, corrected
from telemetry.readings import ProbeUse
from telemetry.store.probe_uses import CorrectedUse, correct, corrected_uses, uses_of_boxes, uses_of_probe

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class SatIn:
    """
    Where a probe really sat.

    Parameters
    ----------
    sensor
        As scanned or typed: ``DEVICE``, or ``DEVICE/PROBE``.
    from_at
        From which minute on; a use that began within it is meant from its beginning.
    box_id
        In which box; empty for none.
    """

    sensor: str
    from_at: datetime
    box_id: str = ""


@dataclass(frozen=True, slots=True)
class SensorFile:
    """
    The sensors of one box, and where else each may have sat.

    Parameters
    ----------
    uses
        That stand, earliest first.
    corrected
        What was corrected: wrong ones and those that stand instead, oldest correction first.
    """

    uses: tuple[ProbeUse, ...]
    corrected: tuple[CorrectedUse, ...]


def sensor_file(session: Session, box_id: str) -> SensorFile:
    """The sensors of one box, those that were corrected among them."""
    uses, changed = uses_of_boxes(session, [box_id])[box_id], corrected_uses(session, [box_id])[box_id]
    return SensorFile(tuple(uses), tuple(changed))


def probe_sat_in(session: Session, about_id: str, told: SatIn, hand: Hand) -> Pairing:
    """
    Corrects where a probe sat from a minute on: both records stay, and every hold it touches is judged anew.

    Parameters
    ----------
    session
        Open transaction.
    about_id
        The box on whose page it is said; it tells the kitchen.
    told, hand
        What is true, and who says so.

    Returns
    -------
    Pairing
        What no longer stands, and what stands instead.

    Raises
    ------
    NotFound
        When a box is unknown.
    Forbidden
        When the probe was in a box or an asset of a kitchen that the actor has no say in.
    BadInput
        When the sensor is not known, or the minute cannot be.
    Conflict
        When the other box is not closed or its hold was over by then, the probe sat in a third box, was
        noted so already, or is another kitchen's.
    """
    kitchen_id = packings(session, [about_id])[about_id].service.kitchen_id
    ensure(hand.actor, "box.pack", kitchen_id=kitchen_id)
    at = happened(told.from_at, hand.now_at)
    named = _named(session, about_id, kitchen_id, told.sensor, at)
    sensor = f"{named[0]}/{named[1]}"
    hold(session, f"probe/{sensor}")
    at, pairing = _pairing(session, told, named, at)
    for one in kitchens_of_places(session, pairing.box_ids):
        ensure(hand.actor, "box.pack", kitchen_id=one)
    boxes = packings(session, _known(session, pairing))
    by = hand.correcting("moved", at)
    correct(session, pairing, by)
    detail = {"correction": by.correction_id, "from_at": at.isoformat()}
    sides = {"before": _said(session, pairing.gone), "after": _said(session, pairing.stand)}
    record(session, hand.actor, "box.pack/correct", sensor, hand.now_at, detail | sides)
    judge_boxes(session, list(boxes), hand.now_at, hand.ids)
    return pairing


def _pairing(
    session: Session, told: SatIn, named: tuple[str, str, Senses], at: datetime
) -> tuple[datetime, Pairing]:
    """From when on what changes; `Conflict` when nothing does, or the probe sat in a third box."""
    device_id, probe, senses = named
    uses = uses_of_probe(session, device_id, probe)
    at = next((use.from_at for use in uses if at <= use.from_at < at + MINUTE), at)
    senses = next((use.senses for use in uses if use.holds_at(at)), senses)
    right = (
        _use_in(session, told, ProbeUse(device_id, probe, senses, told.box_id, at)) if told.box_id else None
    )
    pairing = corrected(uses, at, right)
    if not pairing.box_ids:
        raise Conflict("probe_noted_so", device_id=device_id, probe=probe)
    if right is not None and all(use.box_id != right.box_id for use in pairing.stand):
        third = next(use.box_id for use in uses if use.holds_at(right.from_at))
        raise Conflict("probe_in_a_box", device_id=device_id, probe=probe, box=box_named(session, third))
    return at, pairing


def _named(
    session: Session, about_id: str, kitchen_id: str, sensor: str, at: datetime
) -> tuple[str, str, Senses]:
    """The probe that is meant: one of this box by its full name, else as scanned."""
    inside = uses_of_boxes(session, [about_id])[about_id]
    own = next((use for use in inside if f"{use.device_id}/{use.probe}" == sensor), None)
    return (own.device_id, own.probe, own.senses) if own else probe_scanned(session, kitchen_id, sensor, at)


def _use_in(session: Session, told: SatIn, use: ProbeUse) -> ProbeUse:
    """The use in the other box: since it was closed, up to the end of its chain."""
    packing = packings(session, [told.box_id])[told.box_id]
    acts = acts_of(session, packing.service, packing.box.production_id, [packing])
    packed, end_at = acts.packed.get(told.box_id), chain_end_at(packing, acts)
    if packed is None:
        raise Conflict("box_not_packed", box=packing.box.code)
    from_at = max(use.from_at, packed.happened_at)
    if end_at is not None and end_at <= from_at:
        raise Conflict("pairing_after_end", box=packing.box.code, at=end_at.isoformat())
    return ProbeUse(use.device_id, use.probe, use.senses, told.box_id, from_at, end_at, packed.core_c)


def _known(session: Session, pairing: Pairing) -> list[str]:
    """The boxes of a pairing that the kitchen has."""
    return [box_id for box_id in pairing.box_ids if session.get(BoxRow, box_id) is not None]


def _said(session: Session, uses: tuple[ProbeUse, ...]) -> list[dict[str, str | None]]:
    return [
        {
            "box": box_named(session, use.box_id),
            "from_at": use.from_at.isoformat(),
            "to_at": use.to_at.isoformat() if use.to_at else None,
        }
        for use in uses
    ]
