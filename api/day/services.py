"""Which service is meant, whether its day has one, and by which programme."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, Literal

from sqlmodel import Session

from api.in_force import not_in_force
from api.packaged import read_calendar
from orders import ordering
from orders.calendars import Calendar
from orders.enrolment import programme_on
from orders.errors import NotFound, ServiceClosed
from orders.programmes.schema import Programme, read_programme
from orders.service import Meal, Service
from orders.sites import Kitchen
from orders.store.enrolments import load_enrolments
from orders.store.programmes import load_programmes
from orders.store.sites import load_kitchen, load_kitchen_settings

FEW = 500


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
        When the kitchen is unknown.
    Conflict
        When no revision of its programme covers that date.
    """
    kitchen = find_kitchen(session, service.kitchen_id)
    revision, settings = load_kitchen_settings(session, service.kitchen_id)
    programme = _in_force(session, service.service_on, str(settings.get("programme", "")))
    return Rules(kitchen, settings, revision, programme)


def programmes_of(session: Session, service: Service, diner_ids: Collection[str]) -> dict[str, Programme]:
    """
    The programme that each of these diners eats by on the service date: the one they are enrolled in, else
    the kitchen's.

    Raises
    ------
    Conflict
        When no revision covers the date.
    """
    own = rules_of(session, service).programme
    ids = _enrolled(session, service, diner_ids)
    others = set(ids.values()) - {own.id}
    read = {name: _in_force(session, service.service_on, name) for name in sorted(others)}
    return {one: read.get(ids.get(one, ""), own) for one in diner_ids}


def out_of_force(session: Session, service: Service, diner_ids: Collection[str]) -> dict[str, str]:
    """Diners whose enrolment names a programme that no revision covers on the date, with its id."""
    known = load_programmes(session, service.service_on)
    return {one: name for one, name in _enrolled(session, service, diner_ids).items() if name not in known}


def _enrolled(session: Session, service: Service, diner_ids: Collection[str]) -> dict[str, str]:
    """The programme of those who are enrolled in one on the service date."""
    enrolled = load_enrolments(session, diner_ids if len(diner_ids) <= FEW else None)
    found = {one: programme_on(enrolled[one], service.service_on) for one in diner_ids if one in enrolled}
    return {one: name for one, name in found.items() if name is not None}


def _in_force(session: Session, day_on: date, programme_id: str) -> Programme:
    in_force = load_programmes(session, day_on).get(programme_id)
    if in_force is None:
        raise not_in_force(session, programme_id, day_on)
    return read_programme(in_force[1] | {"revision": in_force[0]})


def require_open_day(session: Session, service: Service) -> Rules:
    """
    The rules of a service whose date is served.

    Raises
    ------
    ServiceClosed
        When the programme has no service on the date; names the next date that has.
    """
    rules = rules_of(session, service)
    require_open(service, rules.programme)
    return rules


def require_open(service: Service, programme: Programme) -> None:
    """
    Refuses a date that a programme does not serve.

    Raises
    ------
    ServiceClosed
        Naming the next date that is served.
    """
    days, calendar = programme.service_days(), calendar_of(programme)
    reason = days.closed_reason(service.service_on, calendar)
    if reason is not None:
        next_on = days.next_open(service.service_on, calendar)
        raise ServiceClosed(service.service_on.isoformat(), reason, next_on.isoformat() if next_on else "-")


def is_open(service: Service, programme: Programme) -> bool:
    """Whether a programme serves the date."""
    return programme.service_days().closed_reason(service.service_on, calendar_of(programme)) is None


def cut_off_at(service: Service, programme: Programme) -> datetime:
    """The last instant at which an order of this service is in time."""
    return ordering.cut_off_at(service, programme.ordering, programme.service_days(), calendar_of(programme))


@cache
def _calendar(country: str, holiday_set: Literal["statutory", "traditional"]) -> Calendar:
    return read_calendar(country, holiday_set)


def calendar_of(programme: Programme) -> Calendar:
    """The days off and make-up days that the programme goes by."""
    rule = programme.calendar
    return _calendar(rule.calendar, "traditional" if rule.holiday_set == "traditional" else "statutory")
