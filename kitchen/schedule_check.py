"""The judge of a schedule: it knows facts, no model and no solver."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise

from kitchen.batches import Batch
from kitchen.equipment import Cook, Equipment, Slot
from kitchen.windows import ReadyWindow
from orders.codes import Coded

Violation = Coded


@dataclass(frozen=True, slots=True)
class Judged:
    """
    What a schedule is judged by.

    Parameters
    ----------
    batches, equipment, cooks
        What is cooked, in what, by whom; no cook where nobody is listed.
    windows
        When each batch should come off the heat, by batch id.
    earliest_s
        First second on the heat of a batch whose window says nothing.
    free_s
        Second from which a piece of equipment or a cook is free, by id.
    contains
        Allergens in what was cooked last in a piece of equipment, by id.
    unmanned
        Kinds of equipment of which it was said that cooks are missing.
    """

    batches: Sequence[Batch]
    equipment: Sequence[Equipment]
    windows: Mapping[str, ReadyWindow]
    earliest_s: int
    cooks: Sequence[Cook] = ()
    free_s: Mapping[str, int] = field(default_factory=dict)
    contains: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unmanned: frozenset[str] = frozenset()


def check_schedule(slots: Sequence[Slot], said: Iterable[Coded], judged: Judged) -> list[Violation]:
    """
    Judges a schedule by its facts alone.

    Parameters
    ----------
    slots
        One for each batch that any piece can cook.
    said
        What was said about batches outside their window, and about those without a slot.
    judged
        What it is judged by.

    Returns
    -------
    list[Violation]
        Everything that breaks a rule; empty for a schedule that may be cooked by.

    References
    ----------
    docs/kitchen.md, "Schedule".
    """
    batches = {batch.batch_id: batch for batch in judged.batches}
    pieces = {piece.equipment_id: piece for piece in judged.equipment}
    named = {str(one.params.get("batch")) for one in said}
    found = list(_names(slots, batches, pieces, named))
    if found:
        return found
    for slot in slots:
        found += _own(slot, batches[slot.batch_id], pieces[slot.equipment_id], judged)
    on_piece: dict[str, list[Slot]] = defaultdict(list)
    for slot in sorted(slots, key=lambda slot: slot.start_s):
        on_piece[slot.equipment_id].append(slot)
    for name, own in on_piece.items():
        found += _overlaps(own, pieces[name], batches)
        found += _allergens(own, pieces[name], batches, judged)
    found += _cooks(slots, batches, pieces, judged)
    found += _unsaid(slots, named, batches, judged.windows)
    return found


def _names(
    slots: Sequence[Slot], batches: Mapping[str, Batch], pieces: Mapping[str, Equipment], named: Set[str]
) -> Iterator[Violation]:
    """Slots of nothing, and batches that have not one slot each; what fits nowhere has none and is named."""
    counts = Counter(slot.batch_id for slot in slots)
    for slot in slots:
        if slot.batch_id not in batches:
            yield Violation("slot_unknown_batch", {"batch": slot.batch_id})
        if slot.equipment_id not in pieces:
            yield Violation("slot_unknown_equipment", {"equipment": slot.equipment_id})
    for batch_id, batch in batches.items():
        fitting = (_large_enough(batch, piece) and _meant_for(batch, piece) for piece in pieces.values())
        left_out = not counts[batch_id] and batch.code in named and not any(fitting)
        if counts[batch_id] != 1 and not left_out:
            yield Violation("slot_count", {"batch": batch.code, "times": counts[batch_id]})


def _own(slot: Slot, batch: Batch, piece: Equipment, judged: Judged) -> Iterator[Violation]:
    """What is wrong with one slot by itself."""
    params = {"batch": batch.code, "equipment": piece.equipment_id}
    if not _large_enough(batch, piece):
        yield Violation("slot_does_not_fit", params)
    if not _meant_for(batch, piece):
        yield Violation("slot_not_for_specials", params)
    if slot.ready_s - slot.start_s != batch.cook_s:
        yield Violation("slot_wrong_length", params)
    window = judged.windows.get(slot.batch_id)
    own_s = window.start_from_s if window else None
    if slot.start_s < (judged.earliest_s if own_s is None else own_s):
        yield Violation("slot_too_early", params)
    if slot.start_s - piece.setup_s < judged.free_s.get(piece.equipment_id, slot.start_s - piece.setup_s):
        yield Violation("slot_equipment_taken", params)


def _large_enough(batch: Batch, piece: Equipment) -> bool:
    return piece.kind == batch.equipment_kind and piece.capacity_ratio >= batch.needs_ratio - 1e-6


def _meant_for(batch: Batch, piece: Equipment) -> bool:
    return not piece.specials_only or set(batch.line_ids) == set(batch.special_line_ids)


def _overlaps(own: Sequence[Slot], piece: Equipment, batches: Mapping[str, Batch]) -> Iterator[Violation]:
    for one, other in pairwise(own):
        free_s = one.ready_s + piece.empty_s + piece.changeover_s
        if other.start_s - piece.setup_s < free_s:
            codes = {"batch": batches[one.batch_id].code, "other": batches[other.batch_id].code}
            yield Violation("slot_overlap", codes | {"equipment": piece.equipment_id})


def _allergens(
    own: Sequence[Slot], piece: Equipment, batches: Mapping[str, Batch], judged: Judged
) -> Iterator[Violation]:
    """Walks a piece through its day: what is left in it must not meet somebody who must not get it."""
    left = judged.contains.get(piece.equipment_id, frozenset())
    before_s = judged.free_s.get(piece.equipment_id)
    if before_s is not None:
        before_s -= piece.changeover_s
    for slot in own:
        batch = batches[slot.batch_id]
        params = {"batch": batch.code, "equipment": piece.equipment_id}
        if slot.deep_clean:
            needed_s = max(piece.changeover_s, piece.deep_clean_s)
            if before_s is not None and slot.start_s - piece.setup_s - before_s < needed_s:
                yield Violation("slot_clean_too_short", params)
            left = frozenset()
        if met := sorted(left & batch.free_from):
            yield Violation("slot_allergen_left", params | {"allergen": met[0]})
        left |= batch.contains
        before_s = slot.ready_s + piece.empty_s


def _cooks(
    slots: Sequence[Slot], batches: Mapping[str, Batch], pieces: Mapping[str, Equipment], judged: Judged
) -> Iterator[Violation]:
    known = {cook.cook_id: cook for cook in judged.cooks}
    busy: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
    for slot in slots:
        batch, piece = batches[slot.batch_id], pieces[slot.equipment_id]
        kind = batch.equipment_kind
        cook = known.get(slot.cook_id)
        if cook is None:
            if slot.cook_id or (known and kind not in judged.unmanned):
                yield Violation("slot_no_cook", {"batch": batch.code})
            continue
        stands_s = batch.cook_s if piece.attended_s is None else min(batch.cook_s, piece.attended_s)
        from_s, to_s = slot.start_s - piece.setup_s, slot.start_s + stands_s
        there_s = max(cook.from_s, judged.free_s.get(cook.cook_id, cook.from_s))
        if kind not in cook.skills or from_s < there_s or to_s > cook.to_s:
            yield Violation("slot_cook_cannot", {"batch": batch.code, "cook": cook.cook_id})
        busy[cook.cook_id].append((from_s, to_s, batch.code))
    for cook_id, spans in busy.items():
        for one, other in pairwise(sorted(spans)):
            if other[0] < one[1]:
                codes = {"batch": one[2], "other": other[2], "cook": cook_id}
                yield Violation("slot_cook_overlap", codes)


def _unsaid(
    slots: Sequence[Slot],
    named: Set[str],
    batches: Mapping[str, Batch],
    windows: Mapping[str, ReadyWindow],
) -> Iterator[Violation]:
    """A batch outside its window of which nobody said so."""
    for slot in slots:
        window, code = windows.get(slot.batch_id), batches[slot.batch_id].code
        if window and not window.from_s <= slot.ready_s <= window.by_s and code not in named:
            yield Violation("slot_late_unsaid", {"batch": code})
