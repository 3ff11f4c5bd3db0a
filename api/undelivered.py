"""Undelivered: whose meals a refused box held, and what is agreed with the site that went without."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from sqlmodel import Session, col, select

from api.audit import record
from api.day.holds import packings
from api.day.road_state import lost_on_road
from api.day.views_kitchen import AGREED, REFUSED
from api.ordering.amend import end_unsupplied
from api.ordering.record import Acting
from api.permissions import ensure
from kitchen.store.production import load_boxes, load_production
from kitchen.store.production_rows import BoxLineRow
from orders.codes import Coded, Excepted
from orders.errors import BadInput, Conflict
from orders.order import Order
from orders.service import Service
from orders.store.ledger import load_bills
from orders.store.orders import load_orders
from orders.store.receipts import load_receipts, served_orders
from orders.store.services import load_order_exceptions, save_order_exceptions

ACT = "box.make_good"
Remedy = Literal["sent", "site", "money"]
REMEDIES: tuple[Remedy, ...] = get_args(Remedy)
MOST_LETTERS = 80


@dataclass(frozen=True, slots=True)
class Agreed:
    """
    What kitchen and site agreed about a box that was refused or came short.

    Parameters
    ----------
    remedy
        A replacement is sent, the site helps itself with what it has, or the diners get their money back.
    person
        With whom it was agreed.
    note
        What is sent, by whom, or anything else; may be empty.
    """

    remedy: Remedy
    person: str
    note: str = ""


def lost_orders(session: Session, service: Service, site_id: str) -> list[Order]:
    """Locked orders of a site, not served yet, whose portions all lay in boxes refused or lost."""
    receipts = load_receipts(session, service).values()
    refused = [one.box_id for one in receipts if one.site_id == site_id and one.condition == "refused"]
    lost = {one.ref for one in lost_on_road(session, service) if one.reason.params["site"] == site_id}
    production = load_production(session, service.key)
    if lost and production is not None:
        boxes = load_boxes(session, production.production_id)
        refused += [one.box_id for one in boxes if one.code in lost]
    if not refused:
        return []
    lines = set(session.exec(select(BoxLineRow.line_id).where(col(BoxLineRow.box_id).in_(refused))))
    orders = load_orders(session, service, ("locked",), site_id)
    served = served_orders(session, [one.order_id for one in orders])
    portions = {one.order_id: {x.line_id for x in one.lines if x.state != "withdrawn"} for one in orders}
    return [
        one
        for one in orders
        if one.order_id not in served and portions[one.order_id] and portions[one.order_id] <= lines
    ]


def _made_good_otherwise(
    session: Session, service: Service, known: Sequence[Excepted], code: str
) -> set[str]:
    """Orders with food in another box for which something else than money was agreed last."""
    agreed = sorted((one for one in known if one.reason.code == AGREED), key=_agreed_at)
    last = {one.ref: one.reason.params["remedy"] for one in agreed if one.ref != code}
    refs = {ref for ref, remedy in last.items() if remedy != "money"}
    ids = {one.box_id for one in load_receipts(session, service).values()} if refs else ()
    found = (one for one in packings(session, ids).values() if one.box.code in refs)
    return {order_id for one in found for order_id in one.order_of.values()}


def _agreed_at(one: Excepted) -> str:
    return str(one.reason.params["at"])


def make_good(session: Session, box_id: str, agreed: Agreed, acting: Acting) -> list[Order]:
    """
    Writes down what was agreed about a box that was refused or came short.

    Where the money goes back, orders of this box that have nothing else, and nothing coming for another box,
    end as not supplied: nobody pays for them, and the desk lists what was paid; a settled service has judged
    so already. The caller holds the service's lock.

    Parameters
    ----------
    session, box_id
        Open transaction; which box.
    agreed
        What, and with whom.
    acting
        Who writes it down, and when.

    Returns
    -------
    list[Order]
        The orders that ended.

    Raises
    ------
    BadInput
        When nobody is named.
    Conflict
        ``box_delivered`` when nothing of the box is missing.
    """
    packing = packings(session, [box_id])[box_id]
    service, site_id, code = packing.service, packing.site.site_id, packing.box.code
    ensure(acting.actor, ACT, kitchen_id=service.kitchen_id)
    person = agreed.person.strip()[:MOST_LETTERS]
    if not person:
        raise BadInput("agreed_with_nobody", box=code)
    known = [*lost_on_road(session, service), *load_order_exceptions(session, service)]
    if not any(one.ref == code and one.reason.code in REFUSED for one in known):
        raise Conflict("box_delivered", box=code)
    ended = []
    if agreed.remedy == "money" and not load_bills(session, service):
        own, elsewhere = set(packing.order_of.values()), _made_good_otherwise(session, service, known, code)
        lost = (one for one in lost_orders(session, service, site_id) if one.order_id in own - elsewhere)
        ended = [end_unsupplied(session, service, one, acting).order for one in lost]
    said = {"box": code, "remedy": agreed.remedy, "person": person, "note": agreed.note.strip()}
    said |= {"at": acting.now_at.isoformat(), "by": acting.actor.name}
    kept = Excepted(Coded(AGREED, {**said, "orders": len(ended)}), code, 0)
    save_order_exceptions(session, service, [(acting.ids.new(), kept)], acting.now_at)
    detail = {**said, "ended": [one.code for one in ended]}
    record(session, acting.actor, ACT, f"{service.key}/{code}", acting.now_at, detail)
    return ended
