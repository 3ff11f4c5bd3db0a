"""Siting and capacity of one site, and of a programme's whole area; travel minutes come as a measure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from api.audit import record
from api.oversight.site_defaults import Ruled, rules_of
from api.oversight.sites import chosen_sites, need_file
from api.permissions import Actor, ensure
from orders.errors import BadInput
from orders.oversight.siting import Check, Neighbourhood, check_area, check_site
from orders.store.site_register import load_neighbourhoods, save_neighbourhoods
from orders.store.supply import load_supplies


@dataclass(frozen=True, slots=True)
class Checked:
    """
    Rules held against a site or an area.

    Parameters
    ----------
    subject
        Code of the site, or id of the programme.
    ruled
        Whose rules.
    checks
        One for each rule and place.
    """

    subject: str
    ruled: Ruled
    checks: tuple[Check, ...]


def checked_site(session: Session, site_id: str, day_on: date) -> Checked:
    """A site's measures against its programme."""
    file = need_file(session, site_id)
    rules = rules_of(session, file.programme_id, day_on)
    return Checked(site_id, rules, check_site(rules.rules, file.measures))


def checked_area(session: Session, programme_id: str, day_on: date) -> Checked:
    """A programme's area: quota of each district, sites of each street and village, centres of each town."""
    rules = rules_of(session, programme_id, day_on)
    sites = chosen_sites(session, programme_id, day_on)
    districts = {*rules.rules.include, *(one.district for one in sites)}
    places = load_neighbourhoods(session, districts)
    central = {
        supply.supplier
        for site in sites
        for supply in load_supplies(session, site.site_id)
        if supply.form == "central_kitchen"
    }
    checks = check_area(rules.rules, sorted(rules.rules.include), places, sites, len(central))
    return Checked(programme_id, rules, checks)


def keep_neighbourhoods(
    session: Session, places: Sequence[Neighbourhood], *, actor: Actor, now_at: datetime
) -> None:
    """
    Keeps streets, towns and villages, new or changed.

    Raises
    ------
    BadInput
        When one has no name or a count below zero.
    """
    ensure(actor, "site.edit")
    for one in places:
        if not one.name.strip() or not one.district.strip():
            raise BadInput("field_empty", blank="name")
        if one.centres < 0 or (one.households or 0) < 0:
            raise BadInput("count_below_zero", name=one.name)
    save_neighbourhoods(session, places)
    record(session, actor, "site.edit/neighbourhoods", "-", now_at, {"count": len(places)})
