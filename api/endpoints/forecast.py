"""Forecast of chilled dishes: made, read, printed, and what of it came off the heat."""

from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, Field

from api.day.chilled import chilled_cooked
from api.day.chilled_sheet import chilled_sheet
from api.day.forecast import Chilling, forecast_document, make_forecast, read_forecast
from api.endpoints.day import PlanIn, Said, ServiceHere
from api.permissions import Actor
from api.reports import production_sheet
from api.web.access import HouseHere, LanguageHere, may
from api.words import LANGUAGES, said_document
from orders.errors import NotFound

router = APIRouter(tags=["day"])
PATH = "/api/v1/services/{kitchen_id}/{service_on}/{meal}/forecast"
MOST_PORTIONS = 100_000


class ForecastLineOut(BaseModel):
    """What is expected of a dish variant at a site, and why."""

    site_id: str
    dish_id: str
    variant: str
    portions: int
    ordered: float
    past: list[int]
    reason: Said


class ChilledOut(BaseModel):
    """A batch of the day before, with its planned instants."""

    chilled_id: str
    code: str
    dish_id: str
    variant: str
    equipment_id: str
    start_at: AwareDatetime
    ready_at: AwareDatetime
    portions: int
    sample: int


class ForecastOut(BaseModel):
    """The newest forecast of a service."""

    service: str
    version: int
    rule: dict[str, float]
    portions: int
    lines: list[ForecastLineOut]
    batches: list[ChilledOut]
    findings: list[Said]


class ChilledIn(BaseModel):
    """A chilled batch that is off the heat: its core, and the regular portions that it gave."""

    core_c: float = Field(ge=-50, le=300)
    portions: int | None = Field(default=None, ge=1, le=MOST_PORTIONS)
    happened_at: AwareDatetime | None = None


class ChilledDone(BaseModel):
    """What was written down."""

    portions: int


@router.post(PATH)
def forecast(
    wanted: PlanIn,
    service: ServiceHere,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("day.plan")],
) -> ForecastOut:
    """Forecasts the chilled dishes of a service that is still open, and plans their batches."""
    now_at = house.clock.now()
    made = make_forecast(house.database, service, actor=actor, now_at=now_at, ids=house.ids, seed=wanted.seed)
    return _out(made, language)


@router.get(PATH)
def newest(
    service: ServiceHere, house: HouseHere, language: LanguageHere, _: Annotated[Actor, may("day.read")]
) -> ForecastOut:
    """The newest forecast, with its reasons."""
    with house.database.read() as session:
        made = read_forecast(session, service)
    if made is None:
        raise NotFound("forecast", service.key)
    return _out(made, language)


@router.get(
    PATH + "/sheet.{language}.pdf",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
def sheet(
    language: str, service: ServiceHere, house: HouseHere, _: Annotated[Actor, may("day.print")]
) -> Response:
    """The production sheet of the day before."""
    if language not in LANGUAGES:
        raise NotFound("paper", language)
    with house.database.read() as session:
        made = read_forecast(session, service)
        if made is None:
            raise NotFound("forecast", service.key)
        paper = chilled_sheet(session, made, house.clock.now(), language)
    return Response(production_sheet.render(paper, language).pdf, media_type="application/pdf")


@router.post("/api/v1/chilled/{chilled_id}/cooked")
def cooked(
    chilled_id: str, told: ChilledIn, house: HouseHere, actor: Annotated[Actor, may("batch.cook")]
) -> ChilledDone:
    """Notes that a chilled batch came off the heat."""
    with house.database.begin() as session:
        act = chilled_cooked(
            session,
            chilled_id,
            portions=told.portions,
            core_c=told.core_c,
            actor=actor,
            now_at=house.clock.now(),
            ids=house.ids,
            happened_at=told.happened_at,
        )
    return ChilledDone(portions=act.portions)


def _out(made: Chilling, language: str) -> ForecastOut:
    def say(code: Any) -> dict[str, Any]:
        return said_document(code, language)

    return ForecastOut.model_validate(forecast_document(made, say))
