"""Laid back: batches put on pieces from their ends, what soils another after it, by a plain rule."""

import random

from kitchen.equipment import Slot
from kitchen.schedule_facts import MINUTE_S, Answer, Dealt, Group, Task, cook_minutes

TRIES = 120
SPREADS = (0, 10, 30, 60)
NOTHING: frozenset[str] = frozenset()


def laid_back(task: Task, relaxed: Answer, seed: int) -> Dealt | None:
    """
    The best of many tries to lay batches on pieces, the last to be ready first, each as late as it may.

    A batch ends where the relaxed answer has it, or earlier where every piece is taken; where it would soil
    what comes after it on a piece, a deep clean lies between.

    Parameters
    ----------
    task
        What is cooked; cooks are not looked at.
    relaxed
        The best without allergens.
    seed
        Of the order in which like batches are tried.

    Returns
    -------
    Dealt | None
        None when no try found room for every batch.
    """
    rng, best = random.Random(seed), None
    for number in range(TRIES):
        found = _try(task, relaxed, rng, spread=SPREADS[number % len(SPREADS)])
        if found is not None and (best is None or found.objective < best.objective):
            best = found
    return best


def _try(task: Task, relaxed: Answer, rng: random.Random, spread: int) -> Dealt | None:
    ends = [
        minute + cook_minutes(batch) for (_, minute), batch in zip(relaxed.places, task.batches, strict=True)
    ]
    keys = {index: (-ends[index] + rng.randint(0, spread), rng.random()) for index in range(len(ends))}
    taken: dict[str, int] = {}
    guarded: dict[str, frozenset[str]] = {}
    later: dict[str, int] = {}
    cleaned: set[int] = set()
    placed: dict[int, tuple[str, int]] = {}
    cost = 0
    for index in sorted(keys, key=keys.__getitem__):
        batch, options = task.batches[index], []
        for number in task.fitting(index):
            group = task.groups[number]
            for piece in group.pieces:
                name = piece.equipment_id
                soils = bool(batch.contains & guarded.get(name, NOTHING))
                end = _latest(group, taken.get(name), ends[index], soils=soils)
                start = end - cook_minutes(batch)
                if start >= task.first(index, number):
                    strange = len(batch.free_from ^ guarded.get(name, NOTHING))
                    extra = group.after_deep - group.after if soils else 0
                    price = task.price(index, end) + extra
                    options.append((price, strange, rng.random(), name, number, start, soils))
        if not options:
            return None
        price, _, _, name, number, start, soils = min(options)
        cost += price
        if soils:
            cleaned.add(later[name])
        guarded[name] = batch.free_from | (NOTHING if soils else guarded.get(name, NOTHING))
        taken[name] = start - task.groups[number].setup
        later[name] = index
        placed[index] = (name, start)
    return Dealt(_slots(task, placed, cleaned), cost)


def _latest(group: Group, taken: int | None, wanted: int, *, soils: bool) -> int:
    """The last minute at which a batch may be ready on a piece that is taken from a minute on."""
    return wanted if taken is None else min(wanted, taken - (group.after_deep if soils else group.after))


def _slots(task: Task, placed: dict[int, tuple[str, int]], cleaned: set[int]) -> tuple[Slot, ...]:
    first: dict[str, int] = {}
    for index, (name, start) in placed.items():
        if name not in first or start < placed[first[name]][1]:
            first[name] = index
    dirty = {one.equipment_id for group in task.groups if group.dirty for one in group.pieces}
    slots = []
    for index, (name, start) in sorted(placed.items()):
        batch, start_s = task.batches[index], task.base_s + MINUTE_S * start
        deep = index in cleaned or (name in dirty and first[name] == index)
        slots.append(Slot(batch.batch_id, name, start_s, start_s + batch.cook_s, "", deep))
    return tuple(slots)
