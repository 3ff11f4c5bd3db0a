"""Pay signed statements: one file for the bank whose rows add up to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.permissions import Actor, ensure
from api.reports.facts import Named
from api.settlement.acts import act_on, find_statement, standing
from api.settlement.papers import title_of
from api.settlement.parties import body_names, party_name
from api.settlement.rules import rules_at
from orders.errors import BadInput, Conflict
from orders.ids import IdSource
from orders.statement_states import ensure_act
from orders.store.payments import (
    PayeeAccount,
    PayFile,
    Payment,
    load_accounts,
    save_account,
    save_pay_file,
)
from orders.store.statements import StatementHead


@dataclass(frozen=True, slots=True)
class Paid:
    """
    A pay file that was made.

    Parameters
    ----------
    file
        Its payments; they add up to the statements it pays.
    to_collect
        Payer, payee and amount of those who owe money back: their statements stay open, and nothing is paid.
    """

    file: PayFile
    to_collect: tuple[tuple[str, str, int], ...]


def set_account(
    session: Session, actor: Actor, now_at: datetime, ids: IdSource, account: PayeeAccount
) -> None:
    """Keeps where a payee is paid from now on; earlier pay files keep what they have."""
    ensure(actor, "statement.pay")
    if not (account.payee.strip() and account.holder.strip() and account.reference.strip()):
        raise BadInput("account_incomplete", payee=account.payee)
    save_account(session, ids.new(), account, actor.user_id, now_at)
    record(session, actor, "statement.pay.account", account.payee, now_at)


def pay_statements(
    session: Session, actor: Actor, now_at: datetime, ids: IdSource, statement_ids: Sequence[str]
) -> Paid:
    """
    Makes the bank's file for signed statements and marks them paid.

    Statements of one payer to one payee are paid together, so that what is taken back is netted; a payee who
    owes more than is due gets no row.

    Raises
    ------
    Conflict
        ``statement_state`` when one is not signed, ``account_missing`` when a payee has no account,
        ``nothing_to_pay`` when no statement is left to pay.
    """
    ensure(actor, "statement.pay")
    heads = [find_statement(session, actor, statement_id) for statement_id in dict.fromkeys(statement_ids)]
    groups: dict[tuple[str, str], list[StatementHead]] = {}
    for head in heads:
        ensure_act(standing(session, head), "pay")
        groups.setdefault((head.payer, head.payee), []).append(head)
    net = {pair: sum(head.total_fen for head in some) for pair, some in groups.items()}
    accounts = load_accounts(session)
    missing = sorted({payee for (_, payee), sum_fen in net.items() if sum_fen > 0 and payee not in accounts})
    if missing:
        named = {head.payee: _payee(session, head) for head in heads}
        raise Conflict(
            "account_missing",
            payees=", ".join(missing),
            payees_zh="、".join(named[one].zh for one in missing),
            payees_en=", ".join(named[one].en for one in missing),
        )
    paid = [head for pair in sorted(groups) if net[pair] >= 0 for head in groups[pair]]
    if not paid:
        raise Conflict("nothing_to_pay")
    payments = tuple(
        _payment(session, accounts[pair[1]], groups[pair], net[pair])
        for pair in sorted(groups)
        if net[pair] > 0
    )
    file = PayFile(
        ids.new(),
        tuple(head.statement_id for head in paid),
        payments,
        sum(one.amount_fen for one in payments),
        actor.user_id,
        now_at,
    )
    save_pay_file(session, file)
    for head in paid:
        act_on(session, actor, now_at, head.statement_id, "pay", note=file.pay_file_id)
    return Paid(file, tuple((*pair, net[pair]) for pair in sorted(groups) if net[pair] < 0))


def _payment(
    session: Session, account: PayeeAccount, heads: Sequence[StatementHead], amount_fen: int
) -> Payment:
    purpose = "; ".join(dict.fromkeys(_purpose(session, head) for head in heads))
    return Payment(heads[0].payer, account.payee, account.holder, account.reference, amount_fen, purpose)


def _purpose(session: Session, head: StatementHead) -> str:
    """What a payment is for, as it stands beside it at the bank: plan, what is settled, period."""
    rules = rules_at(session, head.programme_id, head.period.to_on)
    what = title_of(rules, head.settlement_id).zh
    period = "" if head.period.label == "once" else f" {head.period.label}"
    return f"{rules.programme.programme.name.zh} {what}{period}"


def _payee(session: Session, head: StatementHead) -> Named:
    rules = rules_at(session, head.programme_id, head.period.to_on)
    return party_name(rules, body_names(session), head.payee)
