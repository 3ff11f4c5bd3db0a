"""What a chilled box is judged by beside its readings: how its food cooled, and where it is reheated."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from api.checks.desk import limits_of
from kitchen.store.cooling import Cooled, cook_chill_batches, load_cooling
from telemetry.hold_facts import Cooling, HeatedAt

WORST_FIRST: tuple[Cooling, ...] = ("broken", "unknown", "kept")


@dataclass(frozen=True, slots=True)
class CookChill:
    """
    The batches that are cooked and chilled.

    Parameters
    ----------
    cooled
        Whether each kept its cooling stages, by batch id.
    """

    cooled: Mapping[str, Cooled] = field(default_factory=dict)

    def cooling(self, batch_ids: Collection[str]) -> Cooling:
        """How the worst of a box's batches cooled; what is served cold has no stages to keep."""
        found = {self.cooled[one] for one in batch_ids if one in self.cooled}
        return next((one for one in WORST_FIRST if one in found), "kept")

    def heated_at(self, batch_ids: Collection[str], at_home: bool) -> HeatedAt:
        """Where a box's food is reheated before it is eaten: a home reheats its own."""
        if not any(one in self.cooled for one in batch_ids):
            return "nowhere"
        return "home" if at_home else "site"


def cook_chill_of(session: Session, cold: Sequence[tuple[str, frozenset[str]]]) -> CookChill:
    """The cook-chill batches in the chilled boxes of a service, each given as its kitchen and its batches."""
    batch_ids = frozenset[str]().union(*(inside for _, inside in cold))
    chilled = cook_chill_batches(session, batch_ids) if batch_ids else batch_ids
    if not chilled:
        return CookChill()
    points = limits_of(session, cold[0][0]).floor.points.values()
    stages = {one.code for one in points if one.applies == "cook_chill"}
    return CookChill(load_cooling(session, chilled, stages))
