"""A charity's fund: what comes in, what meals draw, never below zero."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush


@dataclass(frozen=True, slots=True)
class FundMovement:
    """
    Money that comes into a fund.

    Parameters
    ----------
    fund
        Its name, as the programme's share names it.
    at
        When.
    amount_fen
        How much, fen, at least 0.
    """

    fund: str
    at: datetime
    amount_fen: int


@dataclass(slots=True)
class FundBook:
    """
    Balances through time; draws must come in the order of their instants.

    Parameters
    ----------
    coming
        Fund to what will come in, the earliest first.
    balance_fen
        Fund to what it holds.
    """

    coming: dict[str, list[tuple[datetime, int]]] = field(default_factory=dict)
    balance_fen: dict[str, int] = field(default_factory=dict)

    def draw(self, fund: str, wanted_fen: int, at: datetime, back_at: datetime | None) -> int:
        """
        Takes what a fund can give.

        Parameters
        ----------
        fund, wanted_fen
            From which, how much at most, fen.
        at, back_at
            When; and when it goes back, None when it is spent.

        Returns
        -------
        int
            What was taken, fen; less than wanted when the fund holds less.
        """
        coming = self.coming.setdefault(fund, [])
        while coming and coming[0][0] <= at:
            self.balance_fen[fund] = self.balance_fen.get(fund, 0) + heappop(coming)[1]
        taken_fen = min(wanted_fen, self.balance_fen.get(fund, 0))
        self.balance_fen[fund] = self.balance_fen.get(fund, 0) - taken_fen
        if back_at is not None and taken_fen:
            heappush(coming, (back_at, taken_fen))
        return taken_fen


def fund_book(movements: Iterable[FundMovement]) -> FundBook:
    """The funds before the first draw."""
    book = FundBook()
    for movement in movements:
        book.coming.setdefault(movement.fund, []).append((movement.at, movement.amount_fen))
    for coming in book.coming.values():
        heapify(coming)
    return book
