"""The rounds of a canteen as its pages show them: planned from the hand-over that was signed, or is to be."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from api.day.carrying import BagClock, CarriedMeal, load_carrying, rounds_from
from api.day.views_canteen import CanteenView, ComingBox
from orders.codes import Coded
from routing.round_facts import Round
from routing.store.carried import planned_signings


@dataclass(frozen=True, slots=True)
class RoundStep:
    """
    A door's place in the rounds.

    Parameters
    ----------
    round_code, number
        In which round, as which door of it.
    arrive_at
        As planned.
    """

    round_code: str
    number: int
    arrive_at: datetime


@dataclass(frozen=True, slots=True)
class RoundView:
    """
    One round.

    Parameters
    ----------
    code, volunteer
        ``"R1"``; who walks it, a number where nobody is named.
    bags
        Codes of the bags taken along.
    doors
        How many.
    leave_at, last_door_at, return_at
        As planned.
    """

    code: str
    volunteer: str
    bags: tuple[str, ...]
    doors: int
    leave_at: datetime
    last_door_at: datetime
    return_at: datetime


@dataclass(frozen=True, slots=True)
class RoundsView:
    """
    A canteen's rounds.

    Parameters
    ----------
    rounds
        In the order of leaving.
    steps
        By order number, the first of several.
    left
        Why an order is in none, by its number.
    """

    rounds: tuple[RoundView, ...] = ()
    steps: dict[str, RoundStep] = field(default_factory=dict)
    left: dict[str, Coded] = field(default_factory=dict)


def rounds_view(session: Session, view: CanteenView) -> RoundsView:
    """The rounds of everything that goes on from a canteen, whatever of it has left already."""
    bags = {box.code: box for box in view.boxes if box.second_leg}
    if not bags:
        return RoundsView()
    clocks = _clocks(session, view, list(bags.values()))
    meals = [
        CarriedMeal(one.order, one.diner, tuple(bags[code].box_id for code in one.boxes if code in bags))
        for one in view.meals
    ]
    carrying = load_carrying(session, view.service.kitchen_id)
    found = rounds_from(view.service, view.site, meals, clocks, carrying)
    codes, steps = {box.box_id: box.code for box in bags.values()}, dict[str, RoundStep]()
    for one in found.rounds:
        for number, visit in enumerate(one.visits, start=1):
            at = view.service.instant(visit.arrive_s)
            steps.setdefault(visit.door_id, RoundStep(one.code, number, at))
    return RoundsView(
        rounds=tuple(_round(view, one, codes) for one in found.rounds),
        steps=steps,
        left={one.door_id: one.reason for one in found.left},
    )


def _clocks(session: Session, view: CanteenView, bags: list[ComingBox]) -> dict[str, BagClock]:
    """Clocks of the bags that have come or are to come; one that was refused does not go on."""
    second, planned_s = view.service.seconds, dict[str, int]()
    if any(bag.receipt is None for bag in bags):
        planned_s = planned_signings(session, view.service.key, [bag.box_id for bag in bags])
    found = dict[str, BagClock]()
    for bag in bags:
        if bag.state == "accepted" and bag.receipt is not None:
            found[bag.box_id] = BagClock(second(bag.receipt.happened_at), second(bag.eat_by_at))
        elif bag.receipt is None and bag.box_id in planned_s:
            found[bag.box_id] = BagClock(planned_s[bag.box_id], second(bag.eat_by_at))
    return found


def _round(view: CanteenView, one: Round, codes: dict[str, str]) -> RoundView:
    at = view.service.instant
    return RoundView(
        code=one.code,
        volunteer=one.volunteer,
        bags=tuple(codes[box_id] for box_id in one.box_ids),
        doors=len(one.visits),
        leave_at=at(one.leave_s),
        last_door_at=at(one.last_door_s),
        return_at=at(one.return_s),
    )
