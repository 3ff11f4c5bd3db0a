"""What a carrier's page shows: the meals of one site that go to a door, and what became of them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session

from api.day.views_canteen import CanteenView, MealView, canteen_view
from api.day.views_rounds import RoundStep, RoundView, rounds_view
from orders.codes import Coded
from orders.drops import Drop
from orders.service import Service
from orders.sites import Site
from orders.store.credentials import load_credentials
from orders.store.drops import load_drops


@dataclass(frozen=True, slots=True)
class DropView:
    """
    One meal that goes to a door.

    Parameters
    ----------
    meal
        Whose, of what, how it stands.
    drop
        The last word of its carrier, None before the first.
    mine
        Whether the asking person carries it.
    address, phone, door_note
        Where, whom to call and how to get in, empty when nobody noted it.
    leave_by_at
        When it must leave the site to be at the last door in time, None before it has come.
    step, in_no_round
        Its place in the planned rounds; why it has none.
    """

    meal: MealView
    drop: Drop | None
    mine: bool
    address: str
    phone: str
    leave_by_at: datetime | None
    door_note: str = ""
    step: RoundStep | None = None
    in_no_round: Coded | None = None

    @property
    def turn(self) -> tuple[bool, str, int]:
        """Sorts by round and door; what is in none comes last."""
        return (False, self.step.round_code, self.step.number) if self.step else (True, "", 0)


@dataclass(frozen=True, slots=True)
class DropsView:
    """
    A carrier's page.

    Parameters
    ----------
    service, site, sites
        Which meal, from where, and the other sites for who may look at several.
    drops
        By round and door, then by order number.
    rounds
        In the order of leaving.
    """

    service: Service
    site: Site
    sites: tuple[Site, ...]
    drops: tuple[DropView, ...]
    rounds: tuple[RoundView, ...] = ()

    @property
    def with_me(self) -> tuple[DropView, ...]:
        """Carried by the asking person just now: in the order of the round, then the most urgent first."""
        own = [one for one in self.drops if one.mine and one.meal.state == "carried"]
        return tuple(
            sorted(own, key=lambda one: (one.turn, str(one.meal.eat_by_at or "~"), one.meal.order.code))
        )

    @property
    def to_take(self) -> tuple[DropView, ...]:
        """At the site, or still to come to it."""
        return tuple(one for one in self.drops if one.meal.state in ("waiting", "ready", "past", "stopped"))

    @property
    def ready(self) -> tuple[DropView, ...]:
        """At the site and good to be carried."""
        return tuple(one for one in self.to_take if one.meal.state == "ready")

    @property
    def others(self) -> tuple[DropView, ...]:
        """With another carrier, or ended."""
        return tuple(one for one in self.drops if one not in self.with_me and one not in self.to_take)


def drops_view(
    session: Session, service: Service, site_id: str | None, user_id: str, now_at: datetime
) -> DropsView | None:
    """
    A carrier's page; None when the site takes no such meal.

    Parameters
    ----------
    session
        Open transaction.
    service, site_id
        Which meal, from where; None for the first canteen.
    user_id
        The asking person.
    now_at
        The present instant.
    """
    view = canteen_view(session, service, site_id, now_at)
    if view is None:
        return None
    said = load_drops(session, service)
    meals = [one for one in view.meals if one.delivery == "volunteer" or one.order.order_id in said]
    phones = _phones(session, [one.diner.diner_id for one in meals])
    found = rounds_view(session, view)
    drops = (_drop(view, meal, said.get(meal.order.order_id), phones, user_id) for meal in meals)
    placed = (
        replace(
            one, step=found.steps.get(one.meal.order.code), in_no_round=found.left.get(one.meal.order.code)
        )
        for one in drops
    )
    in_turn = tuple(sorted(placed, key=lambda one: one.turn))
    return DropsView(service, view.site, view.sites, in_turn, found.rounds)


def _drop(
    view: CanteenView, meal: MealView, drop: Drop | None, phones: dict[str, str], user_id: str
) -> DropView:
    way = timedelta(minutes=view.site.hours.second_leg_minutes)
    return DropView(
        meal=meal,
        drop=drop,
        mine=drop is not None and drop.carried_by == user_id,
        address=meal.diner.fact("address", view.service.service_on) or "",
        phone=phones.get(meal.diner.diner_id, ""),
        door_note=meal.diner.fact("door_note", view.service.service_on) or "",
        leave_by_at=meal.eat_by_at - way if meal.eat_by_at else None,
    )


def _phones(session: Session, diner_ids: list[str]) -> dict[str, str]:
    """Diner id to the telephone that was noted last."""
    held = load_credentials(session, diner_ids, "phone", good_only=True)
    return {one.diner_id: one.number_or_digest for one in held}
