"""Manned: cooks put to batches whose minutes and pieces stand already, where there are enough of them."""

from dataclasses import replace

from kitchen.equipment import Cook, Equipment, Slot
from kitchen.schedule_facts import Dealt, Task


def manned(task: Task, laid: Dealt) -> Dealt | None:
    """
    The same slots with a cook at each, or None where somebody is missing.

    In order of the starts; who has the fewest skills takes a batch, of those who was idle longest. A kind of
    equipment on which nobody of those listed may cook stays without.

    Parameters
    ----------
    task
        What is cooked, and by whom.
    laid
        Minutes and pieces.
    """
    pieces = {one.equipment_id: one for group in task.groups for one in group.pieces}
    kinds = {kind for cook in task.cooks for kind in cook.skills}
    free_s = {one.cook_id: max(one.from_s, task.free_s.get(one.cook_id, one.from_s)) for one in task.cooks}
    slots = []
    for slot in sorted(laid.slots, key=lambda one: (one.start_s, one.equipment_id)):
        piece = pieces[slot.equipment_id]
        if piece.kind not in kinds:
            slots.append(slot)
            continue
        from_s, to_s = _stands(slot, piece)
        able = [cook for cook in task.cooks if _can(cook, piece, free_s[cook.cook_id], from_s, to_s)]
        if not able:
            return None
        chosen = min(able, key=lambda one: (len(one.skills), free_s[one.cook_id], one.cook_id))
        free_s[chosen.cook_id] = to_s
        slots.append(replace(slot, cook_id=chosen.cook_id))
    return replace(laid, slots=tuple(slots))


def _stands(slot: Slot, piece: Equipment) -> tuple[int, int]:
    """From when to when a cook stands at a batch: its setup and the attended part of the cook."""
    return slot.start_s - piece.setup_s, slot.start_s + piece.attends_s(slot.ready_s - slot.start_s)


def _can(cook: Cook, piece: Equipment, free_s: int, from_s: int, to_s: int) -> bool:
    return piece.kind in cook.skills and free_s <= from_s and to_s <= cook.to_s
