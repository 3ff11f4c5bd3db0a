"""Registration online: anybody may apply, staff of the site decide."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlmodel import Session

from api.audit import record
from api.permissions import Actor, ensure
from api.register.family import NewBinding, bind
from api.register.people import NewDiner, Person, register_person
from api.register.scope import ensure_site, sites_of_actor, today_at_site
from api.register.secret import PeopleKeys
from orders.bindings import Consent, Relation
from orders.credentials import phone_number
from orders.errors import BadInput, Conflict, NotFound
from orders.identity import read_id_number
from orders.ids import IdSource
from orders.store.applications import (
    ApplicationRow,
    application_open,
    count_open_applications,
    decide_application,
    load_application,
    open_applications,
    save_application,
)
from orders.store.sites import canteen_names

MOST_OPEN = 2000
LONGEST = {"name": 60, "address": 200, "note": 500, "applicant": 60, "hukou": 40, "residence": 40}
APPLICANT = Actor("applicant", "applicant", "diner")


@dataclass(frozen=True, slots=True)
class Application:
    """
    What somebody says who registers online.

    Parameters
    ----------
    name, id_number, phone
        Of the person who will eat; the telephone may be the family's.
    site_id
        The canteen nearby.
    delivery
        Eating there, or asking for meals to be brought home.
    hukou, residence, address
        As said; staff compare them with the papers.
    applicant, relation
        Who fills in the form: the person, family, or an agent; family give their own name.
    note
        What staff should know, allergies above all.
    consent
        Whether keeping these data was agreed to.
    """

    name: str
    site_id: str
    id_number: str = field(repr=False)
    phone: str
    delivery: Literal["dine_in", "volunteer"] = "dine_in"
    hukou: str = ""
    residence: str = ""
    address: str = ""
    applicant: str = ""
    relation: Relation = "self"
    note: str = ""
    consent: bool = False


@dataclass(frozen=True, slots=True)
class Approval:
    """
    What staff add when they approve.

    Parameters
    ----------
    hukou, residence
        As the papers say.
    delivery
        As approved.
    evidence, approved_by
        The papers seen, and who approved.
    programme_id
        Enrolled from today; empty follows the kitchen's own.
    diets, allergens
        What the note says, as codes.
    login
        For the applicant's own ordering page; empty gives none.
    consent_how
        How the elder agreed that the applicant acts for them.
    """

    hukou: str = ""
    residence: str = ""
    delivery: Literal["dine_in", "volunteer"] = "dine_in"
    evidence: str = ""
    approved_by: str = ""
    programme_id: str = ""
    diets: frozenset[str] = frozenset()
    allergens: frozenset[str] = frozenset()
    login: str = ""
    consent_how: Consent = "in_person"


def apply_online(
    session: Session, now_at: datetime, ids: IdSource, keys: PeopleKeys, said: Application
) -> str:
    """
    Keeps an application until staff decide; the answer does not tell whether the person is known here.

    Returns
    -------
    str
        Its row id, the same one to ask about at the site.

    Raises
    ------
    BadInput
        When a field is missing, too long or cannot be, or consent is not given.
    Conflict
        ``application_waits`` when one for this person waits, ``applications_full`` when too many do.
    """
    if said.site_id not in canteen_names(session):
        raise NotFound("site", said.site_id)
    read = read_id_number(said.id_number, today_at_site(session, said.site_id, now_at))
    _require_sayable(said)
    digest = read.digest(keys.identity)
    if application_open(session, digest):
        raise Conflict("application_waits")
    if count_open_applications(session) >= MOST_OPEN:
        raise Conflict("applications_full")
    row = ApplicationRow(
        application_id=ids.new(),
        site_id=said.site_id,
        name=said.name.strip(),
        born_on=read.born_on,
        digest=digest,
        last_four=read.last_four,
        open_digest=digest,
        said=_said(said, read.sex),
        submitted_at=now_at,
    )
    save_application(session, row)
    record(session, APPLICANT, "self/apply", row.application_id, now_at, {"site": said.site_id})
    return row.application_id


def waiting(session: Session, actor: Actor) -> list[ApplicationRow]:
    """Applications at the actor's sites that wait for a decision, the oldest first."""
    ensure(actor, "people.register")
    return open_applications(session, list(sites_of_actor(session, actor)))


