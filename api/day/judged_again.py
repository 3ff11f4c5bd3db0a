"""Why a hold was judged again after a final verdict: what was corrected, and what arrived late."""

from sqlmodel import Session

from orders.codes import Coded
from telemetry.hold_facts import HoldFacts, HoldVerdict
from telemetry.store.probe_uses import CorrectedUse, corrected_uses
from telemetry.store.verdicts import last_computed_at


def why_again(
    session: Session, box_id: str, before: HoldVerdict, facts: HoldFacts, readings: int
) -> tuple[Coded, ...]:
    """
    What happened since a final verdict.

    Parameters
    ----------
    session
        Open transaction.
    box_id, facts
        The hold as it stands now.
    before
        Its newest verdict, which was final.
    readings
        By how many it is judged now: one may have arrived in the instant of the verdict before.

    Returns
    -------
    tuple[Coded, ...]
        Corrected sensors, then readings that arrived; where neither is new, that other records changed.
    """
    said_at = last_computed_at(session, box_id)
    if said_at is None:
        return ()
    moved = {
        one.by.correction_id: _moved(one)
        for one in corrected_uses(session, [box_id])[box_id]
        if one.by.at >= said_at and one.by.reason == "moved"
    }
    told = [one for one in facts.readings if one.quantity == "temperature"]
    late = [one for one in told if one.received_at > said_at]
    found = [one for one in moved.values() if one not in before.because]
    if not (late or found) and readings > before.readings:  # a moved sensor brings its own
        late = sorted(told, key=lambda one: one.received_at)[before.readings - readings :]
    if late:
        from_at, to_at = min(one.measured_at for one in late), max(one.measured_at for one in late)
        found.append(
            Coded(
                "verdict_after_backfill",
                {"readings": len(late), "from_at": from_at.isoformat(), "to_at": to_at.isoformat()},
            )
        )
    return tuple(found) or (Coded("verdict_after_facts"),)


def _moved(one: CorrectedUse) -> Coded:
    sensor = f"{one.use.device_id}/{one.use.probe}"
    return Coded("verdict_after_sensor_moved", {"sensor": sensor, "from_at": one.by.since_at.isoformat()})
