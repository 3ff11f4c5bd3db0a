"""Picking for chilled batches: what is cooked the day before takes its food from the lots then."""

from collections.abc import Sequence

from sqlmodel import Session

from api.audit import record
from api.db import hold
from api.stock.bills import load_mg
from api.stock.desk import StockDesk, need_lot, receiving_rules
from api.stock.moves import back_in
from api.stock.picking import Issued, free_lots, still_needed
from kitchen.lots import Need, pick
from kitchen.store.catalogue import load_dishes, load_foods
from kitchen.store.chilled import ChilledBatch, chilled_given_up
from kitchen.store.lots import LotMove, issued_to_chilled, lots_watched, save_move
from orders.service import Service


def issue_chilled(
    session: Session, desk: StockDesk, service: Service, batches: Sequence[ChilledBatch]
) -> Issued:
    """
    Issues what chilled batches of a service have not got yet; a second time changes nothing.

    What an earlier forecast's batches got and never cooked comes back first. Whoever may report the batch, or
    keep the stock, may do it.

    Parameters
    ----------
    session, desk
        Open transaction, and who issues.
    service, batches
        For which service; batches of its forecast.

    References
    ----------
    docs/stock.md, "First expired, first out".
    """
    if not lots_watched(session, desk.kitchen.kitchen_id):
        return Issued((), ())
    hold(session, f"stock/{desk.kitchen.kitchen_id}")
    for one in issued_to_chilled(session, chilled_given_up(session, service.key)):
        back_in(session, desk, need_lot(session, desk, one.lot_id), (None, one.batch_id), one.mg, "")
    needs = still_needed(
        _needs(session, desk, batches), issued_to_chilled(session, [one.chilled_id for one in batches])
    )
    plan = pick(needs, free_lots(session, service).values(), desk.today_on)
    for one in plan.picks:
        actor = desk.actor.user_id
        move = LotMove(one.lot_id, "issue", -one.mg, actor, desk.now_at, chilled_id=one.batch_id)
        save_move(session, desk.ids.new(), move)
    if plan.picks:
        detail = {"picks": len(plan.picks), "short": len(plan.short)}
        record(session, desk.actor, "stock.keep/issue", service.key, desk.now_at, detail)
    return Issued(plan.picks, plan.short)


def _needs(session: Session, desk: StockDesk, batches: Sequence[ChilledBatch]) -> list[Need]:
    dishes, foods = load_dishes(session, {one.dish_id for one in batches}), load_foods(session)
    rules = receiving_rules(session, desk.kitchen.kitchen_id)
    return [
        Need(one.chilled_id, food_code, mg)
        for one in batches
        if one.dish_id in dishes
        for food_code, mg in load_mg(dishes[one.dish_id], one.variant, one.portions, foods).items()
        if rules.rule_for(foods[food_code]).tracked
    ]
