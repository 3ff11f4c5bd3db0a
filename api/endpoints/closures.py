"""Closures of sites, the orders they touch, and how many places a site has for a meal."""

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.endpoints.orders import ServiceDate
from api.ordering.closing import announce, reopen, settle_touched, sites_in_scope, touched_by
from api.ordering.documents import order_document
from api.ordering.places import set_places
from api.ordering.record import Acting
from api.permissions import Actor
from api.web.access import HouseHere, may
from orders.closures import Closure, ClosureKind
from orders.errors import NotFound
from orders.service import Meal
from orders.store.closures import load_closures

router = APIRouter(prefix="/api/v1", tags=["orders"])
Reader = Annotated[Actor, may("closures.read")]
Announcer = Annotated[Actor, may("closures.announce")]


class ClosureIn(BaseModel):
    """A site closes for some days; without a last day until further notice, without meals for all."""

    kind: ClosureKind = "pause"
    from_on: ServiceDate
    to_on: ServiceDate | None = None
    meals: list[Meal] = []
    reason: str = Field(max_length=300)
    emergency: bool = False


class SettlingIn(BaseModel):
    """What becomes of a touched order: moved to this site, or not supplied when it is empty."""

    to_site_id: str = ""
    reason: str = Field(max_length=300)


class PlacesIn(BaseModel):
    """How many orders a site takes for a meal."""

    meal: Meal = "lunch"
    places: int = Field(ge=0, le=100_000)


@router.post("/sites/{site_id}/closures")
def close_site(site_id: str, wanted: ClosureIn, house: HouseHere, actor: Announcer) -> dict[str, Any]:
    """Announces a closure; the answer lists the orders that it touches."""
    now_at = house.clock.now()
    with house.database.begin(lock=f"site/{site_id}") as session:
        closure = Closure(
            "",
            site_id,
            wanted.kind,
            wanted.from_on,
            _last(wanted),
            tuple(wanted.meals),
            wanted.reason,
            wanted.from_on,
            wanted.emergency,
        )
        made = announce(session, closure, Acting(actor, now_at, house.ids))
        touched = touched_by(session, made.closure_id)
    return {**_document(made), "orders": [order_document(one.service, one.order) for one in touched]}


@router.get("/closures")
def closures(
    from_on: ServiceDate, house: HouseHere, actor: Reader, to_on: ServiceDate | None = None
) -> list[dict[str, Any]]:
    """Closures that touch these days; a canteen sees its own."""
    with house.database.read() as session:
        found = load_closures(session, sites_in_scope(session, actor), from_on, to_on)
    return [_document(one) for one in found]


@router.get("/closures/{closure_id}/orders")
def touched(closure_id: str, house: HouseHere, actor: Reader) -> list[dict[str, Any]]:
    """Orders of a closure's days that nobody has settled yet."""
    with house.database.read() as session:
        found, known = touched_by(session, closure_id), sites_in_scope(session, actor)
    return [
        order_document(one.service, one.order) for one in found if known is None or one.order.site_id in known
    ]


@router.post("/closures/{closure_id}/orders/{order_id}")
def settle(
    closure_id: str,
    order_id: str,
    wanted: SettlingIn,
    house: HouseHere,
    actor: Annotated[Actor, may("orders.change_late")],
) -> dict[str, Any]:
    """Moves a touched order to another site, or ends it as not supplied."""
    with house.database.read() as session:
        found = [one for one in touched_by(session, closure_id) if one.order.order_id == order_id]
    if not found:
        raise NotFound("order", order_id)
    service = found[0].service
    with house.database.begin(lock=service.key) as session:
        acting = Acting(actor, house.clock.now(), house.ids, reason=wanted.reason)
        return order_document(service, settle_touched(session, found[0], wanted.to_site_id, acting))


@router.post("/closures/{closure_id}/reopen", status_code=204)
def reopened(closure_id: str, house: HouseHere, actor: Announcer) -> None:
    """Ends a closure today."""
    with house.database.begin() as session:
        reopen(session, closure_id, Acting(actor, house.clock.now(), house.ids))


@router.post("/sites/{site_id}/places", status_code=204)
def places(site_id: str, wanted: PlacesIn, house: HouseHere, actor: Announcer) -> None:
    """Sets how many orders a site takes for a meal; who is over it already keeps the place."""
    with house.database.begin(lock=f"site/{site_id}") as session:
        set_places(session, site_id, wanted.meal, wanted.places, Acting(actor, house.clock.now(), house.ids))


def _last(wanted: ClosureIn) -> date | None:
    return None if wanted.to_on is None else max(wanted.to_on, wanted.from_on)


def _document(closure: Closure) -> dict[str, Any]:
    return {
        "closure_id": closure.closure_id,
        "site_id": closure.site_id,
        "kind": closure.kind,
        "from_on": closure.from_on.isoformat(),
        "to_on": closure.to_on.isoformat() if closure.to_on else None,
        "meals": list(closure.meals),
        "reason": closure.reason,
        "announced_on": closure.announced_on.isoformat(),
        "emergency": closure.emergency,
    }
