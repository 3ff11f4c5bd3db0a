"""Orders: their price, placing, amending, cancelling, paying; walk-ins and standing orders."""

from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field
from sqlmodel import Session

from api.day.services import find_service
from api.endpoints.day import ServiceHere
from api.house import House
from api.ordering.amend import Amendment, amend, cancel, what_if_cancelled
from api.ordering.documents import account_document, consequence_document, order_document, quote_document
from api.ordering.facts import asked, find_diner, find_order, kitchen_for, require_for
from api.ordering.payments import account_of, take
from api.ordering.place import Placed, Wanted, place, priced
from api.ordering.quotes import owed_quote
from api.ordering.record import Acting
from api.ordering.rooms import rooms
from api.ordering.standing import place_standing
from api.permissions import Actor, ensure
from api.walk_ins import place_walk_in
from api.web.access import HouseHere, LanguageHere, may
from kitchen.store.production import load_production
from orders.late_changes import dishes_by_site, since_version
from orders.order import LIVE
from orders.prepayments import Method, Payment
from orders.service import Meal, Service, parse_service
from orders.store.changes import changes_of_order, load_changes
from orders.store.orders import orders_of_diner
from orders.store.sites import load_sites

router = APIRouter(prefix="/api/v1", tags=["orders"])
Orderer = Annotated[Actor, may("orders.place")]
Desk = Annotated[Actor, may("orders.desk")]
ServiceDate = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]
LIST_DAYS = 92


class By(BaseModel):
    """When it was written on paper, if it was, and why it comes late."""

    written_at: AwareDatetime | None = None
    reason: str = Field(default="", max_length=300)


class MealIn(BaseModel):
    """Which meal, for whom."""

    diner_id: str
    service_on: ServiceDate
    meal: Meal = "lunch"
    kitchen_id: str | None = Field(default=None, description="The kitchen of the diner's site if missing.")


class OrderIn(MealIn, By):
    """One meal for one diner; without dishes the usual, without a site the diner's own."""

    dishes: list[str] = Field(default=[], max_length=20)
    site_id: str = ""
    eaten: Literal["", "dine_in", "home"] = ""
    channel: str = ""
    wait: bool = False


class AmendmentIn(By):
    """What is to be otherwise; what is empty stays."""

    dishes: list[str] = Field(default=[], max_length=20)
    site_id: str = ""
    eaten: Literal["", "dine_in", "home"] = ""


class CancelIn(By):
    """An order that is not wanted any more, with the cost as it was shown."""

    shown_fen: int | None = Field(default=None, ge=0)


class PaymentIn(BaseModel):
    """Money taken or given back."""

    kind: Literal["payment", "refund"] = "payment"
    method: Method
    amount_fen: int = Field(gt=0)
    reference: str = Field(default="", max_length=100)
    bound: bool = False


class WalkInIn(MealIn):
    """Somebody at the counter without an order; without dishes what is spare and suits."""

    site_id: str
    dishes: list[str] = Field(default=[], max_length=20)


@router.post("/orders/quote")
def quote(wanted: OrderIn, house: HouseHere, language: LanguageHere, actor: Orderer) -> dict[str, Any]:
    """The price in three lines, and why, before anything is ordered."""
    with house.database.read() as session:
        service = _service(session, wanted)
        found = priced(session, service, _wanted(wanted), _acting(house, actor, wanted))
    return _placed(service, found, language)


@router.post("/orders")
def order(wanted: OrderIn, house: HouseHere, language: LanguageHere, actor: Orderer) -> dict[str, Any]:
    """Orders a meal; the same order again changes nothing."""
    with house.database.read() as session:
        service = _service(session, wanted)
    with house.database.begin(lock=service.key) as session:
        found = place(session, service, _wanted(wanted), _acting(house, actor, wanted))
    return _placed(service, found, language)


