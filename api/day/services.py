"""Which service is meant, whether its day has one, and by which programme."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Literal

from sqlmodel import Session

from api.packaged import read_calendar
from orders.calendars import Calendar
from orders.errors import NotFound, ServiceClosed
from orders.programmes.schema import Programme, read_programme
from orders.service import Meal, Service, order_cut_off_at
from orders.sites import Kitchen
from orders.store.programmes import load_programmes
from orders.store.sites import load_kitchen, load_kitchen_settings


@dataclass(frozen=True, slots=True)
class Rules:
    """
    What a kitchen's service is run by.

    Parameters
    ----------
    kitchen
        The kitchen.
    settings, revision
        Its settings and their revision.
    programme
        The programme's revision in force on the service date.
    """

    kitchen: Kitchen
    settings: dict[str, Any]
    revision: int
    programme: Programme


def find_kitchen(session: Session, kitchen_id: str) -> Kitchen:
    """
    The kitchen of this code.

    Raises
    ------
    NotFound
        When there is none.
    """
    kitchen = load_kitchen(session, kitchen_id)
    if kitchen is None:
        raise NotFound("kitchen", kitchen_id)
    return kitchen


def find_service(session: Session, kitchen_id: str, service_on: date, meal: Meal) -> Service:
    """The service of a kitchen, in the kitchen's zone; `NotFound` when there is no such kitchen."""
    return Service(kitchen_id, service_on, meal, find_kitchen(session, kitchen_id).zone)


def rules_of(session: Session, service: Service) -> Rules:
    """
    The rules in force for a service.

    Raises
    ------
    NotFound
        When the kitchen is unknown, or follows a programme that no revision covers on that date.
    """
    kitchen = find_kitchen(session, service.kitchen_id)
    revision, settings = load_kitchen_settings(session, service.kitchen_id)
    programme_id = str(settings.get("programme", ""))
    in_force = load_programmes(session, service.service_on).get(programme_id)
    if in_force is None:
        raise NotFound("programme", f"{programme_id} {service.service_on.isoformat()}")
    body = in_force[1] | {"revision": in_force[0]}
    return Rules(kitchen, settings, revision, read_programme(body))


def require_open_day(session: Session, service: Service) -> Rules:
    """
    The rules of a service whose date is served.

    Raises
    ------
    ServiceClosed
        When the programme has no service on the date; names the next date that has.
    """
    rules = rules_of(session, service)
    days = rules.programme.service_days()
    calendar = calendar_of(rules.programme)
    reason = days.closed_reason(service.service_on, calendar)
    if reason is not None:
        next_on = days.next_open(service.service_on, calendar)
        raise ServiceClosed(service.service_on.isoformat(), reason, next_on.isoformat() if next_on else "-")
    return rules


def cut_off_at(service: Service, programme: Programme) -> datetime:
    """The last instant at which an order of this service is in time."""
    days_ahead, at_local = programme.ordering.cut_off
    if programme.ordering.cutoff_day == "service":
        days = programme.service_days()
        calendar = calendar_of(programme)
        before_on = service.service_on - timedelta(days=1)
        while days.closed_reason(before_on, calendar) and service.service_on - before_on < timedelta(days=31):
            before_on -= timedelta(days=1)
        days_ahead = (service.service_on - before_on).days
    return order_cut_off_at(service, days_ahead=days_ahead, at_local=at_local)


@cache
def _calendar(country: str, holiday_set: Literal["statutory", "traditional"]) -> Calendar:
    return read_calendar(country, holiday_set)


def calendar_of(programme: Programme) -> Calendar:
    """The days off and make-up days that the programme goes by."""
    rule = programme.calendar
    return _calendar(rule.calendar, "traditional" if rule.holiday_set == "traditional" else "statutory")
