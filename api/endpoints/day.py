"""A service day: closed, planned, published, counted."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field
from sqlmodel import Session

from api.day.board import board_of, off_duty_of, orders_of
from api.day.changes import changes_view
from api.day.close import close_service, override, settle
from api.day.documents import summary_document
from api.day.plan import losses, plan_service, publish_day
from api.day.services import find_service
from api.day.settle import bill_of, settle_service
from api.day.summary import summarise
from api.ordering.record import Acting
from api.ordering.standing import place_standing
from api.permissions import Actor, ensure
from api.web.access import HouseHere, LanguageHere, UserHere, may
from api.words import say
from orders.bills import Bill
from orders.codes import Coded, Excepted
from orders.service import Meal, Service
from orders.store.ledger import load_bills
from orders.store.orders import load_clashes

router = APIRouter(prefix="/api/v1/services/{kitchen_id}/{service_on}/{meal}", tags=["day"])

MOST_SEED = 2_000_000_000
MOST_VERSION = 1_000_000


def service_here(kitchen_id: str, service_on: date, meal: Meal, house: HouseHere, user: UserHere) -> Service:
    """The service that the path names; of another kitchen than the person's own it is refused."""
    ensure(user.actor, "self", kitchen_id=kitchen_id)
    with house.database.read() as session:
        return find_service(session, kitchen_id, service_on, meal)


ServiceHere = Annotated[Service, Depends(service_here)]


class Said(BaseModel):
    """A code with its parameters and its sentence in the asking person's language."""

    code: str
    params: dict[str, str | int | float]
    words: str


class ExceptedOut(Said):
    """Portions that did not go the way of the others."""

    ref: str
    portions: int


class ClashOut(BaseModel):
    """A portion that its diner must not get."""

    clash_id: str
    order_code: str
    dish_id: str
    reasons: list[Said]
    proposed: list[str]


class Closed(BaseModel):
    """What the close found."""

    orders: int
    portions: int
    late: int
    clashes: int


class OverrideIn(BaseModel):
    """Why a portion may be given in spite of its clash, and who says so."""

    reason: str = Field(min_length=1, max_length=300)
    by_name: str = Field(min_length=1, max_length=80)


class Choice(BaseModel):
    """How a clash is settled: another dish, or none."""

    dish_id: str | None


class PlanIn(BaseModel):
    """What a planning run may be given."""

    seed: int = Field(default=1, ge=0, le=MOST_SEED)


class Planned(BaseModel):
    """What a planning run gave: a draft."""

    version: int
    batches: int
    boxes: int
    trips: int
    distance_m: int
    passes: int
    losses: list[ExceptedOut]
    findings: list[Said]


class Version(BaseModel):
    """Which draft to publish."""

    version: int = Field(ge=1, le=MOST_VERSION)


class BillOut(BaseModel):
    """One meal, every fen explained."""

    order_code: str
    event: str
    class_id: str
    price_fen: int
    subsidy_fen: int
    diner_fen: int
    site_bears_fen: int
    payer: str
    programme: str
    why: list[Said]


class Settled(BaseModel):
    """A service's bills in sums."""

    meals: int
    subsidy_fen: int
    diner_fen: int
    site_bears_fen: int


@router.post("/close")
def close(service: ServiceHere, house: HouseHere, actor: Annotated[Actor, may("day.close")]) -> Closed:
    """Locks the orders that came in time and finds the clashes."""
    with house.database.begin(lock=service.key) as session:
        now_at = house.clock.now()
        place_standing(session, service, Acting(actor, now_at, house.ids))
        outcome = close_service(session, service, actor=actor, now_at=now_at, ids=house.ids)
    return Closed(
        orders=outcome.orders, portions=outcome.portions, late=outcome.late, clashes=outcome.clashes
    )


@router.get("/clashes")
def clashes(
    service: ServiceHere,
    house: HouseHere,
    language: LanguageHere,
    _: Annotated[Actor, may("clash.settle")],
) -> list[ClashOut]:
    """Clashes that wait for a person, with what could stand in."""
    with house.database.read() as session:
        found = load_clashes(session, service, open_only=True)
    return [
        ClashOut(
            clash_id=clash_id,
            order_code=clash.order_code,
            dish_id=clash.dish_id,
            reasons=said(clash.reasons, language),
            proposed=list(clash.proposed),
        )
        for clash_id, clash in found.items()
    ]


@router.post("/clashes/{clash_id}", status_code=204)
def settle_clash(
    clash_id: str,
    choice: Choice,
    service: ServiceHere,
    house: HouseHere,
    actor: Annotated[Actor, may("clash.settle")],
) -> None:
    """Settles one clash with another dish, or takes the portion out."""
    with house.database.begin(lock=service.key) as session:
        now_at = house.clock.now()
        settle(session, service, clash_id, choice.dish_id, actor=actor, now_at=now_at, ids=house.ids)


@router.post("/clashes/{clash_id}/override", status_code=204)
def override_clash(
    clash_id: str,
    word: OverrideIn,
    service: ServiceHere,
    house: HouseHere,
    actor: Annotated[Actor, may("clash.override")],
) -> None:
    """Lets a portion stand in spite of its clash, on a named person's word."""
    with house.database.begin(lock=service.key) as session:
        now_at = house.clock.now()
        override(session, service, clash_id, word.reason, word.by_name, actor=actor, now_at=now_at)


