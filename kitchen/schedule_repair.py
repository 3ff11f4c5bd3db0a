"""Repair: a schedule after something went wrong, with as little moved as it can be."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kitchen.batches import Batch
from kitchen.equipment import Cook, Equipment, Slot
from kitchen.schedule_check import Judged, check_schedule
from kitchen.schedule_facts import BREACH_WEIGHT, EARLY_WEIGHT, MINUTE_S, minutes_up
from kitchen.windows import ReadyWindow
from orders.codes import Coded

START_WORTH_MINUTES, PIECE_WORTH_MINUTES, COOK_WORTH_MINUTES = 60, 5, 1
ALONE_WORTH_MINUTES = 10
MOST_TRIES = 300


@dataclass(frozen=True, slots=True)
class Before:
    """
    A schedule that people work by, and what is known now.

    Parameters
    ----------
    slots
        By batch id, of the batches that are not on the heat yet.
    judged
        The batches that are to be cooked, and what they are judged by.
    latest_s
        Last second off the heat.
    """

    slots: Mapping[str, Slot]
    judged: Judged
    latest_s: int

    def cost(self, slots: Iterable[Slot]) -> int:
        """
        Portion-minutes of waiting and breach, as `kitchen.schedule` counts them, and what moving costs.

        Another start is worth 60 minutes of waiting of its batch, another piece 5, another cook 1, since
        paper hangs on the walls and people stand where it sends them; a batch that nobody stands at, though
        cooks are listed, 10.
        """
        batches = {batch.batch_id: batch for batch in self.judged.batches}
        return sum(self.cost_of(slot, batches[slot.batch_id]) for slot in slots)

    def cost_of(self, slot: Slot, batch: Batch) -> int:
        """The same of one batch."""
        window, moved = self.judged.windows.get(slot.batch_id), self.slots.get(slot.batch_id)
        minutes = 0
        if window is not None:
            minutes += max(0, window.by_s - slot.ready_s) // MINUTE_S
            minutes += BREACH_WEIGHT * minutes_up(max(0, slot.ready_s - window.by_s))
            minutes += EARLY_WEIGHT * minutes_up(max(0, window.from_s - slot.ready_s))
        if moved is not None:
            minutes += START_WORTH_MINUTES * (slot.start_s != moved.start_s)
            minutes += PIECE_WORTH_MINUTES * (slot.equipment_id != moved.equipment_id)
            minutes += COOK_WORTH_MINUTES * (slot.cook_id != moved.cook_id)
        minutes += ALONE_WORTH_MINUTES * bool(self.judged.cooks and not slot.cook_id)
        return batch.portions * (window.urgency if window else 1) * minutes

    def breaches(self, slots: Iterable[Slot]) -> bool:
        """Whether some batch lies outside its window."""
        windows = self.judged.windows
        return any(_breach_s(one, windows[one.batch_id]) for one in slots if one.batch_id in windows)


def repaired(before: Before) -> tuple[Slot, ...] | None:
    """
    The schedule with every batch where it was, but for those that cannot stay or are new.

    These go into gaps between the others; where that makes one late, the batches of the same kind of
    equipment that start later may make room, and whichever costs less counts.

    Returns
    -------
    tuple[Slot, ...] | None
        By start and piece, without a violation; None where some batch finds no place.
    """
    stays = _stays(before)
    kept = {slot.batch_id for slot in stays}
    missing = [one for one in before.judged.batches if one.batch_id not in kept]
    found = _filled(before, stays, missing)
    if found is None or before.breaches(found):
        tries = [one for one in (found, _roomier(before, stays, missing)) if one is not None]
        found = min(tries, key=before.cost, default=None)
    return None if found is None else tuple(sorted(found, key=lambda one: (one.start_s, one.equipment_id)))


def _roomier(before: Before, stays: Sequence[Slot], missing: Sequence[Batch]) -> list[Slot] | None:
    """The same, but batches of the same kinds of equipment that start later may move too."""
    kinds = {batch.equipment_kind for batch in missing}
    kind_of = {batch.batch_id: batch.equipment_kind for batch in before.judged.batches}
    first_s = min((_wanted_start_s(before, one) for one in missing), default=0)
    fixed = [one for one in stays if kind_of[one.batch_id] not in kinds or one.start_s < first_s]
    ids = {slot.batch_id for slot in fixed}
    return _filled(before, fixed, [one for one in before.judged.batches if one.batch_id not in ids])


def _breach_s(slot: Slot, window: ReadyWindow) -> int:
    return max(0, slot.ready_s - window.by_s) + max(0, window.from_s - slot.ready_s)


def _stays(before: Before) -> list[Slot]:
    """The slots that nothing speaks against: those that the judge objects to are taken out one by one."""
    own = {batch.batch_id: batch for batch in before.judged.batches}
    by_code = {batch.code: batch.batch_id for batch in before.judged.batches}
    pieces = {piece.equipment_id for piece in before.judged.equipment}
    stays = [slot for key, slot in before.slots.items() if key in own and slot.equipment_id in pieces]
    while found := _violations(before.judged, stays):
        out = by_code[str(found[0].params["batch"])]
        stays = [slot for slot in stays if slot.batch_id != out]
    return stays


def _violations(judged: Judged, slots: Sequence[Slot]) -> list[Coded]:
    """What the judge objects to in these slots alone, their windows aside."""
    ids = {slot.batch_id for slot in slots}
    batches = [batch for batch in judged.batches if batch.batch_id in ids]
    said = [Coded("batch_late", {"batch": batch.code, "minutes": 0}) for batch in batches]
    return check_schedule(slots, said, replace(judged, batches=batches))


def _filled(before: Before, fixed: Sequence[Slot], free: Iterable[Batch]) -> list[Slot] | None:
    """The fixed slots and a gap for each free batch, the one that starts first before the others."""
    slots = list(fixed)
    for batch in sorted(free, key=lambda one: (_wanted_start_s(before, one), one.code)):
        if not any(batch.fits(piece) for piece in before.judged.equipment):
            continue
        placed = _placed(before, slots, batch)
        if placed is None:
            return None
        slots = placed
    return slots


def _wanted_start_s(before: Before, batch: Batch) -> int:
    """When a batch started by the schedule before, not before it can; a new one by its window."""
    window, moved = before.judged.windows.get(batch.batch_id), before.slots.get(batch.batch_id)
    wanted_s = (window.by_s if window else before.latest_s) - batch.cook_s
    return max(_opens_s(before, batch), wanted_s if moved is None else moved.start_s)


def _opens_s(before: Before, batch: Batch) -> int:
    window = before.judged.windows.get(batch.batch_id)
    own_s = window.start_from_s if window else None
    return before.judged.earliest_s if own_s is None else own_s


def _placed(before: Before, slots: list[Slot], batch: Batch) -> list[Slot] | None:
    """The slots with this batch in the cheapest gap that the judge agrees to."""
    found = sorted(
        _gaps(before, slots, batch),
        key=lambda one: (before.cost_of(one, batch), one.start_s, one.equipment_id, not one.cook_id),
    )
    for slot in found[:MOST_TRIES]:
        for deep_clean in (False, True):
            tried = [*slots, replace(slot, deep_clean=deep_clean)]
            if not _violations(before.judged, tried):
                return tried
    return None


def _gaps(before: Before, slots: Sequence[Slot], batch: Batch) -> Iterator[Slot]:
    """Every minute at which a piece and a cook are free for a batch."""
    judged, moved, opens_s = before.judged, before.slots.get(batch.batch_id), _opens_s(before, batch)
    last_s = before.latest_s - batch.cook_s
    wanted_s = _wanted_start_s(before, batch)
    starts = {*range(opens_s, last_s + 1, MINUTE_S), *([wanted_s] if wanted_s <= last_s else [])}
    cooks = [cook for cook in judged.cooks if batch.equipment_kind in cook.skills]
    if moved is not None:
        cooks.sort(key=lambda cook: cook.cook_id != moved.cook_id)
    busy = {cook.cook_id: _stands(judged, slots, cook.cook_id) for cook in cooks}
    for piece in judged.equipment:
        if batch.fits(piece):
            taken = _taken(slots, piece)
            for start_s in starts:
                if _piece_free(judged, taken, piece, start_s, batch.cook_s):
                    for cook_id in _free_cooks(judged, cooks, busy, piece, start_s, batch.cook_s):
                        ready_s = start_s + batch.cook_s
                        yield Slot(batch.batch_id, piece.equipment_id, start_s, ready_s, cook_id)


def _taken(slots: Sequence[Slot], piece: Equipment) -> list[tuple[int, int]]:
    after_s = piece.empty_s + piece.changeover_s
    own = (slot for slot in slots if slot.equipment_id == piece.equipment_id)
    return [(slot.start_s - piece.setup_s, slot.ready_s + after_s) for slot in own]


def _piece_free(
    judged: Judged, taken: Sequence[tuple[int, int]], piece: Equipment, start_s: int, cook_s: int
) -> bool:
    from_s, to_s = start_s - piece.setup_s, start_s + cook_s + piece.empty_s + piece.changeover_s
    free_s = judged.free_s.get(piece.equipment_id, from_s)
    return from_s >= free_s and all(to_s <= one or from_s >= other for one, other in taken)


def _stands(judged: Judged, slots: Sequence[Slot], cook_id: str) -> list[tuple[int, int]]:
    """When a cook stands at a batch."""
    pieces = {piece.equipment_id: piece for piece in judged.equipment}
    return [
        (slot.start_s - piece.setup_s, slot.start_s + piece.attends_s(slot.ready_s - slot.start_s))
        for slot in slots
        if slot.cook_id == cook_id
        for piece in [pieces[slot.equipment_id]]
    ]


def _free_cooks(
    judged: Judged,
    cooks: Sequence[Cook],
    busy: Mapping[str, Sequence[tuple[int, int]]],
    piece: Equipment,
    start_s: int,
    cook_s: int,
) -> Iterator[str]:
    """Who could stand at it; nobody is named where nobody may cook on the kind, as was said."""
    if not judged.cooks or piece.kind in judged.unmanned:
        yield ""
    from_s, to_s = start_s - piece.setup_s, start_s + piece.attends_s(cook_s)
    for cook in cooks:
        there_s = max(cook.from_s, judged.free_s.get(cook.cook_id, cook.from_s))
        meets = any(from_s < other and one < to_s for one, other in busy[cook.cook_id])
        if from_s >= there_s and to_s <= cook.to_s and not meets:
            yield cook.cook_id
