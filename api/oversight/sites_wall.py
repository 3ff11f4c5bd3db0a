"""Who cooks for a site, where its van halts, what it charges and what it writes on its wall."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.oversight.sites import need_file
from api.permissions import Actor, ensure
from orders.errors import BadInput
from orders.oversight.site_file import SitePrice
from orders.oversight.supply import Supply, VanStop, halts_clash
from orders.store.site_register import save_notice, save_prices
from orders.store.supply import save_supply, save_van_stops


def set_supply(session: Session, site_id: str, supply: Supply, *, actor: Actor, now_at: datetime) -> None:
    """Keeps who cooks one meal of a site."""
    ensure(actor, "site.edit", site_id=site_id)
    need_file(session, site_id)
    save_supply(session, site_id, supply)
    record(session, actor, "site.edit/supply", site_id, now_at, {"meal": supply.meal, "form": supply.form})


def set_timetable(
    session: Session, site_id: str, stops: Sequence[VanStop], *, actor: Actor, now_at: datetime
) -> None:
    """
    Keeps a mobile van's week in place of the one before; none makes the site stand still.

    Raises
    ------
    BadInput
        When the van would be at two places at once.
    """
    ensure(actor, "site.edit", site_id=site_id)
    need_file(session, site_id)
    clash = halts_clash(stops)
    if clash is not None:
        raise BadInput("halts_clash", first=clash[0].place, second=clash[1].place)
    save_van_stops(session, site_id, stops)
    record(session, actor, "site.edit/timetable", site_id, now_at, {"halts": len(stops)})


def set_prices(
    session: Session, site_id: str, prices: Sequence[SitePrice], *, actor: Actor, now_at: datetime
) -> None:
    """Keeps a site's whole price list."""
    ensure(actor, "site.edit", site_id=site_id)
    need_file(session, site_id)
    if any(not one.name.strip() for one in prices):
        raise BadInput("field_empty", blank="name")
    save_prices(session, site_id, prices)
    record(session, actor, "site.edit/prices", site_id, now_at, {"lines": len(prices)})


def set_notice(
    session: Session, site_id: str, title: str, body: str, *, actor: Actor, now_at: datetime
) -> None:
    """Keeps a text for a site's wall under its title; an empty one counts as missing."""
    ensure(actor, "site.edit", site_id=site_id)
    need_file(session, site_id)
    if not title.strip():
        raise BadInput("field_empty", blank="title")
    save_notice(session, site_id, title.strip(), body.strip())
    record(session, actor, "site.edit/notice", site_id, now_at, {"title": title.strip()})
