"""Papers of a site and of its people: licences, certificates, grade, teaching."""

from datetime import date, datetime

from sqlmodel import Session

from api.audit import record
from api.oversight.blacklist import require_admitted
from api.oversight.sites import need_file
from api.permissions import Actor, ensure
from orders.errors import BadInput, NotFound
from orders.ids import IdSource
from orders.oversight.licences import Grade, Licence, LicenceKind, Staff, Training
from orders.oversight.site_file import Graded
from orders.store.licences import (
    end_staff,
    load_licences,
    load_staff,
    save_grade,
    save_licence,
    save_staff,
    save_training,
)


def add_person(
    session: Session,
    site_id: str,
    *,
    name: str,
    job: str,
    from_on: date,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> Staff:
    """
    Keeps a person who works with food at a site.

    Raises
    ------
    Conflict
        ``blacklisted`` when the person's name is on the blacklist on the first day.
    """
    ensure(actor, "site.edit", site_id=site_id)
    need_file(session, site_id)
    if not name.strip():
        raise BadInput("field_empty", blank="name")
    require_admitted(session, "person", name.strip(), from_on)
    person = Staff(ids.new(), name.strip(), job.strip(), from_on)
    save_staff(session, site_id, person)
    record(session, actor, "site.edit/staff", site_id, now_at, {"staff_id": person.staff_id})
    return person


def end_person(
    session: Session, site_id: str, staff_id: str, to_on: date, *, actor: Actor, now_at: datetime
) -> None:
    """
    Keeps a person's last day at a site.

    Raises
    ------
    NotFound
        When nobody of this id works there, or began later.
    """
    ensure(actor, "site.edit", site_id=site_id)
    if not end_staff(session, site_id, staff_id, to_on):
        raise NotFound("person", staff_id)
    record(session, actor, "site.edit/staff_left", site_id, now_at, {"staff_id": staff_id})


def add_licence(
    session: Session,
    site_id: str,
    kind: LicenceKind,
    *,
    number: str,
    holder: str,
    from_on: date,
    to_on: date | None,
    staff_id: str | None = None,
    replaces: str | None = None,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> str:
    """
    Keeps a licence or a certificate; a renewal is a further one, a mistyped one is replaced.

    Parameters
    ----------
    session
        Open transaction.
    site_id, kind
        Whose, and which.
    number, holder, from_on, to_on
        As printed on it; a health certificate's holder is the person.
    staff_id
        Of a health certificate, whose.
    replaces
        Row id of one that was mistyped.
    actor, now_at, ids
        Who is signed in, when, and the source of row ids.

    Returns
    -------
    str
        Its row id.

    Raises
    ------
    BadInput
        When a field is empty or its days are the wrong way round.
    NotFound
        When there is no such site, person or licence.
    """
    ensure(actor, "site.edit", site_id=site_id)
    need_file(session, site_id)
    if kind == "health":
        person = need_person(session, site_id, staff_id or "")
        holder = person.name
    elif staff_id:
        raise BadInput("licence_of_site", licence=kind)
    for name, value in (("number", number), ("holder", holder)):
        if not value.strip():
            raise BadInput("field_empty", blank=name)
    if to_on is not None and to_on < from_on:
        raise BadInput("licence_ends_first", from_on=from_on.isoformat(), to_on=to_on.isoformat())
    if replaces is not None and replaces not in load_licences(session, site_id).get(site_id, {}):
        raise NotFound("licence", replaces)
    licence_id = ids.new()
    licence = Licence(kind, number.strip(), holder.strip(), from_on, to_on, staff_id or None)
    save_licence(session, licence_id, site_id, licence, recorded_at=now_at, replaces=replaces)
    record(session, actor, "site.edit/licence", site_id, now_at, {"licence_id": licence_id, "kind": kind})
    return licence_id


def grade_site(
    session: Session,
    site_id: str,
    *,
    grade: Grade,
    graded_on: date,
    office: str,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> None:
    """Keeps a food-safety grade with its date and who graded."""
    ensure(actor, "site.inspect", site_id=site_id)
    need_file(session, site_id)
    if not office.strip():
        raise BadInput("field_empty", blank="office")
    save_grade(session, ids.new(), site_id, Graded(grade, graded_on, office.strip()), now_at)
    record(session, actor, "site.inspect/grade", site_id, now_at, {"grade": grade})


def teach(
    session: Session,
    site_id: str,
    training: Training,
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> None:
    """Keeps that a person was taught about food safety, for how long and of what."""
    ensure(actor, "site.edit", site_id=site_id)
    need_person(session, site_id, training.staff_id)
    if training.minutes < 1 or not training.topic.strip():
        raise BadInput("field_empty", blank="topic" if training.minutes >= 1 else "hours")
    save_training(session, ids.new(), site_id, training, now_at)
    record(session, actor, "site.edit/training", site_id, now_at, {"staff_id": training.staff_id})


def need_person(session: Session, site_id: str, staff_id: str) -> Staff:
    """
    A person of a site.

    Raises
    ------
    NotFound
        When nobody of this id works there.
    """
    for person in load_staff(session, site_id):
        if person.staff_id == staff_id:
            return person
    raise NotFound("person", staff_id)
