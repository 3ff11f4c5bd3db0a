"""The diner's page, also family's: choose person, day and dishes; see the price; order, change, cancel."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.house import House
from api.ordering.facts import find_diner
from api.ordering.record import Acting
from api.ordering.views import days_of
from api.pages.meal_form import (
    Chosen,
    amend_chosen,
    asked_for,
    cancel_chosen,
    place_chosen,
    posted,
    service_named,
    view_of,
)
from api.pages.shell import answer
from api.permissions import Actor
from api.web.access import HouseHere, may
from api.web.render import render
from orders.diners import Diner
from orders.errors import Forbidden
from orders.service import Service
from orders.store.bindings import load_bindings
from orders.store.sites import kitchen_of_site, load_kitchen

router = APIRouter(prefix="/order", include_in_schema=False)
Orderer = Annotated[Actor, may("orders.own")]
Asked = Annotated[Chosen, Depends(asked_for)]
Posted = Annotated[Chosen, Depends(posted)]
Act = Callable[[Session, Service, Chosen, Acting], object]


@router.get("")
def page(request: Request, house: HouseHere, actor: Orderer, chosen: Asked) -> Response:
    """The chosen person's days and the chosen meal."""
    with house.database.read() as session:
        facts = _facts(session, house, actor, chosen)
    return render(request, "order.html", **facts)


@router.get("/live")
def live(request: Request, house: HouseHere, actor: Orderer, chosen: Asked) -> Response:
    """The page with what is chosen at present, priced."""
    with house.database.read() as session:
        facts = _facts(session, house, actor, chosen)
    return render(request, "order_live.html", done="", **facts)


@router.post("/place")
def placed(request: Request, house: HouseHere, actor: Orderer, chosen: Posted) -> Response:
    """A meal is ordered, or waits for a place."""
    done = "You are in the line." if chosen.wait else "The meal is ordered."
    return _act(request, house, actor, chosen, place_chosen, done)


@router.post("/amend")
def amended(request: Request, house: HouseHere, actor: Orderer, chosen: Posted) -> Response:
    """Dishes, canteen or home of an order are changed."""
    return _act(request, house, actor, chosen, amend_chosen, "The order is changed.")


@router.post("/cancel")
def cancelled(request: Request, house: HouseHere, actor: Orderer, chosen: Posted) -> Response:
    """An order is cancelled."""
    return _act(request, house, actor, chosen, cancel_chosen, "The meal is cancelled.")


def _act(request: Request, house: House, actor: Actor, chosen: Chosen, act: Act, done: str) -> Response:
    acting = Acting(actor, house.clock.now(), house.ids, reason=chosen.reason)
    with house.database.read() as session:
        service = service_named(session, chosen.service_key)
    with house.database.begin(lock=service.key) as session:
        act(session, service, chosen, acting)
    shown = Chosen(chosen.diner_id, chosen.service_key)
    with house.database.read() as session:
        facts = _facts(session, house, actor, shown)
    address = f"/order?for={chosen.diner_id}&service={chosen.service_key}"
    return answer(request, address, "order_live.html", done, **facts)


def _facts(session: Session, house: House, actor: Actor, chosen: Chosen) -> dict[str, Any]:
    acting = Acting(actor, house.clock.now(), house.ids)
    people = _people(session, actor, acting)
    if chosen.diner_id and chosen.diner_id not in people:
        raise Forbidden("diner_not_bound")
    if not people:
        return {"people": [], "diner": None, "days": [], "view": None}
    diner = people[chosen.diner_id] if chosen.diner_id else next(iter(people.values()))
    days = days_of(session, diner, acting.now_at)
    known = {day.service.key: day.service for day in days}
    first = next((day.service for day in days if day.order is None and day.in_time), None)
    service = known.get(chosen.service_key) or first or (days[0].service if days else None)
    asked = replace(chosen, diner_id=diner.diner_id, service_key=service.key if service else "")
    view = view_of(session, service, asked, acting) if service else None
    return {"people": list(people.values()), "diner": diner, "days": days, "view": view}


def _people(session: Session, actor: Actor, acting: Acting) -> dict[str, Diner]:
    """Whom the actor may order for today, the actor first, the others by name."""
    found: dict[str, tuple[bool, Diner]] = {}
    for binding in load_bindings(session, user_id=actor.user_id):
        diner = find_diner(session, binding.diner_id)
        kitchen = load_kitchen(session, kitchen_of_site(session, diner.site_id) or "")
        if kitchen is None:
            continue
        today_on = Service(kitchen.kitchen_id, binding.from_on, "lunch", kitchen.zone).local(acting.now_at)
        if binding.holds_on(today_on.date()):
            found[diner.diner_id] = (binding.relation != "self", diner)
    ordered = sorted(found.values(), key=lambda one: (one[0], one[1].name, one[1].code))
    return {diner.diner_id: diner for _, diner in ordered}
