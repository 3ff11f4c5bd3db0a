"""Flags: found once by the evening's settling or on demand, decided by a named person, and what follows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from api.audit import record
from api.db import hold
from api.oversight.blacklist import shut_out
from api.oversight.rules import OversightRules, kinds_named, oversight_rules
from api.permissions import Actor, ensure
from orders.closures import closure_on
from orders.enrolment import Enrolment
from orders.errors import BadInput, Conflict, Forbidden, NotFound
from orders.ids import IdSource
from orders.oversight.blacklist import Shut
from orders.oversight.flags import ServedMeal, Surroundings, find_flags
from orders.oversight.licences import expired_on
from orders.oversight.sifting import that_apply, unseen
from orders.oversight.supply import licences_wanted
from orders.service import MEALS, Meal
from orders.store.closures import load_closures, load_places
from orders.store.decisions import Decision, Done, Verdict, save_decision, save_done
from orders.store.diners import load_diners
from orders.store.enrolments import load_enrolments
from orders.store.flags import (
    FlagRules,
    KeptFlag,
    load_flag,
    load_flags,
    load_grounds,
    load_second_claims,
    load_served,
    save_flags,
    seen_orders,
)
from orders.store.licences import load_licences, load_staff
from orders.store.programmes import load_programme, load_programmes
from orders.store.site_register import load_site_files, sites_closed_on
from orders.store.sites import kitchens_of_sites, load_kitchen_settings
from orders.store.supply import load_supplies

NOBODY = "system"
BLACKLIST = "credit_blacklist"


@dataclass(frozen=True, slots=True)
class _InForce:
    """A programme that feeds a diner on a day, and the kinds of flags that it looks for."""

    rules: FlagRules
    kinds: frozenset[str]


def look_for_flags(
    session: Session, from_on: date, to_on: date, *, actor: Actor, now_at: datetime, ids: IdSource
) -> list[KeptFlag]:
    """
    Looks at the servings of these days and keeps what looks wrong; a second look finds nothing new.

    Parameters
    ----------
    session
        Open transaction.
    from_on, to_on
        Service dates, both included.
    actor, now_at, ids
        Who looks, when, with which row ids.

    Returns
    -------
    list[KeptFlag]
        The new ones, by kind and key.
    """
    ensure(actor, "flag.find")
    hold(session, "oversight/flags")
    rules = oversight_rules(session)
    served = load_served(session, from_on, to_on) + load_second_claims(session, from_on, to_on)
    in_force = _in_force(session, served, rules)
    found = find_flags(served, _surroundings(session, served), rules.params)
    wanted = that_apply(found, {order_id: one.kinds for order_id, one in in_force.items()})
    fresh = unseen(wanted, seen_orders(session, from_on, to_on))
    kept = [(ids.new(), one, in_force[one.order_ids[0]].rules) for one in fresh]
    save_flags(session, kept, actor.user_id, now_at)
    days = f"{from_on.isoformat()}/{to_on.isoformat()}"
    record(session, actor, "flag.find", days, now_at, {"servings": len(served), "found": len(kept)})
    return [
        KeptFlag(flag_id, one.servings[0].service_on, one, found_by, now_at)
        for flag_id, one, found_by in kept
    ]


def decide_flag(
    session: Session,
    flag_id: str,
    decision: Verdict,
    reason: str,
    consequences: Sequence[str] | None = None,
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> KeptFlag:
    """
    Decides a flag: cleared releases the held fees, confirmed voids them and names what follows.

    Parameters
    ----------
    session
        Open transaction.
    flag_id
        Which flag; one decided before gets a new decision that names the old one.
    decision, reason
        What, and why in the person's words.
    consequences
        Of a confirmed flag, among those that the programme proposes; None takes all of them.
    actor, now_at, ids
        Who decides, by name; when; with which row ids.

    Raises
    ------
    NotFound
        When there is no such flag.
    Forbidden
        When nobody's name stands behind the decision.
    BadInput
        When the reason is missing or a consequence is not the programme's.
    Conflict
        When a consequence of the earlier decision was carried out.
    """
    ensure(actor, "flag.decide")
    if actor.user_id == NOBODY:
        raise Forbidden("decision_needs_a_name")
    if not reason.strip():
        raise BadInput("reason_needed")
    flag = find_flag(session, flag_id)
    if flag.done:
        raise Conflict("flag_carried_out", consequence=flag.done[0].consequence)
    proposed = proposed_consequences(session, flag) if decision == "confirmed" else ()
    chosen = proposed if consequences is None else tuple(dict.fromkeys(consequences))
    for one in chosen:
        if one not in proposed:
            raise BadInput("consequence_unknown", consequence=one)
    made = Decision(
        decision_id=ids.new(),
        decision=decision,
        reason=reason.strip(),
        consequences=chosen,
        decided_by=actor.user_id,
        decided_name=actor.name,
        decided_at=now_at,
        replaces=flag.decision.decision_id if flag.decision else None,
    )
    save_decision(session, flag_id, made)
    detail = {"decision": decision, "consequences": list(chosen)}
    record(session, actor, "flag.decide", flag_id, now_at, detail)
    return find_flag(session, flag_id)


def carry_out(
    session: Session,
    flag_id: str,
    consequence: str,
    note: str,
    shut: Shut | None = None,
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> KeptFlag:
    """
    Notes that a consequence of a confirmed flag was carried out, with what was done.

    Parameters
    ----------
    session
        Open transaction.
    flag_id, consequence
        Which of the consequences that its decision names.
    note
        What was done: a statement's number, a letter, a case.
    shut
        For ``credit_blacklist``: whom to put on the blacklist.
    actor, now_at, ids
        Who, when, with which row ids.

    Raises
    ------
    Conflict
        When the decision does not name it, or it was carried out before.
    BadInput
        When the blacklist is to be used and nobody is named.
    """
    ensure(actor, "flag.decide")
    flag = find_flag(session, flag_id)
    if flag.decision is None or consequence not in flag.decision.consequences:
        raise Conflict("consequence_not_decided", consequence=consequence)
    if consequence in {one.consequence for one in flag.done}:
        raise Conflict("flag_carried_out", consequence=consequence)
    if consequence == BLACKLIST:
        if shut is None:
            raise BadInput("blacklist_needs_a_subject")
        shut_out(session, shut, flag_id=flag_id, actor=actor, now_at=now_at, ids=ids)
    save_done(
        session,
        flag.decision.decision_id,
        Done(consequence, note.strip(), actor.user_id, actor.name, now_at),
    )
    record(session, actor, "flag.decide/carry_out", flag_id, now_at, {"consequence": consequence})
    return find_flag(session, flag_id)


def find_flag(session: Session, flag_id: str) -> KeptFlag:
    """
    The flag with this row id.

    Raises
    ------
    NotFound
        When there is none.
    """
    flag = load_flag(session, flag_id)
    if flag is None:
        raise NotFound("flag", flag_id)
    return flag


def proposed_consequences(session: Session, flag: KeptFlag) -> tuple[str, ...]:
    """What a confirmed flag leads to by its programme; the system default where the plan names nothing."""
    body = load_programme(session, flag.rules.programme_id, flag.rules.programme_revision) or {}
    named = tuple(body.get("fraud", {}).get("consequence", ()))
    return named or oversight_rules(session).default_consequences


def by_urgency(flags: Iterable[KeptFlag], rules: OversightRules) -> list[KeptFlag]:
    """Open flags first, the most urgent kind first, the oldest day first; then the decided, latest first."""
    rank = {kind: place for place, kind in enumerate(rules.urgency)}

    def place(flag: KeptFlag) -> tuple[bool, int, int, str]:
        day = flag.service_on.toordinal()
        if flag.state == "open":
            return (False, rank.get(flag.finding.kind, len(rank)), day, flag.finding.key)
        return (True, -day, 0, flag.finding.key)

    return sorted(flags, key=place)


def flags_of_days(
    session: Session, from_on: date | None, to_on: date | None, *, actor: Actor
) -> list[KeptFlag]:
    """Flags about these days, both included, None is open; by urgency."""
    ensure(actor, "oversight.read")
    return by_urgency(load_flags(session, from_on, to_on), oversight_rules(session))


def _surroundings(session: Session, served: Sequence[ServedMeal]) -> Surroundings:
    grounds = load_grounds(session)
    diners = load_diners(session, ids={one.diner_id for one in served})
    places = {site_id: place for site_id, (place, _) in grounds.items()}
    capacities: dict[tuple[str, Meal], int] = {}
    for meal in MEALS:
        own = load_places(session, meal)
        capacities |= {(site_id, meal): own.get(site_id, most) for site_id, (_, most) in grounds.items()}
    homes = {diner_id: places[diner.site_id] for diner_id, diner in diners.items() if diner.site_id in places}
    expired = _expired(session, {(one.site_id, one.service_on) for one in served})
    return Surroundings(diners, homes, places, capacities, _closed(session, served), expired)


def _closed(session: Session, served: Sequence[ServedMeal]) -> dict[tuple[str, date, Meal], str]:
    """Site, day and meal of servings at a closed site, with why it was closed."""
    days = {one.service_on for one in served}
    if not days:
        return {}
    closures = load_closures(session, None, min(days), max(days))
    on_file = {day_on: sites_closed_on(session, day_on) for day_on in days}
    found: dict[tuple[str, date, Meal], str] = {}
    for site_id, day_on, meal in {(one.site_id, one.service_on, one.meal) for one in served}:
        closure = closure_on(closures, site_id, day_on, meal)
        if closure is not None:
            found[site_id, day_on, meal] = closure.kind
        elif site_id in on_file[day_on]:
            found[site_id, day_on, meal] = on_file[day_on][site_id].code
    return found


def _expired(
    session: Session, served: Collection[tuple[str, date]]
) -> dict[tuple[str, date], tuple[str, date]]:
    """Site on file and day of servings, with the paper that was over for the longest then."""
    found: dict[tuple[str, date], tuple[str, date]] = {}
    for site_id in {site_id for site_id, _ in served} & load_site_files(session).keys():
        licences = tuple(load_licences(session, site_id).get(site_id, {}).values())
        staff, wanted = load_staff(session, site_id), licences_wanted(load_supplies(session, site_id))
        for day_on in {day_on for one, day_on in served if one == site_id}:
            over = expired_on(licences, staff, day_on, wanted=wanted)
            if over:
                found[site_id, day_on] = over[0]
    return found


def _in_force(session: Session, served: Sequence[ServedMeal], rules: OversightRules) -> dict[str, _InForce]:
    """Order's id to the programme of its diner on the day."""
    bodies = {day_on: load_programmes(session, day_on) for day_on in {one.service_on for one in served}}
    enrolments = load_enrolments(session)
    kitchens = kitchens_of_sites(session)
    own = {one: _kitchens_programme(session, one) for one in set(kitchens.values())}
    found = {}
    for one in served:
        held = _enrolled(enrolments.get(one.diner_id, ()), one.service_on)
        programme_id = held or own.get(kitchens.get(one.site_id, ""), "")
        found[one.order_id] = _programme(programme_id, bodies[one.service_on], rules)
    return found


def _enrolled(enrolments: Iterable[Enrolment], day_on: date) -> str | None:
    return next((one.programme_id for one in enrolments if one.holds_on(day_on)), None)


def _kitchens_programme(session: Session, kitchen_id: str) -> str:
    _, settings = load_kitchen_settings(session, kitchen_id)
    return str(settings.get("programme", ""))


def _programme(
    programme_id: str, bodies: Mapping[str, tuple[int, dict[str, Any]]], rules: OversightRules
) -> _InForce:
    revision, body = bodies.get(programme_id, (0, {}))
    used = FlagRules(programme_id, revision, rules.revision)
    return _InForce(used, kinds_named(body.get("fraud", {}), rules))
