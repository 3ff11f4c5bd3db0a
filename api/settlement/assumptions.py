"""How much each unclear clause decides: the same meals settled by the options that were not assumed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from api.settlement.rules import Rules
from api.settlement.sources import settled_anew
from orders.programmes.sections import Ambiguity
from orders.programmes.switches import other_options
from orders.statements import Statement, statement_totals

Place = tuple[str, str, str, str, date]


def place_of(one: Statement) -> Place:
    """Settlement, payer, payee and period: what a statement is of, within its programme."""
    return one.settlement_id, one.payer, one.payee, one.period.label, one.period.from_on


def effects_on(
    session: Session, rules: Rules, wanted: Sequence[Statement]
) -> dict[Place, tuple[dict[str, Any], ...]]:
    """
    The ambiguities that decide the amount of these statements, with what every other option would give.

    Returns
    -------
    dict[Place, tuple[dict[str, Any], ...]]
        For each statement, in the programme's order: ``id``, ``clause``, ``question`` (``zh``, ``en``),
        ``chosen`` and ``others``, each an ``option`` and its ``difference_fen``; ambiguities without a
        difference are left out.
    """
    if not wanted or not rules.programme.ambiguities:
        return {}
    span = min(one.period.from_on for one in wanted), max(one.period.to_on for one in wanted)
    assumed = _totals(session, rules, span, ()) or {}
    places = [place_of(one) for one in wanted]
    found: dict[Place, list[dict[str, Any]]] = {place: [] for place in places}
    for ambiguity in rules.programme.ambiguities:
        others = {
            option: _totals(session, rules, span, (f"{ambiguity.id}={option}",))
            for option in other_options(ambiguity)
        }
        for place in places:
            differences = [
                {"option": option, "difference_fen": totals.get(place, 0) - assumed.get(place, 0)}
                for option, totals in others.items()
                if totals is not None and totals.get(place, 0) != assumed.get(place, 0)
            ]
            if differences:
                found[place].append(_entry(ambiguity, differences))
    return {place: tuple(entries) for place, entries in found.items()}


def _totals(
    session: Session, rules: Rules, span: tuple[date, date], settings: Sequence[str]
) -> dict[Place, int] | None:
    """Amount of each statement under these settings; None where the option cannot be settled."""
    try:
        dues = settled_anew(session, rules, *span, settings)
    except ValueError:
        return None
    return {
        (one.settlement_id, one.payer, one.payee, one.period.label, one.period.from_on): one.total_fen
        for one in statement_totals(dues, rules.settlements(), *span)
    }


def _entry(ambiguity: Ambiguity, others: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": ambiguity.id,
        "clause": ambiguity.clause,
        "question": {"zh": ambiguity.question.zh, "en": ambiguity.question.en},
        "chosen": ambiguity.chosen,
        "others": others,
    }
