"""Clashes that come with the lots which a plan takes: found with the draft, refused at its publication."""

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import Session

from api.day.offered import allergens_of_lots
from api.day.suits import suits_of
from api.stock.picking import plan_picks
from kitchen.batches import Batch
from kitchen.store.lots import issued_to_chilled
from orders.errors import Conflict
from orders.service import Service
from orders.store.orders import load_orders


def lots_of_draft(
    session: Session, service: Service, batches: Sequence[Batch]
) -> dict[str, tuple[tuple[str, str], ...]]:
    """Dish to what the lots that its batches would take bring in, as `brought_in` gives it."""
    picks = plan_picks(session, service, batches)
    dish_of = {batch.batch_id: batch.dish_id for batch in batches}
    lots: dict[str, set[str]] = defaultdict(set)
    for one in picks.picks if picks else ():
        lots[dish_of[one.batch_id]].add(one.lot_id)
    drawn = {batch.chilled_id: batch.dish_id for batch in batches if batch.chilled_id}
    for one in issued_to_chilled(session, drawn.keys()):
        lots[drawn[one.batch_id]].add(one.lot_id)
    return allergens_of_lots(session, service, lots)


def require_none_clashing(session: Session, service: Service) -> None:
    """
    Refuses a publication whose lots bring in what a diner must not get.

    Raises
    ------
    Conflict
        Naming the first such portion; planning again lists them all.
    """
    orders = load_orders(session, service, ("locked",))
    suits = suits_of(session, service, orders)
    clash = next((clash for order in orders if suits for clash in suits.clashes(order)), None)
    if clash is not None:
        raise Conflict("clash_at_publication", order=clash.order_code, dish=clash.dish_id)
