"""What a canteen's page shows after the hand-over: bags that go on to doors, and cores taken at the site."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from api.day.views_canteen import CanteenView, ComingBox, MealView
from api.day.views_rounds import RoundView, rounds_view
from orders.menus import HoldClass
from orders.store.drops import taken_at
from telemetry.store.site_cores import SiteCore, site_cores

HERE = frozenset({"ready", "past", "stopped"})


@dataclass(frozen=True, slots=True)
class BagView:
    """
    A bag whose meals go on, or are on their way.

    Parameters
    ----------
    box_id, code, hold_class
        Which.
    here, on_the_way
        Meals still at the site, and with their carrier.
    leave_by_at
        When it must leave to be at the last door in time.
    left_at
        When its first meal left, None before.
    """

    box_id: str
    code: str
    hold_class: HoldClass
    here: int
    on_the_way: int
    leave_by_at: datetime
    left_at: datetime | None


@dataclass(frozen=True, slots=True)
class Onward:
    """
    The part of a canteen's page about the chain after the hand-over.

    Parameters
    ----------
    bags
        That go on or are on their way, the most urgent first.
    boxes
        Whose core may be taken: they are here with food in them.
    cores
        Those taken so far with the code of their box, the newest first.
    rounds
        Of the bags, in the order of leaving.
    """

    bags: tuple[BagView, ...]
    boxes: tuple[ComingBox, ...]
    cores: tuple[tuple[str, SiteCore], ...]
    rounds: tuple[RoundView, ...] = ()


def onward_view(session: Session, view: CanteenView) -> Onward:
    """What has happened at a site since the hand-over of its boxes."""
    accepted = {box.box_id: box for box in view.boxes if box.state == "accepted"}
    left = taken_at(session, view.service) if any(box.second_leg for box in accepted.values()) else {}
    way = timedelta(minutes=view.site.hours.second_leg_minutes)
    found = (_bag(box, view, left, way) for box in accepted.values() if box.second_leg)
    bags = [bag for bag in found if bag.here or bag.on_the_way]
    taken = site_cores(session, accepted.keys()) if accepted else {}
    cores = [(accepted[box_id].code, one) for box_id, own in taken.items() for one in own]
    return Onward(
        bags=tuple(
            sorted((bag for bag in bags if bag.here or bag.on_the_way), key=lambda bag: bag.leave_by_at)
        ),
        boxes=tuple(box for box in accepted.values() if _has_food_here(box, view)),
        cores=tuple(sorted(cores, key=lambda one: one[1].at, reverse=True)),
        rounds=rounds_view(session, view).rounds if bags else (),
    )


def _bag(box: ComingBox, view: CanteenView, left: dict[str, datetime], way: timedelta) -> BagView:
    meals = _meals(box, view)
    gone = [left[one.order.order_id] for one in meals if one.order.order_id in left]
    return BagView(
        box_id=box.box_id,
        code=box.code,
        hold_class=box.hold_class,
        here=sum(one.state in HERE for one in meals),
        on_the_way=sum(one.state == "carried" for one in meals),
        leave_by_at=box.eat_by_at - way,
        left_at=min(gone, default=None),
    )


def _has_food_here(box: ComingBox, view: CanteenView) -> bool:
    return bool(box.spare and view.spare_left) or any(one.state in HERE for one in _meals(box, view))


def _meals(box: ComingBox, view: CanteenView) -> list[MealView]:
    return [one for one in view.meals if box.code in one.boxes]
