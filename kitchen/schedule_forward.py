"""Laid forward: batches one after the other on whatever is free first; it always has room."""

from dataclasses import dataclass

from kitchen.equipment import Slot
from kitchen.schedule_facts import MINUTE_S, Answer, Dealt, Task, cook_minutes

NOTHING: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Used:
    """How far a piece is used: minute off the heat of its last batch, and what is left in it."""

    until: int
    left: frozenset[str]


def laid_forward(task: Task) -> tuple[Answer, Dealt]:
    """
    Every batch as soon as a piece is free, those that are wanted first going first.

    No hour of the kitchen ends it: where there is too little room, batches are late and none is left out.
    Cooks are not looked at; allergens are cleaned off.

    Parameters
    ----------
    task
        What is cooked; each batch fits a group.

    Returns
    -------
    tuple[Answer, Dealt]
        Group and minute of each batch, and its slot.
    """
    used: dict[str, _Used] = {}
    places: dict[int, tuple[int, int]] = {}
    slots, price = list[Slot](), 0
    order = sorted(range(len(task.batches)), key=lambda n: (task.by(n), task.batches[n].code))
    for index in order:
        batch = task.batches[index]
        start, deep, name, number = min(_options(task, index, used))
        places[index] = (number, start)
        before = used[name].left if name in used and not deep else NOTHING
        used[name] = _Used(start + cook_minutes(batch), before | batch.contains)
        start_s = task.base_s + MINUTE_S * start
        slots.append(Slot(batch.batch_id, name, start_s, start_s + batch.cook_s, "", deep))
        price += task.price(index, start + cook_minutes(batch))
    answer = Answer([places[index] for index in range(len(places))], price, 0.0)
    return answer, Dealt(tuple(slots), price)


def _options(task: Task, index: int, used: dict[str, _Used]) -> list[tuple[int, bool, str, int]]:
    """First minute of a batch on each piece, whether a deep clean comes before, and which piece."""
    batch, found = task.batches[index], []
    wanted = task.begins(index) - cook_minutes(batch)
    for number in task.fitting(index):
        group = task.groups[number]
        for piece in group.pieces:
            name, last = piece.equipment_id, used.get(piece.equipment_id)
            first, deep = max(task.first(index, number), wanted), group.dirty
            if last is not None:
                deep = bool(last.left & batch.free_from)
                first = max(first, last.until + (group.after_deep if deep else group.after) + group.setup)
            found.append((first, deep, name, number))
    return found
