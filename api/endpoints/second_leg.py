"""After the hand-over: a bag leaves the site, is given at its doors; a core at the hot well."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, Field
from sqlmodel import Session

from api.day.hand_over import refusals_kept
from api.day.second_leg import BagTold, CoreTold, bag_given, bag_left, core_taken
from api.day.serve import Answer
from api.endpoints.day import said
from api.endpoints.drops import DropOut
from api.permissions import Actor
from api.register.secret import people_keys
from api.web.access import HouseHere, LanguageHere, may

router = APIRouter(prefix="/api/v1/boxes/{box_id}", tags=["acts"])
Carrier = Annotated[Actor, may("drop.deliver")]


class BagIn(BaseModel):
    """A bag on its second leg, with the core of its coldest pack where somebody measured it."""

    core_c: float | None = Field(default=None, ge=-40, le=200)
    happened_at: AwareDatetime | None = None
    carrier_kind: str = Field(default="volunteer", max_length=40)


class CoreIn(BaseModel):
    """A core at the hot well; with ``replaces`` it corrects one, and without a core takes it back."""

    core_c: float | None = Field(default=None, ge=-40, le=200)
    happened_at: AwareDatetime | None = None
    replaces: str | None = Field(default=None, max_length=36)
    reason: str = Field(default="", max_length=500)


@router.post("/left")
def left(box_id: str, act: BagIn, house: HouseHere, language: LanguageHere, actor: Carrier) -> list[DropOut]:
    """A bag leaves its site for the doors; each of its meals is answered on its own."""
    told = BagTold(act.core_c, act.happened_at, act.carrier_kind)
    now_at = house.clock.now()
    with house.database.begin() as session:
        answers = bag_left(session, box_id, told, actor=actor, now_at=now_at, ids=house.ids)
    return [_out(one, language) for one in answers]


@router.post("/given")
def given(box_id: str, act: BagIn, house: HouseHere, language: LanguageHere, actor: Carrier) -> list[DropOut]:
    """Every meal of a bag that is on its way was given at its door; the minute is that of the last one."""
    told = BagTold(act.core_c, act.happened_at, act.carrier_kind)
    now_at, key = house.clock.now(), people_keys(house.settings.data).word

    def work(session: Session) -> list[Answer]:
        return bag_given(session, box_id, told, word_key=key, actor=actor, now_at=now_at, ids=house.ids)

    answers = refusals_kept(house.database, work, actor=actor, now_at=now_at)
    return [_out(one, language) for one in answers]


@router.post("/cores", status_code=204)
def core(box_id: str, act: CoreIn, house: HouseHere, actor: Annotated[Actor, may("box.measure")]) -> None:
    """A core of a box at the hot well: it carries the chain, and starts no clock."""
    told = CoreTold(act.core_c, act.happened_at, act.replaces, act.reason)
    with house.database.begin() as session:
        core_taken(session, box_id, told, actor=actor, now_at=house.clock.now(), ids=house.ids)


def _out(answer: Answer, language: str) -> DropOut:
    refused = said([answer.refused], language)[0] if answer.refused else None
    return DropOut(order_code=answer.order_code, portions=answer.portions, refused=refused)
