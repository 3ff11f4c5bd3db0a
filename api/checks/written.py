"""What was written down about the food of a service: measurements, acts, what was done about failures."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.checks.points import Trail
from kitchen.acts import ActRecord
from kitchen.store.acts import load_histories
from kitchen.store.checks import Remedy, load_remedies
from kitchen.store.chilled import chilled_histories
from kitchen.store.floor import FloorBatch, FloorBox, load_floor_batches, load_floor_boxes, superseded
from kitchen.store.steps import Step, corrected_steps, load_steps

Food = FloorBatch | FloorBox


@dataclass(frozen=True, slots=True)
class Foods:
    """
    The food on a floor.

    Parameters
    ----------
    production_id
        The published production.
    batches, boxes
        Of it: all, or those asked for.
    gone
        Batches and boxes of versions before, with the version; only where all is asked for.
    whole
        Whether all is asked for.
    """

    production_id: str
    batches: tuple[FloorBatch, ...]
    boxes: tuple[FloorBox, ...]
    gone: tuple[tuple[Food, int], ...]
    whole: bool

    @property
    def dish_ids(self) -> set[str]:
        """Dishes of all batches."""
        before = [food.dish_id for food, _ in self.gone if isinstance(food, FloorBatch)]
        return {*(batch.dish_id for batch in self.batches), *before}


@dataclass(frozen=True, slots=True)
class Written:
    """
    What was written down about food, by batch or box id.

    Parameters
    ----------
    steps, acts
        Measurements, corrected ones among them; acts, each after the one it replaces.
    remedies
        What was done about failures, by the id of what failed.
    replaced
        Ids of measurements that a later one corrects.
    """

    steps: Mapping[str, Sequence[Step]]
    acts: Mapping[str, Sequence[ActRecord]]
    remedies: Mapping[str, Sequence[Remedy]]
    replaced: frozenset[str]

    def trail(self, food: Food) -> Trail:
        """What was written about one batch or box."""
        key = food_id(food)
        return Trail(self.steps.get(key, ()), self.acts.get(key, ()), self.replaced, self.remedies)

    def cooked_at(self) -> dict[str, datetime]:
        """When each batch came off the heat, as it stands."""
        last = {key: rows[-1] for key, rows in self.acts.items()}
        return {
            key: one.happened_at for key, one in last.items() if one.kind == "cooked" and not one.withdrawn
        }


def food_id(food: Food) -> str:
    """The id of a batch or a box."""
    return food.batch_id if isinstance(food, FloorBatch) else food.box_id


def read_foods(
    session: Session,
    service_key: str,
    production_id: str,
    batch_ids: Collection[str] | None,
    box_ids: Collection[str] | None,
) -> Foods:
    """The food of a published production: these batches, these boxes with what is in them, or all."""
    if batch_ids is None and box_ids is None:
        before = superseded(session, service_key)
        gone = [(one, version) for key, version in before for one in _every(session, key)]
        batches, boxes = load_floor_batches(session, production_id), load_floor_boxes(session, production_id)
        return Foods(production_id, batches, boxes, tuple(gone), whole=True)
    boxes = () if box_ids is None else load_floor_boxes(session, production_id, box_ids)
    inside = {batch_id for box in boxes for batch_id in box.batch_ids}
    batches = load_floor_batches(session, production_id, inside if batch_ids is None else batch_ids)
    return Foods(production_id, batches, boxes, (), whole=False)


def read_written(session: Session, service_key: str, foods: Foods, sampled: Collection[str]) -> Written:
    """
    What was written down about food.

    Parameters
    ----------
    session, service_key, foods
        Open transaction; of which service, which food.
    sampled
        Batches that a sample was taken of: their acts are read too.
    """
    batches = [*foods.batches, *(one for one, _ in foods.gone if isinstance(one, FloorBatch))]
    boxes = [*foods.boxes, *(one for one, _ in foods.gone if isinstance(one, FloorBox))]
    batch_ids, box_ids = [one.batch_id for one in batches], [one.box_id for one in boxes]
    rows = load_steps(session, service_key, None if foods.whole else batch_ids, box_ids, every=True)
    steps: dict[str, list[Step]] = defaultdict(list)
    for step in rows:
        steps[step.batch_id or step.box_id or ""].append(step)
    cooked_ids = {*batch_ids, *sampled}
    drawn = chilled_histories(session, foods.production_id).items()
    acts = {key: own for key, own in drawn if key in cooked_ids}
    acts |= load_histories(session, "cooked", cooked_ids)
    acts |= load_histories(session, "packed", box_ids) if box_ids else {}
    refs = {step.step_id for step in rows} | {one.event_id for own in acts.values() for one in own}
    return Written(steps, acts, load_remedies(session, refs), corrected_steps(session, service_key))


def _every(session: Session, production_id: str) -> tuple[Food, ...]:
    return (*load_floor_batches(session, production_id), *load_floor_boxes(session, production_id))
