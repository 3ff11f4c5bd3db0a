"""Schedule: which batch, on which equipment, by whom, from which minute; and which nowhere."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kitchen.batches import Batch
from kitchen.equipment import Cook, Equipment, Slot
from kitchen.schedule_facts import (
    BREACH_WEIGHT,
    EARLY_WEIGHT,
    MINUTE_S,
    Answer,
    Dealt,
    Place,
    ScheduleParams,
    Task,
    UnderWay,
    cook_minutes,
    groups_of,
    minutes_up,
)
from kitchen.schedule_forward import laid_forward
from kitchen.schedule_joint import joint, skilled
from kitchen.schedule_late import why_late
from kitchen.schedule_manned import manned
from kitchen.schedule_orders import laid_back
from kitchen.schedule_search import solved
from kitchen.windows import ReadyWindow
from orders.codes import Coded

FEW = 10

__all__ = ["BREACH_WEIGHT", "EARLY_WEIGHT", "Schedule", "ScheduleParams", "UnderWay", "lateness", "schedule"]


@dataclass(frozen=True, slots=True)
class Schedule:
    """
    A schedule, and which batches have no place in it.

    Parameters
    ----------
    slots
        One for each batch that any piece of equipment can cook, by start.
    late
        Batches that come off the heat outside their window or after the kitchen's hours, with the minutes.
    reasons
        Batches that no piece of equipment can cook; all others have a slot.
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
    after the window cost `BREACH_WEIGHT` times as much, minutes before it `EARLY_WEIGHT` times, so they are
    chosen only when there is no room; a van may wait for food, the food's clock does not.
    Where even the kitchen's hours have too little room, they are overrun, and that is said.

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
    cooked = [batch for batch in batches if any(batch.fits(piece) for piece in pieces)]
    reasons = tuple(_no_room(batch) for batch in batches if not any(batch.fits(piece) for piece in pieces))
    task = _task(cooked, pieces, windows, earliest_s, params, cooks, taken)
    by_id = {piece.equipment_id: piece for piece in pieces}
    slots, notes, why, objective, bound = list[Slot](), list[Coded](), list[Coded](), 0.0, 0.0
    for kinds in _coupled(task):
        part, relaxed, placed = _with_room(task.part(kinds)[1], params, seed)
        slots += placed.slots
        why += why_late(part, placed.slots, by_id, params, seed)
        notes += placed.notes
        objective = objective + placed.objective
        bound += min(placed.objective, max(relaxed.bound, placed.bound))
    slots.sort(key=lambda slot: (slot.start_s, slot.equipment_id))
    late = lateness(cooked, slots, windows, task.latest_s)
    return Schedule(tuple(slots), late, reasons, objective, bound, tuple(why), tuple(notes))


def _task(
    batches: Sequence[Batch],
    pieces: Sequence[Equipment],
    windows: Mapping[str, ReadyWindow],
    earliest_s: int,
    params: ScheduleParams,
    cooks: Sequence[Cook],
    under_way: UnderWay,
) -> Task:
    latest_s = max(earliest_s, params.latest_s)
    wanted = [windows.get(batch.batch_id, ReadyWindow(earliest_s, latest_s)) for batch in batches]
    own = [window.start_from_s for window in wanted if window.start_from_s is not None]
    base_s = min(earliest_s, *own) if own else earliest_s
    groups = groups_of(pieces, batches, base_s, under_way)
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


def _relaxed(part: Task, params: ScheduleParams, seed: int) -> Answer | None:
    """The best without cooks and allergens, which no kind of equipment shares with another."""
    places: dict[int, Place] = {}
    objective, bound = 0.0, 0.0
    for kind in sorted({batch.equipment_kind for batch in part.batches}):
        own, task = part.part([kind])
        answer = solved(task, params, seed)
        if answer is None:
            return None
        places |= dict(zip(own, answer.places, strict=True))
        objective, bound = objective + answer.objective, bound + answer.bound
    return Answer([places[index] for index in range(len(part.batches))], objective, bound)


