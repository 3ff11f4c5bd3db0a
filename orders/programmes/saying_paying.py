"""What a programme says of its settlements: who pays whom, in which periods, by when and from where."""

from collections.abc import Iterator

from orders.programmes.benefits import CostShare
from orders.programmes.paying import Settlement
from orders.programmes.saying import Said, Sentence, Term, benefits_of, parties, party, rule
from orders.programmes.schema import Programme


def settlements(programme: Programme) -> Iterator[Sentence]:
    """Who pays whom, in which periods and by when."""
    for one in programme.settlements:
        place, cite = f"settlement.{one.id}", one.cite
        pays = Term("period", one.pay_by) if one.pay_by else None
        parts = Said("settlement.parts", {"parts": tuple(one.split.values())})
        yield rule(
            _way_to_pay(programme, one),
            f"{place} benefits payer split payee account_by pay_by",
            cite,
            benefits=benefits_of(programme, one.benefits),
            payer=parties(programme, one.payers) if one.payers else None,
            parts=parts if one.split else "",
            payee=party(programme, one.payee) if one.payee else None,
            account_by=Term("period", one.account_by),
            pay_by=pays,
        )
        yield from _due(one)
        for name, ids in (("approvals", one.approvals), ("checks", one.checks), ("flow", one.flow)):
            if ids:
                yield rule(f"settlement.{name}", f"{place} {name}", cite, parties=parties(programme, ids))
        if one.source_of_truth:
            source = Term("source", one.source_of_truth)
            yield rule("settlement.source", f"{place} source_of_truth", cite, source=source)
        yield from _fund(programme, one)


def _way_to_pay(programme: Programme, one: Settlement) -> str:
    """How the sentence of a settlement begins: one payer, several, those of its shares, or nobody yet."""
    if not one.payee:
        return "settlement.open"
    if one.payers:
        return "settlement.split" if one.split else "settlement"
    return "settlement.shares" if shares_pay(programme, one) else "settlement.open"


def shares_pay(programme: Programme, one: Settlement) -> bool:
    """Whether everything that a settlement pays names its payers itself, as shares of a price do."""
    shared = {benefit.id for benefit in programme.benefits if isinstance(benefit, CostShare)}
    open_steps = any(
        step.amount is None
        for benefit in programme.benefits
        if isinstance(benefit, CostShare) and benefit.id in one.benefits
        for step in benefit.steps
    )
    return bool(one.benefits) and shared.issuperset(one.benefits) and not open_steps


def _due(one: Settlement) -> Iterator[Sentence]:
    if one.due is None:
        return
    keys = f"settlement.{one.id} due"
    if one.due.after_period_end_months is not None:
        code = "settlement.due_months_last" if one.due.day == "last" else "settlement.due_months"
        yield rule(code, keys, one.cite, months=one.due.after_period_end_months)
    elif one.due.after_period_end_days is not None:
        yield rule("settlement.due_days", keys, one.cite, days=one.due.after_period_end_days)


def _fund(programme: Programme, one: Settlement) -> Iterator[Sentence]:
    if one.fund is None:
        return
    keys = f"settlement.{one.id} fund"
    if one.fund.from_:
        yield rule("settlement.fund_from", keys, one.cite, party=party(programme, one.fund.from_))
    if one.fund.special_account:
        yield rule("settlement.special_account", keys, one.cite)
    if one.fund.ring_fenced:
        yield rule("settlement.ring_fenced", keys, one.cite)
