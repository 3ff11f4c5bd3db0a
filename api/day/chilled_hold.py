"""What a chilled box is judged by beside its readings: how its food cooled, and where it is reheated."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlmodel import Session

from api.checks.desk import limits_of
from api.checks.points import Trail, batch_points
from api.day.holds_facts import Packing
from kitchen.acts import Cooked
from kitchen.haccp import FloorRules
from kitchen.store.cooling import cook_chill_batches
from kitchen.store.steps import Step, load_steps
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

    cooled: Mapping[str, Cooling] = field(default_factory=dict)

    def cooling(self, batch_ids: Collection[str]) -> Cooling:
        """How the worst of a box's batches cooled; what is served cold has no stages to keep."""
        found = {self.cooled[one] for one in batch_ids if one in self.cooled}
        return next((one for one in WORST_FIRST if one in found), "kept")

    def heated_at(self, batch_ids: Collection[str], at_home: bool) -> HeatedAt:
        """Where a box's food is reheated before it is eaten: a home reheats its own."""
        if not any(one in self.cooled for one in batch_ids):
            return "nowhere"
        return "home" if at_home else "site"


def cook_chill_of(session: Session, cold: Sequence[Packing], cooked: Mapping[str, Cooked]) -> CookChill:
    """
    The cook-chill batches in the chilled boxes of one service.

    Parameters
    ----------
    session, cold
        Open transaction; the boxes.
    cooked
        When batches came off the heat, as that stands, by their ids.
    """
    batch_ids = frozenset[str]().union(*(one.batch_ids for one in cold))
    chilled = cook_chill_batches(session, batch_ids) if batch_ids else batch_ids
    if not chilled:
        return CookChill()
    service = cold[0].service
    rules = limits_of(session, service.kitchen_id).floor
    steps: dict[str, list[Step]] = defaultdict(list)
    for step in load_steps(session, service.key, chilled):
        steps[step.batch_id or ""].append(step)
    return CookChill({one: cooled(rules, steps[one], cooked.get(one)) for one in chilled})


def cooled(rules: FloorRules, steps: Sequence[Step], cooked: Cooked | None) -> Cooling:
    """
    Whether a batch kept every stage of its cooling.

    Parameters
    ----------
    rules
        Control points of the house.
    steps, cooked
        Standing measurements of the batch, and its coming off the heat; None before it.

    Returns
    -------
    Cooling
        Kept when the newest measurement of each stage passes by the minutes that stand, broken when that of
        one does not, else unknown.
    """
    trail = Trail(steps, [cooked.as_record("")] if cooked else [])
    points = batch_points(rules, trail, chilled=True, cook_chill=True)
    stages = {one.standing for one in points if one.point.applies == "cook_chill"}
    if stages - {"passed", "missing"}:
        return "broken"
    return "kept" if stages == {"passed"} else "unknown"
