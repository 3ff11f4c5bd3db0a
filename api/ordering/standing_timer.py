"""Standing orders become orders an hour before the cut-off, without anybody remembering."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlmodel import Session

from api.day.services import cut_off_at, is_open, rules_of
from api.db import hold
from api.jobs import Handler
from api.ordering.record import Acting
from api.ordering.standing import place_standing
from api.ordering.views import local_day
from api.people import OPERATOR
from api.store.jobs import Job, save_job
from orders.errors import MealError
from orders.ids import IdSource
from orders.service import Service, parse_service
from orders.store.menus import load_menus
from orders.store.services import load_close
from orders.store.sites import load_kitchen, load_kitchens

LOOK_AHEAD = "standing_ahead"
PLACE = "standing_place"
AHEAD_DAYS = 8
BEFORE_CUT_OFF = timedelta(minutes=60)
EVERY = timedelta(hours=1)


def standing_timers(ids: IdSource) -> Mapping[str, Handler]:
    """
    The handlers of both timers: looking for services ahead, and placing one service's standing orders.

    Parameters
    ----------
    ids
        Source of the rows' ids.
    """

    def look(session: Session, job: Job, now_at: datetime) -> None:
        ask_for_standing(session, now_at, ids)

    def put(session: Session, job: Job, now_at: datetime) -> None:
        service = _service(session, job.ref)
        hold(session, service.key)
        limit_at = cut_off_at(service, rules_of(session, service).programme)
        if now_at <= limit_at and load_close(session, service) is None:
            place_standing(session, service, Acting(OPERATOR, now_at, ids))

    return {LOOK_AHEAD: look, PLACE: put}


def ask_for_standing(session: Session, now_at: datetime, ids: IdSource) -> None:
    """Keeps a timer for each service ahead before its cut-off, and one to look again in an hour."""
    for service in _services_ahead(session, now_at):
        limit_at = cut_off_at(service, rules_of(session, service).programme)
        if now_at <= limit_at:
            due_at = limit_at - BEFORE_CUT_OFF
            save_job(session, Job(ids.new(), PLACE, service.key, {}, due_at, 0))
    next_at = (now_at + EVERY).replace(minute=0, second=0, microsecond=0)
    save_job(session, Job(ids.new(), LOOK_AHEAD, next_at.isoformat(), {}, next_at, 0))


def _services_ahead(session: Session, now_at: datetime) -> list[Service]:
    found = []
    for kitchen in load_kitchens(session):
        today_on = local_day(kitchen, now_at)
        last_on = today_on + timedelta(days=AHEAD_DAYS)
        menus = load_menus(session, kitchen.kitchen_id, today_on, last_on, kitchen.zone)
        found += [menu.service for menu in menus if _is_served(session, menu.service)]
    return found


def _is_served(session: Session, service: Service) -> bool:
    try:
        return is_open(service, rules_of(session, service).programme)
    except MealError:  # no programme in force on the date: the desk and the close say so
        return False


def _service(session: Session, key: str) -> Service:
    service = parse_service(key)
    kitchen = load_kitchen(session, service.kitchen_id)
    return parse_service(key, kitchen.zone) if kitchen else service
