"""Settling on several processors, each writing its rows to a file of its own."""

import json
import multiprocessing
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from operator import attrgetter
from pathlib import Path

from api.collector import without_collecting
from api.settling.rows import Sayer, rows
from orders.bills import Bill, MealEvent
from orders.settlement import Prepared
from orders.statements import DueSums

PART_OF_A_PROCESSOR = 50_000  # meals; fewer are settled sooner without a second process
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
class Part:
    """
    What one process settled.

    Parameters
    ----------
    path
        Its rows, a JSON object a line.
    totals
        Amounts summed, fen, and ``rows``.
    dues
        What is owed, added up.
    sites
        Where the meals were.
    """

    path: Path
    totals: Mapping[str, int]
    dues: DueSums
    sites: frozenset[str]


def processors(meals: int) -> int:
    """How many processes are worth starting for so many meals."""
    if "fork" not in multiprocessing.get_all_start_methods():
        return 1
    return max(1, min(os.cpu_count() or 1, meals // PART_OF_A_PROCESSOR))


_SHARED: list[tuple[Prepared, tuple[date, date], str, Path]] = []


def settle_parts(
    ready: Prepared, days: tuple[date, date], *, language: str, folder: Path, jobs: int
) -> list[Part]:
    """
    Settles groups of meals side by side.

    Parameters
    ----------
    ready
        The meals; forked processes read them where they lie.
    days
        First and last day that is billed.
    language
        Of the reasons.
    folder
        Where the rows are written.
    jobs
        Processes; 1 works in this one.

    Returns
    -------
    list[Part]
        In the order of the groups: their rows, one after the other, are the whole.
    """
    _SHARED[:] = [(ready, days, language, folder)]
    slices = _slices(ready.groups, jobs)
    try:
        if jobs == 1:
            return [_settle_slice(0, slices[0])]
        with multiprocessing.get_context("fork").Pool(jobs) as pool:
            return pool.starmap(_settle_slice, enumerate(slices), chunksize=1)
    finally:
        _SHARED.clear()


def _slices(groups: Sequence[list[MealEvent]], jobs: int) -> list[tuple[int, int]]:
    cuts = [len(groups) * number // jobs for number in range(jobs + 1)]
    return list(pairwise(cuts))


def _settle_slice(number: int, cut: tuple[int, int]) -> Part:
    ready, days, language, folder = _SHARED[0]
    tally = Tally()
    path = folder / f"rows-{number}.jsonl"
    encode = json.JSONEncoder(ensure_ascii=False).encode
    programmes = [rules.programme for rules in reversed(ready.book.revisions)]
    with without_collecting(), path.open("w", encoding="utf-8") as file:
        bills = wanted_bills(ready, ready.groups[cut[0] : cut[1]], days)
        for row in rows(tally.counting(bills), Sayer(language, programmes)):
            file.write(encode(row) + "\n")
    return Part(path, tally.totals(), tally.dues, frozenset(tally.sites))


def wanted_bills(
    ready: Prepared, groups: Sequence[list[MealEvent]], days: tuple[date, date]
) -> Iterator[Bill]:
    """Bills of the days that are asked for."""
    return (bill for bill in ready.bills(groups) if days[0] <= bill.event.service_on <= days[1])


class Tally:
    """Adds bills up as they pass: amounts, dues and sites."""

    def __init__(self) -> None:
        self.dues = DueSums()
        self.sites: set[str] = set()
        self._sums = [0] * len(AMOUNTS)
        self._meals = 0

    def counting(self, bills: Iterable[Bill]) -> Iterator[Bill]:
        """The same bills, counted."""
        for bill in bills:
            self._meals += 1
            self.sites.add(bill.event.site_id)
            for place, amount_fen in enumerate(_amounts(bill)):
                self._sums[place] += amount_fen
            for due in bill.dues:
                self.dues.add(due)
            yield bill

    def totals(self) -> dict[str, int]:
        """Each amount summed, fen, and how many ``rows``."""
        return {"rows": self._meals} | dict(zip(AMOUNTS, self._sums, strict=True))


_amounts = attrgetter(*AMOUNTS)
