"""Why a batch is late: what holds its equipment or its cook, and what would help."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kitchen.batches import Batch
from kitchen.equipment import Equipment, Slot
from kitchen.schedule_facts import MINUTE_S, Answer, Group, ScheduleParams, Task, cook_minutes, minutes_up
from kitchen.schedule_search import solved
from orders.codes import Coded

QUICK_PROOF = 0.2


def why_late(
    part: Task,
    relaxed: Answer,
    slots: Sequence[Slot],
    pieces: Mapping[str, Equipment],
    params: ScheduleParams,
    seed: int,
) -> list[Coded]:
    """
    For each batch that is ready after its window what holds it up, and for its kind what would help.

    Parameters
    ----------
    part, relaxed
        Batches that share equipment or cooks, and where they would be without cooks and allergens.
    slots
        Where they are.
    pieces
        Equipment by id.
    params, seed
        Of the search, which is made again with a piece more and with an earlier start.

    Returns
    -------
    list[Coded]
        Empty when no batch is late.
    """
    placed = {slot.batch_id: slot for slot in slots}
    late = [
        index
        for index, batch in enumerate(part.batches)
        if placed[batch.batch_id].ready_s > part.wanted[index].by_s
    ]
    found = [_held(part, relaxed, index, placed, pieces) for index in late]
    for kind in sorted({part.batches[index].equipment_kind for index in late}):
        own, task = part.part([kind])
        most = max(
            minutes_up(placed[part.batches[index].batch_id].ready_s - part.wanted[index].by_s)
            for index in late
            if index in own
        )
        found += _helps(task, kind, most, replace(params, proof_time=QUICK_PROOF), seed)
    return found


def _held(
    part: Task,
    relaxed: Answer,
    index: int,
    placed: Mapping[str, Slot],
    pieces: Mapping[str, Equipment],
) -> Coded:
    """What keeps one batch from being ready at the end of its window."""
    batch, by = part.batches[index], part.by(index)
    begins = by - cook_minutes(batch)
    opens = min(part.first(index, number) for number in part.fitting(index))
    params = {"batch": batch.code, "equipment": batch.equipment_kind}
    if begins < opens:
        return Coded("late_starts_too_late", params | {"minutes": opens - begins})
    if relaxed.places[index][1] <= begins and part.cooks:
        return Coded("late_cook_taken", params)
    from_s, to_s = part.base_s + MINUTE_S * begins, part.base_s + MINUTE_S * by
    holders = [
        other.code
        for other in part.batches
        if other is not batch
        and other.equipment_kind == batch.equipment_kind
        and batch.fits(pieces[placed[other.batch_id].equipment_id])
        and _meets(other, placed[other.batch_id], from_s, to_s)
    ]
    return Coded("late_equipment_taken", params | {"holders": " ".join(holders) or "-"})


def _meets(batch: Batch, slot: Slot, from_s: int, to_s: int) -> bool:
    return slot.start_s < to_s and from_s < slot.start_s + batch.cook_s


def _helps(task: Task, kind: str, most: int, params: ScheduleParams, seed: int) -> list[Coded]:
    """By how many minutes less batches would be late with one piece more, and with an earlier start."""
    before = _late_minutes(task, solved(task, params, seed))
    groups = [group for group in task.groups if group.pieces[0].kind == kind]
    shared = [group for group in groups if not group.pieces[0].specials_only] or groups
    largest = max(shared, key=lambda group: group.pieces[0].capacity_ratio).pieces[0]
    more = replace(task, groups=[*task.groups, Group((largest,))])
    earlier = replace(
        task, base_s=task.base_s - MINUTE_S * most, earliest_s=task.earliest_s - MINUTE_S * most
    )
    found = []
    saved = before - _late_minutes(more, solved(more, params, seed))
    if saved > 0:
        found.append(Coded("late_help_piece", {"equipment": kind, "minutes": saved}))
    saved = before - _late_minutes(earlier, solved(earlier, params, seed))
    if saved > 0:
        found.append(Coded("late_help_earlier", {"equipment": kind, "earlier": most, "minutes": saved}))
    return found


def _late_minutes(task: Task, answer: Answer | str) -> int:
    """Minutes that batches are late in all; very many where there is no answer."""
    if isinstance(answer, str):
        return 10**6
    readies = (
        minute + cook_minutes(batch) for (_, minute), batch in zip(answer.places, task.batches, strict=True)
    )
    return sum(max(0, ready - task.by(index)) for index, ready in enumerate(readies))
