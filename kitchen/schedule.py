"""Schedule: which batch, on which equipment, from which minute; or why not."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

from kitchen.batches import Batch, ReadyWindow
from kitchen.equipment import Equipment, Slot
from orders.codes import Coded

MINUTE_S = 60
BREACH_WEIGHT = 20


@dataclass(frozen=True, slots=True)
class ScheduleParams:
    """
    How long the solver may think, counted in its own deterministic units, never by the clock.

    Parameters
    ----------
    deterministic_time
        Limit of the first search of each kind of equipment; one unit is about a second on an idle core.
    latest_s
        Last second at which a batch may come off the heat.
    gap_ratio
        The search ends when it is proved to be this close to the best.
    proof_time
        Limit of the second search, from the first one's answer, where that is not proved yet.
    """

    deterministic_time: float = 0.3
    latest_s: int = 24 * 3600
    gap_ratio: float = 0.002
    proof_time: float = 4.0


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
    """

    slots: tuple[Slot, ...]
    late: tuple[Coded, ...] = ()
    reasons: tuple[Coded, ...] = ()
    objective: float = 0.0
    bound: float = 0.0


@dataclass(frozen=True, slots=True)
class _Group:
    """Pieces of equipment that can stand in for each other."""

    pieces: tuple[Equipment, ...]
    changeover: int

    def minutes(self, batch: Batch) -> int:
        """How long a batch keeps one piece, its changeover included."""
        return _cook_minutes(batch) + self.changeover


def schedule(
    batches: Sequence[Batch],
    equipment: Iterable[Equipment],
    windows: Mapping[str, ReadyWindow],
    *,
    earliest_s: int,
    params: ScheduleParams,
    seed: int,
) -> Schedule:
    """
    Gives each batch its equipment and its minutes so that food waits as little as it can.

    Waiting is counted in portion-minutes from off the heat to the end of the batch's window; minutes
    outside the window cost `BREACH_WEIGHT` times as much, so they are chosen only when there is no room.

    Parameters
    ----------
    batches
        What is cooked.
    equipment
        What the kitchen has; two cooks on one piece never overlap, and its changeover lies between.
    windows
        When each batch should come off the heat, by batch id; one without a window should end late.
    earliest_s
        First second at which a batch may start; starts are whole minutes after it.
    params, seed
        Limits of the search, and its random seed: the same seed gives the same slots.

    References
    ----------
    docs/kitchen.md, "Schedule".
    """
    groups = _groups(equipment)
    reasons = tuple(_no_room(batch) for batch in batches if not _fitting(batch, groups))
    if reasons or not batches:
        return Schedule((), reasons=reasons)
    wanted = [windows.get(batch.batch_id, ReadyWindow(earliest_s, params.latest_s)) for batch in batches]
    solved = []
    for kind in sorted({batch.equipment_kind for batch in batches}):
        indices = [index for index, batch in enumerate(batches) if batch.equipment_kind == kind]
        own, of_own = [batches[index] for index in indices], [wanted[index] for index in indices]
        answer = _solved(_Kind(own, groups, of_own, earliest_s, params.latest_s), params, seed)
        if isinstance(answer, str):
            return Schedule((), reasons=(Coded(answer, {"batches": len(batches)}),))
        solved.append((indices, answer))
    places = dict(pair for indices, answer in solved for pair in zip(indices, answer.places, strict=True))
    slots = _slots(batches, groups, [places[index] for index in range(len(batches))], earliest_s)
    late = _late(batches, slots, windows)
    objective = sum(answer.objective for _, answer in solved)
    return Schedule(slots, late, (), objective, sum(answer.bound for _, answer in solved))


