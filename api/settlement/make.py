"""Make statements: drafts from the kept bills of closed periods; the same bills give the same statement."""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session

from api.audit import record
from api.limits import EFFECTS_UP_TO
from api.permissions import Actor, ensure
from api.settlement.assumptions import effects_on, place_of
from api.settlement.parties import paid_bodies
from api.settlement.rules import Rules, rules_at
from api.settlement.sources import Source, load_source
from api.settlement.unsettled import load_unsettled
from orders.errors import Conflict
from orders.ids import IdSource
from orders.statement_states import OPEN, standing_of, steps_of
from orders.statements import Statement, periods_within, statements
from orders.store.adjustments import KeptAdjustment, load_adjustments
from orders.store.statements import (
    StatementHead,
    StatementLine,
    adjustments_in,
    load_statement_acts,
    load_statements,
    save_statement,
)

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Made:
    """
    A statement that was asked for.

    Parameters
    ----------
    head
        Its newest version.
    is_new
        Whether this version was made now; an unchanged or a closed one was not.
    differs
        Whether it is closed and its bills would now give another: adjustments are to be proposed.
    """

    head: StatementHead
    is_new: bool
    differs: bool


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was there before: newest versions by key, those still open, adjustments and who carries them."""

    newest: dict[tuple[object, ...], StatementHead]
    open_ids: frozenset[str]
    approved: list[KeptAdjustment]
    carried_by: dict[str, str]


def make_statements(
    session: Session,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    *,
    programme_id: str,
    from_on: date,
    to_on: date,
    payee: str | None = None,
    effects: bool | None = None,
) -> list[Made]:
    """
    Drafts the statement of every payer, payee and closed period that touches these days.

    Made twice from the same bills, nothing changes; a draft or a returned statement whose bills changed gets
    a new version; a submitted one never changes. Before its first day a programme has no period.

    Raises
    ------
    Conflict
        ``period_open`` when no period of these days is over yet.
    NotFound
        When the programme is not in force on the last of them.
    """
    ensure(actor, "statement.make")
    return remake(
        session,
        actor,
        now_at,
        ids,
        programme_id=programme_id,
        from_on=from_on,
        to_on=to_on,
        payee=payee,
        effects=effects,
    )


def remake(
    session: Session,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    *,
    programme_id: str,
    from_on: date,
    to_on: date,
    payee: str | None = None,
    effects: bool | None = None,
) -> list[Made]:
    """`make_statements` for an act that has checked its own right; of one payee when it is named."""
    rules = rules_at(session, programme_id, to_on)
    today_on, from_on = rules.today(now_at), max(from_on, rules.begun_on)
    source = load_source(session, rules, *span_of(rules, from_on, to_on))
    wanted = _wanted(source, paid_bodies(session, programme_id), from_on, to_on)
    wanted = [one for one in wanted if payee is None or one.payee == payee]
    closed = [one for one in wanted if one.period.to_on < today_on or one.period.label == "once"]
    if not closed:
        ends_on = min((one.period.to_on for one in wanted), default=to_on)
        raise Conflict("period_open", programme=programme_id, ends_on=ends_on.isoformat())
    kept = _kept(session, programme_id)
    whom = {one.payee for one in closed}
    waiting = load_unsettled(
        session, programme_id, whom, {one.period for one in closed if one.period.label != "once"}
    )
    drafts = []
    for one in sorted(closed, key=lambda one: (one.period.from_on, one.settlement_id, one.payee, one.payer)):
        lines = _lines(one, programme_id, kept)
        head = _head(rules, one, lines, (actor, now_at, ids))
        drafts.append((one, replace(head, unsettled=waiting.days(one.payee, one.period)), lines))
    made = _save(session, source, kept, drafts, effects)
    count = sum(one.is_new for one in made)
    detail = {"from": from_on.isoformat(), "to": to_on.isoformat(), "statements": len(made), "new": count}
    record(session, actor, "statement.make", programme_id, now_at, detail)
    return made


def digest_of(lines: Iterable[StatementLine]) -> str:
    """SHA-256 of the lines as canonical JSON; equal lines give equal bytes."""
    names = ("benefit_id", "order_id", "diner_id", "site_id", "amount_fen", "revision", "held", "minutes")
    rows = [
        [line.line_no, line.due.service_on.isoformat(), line.adjustment_id]
        + [getattr(line.due, name) for name in names]
        for line in lines
    ]
    return hashlib.sha256(json.dumps(rows, separators=(",", ":")).encode()).hexdigest()


def span_of(rules: Rules, from_on: date, to_on: date) -> tuple[date, date]:
    """First and last day of every period that touches these days."""
    periods = [period for one in rules.settlements() for period in periods_within(one, from_on, to_on)]
    return (
        min([from_on, *(period.from_on for period in periods)]),
        max([to_on, *(period.to_on for period in periods)]),
    )


def _wanted(source: Source, sites: Collection[str], from_on: date, to_on: date) -> list[Statement]:
    rules = source.rules
    found = statements(
        source.kept_dues(), rules.settlements(), from_on, to_on, payees=list(sites), payers=rules.payers()
    )
    return [one for one in found if one.period.from_on <= to_on and one.period.to_on >= from_on]


def _kept(session: Session, programme_id: str) -> _Kept:
    heads = load_statements(session, programme_id)
    acts = load_statement_acts(session)
    approved = [one for one in load_adjustments(session, programme_id) if one.approved]
    standing = {head.statement_id for head in heads}
    carriers = adjustments_in(session, [one.adjustment_id for one in approved])
    return _Kept(
        newest={head.key: head for head in heads},
        open_ids=frozenset(
            head.statement_id
            for head in heads
            if standing_of(acts.get(head.statement_id, ()), head.steps).state in OPEN
        ),
        approved=approved,
        carried_by={one: place for one, places in carriers.items() for place in places if place in standing},
    )


def _lines(one: Statement, programme_id: str, kept: _Kept) -> list[StatementLine]:
    """The statement's own dues, then adjustments: those it carries, if it is open those nobody carries."""
    key = (programme_id, one.settlement_id, one.payer, one.payee, one.period.label, one.period.from_on)
    before = kept.newest.get(key)
    own_id = before.statement_id if before else f"new {key}"
    is_open = before is None or before.statement_id in kept.open_ids
    lines = [StatementLine(number, due) for number, due in enumerate(one.lines, start=1)]
    for adjusted in kept.approved:
        due = adjusted.adjustment.due
        if (due.settlement_id, due.payer, due.payee) != key[1:4]:
            continue
        carrier = kept.carried_by.get(adjusted.adjustment_id)
        if carrier is None and is_open and _may_carry(adjusted, one):
            carrier = kept.carried_by[adjusted.adjustment_id] = own_id
        if carrier == own_id:
            lines.append(StatementLine(len(lines) + 1, due, adjusted.adjustment_id))
    return lines


