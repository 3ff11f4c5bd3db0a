"""Statements: what each payer owes each payee in a period, by when, and which of it to visit."""

import hashlib
from calendar import monthrange
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from operator import attrgetter

from orders.dues import Due
from orders.programmes.paying import Settlement

MONTHS_OF = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
SITE = "site"
EMPTY = (0, 0, 0, 0)
Key = tuple[str, str, str]
_order_of_lines = attrgetter(
    "service_on", "order_id", "benefit_id", "diner_id", "site_id", "amount_fen", "revision", "held", "minutes"
)


@dataclass(frozen=True, slots=True)
class Period:
    """
    What one statement covers.

    Parameters
    ----------
    label
        ``"2020-10"``, ``"2023-Q2"``, ``"2023-H1"``, ``"2023"``; ``"once"`` for a grant of one day.
    from_on, to_on
        First and last day.
    """

    label: str
    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True)
class StatementTotal:
    """
    A statement without its lines.

    Parameters
    ----------
    settlement_id
        Section of the programme.
    payer, payee
        Who pays whom; a site by its id.
    period
        What it covers.
    lines
        How many dues, held ones too.
    total_fen
        What is to be paid, fen.
    held_fen
        What waits for a review and is not in the total, fen.
    due_on
        Last day to pay, None where the programme sets none.
    minutes
        Time for volunteers' accounts, held lines left out.
    """

    settlement_id: str
    payer: str
    payee: str
    period: Period
    lines: int
    total_fen: int
    held_fen: int
    due_on: date | None
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """
    What a payer owes a payee in a period, line by line.

    Parameters
    ----------
    settlement_id, payer, payee, period
        Its key.
    lines
        By day, order, benefit and diner.
    total_fen, held_fen
        Sum of the lines that are paid, and of those that wait for a review, fen.
    due_on
        Last day to pay, None where the programme sets none.
    minutes
        Time for volunteers' accounts, held lines left out.
    """

    settlement_id: str
    payer: str
    payee: str
    period: Period
    lines: tuple[Due, ...]
    total_fen: int
    held_fen: int
    due_on: date | None
    minutes: int = 0


def said_days(days: Iterable[date]) -> str:
    """Days in order, runs of them as their first and last: ``2026-11-02 – 2026-11-05, 2026-11-09``."""
    runs: list[list[date]] = []
    for day_on in sorted(set(days)):
        if runs and day_on - runs[-1][-1] == timedelta(days=1):
            runs[-1].append(day_on)
        else:
            runs.append([day_on])
    return ", ".join(
        f"{run[0].isoformat()} – {run[-1].isoformat()}" if len(run) > 1 else run[0].isoformat()
        for run in runs
    )


def period_of(settlement: Settlement, day_on: date) -> Period:
    """
    The paying period of a settlement that a day belongs to.

    Raises
    ------
    ValueError
        When the programme leaves the period open (a template).
    """
    if settlement.account_by == "once" or settlement.pay_by == "once":
        return Period("once", day_on, day_on)
    if settlement.pay_by is None:
        raise ValueError(f"settlement {settlement.id}: pay_by is unset.")
    months = MONTHS_OF[settlement.pay_by]
    part = (day_on.month - 1) // months
    last = (part + 1) * months
    label = {1: f"{day_on.year}-{last:02d}", 3: f"{day_on.year}-Q{part + 1}", 6: f"{day_on.year}-H{part + 1}"}
    return Period(
        label.get(months, str(day_on.year)),
        date(day_on.year, part * months + 1, 1),
        date(day_on.year, last, monthrange(day_on.year, last)[1]),
    )


def accounted(settlement: Settlement, day_on: date, today_on: date) -> bool:
    """Whether the accounting period of a day is over, so that what it held is adjusted and not re-rated."""
    if settlement.account_by == "once":
        return day_on < today_on
    return period_of(settlement.model_copy(update={"pay_by": settlement.account_by}), day_on).to_on < today_on


