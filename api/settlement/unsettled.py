"""Days of a period whose orders nobody has settled, so that a statement of it is only a part."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from orders.service import MEALS
from orders.statements import Period
from orders.store.ledger import unsettled_orders
from orders.store.sites import kitchens_of_homes, kitchens_of_sites, load_kitchen_settings, load_kitchens


@dataclass(frozen=True, slots=True)
class Unsettled:
    """
    Orders that stand and are not settled.

    Parameters
    ----------
    sites_of_day
        Day to the sites that have some.
    homes
        Homes that vans serve, to their kitchen.
    bodies
        Everybody who is paid as a site: canteens and kitchens.
    """

    sites_of_day: dict[date, set[str]]
    homes: dict[str, str]
    bodies: frozenset[str]

    def days(self, payee: str, period: Period) -> tuple[date, ...]:
        """Days of a period on which a payee's orders wait, in order; whoever is no site waits for all."""
        if period.label == "once":
            return ()
        return tuple(
            day_on
            for day_on in sorted(self.sites_of_day)
            if period.from_on <= day_on <= period.to_on
            if payee not in self.bodies
            or any(self.homes.get(site_id, site_id) == payee for site_id in self.sites_of_day[day_on])
        )


def load_unsettled(
    session: Session, programme_id: str, payees: Collection[str], periods: Iterable[Period]
) -> Unsettled:
    """Reads the unsettled orders of the kitchens that follow a programme or feed one of its payees."""
    kitchen_of = kitchens_of_sites(session)
    kitchens = {
        one.kitchen_id
        for one in load_kitchens(session)
        if load_kitchen_settings(session, one.kitchen_id)[1].get("programme") == programme_id
    }
    kitchens |= {kitchen_of[payee] for payee in payees if payee in kitchen_of}
    days = {day_on for one in periods for day_on in _days(one)}
    keys = {f"{one}/{day_on.isoformat()}/{meal}" for one in kitchens for day_on in days for meal in MEALS}
    found: dict[date, set[str]] = {}
    for day_on, site_id in unsettled_orders(session, keys):
        found.setdefault(day_on, set()).add(site_id)
    homes = kitchens_of_homes(session)
    return Unsettled(found, homes, frozenset(kitchen_of) | frozenset(kitchen_of.values()))


def _days(period: Period) -> Iterable[date]:
    return (period.from_on + timedelta(days=n) for n in range((period.to_on - period.from_on).days + 1))
