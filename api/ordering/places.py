"""How many orders a site takes for a meal."""

from sqlmodel import Session

from api.audit import record
from api.ordering.record import Acting
from api.permissions import ensure
from orders.errors import NotFound
from orders.service import Meal
from orders.store.closures import save_places
from orders.store.sites import kitchen_of_site


def set_places(session: Session, site_id: str, meal: Meal, places: int, acting: Acting) -> None:
    """
    Sets a site's places for one meal; whoever is over them already keeps the place.

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