def periods_within(settlement: Settlement, from_on: date, to_on: date) -> list[Period]:
    """Every period of a settlement that touches these days, in order; none where it pays once."""
    if settlement.account_by == "once" or settlement.pay_by == "once":
        return []
    periods, day_on = [], from_on
    while day_on <= to_on:
        periods.append(period_of(settlement, day_on))
        day_on = periods[-1].to_on + timedelta(days=1)
    return periods


def due_on(settlement: Settlement, period: Period) -> date | None:
    """
    Last day on which a period is to be paid, None where the programme says none.

    Days count from the period's last day; months give the last day of the month so many months later.
    """
    rule = settlement.due
    if rule is None:
        return None
    if rule.after_period_end_months is not None:
        months = period.to_on.year * 12 + period.to_on.month - 1 + rule.after_period_end_months
        year, month = divmod(months, 12)
        days = monthrange(year, month + 1)[1]
        return date(year, month + 1, days if rule.day == "last" else min(period.to_on.day, days))
    if rule.after_period_end_days is not None:
        return period.to_on + timedelta(days=rule.after_period_end_days)
    return None


def statements(
    dues: Iterable[Due],
    settlements: Sequence[Settlement],
    from_on: date,
    to_on: date,
    payees: Collection[str] = (),
    payers: Mapping[str, Collection[str]] | None = None,
) -> list[Statement]:
    """
    Sorts dues into statements; the order in which they are given changes nothing.

    Parameters
    ----------
    dues
        What is owed, of any days.
    settlements
        The programme's; every due names one of them.
    from_on, to_on
        Days asked for: each period that touches them gets its statement, with 0 rows where nothing happened,
        so that a missing one is noticed.
    payees
        Ids of the sites that are known.
    payers
        Settlement id to its payers, where the settlement itself names none.

    Returns
    -------
    list[Statement]
        By settlement, period, payee and payer.
    """
    lines: dict[tuple[Key, date], list[Due]] = {}
    for due in dues:
        place = (due.settlement_id, due.payer, due.site_id or due.payee if due.payee == SITE else due.payee)
        key = (place, due.service_on)
        if key in lines:
            lines[key].append(due)
        else:
            lines[key] = [due]
    groups: dict[tuple[Key, Period], list[Due]] = {}
    known = {settlement.id: settlement for settlement in settlements}
    for (place, day_on), some in sorted(lines.items(), key=lambda item: item[0]):
        some.sort(key=_order_of_lines)
        groups.setdefault((place, period_of(known[place[0]], day_on)), []).extend(some)
    for empty in _expected(settlements, from_on, to_on, payees, payers or {}, {place for place, _ in groups}):
        groups.setdefault(empty, [])
    return [_statement(key, tuple(groups[key]), known) for key in sorted(groups, key=_order_of_statements)]


def statement_totals(
    dues: Iterable[Due],
    settlements: Sequence[Settlement],
    from_on: date,
    to_on: date,
    payees: Collection[str] = (),
    payers: Mapping[str, Collection[str]] | None = None,
) -> list[StatementTotal]:
    """As `statements`, with counts and sums only: one pass that keeps no line."""
    sums = DueSums()
    for due in dues:
        sums.add(due)
    return totals_of(sums, settlements, from_on, to_on, payees, payers)


@dataclass(slots=True)
class DueSums:
    """
    Dues added up by settlement, payer, payee (a site by its id) and day.

    Parameters
    ----------
    by_day
        To how many there are, fen to pay, fen held, and minutes.
    """

    by_day: dict[tuple[str, str, str, date], list[int]] = field(default_factory=dict)

    def add(self, due: Due) -> None:
        """Adds one due; what no settlement pays is on no statement."""
        payee = due.site_id or due.payee if due.payee == SITE else due.payee
        key = (due.settlement_id, due.payer, payee, due.service_on)
        found = self.by_day.get(key)
        if found is None:
            if not due.settlement_id:
                return
            self.by_day[key] = found = list(EMPTY)
        found[0] += 1
        if due.held:
            found[2] += due.amount_fen
        else:
            found[1] += due.amount_fen
            found[3] += due.minutes

    def merge(self, other: "DueSums") -> None:
        """Adds what was added up elsewhere."""
        for key, parts in other.by_day.items():
            mine = self.by_day.get(key, EMPTY)
            self.by_day[key] = [whole + part for whole, part in zip(mine, parts, strict=True)]


