"""Who carries the bags of a kitchen's canteens to the doors, and the rounds that come of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import time
from functools import lru_cache
from itertools import count, islice
from typing import Any, NamedTuple

from sqlmodel import Session

from api.store.users import names_of_role
from orders.diners import Diner
from orders.order import Order
from orders.service import Service
from orders.sites import Place, Site
from orders.store.sites import load_kitchen_settings
from routing.round_facts import Bag, CarryTask, Door, RoundParams, Rounds, Volunteer
from routing.rounds import plan_rounds
from routing.travel import KMH_PER_MPS, TravelParams

MINUTE_S, DAY_S = 60, 86_400
REMEMBERED = 512
DETOUR_RATIO = TravelParams().detour_ratio


@dataclass(frozen=True, slots=True)
class Carrying:
    """
    What a kitchen knows of its volunteers.

    Parameters
    ----------
    params
        How they go.
    detour_ratio
        The way over the straight line.
    hours
        Local wall times between which they carry; None all day.
    names
        Who has an account, by site.
    people_at
        How many there are, by site; of a site that is not listed nobody has said.
    """

    params: RoundParams = field(default_factory=RoundParams)
    detour_ratio: float = DETOUR_RATIO
    hours: tuple[time, time] | None = None
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    people_at: Mapping[str, int] = field(default_factory=dict)

    def people(self, service: Service, site: Site, bags: int) -> tuple[Volunteer, ...]:
        """
        Who carries from a site: those with an account by name, the others by number.

        Where nobody has said how many there are, each bag finds somebody; hours that are another meal's
        say nothing of this one.
        """
        named = self.names.get(site.site_id, ())
        unnamed = max(0, self.people_at.get(site.site_id, bags) - len(named))
        from_s, to_s = 0, 2 * DAY_S
        if self.hours is not None and self.hours[0] < site.hours.closes and self.hours[1] > site.hours.opens:
            from_s, to_s = (service.seconds(service.at_local(wall)) for wall in self.hours)
        numbers = (str(number) for number in count(1) if str(number) not in named)
        names = (*named, *islice(numbers, unnamed))
        return tuple(Volunteer(name, self.params.bags_each, from_s, to_s) for name in names)


class BagClock(NamedTuple):
    """When a bag's hand-over is signed, as planned or done, and the last mouthful of what is in it."""

    signed_s: int
    eat_by_s: int


@dataclass(frozen=True, slots=True)
class CarriedMeal:
    """One order's meal in bags that go on: the order, its diner, ids of the bags."""

    order: Order
    diner: Diner | None
    box_ids: tuple[str, ...]


def load_carrying(session: Session, kitchen_id: str) -> Carrying:
    """What the kitchen's settings and the accounts of its canteens say of volunteers."""
    _, settings = load_kitchen_settings(session, kitchen_id)
    table: Mapping[str, Any] = settings.get("volunteer", {})
    usual = RoundParams()
    kmh = float(table.get("walk_speed_kmh", usual.speed_mps * KMH_PER_MPS))
    hours = [time.fromisoformat(str(table[name])) for name in ("shift_from", "shift_to") if name in table]
    return Carrying(
        params=RoundParams(
            kmh / KMH_PER_MPS,
            int(table.get("handover_s", usual.hand_over_s)),
            int(table.get("bags_each", usual.bags_each)),
        ),
        detour_ratio=float(settings.get("travel", {}).get("detour_ratio", DETOUR_RATIO)),
        hours=(hours[0], hours[1]) if len(hours) == 2 else None,
        names=names_of_role(session, kitchen_id, "volunteer"),
        people_at={site_id: int(people) for site_id, people in table.get("count", {}).items()},
    )


def rounds_from(
    service: Service,
    site: Site,
    meals: Iterable[CarriedMeal],
    clocks: Mapping[str, BagClock],
    carrying: Carrying,
) -> Rounds:
    """
    The rounds of one canteen.

    Parameters
    ----------
    service, site
        Which meal, from where.
    meals
        What goes on to doors.
    clocks
        Of each bag, by box id; a bag without one comes with no van, and stays out.
    carrying
        Who carries.
    """
    come = [
        (meal, tuple(box_id for box_id in meal.box_ids if box_id in clocks))
        for meal in sorted(meals, key=lambda one: one.order.code)
    ]
    boxes = tuple(dict.fromkeys(box_id for _, inside in come for box_id in inside))
    places = [site.place]
    doors = tuple(_door(service, meal, inside, clocks, places) for meal, inside in come if inside)
    bags = tuple(Bag(box_id, clocks[box_id].signed_s) for box_id in boxes)
    people = carrying.people(service, site, len(boxes))
    ways = TravelParams(carrying.params.speed_mps, carrying.detour_ratio)
    return _planned(site, bags, doors, people, tuple(places), ways, carrying.params.hand_over_s)


@lru_cache(maxsize=REMEMBERED)
def _planned(
    site: Site,
    bags: tuple[Bag, ...],
    doors: tuple[Door, ...],
    people: tuple[Volunteer, ...],
    places: tuple[Place, ...],
    ways: TravelParams,
    hand_over_s: int,
) -> Rounds:
    """What a canteen's page asks again every few seconds is worked out once."""
    task = CarryTask(
        site_id=site.site_id,
        bags=bags,
        doors=doors,
        volunteers=people,
        ways=ways.between(places),
        hand_over_s=hand_over_s,
        most_s=site.hours.second_leg_minutes * MINUTE_S,
        eating_s=site.hours.serving_minutes * MINUTE_S,
    )
    return plan_rounds(task)


def home_of(diner: Diner | None, service: Service) -> Place | None:
    """Where a diner's door is; None where the register has no coordinates, or impossible ones."""
    known = [diner.fact(name, service.service_on) if diner else None for name in ("lat", "lon")]
    try:
        return Place(float(known[0] or ""), float(known[1] or ""))
    except ValueError:
        return None


def _door(
    service: Service,
    meal: CarriedMeal,
    inside: tuple[str, ...],
    clocks: Mapping[str, BagClock],
    places: list[Place],
) -> Door:
    """A door, whose place goes on the list of places unless it stands there already."""
    home = home_of(meal.diner, service)
    if home is not None and home not in places[1:]:
        places.append(home)
    return Door(
        door_id=meal.order.code,
        box_ids=inside,
        eat_by_s=min(clocks[box_id].eat_by_s for box_id in inside),
        place=None if home is None else places.index(home, 1),
    )
