"""Laid: batches put on pieces and to cooks one by one in a given order, each where it costs least."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from kitchen.equipment import Slot
from kitchen.schedule_facts import (
    BREACH_WEIGHT,
    EARLY_WEIGHT,
    MINUTE_S,
    Dealt,
    Place,
    Task,
    cook_minutes,
    minutes_up,
)

NOTHING: frozenset[str] = frozenset()
BEFORE, ALONE, AFTER = -1, 0, 1
Spans = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Option:
    """
    One piece for one batch.

    Parameters
    ----------
    piece, group
        Numbers of the piece and of its group.
    first, last
        First and last minute on the heat.
    setup, after, after_deep
        Minutes that the piece is taken before and after a cook.
    bound
        Minutes that a cook is bound, from the setup on.
    """

    piece: int
    group: int
    first: int
    last: int
    setup: int
    after: int
    after_deep: int
    bound: int


@dataclass(frozen=True, slots=True)
class Yard:
    """
    A task as an order of its batches is laid: everything by number, looked up once.

    Parameters
    ----------
    task
        What is cooked, in what, by whom.
    names, dirty
        Of the pieces; whether a piece is cleaned of an allergen before its first cook.
    options, minutes
        Pieces of each batch, and how long it cooks.
    able
        Cooks of each batch, who has the fewest skills first; none where nobody listed has the skill.
    shifts
        First and last minute of each cook.
    terms
        Of each batch the minutes at which its window begins and ends, and what a minute counts.
    """

    task: Task
    names: Sequence[str]
    dirty: Sequence[bool]
    options: Sequence[Sequence[Option]]
    minutes: Sequence[int]
    able: Sequence[Sequence[int]]
    shifts: Sequence[tuple[int, int]]
    terms: Sequence[tuple[int, int, int]]

    def price(self, index: int, start: int) -> int:
        """`Task.price` of a batch on the heat from this minute."""
        begins, by, weight = self.terms[index]
        ready = start + self.minutes[index]
        wait = by - ready if ready <= by else BREACH_WEIGHT * (ready - by)
        return weight * (wait + EARLY_WEIGHT * (begins - ready) if ready < begins else wait)


@dataclass(frozen=True, slots=True)
class Put:
    """Where a batch is laid: for how much, from which minute, on which side of what is there, by whom."""

    price: int
    start: int
    side: int
    deep: bool
    option: Option
    cook: int | None


@dataclass(slots=True)
class _Taken:
    """
    How a piece is used so far.

    Parameters
    ----------
    head, tail
        First minute taken, setup included; minute off the heat of the last batch.
    guard
        Allergens that must not come before, up to the first deep clean.
    left
        Allergens left in it since the last deep clean.
    first
        The batch cooked first.
    cleaned
        Whether a deep clean lies between two of its batches.
    """

    head: int
    tail: int
    guard: frozenset[str]
    left: frozenset[str]
    first: int
    cleaned: bool = False


@dataclass(frozen=True, slots=True)
class Laying:
    """
    Batches laid in one order.

    Parameters
    ----------
    price
        Of all of them, with a minute of every deep clean.
    puts
        By batch number.
    deep
        Batches before which their piece is deep-cleaned.
    """

    price: int
    puts: Mapping[int, Put]
    deep: Set[int]

    @property
    def places(self) -> list[Place]:
        """Group and minute of each batch."""
        return [(self.puts[index].option.group, self.puts[index].start) for index in range(len(self.puts))]


@dataclass(slots=True)
class _Board:
    """What is taken while an order is laid."""

    pieces: list[_Taken | None]
    cooks: list[Spans]
    deep: set[int] = field(default_factory=set)


def yard_of(task: Task) -> Yard:
    """The task, looked up once for many orders."""
    names, dirty = list[str](), list[bool]()
    numbers: dict[int, list[int]] = {}
    for number, group in enumerate(task.groups):
        numbers[number] = list(range(len(names), len(names) + len(group.pieces)))
        names += [one.equipment_id for one in group.pieces]
        dirty += [group.dirty] * len(group.pieces)
    options, able = list[list[Option]](), list[list[int]]()
    for index, batch in enumerate(task.batches):
        last = task.horizon - cook_minutes(batch)
        options.append(
            [
                _option(task, index, number, piece, last)
                for number in task.fitting(index)
                for piece in numbers[number]
            ]
        )
        skilled = (n for n, cook in enumerate(task.cooks) if batch.equipment_kind in cook.skills)
        able.append(sorted(skilled, key=lambda n: (len(task.cooks[n].skills), n)))
    shifts = [
        (
            minutes_up(max(cook.from_s, task.free_s.get(cook.cook_id, cook.from_s)) - task.base_s),
            (cook.to_s - task.base_s) // MINUTE_S,
        )
        for cook in task.cooks
    ]
    numbered = range(len(task.batches))
    terms = [(task.begins(index), task.by(index), task.weight(index)) for index in numbered]
    return Yard(task, names, dirty, options, [*map(cook_minutes, task.batches)], able, shifts, terms)


def _option(task: Task, index: int, number: int, piece: int, last: int) -> Option:
    group = task.groups[number]
    bound = group.attended(task.batches[index])
    first = task.first(index, number)
    return Option(piece, number, first, last, group.setup, group.after, group.after_deep, bound)


def lay(yard: Yard, order: Sequence[int], wanted: Sequence[int], most: float) -> Laying | None:
    """
    Lays the batches in this order, each before or after what its piece has already, where it costs least.

    Parameters
    ----------
    yard
        The task.
    order
        Batch numbers; the first has all pieces to choose from.
    wanted
        Minute at which each batch should be ready; it may be earlier or, after others, later.
    most
        Orders that cost as much or more are given up.

    Returns
    -------
    Laying | None
        None when an order is given up, or a batch found no piece or no cook within the hours.
    """
    board = _Board([None] * len(yard.names), [[] for _ in yard.shifts])
    puts, price = dict[int, Put](), 0
    for index in order:
        put = _best(yard, board, index, wanted[index])
        if put is None:
            return None
        price += put.price
        if price >= most:
            return None
        _take(yard, board, index, put)
        puts[index] = put
    return Laying(price, puts, board.deep)


def _best(yard: Yard, board: _Board, index: int, wanted: int) -> Put | None:
    """The cheapest place of a batch that has a cook; places are looked at from the cheapest on."""
    best: Put | None = None
    for price, _, side, _, start, deep, option in sorted(_places(yard, board, index, wanted)):
        if best is not None and price >= best.price:
            break
        able = yard.able[index]
        if not able:
            return Put(price, start, side, deep, option, None)
        found = _with_cook(yard, board, able, option, side, start)
        if found is not None:
            at, cook = found
            moved = price + yard.price(index, at) - yard.price(index, start)
            if best is None or moved < best.price:
                best = Put(moved, at, side, deep, option, cook)
    return best


def _places(
    yard: Yard, board: _Board, index: int, wanted: int
) -> list[tuple[int, int, int, int, int, bool, Option]]:
    """Price, strangeness to its neighbours, side, piece, minute and deep clean of each place of a batch."""
    batch, minutes = yard.task.batches[index], yard.minutes[index]
    found, empty = [], set[int]()
    for option in yard.options[index]:
        taken = board.pieces[option.piece]
        if taken is None:
            if option.group not in empty and option.first <= option.last:
                empty.add(option.group)
                start = min(max(wanted - minutes, option.first), option.last)
                found.append((yard.price(index, start), 0, ALONE, option.piece, start, False, option))
            continue
        clean = option.after_deep - option.after
        strange = len(batch.free_from ^ taken.guard)
        soils = not batch.contains.isdisjoint(taken.guard)
        ready = min(wanted, taken.head - (option.after_deep if soils else option.after))
        start = min(ready - minutes, option.last)
        if start >= option.first:
            price = yard.price(index, start) + clean * soils
            found.append((price, strange, BEFORE, option.piece, start, soils, option))
        met = not batch.free_from.isdisjoint(taken.left)
        free = taken.tail + (option.after_deep if met else option.after) + option.setup
        start = max(free, option.first, wanted - minutes)
        if start <= option.last:
            price = yard.price(index, start) + clean * met
            found.append((price, strange, AFTER, option.piece, start, met, option))
    return found


def _with_cook(
    yard: Yard, board: _Board, able: Sequence[int], option: Option, side: int, start: int
) -> tuple[int, int] | None:
    """The minute nearest to a start, on the side that is free, at which a cook can stand at it, and who."""
    best: tuple[int, int] | None = None
    if side != AFTER:
        for cook in able:
            from_, to = yard.shifts[cook]
            latest = min(start - option.setup, to - option.bound)
            at = option.setup + _latest(board.cooks[cook], latest, option.bound)
            if at - option.setup >= from_ and at >= option.first and (best is None or at > best[0]):
                best = at, cook
                if at == start:
                    return best
    if side == AFTER or (side == ALONE and best is None):
        for cook in able:
            from_, to = yard.shifts[cook]
            earliest = max(start - option.setup, from_)
            at = option.setup + _earliest(board.cooks[cook], earliest, option.bound)
            fits = at - option.setup + option.bound <= to and at <= option.last
            if fits and (best is None or at < best[0]):
                best = at, cook
                if at == start:
                    return best
    return best


def _latest(spans: Spans, latest: int, length: int) -> int:
    """The last minute, not after one, from which so many minutes are free."""
    for from_, to in reversed(spans):
        if to <= latest:
            break
        if from_ < latest + length:
            latest = from_ - length
    return latest


def _earliest(spans: Spans, earliest: int, length: int) -> int:
    """The first minute, not before one, from which so many minutes are free."""
    for from_, to in spans:
        if from_ >= earliest + length:
            break
        earliest = max(earliest, to)
    return earliest


def _take(yard: Yard, board: _Board, index: int, put: Put) -> None:
    """Notes that a batch is laid: its piece, what must be cleaned, and its cook."""
    batch, option = yard.task.batches[index], put.option
    begins, ready = put.start - option.setup, put.start + yard.minutes[index]
    if put.cook is not None:
        board.cooks[put.cook].append((begins, begins + option.bound))
        board.cooks[put.cook].sort()
    taken = board.pieces[option.piece]
    if taken is None:
        board.pieces[option.piece] = _Taken(begins, ready, batch.free_from, batch.contains, index)
        return
    one_part = not (taken.cleaned or put.deep)
    if put.side == BEFORE:
        if put.deep:
            board.deep.add(taken.first)
        taken.guard = batch.free_from | (NOTHING if put.deep else taken.guard)
        taken.left = taken.left | batch.contains if one_part else taken.left
        taken.head, taken.first = begins, index
    else:
        if put.deep:
            board.deep.add(index)
        taken.left = batch.contains | (NOTHING if put.deep else taken.left)
        taken.guard = taken.guard | batch.free_from if one_part else taken.guard
        taken.tail = ready
    taken.cleaned = not one_part


def slots_of(yard: Yard, laying: Laying) -> Dealt:
    """The slots of a laying."""
    task, first = yard.task, dict[int, int]()
    for index, put in laying.puts.items():
        piece = put.option.piece
        if piece not in first or put.start < laying.puts[first[piece]].start:
            first[piece] = index
    slots = []
    for index, put in sorted(laying.puts.items()):
        batch, start_s = task.batches[index], task.base_s + MINUTE_S * put.start
        piece = put.option.piece
        deep = index in laying.deep or (yard.dirty[piece] and first[piece] == index)
        cook_id = "" if put.cook is None else task.cooks[put.cook].cook_id
        slots.append(Slot(batch.batch_id, yard.names[piece], start_s, start_s + batch.cook_s, cook_id, deep))
    return Dealt(tuple(slots), laying.price)
