"""Picking: what a production's batches take from which lot, first expired first out."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlmodel import Session, col, select

from api.audit import record
from api.db import hold
from api.stock.bills import needs_of
from api.stock.desk import StockDesk, need_lot, open_desk, receiving_rules
from api.stock.moves import back_in
from kitchen.batches import Batch
from kitchen.foods import Food
from kitchen.lots import IssuePlan, Lot, Need, Pick, pick
from kitchen.store.acts import load_cooked, load_started
from kitchen.store.catalogue import load_dishes, load_foods
from kitchen.store.lot_order import drop_picks
from kitchen.store.lot_rows import PickRow
from kitchen.store.lots import (
    LotMove,
    issued_to,
    load_lots,
    load_picks,
    lots_watched,
    save_move,
    save_picks,
)
from kitchen.store.production import load_batches, load_production, load_slots
from kitchen.store.production_rows import BatchRow, ProductionRow
from kitchen.store.replans import wasted_batches
from kitchen.units import food_called
from orders.codes import Coded
from orders.errors import NotFound
from orders.service import Service, parse_service

KEPT_DAYS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Issued:
    """
    What went out for a service.

    Parameters
    ----------
    picks
        What was issued now.
    short
        What no lot covered.
    """

    picks: tuple[Pick, ...]
    short: tuple[Need, ...]


def plan_picks(
    session: Session, service: Service, batches: Sequence[Batch], foods: Mapping[str, Food] | None = None
) -> IssuePlan | None:
    """What batches would take from the stock as it is; None for a house that keeps no lots."""
    if not lots_watched(session, service.kitchen_id):
        return None
    needs = _needs(session, service, batches, foods or load_foods(session))
    return pick(needs, free_lots(session, service).values(), service.service_on)


def stock_findings(session: Session, service: Service, batches: Sequence[Batch]) -> tuple[Coded, ...]:
    """What the stock says about a plan: that nobody watches lots, or what will be short."""
    plan = plan_picks(session, service, batches)
    if plan is None:
        return (Coded("lots_not_watched"),)
    foods = load_foods(session) if plan.short else {}
    return tuple(short_finding(foods, food_code, mg) for food_code, mg in sorted(plan.short_mg.items()))


def short_finding(foods: dict[str, Food], food_code: str, mg: int) -> Coded:
    """That a food is short, by its name and in kilograms."""
    name = food_called(foods[food_code]) if food_code in foods else food_code
    return Coded("lots_short", {"food": name, "short": f"{-(-mg // 1000) / 1000:.3f} kg"})


def keep_picks(session: Session, service: Service) -> IssuePlan | None:
    """Keeps the pick list of a production that has just been published; None for a house without lots."""
    production = load_production(session, service.key)
    if production is None or not lots_watched(session, service.kitchen_id):
        return None
    hold(session, f"stock/{service.kitchen_id}")
    batches = _in_order(session, production.production_id)
    plan = plan_picks(session, service, batches)
    if plan is not None:
        save_picks(session, production.production_id, plan.picks)
    return plan


def pick_again(session: Session, kitchen_id: str, from_on: date) -> None:
    """
    Makes the pick lists of a kitchen's published services anew from a date on, as the lots' order changed.

    A batch that has got something already keeps its list.
    """
    query = select(ProductionRow).where(
        ProductionRow.status == "published",
        col(ProductionRow.service_key).startswith(f"{kitchen_id}/", autoescape=True),
        col(ProductionRow.service_key) >= _key_from(kitchen_id, from_on),
    )
    foods = load_foods(session)
    for production in sorted(session.exec(query), key=lambda one: one.service_key):
        service = parse_service(production.service_key)
        batches = _in_order(session, production.production_id)
        begun = {one.batch_id for one in issued_to(session, [one.batch_id for one in batches])}
        waiting = [one for one in batches if one.batch_id not in begun]
        drop_picks(session, [one.batch_id for one in waiting])
        plan = plan_picks(session, service, waiting, foods)
        if plan is not None:
            save_picks(session, production.production_id, plan.picks)


def issue_service(
    session: Session, desk: StockDesk, service: Service, batch_ids: Collection[str] | None = None
) -> Issued:
    """
    Issues what the batches of a published service have not got yet; a second time changes nothing.

    What the pick list names comes first while its lot may still be used; the rest, and what a held lot
    cannot give any more, comes from the lots that expire first.

    Parameters
    ----------
    session, desk
        Open transaction, and who issues.
    service
        Whose batches.
    batch_ids
        Only these; None for all.

    Raises
    ------
    NotFound
        When nothing is published.
    """
    open_desk(session, desk, "stock.keep")
    return _issued(session, desk, service, batch_ids)


def use_up(session: Session, desk: StockDesk, service: Service, batch_ids: Collection[str]) -> list[Pick]:
    """
    What batches of a published service that went on the heat and are lost have used of the stock.

    What nobody issued to them yet is issued now: it was in the pan. Whoever may publish the day may say so.
    """
    if not batch_ids or not lots_watched(session, service.kitchen_id):
        return []
    hold(session, f"stock/{service.kitchen_id}")
    _issued(session, desk, service, batch_ids)
    return issued_to(session, batch_ids)


def _issued(session: Session, desk: StockDesk, service: Service, batch_ids: Collection[str] | None) -> Issued:
    production = load_production(session, service.key)
    if production is None:
        raise NotFound("plan", service.key)
    for one in _left_over(session, service):
        back_in(session, desk, need_lot(session, desk, one.lot_id), (one.batch_id, None), one.mg, "")
    batches = _in_order(session, production.production_id)
    wanted = [one for one in batches if batch_ids is None or one.batch_id in batch_ids]
    whole = _needs(session, service, wanted, load_foods(session))
    needs = still_needed(whole, issued_to(session, [one.batch_id for one in wanted]))
    plan = _by_list(
        needs, load_picks(session, production.production_id), free_lots(session, service), service
    )
    for one in plan.picks:
        move = LotMove(
            one.lot_id, "issue", -one.mg, desk.actor.user_id, desk.now_at, "", batch_id=one.batch_id
        )
        save_move(session, desk.ids.new(), move)
    if plan.picks:
        detail = {"picks": len(plan.picks), "short": len(plan.short)}
        record(session, desk.actor, "stock.keep/issue", service.key, desk.now_at, detail)
    return Issued(plan.picks, plan.short)


def _needs(
    session: Session, service: Service, batches: Sequence[Batch], foods: Mapping[str, Food]
) -> list[Need]:
    """What batches are to take; one that is drawn from a chilled batch took its food the day before."""
    to_cook = [batch for batch in batches if not batch.chilled_id]
    dishes = load_dishes(session, {batch.dish_id for batch in to_cook})
    return needs_of(to_cook, dishes, foods, receiving_rules(session, service.kitchen_id))


def _in_order(session: Session, production_id: str) -> list[Batch]:
    """Batches as they go on the heat."""
    starts = {slot.batch_id: slot.start_s for slot in load_slots(session, production_id)}
    return sorted(load_batches(session, production_id), key=lambda one: starts.get(one.batch_id, 0))


def free_lots(session: Session, service: Service) -> dict[str, Lot]:
    """Open lots less what other published services of these days are still to take."""
    lots = load_lots(session, service.kitchen_id)
    for one in _left_over(session, service):
        known = load_lots(session, service.kitchen_id, lot_ids=[one.lot_id]) | lots
        lots[one.lot_id] = replace(known[one.lot_id], left_mg=known[one.lot_id].left_mg + one.mg)
    for lot_id, mg in _reserved(session, service).items():
        if lot_id in lots:
            lots[lot_id] = replace(lots[lot_id], left_mg=max(0, lots[lot_id].left_mg - mg))
    return lots


def _reserved(session: Session, service: Service) -> dict[str, int]:
    query = (
        select(ProductionRow.service_key, PickRow.batch_id, PickRow.lot_id, PickRow.mg)
        .join(ProductionRow, col(ProductionRow.production_id) == col(PickRow.production_id))
        .where(ProductionRow.status == "published", ProductionRow.service_key != service.key)
        .where(col(ProductionRow.service_key).startswith(f"{service.kitchen_id}/", autoescape=True))
        .where(
            col(ProductionRow.service_key) >= _key_from(service.kitchen_id, service.service_on - KEPT_DAYS)
        )
    )
    rows = session.exec(query).all()
    begun = {one.batch_id for one in issued_to(session, {batch_id for _, batch_id, _, _ in rows})}
    found: dict[str, int] = {}
    for key, batch_id, lot_id, mg in rows:
        if batch_id not in begun and parse_service(key).service_on >= service.service_on - KEPT_DAYS:
            found[lot_id] = found.get(lot_id, 0) + mg
    return found


def _left_over(session: Session, service: Service) -> list[Pick]:
    """What was issued to batches of earlier versions that were never on the heat: the store has it still."""
    query = (
        select(BatchRow.production_id, BatchRow.batch_id)
        .join(ProductionRow, col(ProductionRow.production_id) == col(BatchRow.production_id))
        .where(ProductionRow.service_key == service.key, ProductionRow.status == "superseded")
    )
    rows = session.exec(query).all()
    used = wasted_batches(session, service.key)
    for production_id in {production_id for production_id, _ in rows}:
        used |= load_cooked(session, production_id).keys() | load_started(session, production_id).keys()
    return issued_to(session, [batch_id for _, batch_id in rows if batch_id not in used])


def _key_from(kitchen_id: str, on: date) -> str:
    return f"{kitchen_id}/{on.isoformat()}"


def still_needed(needs: Sequence[Need], issued: Iterable[Pick]) -> list[Need]:
    """What is needed beyond what was issued already."""
    got: dict[tuple[str, str], int] = {}
    for one in issued:
        got[one.batch_id, one.food_code] = got.get((one.batch_id, one.food_code), 0) + one.mg
    left = [(need, need.mg - got.get((need.batch_id, need.food_code), 0)) for need in needs]
    return [replace(need, mg=mg) for need, mg in left if mg > 0]


def _by_list(
    needs: Sequence[Need], listed: Sequence[Pick], lots: dict[str, Lot], service: Service
) -> IssuePlan:
    """Serves needs from the lots that the pick list names, then from those that expire first."""
    left = dict(lots)
    picks: list[Pick] = []
    rest: list[Need] = []
    for need in needs:
        wanted_mg = need.mg
        for one in listed:
            lot = left.get(one.lot_id)
            is_for = (one.batch_id, one.food_code) == (need.batch_id, need.food_code)
            if not is_for or lot is None or not lot.usable_on(service.service_on):
                continue
            taken_mg = min(wanted_mg, one.mg, lot.left_mg)
            if taken_mg:
                picks.append(replace(one, mg=taken_mg))
                left[one.lot_id] = replace(lot, left_mg=lot.left_mg - taken_mg)
                wanted_mg -= taken_mg
        if wanted_mg:
            rest.append(replace(need, mg=wanted_mg))
    more = pick(rest, left.values(), service.service_on)
    return IssuePlan((*picks, *more.picks), more.short)
