"""Walk-in at a table: an order against what is spare, and its meal, in one act or not at all."""

from sqlmodel import Session

from api.day.claim import Heard
from api.day.identify import person_of
from api.day.serve import Claim, serve_meals
from api.day.table import Desk, load_table
from api.ordering.amend import end_unsupplied
from api.ordering.payments import take
from api.ordering.place import Placed, Wanted
from api.ordering.record import Acting
from api.ordering.walk_in import walk_in
from api.undelivered import lost_orders
from kitchen.store.production import load_production
from orders.errors import Conflict
from orders.ordering import Quote
from orders.prepayments import Method, Payment
from orders.service import Service
from orders.store.ledger import load_bills


def spare_at(session: Session, desk: Desk) -> dict[str, int]:
    """Dish to portions at a table that nobody is expected for; none while nothing is published."""
    if load_production(session, desk.service.key) is None:
        return {}
    return load_table(session, desk.service, desk.site_id).spare(desk.now_at)


def may_have_spare(session: Session, desk: Desk, heard: Heard) -> bool:
    """Whether who got nothing may be sold a spare meal: without an order, or with one of a refused box."""
    if heard.person is None or heard.code not in ("no_order_today", "nothing_to_serve"):
        return False
    lost = {one.diner_id for one in lost_orders(session, desk.service, desk.site_id)}
    waits = heard.code == "nothing_to_serve" and heard.person.diner.diner_id not in lost
    return not waits and bool(spare_at(session, desk))


def place_walk_in(session: Session, service: Service, wanted: Wanted, acting: Acting) -> Placed:
    """
    Places a walk-in's order against what is spare at a table, to be given there later; see `walk_in`.

    An own order of which every portion lay in refused boxes ends as not supplied: this meal takes its place.

    Raises
    ------
    Conflict
        ``settled_already`` when nobody would bill the meal any more; else as `walk_in`.
    """
    if load_bills(session, service):
        raise Conflict("settled_already", service=service.key)
    for lost in lost_orders(session, service, wanted.site_id):
        if lost.diner_id == wanted.diner_id:
            end_unsupplied(session, service, lost, acting)
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
    placed = place_walk_in(session, desk.service, wanted, acting)
    claim = Claim(placed.order.code, identified_by="name")
    [answer] = serve_meals(
        session,
        desk.service,
        desk.site_id,
        [claim],
        actor=desk.actor,
        now_at=desk.now_at,
        ids=desk.ids,
    )
    if answer.refused is not None:
        raise Conflict(answer.refused.code, **answer.refused.params)
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
    return Heard(person_of(session, desk.service, diner_id, "name"), answer), placed.quote
