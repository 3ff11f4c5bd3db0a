"""Settle files by a programme: rows, statements, totals, and what each unclear clause decided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from api.day.services import calendar_of
from api.settling.files import Rejected, read_funds, read_orders, read_people
from orders.bills import Bill, MealEvent
from orders.errors import BadInput
from orders.programmes.persons import Person
from orders.programmes.schema import Programme, read_programme, unset_amounts
from orders.programmes.sections import Ambiguity
from orders.programmes.switches import other_options, with_settings
from orders.settlement import settle
from orders.settling.funds import FundMovement
from orders.settling.rules import RuleBook, rule_book
from orders.statements import StatementTotal, statement_totals

Table = Mapping[str, Any]
AMOUNTS = (
    "subsidy_fen",
    "diner_fen",
    "site_bears_fen",
    "operator_fen",
    "charity_fen",
    "site_fee_fen",
    "delivery_fen",
)


@dataclass(frozen=True, slots=True)
class Input:
    """
    What is settled.

    Parameters
    ----------
    people, meals, funds
        As read from the files.
    rejected, repeated
        Rows left out; how many said the same again.
    """

    people: Mapping[str, Person]
    meals: Sequence[MealEvent]
    funds: Sequence[FundMovement] = ()
    rejected: Sequence[Rejected] = ()
    repeated: int = 0


@dataclass(frozen=True, slots=True)
class Effect:
    """
    An unclear clause, and what its other readings would change.

    Parameters
    ----------
    ambiguity
        The clause with the option that was used.
    changes
        Option to the amounts that it changes, fen more or less than settled; None when not worked out.
    """

    ambiguity: Ambiguity
    changes: Mapping[str, Mapping[str, int]] | None


@dataclass(frozen=True, slots=True)
class Settled:
    """
    The outcome.

    Parameters
    ----------
    programme
        The newest revision used.
    bills
        Of the days asked for, by the instant of payment.
    statements
        Of every period that the days touch, with zero rows where nothing happened.
    outside
        Meals of other days, which only took part in limits and allowances.
    effects
        What each unclear clause decided.
    """

    programme: Programme
    bills: Sequence[Bill]
    statements: Sequence[StatementTotal]
    outside: int
    effects: Sequence[Effect]


def read_input(people: Path, orders: Path, funds: Path | None, zone: str) -> Input:
    """Reads the files; `BadInput` when one is no such table."""
    known, bad_people = read_people(people)
    meals, bad_orders, repeated = read_orders(orders, known, zone)
    movements, bad_funds = read_funds(funds) if funds else ([], [])
    return Input(known, meals, movements, (*bad_people, *bad_orders, *bad_funds), repeated)


def revisions_of(tables: Sequence[Table], settings: Sequence[str]) -> list[Programme]:
    """
    The revisions with switches set.

    Raises
    ------
    BadInput
        When a setting, a table or an amount is missing or wrong; names it.
    """
    try:
        found = [read_programme(with_settings(table, settings)) for table in tables]
    except ValueError as error:
        raise BadInput("programme_wrong", reason=str(error)) from error
    for programme in found:
        if missing := unset_amounts(programme):
            raise BadInput("programme_unset", programme=programme.id, keys=", ".join(missing))
    return found


def book_from(revisions: Sequence[Programme]) -> RuleBook:
    """The revisions prepared for settling; `BadInput` when they are not of one programme."""
    try:
        return rule_book(revisions, calendar_of)
    except ValueError as error:
        raise BadInput("programme_wrong", reason=str(error)) from error


def settle_input(
    given: Input,
    tables: Sequence[Table],
    settings: Sequence[str],
    days: tuple[date, date],
    *,
    effects: bool,
) -> Settled:
    """
    Settles what the files hold.

    Parameters
    ----------
    given
        As `read_input` gives it.
    tables, settings
        The programme's revisions, and switches or keys set otherwise.
    days
        First and last day to settle; other days' meals take part in limits and allowances only.
    effects
        Whether every other reading of every unclear clause is settled too.

    Raises
    ------
    BadInput
        When the programme cannot settle; names what is missing.
    """
    revisions = revisions_of(tables, settings)
    book = book_from(revisions)
    bills = _bills(given, book, days)
    programme = book.revisions[0].programme
    return Settled(
        programme=programme,
        bills=bills,
        statements=statements_of(bills, programme, days),
        outside=len(given.meals) - len(bills),
        effects=[
            Effect(one, _changes(one, given, tables, settings, days, bills) if effects else None)
            for one in programme.ambiguities
        ],
    )


def _bills(given: Input, book: RuleBook, days: tuple[date, date]) -> list[Bill]:
    bills = settle(given.meals, book, given.people, funds=given.funds)
    return [bill for bill in bills if days[0] <= bill.event.service_on <= days[1]]


def statements_of(
    bills: Iterable[Bill], programme: Programme, days: tuple[date, date]
) -> list[StatementTotal]:
    """The statements of every period that the days touch."""
    kept = list(bills)
    dues = (due for bill in kept for due in bill.dues if due.settlement_id)
    sites = sorted({bill.event.site_id for bill in kept})
    return statement_totals(dues, programme.settlements, *days, sites)


def totals_of(bills: Iterable[Bill]) -> dict[str, int]:
    """Every amount summed over the bills, fen."""
    sums = dict.fromkeys(AMOUNTS, 0)
    for bill in bills:
        for name in AMOUNTS:
            sums[name] += getattr(bill, name)
    return sums


def _changes(
    ambiguity: Ambiguity,
    given: Input,
    tables: Sequence[Table],
    settings: Sequence[str],
    days: tuple[date, date],
    bills: Sequence[Bill],
) -> dict[str, dict[str, int]]:
    """Each other option of a clause with the amounts that it changes; one that changes none is left out."""
    before = totals_of(bills)
    found = {}
    for option in other_options(ambiguity):
        try:
            book = book_from(revisions_of(tables, (*settings, f"{ambiguity.id}={option}")))
        except BadInput:
            continue
        after = totals_of(_bills(given, book, days))
        changed = {name: after[name] - before[name] for name in AMOUNTS if after[name] != before[name]}
        if changed:
            found[option] = changed
    return found
