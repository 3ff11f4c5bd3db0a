"""Forecast of chilled dishes: made, read, printed, and what of it came off the heat."""

from typing import Annotated, Any

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import AwareDatetime, BaseModel, Field
from sqlmodel import Session

from api.checks.by_whom import ByWhom
from api.checks.desk import CheckDesk
from api.day.chilled import chilled_cooked
from api.day.chilled_after import CoolingTold, Mended, chilled_measured, mend_chilled, throw_away
from api.day.chilled_sheet import chilled_sheet
from api.day.forecast import Chilling, forecast_document, make_forecast, read_forecast
from api.day.services import find_kitchen
from api.endpoints.day import PlanIn, Said, ServiceHere
from api.permissions import Actor
from api.reports import production_sheet
from api.stock.desk import StockDesk
from api.web.access import HouseHere, LanguageHere, may
from api.words import LANGUAGES, said_document
from kitchen.store.chilled import find_chilled
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


class CooledIn(BaseModel):
    """A core at a stage of the cooling, with the hand probe and who held it."""

    point: str = Field(max_length=40)
    value_c: float = Field(ge=-50, le=300)
    probe: str = Field(default="", max_length=80)
    person: str = Field(default="", max_length=80)
    happened_at: AwareDatetime | None = None


class CooledDone(BaseModel):
    """Whether the stage was kept, and what is wrong where it was not."""

    passed: bool
    wrong: list[Said]


class MendedIn(BaseModel):
    """What is right of a report, why, and who says so; what is left out stays."""

    reason: str = Field(max_length=500)
    portions: int | None = Field(default=None, ge=1, le=MOST_PORTIONS)
    core_c: float | None = Field(default=None, ge=-50, le=300)
    happened_at: AwareDatetime | None = None
    withdrawn: bool = False
    person: str = Field(default="", max_length=80)


class MendedDone(BaseModel):
    """Portions that published services draw and the batch never had."""

    missing: int


class WasteIn(BaseModel):
    """Portions thrown away; none named is all that is over."""

    portions: int | None = Field(default=None, ge=1, le=MOST_PORTIONS)
    reason: str = Field(max_length=500)
    person: str = Field(default="", max_length=80)


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


@router.post("/api/v1/chilled/{chilled_id}/cooled")
def cooled(
    chilled_id: str,
    told: CooledIn,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("checks.keep")],
) -> CooledDone:
    """Notes a measurement at a stage of the cooling; one that failed is kept, and says what is wrong."""
    said = CoolingTold(told.point, told.value_c, ByWhom(told.probe, told.person), told.happened_at)
    with house.database.begin() as session:
        step = chilled_measured(session, _desk(session, house, actor, chilled_id), chilled_id, said)
    wrong = [Said.model_validate(said_document(one, language)) for one in step.wrong]
    return CooledDone(passed=step.passed, wrong=wrong)


@router.post("/api/v1/chilled/{chilled_id}/corrected")
def corrected(
    chilled_id: str, told: MendedIn, house: HouseHere, actor: Annotated[Actor, may("batch.cook")]
) -> MendedDone:
    """Corrects what was reported off the heat, or takes it back; says how many drawn portions are missing."""
    with house.database.begin() as session:
        desk = _desk(session, house, actor, chilled_id)
        missing = mend_chilled(session, desk, chilled_id, Mended(**told.model_dump()))
    return MendedDone(missing=missing)


@router.post("/api/v1/chilled/{chilled_id}/waste")
def wasted(
    chilled_id: str, told: WasteIn, house: HouseHere, actor: Annotated[Actor, may("stock.keep")]
) -> ChilledDone:
    """Writes down that what is over of a chilled batch was thrown away."""
    with house.database.begin() as session:
        desk = _desk(session, house, actor, chilled_id)
        store = StockDesk(desk.kitchen, actor, desk.now_at, house.ids)
        waste = throw_away(session, store, chilled_id, told.portions, told.reason, told.person)
    return ChilledDone(portions=waste.portions)


def _desk(session: Session, house: HouseHere, actor: Actor, chilled_id: str) -> CheckDesk:
    batch = find_chilled(session, chilled_id)
    if batch is None:
        raise NotFound("batch", chilled_id)
    return CheckDesk(find_kitchen(session, batch.kitchen_id), actor, house.clock.now(), house.ids)


def _out(made: Chilling, language: str) -> ForecastOut:
    def say(code: Any) -> dict[str, Any]:
        return said_document(code, language)

    return ForecastOut.model_validate(forecast_document(made, say))