@dataclass(frozen=True, slots=True)
class _Kind:
    """The batches of one kind of equipment, which no other kind can help or hinder; all groups of pieces."""

    batches: Sequence[Batch]
    groups: Sequence[_Group]
    wanted: Sequence[ReadyWindow]
    earliest_s: int
    latest_s: int

    @property
    def horizon(self) -> int:
        """Minutes from the first on the heat to the last off it."""
        return (self.latest_s - self.earliest_s) // MINUTE_S

    def price(self, index: int, ready: int) -> int:
        """Portion-minutes of a batch that is ready at this minute, those outside its window weighted."""
        by, begins = self.by(index), -((self.earliest_s - self.wanted[index].from_s) // MINUTE_S)
        breach = max(0, ready - by) + max(0, begins - ready)
        return self.batches[index].portions * (max(0, by - ready) + BREACH_WEIGHT * breach)

    def by(self, index: int) -> int:
        """Minute at which a batch's window ends."""
        return (self.wanted[index].by_s - self.earliest_s) // MINUTE_S

    def twin(self, index: int) -> tuple[object, ...]:
        """What is the same for batches that nothing tells apart."""
        batch = self.batches[index]
        like = batch.dish_id, batch.variant, batch.portions, batch.special, batch.needs_ratio, batch.cook_s
        return *like, self.wanted[index]


@dataclass(frozen=True, slots=True)
class _Answer:
    """Group and start minute of each batch of a kind."""

    places: Sequence[tuple[int, int]]
    objective: float
    bound: float


def _solved(kind: _Kind, params: ScheduleParams, seed: int) -> _Answer | str:
    """The best that two searches find for one kind, or the code that says why there is nothing."""
    model, starts, taken = _by_interval(kind)
    solver = _solver(params.deterministic_time, params, seed)
    solver.parameters.interleave_search = True
    status = solver.solve(model)
    if status in (cp_model.INFEASIBLE, cp_model.MODEL_INVALID):
        return "schedule_too_tight"
    first = None
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        chosen = [next(g for g, literal in options if solver.boolean_value(literal)) for options in taken]
        places = list(zip(chosen, map(solver.value, starts), strict=True))
        first = _Answer(places, solver.objective_value, solver.best_objective_bound)
        if first.objective - first.bound <= params.gap_ratio * first.objective:
            return first
    return _proved(kind, first, params, seed) or "schedule_not_found"


def _proved(kind: _Kind, first: _Answer | None, params: ScheduleParams, seed: int) -> _Answer | None:
    """
    Searches again with one variable for each batch and minute, whose linear relaxation is nearly exact.

    Minutes at which one batch alone would cost more than the first answer are left out.
    """
    model = cp_model.CpModel()
    options, prices = _minutes(model, kind, first.objective if first else None)
    model.minimize(sum(price * literal for price, literal in prices))
    for place, own in zip(first.places if first else (), options, strict=False):
        model.add_hint(own[place], 1)
    solver = _solver(params.proof_time, params, seed)
    solver.parameters.linearization_level = 2
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return first
    bound = max(solver.best_objective_bound, first.bound if first else 0.0)
    if first and first.objective <= solver.objective_value:
        return _Answer(first.places, first.objective, bound)
    places = [next(place for place, one in own.items() if solver.boolean_value(one)) for own in options]
    return _Answer(_twins_by_code(kind, places), solver.objective_value, bound)


def _minutes(
    model: cp_model.CpModel, kind: _Kind, most: float | None
) -> tuple[list[dict[tuple[int, int], cp_model.IntVar]], list[tuple[int, cp_model.IntVar]]]:
    """Variables by group and start minute for each batch, and each with its price; pieces are never short."""
    options, prices = [], []
    busy: dict[tuple[int, int], list[cp_model.IntVar]] = defaultdict(list)
    for index, batch in enumerate(kind.batches):
        own = {}
        cook = _cook_minutes(batch)
        for group in _fitting(batch, kind.groups):
            for minute in range(kind.horizon - cook + 1):
                price = kind.price(index, minute + cook)
                if most is None or price <= most:
                    own[group, minute] = literal = model.new_bool_var("")
                    prices.append((price, literal))
                    for taken in range(minute, minute + kind.groups[group].minutes(batch)):
                        busy[group, taken].append(literal)
        model.add_exactly_one(own.values())
        options.append(own)
    for (group, _), literals in busy.items():
        model.add(sum(literals) <= len(kind.groups[group].pieces))
    return options, prices


def _twins_by_code(kind: _Kind, places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same places, dealt to batches that nothing tells apart so that they start in order of code."""
    waiting: dict[tuple[object, ...], list[tuple[int, int]]] = defaultdict(list)
    for index, place in enumerate(places):
        waiting[kind.twin(index)].append(place)
    for group in waiting.values():
        group.sort(key=lambda place: (place[1], place[0]), reverse=True)
    return [waiting[kind.twin(index)].pop() for index in range(len(places))]


def _by_interval(
    kind: _Kind,
) -> tuple[cp_model.CpModel, Sequence[cp_model.IntVar], Sequence[Sequence[tuple[int, cp_model.IntVar]]]]:
    """A model that finds an answer quickly: start of each batch, and its choice among groups."""
    model = cp_model.CpModel()
    starts, taken = _intervals(model, kind.batches, kind.groups, kind.horizon)
    by = [kind.by(index) for index in range(len(kind.batches))]
    for index, (group, minute) in _packed_backwards(kind.batches, kind.groups, by).items():
        model.add_hint(starts[index], minute)
        model.add_hint(dict(taken[index])[group], 1)
    last: dict[tuple[object, ...], cp_model.IntVar] = {}
    for index, start in enumerate(starts):
        if (twin := kind.twin(index)) in last:
            model.add(last[twin] <= start)
        last[twin] = start
    wanted = zip(kind.batches, starts, kind.wanted, strict=True)
    model.minimize(
        sum(batch.portions * _cost(model, batch, start, w, kind.earliest_s) for batch, start, w in wanted)
    )
    return model, starts, taken


def _cook_minutes(batch: Batch) -> int:
    return -(-batch.cook_s // MINUTE_S)


def _solver(deterministic_time: float, params: ScheduleParams, seed: int) -> cp_model.CpSolver:
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    solver.parameters.max_deterministic_time = deterministic_time
    solver.parameters.relative_gap_limit = params.gap_ratio
    return solver


def _groups(equipment: Iterable[Equipment]) -> list[_Group]:
    alike: dict[tuple[object, ...], list[Equipment]] = defaultdict(list)
    for piece in equipment:
        alike[piece.kind, piece.capacity_ratio, piece.changeover_s, piece.specials_only].append(piece)
    return [_Group(tuple(pieces), -(-pieces[0].changeover_s // MINUTE_S)) for pieces in alike.values()]


def _fitting(batch: Batch, groups: Sequence[_Group]) -> list[int]:
    return [index for index, group in enumerate(groups) if batch.fits(group.pieces[0])]


def _no_room(batch: Batch) -> Coded:
    return Coded("no_equipment_fits", {"batch": batch.code, "equipment": batch.equipment_kind})


def _intervals(
    model: cp_model.CpModel, batches: Sequence[Batch], groups: Sequence[_Group], horizon: int
) -> tuple[list[cp_model.IntVar], list[list[tuple[int, cp_model.IntVar]]]]:
    """Start and choice of group of each batch; no group holds more batches at once than it has pieces."""
    starts, taken = [], []
    held: dict[int, list[cp_model.IntervalVar]] = defaultdict(list)
    for batch in batches:
        start = model.new_int_var(0, horizon - _cook_minutes(batch), f"start {batch.code}")
        options = []
        for index in _fitting(batch, groups):
            literal = model.new_bool_var(f"{batch.code} in {index}")
            minutes = groups[index].minutes(batch)
            held[index].append(
                model.new_optional_fixed_size_interval_var(start, minutes, literal, f"{batch.code} {index}")
            )
            options.append((index, literal))
        model.add_exactly_one(literal for _, literal in options)
        starts.append(start)
        taken.append(options)
    for index, intervals in held.items():
        model.add_cumulative(intervals, [1] * len(intervals), len(groups[index].pieces))
    return starts, taken


def _packed_backwards(
    batches: Sequence[Batch], groups: Sequence[_Group], by: Sequence[int]
) -> dict[int, tuple[int, int]]:
    """
    A first guess for the search: group and start of the batches that fit when laid back from their ends.

    Those with the most portions a minute come first, so that they wait least.
    """
    free = {(index, n): max(by) for index, group in enumerate(groups) for n in range(len(group.pieces))}
    dense = sorted(
        range(len(batches)),
        key=lambda i: (-by[i], -batches[i].portions / _cook_minutes(batches[i]), batches[i].code),
    )
    guess = {}
    for index in dense:
        batch = batches[index]
        fitting = _fitting(batch, groups)
        ends = {place: min(end, by[index]) for place, end in free.items() if place[0] in fitting}
        place = max(ends, key=lambda place: (ends[place], -place[0], -place[1]))
        start = ends[place] - _cook_minutes(batch)
        if start >= 0:
            guess[index] = (place[0], start)
            free[place] = start - groups[place[0]].changeover
    return guess


def _cost(
    model: cp_model.CpModel, batch: Batch, start: cp_model.IntVar, window: ReadyWindow, earliest_s: int
) -> cp_model.LinearExpr:
    """Minutes a portion of the batch waits, and weighted minutes outside its window."""
    ready = start + _cook_minutes(batch)
    by = (window.by_s - earliest_s) // MINUTE_S
    begins = -((earliest_s - window.from_s) // MINUTE_S)
    most = 7 * 24 * 60
    late = model.new_int_var(0, most, f"late {batch.code}")
    early = model.new_int_var(0, most, f"early {batch.code}")
    waiting = model.new_int_var(0, most, f"waiting {batch.code}")
    model.add(late >= ready - by)
    model.add(early >= begins - ready)
    model.add(waiting >= by - ready)
    return waiting + BREACH_WEIGHT * (late + early)


def _slots(
    batches: Sequence[Batch],
    groups: Sequence[_Group],
    places: Sequence[tuple[int, int]],
    earliest_s: int,
) -> tuple[Slot, ...]:
    """Deals the batches of each group out to its pieces by start: the longest idle piece takes the next."""
    chosen, minutes = zip(*places, strict=True)
    free = {piece.equipment_id: 0 for group in groups for piece in group.pieces}
    slots = []
    for index in sorted(range(len(batches)), key=lambda index: (minutes[index], index)):
        batch, group = batches[index], groups[chosen[index]]
        piece = min(group.pieces, key=lambda piece: free[piece.equipment_id])
        free[piece.equipment_id] = minutes[index] + group.minutes(batch)
        start_s = earliest_s + MINUTE_S * minutes[index]
        slots.append(Slot(batch.batch_id, piece.equipment_id, start_s, start_s + batch.cook_s))
    return tuple(slots)


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
            found.append(Coded("batch_late", {"batch": batch.code, "minutes": -(-late_s // MINUTE_S)}))
        if early_s > 0:
            found.append(Coded("batch_early", {"batch": batch.code, "minutes": -(-early_s // MINUTE_S)}))
    return tuple(found)
