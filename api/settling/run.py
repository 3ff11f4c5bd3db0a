"""Settle files by a programme: rows, statements, totals, and what each unclear clause decided."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from api.collector import without_collecting
from api.day.services import calendar_of
from api.settling.files import read_funds, read_orders, read_people
from api.settling.parts import (
    AMOUNTS,
    Part,
    Tally,
    processors,
    settle_parts,
    wanted_bills,
)
from api.settling.sheets import Rejected
from orders.bills import Bill, MealEvent
from orders.codes import Coded
from orders.errors import BadInput
from orders.programmes.faults import faults_of
from orders.programmes.persons import Person
from orders.programmes.schema import Programme, read_programme, unset_amounts
from orders.programmes.sections import Ambiguity
from orders.programmes.switches import other_options, with_settings
from orders.settlement import prepare, settle
from orders.settling.funds import FundMovement
from orders.settling.rules import RuleBook, rule_book
from orders.statements import DueSums, StatementTotal, totals_of

Table = Mapping[str, Any]


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
    parts
        The rows of the days asked for, by person and instant of payment, in files.
    totals
        Amounts summed over them, fen, and ``rows``.
    statements
        Of every period that the days touch, with zero rows where nothing happened.
    outside
        Meals of other days, which only took part in limits and allowances.
    effects
        What each unclear clause decided.
    doubts
        Years whose days off nobody has published yet, or whose days the house does not know.
    days
        First and last day that were asked for.
    """

    programme: Programme
    parts: Sequence[Part]
    totals: Mapping[str, int]
    statements: Sequence[StatementTotal]
    outside: int
    effects: Sequence[Effect]
    doubts: Sequence[Coded]
    days: tuple[date, date]


def read_input(people: Sequence[Path], orders: Sequence[Path], funds: Path | None, zone: str) -> Input:
    """Reads the files; `BadInput` when one is no such table."""
    with without_collecting():
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
        raise _wrong(error) from error
    for programme in found:
        if missing := unset_amounts(programme):
            raise BadInput("programme_unset", programme=programme.id, keys=", ".join(missing))
    return found


def book_from(revisions: Sequence[Programme]) -> RuleBook:
    """The revisions prepared for settling; `BadInput` when they are not of one programme."""
    try:
        return rule_book(revisions, calendar_of)
    except ValueError as error:
        raise _wrong(error) from error


def _wrong(error: ValueError) -> BadInput:
    refusal = BadInput("programme_wrong")
    refusal.reasons = faults_of(error)
    return refusal


def settle_input(
    given: Input,
    tables: Sequence[Table],
    settings: Sequence[str],
    days: tuple[date, date],
    *,
    effects: bool,
    language: str,
    folder: Path,
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
    language, folder
        In which the reasons are written, and where.

    Raises
    ------
    BadInput
        When the programme cannot settle; names what is missing.
    """
    book = book_from(revisions_of(tables, settings))
    programme = book.revisions[0].programme
    ready = prepare(given.meals, book, given.people, given.funds)
    jobs = processors(len(given.meals))
    parts = settle_parts(ready, days, language=language, folder=folder, jobs=jobs)
    totals = {name: sum(part.totals[name] for part in parts) for name in ("rows", *AMOUNTS)}
    return Settled(
        programme=programme,
        parts=parts,
        totals=totals,
        statements=_statements(parts, book, days),
        outside=len(given.meals) - totals["rows"],
        effects=[
            Effect(one, _changes(one, given, tables, settings, days, totals) if effects else None)
            for one in programme.ambiguities
        ],
        doubts=_doubts(programme, days),
        days=days,
    )


def _doubts(programme: Programme, days: tuple[date, date]) -> list[Coded]:
    """What the calendar does not know of the days, where days off decide."""
    by_the_calendar = programme.calendar.closed_on and programme.calendar.holiday_set != "list"
    return calendar_of(programme).doubts(*days) if by_the_calendar else []


def bills_of_order(
    given: Input, tables: Sequence[Table], settings: Sequence[str], order_id: str
) -> list[Bill]:
    """The bills of one order, beside everything else that was eaten."""
    book = book_from(revisions_of(tables, settings))
    wanted = [meal for meal in given.meals if meal.order_id == order_id]
    others = [meal for meal in given.meals if meal.order_id != order_id]
    return settle(wanted, book, given.people, context=others, funds=given.funds)


def _statements(parts: Sequence[Part], book: RuleBook, days: tuple[date, date]) -> list[StatementTotal]:
    sums = DueSums()
    for part in parts:
        sums.merge(part.dues)
    sites = sorted({site for part in parts for site in part.sites})
    return totals_of(sums, book.settlements(), *days, sites, book.payers())


def _changes(
    ambiguity: Ambiguity,
    given: Input,
    tables: Sequence[Table],
    settings: Sequence[str],
    days: tuple[date, date],
    before: Mapping[str, int],
) -> dict[str, dict[str, int]]:
    """Each other option of a clause with the amounts that it changes; one that changes none is left out."""
    found = {}
    for option in other_options(ambiguity):
        try:
            book = book_from(revisions_of(tables, (*settings, f"{ambiguity.id}={option}")))
        except BadInput:
            continue
        ready = prepare(given.meals, book, given.people, given.funds)
        tally = Tally()
        for _ in tally.counting(wanted_bills(ready, ready.groups, days)):
            pass
        after = tally.totals()
        changed = {name: after[name] - before[name] for name in AMOUNTS if after[name] != before[name]}
        if changed:
            found[option] = changed
    return found
