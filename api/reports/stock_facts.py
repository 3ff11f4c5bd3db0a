"""What the papers of the store room print: the purchase list and the receiving log."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from api.reports.facts import Named
from orders.codes import Coded


@dataclass(frozen=True, slots=True)
class StockHead:
    """
    What stands at the head of a paper of the store room.

    Parameters
    ----------
    kitchen, zone
        Whose paper, and its wall clock.
    from_on, to_on
        The dates that it is about.
    printed_at
        Instant of the print.
    """

    kitchen: str
    zone: str
    from_on: date
    to_on: date
    printed_at: datetime


@dataclass(frozen=True, slots=True)
class BuyLine:
    """
    One food to buy.

    Parameters
    ----------
    food
        By name.
    short_mg, order_mg
        What is lacking, and what is ordered, milligrams as bought.
    needed_on
        The first date that lacks it.
    cost_fen
        At the food's price, fen.
    """

    food: Named
    short_mg: int
    order_mg: int
    needed_on: date
    cost_fen: int


@dataclass(frozen=True, slots=True)
class SupplierOrder:
    """
    What one supplier is asked for.

    Parameters
    ----------
    name, contact
        Who, and whom to ask for; empty where no supplier is known.
    lines
        By date and food.
    """

    name: str
    contact: str
    lines: tuple[BuyLine, ...]

    @property
    def cost_fen(self) -> int:
        """Of all lines, fen."""
        return sum(line.cost_fen for line in self.lines)


@dataclass(frozen=True, slots=True)
class NeedNote:
    """
    By what a service's need is known.

    Parameters
    ----------
    service_on, meal
        Which service.
    basis
        ``"planned"``, ``"closed"`` or ``"expected"``.
    ordered, expected, past
        Portions ordered so far, portions reckoned with, past services they rest on.
    extras
        Portions beyond those by purpose: samples, walk-ins, staff meals.
    """

    service_on: date
    meal: str
    basis: str
    ordered: int
    expected: int
    past: int
    extras: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PurchaseList:
    """
    The purchase list.

    Parameters
    ----------
    head
        Whose, for which dates.
    orders
        By supplier.
    notes
        By what each service's need is known.
    findings
        What stands on weak ground.
    """

    head: StockHead
    orders: tuple[SupplierOrder, ...]
    notes: tuple[NeedNote, ...]
    findings: tuple[Coded, ...]


@dataclass(frozen=True, slots=True)
class LogRow:
    """
    One delivery.

    Parameters
    ----------
    received_at, code
        When it came, and as which lot.
    food, supplier, supplier_lot
        What, from whom, by the supplier's own number.
    mg
        As bought, milligrams.
    temperature_c, expires_on
        As measured; its last date.
    papers
        Name and number of each paper.
    verdict
        Taken in, taken in but held, or sent back.
    wanting
        What was wrong with it.
    person
        Who took it.
    """

    received_at: datetime
    code: str
    food: Named
    supplier: str
    supplier_lot: str
    mg: int
    temperature_c: float | None
    expires_on: date | None
    papers: tuple[tuple[Named, str], ...]
    verdict: Literal["accepted", "held", "refused"]
    wanting: tuple[Coded, ...]
    person: str


@dataclass(frozen=True, slots=True)
class ReceivingLog:
    """
    The receiving log.

    Parameters
    ----------
    head
        Whose, of which dates.
    rows
        In the order of receipt.
    spare_rows
        Empty rows to be written on by hand.
    """

    head: StockHead
    rows: tuple[LogRow, ...]
    spare_rows: int = 0

    def count(self, verdict: str) -> int:
        """Deliveries with this verdict."""
        return sum(row.verdict == verdict for row in self.rows)
