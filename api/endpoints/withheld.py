"""Food on hold: a batch or a box is put there, lifted, or discarded."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.checks.desk import CheckDesk
from api.checks.documents import withheld_document
from api.checks.withholding import WithheldTold, end_hold, withhold
from api.day.services import find_kitchen
from api.endpoints.day import ServiceHere
from api.permissions import Actor
from api.web.access import HouseHere, LanguageHere, may

router = APIRouter(prefix="/api/v1", tags=["checks"])
Text = Annotated[str, Field(max_length=200)]


class WithheldIn(BaseModel):
    """The batch or box, by code or id, why, and who says so."""

    ref: Text
    reason: Text
    person: Text = ""


class EndIn(BaseModel):
    """How a hold ends, why, and who decides."""

    kind: Literal["lifted", "discarded"]
    reason: Text
    person: Text = ""


@router.post("/services/{kitchen_id}/{service_on}/{meal}/withheld", status_code=201)
def withheld(
    told: WithheldIn,
    service: ServiceHere,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("food.hold")],
) -> dict[str, Any]:
    """Puts a batch or a box on hold: it is not sent, signed as good or served, and its samples freeze."""
    with house.database.begin(lock=service.key) as session:
        kitchen = find_kitchen(session, service.kitchen_id)
        desk = CheckDesk(kitchen, actor, house.clock.now(), house.ids)
        kept = withhold(session, desk, service, WithheldTold(**told.model_dump()))
    return withheld_document(kept, language)


@router.post("/checks/{kitchen_id}/withheld/{withheld_id}")
def ended(
    told: EndIn,
    kitchen_id: str,
    withheld_id: str,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("food.lift")],
) -> dict[str, Any]:
    """Lifts a hold, or writes down that the food was discarded."""
    with house.database.begin() as session:
        desk = CheckDesk(find_kitchen(session, kitchen_id), actor, house.clock.now(), house.ids)
        kept = end_hold(session, desk, withheld_id, told.kind, told.reason, told.person)
    return withheld_document(kept, language)
