"""How many orders a site takes for a meal."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlmodel import Session

from api.audit import record
from api.day.services import find_kitchen
from api.db import hold
from api.ordering.record import Acting
from api.ordering.waiting import move_up
from api.permissions import ensure
from orders.errors import NotFound
from orders.service import Meal, parse_service
from orders.store.closures import save_places
from orders.store.orders import services_with_orders
from orders.store.sites import kitchen_of_site

AHEAD_DAYS = 60


def set_places(session: Session, site_id: str, meal: Meal, places: int, acting: Acting) -> None:
    """
    Sets a site's places for one meal: whoever is over them keeps the place, and who waits moves up.

    Raises
    ------
    NotFound
        When there is no such site.
    """
    kitchen_id = kitchen_of_site(session, site_id)
    if kitchen_id is None:
        raise NotFound("site", site_id)
    ensure(acting.actor, "closures.announce", kitchen_id=kitchen_id, site_id=site_id)
    save_places(session, site_id, meal, places)
    detail = {"meal": meal, "places": places}
    record(session, acting.actor, "closures.announce/places", site_id, acting.now_at, detail)
    zone = find_kitchen(session, kitchen_id).zone
    today_on = acting.now_at.astimezone(ZoneInfo(zone)).date()
    for key in services_with_orders(session, site_id, today_on, today_on + timedelta(days=AHEAD_DAYS)):
        service = parse_service(key, zone)
        if service.meal == meal:
            hold(session, service.key)
            move_up(session, service, site_id, acting)
