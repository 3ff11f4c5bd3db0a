"""What a programme's checks find without refusing it: doubts, gaps and things a city must still set."""

from collections.abc import Iterator, Mapping
from typing import Any

from api.packaged import read_calendar
from api.programmes.speech import missing_words
from api.words import LANGUAGES
from orders.codes import Coded
from orders.programmes.benefits import PerMeal
from orders.programmes.faults import faults_of
from orders.programmes.saying_paying import shares_pay
from orders.programmes.schema import Programme, read_programme, unset_amounts
from orders.programmes.sections import FOREVER_ON
from orders.programmes.sentences import plain_sentences
from orders.programmes.switches import doubtful, option_text, with_settings
from orders.service import MEALS


def findings(table: Mapping[str, Any], programme: Programme) -> list[Coded]:
    """
    Everything that a person should look at before the programme settles anything.

    Parameters
    ----------
    table, programme
        The same plan, as a table and as checked.
    """
    return [
        *_unset(programme),
        *_switches(table, programme),
        *_money(programme),
        *_limits(programme),
        *_calendar(programme),
        *_words(programme),
    ]


def _unset(programme: Programme) -> Iterator[Coded]:
    keys = unset_amounts(programme)
    if keys:
        yield Coded("programme_amounts_unset", {"count": len(keys), "keys": ", ".join(keys)})
    elif programme.status == "template":
        yield Coded("programme_still_template")


def _switches(table: Mapping[str, Any], programme: Programme) -> Iterator[Coded]:
    for switch in doubtful(table, programme):
        yield Coded("programme_switch_doubtful", {"switch": switch})
    for one in programme.ambiguities:
        for option in one.options:
            setting = f"{one.id}={option_text(option)}"
            try:
                read_programme(with_settings(table, [setting]))
            except ValueError as error:
                yield Coded("programme_switch_broken", {"setting": setting})
                yield from faults_of(error)


def _money(programme: Programme) -> Iterator[Coded]:
    settled = {name for one in programme.settlements for name in one.benefits}
    for benefit in programme.benefits:
        if benefit.id not in settled and benefit.kind != "one_off":
            yield Coded("programme_unsettled", {"benefit": benefit.id})
    for one in programme.settlements:
        payers = one.payers or shares_pay(programme, one)
        if not (payers and one.payee) and programme.status != "template":
            yield Coded("programme_open_settlement", {"settlement": one.id})
    for rate in programme.rates:
        if rate.example:
            yield Coded("programme_example_rate", {"carrier": rate.carrier})


def _limits(programme: Programme) -> Iterator[Coded]:
    """Meals whose daily number of subsidies no benefit keeps: the benefit's own limit decides."""
    for meal in MEALS:
        rule = programme.meals.rule(meal)
        most = rule.subsidised_per_person_day if rule else None
        for one in programme.benefits if most is not None else ():
            kept = not isinstance(one, PerMeal) or (one.limit is not None and one.limit.count <= (most or 0))
            if not kept and (meal in one.meals or not one.meals):
                yield Coded("programme_limit_missing", {"meal": meal, "benefit": one.id, "count": most or 0})


def _calendar(programme: Programme) -> Iterator[Coded]:
    if "holiday" not in programme.calendar.closed_on:
        return
    plan = programme.programme
    to_on = plan.valid_from if plan.valid_to == FOREVER_ON else plan.valid_to
    if plan.valid_from.year > 1:
        yield from read_calendar(programme.calendar.calendar).doubts(plan.valid_from, to_on)


def _words(programme: Programme) -> Iterator[Coded]:
    lacking = {
        word
        for one in plain_sentences(programme)
        for language in LANGUAGES
        for word in missing_words(one, language, programme.words)
    }
    lacking |= {f"benefit.{one.id}.name" for one in programme.benefits if one.name is None}
    if lacking:
        yield Coded("programme_words_missing", {"words": ", ".join(sorted(lacking))})
