"""What people do during the day: cook, pack, drive, hand over, serve."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field
from sqlmodel import Session

from api.checks.by_whom import ByWhom
from api.day.claim import Heard, hear, hear_chosen
from api.day.drive import trip_departed
from api.day.hand_over import HandOver, refusals_kept, sign
from api.day.pack_boxes import box_packed
from api.day.serve import Answer, Claim, close_table, serve_meals, take_back
from api.day.services import find_service
from api.day.table import Desk
from api.day.take_off import CoreTold, take_off
from api.endpoints.day import Said, said
from api.permissions import Actor
from api.web.access import HouseHere, LanguageHere, may
from orders.errors import BadInput
from orders.receipts import Condition
from orders.service import Meal
from telemetry.hold_facts import HoldVerdict

router = APIRouter(prefix="/api/v1", tags=["acts"])


class Act(BaseModel):
    """An act, with the phone's own time when it was kept without network."""

    happened_at: AwareDatetime | None = None


class Cooked(Act):
    """A batch came off the heat; probe and person must be named where the kitchen lists them."""

    core_c: float = Field(ge=-40, le=200)
    probe: str = Field(default="", max_length=80)
    person: str = Field(default="", max_length=80)


class Packed(Cooked):
    """A box was closed; carrier and loose sensors as scanned, whose settled portions were taken out of it."""

    carrier_code: str
    sensors: list[Annotated[str, Field(max_length=140)]] = Field(default=[], max_length=8)
    emptied: list[Annotated[str, Field(max_length=40)]] = Field(default=[], max_length=200)


class ReceiptIn(Act):
    """What a site says about a box."""

    condition: Condition
    portions: int | None = Field(default=None, ge=0)
    core_c: float | None = None
    reason: str = Field(default="", max_length=300)
    signature: str = Field(default="", max_length=100_000)


class HoldOut(BaseModel):
    """How a box's hold stands."""

    shown: str
    eat_by_at: AwareDatetime
    reasons: list[Said]


class ClaimIn(Act):
    """
    One diner at the table: an order's number, or what was scanned or typed (a live claim only).

    ``meal`` is what was scanned from the sealed container of an allergic diner.
    """

    order_code: str = ""
    scanned: str = Field(default="", max_length=200)
    diner_id: str = ""
    offline: bool = False
    meal: str = Field(default="", max_length=200)


class ServingsIn(BaseModel):
    """Diners at one site's table."""

    kitchen_id: str = "K1"
    service_on: date
    meal: Meal = "lunch"
    site_id: str
    servings: list[ClaimIn] = Field(max_length=500)


class ChoiceOut(BaseModel):
    """One of several people whom a text may mean."""

    diner_id: str
    diner_code: str
    name: str
    order_code: str


class AnswerOut(BaseModel):
    """What became of one claim; with ``choices`` nothing is given yet and one of them is to be chosen."""

    order_code: str
    portions: int
    refused: Said | None
    serving_id: str = ""
    notes: list[Said] = []
    choices: list[ChoiceOut] = []


class TakenBackIn(BaseModel):
    """Why a serving is taken back; within ten seconds no reason is needed."""

    reason: str = Field(default="", max_length=500)


class TableIn(Act):
    """A table that closes, with what somebody counted as left over."""

    counted: int | None = Field(default=None, ge=0)

    kitchen_id: str = "K1"
    service_on: date
    meal: Meal = "lunch"


class Thrown(BaseModel):
    """Portions thrown away."""

    portions: int


@router.post("/batches/{batch_id}/cooked", status_code=204)
def cooked(batch_id: str, act: Cooked, house: HouseHere, actor: Annotated[Actor, may("batch.cook")]) -> None:
    """A batch is off the heat: its clock starts. A core too cold is refused, and kept as failed."""
    told = CoreTold(act.core_c, act.probe, act.person, act.happened_at)
    with house.database.begin() as session:
        cold = take_off(session, batch_id, told, actor=actor, now_at=house.clock.now(), ids=house.ids)
    if cold is not None:
        raise BadInput("core_kept_failed", core_c=cold.value_c, least_c=cold.least_c or 0.0)


@router.post("/boxes/{box_id}/packed", status_code=204)
def packed(box_id: str, act: Packed, house: HouseHere, actor: Annotated[Actor, may("box.pack")]) -> None:
    """A box is closed; its sensor tells from here on."""
    with house.database.begin() as session:
        box_packed(
            session,
            box_id,
            core_c=act.core_c,
            carrier_code=act.carrier_code,
            actor=actor,
            now_at=house.clock.now(),
            ids=house.ids,
            by=ByWhom(act.probe, act.person),
            happened_at=act.happened_at,
            emptied=act.emptied,
            sensors=act.sensors,
        )


