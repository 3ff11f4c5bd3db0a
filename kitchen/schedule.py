"""Schedule: which batch, on which equipment, by whom, from which minute; or why not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kitchen.batches import Batch
from kitchen.equipment import Cook, Equipment, Slot
from kitchen.schedule_facts import (
    BREACH_WEIGHT,
    Answer,
    Dealt,
    Place,
    ScheduleParams,
    Task,
    UnderWay,
    groups_of,
    minutes_up,
)
from kitchen.schedule_joint import joint, skilled
from kitchen.schedule_laid import laid_back
from kitchen.schedule_late import why_late
from kitchen.schedule_search import solved
from kitchen.windows import ReadyWindow
from orders.codes import Coded

__all__ = ["BREACH_WEIGHT", "Schedule", "ScheduleParams", "UnderWay", "schedule"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """
    A schedule, or the reasons why there is none.

    Parameters
    ----------
    slots
        One for each batch, by start; empty when there is no schedule.
    late
        Batches that come off the heat outside their window, with the minutes.
    reasons
        Why there is no schedule.
    objective, bound
        Portion-minutes of waiting and breach reached, and proved to be needed.
    why
        What holds the late batches' equipment or cook, and what would help.
    notes
        What nobody looked after: cooks that are missing, kinds that nobody may cook on.
    """

    slots: tuple[Slot, ...]
    late: tuple[Coded, ...] = ()
    reasons: tuple[Coded, ...] = ()
    objective: float = 0.0
    bound: float = 0.0
    why: tuple[Coded, ...] = ()
    notes: tuple[Coded, ...] = ()


def schedule(
    batches: Sequence[Batch],
    equipment: Iterable[Equipment],
    windows: Mapping[str, ReadyWindow],
    *,
    earliest_s: int,
    params: ScheduleParams,
    seed: int,
    cooks: Sequence[Cook] = (),
    under_way: UnderWay | None = None,
) -> Schedule:
    """
    Gives each batch its equipment, its cook and its minutes so that food waits as little as it can.

    Waiting is counted in portion-minutes from off the heat to the end of the batch's window; minutes
    outside the window cost `BREACH_WEIGHT` times as much, so they are chosen only when there is no room.

    Parameters
    ----------
    batches
        What is cooked.
    equipment
        What the kitchen has; two cooks on one piece never overlap, and setup, emptying and cleaning lie
        between. What somebody must not get an allergen of is cooked before what contains it, or after a
        deep clean.
    windows
        When each batch should come off the heat, by batch id; one without a window should end late.
    earliest_s
        First second at which a batch may start; starts are whole minutes after it.
    params, seed
        Limits of the search, and its random seed: the same seed gives the same slots.
    cooks
        Who may cook; a cook stands at one batch at a time. With none listed, equipment alone decides.
    under_way
        What is taken already, when the kitchen is at work.

    References
    ----------
    docs/kitchen.md, "Schedule".
    """
    pieces, taken = tuple(equipment), under_way or UnderWay()
    task = _task(batches, pieces, windows, earliest_s, params, cooks, taken)
    reasons = tuple(_no_room(batch) for index, batch in enumerate(batches) if not task.fitting(index))
    if reasons or not batches:
        return Schedule((), reasons=reasons)
    by_id = {piece.equipment_id: piece for piece in pieces}
    slots, notes, why, objective, bound = list[Slot](), list[Coded](), list[Coded](), 0.0, 0.0
    for kinds in _coupled(task):
        _, part = task.part(kinds)
        relaxed = _relaxed(part, params, seed)
        if isinstance(relaxed, str):
            return Schedule((), reasons=(Coded(relaxed, {"batches": len(batches)}),))
        placed = _placed(part, relaxed, params, seed)
        if placed is None:
            return Schedule((), reasons=(Coded("schedule_too_tight", {"batches": len(batches)}),))
        slots += placed.slots
        why += why_late(part, relaxed, placed.slots, by_id, params, seed)
        notes += placed.notes
        objective, bound = objective + placed.objective, bound + relaxed.bound
    slots.sort(key=lambda slot: (slot.start_s, slot.equipment_id))
    late = _late(batches, slots, windows)
    return Schedule(tuple(slots), late, (), objective, bound, tuple(why), tuple(notes))


def _task(
    batches: Sequence[Batch],
    pieces: Sequence[Equipment],
    windows: Mapping[str, ReadyWindow],
    earliest_s: int,
    params: ScheduleParams,
    cooks: Sequence[Cook],
    under_way: UnderWay,
) -> Task:
    wanted = [windows.get(batch.batch_id, ReadyWindow(earliest_s, params.latest_s)) for batch in batches]
    own = [window.start_from_s for window in wanted if window.start_from_s is not None]
    base_s = min(earliest_s, *own) if own else earliest_s
    groups = groups_of(pieces, batches, base_s, under_way)
    latest_s = max(earliest_s, params.latest_s)
    return Task(batches, wanted, groups, cooks, base_s, earliest_s, latest_s, under_way.free_s)


def _coupled(task: Task) -> list[tuple[str, ...]]:
    """Kinds of equipment, those together that a cook can both cook on."""
    kinds = sorted({batch.equipment_kind for batch in task.batches})
    together = {kind: frozenset([kind]) for kind in kinds}
    for cook in task.cooks:
        known = cook.skills & together.keys()
        merged = frozenset[str]().union(*(together[kind] for kind in known))
        together |= dict.fromkeys(merged, merged)
    return sorted({tuple(sorted(linked)) for linked in together.values()})


def _relaxed(part: Task, params: ScheduleParams, seed: int) -> Answer | str:
    """The best without cooks and allergens, which no kind of equipment shares with another."""
    places: dict[int, Place] = {}
    objective, bound = 0.0, 0.0
    for kind in sorted({batch.equipment_kind for batch in part.batches}):
        own, task = part.part([kind])
        answer = solved(task, params, seed)
        if isinstance(answer, str):
            return answer
        places |= dict(zip(own, answer.places, strict=True))
        objective, bound = objective + answer.objective, bound + answer.bound
    return Answer([places[index] for index in range(len(part.batches))], objective, bound)


@dataclass(frozen=True, slots=True)
class _Placed:
    """Slots of a part, what they cost, and what was left aside for them."""

    slots: Sequence[Slot]
    objective: float
    notes: Sequence[Coded]


def _placed(part: Task, relaxed: Answer, params: ScheduleParams, seed: int) -> _Placed | None:
    """The relaxed answer dealt to pieces and cooks, searched again where they cannot keep it."""
    missing = _nobody(part)
    bare = replace(part, cooks=())
    tries = [(part, missing)] if not part.cooks else [(part, missing), (bare, [*missing, _too_few(part)])]
    for task, notes in tries:
        found = _dealt(task, relaxed, params, seed)
        if found is not None:
            return _Placed(found.slots, found.objective, notes)
    return None


def _dealt(task: Task, relaxed: Answer, params: ScheduleParams, seed: int) -> Dealt | None:
    """By the plain rule where that is as good as the relaxed answer; else the best of it and two searches."""
    laid = None if task.cooks else laid_back(task, relaxed, seed)
    if laid is not None and laid.objective <= (1 + params.gap_ratio) * relaxed.objective:
        return laid
    found = None if laid else joint(task, relaxed, params, seed, keep=True)
    found = found or joint(task, relaxed, params, seed, keep=False, laid=laid)
    answers = [one for one in (found, laid) if one is not None]
    return min(answers, key=lambda one: one.objective, default=None)


def _nobody(part: Task) -> list[Coded]:
    """Kinds of equipment on which nobody of those listed may cook."""
    kinds = sorted({batch.equipment_kind for batch in part.batches})
    return [Coded("no_cook", {"equipment": kind}) for kind in kinds if part.cooks and not skilled(part, kind)]


def _too_few(part: Task) -> Coded:
    kinds = sorted({batch.equipment_kind for batch in part.batches})
    return Coded("cooks_too_few", {"equipment": " ".join(kinds), "cooks": len(part.cooks)})


def _no_room(batch: Batch) -> Coded:
    return Coded("no_equipment_fits", {"batch": batch.code, "equipment": batch.equipment_kind})


def _late(
    batches: Sequence[Batch], slots: Sequence[Slot], windows: Mapping[str, ReadyWindow]
) -> tuple[Coded, ...]:
    found = []
    ready_s = {slot.batch_id: slot.ready_s for slot in slots}
    for batch in batches:
        window = windows.get(batch.batch_id)
        if window is None:
            continue
        late_s, early_s = ready_s[batch.batch_id] - window.by_s, window.from_s - ready_s[batch.batch_id]
        if late_s > 0:
            found.append(Coded("batch_late", {"batch": batch.code, "minutes": minutes_up(late_s)}))
        if early_s > 0:
            found.append(Coded("batch_early", {"batch": batch.code, "minutes": minutes_up(early_s)}))
    return tuple(found)
