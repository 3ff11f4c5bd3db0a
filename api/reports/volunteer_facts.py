"""Volunteers' lists, their input: the rounds of each canteen with their doors, and what is in none."""

from dataclasses import dataclass
from datetime import datetime

from api.reports.facts import Named, PaperHead
from orders.codes import Coded
from orders.menus import HoldClass
from orders.sites import Place


@dataclass(frozen=True, slots=True)
class RoundMeal:
    """
    One diner's meal that goes to a door.

    Parameters
    ----------
    diner, order_code
        Name with number, and the number of the order.
    address, phone, door_note
        Where, whom to call, how to get in; empty where nobody noted it.
    dishes
        By name, each with its variant or size and portions.
    avoid
        What the diner must not get.
    boxes
        Codes of the bags it lies in.
    """

    diner: str
    order_code: str
    address: str
    phone: str
    door_note: str
    dishes: tuple[tuple[Named, Named | None, int], ...]
    avoid: tuple[Named, ...]
    boxes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoundDoor:
    """
    A door in a round.

    Parameters
    ----------
    meal
        Whose.
    arrive_at, eat_by_at
        As planned; the last mouthful.
    place
        For the map.
    """

    meal: RoundMeal
    arrive_at: datetime
    eat_by_at: datetime
    place: Place


@dataclass(frozen=True, slots=True)
class RoundSheet:
    """
    One volunteer's round.

    Parameters
    ----------
    code
        ``"R1"``, unique at the canteen.
    site, site_place
        The canteen, by name and for the map.
    volunteer
        By name, or a number where nobody is named.
    boxes
        Codes of the bags with their hold class.
    leave_at, last_door_at, return_at
        As planned.
    most_minutes
        From leaving to the last door at most.
    distance_m
        Way, metres.
    doors
        In their order.
    """

    code: str
    site: str
    site_place: Place
    volunteer: str
    boxes: tuple[tuple[str, HoldClass], ...]
    leave_at: datetime
    last_door_at: datetime
    return_at: datetime
    most_minutes: int
    distance_m: int
    doors: tuple[RoundDoor, ...]


@dataclass(frozen=True, slots=True)
class RoundsLeft:
    """
    What of one canteen's meals is in no round.

    Parameters
    ----------
    site
        By name.
    meals
        Each with its reason.
    """

    site: str
    meals: tuple[tuple[RoundMeal, Coded], ...]


@dataclass(frozen=True, slots=True)
class VolunteerLists:
    """
    The rounds of a service.

    Parameters
    ----------
    head
        Service, kitchen, version and print.
    rounds
        By canteen and number; each starts on its own page.
    left
        By canteen.
    """

    head: PaperHead
    rounds: tuple[RoundSheet, ...]
    left: tuple[RoundsLeft, ...] = ()
