"""A death stops everything; a stay in an institution stops the meals of its days."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlmodel import Session

from api.audit import record
from api.db import hold
from api.ordering.amend import cancel, what_if_cancelled
from api.ordering.record import Acting
from api.people import OPERATOR
from api.permissions import Actor
from orders.ids import IdSource
from orders.service import parse_service
from orders.store.bindings import end_binding, load_bindings
from orders.store.credentials import load_credentials, revoke_credential
from orders.store.enrolments import change_enrolment, load_enrolments
from orders.store.orders import orders_of_diner
from orders.store.sites import load_kitchens
from orders.store.standing import load_standing, save_standing

AHEAD = timedelta(days=60)


def cancel_meals(
    session: Session,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    diner_id: str,
    *,
    from_on: date,
    to_on: date | None,
    reason: str,
) -> None:
    """
    Cancels the orders of some days that can still be cancelled in time; the others stay for a person.

    The house itself cancels, since a bureau's clerk may record the reason and not touch orders.

    Parameters
    ----------
    session
        Open transaction.
    actor, now_at, ids
        Who recorded the reason, when, with which row ids.
    diner_id
        Whose orders.
    from_on, to_on
        First and last day; None is as far ahead as anybody orders.
    reason
        The fact that stops the meals.
    """
    zones = {kitchen.kitchen_id: kitchen.zone for kitchen in load_kitchens(session)}
    acting = Acting(OPERATOR, now_at, ids, reason=reason)
    last_on = to_on or max(from_on, now_at.date()) + AHEAD
    gone, left = 0, 0
    for key, order in orders_of_diner(session, diner_id, from_on, last_on, ("placed", "waiting")):
        service = parse_service(key, zones[key.partition("/")[0]])
        hold(session, service.key)
        found = what_if_cancelled(session, service, order.order_id, acting)
        if found.ending == "cancelled_before_cutoff":
            cancel(session, service, order.order_id, acting, shown_fen=found.quote.diner_fen)
            gone += 1
        else:
            left += 1
    if gone or left:
        counts = {"cancelled": gone, "left": left, "reason": reason}
        record(session, actor, "people.fact/cancel", diner_id, now_at, counts)


def stop_everything(
    session: Session, actor: Actor, now_at: datetime, ids: IdSource, diner_id: str, died_on: date
) -> None:
    """
    Ends what a diner had, with the day of death; rows stay, and what was served before is settled.

    Parameters
    ----------
    session
        Open transaction.
    actor, now_at, ids
        Who recorded the death, when, with which row ids.
    diner_id, died_on
        Who died, on which day.
    """
    after_on = died_on + timedelta(days=1)
    cancel_meals(session, actor, now_at, ids, diner_id, from_on=after_on, to_on=None, reason="died")
    counts = {
        "cards": sum(
            revoke_credential(session, one.credential_id, now_at, "died")
            for one in load_credentials(session, [diner_id], good_only=True)
        ),
        "enrolments": _end_enrolments(session, diner_id, died_on),
        "standing": _end_standing(session, diner_id, died_on),
        "bindings": sum(
            end_binding(session, one.binding_id, max(one.from_on, died_on))
            for one in load_bindings(session, diner_id=diner_id)
        ),
    }
    record(session, actor, "people.fact/stop", diner_id, now_at, counts)


def _end_enrolments(session: Session, diner_id: str, died_on: date) -> int:
    ended = 0
    for one in load_enrolments(session, [diner_id]).get(diner_id, ()):
        if one.state == "withdrawn" or (one.to_on is not None and one.to_on <= died_on):
            continue
        never = one.from_on is not None and one.from_on > died_on
        change_enrolment(session, replace(one, state="withdrawn") if never else replace(one, to_on=died_on))
        ended += 1
    return ended


def _end_standing(session: Session, diner_id: str, died_on: date) -> int:
    ended = 0
    for one in load_standing(session, [diner_id]).get(diner_id, ()):
        if one.to_on is not None and one.to_on <= died_on:
            continue
        never = one.from_on is not None and one.from_on > died_on
        save_standing(session, one if never else replace(one, to_on=died_on), ended=never)
        ended += 1
    return ended