@dataclass(frozen=True, slots=True)
class _Placed:
    """Slots of a part, what they cost and what is proved of it, and what was left aside for them."""

    slots: Sequence[Slot]
    objective: float
    bound: float
    notes: Sequence[Coded]


def _with_room(part: Task, params: ScheduleParams, seed: int) -> tuple[Task, Answer, _Placed]:
    """A part with its best answers; its hours grow where they have no room, so that nothing is left out."""
    plain, laid = laid_forward(part)
    needed_s = MINUTE_S + max(slot.ready_s for slot in laid.slots)
    alone_s = part.base_s + MINUTE_S * max(_first_end(part, index) for index in range(len(part.batches)))
    for latest_s in sorted({max(part.latest_s, alone_s), max(part.latest_s, needed_s)}):
        roomy = replace(part, latest_s=latest_s)
        relaxed = _relaxed(roomy, params, seed)
        placed = None if relaxed is None else _placed(roomy, relaxed, params, seed)
        if placed is not None and relaxed is not None:
            return roomy, relaxed, placed
    notes = [*_nobody(part), *([_too_few(part)] if part.cooks else [])]
    return roomy, plain, _Placed(laid.slots, laid.objective, laid.bound, notes)


def _first_end(part: Task, index: int) -> int:
    """The first minute at which a batch can be off the heat where nothing else is cooked."""
    first = min(part.first(index, number) for number in part.fitting(index))
    return first + cook_minutes(part.batches[index])


def _placed(part: Task, relaxed: Answer, params: ScheduleParams, seed: int) -> _Placed | None:
    """Pieces and cooks near the relaxed answer; where the cooks are too few for any, pieces alone."""
    missing = _nobody(part)
    bare = replace(part, cooks=())
    tries = [(part, missing)] if not part.cooks else [(part, missing), (bare, [*missing, _too_few(part)])]
    for task, notes in tries:
        found = _dealt(task, relaxed, params, seed)
        if found is not None:
            return _Placed(found.slots, found.objective, found.bound, notes)
    return None


def _dealt(task: Task, relaxed: Answer, params: ScheduleParams, seed: int) -> Dealt | None:
    """By the best order; the solver searches on where the batches are few, or no order had room for them."""
    enough = (1 + params.gap_ratio) * relaxed.objective
    laid = laid_back(task, relaxed, params.tries, seed, enough)
    if laid is not None and (laid.objective <= enough or len(task.batches) > FEW):
        return manned(task, laid) or laid
    found = joint(task, relaxed, params, seed, laid=laid)
    if found is None or (laid is not None and laid.objective <= found.objective):
        return laid and replace(manned(task, laid) or laid, bound=found.bound if found else 0.0)
    return found


def _nobody(part: Task) -> list[Coded]:
    """Kinds of equipment on which nobody of those listed may cook."""
    kinds = sorted({batch.equipment_kind for batch in part.batches})
    return [Coded("no_cook", {"equipment": kind}) for kind in kinds if part.cooks and not skilled(part, kind)]


def _too_few(part: Task) -> Coded:
    kinds = sorted({batch.equipment_kind for batch in part.batches})
    return Coded("cooks_too_few", {"equipment": " ".join(kinds), "cooks": len(part.cooks)})


def _no_room(batch: Batch) -> Coded:
    return Coded("no_equipment_fits", {"batch": batch.code, "equipment": batch.equipment_kind})


def lateness(
    batches: Sequence[Batch], slots: Sequence[Slot], windows: Mapping[str, ReadyWindow], latest_s: int
) -> tuple[Coded, ...]:
    """Batches outside their windows or after the kitchen's last second, each with its minutes."""
    return (*_late(batches, slots, windows), *_after_hours(batches, slots, latest_s))


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


def _after_hours(batches: Sequence[Batch], slots: Sequence[Slot], latest_s: int) -> list[Coded]:
    """Batches that come off the heat after the last second that the kitchen has for it."""
    codes = {batch.batch_id: batch.code for batch in batches}
    return [
        Coded("batch_after_hours", {"batch": codes[slot.batch_id], "minutes": minutes_up(over_s)})
        for slot in slots
        if (over_s := slot.ready_s - latest_s) > 0
    ]
