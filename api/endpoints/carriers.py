"""Carriers: how each stands, what was done with them, what sites owe."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field
from sqlmodel import Session

from api.carriers.desk import CarrierDesk, CarrierTold, need_carrier, take_back_event, write_down
from api.carriers.documents import balance_document, carrier_document, carriers_document, event_document
from api.carriers.views import carrier_file, carriers_view
from api.house import House
from api.permissions import Actor, ensure
from api.stock.desk import need_kitchen
from api.web.access import HouseHere, LanguageHere, may

router = APIRouter(prefix="/api/v1/carriers", tags=["carriers"])
Reader = Annotated[Actor, may("carrier.read")]
Keeper = Annotated[Actor, may("carrier.keep")]
Code = Annotated[str, Field(max_length=100)]


class EventIn(BaseModel):
    """What was done with carriers."""

    codes: list[Code] = Field(min_length=1, max_length=500)
    act: Literal["vouch", "preheat", "return", "wash", "ready", "repair", "mend", "lose", "find"]
    method: str = Field(default="", max_length=40)
    person: str = Field(default="", max_length=100)
    note: str = Field(default="", max_length=300)
    happened_at: AwareDatetime | None = None


class BackIn(BaseModel):
    """Why the last event is taken back; within ten seconds no reason is needed."""

    reason: str = Field(default="", max_length=300)


@router.get("/{kitchen_id}")
def carriers(kitchen_id: str, house: HouseHere, language: LanguageHere, actor: Reader) -> dict[str, Any]:
    """Every carrier of a kitchen, and how it stands."""
    with house.database.read() as session:
        return carriers_document(carriers_view(session, _desk(session, house, kitchen_id, actor)), language)


@router.get("/{kitchen_id}/balance")
def balance(kitchen_id: str, house: HouseHere, actor: Reader) -> list[dict[str, Any]]:
    """What each site has of ours."""
    with house.database.read() as session:
        return balance_document(carriers_view(session, _desk(session, house, kitchen_id, actor)).owed)


@router.get("/{kitchen_id}/carrier/{code}")
def carrier(
    kitchen_id: str, code: str, house: HouseHere, language: LanguageHere, actor: Reader
) -> dict[str, Any]:
    """One carrier with its newest events."""
    with house.database.read() as session:
        desk = _desk(session, house, kitchen_id, actor)
        view, events = carrier_file(session, desk, need_carrier(session, kitchen_id, code))
    return carrier_document(view, language) | {"events": [event_document(one) for one in events]}


@router.post("/{kitchen_id}/events")
def write(kitchen_id: str, told: EventIn, house: HouseHere, actor: Keeper) -> dict[str, Any]:
    """Writes down what was done with carriers, all of them or none."""
    act = CarrierTold(told.act, told.method, told.person, told.note, told.happened_at)
    with house.database.begin() as session:
        found = write_down(session, _desk(session, house, kitchen_id, actor), told.codes, act)
    return {"carriers": [{"code": code, "state": one.state} for code, one in found.items()]}


@router.post("/{kitchen_id}/carrier/{code}/back")
def back(kitchen_id: str, code: str, told: BackIn, house: HouseHere, actor: Keeper) -> dict[str, str]:
    """Takes back what was written down last about a carrier; both rows stay."""
    with house.database.begin() as session:
        desk = _desk(session, house, kitchen_id, actor)
        return {"replaces": take_back_event(session, desk, code, told.reason)}


def _desk(session: Session, house: House, kitchen_id: str, actor: Actor) -> CarrierDesk:
    ensure(actor, "carrier.read", kitchen_id=kitchen_id)
    return CarrierDesk(need_kitchen(session, kitchen_id), actor, house.clock.now(), house.ids)
