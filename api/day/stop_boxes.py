"""Where food on hold is: which boxes it is in, and how far each of them has come."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal

from sqlmodel import Session, col, select

from kitchen.store.production import boxes_with
from kitchen.store.production_rows import BatchRow, BoxRow
from kitchen.store.withheld import batches_withheld, lines_stopped, load_withheld
from kitchen.withheld import Stop, Withheld, by_food, stops_on_hold
from orders.service import Service
from orders.store.receipts import load_receipts
from routing.store.carried import boxes_on_their_way
from routing.store.plans import load_plan

Whereabouts = Literal["kitchen", "road", "table", "back"]


@dataclass(frozen=True, slots=True)
class StoppedBox:
    """
    One box with food on hold in it.

    Parameters
    ----------
    box_id, code, site_id
        Which box, for where.
    van_id
        The van that brings it by the plan, empty when none does.
    where
        In the kitchen, on the road, signed for, or refused at the door.
    """

    box_id: str
    code: str
    site_id: str
    van_id: str
    where: Whereabouts


def boxes_on_hold(session: Session, service: Service, held: Withheld) -> tuple[StoppedBox, ...]:
    """The boxes that a hold is about, in the order of their codes."""
    return whereabouts(session, service, {held.withheld_id: held})[held.withheld_id]


def whereabouts(
    session: Session, service: Service, held: dict[str, Withheld]
) -> dict[str, tuple[StoppedBox, ...]]:
    """The same of several holds on food of one service, by the hold's id."""
    ids = {key: _box_ids(session, one) for key, one in held.items()}
    every = {box_id for own in ids.values() for box_id in own}
    boxes = {row.box_id: row for row in session.exec(select(BoxRow).where(col(BoxRow.box_id).in_(every)))}
    receipts = {one.box_id: one.condition for one in load_receipts(session, service, every).values()}
    left = {box for box, (_, has_left) in boxes_on_their_way(session, service.key, every).items() if has_left}
    vans = _vans(session, service.key) if every else {}

    def where(box_id: str) -> Whereabouts:
        if box_id in receipts:
            return "table" if receipts[box_id] == "accepted" else "back"
        return "road" if box_id in left else "kitchen"

    def found(box_ids: Iterable[str]) -> list[StoppedBox]:
        rows = sorted((boxes[one] for one in box_ids), key=lambda row: (len(row.code), row.code))
        return [
            StoppedBox(row.box_id, row.code, row.site_id, vans.get(row.box_id, ""), where(row.box_id))
            for row in rows
        ]

    return {key: tuple(found(own)) for key, own in ids.items()}


def stopped_boxes(session: Session, service: Service) -> dict[str, Withheld]:
    """Every box of a service that goes nowhere, by id, with the hold that bars it; the open one first."""
    bars = [one for one in load_withheld(session, service.key) if one.bars]
    found: dict[str, Withheld] = {}
    for one in sorted(bars, key=lambda held: held.end is None):
        found |= dict.fromkeys(_box_ids(session, one), one)
    return found


def stopped_batches(session: Session, service: Service) -> dict[str, Withheld]:
    """Every batch of a service that goes nowhere, by id, with the hold on it; the open one first."""
    bars = [one for one in load_withheld(session, service.key) if one.bars and one.batch_id]
    return {one.batch_id or "": one for one in sorted(bars, key=lambda held: held.end is None)}


def lines_on_hold(session: Session, service: Service) -> dict[str, Stop]:
    """Every order line of a service of which a hold keeps the food from the table, by id."""
    return lines_stopped(session, by_food(stops_on_hold(load_withheld(session, service.key))))


def dishes_on_hold(session: Session, held: Collection[Withheld]) -> dict[str, tuple[str, ...]]:
    """Ids of the dishes that holds are about, by the hold's id."""
    batches = {one.withheld_id: batches_withheld(session, one) for one in held}
    every = {batch_id for own in batches.values() for batch_id in own}
    query = select(BatchRow.batch_id, BatchRow.dish_id).where(col(BatchRow.batch_id).in_(every))
    dish_of = dict(session.exec(query).all()) if every else {}
    return {key: tuple(dict.fromkeys(dish_of[one] for one in own)) for key, own in batches.items()}


def _box_ids(session: Session, held: Withheld) -> list[str]:
    return [held.box_id] if held.box_id else boxes_with(session, [held.batch_id or ""])


def _vans(session: Session, service_key: str) -> dict[str, str]:
    """The van that brings each box by the published plan."""
    loaded = load_plan(session, service_key)
    routes = loaded[1].routes if loaded else ()
    return {
        box_id: route.vehicle_id
        for route in routes
        for trip in route.trips
        for visit in trip.visits
        for box_id in visit.box_ids
    }
