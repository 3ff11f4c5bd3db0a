"""What became of an order, from what people reported of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from orders.drops import Drop
from orders.receipts import Serving, TurnedAway

Became = Literal["served", "no_show", "not_supplied", "refused"]
NOT_THE_DINERS_FAULT = frozenset(
    {
        "nothing_to_serve",
        "nothing_left",
        "meal_withheld",
        "meal_point_failed",
        "meal_not_reheated",
        "clash_unsettled",
        "past_eat_by",
        "too_late_to_carry",
    }
)


@dataclass(frozen=True, slots=True)
class OrderOutcome:
    """
    What became of one order.

    Parameters
    ----------
    event
        Served; not supplied (no meal for who came, or none arrived); not claimed; refused at the door.
    at
        When; None when nobody reported an instant.
    carrier
        Kind of carrier who handed it over at a door, empty at a table.
    proof
        Kind of proof of that hand-over, empty without one.
    """

    event: Became
    at: datetime | None = None
    carrier: str = ""
    proof: str = ""


def outcome_of(
    serving: Serving | None,
    drop: Drop | None,
    turned_away: TurnedAway | None,
    *,
    arrived: bool,
    left_over: bool,
    last_plate_at: datetime,
) -> OrderOutcome:
    """
    What became of an order whose table is closed.

    Parameters
    ----------
    serving, drop
        The serving that stands, and the last word of who carried it; None without.
    turned_away
        The first claim of this order that was refused for no fault of the diner's.
    arrived
        Whether any of its portions reached the site.
    left_over
        Whether food of its boxes was thrown away unclaimed, so that the diner could have had it.
    last_plate_at
        Until when the site serves: who comes later has not come to the meal.

    Returns
    -------
    OrderOutcome
        A diner who came in time and went without, or for whom a short box held nothing, was not supplied.
    """
    if serving is not None and serving.portions:
        if drop is None or drop.outcome != "handed_over":
            return OrderOutcome("served", serving.happened_at)
        return OrderOutcome("served", serving.happened_at, drop.carrier_kind, drop.proof or "")
    if drop is not None and drop.outcome == "refused":
        return OrderOutcome("refused", drop.happened_at)
    if drop is not None and drop.outcome == "nobody_home":
        return OrderOutcome("no_show", drop.happened_at)
    if drop is not None and drop.outcome == "brought_back":
        return OrderOutcome("not_supplied", drop.happened_at)
    if turned_away is not None and turned_away.happened_at <= last_plate_at:
        return OrderOutcome("not_supplied", turned_away.happened_at)
    return OrderOutcome("no_show" if arrived and left_over else "not_supplied")