@router.post("/trips/{trip_id}/depart", status_code=204)
def depart(trip_id: str, act: Act, house: HouseHere, actor: Annotated[Actor, may("trip.drive")]) -> None:
    """A trip leaves the dock."""
    with house.database.begin() as session:
        now_at = house.clock.now()
        trip_departed(
            session, trip_id, actor=actor, now_at=now_at, ids=house.ids, happened_at=act.happened_at
        )


@router.post("/boxes/{box_id}/receipt")
def receipt(
    box_id: str,
    act: ReceiptIn,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("box.hand_over")],
) -> HoldOut:
    """A site signs for a box, or refuses it; the answer says until when it may be eaten."""
    told = HandOver(act.condition, act.portions, act.core_c, act.reason, act.signature)
    now_at, ids, at = house.clock.now(), house.ids, act.happened_at

    def work(session: Session) -> HoldVerdict:
        return sign(session, box_id, told, actor=actor, now_at=now_at, ids=ids, happened_at=at)

    verdict = refusals_kept(house.database, work, actor=actor, now_at=now_at, said=told)
    return HoldOut(shown=verdict.shown, eat_by_at=verdict.eat_by_at, reasons=said(verdict.reasons, language))


@router.post("/servings")
def servings(
    table: ServingsIn,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("meal.serve")],
) -> list[AnswerOut]:
    """Diners get their meals; each claim is answered on its own, those by number before the others."""
    numbered = [one for one in table.servings if one.order_code]
    others = [one for one in table.servings if not one.order_code]
    with house.database.begin() as session:
        service = find_service(session, table.kitchen_id, table.service_on, table.meal)
        desk = Desk(service, table.site_id, actor, house.clock.now(), house.ids)
        answers = serve_meals(
            session,
            service,
            table.site_id,
            [Claim(one.order_code, one.happened_at, one.offline, meal=one.meal) for one in numbered],
            actor=actor,
            now_at=desk.now_at,
            ids=house.ids,
        )
        heard = [_heard(session, desk, one) for one in others]
    known = {id(one): Heard(None, answer) for one, answer in zip(numbered, answers, strict=True)}
    known |= {id(one): answer for one, answer in zip(others, heard, strict=True)}
    return [_answer_out(known[id(one)], desk, language) for one in table.servings]


def _heard(session: Session, desk: Desk, claim: ClaimIn) -> Heard:
    if claim.offline or claim.happened_at:
        raise BadInput("offline_needs_number")
    if claim.diner_id:
        return hear_chosen(session, desk, claim.diner_id, "name", claim.meal)
    return hear(session, desk, claim.scanned, claim.meal)


def _answer_out(heard: Heard, desk: Desk, language: str) -> AnswerOut:
    answer = heard.answer or Answer("", 0, None)
    orders = {person.diner.diner_id: person.order_at(desk.site_id) for person in heard.choices}
    return AnswerOut(
        order_code=answer.order_code,
        portions=answer.portions,
        refused=said([answer.refused], language)[0] if answer.refused else None,
        serving_id=answer.serving_id,
        notes=said(answer.notes, language),
        choices=[
            ChoiceOut(
                diner_id=person.diner.diner_id,
                diner_code=person.diner.code,
                name=person.diner.name,
                order_code=order.code if (order := orders[person.diner.diner_id]) else "",
            )
            for person in heard.choices
        ],
    )


@router.post("/servings/{serving_id}/taken-back", status_code=204)
def taken_back(
    serving_id: str, back: TakenBackIn, house: HouseHere, actor: Annotated[Actor, may("meal.serve")]
) -> None:
    """A serving is undone: within ten seconds as a slip of the hand, later with a reason."""
    with house.database.begin() as session:
        take_back(session, serving_id, back.reason, actor=actor, now_at=house.clock.now(), ids=house.ids)


@router.post("/sites/{site_id}/table-closed")
def table_closed(
    site_id: str, table: TableIn, house: HouseHere, actor: Annotated[Actor, may("portions.discard")]
) -> Thrown:
    """A table closes: what nobody claimed is thrown away and counted."""
    with house.database.begin() as session:
        service = find_service(session, table.kitchen_id, table.service_on, table.meal)
        portions = close_table(
            session,
            service,
            site_id,
            actor=actor,
            now_at=house.clock.now(),
            ids=house.ids,
            happened_at=table.happened_at,
            counted=table.counted,
        )
    return Thrown(portions=portions)
