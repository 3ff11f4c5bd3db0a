"""Closures of sites: announced in time or for an emergency, with the orders that they touch."""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlmodel import Session

from api.audit import record
from api.day.services import find_kitchen, rules_of
from api.ordering.amend import end_unsupplied, move_to
from api.ordering.facts import asked, find_order
from api.ordering.record import Acting, require_late
from api.permissions import Actor, ensure
from orders.closures import Closure, closure_on, require_notice
from orders.errors import BadInput, Conflict, NotFound
from orders.order import LIVE, Order
from orders.service import MEALS, Service, parse_service
from orders.store.closures import end_closure, load_closure, load_closures, save_closure
from orders.store.orders import load_orders, services_with_orders
from orders.store.receipts import served_orders
from orders.store.sites import kitchen_of_site, kitchens_of_sites

FURTHER_DAYS = 60


@dataclass(frozen=True, slots=True)
class Touched:
    """An order of a day on which its site is closed."""

    service: Service
    order: Order


def announce(session: Session, closure: Closure, acting: Acting) -> Closure:
    """
    Announces that a site closes; it takes no order for those days. The same again changes nothing.

    Parameters
    ----------
    session
        Open transaction.
    closure
        Its id and day of announcement are set here.
    acting
        Who announces it, when.

    Raises
    ------
    NotFound
        When there is no such site.
    Conflict
        When it comes sooner than the programme's notice and is no emergency.
    BadInput
        When the reason is missing, or the programme knows no such kind.
    """
    kitchen_id = kitchen_of_site(session, closure.site_id)
    if kitchen_id is None:
        raise NotFound("site", closure.site_id)
    ensure(acting.actor, "closures.announce", kitchen_id=kitchen_id, site_id=closure.site_id)
    zone = find_kitchen(session, kitchen_id).zone
    service = Service(kitchen_id, closure.from_on, MEALS[0], zone)
    new = replace(closure, closure_id=acting.ids.new(), announced_on=service.local(acting.now_at).date())
    if new.from_on < new.announced_on:
        raise BadInput("closure_in_the_past", from_on=new.from_on.isoformat())
    for known in load_closures(session, [new.site_id], new.from_on, new.to_on):
        if replace(known, closure_id="", announced_on=new.announced_on) == replace(new, closure_id=""):
            return known
    rules = rules_of(session, service).programme.site
    require_notice(new, rules.change_notice_days, rules.change_kinds)
    save_closure(session, new, acting.now_at, acting.actor.user_id)
    detail = {"from_on": new.from_on.isoformat(), "kind": new.kind, "emergency": new.emergency}
    record(session, acting.actor, "closures.announce", new.site_id, acting.now_at, detail)
    return new


def reopen(session: Session, closure_id: str, acting: Acting) -> None:
    """
    Ends a closure today: its last closed day is yesterday.

    Raises
    ------
    NotFound
        When there is no such closure.
    """
    closure = _closure(session, closure_id)
    kitchen_id = kitchen_of_site(session, closure.site_id) or ""
    ensure(acting.actor, "closures.announce", kitchen_id=kitchen_id, site_id=closure.site_id)
    zone = find_kitchen(session, kitchen_id).zone
    today_on = Service(kitchen_id, closure.from_on, MEALS[0], zone).local(acting.now_at).date()
    end_closure(session, closure_id, today_on - timedelta(days=1), acting.now_at, acting.actor.user_id)
    record(session, acting.actor, "closures.announce/reopen", closure.site_id, acting.now_at)


def touched_by(session: Session, closure_id: str) -> list[Touched]:
    """
    The orders of a closure's days that nobody has settled yet, by service and number.

    Raises
    ------
    NotFound
        When there is no such closure.
    """
    closure = _closure(session, closure_id)
    kitchen_id = kitchen_of_site(session, closure.site_id) or ""
    zone = find_kitchen(session, kitchen_id).zone
    last_on = closure.to_on or closure.from_on + timedelta(days=FURTHER_DAYS)
    closures = load_closures(session, [closure.site_id], closure.from_on, last_on)
    found = []
    for key in services_with_orders(session, closure.site_id, closure.from_on, last_on):
        service = parse_service(key, zone)
        if closure_on(closures, closure.site_id, service.service_on, service.meal) is None:
            continue
        orders = load_orders(session, service, LIVE, closure.site_id)
        served = served_orders(session, [order.order_id for order in orders])
        found += [Touched(service, order) for order in orders if order.order_id not in served]
    return found


def settle_touched(session: Session, touched: Touched, to_site_id: str, acting: Acting) -> Order:
    """
    Moves an order of a closed site to another one, or ends it as not supplied when none is named.

    The caller holds the service's lock; the order is read again, since it was found before.

    Raises
    ------
    Conflict
        When it was cancelled or served meanwhile, or the other site is closed or full.
    """
    service, order = find_order(session, touched.order.order_id)
    if order.state not in LIVE:
        raise Conflict("order_cancelled", order=order.code)
    if served := served_orders(session, [order.order_id]):
        at = served[order.order_id][1].happened_at
        raise Conflict("order_served", order=order.code, served_at=at.isoformat())
    ensure(acting.actor, "orders.change_late", kitchen_id=service.kitchen_id, site_id=order.site_id)
    facts = asked(session, service, order.diner_id)
    if facts.closed:
        require_late(facts, acting)
    if to_site_id:
        return move_to(session, service, order, to_site_id, acting)
    return end_unsupplied(session, service, order, acting).order


def sites_in_scope(session: Session, actor: Actor) -> list[str] | None:
    """Codes of the sites that an actor acts for, None for all."""
    if actor.site_id is not None:
        return [actor.site_id]
    if actor.kitchen_id is None:
        return None
    kitchens = kitchens_of_sites(session)
    return [site_id for site_id, kitchen_id in kitchens.items() if kitchen_id == actor.kitchen_id]


def _closure(session: Session, closure_id: str) -> Closure:
    closure = load_closure(session, closure_id)
    if closure is None:
        raise NotFound("closure", closure_id)
    return closure
