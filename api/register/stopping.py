"""A death stops everything: cards, enrolments, standing orders and family's leave to act."""

from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session

from api.audit import record
from api.permissions import Actor
from orders.store.bindings import end_binding, load_bindings
from orders.store.credentials import load_credentials, revoke_credential
from orders.store.enrolments import change_enrolment, load_enrolments
from orders.store.standing import load_standing, save_standing


def stop_everything(session: Session, actor: Actor, now_at: datetime, diner_id: str, died_on: date) -> None:
    """
    Ends what a diner had, with the day of death; rows stay, and what was served before is settled.

    Orders of later days are refused or cancelled by whoever reads `Diner.stopped_by`.

    Parameters
    ----------
    session
        Open transaction.
    actor, now_at
        Who recorded the death, when.
    diner_id, died_on
        Who died, on which day.
    """
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