def find_application(session: Session, actor: Actor, application_id: str) -> ApplicationRow:
    """
    An application at one of the actor's sites, decided or not.

    Raises
    ------
    NotFound
        When there is none.
    """
    row = load_application(session, application_id)
    if row is None:
        raise NotFound("application", application_id)
    ensure_site(session, actor, "people.register", row.site_id)
    return row


def approve_application(
    session: Session, actor: Actor, now_at: datetime, ids: IdSource, application_id: str, approval: Approval
) -> str:
    """
    Registers the person of an application; gives the diner's row id.

    Raises
    ------
    Conflict
        ``application_decided``, or what `register_diner` refuses: then the application still waits.
    """
    row = _open(session, actor, application_id)
    said = row.said
    new = NewDiner(
        name=row.name,
        site_id=row.site_id,
        delivery=approval.delivery,
        phone=str(said["phone"]),
        address=str(said["address"]),
        hukou=approval.hukou,
        residence=approval.residence,
        programme_id=approval.programme_id,
        diets=approval.diets,
        allergens=approval.allergens,
        evidence=approval.evidence,
        approved_by=approval.approved_by,
    )
    person = Person(row.digest, row.last_four, row.born_on, str(said["sex"]))
    diner = register_person(session, actor, now_at, ids, new, person)
    if approval.login.strip():
        name = str(said["applicant"]) or row.name
        binding = NewBinding(approval.login, said["relation"], approval.consent_how, name)
        bind(session, actor, now_at, ids, diner.diner_id, binding)
    _decide(session, actor, now_at, application_id, "approved", diner_id=diner.diner_id)
    return diner.diner_id


def refuse_application(
    session: Session, actor: Actor, now_at: datetime, application_id: str, reason: str
) -> None:
    """
    Refuses an application, with a reason that the applicant is told.

    Raises
    ------
    BadInput
        ``reason_missing``.
    Conflict
        ``application_decided``.
    """
    _open(session, actor, application_id)
    if not reason.strip():
        raise BadInput("reason_missing")
    _decide(session, actor, now_at, application_id, "refused", reason=reason.strip())


def _require_sayable(said: Application) -> None:
    if not said.consent:
        raise BadInput("consent_missing")
    if not said.name.strip():
        raise BadInput("name_missing")
    for name, longest in LONGEST.items():
        if len(getattr(said, name)) > longest:
            raise BadInput("text_too_long", field=name, longest=longest)
    phone_number(said.phone)


def _said(said: Application, sex: str) -> dict[str, Any]:
    return {
        "phone": phone_number(said.phone),
        "sex": sex,
        "delivery": said.delivery,
        "hukou": said.hukou.strip(),
        "residence": said.residence.strip(),
        "address": said.address.strip(),
        "applicant": said.applicant.strip(),
        "relation": said.relation,
        "note": said.note.strip(),
    }


def _open(session: Session, actor: Actor, application_id: str) -> ApplicationRow:
    row = find_application(session, actor, application_id)
    if row.state != "open":
        raise Conflict("application_decided")
    return row


def _decide(
    session: Session,
    actor: Actor,
    now_at: datetime,
    application_id: str,
    state: str,
    *,
    reason: str = "",
    diner_id: str | None = None,
) -> None:
    by = actor.user_id
    if not decide_application(
        session,
        application_id,
        state=state,
        decided_at=now_at,
        decided_by=by,
        reason=reason,
        diner_id=diner_id,
    ):
        raise Conflict("application_decided")
    record(session, actor, f"people.register/{state}", application_id, now_at)
