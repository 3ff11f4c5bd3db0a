"""The kitchen's minutes after something went wrong: what can stay where it was stays there."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from api.day.planning import scheduled
from api.day.planning_facts import DayFacts
from kitchen.batches import Batch, BatchPlan
from kitchen.cooled import slots_of
from kitchen.equipment import Slot
from kitchen.schedule import Schedule, UnderWay, lateness
from kitchen.schedule_check import Judged, check_schedule
from kitchen.schedule_kept import dealt_as_before
from kitchen.schedule_repair import Before, repaired
from kitchen.windows import ReadyWindow
from orders.codes import Coded


def rescheduled(
    facts: DayFacts,
    batches: Sequence[Batch],
    windows: Mapping[str, ReadyWindow],
    before: Mapping[str, Slot],
    under_way: UnderWay,
    seed: int,
) -> Schedule:
    """
    Minutes, equipment and cooks of what is not on the heat, moving as little as it can.

    Only where that leaves a batch outside its window everything is searched anew, and the cheaper counts,
    with what `kitchen.schedule_repair` takes a move to be worth.

    Parameters
    ----------
    facts
        The day with what is left of its equipment and cooks, from now on.
    batches, windows
        What is cooked, and when it should come off the heat, by batch id.
    before
        The slots that people work by, by batch id.
    under_way
        What is taken already.
    seed
        Of the search.

    Raises
    ------
    ValueError
        When the judge finds that the minutes break a rule.
    """
    to_cook = [batch for batch in batches if not batch.chilled_id]
    stands, mended, notes = _mended(facts, to_cook, windows, before, under_way)
    told = None if mended is None else _schedule(facts, batches, mended, stands, notes)
    if told is not None and mended is not None and not stands.breaches(mended):
        return told
    full = _anew(facts, batches, stands, seed)
    if told is None or mended is None or stands.cost(_own(full, to_cook)) < stands.cost(mended):
        return full
    late = {str(one.params["batch"]) for one in told.late}
    return replace(told, why=tuple(one for one in full.why if one.params.get("batch") in late))


def _anew(facts: DayFacts, batches: Sequence[Batch], stands: Before, seed: int) -> Schedule:
    """Everything searched anew, a batch on the piece that it had where another took it for nothing."""
    old = stands.judged
    under_way = UnderWay(old.free_s, old.contains)
    full = scheduled(facts, BatchPlan(tuple(batches), (), ()), old.windows, seed, under_way)
    own = _own(full, old.batches)
    judged = _judged(facts, old.batches, old.windows, under_way, full.notes)
    pieces = {slot.batch_id: slot.equipment_id for slot in stands.slots.values()}
    dealt = dealt_as_before(own, pieces, (*full.late, *full.reasons), judged)
    return replace(full, slots=(*(slot for slot in full.slots if slot not in own), *dealt))


def _own(made: Schedule, batches: Sequence[Batch]) -> list[Slot]:
    """The slots of these batches: what was cooked the day before has none of its own."""
    ids = {batch.batch_id for batch in batches}
    return [slot for slot in made.slots if slot.batch_id in ids]


def _mended(
    facts: DayFacts,
    batches: Sequence[Batch],
    windows: Mapping[str, ReadyWindow],
    before: Mapping[str, Slot],
    under_way: UnderWay,
) -> tuple[Before, tuple[Slot, ...] | None, tuple[Coded, ...]]:
    """The cheapest repair, batches that stood without a cook with one and without; and what it says."""
    tries = []
    for alone in (False, True):
        notes = _nobody(facts, batches, before if alone else {})
        stands = Before(before, _judged(facts, batches, windows, under_way, notes), facts.params.latest_s)
        tries.append((stands, repaired(stands), notes))
        if tries[0][2] == _nobody(facts, batches, before):
            break
    found = [one for one in tries if one[1] is not None]
    return min(found, key=lambda one: one[0].cost(one[1] or ()), default=tries[-1])


def _schedule(
    facts: DayFacts,
    batches: Sequence[Batch],
    slots: tuple[Slot, ...],
    stands: Before,
    notes: tuple[Coded, ...],
) -> Schedule:
    """The repaired slots with what is to be said of them, judged like any others."""
    judged = stands.judged
    cooked = [one for one in judged.batches if any(one.fits(piece) for piece in judged.equipment)]
    homeless = (one for one in judged.batches if one not in cooked)
    reasons = tuple(
        Coded("no_equipment_fits", {"batch": one.code, "equipment": one.equipment_kind}) for one in homeless
    )
    late = lateness(cooked, slots, judged.windows, facts.params.latest_s)
    if violations := check_schedule(slots, (*late, *reasons), judged):
        raise ValueError(f"The repaired schedule of {facts.service.key} breaks rules: {violations}.")
    return Schedule((*slots_of(batches, facts.cooled), *slots), late, reasons, notes=notes)


def _judged(
    facts: DayFacts,
    batches: Sequence[Batch],
    windows: Mapping[str, ReadyWindow],
    under_way: UnderWay,
    notes: Sequence[Coded],
) -> Judged:
    unmanned = frozenset(kind for note in notes for kind in str(note.params["equipment"]).split())
    return Judged(
        batches,
        facts.equipment,
        windows,
        facts.params.earliest_s,
        facts.cooks,
        under_way.free_s,
        under_way.contains,
        unmanned,
    )


def _nobody(facts: DayFacts, batches: Sequence[Batch], before: Mapping[str, Slot]) -> tuple[Coded, ...]:
    """Kinds of equipment that nobody may cook on, and those where batches stand without a cook already."""
    if not facts.cooks:
        return ()
    skilled = frozenset[str]().union(*(cook.skills for cook in facts.cooks))
    kinds = {batch.equipment_kind for batch in batches}
    alone = {
        batch.equipment_kind
        for batch in batches
        if batch.batch_id in before and not before[batch.batch_id].cook_id
    }
    found = [Coded("no_cook", {"equipment": kind}) for kind in sorted(kinds - skilled)]
    if few := sorted(alone & skilled):
        found.append(Coded("cooks_too_few", {"equipment": " ".join(few), "cooks": len(facts.cooks)}))
    return tuple(found)
