"""After a statement is closed: what should have been different, proposed, decided, carried later."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlmodel import Session

from api.audit import record
from api.permissions import Actor, ensure
from api.settlement.acts import find_statement, standing
from api.settlement.assumptions import Place, place_of
from api.settlement.rules import Rules, rules_at
from api.settlement.sources import settled_anew
from orders.adjustments import Adjustment, Reason, claw_back, differences
from orders.dues import Due
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.statement_states import OPEN
from orders.statements import statements
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
    Settles the closed periods of these days anew and proposes what differs from what was paid.

    Nothing is paid by a proposal, and none is made twice. A difference that a person refused stays refused.

    Returns
    -------
    list[KeptAdjustment]
        What is proposed now, by day of the meal.
    """
    ensure(actor, "statement.adjust")
    rules = rules_at(session, programme_id, to_on)
    closed = [
        head
        for head in load_statements(session, programme_id)
        if head.period.from_on <= to_on and head.period.to_on >= from_on
        if standing(session, head).state not in OPEN
    ]
    fresh = _fresh(session, rules, closed)
    found: list[Adjustment] = []
    for head in closed:
        found += _differences(session, head, fresh.get(_place(head), ()))
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
    if not note.strip():
        raise BadInput("adjustment_needs_note")
    if (state := standing(session, head).state) in OPEN:
        raise Conflict("statement_state", state=state, act="claw_back")
    kept = _own_lines(session, head)
    before = [one.adjustment.due for one in _standing_adjustments(session, head)]
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


def _fresh(session: Session, rules: Rules, closed: Sequence[StatementHead]) -> dict[Place, tuple[Due, ...]]:
    if not closed:
        return {}
    first_on = min(head.period.from_on for head in closed)
    last_on = max(head.period.to_on for head in closed)
    dues = settled_anew(session, rules, first_on, last_on)
    return {place_of(one): one.lines for one in statements(dues, rules.settlements(), first_on, last_on)}


def _differences(session: Session, head: StatementHead, fresh: Iterable[Due]) -> list[Adjustment]:
    before = _standing_adjustments(session, head)
    refused = {
        (
            one.adjustment.due.order_id,
            one.adjustment.due.benefit_id,
            one.adjustment.was_fen,
            one.adjustment.now_fen,
        )
        for one in load_adjustments(session, statement_id=head.statement_id)
        if one.approved is False
    }
    paid_to = [replace(due, payee=head.payee) for due in fresh]
    found = differences(
        head.statement_id, _own_lines(session, head), paid_to, [one.adjustment.due for one in before]
    )
    return [
        one
        for one in found
        if (one.due.order_id, one.due.benefit_id, one.was_fen, one.now_fen) not in refused
    ]


def _own_lines(session: Session, head: StatementHead) -> dict[int, Due]:
    """The lines of the period itself, without those that adjust earlier ones."""
    lines = load_statement_lines(session, head)
    return {line.line_no: line.due for line in lines if line.adjustment_id is None}


def _standing_adjustments(session: Session, head: StatementHead) -> list[KeptAdjustment]:
    kept = load_adjustments(session, statement_id=head.statement_id)
    return [one for one in kept if one.approved is not False]


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
