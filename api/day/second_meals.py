"""Whose programme counts at the table, and which meals of the day its diner has had already."""

from collections.abc import Collection

from sqlmodel import Session

from api.day.services import programmes_of
from api.db import hold
from orders.errors import Conflict, NotFound
from orders.programmes.schema import Programme
from orders.receipts import Serving
from orders.service import Service
from orders.store.receipts import servings_of_diners


def programmes_at_table(
    session: Session, service: Service, diner_ids: Collection[str]
) -> dict[str, Programme]:
    """Each diner's programme; none at all when one is not in force, since that keeps nobody from eating."""
    try:
        return programmes_of(session, service, diner_ids)
    except (Conflict, NotFound):
        return {}


def meals_of_day(session: Session, service: Service, diner_ids: Collection[str]) -> dict[str, list[Serving]]:
    """
    What these diners have been served on the date, in any kitchen and meal, the first one first.

    Two tables that serve one diner at once wait for each other.
    """
    for diner_id in sorted(set(diner_ids)):
        hold(session, f"diner/{diner_id}/{service.service_on}")
    served = servings_of_diners(session, list(diner_ids), service.service_on)
    return {diner_id: [serving for _, serving in meals] for diner_id, meals in served.items()}