@router.get("/orders")
def orders_of(
    diner_id: str, from_on: ServiceDate, house: HouseHere, actor: Orderer, to_on: ServiceDate | None = None
) -> list[dict[str, Any]]:
    """A diner's orders between two dates, a week if the last is missing; cancelled ones too."""
    last_on = min(to_on or from_on + timedelta(days=6), from_on + timedelta(days=LIST_DAYS))
    with house.database.read() as session:
        diner = find_diner(session, diner_id)
        service = find_service(session, kitchen_for(session, diner), from_on, "lunch")
        require_for(
            session, actor, "orders.place", diner_id, house.clock.now(),
            service=service, site_id=diner.site_id,
        )  # fmt: skip
        return [
            order_document(parse_service(key, service.zone), one)
            for key, one in orders_of_diner(session, diner_id, from_on, last_on, (*LIVE, "cancelled"))
        ]


@router.get("/orders/{order_id}")
def one_order(order_id: str, house: HouseHere, language: LanguageHere, actor: Orderer) -> dict[str, Any]:
    """One order with its price, its money and what was done to it."""
    with house.database.read() as session:
        service, found = find_order(session, order_id)
        require_for(
            session, actor, "orders.place", found.diner_id, house.clock.now(),
            service=service, site_id=found.site_id,
        )  # fmt: skip
        facts = asked(session, service, found.diner_id)
        changes = changes_of_order(session, order_id)
        return {
            **order_document(service, found),
            "cut_off_at": facts.limit_at.isoformat(),
            "quote": quote_document(owed_quote(session, facts, found), language),
            "account": account_document(account_of(session, order_id)),
            "changes": [
                {
                    "kind": one.kind,
                    "counted_at": one.counted_at.isoformat(),
                    "entered_at": one.entered_at.isoformat(),
                    "by": one.by,
                    "reason": one.reason,
                    "since_version": one.since_version,
                }
                for one in changes
            ],
        }


@router.post("/orders/{order_id}/amend")
def amended(
    order_id: str, wanted: AmendmentIn, house: HouseHere, language: LanguageHere, actor: Orderer
) -> dict[str, Any]:
    """Changes dishes, site or home."""
    service = _service_of(house, order_id)
    change = Amendment(tuple(wanted.dishes), wanted.site_id, wanted.eaten)
    with house.database.begin(lock=service.key) as session:
        found = amend(session, service, order_id, change, _acting(house, actor, wanted))
    return {**order_document(service, found.order), "quote": quote_document(found.quote, language)}


@router.get("/orders/{order_id}/consequence")
def consequence(order_id: str, house: HouseHere, language: LanguageHere, actor: Orderer) -> dict[str, Any]:
    """What cancelling now would cost, to be shown before it is confirmed."""
    service = _service_of(house, order_id)
    with house.database.read() as session:
        found = what_if_cancelled(session, service, order_id, _acting(house, actor, By()))
    return consequence_document(found, language)


@router.post("/orders/{order_id}/cancel")
def cancelled(
    order_id: str, wanted: CancelIn, house: HouseHere, language: LanguageHere, actor: Orderer
) -> dict[str, Any]:
    """Cancels an order; what it costs must have been shown."""
    service = _service_of(house, order_id)
    with house.database.begin(lock=service.key) as session:
        acting = _acting(house, actor, wanted)
        found = cancel(session, service, order_id, acting, shown_fen=wanted.shown_fen)
    return {
        **order_document(service, found.order),
        "consequence": consequence_document(found.consequence, language),
        "moved_up": [one.code for one in found.moved_up],
    }


@router.post("/orders/{order_id}/payments")
def pay(
    order_id: str, paid: PaymentIn, house: HouseHere, actor: Annotated[Actor, may("payments.take")]
) -> dict[str, Any]:
    """Records money taken or given back; the same slip again changes nothing."""
    service, now_at = _service_of(house, order_id), house.clock.now()
    payment = Payment(
        "", order_id, paid.kind, paid.method, paid.amount_fen, paid.reference.strip(), paid.bound, now_at, ""
    )
    with house.database.begin(lock=service.key) as session:
        return account_document(take(session, payment, Acting(actor, now_at, house.ids)))


