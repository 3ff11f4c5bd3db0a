"""Serve: a diner gets the meal, once, and not past its time; the table closes and leftovers are counted."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from api.audit import record
from api.day.holds import Acts, Packing, acts_of, chain_end_at, packings
from api.day.judging import Judged, judge_boxes
from api.day.moments import happened
from api.db import hold
from api.permissions import Actor, ensure
from kitchen.store.production import load_production
from kitchen.store.production_rows import BoxRow
from orders.codes import Coded
from orders.errors import NotFound
from orders.ids import IdSource
from orders.order import Order
from orders.receipts import Serving
from orders.service import Service
from orders.store.orders import load_clashes, load_orders
from orders.store.receipts import Discard, save_discard, save_servings
from telemetry.hold_facts import HoldVerdict
from telemetry.store.probe_uses import take_out, uses_of_boxes
from telemetry.store.verdicts import latest_verdicts

LEFT_OVER = "not_claimed"


@dataclass(frozen=True, slots=True)
class Claim:
    """
    One diner at the table or at the door.

    Parameters
    ----------
    order_code
        Number of the order.
    happened_at
        When the meal was given; None is now.
    offline
        Whether a tablet without network kept it: then it has happened, and is noted in any case.
    """

    order_code: str
    happened_at: datetime | None = None
    offline: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a claim; ``refused`` says why, None when the meal was given."""

    order_code: str
    portions: int
    refused: Coded | None


@dataclass(frozen=True, slots=True)
class _Table:
    """One site's boxes and orders at the moment of serving."""

    service: Service
    acts: Acts
    orders: Mapping[str, Order]
    boxes: Mapping[str, Packing]
    verdicts: Mapping[str, HoldVerdict]
    clashing: Collection[str]

    def boxes_of(self, order: Order) -> list[Packing]:
        """The accepted boxes that hold portions of an order."""
        accepted = (self.boxes[b] for b, r in self.acts.receipts.items() if r.portions and b in self.boxes)
        return [packing for packing in accepted if order.order_id in packing.order_of.values()]


