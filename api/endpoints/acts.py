"""What people do during the day: cook, pack, drive, hand over, serve."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field

from api.day.cook import batch_cooked
from api.day.drive import trip_departed
from api.day.hand_over import HandOver, sign
from api.day.pack_boxes import box_packed
from api.day.serve import Claim, close_table, serve_meals
from api.day.services import find_service
from api.endpoints.day import Said, said
from api.permissions import Actor
from api.web.access import HouseHere, LanguageHere, may
from orders.receipts import Condition
from orders.service import Meal

router = APIRouter(prefix="/api/v1", tags=["acts"])


class Act(BaseModel):
    """An act, with the phone's own time when it was kept without network."""

    happened_at: AwareDatetime | None = None


class Cooked(Act):
    """A batch came off the heat."""

    core_c: float = Field(ge=-40, le=200)


class Packed(Cooked):
    """A box was closed; the carrier as scanned."""

    carrier_code: str


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
    """One diner at the table."""

    order_code: str
    offline: bool = False


class ServingsIn(BaseModel):
    """Diners at one site's table."""

    kitchen_id: str = "K1"
    service_on: date
    meal: Meal = "lunch"
    site_id: str
    servings: list[ClaimIn] = Field(max_length=500)


class AnswerOut(BaseModel):
    """What became of one claim."""

    order_code: str
    portions: int
    refused: Said | None


class TableIn(Act):
    """A table that closes."""

    kitchen_id: str = "K1"
    service_on: date
    meal: Meal = "lunch"


class Thrown(BaseModel):
    """Portions thrown away."""

    portions: int


@router.post("/batches/{batch_id}/cooked", status_code=204)
def cooked(batch_id: str, act: Cooked, house: HouseHere, actor: Annotated[Actor, may("batch.cook")]) -> None:
    """A batch is off the heat: its clock starts."""
    with house.database.begin() as session:
        batch_cooked(
            session,
            batch_id,
            core_c=act.core_c,
            actor=actor,
            now_at=house.clock.now(),
            ids=house.ids,
            happened_at=act.happened_at,
        )


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
            happened_at=act.happened_at,
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
    with house.database.begin() as session:
        verdict = sign(
            session,
            box_id,
            told,
            actor=actor,
            now_at=house.clock.now(),
            ids=house.ids,
            happened_at=act.happened_at,
        )
    return HoldOut(shown=verdict.shown, eat_by_at=verdict.eat_by_at, reasons=said(verdict.reasons, language))


@router.post("/servings")
def servings(
    table: ServingsIn,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("meal.serve")],
) -> list[AnswerOut]:
    """Diners get their meals; each claim is answered on its own."""
    claims = [Claim(one.order_code, one.happened_at, one.offline) for one in table.servings]
    with house.database.begin() as session:
        service = find_service(session, table.kitchen_id, table.service_on, table.meal)
        answers = serve_meals(
            session,
            service,
            table.site_id,
            claims,
            actor=actor,
            now_at=house.clock.now(),
            ids=house.ids,
        )
    return [
        AnswerOut(
            order_code=one.order_code,
            portions=one.portions,
            refused=said([one.refused], language)[0] if one.refused else None,
        )
        for one in answers
    ]


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
        )
    return Thrown(portions=portions)
