"""Blacklist: who is put on it, taken off it, and asked about when a site, operator or person applies."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlmodel import Session

from api.audit import record
from api.oversight.rules import local_day
from api.permissions import Actor, ensure
from orders.diners import Diner
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.oversight.blacklist import Shut, SubjectKind, shut_on
from orders.store.blacklist import BlacklistEntry, load_blacklist, load_entry, save_entry
from orders.store.diners import load_diners


def entry_for(
    subject_kind: SubjectKind, subject: str, from_on: date, to_on: date | None, reason: str
) -> Shut:
    """
    An entry as somebody writes it.

    Raises
    ------
    BadInput
        When subject or reason is missing, or it ends before it begins.
    """
    if not subject.strip():
        raise BadInput("blacklist_needs_a_subject")
    if not reason.strip():
        raise BadInput("reason_needed")
    if to_on is not None and to_on < from_on:
        raise BadInput("blacklist_days", from_on=from_on.isoformat(), to_on=to_on.isoformat())
    return Shut(subject_kind, subject.strip(), from_on, to_on, reason.strip())


def shut_out(
    session: Session,
    shut: Shut,
    flag_id: str | None = None,
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> BlacklistEntry:
    """Puts a site, an operator or a person on the blacklist."""
    ensure(actor, "blacklist.edit")
    entry = BlacklistEntry(ids.new(), shut, actor.user_id, actor.name, now_at, flag_id)
    save_entry(session, entry)
    record(session, actor, "blacklist.edit", entry.entry_id, now_at, {"kind": shut.subject_kind})
    return entry


def let_in(
    session: Session, entry_id: str, reason: str, *, actor: Actor, now_at: datetime, ids: IdSource
) -> BlacklistEntry:
    """
    Ends an entry with yesterday, or with its first day where it began later; both entries stay on record.

    Raises
    ------
    NotFound
        When there is no such entry.
    Conflict
        When it has ended already.
    """
    ensure(actor, "blacklist.edit")
    if not reason.strip():
        raise BadInput("reason_needed")
    entry = load_entry(session, entry_id)
    if entry is None:
        raise NotFound("blacklist_entry", entry_id)
    today_on = local_day(session, now_at)
    if entry.shut.to_on is not None and entry.shut.to_on < today_on:
        raise Conflict("blacklist_ended", to_on=entry.shut.to_on.isoformat())
    last_on = max(entry.shut.from_on, today_on - timedelta(days=1))
    shut = Shut(entry.shut.subject_kind, entry.shut.subject, entry.shut.from_on, last_on, reason.strip())
    ended = BlacklistEntry(ids.new(), shut, actor.user_id, actor.name, now_at, entry.flag_id, entry.entry_id)
    save_entry(session, ended)
    record(session, actor, "blacklist.edit/end", entry_id, now_at)
    return ended


def person_shut(session: Session, diner: Diner, day_on: date) -> Shut | None:
    """What shuts a diner out on a day, entered by code or row id; it withholds no meal: no plan does."""
    entries = [entry.shut for ref in (diner.code, diner.diner_id) for entry in load_blacklist(session, ref)]
    found = (shut_on(entries, "person", ref, day_on) for ref in (diner.code, diner.diner_id))
    return next((shut for shut in found if shut is not None), None)


def persons_shut(session: Session, diner_ids: Collection[str], day_on: date) -> set[str]:
    """Which of these diners are on the blacklist on a day; their row ids."""
    entries = [entry.shut for entry in load_blacklist(session) if entry.shut.subject_kind == "person"]
    subjects = {shut.subject for shut in entries if shut.holds_on(day_on)}
    if not subjects:
        return set()
    diners = load_diners(session, ids=diner_ids)
    return {diner_id for diner_id, diner in diners.items() if {diner_id, diner.code} & subjects}


def require_person_admitted(session: Session, diner: Diner, day_on: date) -> None:
    """
    Refuses a diner on the blacklist who applies for a programme.

    Raises
    ------
    Conflict
        With code ``blacklisted``, naming until when and why.
    """
    shut = person_shut(session, diner, day_on)
    if shut is not None:
        raise _blacklisted(diner.code, shut)


def require_admitted(session: Session, subject_kind: SubjectKind, subject: str, day_on: date) -> None:
    """
    Refuses a site, operator or person that is on the blacklist on this day: asked when one applies.

    Raises
    ------
    Conflict
        With code ``blacklisted``, naming until when and why.
    """
    entries = [entry.shut for entry in load_blacklist(session, subject)]
    shut = shut_on(entries, subject_kind, subject, day_on)
    if shut is not None:
        raise _blacklisted(subject, shut)


def _blacklisted(subject: str, shut: Shut) -> Conflict:
    until = shut.to_on.isoformat() if shut.to_on else "-"
    return Conflict("blacklisted", subject=subject, until_on=until, why=shut.reason)
