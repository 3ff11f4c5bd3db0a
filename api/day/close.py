"""Close: orders are locked at the cut-off, clashes are found, and settled or answered for by a person."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.collector import without_collecting
from api.day.diets import with_diets
from api.day.offered import offered
from api.day.services import cut_off_at, is_open, out_of_force, programmes_of, require_open, rules_of
from api.permissions import Actor, ensure
from kitchen.store.production import load_production
from orders.codes import Coded, Excepted
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.late_changes import OrderChange, difference
from orders.menus import Menu
from orders.order import LIVE, Clash, Order, Override, close, settle_clash
from orders.service import Service
from orders.store.changes import save_changes
from orders.store.clashes import save_override
from orders.store.diners import load_diner, load_diners
from orders.store.orders import (
    load_clashes,
    load_orders,
    lock_orders,
    save_clashes,
    settle_clash_row,
    update_orders,
)
from orders.store.services import (
    ServiceClose,
    load_close,
    load_order_exceptions,
    save_close,
    save_order_exceptions,
)
from orders.suitability import unsuitable


@dataclass(frozen=True, slots=True)
class CloseOutcome:
    """How many orders and portions were locked, how many came late, how many clashes wait for a person."""

    orders: int
    portions: int
    late: int
    clashes: int


@without_collecting()
def close_service(
    session: Session, service: Service, *, actor: Actor, now_at: datetime, ids: IdSource
) -> CloseOutcome:
    """
    Locks the orders that came in time and lists the others.

    Each order is judged by its diner's own programme. The first cut-off closes; what comes in time by a later
    one is a change of the plan.

    Raises
    ------
    ServiceClosed
        When the programme has no service on the date.
    Conflict
        When the cut-off has not come, or the service is closed already.
    """
    ensure(actor, "day.close", kitchen_id=service.kitchen_id)
    orders = load_orders(session, service, ("placed", "waiting"))
    limits = _limits(session, service, orders)
    limit_at = min(limits.values())
    if now_at < limit_at:
        raise Conflict("cut_off_not_reached", cut_off_at=limit_at.isoformat())
    if load_close(session, service):
        raise Conflict("service_closed_already", service=service.key)
    diners = with_diets(load_diners(session, ids={order.diner_id for order in orders}, facts=()))
    closed = close(orders, diners, _menu(session, service), limit_at, limits)
    save_close(session, ServiceClose(service, limit_at, now_at, actor.user_id))
    lock_orders(session, [order.order_id for order in closed.locked])
    save_clashes(session, service, [(ids.new(), clash) for clash in closed.clashes], now_at)
    late = [
        Excepted(Coded("order_late", {"placed_at": order.placed_at.isoformat()}), order.code, order.portions)
        for order in closed.late
    ]
    unplaced = [
        Excepted(Coded("order_waiting", {"site": order.site_id}), order.code, order.portions)
        for order in orders
        if order.state == "waiting" and limits[order.diner_id] <= now_at
    ]
    save_order_exceptions(session, service, [(ids.new(), item) for item in (*late, *unplaced)], now_at)
    outcome = CloseOutcome(
        len(closed.locked), sum(o.portions for o in closed.locked), len(late), len(closed.clashes)
    )
    record(session, actor, "day.close", service.key, now_at, {"orders": outcome.orders, "late": outcome.late})
    return outcome


def closed_before(session: Session, service: Service) -> CloseOutcome | None:
    """What there is of a service that is closed already; None of one that is open."""
    if load_close(session, service) is None:
        return None
    locked = load_orders(session, service, ("locked",))
    return CloseOutcome(
        len(locked),
        sum(order.portions for order in locked),
        len(load_order_exceptions(session, service, "order_late")),
        len(load_clashes(session, service)),
    )


def settle(
    session: Session,
    service: Service,
    clash_id: str,
    dish_id: str | None,
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> None:
    """
    Settles one clash with another dish, or takes the portion out when ``dish_id`` is None.

    Once a plan is published the kitchen is told of it as of any other late change.

    Raises
    ------
    NotFound
        When the service has no such clash.
    BadInput
        When the dish is not on the menu or does not suit the diner either.
    Conflict
        When somebody settled it before.
    """
    ensure(actor, "clash.settle", kitchen_id=service.kitchen_id)
    clash = load_clashes(session, service).get(clash_id)
    if clash is None:
        raise NotFound("clash", clash_id)
    order = _order(session, service, clash)
    if dish_id is not None:
        _require_suitable(session, service, clash, dish_id)
    if not settle_clash_row(session, clash_id, dish_id, actor.user_id, now_at):
        raise Conflict("clash_settled_already", order=clash.order_code)
    settled = settle_clash(order, clash.line_id, dish_id)
    update_orders(session, [settled])
    _tell_kitchen(session, service, order, settled, actor, now_at, ids)
    if dish_id is None:
        taken_out = Excepted(Coded("portion_withdrawn", {"dish": clash.dish_id}), clash.order_code, 1)
        save_order_exceptions(session, service, [(ids.new(), taken_out)], now_at)
    detail = {"order": clash.order_code, "from": clash.dish_id, "to": dish_id or ""}
    record(session, actor, "clash.settle", service.key, now_at, detail)


def override(
    session: Session,
    service: Service,
    clash_id: str,
    reason: str,
    by_name: str,
    *,
    actor: Actor,
    now_at: datetime,
) -> None:
    """
    Lets a portion stand in spite of its clash, on a named person's word.

    It covers the reasons that are known now: another one is a new clash.

    Parameters
    ----------
    session, service, clash_id
        Which clash.
    reason, by_name
        Why it may be given, and who says so; both are printed beside the diner's special meal.
    actor, now_at
        Who writes it down, when.

    Raises
    ------
    NotFound
        When the service has no such clash.
    BadInput
        When the reason or the name is missing.
    Conflict
        When somebody settled it before.
    """
    ensure(actor, "clash.override", kitchen_id=service.kitchen_id)
    clash = load_clashes(session, service).get(clash_id)
    if clash is None:
        raise NotFound("clash", clash_id)
    if not reason.strip() or not by_name.strip():
        raise BadInput("override_needs_reason", order=clash.order_code)
    if not settle_clash_row(session, clash_id, clash.dish_id, actor.user_id, now_at):
        raise Conflict("clash_settled_already", order=clash.order_code)
    word = Override(clash.line_id, clash.dish_id, clash.reasons, reason.strip(), by_name.strip(), now_at)
    save_override(session, service, clash_id, word, actor.user_id)
    detail = {
        "order": clash.order_code,
        "dish": clash.dish_id,
        "by_name": word.by_name,
        "reason": word.reason,
    }
    record(session, actor, "clash.override", service.key, now_at, detail)


def _tell_kitchen(
    session: Session,
    service: Service,
    before: Order,
    after: Order,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> None:
    """A portion that is settled after the plan was published is a change of the plan."""
    production = load_production(session, service.key)
    added, removed = difference(before, after)
    if production is None or not (added or removed):
        return
    change = OrderChange(
        change_id=ids.new(),
        order_id=after.order_id,
        order_code=after.code,
        diner_id=after.diner_id,
        kind="amended",
        counted_at=now_at,
        entered_at=now_at,
        by=actor.user_id,
        since_version=production.version,
        added=added,
        removed=removed,
    )
    save_changes(session, service, [change])


def _limits(session: Session, service: Service, orders: list[Order]) -> dict[str, datetime]:
    """
    The cut-off of each diner's own programme, by diner's id, and under no id that of the kitchen's.

    Raises
    ------
    ServiceClosed
        When neither the kitchen's programme nor that of any order has service on the date.
    """
    own = rules_of(session, service).programme
    diner_ids = {order.diner_id for order in orders}
    lost = out_of_force(session, service, diner_ids)
    programmes = programmes_of(session, service, diner_ids - lost.keys())
    by_id = {programme.id: programme for programme in programmes.values()}
    cut_offs = {name: cut_off_at(service, programme) for name, programme in by_id.items()}
    limits = {diner_id: cut_offs[programme.id] for diner_id, programme in programmes.items()}
    limits |= dict.fromkeys(lost, cut_off_at(service, own))
    if is_open(service, own):
        limits[""] = cut_off_at(service, own)
    elif all(programme.id == own.id for programme in programmes.values()):
        require_open(service, own)
    return limits


def _menu(session: Session, service: Service) -> Menu:
    menu = offered(session, service)
    if menu is None:
        raise NotFound("menu", service.key)
    return menu


def _order(session: Session, service: Service, clash: Clash) -> Order:
    (order,) = load_orders(session, service, (*LIVE, "cancelled"), code=clash.order_code)
    return order


def _require_suitable(session: Session, service: Service, clash: Clash, dish_id: str) -> None:
    menu = _menu(session, service)
    item = menu.item(dish_id)
    if item is None:
        raise BadInput("dish_not_on_menu", dish=dish_id, service=service.key, offered=menu.choices)
    diner = load_diner(session, clash.diner_id)
    if diner is None:
        raise NotFound("diner", clash.diner_id)
    if unsuitable(with_diets({diner.diner_id: diner})[diner.diner_id], item):
        raise BadInput("dish_unsuitable", dish=dish_id, order=clash.order_code)
