"""People, orders and funds from CSV files: what can be read is kept, every other row says why not."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache
from operator import itemgetter
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

from orders.bills import MealEvent
from orders.codes import Coded, Param
from orders.diners import DinerFact
from orders.errors import BadInput
from orders.money import fen
from orders.programmes.persons import Person
from orders.programmes.sections import Event
from orders.settling.funds import FundMovement

ENCODINGS = ("utf-8-sig", "gb18030")
EVENTS = frozenset(get_args(Event))
YES = frozenset({"yes", "true", "1", "是", "y"})
NO = frozenset({"no", "false", "0", "否", "n", ""})
NO_PROOF = frozenset({"", "no", "none", "false", "0", "否", "无"})
PEOPLE_COLUMNS = ("person_id", "fact", "value")
ORDER_COLUMNS = ("order_id", "person_id", "site_id", "service_on", "meal", "price", "event")
MORE_COLUMNS = ("channel", "payments", "bound", "placed_at", "paid_at", "event_at", "delivered_by", "proof")
FUND_COLUMNS = ("fund", "at", "amount")


@dataclass(frozen=True, slots=True)
class Rejected:
    """
    A row that could not be read.

    Parameters
    ----------
    file, line
        Where it stands; the header is line 1.
    reason
        Why, as a code.
    """

    file: str
    line: int
    reason: Coded


class _Fault(Exception):
    def __init__(self, code: str, **params: Param) -> None:
        super().__init__(code)
        self.reason = Coded(code, params)


@dataclass(slots=True)
class Sheet:
    """
    One CSV file, read row by row.

    Parameters
    ----------
    path, required
        The file, and the columns that it must have.
    rejected
        Grows with each row that is refused.
    """

    path: Path
    required: Sequence[str]
    rejected: list[Rejected] = field(default_factory=list)

    def rows(self, *wanted: str) -> Iterator[tuple[int, Sequence[str]]]:
        """
        Line number and cells of each row that is not empty.

        Parameters
        ----------
        wanted
            Columns, in the order in which their cells are given; one that the file lacks reads as empty.

        Raises
        ------
        BadInput
            When the file cannot be read as text, or lacks a column that it must have.
        """
        reader = csv.reader(io.StringIO(_text(self.path), newline=""))
        header = [name.strip().lower() for name in next(reader, [])]
        missing = [name for name in self.required if name not in header]
        if missing:
            raise BadInput("columns_missing", file=self.path.name, columns=", ".join(missing))
        width = len(header)
        places = [header.index(name) if name in header else width for name in wanted]
        pick = itemgetter(*places)
        for cells in reader:
            if len(cells) == width:
                yield reader.line_num, pick([*map(str.strip, cells), ""])
            elif any(cells):
                self.refuse(reader.line_num, Coded("row_width", {"cells": len(cells), "wanted": width}))

    def refuse(self, line: int, reason: Coded) -> None:
        """Lists a row that is left out."""
        self.rejected.append(Rejected(self.path.name, line, reason))


def _text(path: Path) -> str:
    raw = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput("not_text", file=path.name)


def read_people(path: Path) -> tuple[dict[str, Person], list[Rejected]]:
    """
    People with their dated facts, by id.

    Parameters
    ----------
    path
        Columns ``person_id, fact, value, from_on, to_on``; dates may be empty.

    Raises
    ------
    BadInput
        When the file cannot be read as a table of these columns.
    """
    sheet = Sheet(path, PEOPLE_COLUMNS)
    facts: dict[str, list[DinerFact]] = defaultdict(list)
    born: dict[str, date] = {}
    died: dict[str, date] = {}
    for line, (person_id, name, value, from_on, to_on) in sheet.rows(*PEOPLE_COLUMNS, "from_on", "to_on"):
        try:
            if not person_id:
                raise _Fault("person_missing")
            own = facts[person_id]
            if name in ("born", "died"):
                (born if name == "born" else died)[person_id] = _date(value, name)
            elif name:
                own.append(_fact(name, value, from_on, to_on))
        except _Fault as fault:
            sheet.refuse(line, fault.reason)
    people = {
        key: Person(key, born.get(key), died.get(key), tuple(sorted(set(own), key=_by_fact)))
        for key, own in facts.items()
    }
    return people, sheet.rejected


def _by_fact(fact: DinerFact) -> tuple[str, date, date, str]:
    return fact.fact, fact.from_on or date.min, fact.to_on or date.max, fact.value


def _fact(name: str, value: str, from_on: str, to_on: str) -> DinerFact:
    first_on = _date(from_on, "from_on") if from_on else None
    last_on = _date(to_on, "to_on") if to_on else None
    if first_on and last_on and last_on < first_on:
        raise _Fault("fact_ends_early", fact=name, from_on=from_on, to_on=to_on)
    if name.endswith("_amount"):
        _fen(value, name)
    return DinerFact(name, value.lower() if value.lower() in ("true", "false") else value, first_on, last_on)


def read_orders(
    path: Path, people: Mapping[str, Person], zone: str
) -> tuple[list[MealEvent], list[Rejected], int]:
    """
    Meals and what became of them.

    Parameters
    ----------
    path
        One row for each person of an order; columns as `ORDER_COLUMNS` and ``channel, payments, bound,
        placed_at, paid_at, event_at, delivered_by, proof``.
    people
        Who is known.
    zone
        IANA name; a meal without any instant is placed at the noon of its day there.

    Returns
    -------
    tuple[list[MealEvent], list[Rejected], int]
        Meals in the order of the file, the rows left out, and how many rows merely said the same again.

    Raises
    ------
    BadInput
        When the file cannot be read as a table of these columns.
    """
    sheet = Sheet(path, ORDER_COLUMNS)
    found: dict[tuple[str, str], MealEvent] = {}
    lines: dict[tuple[str, str], int] = {}
    clashing: set[tuple[str, str]] = set()
    repeated = 0
    read = _meal_reader(people, zone)
    for line, cells in sheet.rows(*ORDER_COLUMNS, *MORE_COLUMNS):
        try:
            meal = read(cells)
        except _Fault as fault:
            sheet.refuse(line, fault.reason)
            continue
        key = (meal.order_id, meal.diner_id)
        if key not in found:
            found[key] = meal
            lines[key] = line
        elif found[key] == meal:
            repeated += 1
        else:
            clashing.add(key)
            sheet.refuse(line, Coded("order_given_twice", {"order": key[0], "line": lines[key]}))
    for key in clashing:
        del found[key]
        sheet.refuse(lines[key], Coded("order_given_twice", {"order": key[0], "line": lines[key]}))
    return list(found.values()), sheet.rejected, repeated


def _meal_reader(people: Mapping[str, Person], zone: str) -> Callable[[Sequence[str]], MealEvent]:
    """Reads the cells of one row, in the order of `ORDER_COLUMNS` and `MORE_COLUMNS`."""

    def read(cells: Sequence[str]) -> MealEvent:
        order, person, site, service_on, meal, price, event, *more = cells
        channel, payments, bound, placed_at, paid_at, event_at, carrier, proof = more
        price_fen = _fen(price, "price")
        if not order or not site or not meal:
            raise _Fault("cell_empty", columns="order_id, site_id, meal")
        if person not in people:
            raise _Fault("person_unknown", person=person)
        if event not in EVENTS:
            raise _Fault("event_unknown", event=event, known=", ".join(sorted(EVENTS)))
        day_on = _date(service_on, "service_on")
        return MealEvent(
            order,
            order,
            person,
            site,
            day_on,
            meal.lower(),
            price_fen,
            event,  # type: ignore[arg-type]
            _instant(event_at, "event_at") or _noon(day_on, zone),
            channel,
            _parts(payments, price_fen),
            _yes(bound),
            _instant(placed_at, "placed_at"),
            _instant(paid_at, "paid_at"),
            carrier,
            "" if proof.lower() in NO_PROOF else proof,
        )

    return read


def read_funds(path: Path) -> tuple[list[FundMovement], list[Rejected]]:
    """What came into charities' funds: columns ``fund, at, amount``."""
    sheet = Sheet(path, FUND_COLUMNS)
    found = []
    for line, (fund, at, amount) in sheet.rows(*FUND_COLUMNS):
        try:
            came_at = _instant(at, "at")
            if came_at is None or not fund:
                raise _Fault("cell_empty", columns="fund, at")
            found.append(FundMovement(fund, came_at, _fen(amount, "amount")))
        except _Fault as fault:
            sheet.refuse(line, fault.reason)
    return found, sheet.rejected


@lru_cache(maxsize=4096)
def _date(text: str, column: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _Fault("date_unreadable", column=column, text=text) from error


@lru_cache(maxsize=4096)
def _fen(text: str, column: str) -> int:
    try:
        return fen(text)
    except ValueError as error:
        raise _Fault("amount_unreadable", column=column, text=text) from error


def _instant(text: str, column: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise _Fault("instant_unreadable", column=column, text=text) from error
    if at.tzinfo is None:
        raise _Fault("instant_without_zone", column=column, text=text)
    return at.astimezone(UTC)


@lru_cache(maxsize=1024)
def _noon(day_on: date, zone: str) -> datetime:
    return datetime.combine(day_on, time(12), ZoneInfo(zone)).astimezone(UTC)


@lru_cache(maxsize=4096)
def _parts(text: str, price_fen: int) -> tuple[int, ...]:
    if not text:
        return ()
    parts = tuple(_fen(part, "payments") for part in text.split("+"))
    if sum(parts) != price_fen:
        raise _Fault("payments_differ", text=text, price_fen=price_fen)
    return parts


def _yes(text: str) -> bool:
    word = text.lower()
    if word not in YES and word not in NO:
        raise _Fault("not_yes_or_no", column="bound", text=text)
    return word in YES
