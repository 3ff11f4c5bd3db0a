"""A charity's fund: what comes in, what meals draw, never below zero."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush

from orders.bills import Bill

Drawn = tuple[str, str, str]
"""A fund, and the order and diner of a meal that asked it."""


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
    drawn
        What earlier settlings of these meals drew, fen; it is theirs before anybody else's.
    """

    coming: dict[str, list[tuple[datetime, int]]] = field(default_factory=dict)
    balance_fen: dict[str, int] = field(default_factory=dict)
    drawn: dict[Drawn, int] = field(default_factory=dict)

    def draw(self, by: Drawn, wanted_fen: int, at: datetime, back_at: datetime | None) -> int:
        """
        Takes what a fund can give; a meal that was settled before takes again what it took, and no more.

        Parameters
        ----------
        by, wanted_fen
            From which and for which meal, how much at most, fen.
        at, back_at
            When; and when it goes back, None when it is spent.

        Returns
        -------
        int
            What was taken, fen; less than wanted when the fund holds less.
        """
        fund = by[0]
        coming = self.coming.setdefault(fund, [])
        while coming and coming[0][0] <= at:
            self.balance_fen[fund] = self.balance_fen.get(fund, 0) + heappop(coming)[1]
        if by in self.drawn:
            taken_fen = min(wanted_fen, self.drawn[by])
            self.drawn[by] -= taken_fen
        else:
            taken_fen = min(wanted_fen, self.balance_fen.get(fund, 0))
            self.balance_fen[fund] = self.balance_fen.get(fund, 0) - taken_fen
        if back_at is not None and taken_fen:
            heappush(coming, (back_at, taken_fen))
        return taken_fen


def fund_book(movements: Iterable[FundMovement], drawn: Mapping[Drawn, int] | None = None) -> FundBook:
    """The funds before the first draw; with what meals settled before drew, beside what came in."""
    book = FundBook(drawn=dict(drawn or {}))
    for movement in movements:
        book.coming.setdefault(movement.fund, []).append((movement.at, movement.amount_fen))
    for coming in book.coming.values():
        heapify(coming)
    return book


def drawn_by(bills: Iterable[Bill], funds: Collection[str]) -> dict[Drawn, int]:
    """What each of these bills took from each of these funds; 0 where it found one empty."""
    found: dict[Drawn, int] = {}
    for one in bills:
        meal = one.event.order_id, one.event.diner_id
        for due in one.dues:
            if due.payer in funds:
                found[due.payer, *meal] = found.get((due.payer, *meal), 0) + due.amount_fen
        for reason in one.why:
            if reason.code == "fund_empty":
                found.setdefault((str(reason.params["fund"]), *meal), 0)
    return found
