"""Whose programme counts at the table, and which meals of the day its diner has had already."""

from collections.abc import Collection
from typing import Literal

from sqlmodel import Session

from api.db import hold
from orders.enrolment import programme_on
from orders.programmes.schema import Programme, read_programme
from orders.receipts import Serving
from orders.service import Service
from orders.store.enrolments import load_enrolments
from orders.store.programmes import load_programmes
from orders.store.receipts import servings_of_diners
from orders.store.sites import load_kitchen_settings

SecondMeal = Literal["list_price", "refuse"]


def programmes_of(session: Session, service: Service, diner_ids: Collection[str]) -> dict[str, Programme]:
    """Each diner's programme: where enrolled, else the kitchen's; who has none in force is not a key."""
    settings = load_kitchen_settings(session, service.kitchen_id)[1]
    own = str(settings.get("programme", ""))
    in_force = load_programmes(session, service.service_on)
    enrolments = load_enrolments(session, diner_ids)
    named = {one: programme_on(enrolments.get(one, ()), service.service_on) or own for one in diner_ids}
    read = {
        programme_id: read_programme(in_force[programme_id][1] | {"revision": in_force[programme_id][0]})
        for programme_id in set(named.values()) & in_force.keys()
    }
    return {diner_id: read[programme_id] for diner_id, programme_id in named.items() if programme_id in read}


def meals_of_day(session: Session, service: Service, diner_ids: Collection[str]) -> dict[str, list[Serving]]:
    """
    What these diners have been served on the date, in any kitchen and meal, the first one first.

    Two tables that serve one diner at once wait for each other.
    """
    for diner_id in sorted(set(diner_ids)):
        hold(session, f"diner/{diner_id}/{service.service_on}")
    served = servings_of_diners(session, list(diner_ids), service.service_on)
    return {diner_id: [serving for _, serving in meals] for diner_id, meals in served.items()}
