"""People, orders and funds from CSV files: what can be read is kept, every other row says why not."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import cast, get_args
from zoneinfo import ZoneInfo

from api.settling.sheets import Rejected, Sheet
from orders.bills import MealEvent
from orders.codes import Coded, Param
from orders.diners import DinerFact
from orders.money import fen
from orders.programmes.persons import Person
from orders.programmes.sections import Event
from orders.settling.funds import FundMovement
from orders.settling.refusals import MealKey

ONCE = frozenset({"born", "died"})
EVENTS = frozenset(get_args(Event))
YES = frozenset({"yes", "true", "1", "是", "有", "y"})
NO = frozenset({"no", "false", "0", "否", "无", "n", ""})
NO_PROOF = frozenset({"", "no", "none", "false", "0", "否", "无"})
PEOPLE_COLUMNS = ("person_id", "fact", "value")
ORDER_COLUMNS = ("order_id", "person_id", "site_id", "service_on", "meal", "price", "event")
MORE_COLUMNS = ("channel", "payments", "bound", "placed_at", "paid_at", "event_at", "delivered_by", "proof")
FUND_COLUMNS = ("fund", "at", "amount")


class _Fault(Exception):
    def __init__(self, code: str, **params: Param) -> None:
        super().__init__(code)
        self.reason = Coded(code, params)


def read_people(paths: Iterable[Path]) -> tuple[dict[str, Person], list[Rejected]]:
    """
    People with their dated facts, by id.

    Parameters
    ----------
    paths
        Files with the columns ``person_id, fact, value, from_on, to_on``; dates may be empty.

    Raises
    ------
    BadInput
        When a file cannot be read as a table of these columns.
    """
    facts: dict[str, set[DinerFact]] = defaultdict(set)
    once: dict[tuple[str, str], list[tuple[date, Sheet, int]]] = defaultdict(list)
    sheets = [Sheet(path, PEOPLE_COLUMNS) for path in paths]
    for sheet in sheets:
        for line, (person_id, name, *cells) in sheet.rows(*PEOPLE_COLUMNS, "from_on", "to_on"):
            try:
                if not person_id:
                    raise _Fault("person_missing")
                own = facts[person_id]
                if not name:
                    raise _Fault("column_empty", columns="fact")
                if name in ONCE:
                    once[person_id, name].append((_day_of(name, *cells), sheet, line))
                else:
                    own.add(_fact(name, *cells))
            except _Fault as fault:
                sheet.refuse(line, fault.reason)
    days = {key: day_on for key, told in once.items() if (day_on := _agreed(key, told))}
    people = {
        key: Person(key, days.get((key, "born")), days.get((key, "died")), tuple(sorted(own, key=_by_fact)))
        for key, own in facts.items()
    }
    return people, [row for sheet in sheets for row in sheet.rejected]


def _day_of(name: str, value: str, from_on: str, to_on: str) -> date:
    """The day of a birth or a death; a death may also be ``true`` from its day on."""
    return _date(from_on if value.lower() == "true" and from_on else value, name)


def _agreed(key: tuple[str, str], told: Sequence[tuple[date, Sheet, int]]) -> date | None:
    """The day that all rows tell; None when they differ, and each row is refused: nobody guesses."""
    if len({day_on for day_on, _, _ in told}) == 1:
        return told[0][0]
    for _, sheet, line in told:
        sheet.refuse(line, Coded("fact_differs", {"person": key[0], "fact": key[1]}))
    return None


def _by_fact(fact: DinerFact) -> tuple[str, date, date, str]:
    return fact.fact, fact.from_on or date.min, fact.to_on or date.max, fact.value


def _fact(name: str, value: str, from_on: str, to_on: str) -> DinerFact:
    first_on = _date(from_on, "from_on") if from_on else None
    last_on = _date(to_on, "to_on") if to_on else None
    if first_on and last_on and last_on < first_on:
        raise _Fault("fact_ends_early", fact=name, from_on=from_on, to_on=to_on)
    if name.endswith("_amount"):
        _fen(value, name)
    elif name == "institution_resident" or name.startswith("entitlement."):
        value = _yes_or_no(value, name)
    elif not value:
        raise _Fault("column_empty", columns="value")
    return DinerFact(name, value.lower() if value.lower() in ("true", "false") else value, first_on, last_on)


def _yes_or_no(value: str, name: str) -> str:
    """``true`` or ``false``; a word that is neither is refused, since it would silently count as false."""
    word = value.lower()
    if word not in YES | NO or not word:
        raise _Fault("not_yes_or_no", column=name, text=value)
    return "true" if word in YES else "false"


def read_orders(
    paths: Iterable[Path], people: Mapping[str, Person], zone: str
) -> tuple[list[MealEvent], list[Rejected], int]:
    """
    Meals and what became of them.

    Parameters
    ----------
    paths
        Files with one row for each person of an order; columns as `ORDER_COLUMNS` and `MORE_COLUMNS`.
    people
        Who is known.
    zone
        IANA name; a meal without any instant is placed at the noon of its day there.

    Returns
    -------
    tuple[list[MealEvent], list[Rejected], int]
        Meals in the order of the files, the rows left out, and how many rows merely said the same again.

    Raises
    ------
    BadInput
        When a file cannot be read as a table of these columns.
    """
    found = _Meals()
    read = _meal_reader(people, zone)
    sheets = [Sheet(path, ORDER_COLUMNS) for path in paths]
    for sheet in sheets:
        found.read(sheet, read)
    found.drop_clashing()
    return list(found.meals.values()), [row for sheet in sheets for row in sheet.rejected], found.repeated


@dataclass(slots=True)
class _Meals:
    """Each order and diner once; rows that differ are all left out."""

    meals: dict[MealKey, MealEvent] = field(default_factory=dict)
    repeated: int = 0
    _lines: list[tuple[Sheet, dict[MealKey, int]]] = field(default_factory=list)
    _clashing: set[MealKey] = field(default_factory=set)

    def read(self, sheet: Sheet, read: Callable[[Sequence[str]], MealEvent]) -> None:
        meals = self.meals
        lines: dict[MealKey, int] = {}
        self._lines.append((sheet, lines))
        for line, cells in sheet.rows(*ORDER_COLUMNS, *MORE_COLUMNS):
            try:
                meal = read(cells)
            except _Fault as fault:
                sheet.refuse(line, fault.reason)
                continue
            key = (meal.order_id, meal.diner_id)
            kept = meals.get(key)
            if kept is None:
                meals[key] = meal
                lines[key] = line
            elif kept == meal and key not in self._clashing:
                self.repeated += 1
            else:
                self._clashing.add(key)
                self._refuse(key, sheet, line)

    def drop_clashing(self) -> None:
        for key in self._clashing:
            del self.meals[key]
            self._refuse(key, *self._first(key))

    def _first(self, key: MealKey) -> tuple[Sheet, int]:
        return next((sheet, lines[key]) for sheet, lines in self._lines if key in lines)

    def _refuse(self, key: MealKey, sheet: Sheet, line: int) -> None:
        kept, kept_line = self._first(key)
        params: dict[str, Param] = {"order": key[0], "file": kept.path.name, "line": kept_line}
        sheet.refuse(line, Coded("order_given_twice", params))


def _meal_reader(people: Mapping[str, Person], zone: str) -> Callable[[Sequence[str]], MealEvent]:
    """Reads the cells of one row, in the order of `ORDER_COLUMNS` and `MORE_COLUMNS`."""

    def read(cells: Sequence[str]) -> MealEvent:
        order, person, site, service_on, meal, price, event, *more = cells
        channel, payments, bound, placed_at, paid_at, event_at, carrier, proof = more
        price_fen = _fen(price, "price")
        if not order or not site or not meal:
            raise _Fault("column_empty", columns="order_id, site_id, meal")
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
            cast(Event, event),
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
                raise _Fault("column_empty", columns="fund, at")
            found.append(FundMovement(fund, came_at, _fen(amount, "amount")))
        except _Fault as fault:
            sheet.refuse(line, fault.reason)
    return found, sheet.rejected


@lru_cache(maxsize=4096)
def _date(text: str, column: str) -> date:
    try:
        day_on = date.fromisoformat(text)
    except ValueError as error:
        raise _Fault("date_unreadable", column=column, text=text) from error
    if day_on.isoformat() != text:
        raise _Fault("date_unreadable", column=column, text=text)
    return day_on


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
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise _Fault("instant_unreadable", column=column, text=text) from error


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