def totals_of(
    sums: DueSums,
    settlements: Sequence[Settlement],
    from_on: date,
    to_on: date,
    payees: Collection[str] = (),
    payers: Mapping[str, Collection[str]] | None = None,
) -> list[StatementTotal]:
    """As `statement_totals`, of dues that are added up already."""
    known = {settlement.id: settlement for settlement in settlements}
    groups: dict[tuple[Key, Period], list[int]] = {}
    for (settlement_id, payer, payee, day_on), parts in sums.by_day.items():
        group = ((settlement_id, payer, payee), period_of(known[settlement_id], day_on))
        groups[group] = [whole + part for whole, part in zip(groups.get(group, EMPTY), parts, strict=True)]
    for empty in _expected(settlements, from_on, to_on, payees, payers or {}, {place for place, _ in groups}):
        groups.setdefault(empty, list(EMPTY))
    return [
        _total((place, period), groups[place, period], known)
        for place, period in sorted(groups, key=_order_of_statements)
    ]


def check_lines(lines: Iterable[Due], size: int, seed: str) -> list[Due]:
    """
    A random check: lines to visit, drawn by a seed that anybody can draw again.

    A line's rank is the SHA-256 of the seed, its order, benefit and diner; the lowest ranks are drawn, so
    neither the order of the lines nor the version of anything changes the list.

    Parameters
    ----------
    lines
        Of one statement; lines that name no diner are left out.
    size
        How many, all of them where there are fewer.
    seed
        Printed on the list.

    Returns
    -------
    list[Due]
        In the order of the statement.
    """

    def rank(due: Due) -> bytes:
        text = "\n".join((seed, due.order_id, due.benefit_id, due.diner_id))
        return hashlib.sha256(text.encode()).digest()

    persons = [due for due in lines if due.diner_id]
    return sorted(sorted(persons, key=rank)[:size], key=_order_of_lines)


def _expected(
    settlements: Sequence[Settlement],
    from_on: date,
    to_on: date,
    payees: Collection[str],
    payers: Mapping[str, Collection[str]],
    seen: Collection[Key],
) -> Iterator[tuple[Key, Period]]:
    """The statements that should be there even if nothing happened."""
    for settlement in settlements:
        seen_here = [key for key in seen if key[0] == settlement.id]
        those = {payer for _, payer, _ in seen_here}
        those |= {settlement.payer} if settlement.payer else set(payers.get(settlement.id, ()))
        whom = {payee for _, _, payee in seen_here}
        if settlement.payee == SITE:
            whom |= set(payees)
        whom = whom or {settlement.payee}
        for period in periods_within(settlement, from_on, to_on):
            for payer in those or {""}:
                for payee in whom:
                    yield (settlement.id, payer, payee), period


def _statement(
    key: tuple[Key, Period], lines: tuple[Due, ...], settlements: Mapping[str, Settlement]
) -> Statement:
    (settlement_id, payer, payee), period = key
    held_fen = sum(due.amount_fen for due in lines if due.held)
    return Statement(
        settlement_id=settlement_id,
        payer=payer,
        payee=payee,
        period=period,
        lines=lines,
        total_fen=sum(due.amount_fen for due in lines) - held_fen,
        held_fen=held_fen,
        due_on=due_on(settlements[settlement_id], period),
        minutes=sum(due.minutes for due in lines if not due.held),
    )


def _total(
    key: tuple[Key, Period], sums: Sequence[int], settlements: Mapping[str, Settlement]
) -> StatementTotal:
    (settlement_id, payer, payee), period = key
    lines, total_fen, held_fen, minutes = sums
    due = due_on(settlements[settlement_id], period)
    return StatementTotal(settlement_id, payer, payee, period, lines, total_fen, held_fen, due, minutes)


def _order_of_statements(key: tuple[Key, Period]) -> tuple[str, date, str, str]:
    (settlement_id, payer, payee), period = key
    return settlement_id, period.from_on, payee, payer
