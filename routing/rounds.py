"""Second tier: who carries which bag from a canteen, when and in which order of doors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from orders.codes import Coded
from routing.round_check import check_rounds
from routing.round_facts import CANTEEN, CarryTask, Door, DoorVisit, NotCarried, Round, Rounds, Volunteer
from routing.travel import NO_WAY, way

EXACT_DOORS = 7
PASSES = 4
MINUTE_S, NEVER_S = 60, 10_000_000

Order = tuple[Door, ...]
Places = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Parcel:
    """What goes along together: bags whole, or of a bag whose doors no round holds the part for some."""

    doors: Order

    @property
    def box_ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(box_id for door in self.doors for box_id in door.box_ids))


Shifts = list[list[list[_Parcel]]]
"""Per volunteer the rounds, per round what is taken along."""


def plan_rounds(task: CarryTask) -> Rounds:
    """
    Plans the rounds of one canteen's volunteers: each meal at its door as early as can be.

    Parameters
    ----------
    task
        Bags, doors, people, ways.

    Returns
    -------
    Rounds
        Without a violation; what fits in no round is listed with its reason. The same task gives the same
        rounds.

    References
    ----------
    docs/routing.md, "Rounds of volunteers".
    """
    search = _Search(task)
    left, parcels = list[NotCarried](), list[Door]()
    for door in task.doors:
        reason = search.why_never(door)
        if reason is None:
            parcels.append(door)
        else:
            left.append(NotCarried(door.door_id, door.box_ids, reason))
    shifts, lost = search.shared_out(list(search.parcels(parcels)))
    left += [NotCarried(door.door_id, door.box_ids, search.nobody_free()) for door in lost]
    timed = sorted(search.rounds(shifts), key=lambda one: (one.leave_s, one.volunteer))
    coded = tuple(replace(one, code=f"R{number}") for number, one in enumerate(timed, start=1))
    answer = Rounds(task.site_id, coded, tuple(sorted(left, key=lambda one: one.door_id)))
    if broken := check_rounds(answer, task):
        raise ValueError(f"The rounds of {task.site_id} break rules: {broken}.")
    return answer


@dataclass(slots=True)
class _Search:
    """Looks for rounds of one task; what it has timed once it knows."""

    task: CarryTask
    signed_s: dict[str, int] = field(init=False)
    steps_s: list[list[int]] = field(init=False)
    known: dict[tuple[Places, bool], Places] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.signed_s = {bag.box_id: bag.signed_s for bag in self.task.bags}
        ways_s = self.task.ways.block(range(self.task.ways.size)).duration_s.tolist()
        hand_over_s = self.task.hand_over_s
        self.steps_s = [[NEVER_S if one == NO_WAY else one + hand_over_s for one in row] for row in ways_s]

    def why_never(self, door: Door) -> Coded | None:
        """Why no volunteer could ever bring a meal, were it the only one; None when somebody could."""
        task = self.task
        if not task.volunteers:
            return Coded("door_without_volunteer", {"site": task.site_id})
        leg = None if door.place is None else task.ways.leg(CANTEEN, door.place)
        if door.place is None or leg is None or task.ways.leg(door.place, CANTEEN) is None:
            return Coded("door_without_place")
        way_s = min(one.way_s(leg.seconds) for one in task.volunteers) + task.hand_over_s
        if way_s > task.most_s:
            return Coded("door_too_far", {"minutes": _minutes(way_s), "most": task.most_s // MINUTE_S})
        alone = [_Parcel((replace(door, box_ids=(box_id,)),)) for box_id in door.box_ids]
        if all(any(self.timed(one, 0, [part]) for one in task.volunteers) for part in alone):
            return None
        signed_s = max(self.signed_s[box_id] for box_id in door.box_ids)
        late_s = signed_s + way_s + task.eating_s - door.eat_by_s
        if late_s > 0:
            return Coded("door_eaten_too_late", {"minutes": _minutes(late_s)})
        return self.nobody_free()

    def nobody_free(self) -> Coded:
        """That everybody who could is on a round, or no longer there."""
        return Coded("door_nobody_free", {"volunteers": len(self.task.volunteers)})

    def parcels(self, doors: Sequence[Door]) -> Iterator[_Parcel]:
        """
        The doors by what travels together: bags that share a diner, where somebody can carry them all, else
        each bag by itself; a parcel that nobody can bring round in time is cut in two.
        """
        most = max((one.bags for one in self.task.volunteers), default=0)
        for boxes, group in _bundles(doors):
            if len(boxes) <= most:
                yield from self._cut(_Parcel(tuple(group)))
                continue
            for box_id in boxes:
                own = (replace(door, box_ids=(box_id,)) for door in group if box_id in door.box_ids)
                yield from self._cut(_Parcel(tuple(own)))

    def _cut(self, parcel: _Parcel) -> Iterator[_Parcel]:
        fits = any(self.timed(one, 0, [parcel]) for one in self.task.volunteers)
        if fits or len(parcel.doors) == 1:
            yield parcel
            return
        for half in self._halves(parcel):
            yield from self._cut(half)

    def _halves(self, parcel: _Parcel) -> tuple[_Parcel, _Parcel]:
        doors = next(self._orders(parcel.doors))
        middle = len(doors) // 2
        return _Parcel(doors[:middle]), _Parcel(doors[middle:])

    def shared_out(self, parcels: list[_Parcel]) -> tuple[Shifts, list[Door]]:
        """
        Gives parcels to volunteers, the most urgent first, each where all meals are at their doors soonest.

        One that fits nowhere whole is tried in parts. Then each parcel may move while that helps.
        """
        shifts: Shifts = [[] for _ in self.task.volunteers]
        waiting = sorted(parcels, key=self._urgency)
        lost = list[Door]()
        while waiting:
            parcel = waiting.pop(0)
            better = self._placed(shifts, parcel)
            if better is not None:
                shifts = better
            elif len(parcel.doors) > 1:
                waiting = [*self._halves(parcel), *waiting]
            else:
                lost += parcel.doors
        return self._improved(shifts), lost

    def _urgency(self, parcel: _Parcel) -> tuple[int, int, str]:
        ready_s = max(self.signed_s[box_id] for box_id in parcel.box_ids)
        return min(door.eat_by_s for door in parcel.doors), ready_s, parcel.doors[0].door_id

    def _placed(self, shifts: Shifts, parcel: _Parcel) -> Shifts | None:
        """The shifts with a parcel where it costs least, None where it fits nowhere."""
        best, least = None, None
        for nth, rounds in enumerate(shifts):
            before = self._cost(nth, rounds)
            for tried in _with(rounds, parcel):
                after = self._cost(nth, tried)
                if before is None or after is None:
                    continue
                more = (after[0] - before[0], after[1] - before[1], len(tried), nth)
                if least is None or more < least:
                    best, least = [*shifts[:nth], tried, *shifts[nth + 1 :]], more
        return best

    def _improved(self, shifts: Shifts) -> Shifts:
        total = self._total(shifts)
        for _ in range(PASSES):
            before = total
            for parcel in [one for rounds in shifts for taken in rounds for one in taken]:
                moved = self._placed(_without(shifts, parcel), parcel)
                if moved is not None and self._total(moved) < total:
                    shifts, total = moved, self._total(moved)
            if total == before:
                break
        return shifts

    def _total(self, shifts: Shifts) -> tuple[int, int]:
        costs = [self._cost(nth, rounds) or (0, 0) for nth, rounds in enumerate(shifts)]
        return sum(wait_s for wait_s, _ in costs), sum(metres for _, metres in costs)

    def _cost(self, nth: int, rounds: list[list[_Parcel]]) -> tuple[int, int] | None:
        """Seconds from the signatures to the doors, and metres; None where a round breaks a rule."""
        timed = self._shift(nth, rounds)
        if timed is None:
            return None
        waited_s = sum(
            visit.given_s - self.signed_s[visit.box_ids[0]] for one in timed for visit in one.visits
        )
        return waited_s, sum(one.distance_m for one in timed)

    def _shift(self, nth: int, rounds: list[list[_Parcel]]) -> list[Round] | None:
        volunteer, free_s, timed = self.task.volunteers[nth], 0, list[Round]()
        for taken in rounds:
            one = self.timed(volunteer, free_s, taken)
            if one is None:
                return None
            timed.append(one)
            free_s = one.return_s
        return timed

    def rounds(self, shifts: Shifts) -> Iterator[Round]:
        """The rounds of all volunteers with their minutes, still without codes."""
        for nth, rounds in enumerate(shifts):
            yield from self._shift(nth, rounds) or ()

    def timed(self, volunteer: Volunteer, free_s: int, taken: Sequence[_Parcel]) -> Round | None:
        """One round with its minutes, None where no order of its doors keeps every rule."""
        boxes = tuple(dict.fromkeys(box_id for parcel in taken for box_id in parcel.box_ids))
        if len(boxes) > volunteer.bags:
            return None
        ready_s = max(free_s, volunteer.from_s, *(self.signed_s[box_id] for box_id in boxes))
        doors = _together([door for parcel in taken for door in parcel.doors])
        if len(doors) * self.task.hand_over_s > self.task.most_s:
            return None
        walked = (self._walk(volunteer, ready_s, boxes, order) for order in self._orders(doors))
        return next((one for one in walked if one is not None), None)

    def _walk(self, volunteer: Volunteer, leave_s: int, boxes: tuple[str, ...], doors: Order) -> Round | None:
        task, here, now_s, walked_m, visits = self.task, CANTEEN, leave_s, 0, list[DoorVisit]()
        for door in doors:
            assert door.place is not None
            leg = task.ways.leg(here, door.place)
            if leg is None:
                return None
            way_s = volunteer.way_s(leg.seconds)
            arrive_s, given_s = now_s + way_s, now_s + way_s + task.hand_over_s
            if given_s - leave_s > task.most_s or given_s + task.eating_s > door.eat_by_s:
                return None
            visits.append(DoorVisit(door.door_id, door.box_ids, arrive_s, given_s, way_s, leg.metres))
            here, now_s, walked_m = door.place, given_s, walked_m + leg.metres
        back = way(task.ways, here, CANTEEN)
        return_s = now_s + volunteer.way_s(back.seconds)
        if return_s > volunteer.to_s:
            return None
        distance_m = walked_m + back.metres
        return Round("", volunteer.name, boxes, leave_s, return_s, tuple(visits), distance_m)

    def _orders(self, doors: Order) -> Iterator[Order]:
        """Orders of the doors: that in which all get their meal soonest, then that which ends soonest."""
        at: dict[int, list[Door]] = {}
        for door in sorted(doors, key=lambda one: one.door_id):
            assert door.place is not None
            at.setdefault(door.place, []).append(door)
        for soonest in (True, False):
            key = (tuple(sorted(at)), soonest)
            if key not in self.known:
                self.known[key] = self._ordered(key[0], soonest=soonest)
            yield tuple(door for place in self.known[key] for door in at[place])

    def _ordered(self, places: Places, *, soonest: bool) -> Places:
        if len(places) <= EXACT_DOORS:
            return self._exact(places, soonest=soonest)
        return self._by_moves(places, soonest=soonest)

    def _exact(self, places: Places, *, soonest: bool) -> Places:
        """The best order of all, by the set of places seen and the last of them."""
        states: dict[tuple[frozenset[int], int], tuple[int, Places]] = {(frozenset(), CANTEEN): (0, ())}
        for seen in range(len(places)):
            weight = len(places) - seen if soonest else 1
            grown: dict[tuple[frozenset[int], int], tuple[int, Places]] = {}
            for (done, here), (cost_s, order) in states.items():
                for place in places:
                    if place in done:
                        continue
                    key = (done | {place}, place)
                    cost = (cost_s + weight * self.steps_s[here][place], (*order, place))
                    grown[key] = min(grown.get(key, cost), cost)
            states = grown
        return min(states.values())[1]

    def _by_moves(self, places: Places, *, soonest: bool) -> Places:
        """A good order: always the nearest next, then places and stretches moved while that helps."""
        order, left = list[int](), list(places)
        while left:
            here = order[-1] if order else CANTEEN
            left.remove(nearest := min(left, key=lambda place: (self.steps_s[here][place], place)))
            order.append(nearest)
        best, least = tuple(order), self._length(tuple(order), soonest=soonest)
        while True:
            found = min((self._length(one, soonest=soonest), one) for one in _neighbours(best))
            if found[0] >= least:
                return best
            least, best = found

    def _length(self, order: Places, *, soonest: bool) -> int:
        steps = pairwise((CANTEEN, *order))
        weights = range(len(order), 0, -1) if soonest else [1] * len(order)
        return sum(w * self.steps_s[start][end] for w, (start, end) in zip(weights, steps, strict=True))


def _bundles(doors: Sequence[Door]) -> Iterator[tuple[tuple[str, ...], list[Door]]]:
    """Bags that share a diner, directly or through others, with their doors."""
    groups: list[tuple[set[str], list[Door]]] = []
    for door in doors:
        touched = [one for one in groups if one[0].intersection(door.box_ids)]
        groups = [one for one in groups if one not in touched]
        boxes = set(door.box_ids).union(*(one[0] for one in touched))
        groups.append((boxes, [*(own for one in touched for own in one[1]), door]))
    for boxes, own in groups:
        yield tuple(sorted(boxes)), own


def _together(doors: Sequence[Door]) -> Order:
    """Each door once, with what it gets out of any of the bags."""
    found: dict[str, Door] = {}
    for door in doors:
        known = found.get(door.door_id)
        boxes = (*known.box_ids, *door.box_ids) if known else door.box_ids
        found[door.door_id] = replace(door, box_ids=tuple(dict.fromkeys(boxes)))
    return tuple(found.values())


def _with(rounds: list[list[_Parcel]], parcel: _Parcel) -> Iterator[list[list[_Parcel]]]:
    """The rounds with a parcel in one of them, or in a round of its own at any turn."""
    for at in range(len(rounds) + 1):
        yield [*rounds[:at], [parcel], *rounds[at:]]
    for at, taken in enumerate(rounds):
        yield [*rounds[:at], [*taken, parcel], *rounds[at + 1 :]]


def _without(shifts: Shifts, parcel: _Parcel) -> Shifts:
    kept = ([[one for one in taken if one is not parcel] for taken in rounds] for rounds in shifts)
    return [[taken for taken in rounds if taken] for rounds in kept]


def _neighbours(order: Places) -> Iterator[Places]:
    """Orders with a stretch turned round, or one place elsewhere."""
    for i in range(len(order)):
        for j in range(i + 2, len(order) + 1):
            yield (*order[:i], *reversed(order[i:j]), *order[j:])
        rest = (*order[:i], *order[i + 1 :])
        for j in range(len(order)):
            if j != i:
                yield (*rest[:j], order[i], *rest[j:])


def _minutes(seconds: int) -> int:
    return -(-seconds // MINUTE_S)
