"""The store room's papers: the purchase list and the receiving log."""

from dataclasses import replace
from datetime import date

from sqlmodel import Session

from api.permissions import ensure
from api.reports import purchase_list, receiving_log
from api.reports.facts import Named, Rendered
from api.reports.stock_facts import (
    BuyLine,
    LogRow,
    NeedNote,
    PurchaseList,
    ReceivingLog,
    StockHead,
    SupplierOrder,
)
from api.stock.desk import StockDesk, receiving_rules
from api.stock.purchase import Purchase
from api.stock.views import came_on, named
from api.store.users import load_users
from kitchen.receiving import ReceivingRules
from kitchen.store.catalogue import load_foods
from kitchen.store.deliveries import KeptDelivery
from kitchen.store.suppliers import load_suppliers


def print_purchase(plan: Purchase, desk: StockDesk, language: str) -> Rendered:
    """The purchase list as a PDF."""
    return purchase_list.render(purchase_facts(plan, desk), language)


def purchase_facts(plan: Purchase, desk: StockDesk) -> PurchaseList:
    """What the purchase list prints."""
    return PurchaseList(
        head=_head(desk, plan.from_on, plan.to_on),
        orders=tuple(_order(plan, one) for one in plan.supplier_ids),
        notes=tuple(
            NeedNote(
                need.service.service_on,
                need.service.meal,
                need.basis,
                need.ordered,
                sum(need.portions.values()),
                need.past,
                tuple(need.extras.items()),
            )
            for need in plan.needs
        ),
        findings=plan.findings,
    )


def print_log(
    session: Session, desk: StockDesk, from_on: date, to_on: date, language: str, *, spare_rows: int = 0
) -> Rendered:
    """The receiving log of some dates, both included, as a PDF; with empty rows to be written on."""
    log = replace(log_facts(session, desk, from_on, to_on), spare_rows=spare_rows)
    return receiving_log.render(log, language)


def log_facts(session: Session, desk: StockDesk, from_on: date, to_on: date) -> ReceivingLog:
    """What the receiving log prints."""
    kitchen_id = desk.kitchen.kitchen_id
    ensure(desk.actor, "stock.read", kitchen_id=kitchen_id)
    came = came_on(session, desk, from_on, to_on)
    people = {user.actor.user_id: user.actor.name for user in load_users(session)}
    rules = receiving_rules(session, kitchen_id)
    foods, suppliers = load_foods(session), load_suppliers(session, kitchen_id)
    rows = [
        LogRow(
            received_at=one.lot.received_at,
            code=one.lot.code,
            food=named(foods, one.lot.food_code),
            supplier=suppliers[one.lot.supplier_id].name,
            supplier_lot=one.supplier_lot,
            mg=one.lot.received_mg,
            temperature_c=one.lot.temperature_c,
            expires_on=one.lot.expires_on,
            papers=_papers(one, rules),
            verdict=one.verdict,
            wanting=one.wanting,
            person=people.get(one.actor, one.actor),
        )
        for one in came
    ]
    return ReceivingLog(_head(desk, from_on, to_on), tuple(rows))


def _head(desk: StockDesk, from_on: date, to_on: date) -> StockHead:
    return StockHead(desk.kitchen.name, desk.kitchen.zone, from_on, to_on, desk.now_at)


def _order(plan: Purchase, supplier_id: str) -> SupplierOrder:
    who = plan.suppliers.get(supplier_id)
    lines = tuple(
        BuyLine(named(plan.foods, one.food_code), one.short_mg, one.order_mg, one.needed_on, one.cost_fen)
        for one in plan.of_supplier(supplier_id)
    )
    contact = " ".join(part for part in (who.contact, who.phone) if part) if who else ""
    return SupplierOrder(who.name if who else "", contact, lines)


def _papers(one: KeptDelivery, rules: ReceivingRules) -> tuple[tuple[Named, str], ...]:
    return tuple(
        (Named(*rules.paper_names[kind]) if kind in rules.paper_names else Named(kind, kind), number)
        for kind, number in one.lot.papers.items()
    )
