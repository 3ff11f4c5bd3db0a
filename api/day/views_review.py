"""What the oversight looks at in a service's servings: what was believed, corrected, refused, not proven."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlmodel import Session

from orders.codes import Coded
from orders.order import Order
from orders.service import Service
from orders.store.drops import load_drops, load_turned_away
from orders.store.orders import load_orders
from orders.store.receipts import corrected_servings, load_servings
from orders.store.sites import load_sites

Kind = Literal["offline", "taken_back", "second_claim", "turned_away", "drop"]
SECOND_CLAIMS = frozenset({"served_already", "ate_already_today", "ordered_elsewhere"})


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """
    One thing to look at; persons are named by their order's number only.

    Parameters
    ----------
    kind
        Served without network, taken back, claimed a second time, turned away, or brought to a door.
    site_id, site
        Where, a home by its code.
    order_code
        Whose, empty when nobody was recognised.
    happened_at, recorded_at
        When, and when the house learnt of it.
    reason
        What speaks against it, or why it was refused; None when nothing does.
    told
        What somebody added: a reason, the outcome of a drop.
    carrier, proof, proof_digest
        Of a drop.
    """

    kind: Kind
    site_id: str
    site: str
    order_code: str
    happened_at: datetime
    recorded_at: datetime
    reason: Coded | None = None
    told: str = ""
    carrier: str = ""
    proof: str = ""
    proof_digest: str = ""

    @property
    def is_odd(self) -> bool:
        """Whether more speaks against it than that it was reported late or brought to a door."""
        return self.reason is not None or self.kind == "taken_back"


def review_of(session: Session, service: Service) -> tuple[ReviewRow, ...]:
    """Everything of a service's servings that asks for a look: what is odd first, by instant and number."""
    orders = {order.order_id: order for order in load_orders(session, service, ("locked", "cancelled"))}
    sites = load_sites(session, service.kitchen_id, service.meal)
    named = {site_id: site.name if site.kind == "canteen" else site_id for site_id, site in sites.items()}
    rows = [
        *_offline(session, service, orders, named),
        *_taken_back(session, service, orders, named),
        *_refused(session, service, orders, named),
        *_drops(session, service, orders, named),
    ]
    return tuple(sorted(rows, key=lambda row: (not row.is_odd, row.happened_at, row.kind, row.order_code)))


def _code(orders: dict[str, Order], order_id: str) -> str:
    return orders[order_id].code if order_id in orders else ""


def _offline(
    session: Session, service: Service, orders: dict[str, Order], named: dict[str, str]
) -> list[ReviewRow]:
    return [
        ReviewRow(
            kind="offline",
            site_id=one.site_id,
            site=named.get(one.site_id, one.site_id),
            order_code=_code(orders, one.order_id),
            happened_at=one.happened_at,
            recorded_at=one.recorded_at,
            reason=one.doubt,
        )
        for one in load_servings(session, service).values()
        if one.offline and one.portions
    ]


def _taken_back(
    session: Session, service: Service, orders: dict[str, Order], named: dict[str, str]
) -> list[ReviewRow]:
    return [
        ReviewRow(
            kind="taken_back",
            site_id=was.site_id,
            site=named.get(was.site_id, was.site_id),
            order_code=_code(orders, was.order_id),
            happened_at=was.happened_at,
            recorded_at=back.recorded_at,
            told=why,
        )
        for was, back, _, why in corrected_servings(session, service)
    ]


def _refused(
    session: Session, service: Service, orders: dict[str, Order], named: dict[str, str]
) -> list[ReviewRow]:
    return [
        ReviewRow(
            kind="second_claim" if one.reason.code in SECOND_CLAIMS else "turned_away",
            site_id=one.site_id,
            site=named.get(one.site_id, one.site_id),
            order_code=_code(orders, one.order_id),
            happened_at=one.happened_at,
            recorded_at=one.recorded_at,
            reason=one.reason,
        )
        for one in load_turned_away(session, service)
    ]


def _drops(
    session: Session, service: Service, orders: dict[str, Order], named: dict[str, str]
) -> list[ReviewRow]:
    return [
        ReviewRow(
            kind="drop",
            site_id=one.site_id,
            site=named.get(one.site_id, one.site_id),
            order_code=_code(orders, order_id),
            happened_at=one.happened_at,
            recorded_at=one.recorded_at,
            told=one.outcome,
            carrier=one.carrier_kind,
            proof=one.proof or "",
            proof_digest=one.proof_digest,
        )
        for order_id, one in load_drops(session, service).items()
    ]
