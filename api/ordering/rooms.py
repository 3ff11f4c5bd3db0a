"""How many places each site has, has given away or keeps for standing orders, and how many wait for one."""

from collections import Counter
from collections.abc import Mapping

from sqlmodel import Session, col, select

from orders.capacity import Room
from orders.service import Service
from orders.sites import Site
from orders.standing import wanted
from orders.store.closures import load_places
from orders.store.diners import DinerRow
from orders.store.orders import OrderRow, load_orders, taken_places
from orders.store.services import load_close
from orders.store.sites import kitchens_of_sites
from orders.store.standing import load_pauses, load_standing


def rooms(
    session: Session, service: Service, sites: Mapping[str, Site], *, but: str = "", keeping: bool = True
) -> dict[str, Room]:
    """
    The places of these sites for a service.

    Parameters
    ----------
    session, service, sites
        Which service; sites by code.
    but
        Row id of the diner who asks: a place kept for that standing order is the asker's own, before all
        who wait.
    keeping
        Whether places are kept for standing orders that are no orders yet.
    """
    places, taken = load_places(session, service.meal), taken_places(session, service)
    kept = _kept(session, service) if keeping else {}
    own_site = kept.pop(but, None)
    for_others = Counter(kept.values())
    waiting = Counter(order.site_id for order in load_orders(session, service, ("waiting",)))
    return {
        key: Room(
            key,
            places.get(key, site.capacity),
            taken.get(key, 0) + for_others[key],
            0 if key == own_site else waiting[key],
        )
        for key, site in sites.items()
    }


def _kept(session: Session, service: Service) -> dict[str, str]:
    """Diner to site of standing orders that are no orders yet: until the close, unless ordered by hand."""
    standing = load_standing(session)
    if not standing or load_close(session, service) is not None:
        return {}
    pauses = load_pauses(session)
    asking = {
        diner_id
        for diner_id, own in standing.items()
        if wanted(own, pauses.get(diner_id, ()), service.service_on, service.meal) is not None
    }
    ordered = set(session.exec(select(OrderRow.diner_id).where(OrderRow.service_key == service.key)))
    diners = select(DinerRow.diner_id, DinerRow.site_id).where(col(DinerRow.diner_id).in_(standing))
    kitchens = kitchens_of_sites(session)
    return {
        diner_id: site_id
        for diner_id, site_id in session.exec(diners)
        if diner_id in asking - ordered and kitchens.get(site_id) == service.kitchen_id
    }
