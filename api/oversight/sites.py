"""Acts on a site, from its application to its exit: each by a named person, refused with all that lacks."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime

from sqlmodel import Session

from api.audit import record
from api.oversight.blacklist import require_admitted
from api.oversight.rules import local_day
from api.oversight.site_defaults import Ruled, rules_of
from api.permissions import Actor, ensure
from orders.codes import Coded
from orders.errors import BadInput, NotFound
from orders.ids import IdSource
from orders.oversight.checklists import checklist, open_items, passes
from orders.oversight.inspections import overdue_on
from orders.oversight.licences import licence_lacks
from orders.oversight.life_cycle import (
    CHOSEN,
    DATED,
    Document,
    Grounds,
    SiteAct,
    SiteEvent,
    Standing,
    admit,
    standing_on,
    standings,
)
from orders.oversight.site_file import SiteFile
from orders.oversight.site_rules import in_area
from orders.oversight.siting import Located, SiteMeasures, check_quota, check_site
from orders.oversight.supply import licences_wanted, supply_lacks
from orders.store.inspections import load_shortcomings
from orders.store.licences import load_licences, load_staff
from orders.store.site_register import (
    load_site_events,
    load_site_file,
    load_site_files,
    save_site_event,
    save_site_file,
)
from orders.store.supply import load_supplies

LOCK = "site-register"


@dataclass(frozen=True, slots=True)
class Asked:
    """
    What a person says when acting on a site.

    Parameters
    ----------
    by
        The person's name.
    happened_on
        When it was done.
    effect_on
        From which day it holds, None from that very day.
    until_on, grounds, reason, contact, address, documents
        As of a `SiteEvent`.
    answers
        Of an assessment: item of the checklist to ``"yes"`` or ``"no"``.
    """

    by: str
    happened_on: date
    effect_on: date | None = None
    until_on: date | None = None
    grounds: Grounds = "planned"
    reason: str = ""
    contact: str = ""
    address: str = ""
    documents: tuple[Document, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)


def apply_site(
    session: Session, file: SiteFile, asked: Asked, *, actor: Actor, now_at: datetime, ids: IdSource
) -> Standing:
    """
    Files a site that applies, or one that left and applies again.

    Raises
    ------
    NotFound
        When its programme is not in force.
    SiteActLacking
        With every field that is empty, and when it lies outside the programme's area.
    Conflict
        When it is on file already, or site, operator or the person responsible are on the blacklist.
    """
    ensure(actor, "site.edit", site_id=file.site_id)
    require_admitted(session, "site", file.site_id, asked.happened_on)
    require_admitted(session, "operator", file.operator, asked.happened_on)
    require_admitted(session, "person", file.contact, asked.happened_on)
    _require_past(session, asked, now_at)
    known = load_site_file(session, file.site_id)
    rules = rules_of(session, file.programme_id, asked.happened_on)
    lacks = [
        Coded("lacks_field", {"blank": name})
        for name in ("site_id", "name", "address", "district", "operator", "contact", "phone")
        if not str(getattr(file, name)).strip()
    ]
    if not in_area(rules.rules, file.district, file.street):
        lacks.append(Coded("outside_area", {"district": file.district}))
    before = load_site_events(session, [file.site_id]).get(file.site_id, ())
    event = _event("apply", asked)
    admit(file.site_id, event, before, rules.rules, found=lacks)
    if known is not None and known.measures and file.measures == SiteMeasures():
        file = replace(file, measures=known.measures)
    save_site_file(session, file)
    return _keep(session, file.site_id, event, asked, before, actor=actor, now_at=now_at, ids=ids)


def act_on_site(
    session: Session,
    site_id: str,
    act: SiteAct,
    asked: Asked,
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> Standing:
    """
    Does the next thing on a site that is on file.

    Parameters
    ----------
    session
        Open transaction, begun with ``LOCK`` so that a quota is counted once.
    site_id
        Its code.
    act
        What is done; an application is `apply_site`.
    asked
        By whom, when, with which papers.
    actor, now_at, ids
        Who is signed in, when, and the source of row ids.

    Returns
    -------
    Standing
        The state that the act leads to, with its first day.

    Raises
    ------
    NotFound
        When there is no such file.
    Conflict
        When the state does not allow it, or, as `SiteActLacking`, with every lack.
    """
    ensure(actor, "site.edit", site_id=site_id)
    file = need_file(session, site_id)
    if act == "apply":
        return apply_site(session, file, asked, actor=actor, now_at=now_at, ids=ids)
    _require_past(session, asked, now_at)
    rules = rules_of(session, file.programme_id, asked.happened_on)
    before = load_site_events(session, [site_id]).get(site_id, ())
    event = _event(act, asked)
    if act == "assess":
        event = replace(event, passed=passes(asked.answers, check_site(rules.rules, file.measures)))
    found = _found(session, file, event, asked, rules)
    admit(site_id, event, before, rules.rules, found=found)
    if act == "open":
        _move_in(session, file, before)
    return _keep(session, site_id, event, asked, before, actor=actor, now_at=now_at, ids=ids)


def measure_site(
    session: Session, site_id: str, measures: SiteMeasures, *, actor: Actor, now_at: datetime
) -> SiteFile:
    """Keeps what was measured of a site; what is None stays as it was."""
    ensure(actor, "site.edit", site_id=site_id)
    file = need_file(session, site_id)
    told = {name: value for name, value in asdict(measures).items() if value is not None}
    changed = replace(file, measures=replace(file.measures, **told))
    save_site_file(session, changed)
    record(session, actor, "site.edit/measure", site_id, now_at, told)
    return changed


def correct_site(session: Session, file: SiteFile, *, actor: Actor, now_at: datetime) -> None:
    """
    Keeps a site's sign, street, operator and numbers anew; programme, district, address and measures stay.

    Raises
    ------
    NotFound
        When there is no such file.
    """
    ensure(actor, "site.edit", site_id=file.site_id)
    kept = need_file(session, file.site_id)
    names = ("name", "street", "village", "operator", "contact", "phone")
    told = {name: getattr(file, name) for name in names}
    empty = [name for name in ("name", "operator", "contact", "phone") if not told[name].strip()]
    if empty:
        raise BadInput("field_empty", blank=empty[0])
    save_site_file(session, replace(kept, **told))
    record(session, actor, "site.edit/correct", file.site_id, now_at)


def need_file(session: Session, site_id: str) -> SiteFile:
    """
    The file of a site.

    Raises
    ------
    NotFound
        When there is none.
    """
    file = load_site_file(session, site_id)
    if file is None:
        raise NotFound("site_file", site_id)
    return file


def chosen_sites(session: Session, programme_id: str, day_on: date) -> list[Located]:
    """Sites of a programme that take a place in its quota on a day or are about to."""
    files = load_site_files(session, programme_id)
    events = load_site_events(session, files)
    return [file.located for site_id, file in files.items() if _is_chosen(events.get(site_id, ()), day_on)]


def opening_lacks(session: Session, file: SiteFile, rules: Ruled, day_on: date) -> tuple[Coded, ...]:
    """Everything that keeps a site from opening on a day: supply, licences, staff, overdue corrections."""
    supplies = load_supplies(session, file.site_id)
    licences = tuple(load_licences(session, file.site_id).get(file.site_id, {}).values())
    staff = load_staff(session, file.site_id)
    late = overdue_on(load_shortcomings(session, file.site_id), day_on)
    return (
        *supply_lacks(supplies, rules.rules),
        *licence_lacks(licences, staff, day_on, wanted=licences_wanted(supplies)),
        *(Coded("shortcoming_overdue", {"item": one.item, "due_on": one.due_on.isoformat()}) for one in late),
    )


def _require_past(session: Session, asked: Asked, now_at: datetime) -> None:
    """An act is told when it was done; what it begins may lie ahead."""
    if asked.happened_on > local_day(session, now_at):
        raise BadInput("site_act_in_future", happened_on=asked.happened_on.isoformat())


def _found(session: Session, file: SiteFile, event: SiteEvent, asked: Asked, rules: Ruled) -> Sequence[Coded]:
    """What the register itself finds lacking for an act."""
    if event.act == "assess":
        checks = check_site(rules.rules, file.measures)
        return open_items(checklist(rules.rules, rules.defaults.items), asked.answers, checks)
    if event.act == "select":
        others = [
            one
            for one in chosen_sites(session, file.programme_id, event.effect_on)
            if one.site_id != file.site_id
        ]
        return [
            Coded("quota_full", {"district": one.ref, "quota": one.wanted})
            for one in check_quota(rules.rules, [*others, file.located])
            if one.ref == file.district and one.verdict != "met"
        ]
    if event.act == "open":
        return opening_lacks(session, file, rules, event.effect_on)
    return ()


def _is_chosen(events: Sequence[SiteEvent], day_on: date) -> bool:
    now, last = standing_on(events, day_on), standings(events)[-1:]
    return any(one.state in CHOSEN for one in (*([now] if now else []), *last))


def _event(act: SiteAct, asked: Asked) -> SiteEvent:
    effect_on = asked.effect_on or asked.happened_on
    if asked.until_on is not None and asked.until_on < effect_on:
        raise BadInput("site_pause_ends_first", until_on=asked.until_on.isoformat())
    return SiteEvent(
        act,
        asked.by,
        asked.happened_on,
        effect_on,
        asked.until_on if act == "pause" else None,
        asked.grounds,
        asked.reason,
        asked.contact,
        asked.documents,
        None,
        asked.address if act == "move" else "",
    )


def _move_in(session: Session, file: SiteFile, before: Sequence[SiteEvent]) -> None:
    """A site that opens after a move has its new address from then on."""
    moves = [one for one in before if one.act in ("move", "open")][-1:]
    if moves and moves[0].act == "move":
        save_site_file(session, replace(file, address=moves[0].address))


def _keep(
    session: Session,
    site_id: str,
    event: SiteEvent,
    asked: Asked,
    before: Sequence[SiteEvent],
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> Standing:
    save_site_event(
        session,
        ids.new(),
        site_id,
        event,
        answers=asked.answers,
        recorded_by=actor.user_id,
        recorded_at=now_at,
    )
    detail = {"effect_on": event.effect_on.isoformat(), "grounds": event.grounds, "passed": event.passed}
    record(session, actor, f"site.edit/{event.act}", site_id, now_at, detail)
    after = (*before, event)
    reached = standing_on(after, event.effect_on) if event.act in DATED else None
    return reached or standings(after)[-1]
