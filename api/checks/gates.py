"""What keeps a batch or a box back: a point that failed, a sample that is missing, a lot that is held."""

from collections.abc import Collection, Iterable, Iterator
from typing import Literal, Protocol

from sqlmodel import Session

from api.checks.desk import limits_of
from api.checks.floor import Floor, points_of, read_floor
from api.checks.points import COOK, STOPS, Measured, names
from api.checks.written import Foods, read_foods, read_written
from kitchen.haccp import REHEATS, SETTLED
from kitchen.store.catalogue import load_dishes
from kitchen.store.production import load_production
from kitchen.store.withheld import load_withheld
from kitchen.withheld import Stop, by_food, stops_on_hold
from orders.codes import Coded
from orders.errors import Conflict
from orders.service import Service

Before = Literal["cook", "pack", "depart"]
FAILED = frozenset({"point_failed", "point_again", "point_discard", "food_withheld", "food_discarded"})

BARRED = FAILED | {"batch_lot_held"}


class BatchLike(Protocol):
    """A batch as published, or its row."""

    batch_id: str


def holding_back(
    session: Session, service: Service, batch: BatchLike, before: Before = "depart"
) -> tuple[Coded, ...]:
    """
    Why a batch must not go on; empty when nothing is against it.

    What nobody lists (probes, fridges) is not watched and holds nothing back; a failure that was written down
    always does.

    Parameters
    ----------
    session
        Open transaction.
    service, batch
        Which batch of which published service.
    before
        What it is to go on to: off the heat, into boxes, or onto the road.
    """
    floor = read_floor(session, service, [batch.batch_id])
    return () if floor is None else batch_reasons(floor, batch.batch_id, before)


def batch_reasons(floor: Floor, batch_id: str, before: Before) -> tuple[Coded, ...]:
    """The same on a floor that was read before."""
    batch = next((one for one in floor.batches if one.batch_id == batch_id), None)
    if batch is None:
        return ()
    found = []
    if lots := floor.held.get(batch_id):
        found.append(Coded("batch_lot_held", {"batch": batch.code, "lots": ", ".join(lots)}))
    if before != "cook":
        found += [one.words for one in floor.withheld if one.batch_id == batch_id and one.bars]
    for one in floor.of_batch[batch_id]:
        ahead = one.point.code != COOK or one.standing in ("missing", "again")
        if before != "cook" or one.standing == "discard" or not ahead:
            found += _reason(floor, one, batch.code)
    dish = floor.dishes.get(batch.dish_id)
    if before == "depart" and floor.watch.fridges and (batch.dish_id, batch.variant) not in floor.samples:
        zh, en = (dish.name_zh, dish.name_en) if dish else (batch.dish_id, batch.dish_id)
        params = {"batch": batch.code, "dish_zh": zh, "dish_en": en}
        found.append(Coded("batch_sample_missing", params))
    return tuple(found)


def barred_batches(session: Session, service: Service, batch_ids: Collection[str]) -> frozenset[str]:
    """Those of these batches that nobody may eat of: on hold, discarded, failed, or of a held lot."""
    floor = read_floor(session, service, batch_ids)
    if floor is None:
        return frozenset()
    return frozenset(
        batch.batch_id
        for batch in floor.batches
        if any(one.code in BARRED for one in batch_reasons(floor, batch.batch_id, "depart"))
    )


def stopped_food(session: Session, service: Service, box_ids: Collection[str]) -> dict[str, Stop]:
    """
    What is in these boxes and nobody may eat of, by id of batch or box, wherever the food is by now.

    It is on hold or was discarded, or a control point of it failed and nothing has released it since. A box
    whose reheating failed is none of it: its table heats it again.
    """
    production = load_production(session, service.key)
    if production is None:
        return {}
    foods = read_foods(session, service.key, production.production_id, None, box_ids)
    here = {*box_ids, *(one.batch_id for one in foods.batches)}
    on_hold = stops_on_hold(load_withheld(session, service.key))
    return by_food(
        (*_failed_points(session, service, foods), *(one for one in on_hold if one.food_id in here))
    )


def _failed_points(session: Session, service: Service, foods: Foods) -> Iterator[Stop]:
    written = read_written(session, service.key, foods, ())
    limits, dishes = limits_of(session, service.kitchen_id), load_dishes(session, foods.dish_ids)
    of_batch, of_box, reheated = points_of(limits, dishes, foods, written)
    of_food = [(one.batch_id, one.code, of_batch[one.batch_id]) for one in foods.batches]
    for box in foods.boxes:
        again = reheated.get(box.box_id)
        of_food.append((box.box_id, box.code, (of_box[box.box_id], *([again] if again else ()))))
    for food_id, code, points in of_food:
        for one in points:
            gone = one.standing == "discard"
            heats_again = one.point.of_box and one.point.code in REHEATS and not gone
            if one.standing in STOPS and not heats_again:
                words = "point_discard" if gone else "food_point_failed"
                params = {"ref": code, **names(one.point)}
                yield Stop(food_id, code, "discarded" if gone else "failed", Coded(words, params))


def box_reasons(floor: Floor, box_id: str) -> tuple[Coded, ...]:
    """Why a packed box must not leave: its own core, and whatever is in it."""
    box = next((one for one in floor.boxes if one.box_id == box_id), None)
    if box is None:
        return ()
    inside = sorted(box.batch_ids)
    own = [one.words for one in floor.withheld if one.box_id == box_id and one.bars]
    own += _reason(floor, floor.of_box[box_id], box.code)
    if (again := floor.reheated.get(box_id)) is not None:
        own += _reason(floor, again, box.code)
    return (*own, *(reason for batch_id in inside for reason in batch_reasons(floor, batch_id, "depart")))


def require_may_leave(session: Session, service: Service, box_ids: list[str], trip: str) -> None:
    """
    Lets boxes leave.

    Raises
    ------
    Conflict
        With each thing that keeps one of them back as a reason.
    """
    floor = read_floor(session, service, box_ids=box_ids)
    if floor is None:
        return
    _refuse(
        Conflict("trip_held_back", trip=trip), [one for box in box_ids for one in box_reasons(floor, box)]
    )


def require_box_let_go(session: Session, service: Service, box_id: str, box: str, *, departed: bool) -> None:
    """
    Lets a site take a box: what bars the dock bars the door.

    Parameters
    ----------
    session, service, box_id, box
        Open transaction; which box of which service, and its code.
    departed
        Whether the dock let it leave; then only a measurement that failed since, or a hold, bars the door.

    Raises
    ------
    Conflict
        With each thing that keeps the box back as a reason.
    """
    floor = read_floor(session, service, box_ids=[box_id])
    if floor is not None:
        found = box_reasons(floor, box_id)
        since = [one for one in found if not departed or one.code in FAILED]
        _refuse(Conflict("box_not_let_go", box=box), since)


def _refuse(refusal: Conflict, reasons: Iterable[Coded]) -> None:
    each = {(one.code, tuple(sorted(one.params.items()))): one for one in reasons}
    if each:
        refusal.reasons = tuple(each.values())
        raise refusal


def _reason(floor: Floor, one: Measured, code: str) -> list[Coded]:
    if one.standing in SETTLED or (one.standing == "missing" and not floor.watch.probes):
        return []
    params = {"ref": code, "point_zh": one.point.name_zh, "point_en": one.point.name_en}
    return [Coded(f"point_{one.standing}", params)]
