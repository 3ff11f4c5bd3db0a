"""Statements as a list, and each as a document for programs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from api.permissions import Actor, ensure
from api.reports.facts import Named
from api.settlement.make import Made
from api.settlement.papers import number_of, title_of
from api.settlement.parties import body_names, party_name
from api.settlement.rules import Rules, rules_at
from orders.errors import NotFound
from orders.statement_states import StatementAct, standing_of
from orders.store.adjustments import KeptAdjustment
from orders.store.sites import kitchens_of_sites, load_kitchens
from orders.store.statements import StatementHead, load_statement_acts, load_statements


@dataclass(frozen=True, slots=True)
class Listed:
    """
    A statement in a list.

    Parameters
    ----------
    head
        Its newest version.
    number
        As people quote it.
    state
        ``"draft"``, ``"submitted"``, ``"returned"``, ``"signed"``, ``"paid"``.
    waiting_for
        The step whose signature is next, None when none is.
    title, payer, payee, waiting_name
        By name.
    overdue
        Whether it should have been paid by now.
    """

    head: StatementHead
    number: str
    state: str
    waiting_for: str | None
    title: Named
    payer: Named
    payee: Named
    waiting_name: Named | None
    overdue: bool


def list_statements(
    session: Session, actor: Actor, now_at: datetime, *, programme_id: str | None = None, state: str = ""
) -> list[Listed]:
    """The newest version of every statement the actor may see, those due first at the top."""
    ensure(actor, "statement.read")
    heads = load_statements(session, programme_id, actor.site_id)
    kitchens = kitchens_of_sites(session) | {one.kitchen_id: one.kitchen_id for one in load_kitchens(session)}
    heads = [one for one in heads if actor.kitchen_id in (None, kitchens.get(one.payee, actor.kitchen_id))]
    return [one for one in listed(session, heads, now_at) if not state or one.state == state]


def listed(session: Session, heads: Iterable[StatementHead], now_at: datetime) -> list[Listed]:
    """Statements as they stand, with the names that people know, in the order given."""
    acts = load_statement_acts(session)
    sites = body_names(session)
    rules: dict[tuple[str, date], Rules] = {}
    found = []
    for head in heads:
        key = (head.programme_id, head.period.to_on)
        if key not in rules:
            rules[key] = rules_at(session, *key)
        found.append(_listed(head, acts.get(head.statement_id, ()), rules[key], sites, now_at))
    return found


def named_statement(session: Session, text: str) -> str:
    """The id of a statement that is named by its id or its number; `NotFound` when none or several are."""
    heads = load_statements(session, all_versions=True)
    found = [one.statement_id for one in heads if text in (one.statement_id, number_of(one.statement_id))]
    if len(found) != 1:
        raise NotFound("statement", text)
    return found[0]


def _listed(
    head: StatementHead,
    acts: Iterable[StatementAct],
    rules: Rules,
    sites: Mapping[str, str],
    now_at: datetime,
) -> Listed:
    standing = standing_of(acts, head.steps)
    waiting = standing.waiting_for
    payee = rules.settlement(head.settlement_id).payee
    word = head.payee if waiting == payee else waiting
    return Listed(
        head=head,
        number=number_of(head.statement_id),
        state=standing.state,
        waiting_for=waiting,
        title=title_of(rules, head.settlement_id),
        payer=party_name(rules, sites, head.payer),
        payee=party_name(rules, sites, head.payee),
        waiting_name=party_name(rules, sites, word) if word else None,
        overdue=standing.state != "paid" and head.due_on is not None and head.due_on < rules.today(now_at),
    )


def statement_document(head: StatementHead, state: str, waiting_for: str | None) -> dict[str, Any]:
    """A statement as programs read it; its lines stand in its tables."""
    return {
        "statement_id": head.statement_id,
        "number": number_of(head.statement_id),
        "programme": head.programme_id,
        "settlement": head.settlement_id,
        "payer": head.payer,
        "payee": head.payee,
        "period": head.period.label,
        "from_on": head.period.from_on.isoformat(),
        "to_on": head.period.to_on.isoformat(),
        "due_on": head.due_on.isoformat() if head.due_on else None,
        "version": head.version,
        "partial": head.is_partial,
        "unsettled": [day_on.isoformat() for day_on in head.unsettled],
        "state": state,
        "waiting_for": waiting_for,
        "lines": head.lines,
        "total_fen": head.total_fen,
        "held_fen": head.held_fen,
        "minutes": head.minutes,
        "digest": head.digest,
        "assumptions": [
            {"id": one["id"], "chosen": str(one["chosen"]), "others": one["others"]}
            for one in head.assumptions
        ]
        if head.effects_known
        else None,
    }


def made_document(one: Made) -> dict[str, Any]:
    """What making gave for one statement."""
    head = one.head
    return {
        "statement_id": head.statement_id,
        "number": number_of(head.statement_id),
        "settlement": head.settlement_id,
        "payer": head.payer,
        "payee": head.payee,
        "period": head.period.label,
        "due_on": head.due_on.isoformat() if head.due_on else None,
        "version": head.version,
        "lines": head.lines,
        "total_fen": head.total_fen,
        "held_fen": head.held_fen,
        "partial": head.is_partial,
        "unsettled": [day_on.isoformat() for day_on in head.unsettled],
        "new": one.is_new,
        "differs": one.differs,
    }


def adjustment_document(kept: KeptAdjustment) -> dict[str, Any]:
    """An adjustment as programs read it."""
    one = kept.adjustment
    return {
        "adjustment_id": kept.adjustment_id,
        "statement_id": one.statement_id or None,
        "line_no": one.line_no,
        "settlement": one.due.settlement_id,
        "payee": one.due.payee,
        "benefit": one.due.benefit_id,
        "order_id": one.due.order_id,
        "diner_id": one.due.diner_id,
        "service_on": one.due.service_on.isoformat(),
        "was_fen": one.was_fen,
        "now_fen": one.now_fen,
        "amount_fen": one.due.amount_fen,
        "reason": one.reason,
        "note": kept.note,
        "approved": kept.approved,
    }
