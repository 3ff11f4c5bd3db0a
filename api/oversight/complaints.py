"""Complaints: taken with a due date, looked into, assigned, solved, answered for; and their rates."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from api.audit import record
from api.db import hold
from api.freezing import Freeze, freeze_meals, hold_floor
from api.oversight.rules import local_day, oversight_rules
from api.permissions import Actor, ensure
from kitchen.store.samples import frozen_by
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.oversight.complaints import (
    Complaint,
    ComplaintRates,
    Step,
    StepKind,
    due_on,
    is_late,
    rates,
    require_step,
)
from orders.service import MEALS, Service
from orders.store.complaints import (
    KeptComplaint,
    complaint_of_ref,
    load_complaints,
    next_complaint_code,
    save_complaint,
    save_step,
)
from orders.store.sites import kitchen_of_site, load_kitchens


@dataclass(frozen=True, slots=True)
class NewComplaint:
    """
    A complaint as it comes.

    Parameters
    ----------
    kind, text
        One of the configured kinds; in the person's words.
    channel
        One of the configured ways.
    external_ref
        The channel's own number; sent twice it is one complaint.
    site_id, place, contact
        Which site, where the person lives, how to reach the person; empty when not said.
    received_on
        When it came, None is today.
    eaten_on, meal
        Which day's which meal it is about; None and empty when not said.
    """

    kind: str
    text: str
    channel: str
    external_ref: str = ""
    site_id: str = ""
    place: str = ""
    contact: str = ""
    received_on: date | None = None
    eaten_on: date | None = None
    meal: str = ""


def take_complaint(
    session: Session, new: NewComplaint, *, actor: Actor, now_at: datetime, ids: IdSource
) -> KeptComplaint:
    """
    Keeps a complaint with its due date; one that the channel sent before is given back as it stands.

    One of a kind that freezes samples freezes those of its meal, of the site's kitchen or of all.

    Raises
    ------
    BadInput
        When kind, channel or meal is not configured, the text is missing, or it is of a day after today.
    NotFound
        When the site is unknown.
    """
    ensure(actor, "complaint.take", site_id=new.site_id or None)
    hold(session, "oversight/complaints")
    if new.external_ref:
        known = complaint_of_ref(session, new.channel, new.external_ref)
        if known is not None:
            return find_complaint(session, known)
    complaint, freezes = _complaint(session, new, now_at)
    code = next_complaint_code(session)
    kept = KeptComplaint(ids.new(), code, complaint, new.contact.strip(), new.external_ref or None)
    save_complaint(session, kept, actor.user_id, now_at)
    record(session, actor, "complaint.take", code, now_at, {"kind": new.kind, "channel": new.channel})
    if freezes:
        _freeze(session, kept, actor, now_at)
    return kept


def _complaint(session: Session, new: NewComplaint, now_at: datetime) -> tuple[Complaint, bool]:
    """The complaint as it is to be kept, and whether its kind freezes samples."""
    rules = oversight_rules(session)
    kind = rules.complaints.get(new.kind)
    if kind is None:
        raise BadInput("complaint_kind_unknown", kind=new.kind)
    if new.channel not in rules.channels:
        raise BadInput("complaint_channel_unknown", channel=new.channel)
    if not new.text.strip():
        raise BadInput("complaint_text_needed")
    if new.meal and new.meal not in MEALS:
        raise BadInput("not_understood", where="meal", what=new.meal[:40])
    if new.site_id and kitchen_of_site(session, new.site_id) is None:
        raise NotFound("site", new.site_id)
    today_on = local_day(session, now_at)
    received_on = new.received_on or today_on
    if received_on > today_on:
        raise BadInput("complaint_from_tomorrow", received_on=received_on.isoformat())
    if new.eaten_on is not None and new.eaten_on > today_on:
        raise BadInput("complaint_eaten_tomorrow", eaten_on=new.eaten_on.isoformat())
    complaint = Complaint(
        new.kind,
        new.text.strip(),
        new.channel,
        new.site_id,
        new.place.strip(),
        received_on,
        due_on(received_on, kind.days),
        new.eaten_on,
        new.meal,
    )
    return complaint, kind.freezes_samples


def _freeze(session: Session, kept: KeptComplaint, actor: Actor, now_at: datetime) -> None:
    """Freezes what is left of the meal that a complaint is about; not said, of every meal."""
    one = kept.complaint
    own = kitchen_of_site(session, one.site_id) if one.site_id else None
    kitchen_ids = [own] if own else [kitchen.kitchen_id for kitchen in load_kitchens(session)]
    hold_floor(session, kitchen_ids)
    eaten_on = one.eaten_on.isoformat() if one.eaten_on else ""
    for kitchen_id in kitchen_ids:
        freeze_meals(session, kitchen_id, Freeze("complaint", kept.code, actor, now_at), eaten_on, one.meal)


def freezing_complaints(session: Session, service: Service) -> list[KeptComplaint]:
    """
    Complaints that are not closed, of a kind that freezes samples, about the food of a service.

    One that names no day is about every meal up to the day on which it came.
    """
    kinds = oversight_rules(session).complaints
    found = []
    for kept in load_complaints(session, service.service_on):
        one = kept.complaint
        kind = kinds.get(one.kind)
        own = kitchen_of_site(session, one.site_id) if one.site_id else None
        freezes = kind is not None and kind.freezes_samples and kept.progress.state != "closed"
        here = own in (None, service.kitchen_id) and one.meal in ("", service.meal)
        if freezes and here and one.eaten_on in (None, service.service_on):
            found.append(kept)
    return found


def take_step(
    session: Session, code: str, kind: StepKind, note: str, to: str = "", *, actor: Actor, now_at: datetime
) -> KeptComplaint:
    """
    Notes what was done about a complaint.

    Parameters
    ----------
    session
        Open transaction.
    code
        The complaint's number.
    kind
        Verified, unfounded, assigned, solved, reopened, satisfied or unsatisfied.
    note
        What was found or done; needed but for the person's own answer.
    to
        Who it is assigned to.
    actor, now_at
        Who, when.

    Raises
    ------
    NotFound
        When there is no such complaint.
    Conflict
        When its state does not allow the step, or its kind is to be looked into first.
    BadInput
        When the note, or who it is assigned to, is missing.
    """
    ensure(actor, "complaint.work")
    kept = find_complaint(session, code)
    require_step(kept.progress, kind)
    if kind in ("assigned", "solved") and kept.progress.verified is None and _verified_first(session, kept):
        raise Conflict("complaint_verify_first")
    if kind == "assigned" and not to.strip():
        raise BadInput("complaint_assigned_to_nobody")
    if kind in ("verified", "unfounded", "solved", "reopened") and not note.strip():
        raise BadInput("reason_needed")
    assigned_to = to.strip() if kind == "assigned" else ""
    step = Step(kind, note.strip(), assigned_to, actor.name, now_at, local_day(session, now_at))
    save_step(session, kept.complaint_id, len(kept.steps) + 1, step)
    record(session, actor, f"complaint.work/{kind}", code, now_at)
    return find_complaint(session, code)


def find_complaint(session: Session, code: str) -> KeptComplaint:
    """
    The complaint of this number.

    Raises
    ------
    NotFound
        When there is none.
    """
    found = load_complaints(session, code=code)
    if not found:
        raise NotFound("complaint", code)
    return found[0]


def samples_frozen(session: Session, every: Iterable[KeptComplaint]) -> dict[str, list[str]]:
    """Samples that complaints froze, by the number of the complaint."""
    return frozen_by(session, "complaint", [one.code for one in every])


def complaints_of_days(
    session: Session, from_on: date | None, to_on: date | None, *, actor: Actor, now_at: datetime
) -> tuple[list[KeptComplaint], ComplaintRates]:
    """
    Complaints received on these days and their rates.

    Parameters
    ----------
    session
        Open transaction.
    from_on, to_on
        Both included; None is open.
    actor, now_at
        Who asks, when: what is late is so by now.

    Returns
    -------
    tuple[list[KeptComplaint], ComplaintRates]
        Late ones first, then by due date; the closed last.
    """
    ensure(actor, "oversight.read")
    today_on = local_day(session, now_at)
    every = load_complaints(session, from_on, to_on)

    def place(one: KeptComplaint) -> tuple[bool, bool, date, str]:
        now = one.progress
        pending = now.state in ("open", "assigned")
        return (not pending, not is_late(one.complaint, now, today_on), one.complaint.due_on, one.code)

    return sorted(every, key=place), rates([(one.complaint, one.progress) for one in every], today_on)


def _verified_first(session: Session, kept: KeptComplaint) -> bool:
    kind = oversight_rules(session).complaints.get(kept.complaint.kind)
    return kind is not None and kind.verify
