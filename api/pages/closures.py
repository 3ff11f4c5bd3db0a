"""Closed sites: announcing one, the orders that it touches, and what becomes of them."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.house import House
from api.ordering.closing import Touched, announce, reopen, settle_touched, touched_by
from api.ordering.desk import kitchen_of
from api.ordering.facts import find_diner
from api.ordering.record import Acting
from api.ordering.views import local_day
from api.pages.shell import answer
from api.permissions import Actor
from api.web.access import HouseHere, may
from api.web.render import render
from orders.closures import CLOSURE_KINDS, Closure, ClosureKind
from orders.errors import NotFound
from orders.service import MEALS
from orders.sites import Site
from orders.store.closures import load_closures
from orders.store.sites import load_sites

router = APIRouter(prefix="/desk/closures", include_in_schema=False)
Reader = Annotated[Actor, may("closures.read")]
Announcer = Annotated[Actor, may("closures.announce")]
Text = Annotated[str, Form(max_length=300)]
SHOWN_DAYS = 90
LAST_ON = date(2199, 12, 31)


@router.get("")
def page(request: Request, house: HouseHere, actor: Reader) -> Response:
    """Closures of the next months with the orders that wait for a decision."""
    with house.database.read() as session:
        facts = _facts(session, house, actor)
    return render(request, "closures.html", **facts)


@router.post("/announced")
def announced(
    request: Request,
    house: HouseHere,
    actor: Announcer,
    site: Text,
    kind: Annotated[ClosureKind, Form()],
    from_on: Annotated[date, Form(ge=date(2000, 1, 1), le=LAST_ON)],
    reason: Text,
    to_on: Annotated[date | Literal[""], Form()] = "",
    emergency: Annotated[bool, Form()] = False,
) -> Response:
    """A site closes for some days."""
    last_on = min(max(to_on, from_on), LAST_ON) if to_on else None
    closure = Closure("", site, kind, from_on, last_on, (), reason, from_on, emergency)
    with house.database.begin(lock=f"site/{site}") as session:
        announce(session, closure, Acting(actor, house.clock.now(), house.ids))
    return _answer(request, house, actor, "The closure is announced.")


@router.post("/{closure_id}/orders/{order_id}")
def settled(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("orders.change_late")],
    closure_id: str,
    order_id: str,
    reason: Text = "",
    to_site: Text = "",
) -> Response:
    """A touched order goes to another site, or is not supplied."""
    with house.database.read() as session:
        found = [one for one in touched_by(session, closure_id) if one.order.order_id == order_id]
    if not found:
        raise NotFound("order", order_id)
    with house.database.begin(lock=found[0].service.key) as session:
        acting = Acting(actor, house.clock.now(), house.ids, reason=reason)
        settle_touched(session, found[0], to_site, acting)
    return _answer(request, house, actor, "The order is settled.")


@router.post("/{closure_id}/reopened")
def reopened(request: Request, house: HouseHere, actor: Announcer, closure_id: str) -> Response:
    """A site opens again earlier than announced."""
    with house.database.begin() as session:
        reopen(session, closure_id, Acting(actor, house.clock.now(), house.ids))
    return _answer(request, house, actor, "The site is open again.")


def _answer(request: Request, house: House, actor: Actor, done: str) -> Response:
    with house.database.read() as session:
        facts = _facts(session, house, actor)
    return answer(request, "/desk/closures", "closures_live.html", done, **facts)


def _facts(session: Session, house: House, actor: Actor) -> dict[str, Any]:
    kitchen = kitchen_of(session, actor)
    if kitchen is None:
        raise NotFound("kitchen", actor.kitchen_id or "-")
    today_on = local_day(kitchen, house.clock.now())
    sites: dict[str, Site] = {}
    for meal in MEALS:
        sites |= load_sites(session, kitchen.kitchen_id, meal)
    canteens = {key: one for key, one in sites.items() if one.kind == "canteen"}
    own = [actor.site_id] if actor.site_id else list(canteens)
    found = load_closures(session, own, today_on, today_on + timedelta(days=SHOWN_DAYS))
    touched = {one.closure_id: _named(session, touched_by(session, one.closure_id)) for one in found}
    return {
        "kitchen": kitchen,
        "today_on": today_on,
        "canteens": canteens,
        "own": {key: one for key, one in canteens.items() if key in own},
        "closures": found,
        "touched": touched,
        "kinds": CLOSURE_KINDS,
    }


def _named(session: Session, touched: list[Touched]) -> list[tuple[Touched, str]]:
    return [(one, find_diner(session, one.order.diner_id).name) for one in touched]
