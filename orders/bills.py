"""What became of a meal, and the bill that explains who pays for it."""

from dataclasses import dataclass
from datetime import date, datetime

from orders.codes import Coded
from orders.dues import Due
from orders.programmes.sections import Event


@dataclass(frozen=True, slots=True)
class MealEvent:
    """
    What became of one diner's meal.

    Parameters
    ----------
    order_id, order_code, diner_id, site_id
        Whose meal, where; an order for several people has one meal for each of them.
    service_on, meal
        Which meal.
    price_fen
        List price of this diner's meal, fen.
    event
        Served, cancelled before or after the cut-off, no-show, not supplied, refunded, refused.
    at
        When that happened.
    channel
        How it was ordered.
    payments_fen
        The parts it was paid in, fen; empty is the price in one.
    bound
        Whether the payment is bound to the person.
    placed_at, paid_at
        When it was ordered and paid; None where nobody has noted it.
    carrier, proof
        Kind of carrier that brought it home, and what proves it; empty for none.
    """

    order_id: str
    order_code: str
    diner_id: str
    site_id: str
    service_on: date
    meal: str
    price_fen: int
    event: Event
    at: datetime
    channel: str = ""
    payments_fen: tuple[int, ...] = ()
    bound: bool = True
    placed_at: datetime | None = None
    paid_at: datetime | None = None
    carrier: str = ""
    proof: str = ""

    @property
    def paid(self) -> datetime:
        """The instant by which payments are put in order: paid, else placed, else what happened last."""
        return self.paid_at or self.placed_at or self.at


@dataclass(frozen=True, slots=True)
class Bill:
    """
    One meal, fully explained.

    Where something is charged, ``price = subsidy + diner + site bears + operator + charity``.

    Parameters
    ----------
    event
        What was settled.
    class_id
        The diner's class that day, empty when none matched.
    subsidy_fen, diner_fen, site_bears_fen, operator_fen, charity_fen
        Who pays how much of the price, fen: government, diner, site (negative where a programme pays more
        than the price), operator, charity.
    payer
        Who pays the subsidy, empty when nobody does.
    programme_id, revision
        The rules that were used; revision 0 is no rules in force.
    why
        Reasons in order, as codes.
    site_fee_fen, delivery_fen
        Operating fees, and fees and stipends for bringing it home, beside the price, fen.
    dues
        What payers owe payees for it.
    flags
        What looks wrong, as codes.
    """

    event: MealEvent
    class_id: str
    subsidy_fen: int
    diner_fen: int
    site_bears_fen: int
    payer: str
    programme_id: str
    revision: int
    why: tuple[Coded, ...]
    operator_fen: int = 0
    charity_fen: int = 0
    site_fee_fen: int = 0
    delivery_fen: int = 0
    dues: tuple[Due, ...] = ()
    flags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        paid = self.subsidy_fen + self.diner_fen + self.site_bears_fen + self.operator_fen + self.charity_fen
        if paid not in (0, self.event.price_fen):
            raise ValueError(f"Order {self.event.order_code}: {paid} fen paid of {self.event.price_fen}.")


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """
    One fen-exact posting; the postings of a meal sum to 0.

    Parameters
    ----------
    order_id
        The meal.
    account
        ``site:<id>``, ``diner:<id>``, ``payer:<name>``, ``payee:<name>``.
    amount_fen
        Positive is received, negative is paid, fen.
    """

    order_id: str
    account: str
    amount_fen: int
