"""What a payer owes a payee for one meal, order, delivery, month or grant."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Due:
    """
    One amount that a settlement pays; the line of a statement.

    Parameters
    ----------
    settlement_id
        Settlement of the programme that pays it.
    payer, payee
        As the programme words them, such as ``"town"`` pays ``"site"``.
    benefit_id
        Benefit that it comes from.
    order_id
        Order that earned it; empty for a grant.
    diner_id
        Who ate; empty where nobody in person did, as with a grant.
    site_id
        Where; a payee ``"site"`` is paid for each site on a statement of its own.
    service_on
        Day that it belongs to; decides the period.
    amount_fen
        What is owed, fen; negative is taken back.
    revision
        Revision of the programme that was in force that day.
    held
        Whether it waits for a review: listed, but not in the total.
    minutes
        Time owed to a volunteer's account in the time bank, beside the amount.
    """

    settlement_id: str
    payer: str
    payee: str
    benefit_id: str
    order_id: str
    diner_id: str
    site_id: str
    service_on: date
    amount_fen: int
    revision: int
    held: bool = False
    minutes: int = 0
