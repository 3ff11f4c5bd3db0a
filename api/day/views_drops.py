"""What a carrier's page shows: the meals of one site that go to a door, and what became of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from api.day.views_canteen import CanteenView, MealView, canteen_view
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
    address, phone
        Where and whom to call, empty when nobody noted it.
    leave_by_at
        When it must leave the site to be at the last door in time, None before it has come.
    """

    meal: MealView
    drop: Drop | None
    mine: bool
    address: str
    phone: str
    leave_by_at: datetime | None


@dataclass(frozen=True, slots=True)
class DropsView:
    """
    A carrier's page.

    Parameters
    ----------
    service, site, sites
        Which meal, from where, and the other sites for who may look at several.
    drops
        By order number.
    """

    service: Service
    site: Site
    sites: tuple[Site, ...]
    drops: tuple[DropView, ...]

    @property
    def with_me(self) -> tuple[DropView, ...]:
        """Carried by the asking person just now, the most urgent first."""
        own = [one for one in self.drops if one.mine and one.meal.state == "carried"]
        return tuple(sorted(own, key=lambda one: (str(one.meal.eat_by_at or "~"), one.meal.order.code)))

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
    return DropsView(
        service=service,
        site=view.site,
        sites=view.sites,
        drops=tuple(_drop(view, meal, said.get(meal.order.order_id), phones, user_id) for meal in meals),
    )


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
        leave_by_at=meal.eat_by_at - way if meal.eat_by_at else None,
    )


def _phones(session: Session, diner_ids: list[str]) -> dict[str, str]:
    """Diner id to the telephone that was noted last."""
    held = load_credentials(session, diner_ids, "phone", good_only=True)
    return {one.diner_id: one.number_or_digest for one in held}