def _may_carry(adjusted: KeptAdjustment, one: Statement) -> bool:
    """A later statement carries it; the meal's own where that was not there yet."""
    last_on = one.period.from_on if adjusted.adjustment.statement_id else one.period.to_on + ONE_DAY
    return adjusted.adjustment.due.service_on < last_on


def _head(
    rules: Rules, one: Statement, lines: Sequence[StatementLine], by: tuple[Actor, datetime, IdSource]
) -> StatementHead:
    actor, now_at, ids = by
    held_fen = sum(line.due.amount_fen for line in lines if line.due.held)
    return StatementHead(
        statement_id=ids.new(),
        programme_id=rules.programme.id,
        settlement_id=one.settlement_id,
        payer=one.payer,
        payee=one.payee,
        period=one.period,
        due_on=one.due_on,
        version=1,
        lines=len(lines),
        total_fen=sum(line.due.amount_fen for line in lines) - held_fen,
        held_fen=held_fen,
        minutes=sum(line.due.minutes for line in lines if not line.due.held),
        steps=steps_of(rules.settlement(one.settlement_id)),
        assumptions=(),
        digest=digest_of(lines),
        made_by=actor.user_id,
        made_at=now_at,
    )


def _save(
    session: Session,
    source: Source,
    kept: _Kept,
    drafts: Sequence[tuple[Statement, StatementHead, list[StatementLine]]],
    wanted: bool | None,
) -> list[Made]:
    """Keeps what is new, with the ambiguities that decide its amount."""
    known = len(source.bills) <= EFFECTS_UP_TO if wanted is None else wanted
    before = {head.statement_id: kept.newest.get(head.key) for _, head, _ in drafts}
    made: list[Made] = []
    fresh = [
        draft
        for draft in drafts
        if (old := before[draft[1].statement_id]) is None
        or (old.statement_id in kept.open_ids and _changed(old, draft[1], wanted))
    ]
    effects = effects_on(source, [one for one, _, _ in fresh]) if known else {}
    new_ids = {head.statement_id for _, head, _ in fresh}
    for one, head, lines in drafts:
        old = before[head.statement_id]
        if head.statement_id in new_ids:
            version = old.version + 1 if old else 1
            assumptions = effects.get(place_of(one), ())
            saved = replace(head, version=version, assumptions=assumptions, effects_known=known)
            save_statement(session, saved, lines)
            made.append(Made(saved, is_new=True, differs=False))
        elif old is not None:
            made.append(Made(old, is_new=False, differs=old.digest != head.digest))
    return made


def _changed(old: StatementHead, new: StatementHead, wanted: bool | None) -> bool:
    """Whether an open one needs a new version: its lines or missing days changed, or readings are asked."""
    changed = old.digest != new.digest or old.unsettled != new.unsettled
    return changed or (wanted is True and not old.effects_known)
