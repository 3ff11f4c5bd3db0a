"""Parts: what a van can hand over in one visit. A stop with more boxes than a van takes has several."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from routing.problem import Load, Problem, Stop

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
        Its vehicles say what fits.
    place
        The stop's row in the travel matrix.
    loads
        Boxes of the stop, each of which some vehicle could bring alone.

    Returns
    -------
    list[Part]
        In the order of release; every box in exactly one.
    """
    stop = problem.stops[place - 1]
    groups: list[list[Load]] = []
    for load in sorted(loads, key=lambda one: (one.release_s, one.deliver_by_s, one.box_id)):
        for group in groups:
            if _may_travel(Part(place, stop, (*group, load)), problem):
                group.append(load)
                break
        else:
            groups.append([load])
    return [Part(place, stop, tuple(group)) for group in groups]


def halves(part: Part) -> Iterator[Part]:
    """The part cut in two, or itself when it is one box."""
    middle = len(part.boxes) // 2
    for boxes in (part.boxes[:middle], part.boxes[middle:]):
        if boxes:
            yield Part(part.place, part.stop, boxes)


def _may_travel(part: Part, problem: Problem) -> bool:
    leg = problem.travel.leg(DEPOT, part.place)
    fits = any(part.units <= van.units and part.weight_g <= van.weight_g for van in problem.vehicles)
    if leg is None or not fits:
        return False
    return max(part.release_s + leg.seconds, part.stop.open_s) <= part.latest_start_s
