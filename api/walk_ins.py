"""Walk-in at a table: an order against what is spare, and its meal, in one act or not at all."""

from sqlmodel import Session

from api.day.claim import Heard, hear_chosen
from api.day.table import Desk, load_table
from api.ordering.payments import take
from api.ordering.place import Placed, Wanted
from api.ordering.record import Acting
from api.ordering.walk_in import walk_in
from kitchen.store.production import load_production
from orders.errors import Conflict
from orders.ordering import Quote
from orders.prepayments import Method, Payment
from orders.service import Service


def spare_at(session: Session, desk: Desk) -> dict[str, int]:
    """Dish to portions at a table that nobody is expected for; none while nothing is published."""
    if load_production(session, desk.service.key) is None:
        return {}
    return load_table(session, desk.service, desk.site_id).spare(desk.now_at)


def place_walk_in(session: Session, service: Service, wanted: Wanted, acting: Acting) -> Placed:
    """Places a walk-in's order against what is spare at a table, to be given there later; see `walk_in`."""
    desk = Desk(service, wanted.site_id, acting.actor, acting.now_at, acting.ids)
    return walk_in(session, service, wanted, acting, spare_at(session, desk))


def sell_walk_in(
    session: Session, desk: Desk, diner_id: str, method: Method = "cash", reference: str = ""
) -> tuple[Heard, Quote]:
    """
    Places a walk-in's order against spare portions, gives the meal and records what the diner paid.

    Parameters
    ----------
    session, desk
        Open transaction; where, by whom and when.
    diner_id
        Who came.
    method, reference
        How it was paid, and the slip's number; cash needs none.

    Returns
    -------
    tuple[Heard, Quote]
        The table's answer, and the price in three lines.

    Raises
    ------
    Conflict
        When nothing suitable is spare, the programme refuses the meal, or the table refuses to give it: then
        there is no order either.
    """
    acting = Acting(desk.actor, desk.now_at, desk.ids)
    wanted = Wanted(diner_id, site_id=desk.site_id, channel="walk_in")
    placed = walk_in(session, desk.service, wanted, acting, spare_at(session, desk))
    heard = hear_chosen(session, desk, diner_id, "name")
    if heard.answer is not None and heard.answer.refused is not None:
        raise Conflict(heard.answer.refused.code, **heard.answer.refused.params)
    if placed.quote.diner_fen:
        paid = Payment(
            payment_id="",
            order_id=placed.order.order_id,
            kind="payment",
            method=method,
            amount_fen=placed.quote.diner_fen,
            reference=reference,
            bound=False,
            paid_at=desk.now_at,
            taken_by=desk.actor.user_id,
        )
        take(session, paid, acting)
    return heard, placed.quote
