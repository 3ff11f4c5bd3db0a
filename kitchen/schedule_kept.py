"""Kept: equipment dealt as it was dealt before, so that a new schedule changes only what it must."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from kitchen.equipment import Slot
from kitchen.schedule_check import Judged, check_schedule
from orders.codes import Coded


def dealt_as_before(
    slots: Sequence[Slot], before: Mapping[str, str], said: Sequence[Coded], judged: Judged
) -> tuple[Slot, ...]:
    """
    The same minutes, each batch on the piece it had before where another took its place for nothing.

    Parameters
    ----------
    slots
        As they were found.
    before
        The piece that each batch had, by batch id.
    said, judged
        As `check_schedule` takes them: no exchange is made that it would object to.

    Returns
    -------
    tuple[Slot, ...]
        By start and piece.
    """
    by_kind: dict[str, list[Slot]] = {}
    pieces = {piece.equipment_id: piece for piece in judged.equipment}
    for slot in slots:
        by_kind.setdefault(pieces[slot.equipment_id].kind, []).append(slot)
    found = list[Slot]()
    for own in by_kind.values():
        ids = {slot.batch_id for slot in own}
        part = replace(judged, batches=[one for one in judged.batches if one.batch_id in ids])
        found += _exchanged(own, before, said, part)
    return tuple(sorted(found, key=lambda slot: (slot.start_s, slot.equipment_id)))


def _exchanged(
    slots: list[Slot], before: Mapping[str, str], said: Sequence[Coded], judged: Judged
) -> list[Slot]:
    """Exchanges one by one, as long as one brings more batches back to their piece."""
    pieces = {piece.equipment_id: piece for piece in judged.equipment}
    own = {name for name, piece in pieces.items() if piece.kind == pieces[slots[0].equipment_id].kind}

    def kept(some: Sequence[Slot]) -> int:
        return sum(before.get(slot.batch_id) == slot.equipment_id for slot in some)

    def better(best: list[Slot]) -> list[Slot] | None:
        for slot in sorted(best, key=lambda one: one.start_s):
            wanted = before.get(slot.batch_id)
            if wanted in own and wanted is not None and wanted != slot.equipment_id:
                for other in _moves(best, slot, wanted):
                    if kept(other) > kept(best) and not check_schedule(other, said, judged):
                        return other
        return None

    while (other := better(slots)) is not None:
        slots = other
    return slots


def _moves(slots: Sequence[Slot], slot: Slot, wanted: str) -> Iterator[list[Slot]]:
    """Two pieces exchanged from this slot on, the slots that meet it exchanged, or it alone moved."""
    held = slot.equipment_id
    swap = {held: wanted, wanted: held}

    def with_swapped(chosen: set[str]) -> list[Slot]:
        return [
            replace(one, equipment_id=swap[one.equipment_id]) if one.batch_id in chosen else one
            for one in slots
        ]

    both = [one for one in slots if one.equipment_id in swap]
    yield with_swapped({one.batch_id for one in both if one.start_s >= slot.start_s})
    yield with_swapped({one.batch_id for one in both if one.ready_s > slot.start_s})
    meets = {one.batch_id for one in both if one.start_s < slot.ready_s and slot.start_s < one.ready_s}
    yield with_swapped(meets)
    yield with_swapped({slot.batch_id})