def serve_meals(
    session: Session,
    service: Service,
    site_id: str,
    claims: Sequence[Claim],
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> list[Answer]:
    """
    Gives meals out at one site; each claim is answered on its own.

    Parameters
    ----------
    session
        Open transaction.
    service, site_id
        Which meal, where.
    claims
        Who stands at the table.
    actor, now_at, ids
        Who serves, when we learn of it, with which row ids.

    Returns
    -------
    list[Answer]
        One a claim, in order: given, or refused because the order is unknown here, was served before,
        was not delivered, has nothing left, has a clash that nobody has settled, or is past its last moment.
    """
    ensure(actor, "meal.serve", kitchen_id=service.kitchen_id, site_id=site_id)
    table = _judged(session, _table(session, service, site_id), claims, now_at, ids)
    answers: list[Answer] = []
    given: dict[str, Serving] = {}
    for claim in claims:
        answer, serving = _answer(table, claim, given, site_id, now_at)
        answers.append(answer)
        if serving is not None:
            given[serving.order_id] = serving
    save_servings(session, service, [(ids.new(), serving) for serving in given.values()], actor.user_id)
    acts = replace(table.acts, servings={**table.acts.servings, **given})
    emptied = [box_id for box_id, packing in table.boxes.items() if chain_end_at(packing, acts)]
    free_probes(session, judge_boxes(session, emptied, now_at, ids))
    served = {"served": len(given), "refused": sum(answer.refused is not None for answer in answers)}
    record(session, actor, "meal.serve", f"{service.key}/{site_id}", now_at, served)
    return answers


def close_table(
    session: Session,
    service: Service,
    site_id: str,
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    happened_at: datetime | None = None,
) -> int:
    """
    Closes a site's table: what nobody claimed is thrown away and counted, its probes are free again.

    Returns
    -------
    int
        Portions thrown away.
    """
    ensure(actor, "portions.discard", kitchen_id=service.kitchen_id, site_id=site_id)
    table, at = _table(session, service, site_id), happened(happened_at, now_at)
    thrown = 0
    for box_id, packing in table.boxes.items():
        left = _left(table, packing)
        if left:
            note = Discard(site_id, box_id, left, LEFT_OVER, actor.user_id, at, now_at)
            save_discard(session, service, ids.new(), note)
            thrown += left
    here = table.acts.receipts.keys() & table.boxes.keys()
    free_probes(session, judge_boxes(session, here, now_at, ids))
    record(session, actor, "portions.discard", f"{service.key}/{site_id}", now_at, {"portions": thrown})
    return thrown


def free_probes(session: Session, judged: Mapping[str, Judged]) -> None:
    """Takes the probes out of boxes whose last portion is gone: their carriers go home."""
    over = {box_id: one.facts.chain_end_at for box_id, one in judged.items() if one.facts.chain_end_at}
    for box_id, uses in uses_of_boxes(session, list(over)).items():
        for use in uses:
            if use.to_at is None:
                take_out(session, use.device_id, use.probe, max(over[box_id], use.from_at))


def _table(session: Session, service: Service, site_id: str) -> _Table:
    """The table as it stands; whoever else acts at it waits, so that no portion is served and thrown away."""
    hold(session, f"{service.key}/{site_id}")
    production = load_production(session, service.key)
    if production is None:
        raise NotFound("production", service.key)
    query = select(BoxRow.box_id).where(
        BoxRow.production_id == production.production_id, col(BoxRow.site_id) == site_id
    )
    boxes = packings(session, list(session.exec(query)))
    acts = acts_of(session, service, production.production_id)
    orders = {order.code: order for order in load_orders(session, service, ("locked",), site_id)}
    clashing = {clash.order_code for clash in load_clashes(session, service, open_only=True).values()}
    return _Table(service, acts, orders, boxes, latest_verdicts(session, list(boxes)), clashing)


def _judged(
    session: Session, table: _Table, claims: Sequence[Claim], now_at: datetime, ids: IdSource
) -> _Table:
    """The table with the boxes of these claims judged anew: a kept verdict knows of no silence since."""
    claimed = [table.orders[claim.order_code] for claim in claims if claim.order_code in table.orders]
    here = {packing.box.box_id for order in claimed for packing in table.boxes_of(order)}
    judged = judge_boxes(session, here, now_at, ids)
    return replace(table, verdicts={**table.verdicts, **{key: one.verdict for key, one in judged.items()}})


def _answer(
    table: _Table, claim: Claim, given: Mapping[str, Serving], site_id: str, now_at: datetime
) -> tuple[Answer, Serving | None]:
    order = table.orders.get(claim.order_code)
    if order is None:
        return Answer(claim.order_code, 0, Coded("order_not_here", {"order": claim.order_code})), None
    at = happened(claim.happened_at, now_at)
    if refused := _refusal(table, order, at, claim.offline, given):
        return Answer(order.code, 0, refused), None
    wanted = {line.line_id: line.dish_id for line in order.lines if line.state != "withdrawn"}
    inside = [one for packing in table.boxes_of(order) for one in packing.dish_of.items()]
    portions = sum(wanted.get(line_id) == dish_id for line_id, dish_id in inside)
    return Answer(order.code, portions, None), Serving(
        order.order_id, site_id, portions, at, now_at, claim.offline
    )


def _refusal(
    table: _Table, order: Order, at: datetime, offline: bool, given: Mapping[str, Serving]
) -> Coded | None:
    earlier = table.acts.servings.get(order.order_id) or given.get(order.order_id)
    if earlier is not None:
        where = {"order": order.code, "site": earlier.site_id, "at": earlier.happened_at.isoformat()}
        return Coded("served_already", where)
    boxes = table.boxes_of(order)
    if not boxes:
        return Coded("nothing_to_serve", {"order": order.code})
    if offline:
        return None
    if not any(_left(table, packing) for packing in boxes):
        return Coded("nothing_left", {"order": order.code})
    if order.code in table.clashing:
        return Coded("clash_unsettled", {"order": order.code})
    verdicts = (table.verdicts.get(packing.box.box_id) for packing in boxes)
    eat_by_at = min((verdict.eat_by_at for verdict in verdicts if verdict), default=None)
    if eat_by_at is not None and at > eat_by_at:
        return Coded("past_eat_by", {"order": order.code, "eat_by_at": eat_by_at.isoformat()})
    return None


def _left(table: _Table, packing: Packing) -> int:
    receipt = table.acts.receipts.get(packing.box.box_id)
    if receipt is None or not receipt.portions:
        return 0
    served = sum(order in table.acts.servings for order in packing.order_of.values())
    thrown = sum(one.portions for one in table.acts.discards if one.box_id == packing.box.box_id)
    return max(0, receipt.portions - served - thrown)