@router.get("/strays")
def strays(
    service: ServiceHere, house: HouseHere, language: LanguageHere, _: Annotated[Actor, may("day.read")]
) -> list[ExceptedOut]:
    """Portions on order that are in no box yet, or planned otherwise than their diner needs."""
    with house.database.read() as session:
        found = changes_view(session, service).strays
    return excepted(found, language)


@router.post("/plan")
def plan(
    wanted: PlanIn,
    service: ServiceHere,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("day.plan")],
) -> Planned:
    """Plans batches, boxes and trips; keeps them as a draft."""
    outcome = plan_service(
        house.database, service, actor=actor, now_at=house.clock.now(), ids=house.ids, seed=wanted.seed
    )
    day = outcome.day
    return Planned(
        version=outcome.version,
        batches=len(day.batches),
        boxes=len(day.packed.boxes),
        trips=len(day.plan.trips),
        distance_m=day.plan.distance_m,
        passes=day.passes,
        losses=excepted(losses(day), language),
        findings=said((*day.findings, *day.notes, *outcome.notes), language),
    )


@router.post("/publish", status_code=204)
def publish(
    which: Version, service: ServiceHere, house: HouseHere, actor: Annotated[Actor, may("day.publish")]
) -> None:
    """Publishes a draft; the version before is superseded."""
    with house.database.begin(lock=service.key) as session:
        publish_day(session, service, which.version, actor=actor, now_at=house.clock.now())


@router.get("/board")
def board(service: ServiceHere, house: HouseHere, _: Annotated[Actor, may("day.read")]) -> dict[str, Any]:
    """The published day: batches, boxes and trips with their instants, and cooks who are off duty."""
    with house.database.read() as session:
        off_duty = off_duty_of(session, service, house.clock.now())
        return board_of(session, service) | {"off_duty": off_duty}


@router.get("/orders")
def orders(
    service: ServiceHere, house: HouseHere, actor: Annotated[Actor, may("orders.read")]
) -> list[dict[str, Any]]:
    """Locked orders: who eats where, with which portions; numbers, no names; a canteen sees its own."""
    with house.database.read() as session:
        found = orders_of(session, service)
    return [order for order in found if actor.site_id in (None, order["site_id"])]


@router.get("/summary")
def summary(
    service: ServiceHere, house: HouseHere, language: LanguageHere, _: Annotated[Actor, may("day.read")]
) -> dict[str, Any]:
    """The day in numbers, each from its own stage's rows."""
    with house.database.read() as session:
        return summary_document(summarise(session, service), language)


@router.post("/settle")
def settle_day(service: ServiceHere, house: HouseHere, actor: Annotated[Actor, may("settle")]) -> Settled:
    """Bills every order by the programme in force; a second time changes nothing."""
    with house.database.begin(lock=service.key) as session:
        bills = settle_service(session, service, actor=actor, now_at=house.clock.now(), ids=house.ids)
    return Settled(
        meals=len(bills.bills),
        subsidy_fen=bills.subsidy_fen,
        diner_fen=bills.diner_fen,
        site_bears_fen=bills.site_bears_fen,
    )


@router.get("/bills/{order_code}")
def bill(
    order_code: str,
    service: ServiceHere,
    house: HouseHere,
    language: LanguageHere,
    _: Annotated[Actor, may("ledger.read")],
) -> BillOut:
    """One meal's bill with every reason."""
    with house.database.read() as session:
        return bill_out(bill_of(session, service, order_code), language)


@router.get("/bills")
def bills(
    service: ServiceHere, house: HouseHere, language: LanguageHere, _: Annotated[Actor, may("ledger.read")]
) -> list[BillOut]:
    """Every bill of the service, by time and number."""
    with house.database.read() as session:
        return [bill_out(one, language) for one in _bills(session, service)]


def said(codes: Sequence[Coded], language: str) -> list[Said]:
    """Codes with their sentences."""
    return [Said(code=one.code, params=dict(one.params), words=say(one, language)) for one in codes]


def excepted(items: Sequence[Excepted], language: str) -> list[ExceptedOut]:
    """Exceptions with their sentences."""
    return [
        ExceptedOut(
            code=one.reason.code,
            params=dict(one.reason.params),
            words=say(one.reason, language),
            ref=one.ref,
            portions=one.portions,
        )
        for one in items
    ]


def bill_out(one: Bill, language: str) -> BillOut:
    """A bill as the API shows it."""
    return BillOut(
        order_code=one.event.order_code,
        event=one.event.event,
        class_id=one.class_id,
        price_fen=one.event.price_fen,
        subsidy_fen=one.subsidy_fen,
        diner_fen=one.diner_fen,
        site_bears_fen=one.site_bears_fen,
        payer=one.payer,
        programme=f"{one.programme_id} {one.revision}",
        why=said(one.why, language),
    )


def _bills(session: Session, service: Service) -> list[Bill]:
    return list(load_bills(session, service).values())
