"""Enrolling in a programme: one per person and day; an imported overlap waits for a person's decision."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Literal

from sqlmodel import Session

from api.audit import record
from api.in_force import not_in_force
from api.oversight.blacklist import require_person_admitted
from api.permissions import Actor
from api.register.scope import diner_for, hold_people, today_at_site
from orders.enrolment import Enrolment, overlapping, require_free
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.programmes.schema import read_programme
from orders.store.enrolments import (
    change_enrolment,
    load_enrolment,
    load_enrolments,
    save_enrolment,
)
from orders.store.programmes import load_programmes
from orders.store.sites import kitchen_of_site, load_kitchen_settings


def enrol(
    session: Session,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    diner_id: str,
    programme_id: str,
    *,
    from_on: date | None = None,
    to_on: date | None = None,
    evidence: str = "",
    approved_by: str = "",
) -> Enrolment:
    """
    Enrols a diner in a programme for some days.

    Raises
    ------
    NotFound
        When no revision of the programme is in force on the first day.
    Conflict
        ``enrolled_elsewhere`` when another enrolment shares a day, ``blacklisted``, ``diner_died``.
    """
    diner = diner_for(session, actor, "people.enrol", diner_id, now_at)
    if diner.died_on is not None:
        raise Conflict("diner_died", diner=diner.code)
    if from_on and to_on and to_on < from_on:
        raise BadInput("days_backwards", from_on=from_on.isoformat(), to_on=to_on.isoformat())
    first_on = from_on or now_at.date()
    if programme_id not in load_programmes(session, first_on):
        raise not_in_force(session, programme_id, first_on)
    require_person_admitted(session, diner, today_at_site(session, diner.site_id, now_at))
    hold_people(session, diner_id)
    new = Enrolment(ids.new(), diner_id, programme_id, from_on, to_on)
    require_free(load_enrolments(session, [diner_id]).get(diner_id, ()), new)
    save_enrolment(
        session, new, recorded_at=now_at, evidence=evidence.strip(), approved_by=approved_by.strip()
    )
    _note(session, actor, now_at, "add", new)
    return new


def end_enrolment(
    session: Session, actor: Actor, now_at: datetime, enrolment_id: str, to_on: date
) -> Enrolment:
    """Sets the last day of an enrolment; before its first day withdraws it."""
    old = _active(session, actor, now_at, enrolment_id)
    if old.to_on is not None and old.to_on < to_on:
        raise Conflict("enrolment_ended", to_on=old.to_on.isoformat())
    never = old.from_on is not None and to_on < old.from_on
    new = replace(old, state="withdrawn") if never else replace(old, to_on=to_on)
    change_enrolment(session, new)
    _note(session, actor, now_at, "end", new)
    return new


def settle_overlap(
    session: Session, actor: Actor, now_at: datetime, enrolment_id: str, keep: Literal["old", "new"]
) -> Enrolment:
    """
    Decides an imported enrolment that overlaps: the new one from its first day, or the old ones as they are.

    Raises
    ------
    Conflict
        ``overlap_settled`` when somebody decided before.
    """
    new = load_enrolment(session, enrolment_id)
    if new is None:
        raise NotFound("enrolment", enrolment_id)
    diner_for(session, actor, "people.enrol", new.diner_id, now_at)
    if new.state != "disputed":
        raise Conflict("overlap_settled")
    hold_people(session, new.diner_id)
    if keep == "new":
        _give_way(session, actor, now_at, new)
    settled = replace(new, state="active" if keep == "new" else "withdrawn")
    change_enrolment(session, settled)
    _note(session, actor, now_at, f"overlap/{keep}", settled)
    return settled


def registration_rules(session: Session, site_id: str, programme_id: str, day_on: date) -> tuple[str, ...]:
    """The documents that registering needs: by the programme named, else by the kitchen's own."""
    if not programme_id:
        kitchen_id = kitchen_of_site(session, site_id)
        programme_id = str(load_kitchen_settings(session, kitchen_id or "")[1].get("programme", ""))
    in_force = load_programmes(session, day_on).get(programme_id)
    if in_force is None:
        return ()
    return read_programme(in_force[1] | {"revision": in_force[0]}).registration.documents


def _active(session: Session, actor: Actor, now_at: datetime, enrolment_id: str) -> Enrolment:
    enrolment = load_enrolment(session, enrolment_id)
    if enrolment is None:
        raise NotFound("enrolment", enrolment_id)
    diner_for(session, actor, "people.enrol", enrolment.diner_id, now_at)
    if enrolment.state != "active":
        raise Conflict("enrolment_not_active")
    return enrolment


def _give_way(session: Session, actor: Actor, now_at: datetime, new: Enrolment) -> None:
    """Ends active enrolments that overlap the day before the new one; one without an earlier day goes."""
    while (old := overlapping(load_enrolments(session, [new.diner_id])[new.diner_id], new)) is not None:
        earlier = new.from_on is not None and (old.from_on is None or old.from_on < new.from_on)
        ended = (
            replace(old, to_on=new.from_on - timedelta(days=1))
            if earlier and new.from_on
            else replace(old, state="withdrawn")
        )
        change_enrolment(session, ended)
        _note(session, actor, now_at, "end", ended)


def _note(session: Session, actor: Actor, now_at: datetime, what: str, enrolment: Enrolment) -> None:
    detail = {"enrolment": enrolment.enrolment_id, "programme": enrolment.programme_id}
    record(session, actor, f"people.enrol/{what}", enrolment.diner_id, now_at, detail)
