"""Home delivery and the oversight of servings: meals taken along, words from the door, what to look at."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, Base64Bytes, BaseModel, Field
from sqlmodel import Session

from api.day.deliver import Told, report_drop, take_along
from api.day.hand_over import refusals_kept
from api.day.serve import Answer
from api.day.table import Desk
from api.day.views_review import review_of
from api.endpoints.day import Said, ServiceHere, said
from api.permissions import Actor
from api.register.secret import people_keys
from api.web.access import HouseHere, LanguageHere, may
from orders.drops import DropOutcome

router = APIRouter(prefix="/api/v1/services/{kitchen_id}/{service_on}/{meal}", tags=["drops"])
Carrier = Annotated[Actor, may("drop.deliver")]


class TakeIn(BaseModel):
    """Meals that a carrier takes from a site."""

    site_id: str
    order_codes: list[str] = Field(min_length=1, max_length=200)
    carrier_kind: str = Field(default="", max_length=40)


class DropIn(BaseModel):
    """A carrier's word about one meal, with at most one proof; pictures are base 64."""

    site_id: str
    outcome: DropOutcome
    signature: Base64Bytes = b""
    photo: Base64Bytes = b""
    word: str = Field(default="", max_length=20)
    reason: str = Field(default="", max_length=300)
    carrier_kind: str = Field(default="", max_length=40)
    core_c: float | None = Field(default=None, ge=-40, le=200)
    happened_at: AwareDatetime | None = None
    offline: bool = False


class DropOut(BaseModel):
    """What became of the word."""

    order_code: str
    portions: int
    refused: Said | None


class ReviewOut(BaseModel):
    """One thing in a service's servings to look at; orders go by number."""

    kind: str
    site_id: str
    order_code: str
    happened_at: AwareDatetime
    recorded_at: AwareDatetime
    reason: Said | None
    told: str
    carrier: str
    proof: str
    proof_digest: str


@router.post("/drops")
def take(
    service: ServiceHere, taken: TakeIn, house: HouseHere, language: LanguageHere, actor: Carrier
) -> list[DropOut]:
    """A carrier takes meals along; each is answered on its own."""
    desk = Desk(service, taken.site_id, actor, house.clock.now(), house.ids)
    with house.database.begin() as session:
        answers = take_along(session, desk, taken.order_codes, taken.carrier_kind)
    return [_out(answer, language) for answer in answers]


@router.post("/drops/{order_code}")
def told(
    service: ServiceHere,
    order_code: str,
    drop: DropIn,
    house: HouseHere,
    language: LanguageHere,
    actor: Carrier,
) -> DropOut:
    """A carrier's word from the door: handed over with its proof, nobody home, refused, brought back."""
    desk = Desk(service, drop.site_id, actor, house.clock.now(), house.ids)
    said_there = {name: getattr(drop, name) for name in DropIn.model_fields if name != "site_id"}
    word = Told(order_code, **said_there)
    key = people_keys(house.settings.data).word

    def work(session: Session) -> Answer:
        return report_drop(session, desk, word, key)

    return _out(refusals_kept(house.database, work, actor=actor, now_at=desk.now_at), language)


@router.get("/servings/review")
def review(
    service: ServiceHere,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("servings.review")],
) -> list[ReviewOut]:
    """Servings believed without network, taken back, claimed twice, turned away or brought to a door."""
    with house.database.read() as session:
        rows = review_of(session, service)
    return [
        ReviewOut(
            kind=row.kind,
            site_id=row.site_id,
            order_code=row.order_code,
            happened_at=row.happened_at,
            recorded_at=row.recorded_at,
            reason=said([row.reason], language)[0] if row.reason else None,
            told=row.told,
            carrier=row.carrier,
            proof=row.proof,
            proof_digest=row.proof_digest,
        )
        for row in rows
    ]


def _out(answer: Answer, language: str) -> DropOut:
    refused = said([answer.refused], language)[0] if answer.refused else None
    return DropOut(order_code=answer.order_code, portions=answer.portions, refused=refused)
