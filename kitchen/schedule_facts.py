"""What a schedule is made from and what it says, apart from any search."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kitchen.batches import Batch
from kitchen.equipment import Cook, Equipment, Slot
from kitchen.windows import ReadyWindow

MINUTE_S = 60
BREACH_WEIGHT = 20
EARLY_WEIGHT = 60
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class UnderWay:
    """
    What is taken already, where a schedule is made again while the kitchen works.

    Parameters
    ----------
    free_s
        Second from which a piece of equipment or a cook is free, by id.
    contains
        Allergens in what was cooked last in a piece of equipment, by id.
    """

    free_s: Mapping[str, int] = field(default_factory=dict)
    contains: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ScheduleParams:
    """
    How long the solver may think, counted in its own deterministic units, never by the clock.

    Parameters
    ----------
    tries
        Orders of the batches that are tried, with cooks and allergens minded.
    latest_s
        Last second at which a batch may come off the heat.
    gap_ratio
        The search ends when it is proved to be this close to the best.
    proof_time
        Limit of the solver for each kind of equipment, cooks and allergens left aside, where the first answer
        is not proved yet; one unit is about a second on an idle core.
    joint_time
        Limit of the solver where few batches share equipment and cooks, or no order had room for all.
    """

    tries: int = 16_000
    latest_s: int = 24 * 3600
    gap_ratio: float = 0.002
    proof_time: float = 4.0
    joint_time: float = 0.5


@dataclass(frozen=True, slots=True)
class Group:
    """
    Pieces of equipment that can stand in for each other.

    Parameters
    ----------
    pieces
        At least one, alike in everything that matters.
    free
        First minute at which they may be taken.
    dirty
        Whether they must be cleaned of an allergen before their first cook.
    """

    pieces: tuple[Equipment, ...]
    free: int = 0
    dirty: bool = False

    @property
    def setup(self) -> int:
        """Minutes that a piece is taken before a cook."""
        return minutes_up(self.pieces[0].setup_s)

    @property
    def after(self) -> int:
        """Minutes that a piece is taken after a cook, until the next may be set up."""
        return minutes_up(self.pieces[0].empty_s + self.pieces[0].changeover_s)

    @property
    def after_deep(self) -> int:
        """The same where an allergen is cleaned off."""
        return minutes_up(self.pieces[0].empty_s + self.pieces[0].clean_s)

    def attended(self, batch: Batch) -> int:
        """Minutes that a cook is bound by a batch, its setup included."""
        return self.setup + minutes_up(self.pieces[0].attends_s(batch.cook_s))


@dataclass(frozen=True, slots=True)
class Task:
    """
    Batches that share equipment or cooks, in whole minutes after a common first one.

    Parameters
    ----------
    batches, wanted
        What is cooked, and when each should be ready.
    groups
        Of every kind of equipment.
    cooks
        Who may cook, empty where nobody is listed.
    base_s, earliest_s, latest_s
        Second of minute 0; first second on the heat where a window says nothing; last second off it.
    free_s
        Second from which a cook is free, by id.
    """

    batches: Sequence[Batch]
    wanted: Sequence[ReadyWindow]
    groups: Sequence[Group]
    cooks: Sequence[Cook]
    base_s: int
    earliest_s: int
    latest_s: int
    free_s: Mapping[str, int]

    @property
    def horizon(self) -> int:
        """Minutes to the last off the heat."""
        return (self.latest_s - self.base_s) // MINUTE_S

    def price(self, index: int, ready: int) -> int:
        """Portion-minutes of a batch that is ready at this minute, those outside its window weighted."""
        by, begins = self.by(index), self.begins(index)
        breach = BREACH_WEIGHT * max(0, ready - by) + EARLY_WEIGHT * max(0, begins - ready)
        return self.weight(index) * (max(0, by - ready) + breach)

    def weight(self, index: int) -> int:
        """What a minute of a batch counts."""
        return self.batches[index].portions * self.wanted[index].urgency

    def by(self, index: int) -> int:
        """Minute at which a batch's window ends."""
        return (self.wanted[index].by_s - self.base_s) // MINUTE_S

    def begins(self, index: int) -> int:
        """Minute at which a batch's window begins."""
        return -((self.base_s - self.wanted[index].from_s) // MINUTE_S)

    def ends(self, places: Iterable[Place]) -> list[int]:
        """Minutes at which the batches are ready in these places."""
        return [start + cook_minutes(batch) for (_, start), batch in zip(places, self.batches, strict=True)]

    def first(self, index: int, group: int) -> int:
        """First minute at which a batch may be on the heat in a group."""
        own_s = self.wanted[index].start_from_s
        opens = minutes_up((self.earliest_s if own_s is None else own_s) - self.base_s)
        return max(opens, self.groups[group].free + self.groups[group].setup, 0)

    def fitting(self, index: int) -> list[int]:
        """Groups that can cook a batch."""
        batch = self.batches[index]
        return [number for number, group in enumerate(self.groups) if batch.fits(group.pieces[0])]

    def twin(self, index: int) -> tuple[object, ...]:
        """What is the same for batches that nothing tells apart."""
        batch = self.batches[index]
        like = batch.dish_id, batch.variant, batch.portions, batch.apart, batch.needs_ratio, batch.cook_s
        return *like, batch.contains, batch.free_from, self.wanted[index]

    def part(self, kinds: Iterable[str]) -> tuple[list[int], "Task"]:
        """The batches of some kinds of equipment, by number and as a task of their own."""
        wanted = set(kinds)
        own = [n for n, batch in enumerate(self.batches) if batch.equipment_kind in wanted]
        task = Task(
            [self.batches[n] for n in own],
            [self.wanted[n] for n in own],
            self.groups,
            self.cooks,
            self.base_s,
            self.earliest_s,
            self.latest_s,
            self.free_s,
        )
        return own, task


@dataclass(frozen=True, slots=True)
class Answer:
    """
    Where each batch of a task is cooked.

    Parameters
    ----------
    places
        Group and start minute of each batch.
    objective, bound
        Price reached, and proved to be needed.
    """

    places: Sequence[Place]
    objective: float
    bound: float


@dataclass(frozen=True, slots=True)
class Dealt:
    """
    Slots of a task.

    Parameters
    ----------
    slots
        One for each batch.
    objective
        Their price, with the minutes of every deep clean.
    bound
        What is proved to be needed, 0 where nothing was.
    """

    slots: tuple[Slot, ...]
    objective: float
    bound: float = 0.0


def minutes_up(seconds: int) -> int:
    """Whole minutes, rounded up."""
    return -(-seconds // MINUTE_S)


def cook_minutes(batch: Batch) -> int:
    """Minutes from the start to off the heat."""
    return minutes_up(batch.cook_s)


def groups_of(
    equipment: Iterable[Equipment], batches: Sequence[Batch], base_s: int, under_way: UnderWay
) -> list[Group]:
    """
    The equipment in groups of alike pieces.

    A piece that still has an allergen in it, that somebody of the batches ahead must not get, is cleaned of
    it before anything else.
    """
    alike: dict[tuple[object, ...], Group] = {}
    for piece in equipment:
        left = under_way.contains.get(piece.equipment_id, frozenset())
        ahead = (batch for batch in batches if batch.fits(piece))
        dirty = any(left & batch.free_from for batch in ahead)
        free_s = under_way.free_s.get(piece.equipment_id)
        if free_s is not None and dirty:
            free_s += piece.clean_s - piece.changeover_s
        free = 0 if free_s is None else max(0, minutes_up(free_s - base_s))
        times = piece.changeover_s, piece.setup_s, piece.empty_s, piece.clean_s, piece.attended_s
        key = piece.kind, piece.capacity_ratio, piece.specials_only, times, free, dirty
        others = alike[key].pieces if key in alike else ()
        alike[key] = Group((*others, piece), free, dirty)
    return list(alike.values())
