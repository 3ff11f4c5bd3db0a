"""Parts: what a van can hand over in one visit. A stop with more boxes than a van takes has several."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from routing.problem import Load, Problem, Started, Stop, Vehicle

DEPOT = 0


@dataclass(frozen=True, slots=True)
class Part:
    """
    Boxes of one stop that travel together.

    Parameters
    ----------
    place
        The stop's row in the travel matrix.
    stop
        Where they go.
    boxes
        At least one.
    """

    place: int
    stop: Stop
    boxes: tuple[Load, ...]

    @property
    def units(self) -> int:
        """Room it takes."""
        return sum(load.units for load in self.boxes)

    @property
    def hot_units(self) -> int:
        """Room it takes of a hot compartment."""
        return sum(load.units for load in self.boxes if not load.cold)

    @property
    def cold_units(self) -> int:
        """Room it takes of a cold compartment."""
        return sum(load.units for load in self.boxes if load.cold)

    @property
    def weight_g(self) -> int:
        """What it weighs."""
        return sum(load.weight_g for load in self.boxes)

    @property
    def release_s(self) -> int:
        """Earliest departure: the latest release of its boxes."""
        return max(load.release_s for load in self.boxes)

    @property
    def latest_start_s(self) -> int:
        """Latest start of the hand-over that keeps the door and the clock of each box."""
        return min(latest_start_s(self.stop, load, len(self.boxes)) for load in self.boxes)

    @property
    def most_aboard_s(self) -> int | None:
        """Longest time from the departure to the signature that all of its boxes allow."""
        return min(
            (load.most_aboard_s for load in self.boxes if load.most_aboard_s is not None), default=None
        )

    @property
    def kitchens(self) -> frozenset[str]:
        """Where its boxes are; none where any kitchen will do."""
        return frozenset(load.kitchen_id for load in self.boxes if load.kitchen_id)

    @property
    def hand_over_s(self) -> int:
        """From the start of the hand-over to the signature."""
        return self.stop.hand_over_s(len(self.boxes))

    @property
    def box_ids(self) -> tuple[str, ...]:
        """Names of its boxes."""
        return tuple(load.box_id for load in self.boxes)


def latest_start_s(stop: Stop, load: Load, boxes: int = 1) -> int:
    """Latest start of a hand-over of so many boxes for one of them: door, deliver-by, last plate."""
    eaten_s = load.eat_by_s - stop.serving_s - load.second_leg_s
    return min(stop.close_s, min(load.deliver_by_s, eaten_s) - stop.hand_over_s(boxes))


def parts(problem: Problem, place: int, loads: Sequence[Load]) -> list[Part]:
    """
    Splits boxes of one stop into as few visits as greedy filling finds.

    Parameters
    ----------
    problem
        Its vehicles say what fits; what is aboard a trip under way is a part of its own.
    place
        The stop's row in the travel matrix.
    loads
        Boxes of the stop, each of which some vehicle could bring alone.

    Returns
    -------
    list[Part]
        In the order of release; every box in exactly one.
    """
    stop = problem.stops[place - problem.first_stop]
    aboard = {box_id: one for one in problem.started for box_id in one.box_ids}
    groups: list[list[Load]] = []
    for load in sorted(loads, key=lambda one: (one.release_s, one.deliver_by_s, one.box_id)):
        for group in groups:
            past = aboard.get(load.box_id)
            together = aboard.get(group[0].box_id) == past
            if together and _may_travel(Part(place, stop, (*group, load)), past, problem):
                group.append(load)
                break
        else:
            groups.append([load])
    return [Part(place, stop, tuple(group)) for group in groups]


def halves(part: Part) -> Iterator[Part]:
    """The part cut in two, the hot from the cold where it has both, or itself when it is one box."""
    boxes = sorted(part.boxes, key=lambda load: load.cold)
    hot = sum(not load.cold for load in boxes)
    middle = hot if 0 < hot < len(boxes) else len(boxes) // 2
    for half in (boxes[:middle], boxes[middle:]):
        if half:
            yield Part(part.place, part.stop, tuple(half))


def has_room(vehicle: Vehicle, part: Part, problem: Problem) -> bool:
    """Whether a part of a stop may be in a vehicle at all: kitchen, skills, room, weight, empties."""
    stop, most_units = part.stop, vehicle.units
    hot_units = most_units if vehicle.hot_units is None else vehicle.hot_units
    cold_units = most_units if vehicle.cold_units is None else vehicle.cold_units
    return (
        part.kitchens <= {vehicle.kitchen_id or problem.depot.kitchen_id}
        and stop.needs <= vehicle.skills
        and max(part.units, stop.empties_units) <= most_units
        and max(part.weight_g, stop.empties_weight_g) <= vehicle.weight_g
        and part.hot_units <= hot_units
        and part.cold_units <= cold_units
    )


def _may_travel(part: Part, past: Started | None, problem: Problem) -> bool:
    """Whether one vehicle can bring it all in one visit: that under way, or any from its kitchen."""
    if past is not None:
        vehicle = next(one for one in problem.vehicles if one.vehicle_id == past.vehicle_id)
        return _in_time(part, vehicle, past.place, past.from_s, past.depart_s, problem)
    return any(
        _in_time(part, vehicle, problem.depot_place(vehicle), ready_s, None, problem)
        for vehicle in problem.vehicles
        if has_room(vehicle, part, problem)
        for ready_s in [max(part.release_s, vehicle.shift_start_s)]
    )


def _in_time(
    part: Part, vehicle: Vehicle, start: int, ready_s: int, departed_s: int | None, problem: Problem
) -> bool:
    """Whether a vehicle that goes straight there from then on keeps window, clocks and time aboard."""
    leg = problem.travel.leg(start, part.place)
    if leg is None:
        return False
    way_s, latest_s = vehicle.drive_s(leg.seconds), part.latest_start_s
    arrive_s = ready_s + way_s
    starts = (max(arrive_s, opens_s) for opens_s, closes_s in part.stop.windows if closes_s >= arrive_s)
    start_s = next(starts, None)
    if start_s is None or start_s > latest_s:
        return False
    aboard_s = (way_s if departed_s is None else start_s - departed_s) + part.hand_over_s
    return part.most_aboard_s is None or aboard_s <= part.most_aboard_s
