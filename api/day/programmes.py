"""The revisions that a service's meals are settled by."""

from collections import defaultdict
from collections.abc import Iterable

from sqlmodel import Session

from api.day.services import calendar_of, out_of_force, programmes_of
from orders.bills import MealEvent
from orders.errors import NotFound
from orders.programmes.schema import read_programme
from orders.service import Service
from orders.settling.rules import RuleBook, rule_book
from orders.store.programmes import load_revisions


def book_of(session: Session, programme_id: str) -> RuleBook:
    """
    Every revision of a programme, ready to settle by.

    Raises
    ------
    NotFound
        When there is no such programme.
    """
    revisions = load_revisions(session, programme_id)
    if not revisions:
        raise NotFound("programme", programme_id)
    return rule_book(
        (read_programme({**one.body, "revision": one.revision}) for one in revisions), calendar_of
    )


def by_programme(
    session: Session, service: Service, events: Iterable[MealEvent]
) -> dict[str, list[MealEvent]]:
    """
    A service's meals by the programme that settles them: an enrolment's, else the kitchen's own.

    One that is out of force on the date settles too: it charges the list price and says why.
    """
    meals = list(events)
    diner_ids = {meal.diner_id for meal in meals}
    followed = out_of_force(session, service, diner_ids)
    in_force = programmes_of(session, service, diner_ids - followed.keys())
    followed |= {diner_id: programme.id for diner_id, programme in in_force.items()}
    found: dict[str, list[MealEvent]] = defaultdict(list)
    for meal in meals:
        found[followed[meal.diner_id]].append(meal)
    return dict(found)
