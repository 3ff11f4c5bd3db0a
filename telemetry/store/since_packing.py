"""What boxes' sensors told from packing until the next box, from rows and from chunks alike."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlmodel import Session

from telemetry.instants import MICROSECOND
from telemetry.readings import NO_SEQUENCE, WHOLE_DEVICE, ProbeUse, Reading
from telemetry.store.dropped_rows import rows_gone_before
from telemetry.store.history import Span, readings_in
from telemetry.store.probe_uses import uses_of_boxes, uses_of_probe
from telemetry.store.readings import count_readings_since_packing, missing_messages

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SincePacking:
    """
    What the probes of some boxes, and their devices of themselves, told.

    Parameters
    ----------
    readings
        How many.
    missing
        Device id to the messages that its counter skips; others are left out.
    """

    readings: int
    missing: dict[str, int]


def told_since_packing(session: Session, box_ids: Sequence[str]) -> SincePacking:
    """What some boxes' sensors told from packing until the next box; the database counts while it has all."""
    gone_at = rows_gone_before(session)
    uses = [use for own in uses_of_boxes(session, box_ids).values() for use in own]
    if gone_at is None or all(use.from_at >= gone_at for use in uses):
        return SincePacking(
            count_readings_since_packing(session, box_ids), missing_messages(session, box_ids)
        )
    found: dict[tuple[str, str], dict[object, Reading]] = defaultdict(dict)
    for use in uses:
        told = readings_in(session, _until_next(session, use))
        found[use.device_id, use.box_id] |= {one.key: one for one in told}
    numbers = {
        device_id: {one.sequence for one in own.values()} - {NO_SEQUENCE}
        for (device_id, _), own in sorted(found.items())
    }
    missing = {device_id: max(own) - min(own) + 1 - len(own) for device_id, own in numbers.items() if own}
    return SincePacking(
        len({key for own in found.values() for key in own}),
        {device_id: count for device_id, count in missing.items() if count},
    )


def _until_next(session: Session, use: ProbeUse) -> list[Span]:
    """A probe and its device from this use on until the probe's next one."""
    uses = uses_of_probe(session, use.device_id, use.probe)
    next_at = min((one.from_at for one in uses if one.from_at > use.from_at), default=_NEVER)
    span = Span(use.device_id, use.from_at, next_at - MICROSECOND, use.probe)
    return [span, replace(span, probe=WHOLE_DEVICE)]
