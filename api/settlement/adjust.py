"""After a statement is closed: what should have been different, proposed, decided, carried later."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session

from api.audit import record
from api.db import hold
from api.permissions import Actor, ensure
from api.settlement.acts import find_statement, standing
from api.settlement.assumptions import Place, place_of
from api.settlement.make import span_of
from api.settlement.papers import number_of
from api.settlement.rules import Rules, rules_at
from api.settlement.sources import Source, load_source
from orders.adjustments import Adjustment, Reason, claw_back, differences
from orders.dues import Due
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.statement_states import OPEN
from orders.statements import accounted, period_of, statements
from orders.store.adjustments import KeptAdjustment, load_adjustments, save_adjustments, save_decision
from orders.store.statements import StatementHead, load_statement_lines, load_statements


def propose_adjustments(
    session: Session,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    *,
    programme_id: str,
    from_on: date,
    to_on: date,
    note: str,
) -> list[KeptAdjustment]:
    """
    Settles the closed periods of these days anew and proposes what differs from what was paid or accounted.

    Nothing is paid by a proposal, and none is made twice. A difference that a person refused stays refused.

    Returns
    -------
    list[KeptAdjustment]
        What is proposed now, by day of the meal.
    """
    ensure(actor, "statement.adjust")
    rules = rules_at(session, programme_id, to_on)
    today_on = rules.today(now_at)
    source = load_source(session, rules, *span_of(rules, from_on, to_on))
    kept, fresh = _by_place(source, source.kept_dues()), _by_place(source, source.settled_anew())
    closed = {
        _place(head): head
        for head in load_statements(session, programme_id)
        if standing(session, head).state not in OPEN
        if head.period.from_on <= to_on and head.period.to_on >= from_on
    }
    before = load_adjustments(session, programme_id)
    found: list[Adjustment] = []
    for place in sorted(kept.keys() | fresh.keys() | closed.keys()):
        known = _of_place(before, place, rules)
        new = [replace(due, payee=place[2]) for due in fresh.get(place, ())]
        head = closed.get(place)
        if head is not None:
            found += _differences(head.statement_id, _own_lines(session, head), new, known)
            continue
        settlement = rules.settlement(place[0])
        new = [due for due in new if accounted(settlement, due.service_on, today_on)]
        own = [replace(due, payee=place[2]) for due in kept.get(place, ())]
        own = [due for due in own if accounted(settlement, due.service_on, today_on)]
        found += _differences("", dict(enumerate(own, start=1)), new, known)
    return _propose(session, actor, now_at, ids, programme_id, found, note)


def claw_back_lines(
    session: Session,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    statement_id: str,
    line_nos: Iterable[int],
    *,
    reason: Reason,
    note: str,
) -> list[KeptAdjustment]:
    """
    Proposes to take lines of a closed statement back, whole.

    Raises
    ------
    BadInput
        When no reason is given in words.
    Conflict
        When the statement is not closed yet: it can still be returned.
    NotFound
        When it has no such line.
    """
    ensure(actor, "statement.adjust")
    head = find_statement(session, actor, statement_id)
    hold(session, f"statements/{head.programme_id}")
    if not note.strip():
        raise BadInput("adjustment_needs_note")
    if (state := standing(session, head).state) in OPEN:
        raise Conflict("statement_state", state=state, act="claw_back")
    kept = _own_lines(session, head)
    rules = rules_at(session, head.programme_id, head.period.to_on)
    known = _of_place(load_adjustments(session, head.programme_id), _place(head), rules)
    before = [one.adjustment.due for one in known if one.approved is not False]
    try:
        found = claw_back(statement_id, kept, line_nos, before, reason=reason)
    except KeyError as error:
        raise NotFound("statement_line", f"{statement_id} {error.args[0]}") from error
    return _propose(session, actor, now_at, ids, head.programme_id, found, note)


def lines_of_orders(session: Session, head: StatementHead, order_ids: Iterable[str]) -> list[int]:
    """Numbers of a statement's lines that these orders earned."""
    wanted = set(order_ids)
    return [line_no for line_no, due in _own_lines(session, head).items() if due.order_id in wanted]