@router.post("/walk-ins")
def walked_in(wanted: WalkInIn, house: HouseHere, language: LanguageHere, actor: Desk) -> dict[str, Any]:
    """Gives somebody without an order what is spare at a site."""
    with house.database.read() as session:
        service = _service(session, wanted)
    asked_for = Wanted(wanted.diner_id, tuple(wanted.dishes), wanted.site_id)
    with house.database.begin(lock=service.key) as session:
        found = place_walk_in(session, service, asked_for, Acting(actor, house.clock.now(), house.ids))
    return _placed(service, found, language)


@router.post("/services/{kitchen_id}/{service_on}/{meal}/standing")
def standing(service: ServiceHere, house: HouseHere, actor: Desk) -> dict[str, Any]:
    """Turns standing orders into orders; those there are already stay."""
    ensure(actor, "orders.desk", kitchen_id=service.kitchen_id)
    with house.database.begin(lock=service.key) as session:
        done = place_standing(session, service, Acting(actor, house.clock.now(), house.ids))
    refused = [{"diner_code": one.ref, "why": str(one.reason.params["why"])} for one in done.refused]
    return {"placed": len(done.placed), "refused": refused}


@router.get("/services/{kitchen_id}/{service_on}/{meal}/places")
def places(
    service: ServiceHere, house: HouseHere, _: Annotated[Actor, may("closures.read")]
) -> list[dict[str, Any]]:
    """Each canteen's places: how many there are, are taken, and are waited for."""
    with house.database.read() as session:
        sites = load_sites(session, service.kitchen_id, service.meal)
        canteens = {key: site for key, site in sites.items() if site.kind == "canteen"}
        found = rooms(session, service, canteens)
    return [
        {"site_id": key, "capacity": one.capacity, "taken": one.taken, "waiting": one.waiting}
        for key, one in found.items()
    ]


@router.get("/services/{kitchen_id}/{service_on}/{meal}/changes")
def changes(service: ServiceHere, house: HouseHere, _: Annotated[Actor, may("day.read")]) -> dict[str, Any]:
    """What has changed since the published plan: portions by site and dish, each with its reason."""
    with house.database.read() as session:
        production = load_production(session, service.key)
        version = production.version if production else 0
        found = since_version(load_changes(session, service, late_only=True), version)
    return {
        "since_version": version,
        "dishes": [
            {"site_id": site_id, "dish_id": dish_id, "portions": portions}
            for (site_id, dish_id), portions in dishes_by_site(found).items()
        ],
        "changes": [
            {
                "order_code": one.order_code,
                "kind": one.kind,
                "entered_at": one.entered_at.isoformat(),
                "by": one.by,
                "reason": one.reason,
            }
            for one in found
        ],
    }


def _acting(house: House, actor: Actor, by: By) -> Acting:
    return Acting(actor, house.clock.now(), house.ids, by.written_at, by.reason)


def _wanted(asked_for: OrderIn) -> Wanted:
    return Wanted(
        asked_for.diner_id,
        tuple(asked_for.dishes),
        asked_for.site_id,
        asked_for.eaten,
        asked_for.channel,
        asked_for.wait,
    )


def _service(session: Session, wanted: MealIn) -> Service:
    kitchen_id = wanted.kitchen_id or kitchen_for(session, find_diner(session, wanted.diner_id))
    return find_service(session, kitchen_id, wanted.service_on, wanted.meal)


def _service_of(house: House, order_id: str) -> Service:
    with house.database.read() as session:
        return find_order(session, order_id)[0]


def _placed(service: Service, found: Placed, language: str) -> dict[str, Any]:
    return {
        **order_document(service, found.order),
        "is_new": found.is_new,
        "line": found.line,
        "quote": quote_document(found.quote, language),
    }
