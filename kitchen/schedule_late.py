"""Why a batch is late, or too early for its clock: what holds it, and what would help."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kitchen.batches import Batch
from kitchen.equipment import Cook, Equipment, Slot
from kitchen.schedule_facts import MINUTE_S, Group, ScheduleParams, Task, cook_minutes, minutes_up
from kitchen.schedule_laid import slots_of
from kitchen.schedule_orders import best_order
from orders.codes import Coded

HELP_TRIES_RATIO = 0.05
MORE = "+"


@dataclass(frozen=True, slots=True)
class _Placed:
    """A part of the kitchen with its slots, by batch id, and its equipment, by id."""

    part: Task
    slots: Mapping[str, Slot]
    pieces: Mapping[str, Equipment]

    def outside(self, index: int) -> int:
        """Minutes that a batch is ready after its window, negative before it."""
        return _outside(self.part, index, self.slots[self.part.batches[index].batch_id])


def why_late(
    part: Task,
    slots: Sequence[Slot],
    pieces: Mapping[str, Equipment],
    params: ScheduleParams,
    seed: int,
) -> list[Coded]:
    """
    For each batch that is ready outside its window what holds it, and for its kind what would help.

    Parameters
    ----------
    part
        Batches that share equipment or cooks.
    slots
        Where they are.
    pieces
        Equipment by id.
    params, seed
        Of the search, which is made again with a piece more, an earlier start and a cook more.

    Returns
    -------
    list[Coded]
        Empty when every batch is ready in its window.
    """
    placed = _Placed(part, {slot.batch_id: slot for slot in slots}, pieces)
    wrong = [index for index in range(len(part.batches)) if placed.outside(index)]
    found = [_held(placed, index) for index in wrong]
    if wrong:
        found += _helps(placed, wrong, max(1, int(params.tries * HELP_TRIES_RATIO)), seed)
    return found


def _outside(part: Task, index: int, slot: Slot) -> int:
    window = part.wanted[index]
    late = minutes_up(max(0, slot.ready_s - window.by_s))
    return late or -minutes_up(max(0, window.from_s - slot.ready_s))


def _held(placed: _Placed, index: int) -> Coded:
    """What keeps one batch from being ready where its window ends, or begins when it is too early."""
    part, batch = placed.part, placed.part.batches[index]
    late = placed.outside(index) > 0
    ready = part.by(index) if late else part.begins(index)
    begins = ready - cook_minutes(batch)
    opens = min(part.first(index, number) for number in part.fitting(index))
    params = {"batch": batch.code, "equipment": batch.equipment_kind}
    if late and begins < opens:
        return Coded("late_starts_too_late", params | {"minutes": opens - begins})
    word = "late" if late else "early"
    start_s = part.base_s + MINUTE_S * begins
    free = [piece for piece in _fitting(placed, batch) if not _holders(placed, batch, piece, start_s)]
    if not free:
        holders = sorted(
            {n for one in _fitting(placed, batch) for n in _holders(placed, batch, one, start_s)}
        )
        return Coded(f"{word}_equipment_taken", params | {"holders": " ".join(holders)})
    if all(_soils(placed, batch, piece, start_s) for piece in free):
        return Coded(f"{word}_allergen_near", params)
    if part.cooks:
        return Coded(f"{word}_cook_taken", params)
    return Coded(f"{word}_equipment_taken", params | {"holders": "-"})


def _fitting(placed: _Placed, batch: Batch) -> list[Equipment]:
    return [piece for piece in placed.pieces.values() if batch.fits(piece)]


def _others(placed: _Placed, batch: Batch, piece: Equipment) -> Iterator[tuple[Batch, Slot]]:
    """What else is cooked on a piece."""
    for other in placed.part.batches:
        slot = placed.slots[other.batch_id]
        if other is not batch and slot.equipment_id == piece.equipment_id:
            yield other, slot


def _holders(placed: _Placed, batch: Batch, piece: Equipment, start_s: int) -> list[str]:
    """Codes of what takes a piece while a batch would need it, setup and changeover included."""
    after_s = piece.empty_s + piece.changeover_s
    from_s, to_s = start_s - piece.setup_s, start_s + batch.cook_s + after_s
    return [
        other.code
        for other, slot in _others(placed, batch, piece)
        if slot.start_s - piece.setup_s < to_s and from_s < slot.ready_s + after_s
    ]


def _soils(placed: _Placed, batch: Batch, piece: Equipment, start_s: int) -> bool:
    """Whether something before it on a piece leaves it an allergen, or it leaves one to something after."""
    return any(
        other.soils(batch) if slot.start_s < start_s else batch.soils(other)
        for other, slot in _others(placed, batch, piece)
    )


def _helps(placed: _Placed, wrong: Sequence[int], tries: int, seed: int) -> list[Coded]:
    """How many minutes outside the windows a piece more, an earlier start or a cook more would save."""
    part = placed.part
    before = sum(abs(placed.outside(index)) for index in wrong)

    def saved(task: Task) -> int:
        ends = [min(task.by(index), task.horizon) for index in range(len(task.batches))]
        found = best_order(task, ends, tries, seed)
        if found is None:
            return 0
        slots = slots_of(*found).slots
        return before - sum(abs(_outside(task, index, slot)) for index, slot in enumerate(slots))

    found = []
    for kind in sorted({part.batches[index].equipment_kind for index in wrong}):
        if (minutes := saved(_one_piece_more(part, kind))) > 0:
            found.append(Coded("late_help_piece", {"equipment": kind, "minutes": minutes}))
    most = max(placed.outside(index) for index in wrong)
    kinds = " ".join(sorted({part.batches[index].equipment_kind for index in wrong}))
    if most > 0 and (minutes := saved(_earlier(part, most))) > 0:
        found.append(Coded("late_help_earlier", {"equipment": kinds, "earlier": most, "minutes": minutes}))
    if part.cooks and (minutes := saved(_one_cook_more(part))) > 0:
        found.append(Coded("late_help_cook", {"equipment": kinds, "minutes": minutes}))
    return found


def _one_piece_more(part: Task, kind: str) -> Task:
    groups = [group for group in part.groups if group.pieces[0].kind == kind]
    shared = [group for group in groups if not group.pieces[0].specials_only] or groups
    largest = max(shared, key=lambda group: group.pieces[0].capacity_ratio).pieces[0]
    more = replace(largest, equipment_id=largest.equipment_id + MORE)
    return replace(part, groups=[*part.groups, Group((more,))])


def _earlier(part: Task, minutes: int) -> Task:
    """The same with the kitchen and its cooks at work so much earlier."""
    early_s = MINUTE_S * minutes
    cooks = [replace(cook, from_s=cook.from_s - early_s) for cook in part.cooks]
    return replace(part, base_s=part.base_s - early_s, earliest_s=part.earliest_s - early_s, cooks=cooks)


def _one_cook_more(part: Task) -> Task:
    """With somebody who may cook on everything, from the first minute to the last."""
    skills = frozenset(batch.equipment_kind for batch in part.batches)
    more = Cook(MORE, skills, part.base_s, part.latest_s)
    return replace(part, cooks=[*part.cooks, more])
