"""Second tier, its facts: bags that volunteers carry from a canteen to doors, and the rounds they walk."""

from dataclasses import dataclass

from orders.codes import Coded
from routing.travel import Travel

CANTEEN = 0


@dataclass(frozen=True, slots=True)
class RoundParams:
    """
    How volunteers of a kitchen's canteens go.

    Parameters
    ----------
    speed_mps
        Mean speed on foot or by bicycle, stairs included.
    hand_over_s
        At each door, from the bell to the word that it was given.
    bags_each
        Bags that one volunteer carries at once.
    """

    speed_mps: float = 1.2
    hand_over_s: int = 120
    bags_each: int = 1

    def __post_init__(self) -> None:
        if self.speed_mps <= 0 or self.hand_over_s < 0 or self.bags_each < 1:
            raise ValueError(f"Need speed > 0, hand_over_s >= 0 and bags_each >= 1, got {self}.")


@dataclass(frozen=True, slots=True)
class Volunteer:
    """
    Somebody who carries bags from a canteen.

    Parameters
    ----------
    name
        Unique at the canteen; of one whom nobody has named, a number.
    bags
        Carried at once, at least 1.
    from_s, to_s
        Not on a round before the one or after the other.
    pace_pct
        The own way in hundredths of the task's, rounded up: 300 on foot where the ways are a bicycle's.
    """

    name: str
    bags: int
    from_s: int
    to_s: int
    pace_pct: int = 100

    def __post_init__(self) -> None:
        if self.bags < 1 or self.to_s < self.from_s or self.pace_pct < 1:
            raise ValueError(f"Volunteer {self.name}: needs a bag, a time that ends and a pace.")

    def way_s(self, seconds: int) -> int:
        """The own time for a way of the task's."""
        return -(-seconds * self.pace_pct // 100)


@dataclass(frozen=True, slots=True)
class Bag:
    """A box that goes on from its canteen: its row id, and when the van's hand-over of it is signed."""

    box_id: str
    signed_s: int


@dataclass(frozen=True, slots=True)
class Door:
    """
    One diner's meal that goes to a door.

    Parameters
    ----------
    door_id
        Number of the order.
    box_ids
        The bags in which parts of the meal lie.
    eat_by_s
        Last mouthful.
    place
        Number of the place among the task's ways; None where nobody has noted it.
    """

    door_id: str
    box_ids: tuple[str, ...]
    eat_by_s: int
    place: int | None

    def __post_init__(self) -> None:
        if not self.box_ids:
            raise ValueError(f"Nothing is brought to door {self.door_id}.")


@dataclass(frozen=True, slots=True)
class CarryTask:
    """
    What goes on from one canteen.

    Parameters
    ----------
    site_id
        The canteen.
    bags, doors
        What came with the van, and for whom.
    volunteers
        Who carries it.
    ways
        Between the canteen, place 0, and the doors' places.
    hand_over_s
        At each door.
    most_s
        Longest time from the canteen to the word from a round's last door.
    eating_s
        From the word at a door to the last mouthful.
    """

    site_id: str
    bags: tuple[Bag, ...]
    doors: tuple[Door, ...]
    volunteers: tuple[Volunteer, ...]
    ways: Travel
    hand_over_s: int
    most_s: int
    eating_s: int

    def __post_init__(self) -> None:
        known = {bag.box_id for bag in self.bags}
        names = [one.name for one in self.volunteers]
        if len(set(names)) < len(names) or len({door.door_id for door in self.doors}) < len(self.doors):
            raise ValueError(f"{self.site_id}: a volunteer or a door stands twice.")
        for door in self.doors:
            if not known.issuperset(door.box_ids):
                raise ValueError(f"Door {door.door_id}: a bag that is not at {self.site_id}.")
            if door.place is not None and not 0 < door.place < self.ways.size:
                raise ValueError(f"Door {door.door_id}: no place {door.place}.")


@dataclass(frozen=True, slots=True)
class DoorVisit:
    """
    A door in a round.

    Parameters
    ----------
    door_id, box_ids
        Whose, and out of which bags of the round.
    arrive_s, given_s
        At the door; the word that it was given.
    travel_s, distance_m
        Of the way there from the place before.
    """

    door_id: str
    box_ids: tuple[str, ...]
    arrive_s: int
    given_s: int
    travel_s: int
    distance_m: int


@dataclass(frozen=True, slots=True)
class Round:
    """
    One volunteer's way from the canteen to doors and back.

    Parameters
    ----------
    code
        ``"R1"``, unique at the canteen, in the order of leaving.
    volunteer
        By name.
    box_ids
        The bags taken along.
    leave_s, return_s
        Out of the canteen, and back in it.
    visits
        In their order.
    distance_m
        All of it, the way back included.
    """

    code: str
    volunteer: str
    box_ids: tuple[str, ...]
    leave_s: int
    return_s: int
    visits: tuple[DoorVisit, ...]
    distance_m: int

    @property
    def last_door_s(self) -> int:
        """When the last meal was given."""
        return self.visits[-1].given_s


@dataclass(frozen=True, slots=True)
class NotCarried:
    """What of a meal is in no round, and why."""

    door_id: str
    box_ids: tuple[str, ...]
    reason: Coded


@dataclass(frozen=True, slots=True)
class Rounds:
    """An answer to a `CarryTask`: the rounds by code, and what is in none."""

    site_id: str
    rounds: tuple[Round, ...] = ()
    left: tuple[NotCarried, ...] = ()
