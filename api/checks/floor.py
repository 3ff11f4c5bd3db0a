"""How the control points and samples of a published service stand, from what people measured."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.checks.desk import Limits, Watch, limits_of, watch_of
from api.checks.points import Measured, Trail, batch_points, packing_point, reheating_point, times_done
from api.checks.written import Food, Foods, Written, read_foods, read_written
from kitchen.haccp import REHEATS, ControlPoint
from kitchen.recipes import Dish
from kitchen.samples import Sample, counting
from kitchen.store.catalogue import load_dishes
from kitchen.store.floor import FloorBatch, FloorBox, batches_in_force
from kitchen.store.lots import held_lots_of
from kitchen.store.production import load_production
from kitchen.store.samples import load_samples
from kitchen.store.withheld import load_withheld
from kitchen.withheld import Withheld, let_go
from orders.errors import NotFound
from orders.service import Service


@dataclass(frozen=True, slots=True)
class Lost:
    """
    A batch or box of an earlier version that something was measured of: it is not served, its record stays.

    Parameters
    ----------
    food, version
        Which, and the last version of the production that had it.
    points
        What was measured of it.
    """

    food: Food
    version: int
    points: tuple[Measured, ...]


@dataclass(frozen=True, slots=True)
class Floor:
    """
    The floor of one published service.

    Parameters
    ----------
    service, production_id
        Whose.
    watch, limits
        What the house lists, and what it is judged by.
    batches, boxes, dishes
        As published; dishes by id, those of lost batches among them.
    of_batch, of_box
        Control points by batch id; the core at packing by box id.
    reheated
        Reheatings of whole boxes, by box id; of those that were.
    samples
        By dish and variant: of a published batch that was off the heat by then.
    others
        Standing samples that are of no such batch.
    held
        Codes of held lots by batch id.
    cooked_at
        When each batch came off the heat.
    lost
        What was measured in earlier versions of the production.
    withheld
        Holds on food of the service, ended ones among them.
    """

    service: Service
    production_id: str
    watch: Watch
    limits: Limits
    batches: tuple[FloorBatch, ...]
    boxes: tuple[FloorBox, ...]
    dishes: Mapping[str, Dish]
    of_batch: Mapping[str, tuple[Measured, ...]]
    of_box: Mapping[str, Measured]
    reheated: Mapping[str, Measured]
    samples: Mapping[tuple[str, str], Sample]
    others: tuple[Sample, ...]
    held: Mapping[str, Sequence[str]]
    cooked_at: Mapping[str, datetime]
    lost: tuple[Lost, ...] = ()
    withheld: tuple[Withheld, ...] = ()

    def every_point(self) -> Iterator[Measured]:
        """The points of what is published, batches first."""
        yield from (one for points in self.of_batch.values() for one in points)
        yield from (*self.of_box.values(), *self.reheated.values())


def read_floor(
    session: Session,
    service: Service,
    batch_ids: Collection[str] | None = None,
    box_ids: Collection[str] | None = None,
) -> Floor | None:
    """
    The floor of a service, or a part of it; None when nothing is published.

    Parameters
    ----------
    session, service
        Open transaction; whose.
    batch_ids
        Only these batches, without any box and without what was lost; None for all.
    box_ids
        Only these boxes and the batches in them; None for all.
    """
    production = load_production(session, service.key)
    if production is None:
        return None
    foods = read_foods(session, service.key, production.production_id, batch_ids, box_ids)
    dishes = load_dishes(session, foods.dish_ids)
    limits = limits_of(session, service.kitchen_id)
    samples = load_samples(session, service.key)
    in_force = batches_in_force(session, foods.production_id, {one.batch_id for one in samples})
    written = read_written(session, service.key, foods, in_force)
    cooked_at = written.cooked_at()
    counted = counting(samples, in_force, cooked_at)
    withheld = tuple(load_withheld(session, service.key))
    stand = {one.sample_id for one in counted.values()}
    of_batch, of_box, reheated = points_of(limits, dishes, foods, written)
    return Floor(
        service=service,
        production_id=production.production_id,
        watch=watch_of(session, service.kitchen_id, service.service_on),
        limits=limits,
        batches=foods.batches,
        boxes=foods.boxes,
        dishes=dishes,
        of_batch=of_batch,
        of_box=of_box,
        reheated=reheated,
        samples=counted,
        others=tuple(one for one in samples if one.sample_id not in stand),
        held=_held(session, list(of_batch), withheld),
        cooked_at={key: at for key, at in cooked_at.items() if key in of_batch},
        lost=_lost(limits, dishes, foods, written),
        withheld=withheld,
    )


def need_floor(session: Session, service: Service, batch_ids: Collection[str] | None = None) -> Floor:
    """The floor of a published service, or these batches of it; `NotFound` when nothing is published."""
    floor = read_floor(session, service, batch_ids)
    if floor is None:
        raise NotFound("plan", service.key)
    return floor


def points_of(
    limits: Limits, dishes: Mapping[str, Dish], foods: Foods, written: Written
) -> tuple[dict[str, tuple[Measured, ...]], dict[str, Measured], dict[str, Measured]]:
    """Control points by batch id; the core at packing, and of those reheated that one, by box id."""
    of_batch = {one.batch_id: _batch(limits, dishes, one, written.trail(one)) for one in foods.batches}
    return of_batch, *_boxes(limits, foods.boxes, of_batch, written)


def _held(
    session: Session, batch_ids: Collection[str], withheld: Collection[Withheld]
) -> dict[str, list[str]]:
    """Codes of barred lots by batch, without those that a named person let go on with the batch."""
    free = let_go(withheld)
    held = held_lots_of(session, batch_ids).items()
    left = {batch_id: [lot for lot in lots if (batch_id, lot) not in free] for batch_id, lots in held}
    return {batch_id: lots for batch_id, lots in left.items() if lots}


def _batch(
    limits: Limits, dishes: Mapping[str, Dish], batch: FloorBatch, trail: Trail
) -> tuple[Measured, ...]:
    dish = dishes.get(batch.dish_id)
    return batch_points(
        limits.floor,
        trail,
        chilled=dish is not None and dish.hold_class == "cold",
        cook_chill=dish is not None and dish.supply == "cook_chill",
    )


def _boxes(
    limits: Limits,
    boxes: Sequence[FloorBox],
    of_batch: Mapping[str, tuple[Measured, ...]],
    written: Written,
) -> tuple[dict[str, Measured], dict[str, Measured]]:
    """The core of each box at packing, and of those that were reheated the core after it."""
    of_box: dict[str, Measured] = {}
    reheated: dict[str, Measured] = {}
    most = max((one.times_max for code, one in limits.floor.points.items() if code in REHEATS), default=0)
    for box in boxes:
        trail = written.trail(box)
        again = reheating_point(limits.floor, trail)
        inside = [
            times_done(one)
            for batch_id in box.batch_ids
            for one in of_batch.get(batch_id, ())
            if one.point.code in REHEATS
        ]
        times = times_done(again) + max(inside, default=0)
        spent = bool(most) and times >= most
        of_box[box.box_id] = packing_point(limits.floor, box.hold_class, trail, reheated=spent)
        if again is not None:
            reheated[box.box_id] = again
    return of_box, reheated


def _lost(limits: Limits, dishes: Mapping[str, Dish], foods: Foods, written: Written) -> tuple[Lost, ...]:
    found = []
    for food, version in foods.gone:
        measured = [
            one for one in _points(limits, dishes, food, written.trail(food)) if one.tries or one.corrected
        ]
        if measured:
            found.append(Lost(food, version, tuple(measured)))
    return tuple(found)


def _points(limits: Limits, dishes: Mapping[str, Dish], food: Food, trail: Trail) -> tuple[Measured, ...]:
    if isinstance(food, FloorBatch):
        return _batch(limits, dishes, food, trail)
    again = reheating_point(limits.floor, trail)
    packed = packing_point(limits.floor, food.hold_class, trail, reheated=again is not None)
    return (packed, *([again] if again else []))


def limits_words(point: ControlPoint) -> str:
    """The limits as figures: ``≥ 70 °C``, ``≤ 21 °C, 120 min``."""
    low, high = point.least_c, point.most_c
    if low is not None and high is not None:
        words = f"{low:g}–{high:g} °C"
    else:
        words = f"≥ {low:g} °C" if low is not None else f"≤ {high or 0:g} °C"
    return f"{words}, {point.within_s // 60} min" if point.within_s else words
