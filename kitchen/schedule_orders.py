"""Orders: many orders of the batches tried, each laid by the plain rule, the best bettered step by step."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kitchen.schedule_facts import Answer, Dealt, Task
from kitchen.schedule_laid import Laying, Yard, lay, slots_of, yard_of

FIRST_TRIES = 40
SPREADS = (0, 10, 30, 60)
STALE_RATIO = 0.3
HEAT = 0.02
NOWHERE = float("inf")


@dataclass(frozen=True, slots=True)
class _Tried:
    """An order of batch numbers, the minute at which each should be ready, and how they come to lie."""

    order: Sequence[int]
    wanted: Sequence[int]
    laying: Laying


def best_order(
    task: Task, ends: Sequence[int], tries: int, seed: int, enough: float = 0.0
) -> tuple[Yard, Laying] | None:
    """
    The cheapest laying of many orders of the batches.

    The first orders go by the minutes at which batches should be ready, the last first; then one batch or two
    change their place in the order, or the minute that is wanted, and what costs little more is gone on from.

    Parameters
    ----------
    task
        What is cooked, in what, by whom.
    ends
        Minute at which each batch might be ready, where it is not the end of its window.
    tries
        How many orders; fewer when none has been better for long.
    seed
        Of the changes.
    enough
        A price with which the search is content.

    Returns
    -------
    tuple[Yard, Laying] | None
        None when no order had room for every batch.
    """
    rng, yard = random.Random(seed), yard_of(task)
    ends = [min(end, task.horizon) for end in ends]
    best = _first(yard, ends, rng)
    if best is None:
        return None
    current, last_better = best, 0
    for number in range(tries):
        if best.laying.price <= enough or number - last_better > STALE_RATIO * tries:
            break
        order, wanted = _changed(current, yard, ends, rng)
        heat = HEAT * (1 - number / tries) * rng.random()
        laying = lay(yard, order, wanted, (1 + heat) * current.laying.price + 1)
        if laying is not None:
            current = _Tried(order, wanted, laying)
            if laying.price < best.laying.price:
                best, last_better = current, number
    return yard, best.laying


def laid_back(task: Task, relaxed: Answer, tries: int, seed: int, enough: float) -> Dealt | None:
    """
    Slots by the best order, with cooks and allergens minded; None when no order had room for every batch.

    Parameters
    ----------
    task
        What is cooked, in what, by whom.
    relaxed
        The best without cooks and allergens.
    tries, seed, enough
        As `best_order` takes them.
    """
    ends = task.ends(relaxed.places)
    found = best_order(task, ends, tries, seed, enough)
    return found and slots_of(*found)


def bare(task: Task) -> Task:
    """The task without cooks and allergens."""
    batches = [replace(one, contains=frozenset(), free_from=frozenset()) for one in task.batches]
    return replace(task, batches=batches, cooks=())


def _first(yard: Yard, ends: Sequence[int], rng: random.Random) -> _Tried | None:
    best: _Tried | None = None
    by = [min(yard.task.by(index), yard.task.horizon) for index in range(len(ends))]
    for number in range(FIRST_TRIES):
        spread, wanted = SPREADS[number % len(SPREADS)], ends if number % 2 else by
        keys = {index: (-ends[index] + rng.randint(0, spread), rng.random()) for index in range(len(ends))}
        order = sorted(keys, key=keys.__getitem__)
        laying = lay(yard, order, wanted, best.laying.price if best else NOWHERE)
        if laying is not None:
            best = _Tried(order, wanted, laying)
    return best


def _changed(
    tried: _Tried, yard: Yard, ends: Sequence[int], rng: random.Random
) -> tuple[list[int], Sequence[int]]:
    """One batch moved in the order, two exchanged, or another minute wanted of one."""
    order, wanted, kind = list(tried.order), tried.wanted, rng.random()
    one, other = rng.randrange(len(order)), rng.randrange(len(order))
    if kind < 0.5:
        order.insert(other, order.pop(one))
    elif kind < 0.85:
        order[one], order[other] = order[other], order[one]
    else:
        by = min(yard.task.by(one), yard.task.horizon)
        wanted = list(wanted)
        wanted[one] = rng.choice((ends[one], by, min(by, ends[one]) - rng.randint(0, 10)))
    return order, wanted
