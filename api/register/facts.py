"""Facts about a diner: learnt, corrected, approved, withdrawn; a death stops everything."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session

from api.audit import record
from api.permissions import Actor
from api.register.fact_names import MANY_VALUES, fact_names
from api.register.scope import diner_for, hold_people, today_at_site
from api.register.stopping import cancel_meals, stop_everything
from orders.diners import DinerFact
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.store.diner_facts import RecordedFact, load_fact_history, record_fact


@dataclass(frozen=True, slots=True)
class Learnt:
    """
    What a clerk says about a diner.

    Parameters
    ----------
    fact, value
        As programmes name and write them.
    from_on, to_on
        First and last day; None is open. The day of recording is kept beside them.
    evidence
        The document or observation that it rests on.
    approved_by
        Who approved it, empty while nobody has.
    """

    fact: str
    value: str
    from_on: date | None = None
    to_on: date | None = None
    evidence: str = ""
    approved_by: str = ""


def learn_fact(
    session: Session, actor: Actor, now_at: datetime, ids: IdSource, diner_id: str, learnt: Learnt
) -> int:
    """
    Records a fact from its first day on; what held before keeps its earlier and its later days.

    Parameters
    ----------
    session
        Open transaction.
    actor, now_at, ids
        Who, when: the instant is kept as the day of learning, whatever days the fact names.
    diner_id, learnt
        About whom, what.

    Returns
    -------
    int
        The row's position in the diner's history.

    Raises
    ------
    BadInput
        When the name, the value or the days cannot be.
    Conflict
        ``fact_known`` or ``fact_days_taken``.
    """
    diner = diner_for(session, actor, "people.fact", diner_id, now_at)
    hold_people(session, diner_id)
    fact = _fact(session, today_at_site(session, diner.site_id, now_at), now_at, learnt)
    standing = [one for one in _history(session, diner_id) if one.stands and one.fact.fact == fact.fact]
    for old in standing:
        if _share_a_day(old.fact, fact):
            _make_room(session, actor, now_at, diner_id, old, fact)
    position = record_fact(session, diner_id, fact, recorded_by=actor.user_id)
    _note(session, actor, now_at, "learn", diner_id, fact.fact, position)
    _stop(session, actor, now_at, ids, diner_id, fact)
    return position


def correct_fact(
    session: Session,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    diner_id: str,
    position: int,
    learnt: Learnt,
) -> int:
    """
    Puts a recorded fact right: a new row that names the wrong one; gives its position.

    Raises
    ------
    Conflict
        ``fact_replaced`` when somebody corrected it before, ``fact_days_taken`` when another value holds.
    """
    diner = diner_for(session, actor, "people.fact", diner_id, now_at)
    hold_people(session, diner_id)
    old = _standing(session, diner_id, position)
    fact = _fact(session, today_at_site(session, diner.site_id, now_at), now_at, learnt)
    if fact.fact != old.fact.fact:
        raise BadInput("fact_other_name", fact=old.fact.fact)
    for other in _history(session, diner_id):
        if other.stands and other.position != position and _clash(other.fact, fact):
            raise _taken(other.fact)
    made = record_fact(session, diner_id, fact, recorded_by=actor.user_id, replaces=position)
    _note(session, actor, now_at, "correct", diner_id, fact.fact, made)
    _stop(session, actor, now_at, ids, diner_id, fact)
    return made


def withdraw_fact(
    session: Session, actor: Actor, now_at: datetime, diner_id: str, position: int, reason: str
) -> None:
    """
    Takes back a fact that never held; its row and the reason stay.

    Raises
    ------
    BadInput
        ``reason_missing``.
    """
    diner_for(session, actor, "people.fact", diner_id, now_at)
    hold_people(session, diner_id)
    old = _standing(session, diner_id, position)
    if not reason.strip():
        raise BadInput("reason_missing")
    taken = replace(old.fact, evidence=reason.strip(), approved_by="", recorded_at=now_at)
    made = record_fact(session, diner_id, taken, recorded_by=actor.user_id, replaces=position, withdrawn=True)
    _note(session, actor, now_at, "withdraw", diner_id, old.fact.fact, made)


def approve_fact(
    session: Session, actor: Actor, now_at: datetime, diner_id: str, position: int, approved_by: str
) -> int:
    """Adds who approved a fact, as a row of its own; gives its position."""
    diner_for(session, actor, "people.fact", diner_id, now_at)
    hold_people(session, diner_id)
    old = _standing(session, diner_id, position)
    if not approved_by.strip():
        raise BadInput("approver_missing")
    if old.fact.approved_by:
        raise Conflict("fact_approved", approved_by=old.fact.approved_by)
    approved = replace(old.fact, approved_by=approved_by.strip(), recorded_at=now_at)
    made = record_fact(session, diner_id, approved, recorded_by=actor.user_id, replaces=position)
    _note(session, actor, now_at, "approve", diner_id, old.fact.fact, made)
    return made


def _fact(session: Session, today_on: date, now_at: datetime, learnt: Learnt) -> DinerFact:
    name = learnt.fact.strip()
    names = fact_names(session, today_on)
    names.require(name)
    value = names.checked(name, learnt.value)
    from_on = learnt.from_on
    if name == "died":
        from_on = date.fromisoformat(value)
        if from_on > today_on:
            raise BadInput("died_later", day_on=value)
    if from_on and learnt.to_on and learnt.to_on < from_on:
        raise BadInput("days_backwards", from_on=from_on.isoformat(), to_on=learnt.to_on.isoformat())
    evidence, approved_by = learnt.evidence.strip(), learnt.approved_by.strip()
    return DinerFact(name, value, from_on, learnt.to_on, evidence, approved_by, now_at)


def _make_room(
    session: Session, actor: Actor, now_at: datetime, diner_id: str, old: RecordedFact, new: DinerFact
) -> None:
    """Shortens what held, so that the new value has its days to itself."""
    was = old.fact
    if was.value == new.value:
        raise Conflict("fact_known", fact=new.fact)
    if not _clash(was, new):
        return
    if new.from_on is None or (was.from_on is not None and was.from_on >= new.from_on):
        raise _taken(was)
    ended = replace(was, to_on=new.from_on - timedelta(days=1), recorded_at=now_at)
    record_fact(session, diner_id, ended, recorded_by=actor.user_id, replaces=old.position)
    if new.to_on is not None and (was.to_on is None or was.to_on > new.to_on):
        again = replace(was, from_on=new.to_on + timedelta(days=1), recorded_at=now_at)
        record_fact(session, diner_id, again, recorded_by=actor.user_id)


def _share_a_day(one: DinerFact, other: DinerFact) -> bool:
    starts = max(one.from_on or date.min, other.from_on or date.min)
    return starts <= min(one.to_on or date.max, other.to_on or date.max)


def _clash(one: DinerFact, other: DinerFact) -> bool:
    """Whether two facts cannot both hold: one value a day, but a person may have several flags and cards."""
    if one.fact != other.fact or not _share_a_day(one, other):
        return False
    return one.fact not in MANY_VALUES or one.value == other.value


def _taken(other: DinerFact) -> Conflict:
    return Conflict(
        "fact_days_taken",
        fact=other.fact,
        value=other.value,
        from_on=other.from_on.isoformat() if other.from_on else "…",
        to_on=other.to_on.isoformat() if other.to_on else "…",
    )


def _history(session: Session, diner_id: str) -> list[RecordedFact]:
    return load_fact_history(session, [diner_id]).get(diner_id, [])


def _standing(session: Session, diner_id: str, position: int) -> RecordedFact:
    history = _history(session, diner_id)
    if not 0 <= position < len(history):
        raise NotFound("fact", str(position))
    if not history[position].stands:
        raise Conflict("fact_replaced")
    return history[position]


def _stop(
    session: Session, actor: Actor, now_at: datetime, ids: IdSource, diner_id: str, fact: DinerFact
) -> None:
    """Carries out what a fact stops."""
    if fact.fact == "died":
        stop_everything(session, actor, now_at, ids, diner_id, date.fromisoformat(fact.value))
    elif fact.fact == "institution_resident" and fact.value == "true":
        from_on = fact.from_on or now_at.date()
        args = (session, actor, now_at, ids, diner_id)
        cancel_meals(*args, from_on=from_on, to_on=fact.to_on, reason=fact.fact)


def _note(
    session: Session, actor: Actor, now_at: datetime, what: str, diner_id: str, fact: str, position: int
) -> None:
    record(session, actor, f"people.fact/{what}", diner_id, now_at, {"fact": fact, "position": position})
