"""Food on hold: a batch or a box that nobody may send, sign as good or serve until somebody lifts it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from orders.codes import Coded

EndKind = Literal["lifted", "discarded"]
StopKind = Literal["failed", "discarded", "held"]
WEAKEST_FIRST: tuple[StopKind, ...] = ("failed", "discarded", "held")
PlaceKind = Literal["site", "van"]


@dataclass(frozen=True, slots=True)
class Ending:
    """
    How a hold on food ended.

    Parameters
    ----------
    kind
        Lifted, or the food was discarded.
    reason, person
        In somebody's words; who decided, by name.
    actor, at
        Who wrote it down, when.
    """

    kind: EndKind
    reason: str
    person: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Withheld:
    """
    A batch or a box that was put on hold.

    Parameters
    ----------
    withheld_id, service_key
        Row id; of which service.
    batch_id, box_id, code
        Which of the two, and what stands on it.
    reason, person
        In somebody's words; who put it on hold, by name.
    by_inspector
        Whether an inspector did: then only an inspector ends it.
    actor, at
        Who wrote it down, when.
    end
        How it ended; None while it stands.
    lot
        Code of the lot that it stands with, when holding or destroying one set it; empty for one by itself.
    """

    withheld_id: str
    service_key: str
    batch_id: str | None
    box_id: str | None
    code: str
    reason: str
    person: str
    by_inspector: bool
    actor: str
    at: datetime
    end: Ending | None = None
    lot: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody's word may still let the food go."""
        return self.end is None

    @property
    def bars(self) -> bool:
        """Whether the food goes nowhere: it is on hold, or was discarded."""
        return self.end is None or self.end.kind == "discarded"

    @property
    def words(self) -> Coded:
        """Why the food goes nowhere, or went again, as a sentence."""
        if self.end is None:
            return Coded("food_withheld", {"ref": self.code, "reason": self.reason, "person": self.person})
        params = {"ref": self.code, "reason": self.end.reason, "person": self.end.person}
        return Coded(f"food_{self.end.kind}", params)


@dataclass(frozen=True, slots=True)
class StopSeen:
    """
    One place's word that it keeps back food that was put on hold.

    Parameters
    ----------
    withheld_id
        Which hold.
    kind, place_id
        The canteen or home, or the van.
    person, comment
        Who says so there; what was said, empty for nothing.
    actor, at
        Who wrote it down, when.
    """

    withheld_id: str
    kind: PlaceKind
    place_id: str
    person: str
    comment: str
    actor: str
    at: datetime


def let_go(found: Iterable[Withheld]) -> frozenset[tuple[str | None, str]]:
    """Batch and lot of which the last of these holds was lifted: somebody let that food go on."""
    last = {(one.batch_id, one.lot): one for one in found if one.lot}
    return frozenset(key for key, one in last.items() if not one.bars)


@dataclass(frozen=True, slots=True)
class Stop:
    """
    That nobody may eat of a batch or a box.

    Parameters
    ----------
    food_id, code
        Id of the batch or the box, and what stands on it.
    kind
        A control point of it failed, it was discarded, or it is on hold.
    words
        Why, as a sentence.
    """

    food_id: str
    code: str
    kind: StopKind
    words: Coded

    @property
    def is_open(self) -> bool:
        """Whether somebody's word may still let the food go; what was discarded is gone."""
        return self.kind != "discarded"


def stops_on_hold(found: Iterable[Withheld]) -> list[Stop]:
    """The batches and boxes that holds keep from the table."""
    return [
        Stop(
            one.batch_id or one.box_id or "",
            one.code,
            "held" if one.end is None else "discarded",
            one.words,
        )
        for one in found
        if one.bars
    ]


def by_food(stops: Iterable[Stop]) -> dict[str, Stop]:
    """What stops each batch or box, by its id: a hold before a discard, a discard before a failed point."""
    return {one.food_id: one for one in sorted(stops, key=_strength)}


def stop_of(stops: Mapping[str, Stop], *food_ids: str) -> Stop | None:
    """What stops food that is of a batch and in a box: the stronger one; None when nothing does."""
    return max((stops[one] for one in food_ids if one in stops), key=_strength, default=None)


def _strength(stop: Stop) -> int:
    return WEAKEST_FIRST.index(stop.kind)
