"""Raises the bound on what menus cost: prices whole days, and tries prices between the best and new ones."""

import threading
from dataclasses import replace

from kitchen.menu_bound import Month, Prices, bound_at, column_of, mastered
from kitchen.menu_day import Effort, best_day
from kitchen.menu_numbers import Bits, Numbers

MOST_NEW = 4  # menus that wait to be taken in; older ones were only steps on the way
NEW_PART = 0.3  # of the master's prices in the next trial; the rest are those of the best bound


class Lift:
    """
    The best bound so far, and what is known to raise it.

    Parameters
    ----------
    numbers, month
        What is bounded.
    prices, bound
        Of the month without days, to start from; thousandths of a fen.
    """

    def __init__(self, numbers: Numbers, month: Month, prices: Prices, bound: int) -> None:
        self.bound = bound
        self._numbers, self._month = numbers, replace(month, columns=[])
        self._best = self._next = prices
        self._lock = threading.Lock()
        self._new: list[Bits] = []

    def learn(self, menus: Bits) -> None:
        """Takes in the days of a menu, (D, L, I)."""
        with self._lock:
            self._new = [*self._new[1 - MOST_NEW :], menus]

    def raise_once(self, effort: Effort) -> None:
        """Prices a day of each kind at trial prices, keeps a higher bound, and finds new prices."""
        self._take_new()
        costs = self._next.day_costs(self._numbers)
        least = []
        for number, kind in enumerate(self._month.kinds):
            day = best_day(self._numbers, kind, costs, effort, loose=True)
            if day.bound is None:
                return
            least.append(day.bound)
            if day.served is not None:
                self._month.columns.append((number, column_of(self._numbers, day.served)))
        bound = bound_at(self._numbers, self._month, self._next, least)
        if bound > self.bound:
            self.bound, self._best = bound, self._next
        found = mastered(self._numbers, self._month)
        if found is not None:
            self._next = _between(self._best, found[1])

    def _take_new(self) -> None:
        with self._lock:
            menus, self._new = self._new, []
        for menu in menus:
            for number, kind in enumerate(self._month.kinds):
                for d in kind.days:
                    self._month.columns.append((number, column_of(self._numbers, menu[d])))


def _between(best: Prices, new: Prices) -> Prices:
    return Prices(
        (1 - NEW_PART) * best.held + NEW_PART * new.held,
        (1 - NEW_PART) * best.scarce + NEW_PART * new.scarce,
    )