def decide(
    session: Session, actor: Actor, now_at: datetime, adjustment_id: str, *, approved: bool, note: str = ""
) -> None:
    """
    Approves or refuses a proposal; an approved one appears in the payee's next open statement.

    Raises
    ------
    NotFound
        When there is no such proposal.
    Conflict
        When it was decided before.
    """
    ensure(actor, "statement.adjust")
    kept = next((one for one in load_adjustments(session) if one.adjustment_id == adjustment_id), None)
    if kept is None:
        raise NotFound("adjustment", adjustment_id)
    if kept.approved is not None:
        raise Conflict("adjustment_decided", adjustment=adjustment_id)
    save_decision(
        session,
        adjustment_id,
        approved=approved,
        note=note.strip(),
        decided_by=actor.user_id,
        decided_at=now_at,
    )
    record(session, actor, "statement.adjust.decide", adjustment_id, now_at, {"approved": approved})


def named_adjustment(session: Session, text: str) -> str:
    """The id of an adjustment that is named by its id or its number; `NotFound` when none or several are."""
    kept = load_adjustments(session)
    found = [one.adjustment_id for one in kept if text in (one.adjustment_id, number_of(one.adjustment_id))]
    if len(found) != 1:
        raise NotFound("adjustment", text)
    return found[0]


def _by_place(source: Source, dues: Iterable[Due]) -> dict[Place, tuple[Due, ...]]:
    found = statements(dues, source.rules.settlements(), source.from_on, source.to_on)
    return {place_of(one): one.lines for one in found}


def _of_place(kept: Iterable[KeptAdjustment], place: Place, rules: Rules) -> list[KeptAdjustment]:
    """The adjustments of meals that one statement covers, whether or not it was there when they were made."""
    settlement = rules.settlement(place[0])
    return [
        one
        for one in kept
        if (one.adjustment.due.settlement_id, one.adjustment.due.payer, one.adjustment.due.payee) == place[:3]
        and period_of(settlement, one.adjustment.due.service_on).from_on == place[4]
    ]


def _differences(
    statement_id: str, own: Mapping[int, Due], new: Iterable[Due], before: Iterable[KeptAdjustment]
) -> list[Adjustment]:
    """What differs, less what a person refused and what was taken back: settling anew returns neither."""
    refused = {_change(one.adjustment) for one in before if one.approved is False}
    standing_ones = [one.adjustment for one in before if one.approved is not False]
    taken = {_earning(one) for one in standing_ones if one.reason != "settled_again"}
    found = differences(statement_id, own, new, [one.due for one in standing_ones])
    named = found if statement_id else [replace(one, line_no=None) for one in found]
    return [one for one in named if _change(one) not in refused and _earning(one) not in taken]


def _change(one: Adjustment) -> tuple[str, str, int, int]:
    return one.due.order_id, one.due.benefit_id, one.was_fen, one.now_fen


def _earning(one: Adjustment) -> tuple[str, str, str]:
    return one.due.order_id, one.due.benefit_id, one.due.diner_id


def _own_lines(session: Session, head: StatementHead) -> dict[int, Due]:
    """The lines of the period itself, without those that adjust earlier ones."""
    lines = load_statement_lines(session, head)
    return {line.line_no: line.due for line in lines if line.adjustment_id is None}


def _propose(
    session: Session,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    programme_id: str,
    found: Sequence[Adjustment],
    note: str,
) -> list[KeptAdjustment]:
    rows = {ids.new(): one for one in found}
    save_adjustments(
        session, programme_id, rows, note=note.strip(), proposed_by=actor.user_id, proposed_at=now_at
    )
    detail = {"adjustments": len(rows), "sum_fen": sum(one.due.amount_fen for one in found)}
    record(session, actor, "statement.adjust", programme_id, now_at, detail)
    return [one for one in load_adjustments(session, programme_id) if one.adjustment_id in rows]


def _place(head: StatementHead) -> Place:
    return head.settlement_id, head.payer, head.payee, head.period.label, head.period.from_on
