"""A settlement of files as one document, and as lines for people."""

from collections.abc import Iterator, Mapping
from typing import Any

from api.settling.parts import AMOUNTS
from api.settling.rows import Sayer
from api.settling.run import Effect, Input, Settled
from api.words import gettext
from orders.bills import Bill
from orders.money import yuan
from orders.programmes.conditions import Condition
from orders.statements import Period, StatementTotal


def statement_row(one: StatementTotal, settled: Settled) -> dict[str, Any]:
    """One statement: who pays whom how much by when; partial where days of its period were not asked for."""
    return {
        "settlement": one.settlement_id,
        "payer": one.payer,
        "payee": one.payee,
        "period": one.period.label,
        "from": one.period.from_on.isoformat(),
        "to": one.period.to_on.isoformat(),
        "lines": one.lines,
        "total_fen": one.total_fen,
        "held_fen": one.held_fen,
        "minutes": one.minutes,
        "due_on": one.due_on.isoformat() if one.due_on else None,
        "partial": is_partial(one.period, settled),
    }


def is_partial(period: Period, settled: Settled) -> bool:
    """Whether days of a period on which the programme is in force were not asked for."""
    (from_on, to_on), head = settled.days, settled.programme.programme
    lacks_first = max(period.from_on, head.valid_from) < from_on
    return period.label != "once" and (lacks_first or min(period.to_on, head.valid_to) > to_on)


def head(settled: Settled, given: Input, sayer: Sayer) -> dict[str, Any]:
    """Everything of the document but its rows."""
    rejected = sorted(given.rejected, key=lambda one: (one.file, one.line))
    return {
        "programme": settled.programme.id,
        "revision": settled.programme.revision,
        "statements": [statement_row(one, settled) for one in settled.statements],
        "totals": dict(settled.totals),
        "rejected_rows": [
            {
                "file": one.file,
                "line": one.line,
                "code": one.reason.code,
                "reason": sayer.say(one.reason),
            }
            for one in rejected
        ],
        "repeated_rows": given.repeated,
        "outside_days": settled.outside,
        "unused_facts": unused_facts(settled, given),
        "doubts": [sayer.say(doubt) for doubt in settled.doubts],
        "assumptions": [_assumption(one, sayer.language) for one in settled.effects],
    }


def unused_facts(settled: Settled, given: Input) -> list[str]:
    """Facts in the people's file that nothing in the programme asks for; choices that it does not offer."""
    programme = settled.programme
    asked = {name for kind in programme.classes for name in kind.when.facts()} | {"institution_resident"}
    asked |= {overlay.by for overlay in programme.overlays}
    asked |= {benefit.cap.from_ for benefit in programme.benefits if benefit.kind == "monthly_allowance"}
    asked |= {f"entitlement.{word}" for kind in programme.classes for word in _entitlements(kind.when)}
    chosen = programme.choice
    choice = f"choice.{chosen.id}" if chosen else ""
    options = set(chosen.options) if chosen else set()
    named = {(fact.fact, fact.value) for person in given.people.values() for fact in person.facts}
    wrong = {f"{name}={value}" for name, value in named if name == choice and value not in options}
    return sorted({name for name, _ in named if name not in asked | {choice}} | wrong)


def _entitlements(condition: Condition) -> set[str]:
    """The entitlements that a condition asks for."""
    if condition.fact:
        words = {condition.has, *condition.in_} if condition.fact == "entitlement" else set()
        return {word for word in words if word}
    return {word for part in (*condition.all, *condition.any) for word in _entitlements(part)}


def _assumption(effect: Effect, language: str) -> dict[str, Any]:
    one = effect.ambiguity
    return {
        "id": one.id,
        "clause": one.clause,
        "question": one.question.zh if language == "zh_CN" else one.question.en,
        "chosen": one.chosen,
        "changes": effect.changes,
    }


def explain(bill: Bill, sayer: Sayer) -> Iterator[str]:
    """One meal, line by line down to the fen."""
    event = bill.event
    meal = f"{event.service_on} {event.meal}"
    yield f"{event.order_id}  {event.diner_id}  {meal}  {event.site_id}  {event.event}"
    for number, reason in enumerate(bill.why, 1):
        yield f"  {number}. {sayer.say(reason)}"
    amounts: Mapping[str, int] = {"price_fen": event.price_fen} | {
        name: getattr(bill, name) for name in AMOUNTS
    }
    for name, amount_fen in amounts.items():
        if amount_fen or name in ("price_fen", "subsidy_fen", "diner_fen"):
            yield f"  {sayer.amount(name):<30}{yuan(amount_fen):>12}"
    for due in bill.dues:
        held = "  *" if due.held else ""
        parties = f"{sayer.called('party', due.payer)} -> {sayer.called('party', due.payee)}"
        yield f"  {sayer.called('benefit', due.benefit_id)}: {parties}  {yuan(due.amount_fen)}{held}"
    for flag in bill.flags:
        yield f"  ! {gettext(f'flag.{flag}', sayer.language)}"
