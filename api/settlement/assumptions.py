"""How much each unclear clause decides: the same meals settled by the options that were not assumed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from api.settlement.sources import Source
from orders.programmes.benefits import OneOff, TieredAward
from orders.programmes.schema import Programme
from orders.programmes.sections import Ambiguity
from orders.programmes.switches import other_options
from orders.statements import Statement, statement_totals

Place = tuple[str, str, str, str, date]
NEVER_SETTLED = ("ordering.cutoff", "ordering.days_ahead", "settlement.", "reports.", "circle.")
"""Keys that move orders, due dates and maps, and no fen of a meal that was eaten."""


def place_of(one: Statement) -> Place:
    """Settlement, payer, payee and period: what a statement is of, within its programme."""
    return one.settlement_id, one.payer, one.payee, one.period.label, one.period.from_on


def effects_on(source: Source, wanted: Sequence[Statement]) -> dict[Place, tuple[dict[str, Any], ...]]:
    """
    The ambiguities that decide the amount of these statements, with what every other option would give.

    Returns
    -------
    dict[Place, tuple[dict[str, Any], ...]]
        For each statement, in the programme's order: ``id``, ``clause``, ``question`` (``zh``, ``en``),
        ``chosen`` and ``others``, each an ``option`` and its ``difference_fen``; ambiguities without a
        difference are left out.
    """
    places = [place_of(one) for one in wanted]
    found: dict[Place, list[dict[str, Any]]] = {place: [] for place in places}
    if not wanted or not source.bills:
        return dict.fromkeys(places, ())
    assumed = _totals(source, ()) or {}
    for ambiguity in source.rules.programme.ambiguities:
        if never_settled(ambiguity, source.rules.programme):
            continue
        others = {
            option: _totals(source, (f"{ambiguity.id}={option}",)) for option in other_options(ambiguity)
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


def never_settled(ambiguity: Ambiguity, programme: Programme) -> bool:
    """Whether no meal's amount depends on it: all its keys are of other things, or of grants given once."""
    grants = [one for one in programme.benefits if isinstance(one, OneOff | TieredAward)]
    prefixes = (*NEVER_SETTLED, *(f"benefit.{one.id}." for one in grants))
    keys = {key for option in ambiguity.sets.values() for key in option}
    return all(key.startswith(prefixes) for key in keys | {ambiguity.key})


def _totals(source: Source, settings: Sequence[str]) -> dict[Place, int] | None:
    """Amount of each statement under these settings; None where the option cannot be settled."""
    try:
        dues = source.settled_anew(settings)
    except ValueError:
        return None
    return {
        (one.settlement_id, one.payer, one.payee, one.period.label, one.period.from_on): one.total_fen
        for one in statement_totals(dues, source.rules.settlements(), source.from_on, source.to_on)
    }


def _entry(ambiguity: Ambiguity, others: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": ambiguity.id,
        "clause": ambiguity.clause,
        "question": {"zh": ambiguity.question.zh, "en": ambiguity.question.en},
        "chosen": ambiguity.chosen,
        "others": others,
    }
