"""``holdchain day forecast|chilled``: chilled dishes cooked the day before, by a forecast."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.choosing import DateOption, KitchenOption, MealOption, service_opened, solving
from api.cli.common import DataOption, JsonOption, Out, cli_language

if TYPE_CHECKING:
    from sqlmodel import Session

    from api.day.forecast import Chilling
    from api.house import House
    from kitchen.store.chilled import ChilledBatch

HEAD_LINE = "{service}: forecast {version}, {portions} portions"
LINE = "{site}  {dish} ({variant}): {portions}  {why}"
BATCH_LINE = "{code}  {dish} ({variant}): {portions} portions on {equipment}, off the heat by {ready}"
SHEET_LINE = "{file}: {pages} pages"
DONE = {
    "cooked": "{code}: {portions} portions off the heat",
    "cooled": "{code}: {core_c} °C, the stage is kept",
    "cooled_too_slowly": "{code}: {core_c} °C, the stage is not kept",
    "corrected": "{code}: corrected, {missing} drawn portions are missing",
    "wasted": "{code}: {portions} portions thrown away",
}


def forecast(
    show: Annotated[bool, typer.Option("--show", help="Only show the newest forecast.")] = False,
    sheet: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the sheet of the evening before as a PDF.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Same orders and seed, same batches.")] = 1,
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Forecasts chilled dishes and plans their batches. Example: holdchain day forecast --date 2026-11-24"""
    from api.words import said_document, say

    language = cli_language()
    with service_opened(data, kitchen, date, meal) as (house, service), solving():
        from api.day.forecast import forecast_document, make_forecast, read_forecast
        from api.people import OPERATOR
        from orders.errors import NotFound

        if show:
            with house.database.read() as session:
                made = read_forecast(session, service)
            if made is None:
                raise NotFound("forecast", service.key)
        else:
            now_at = house.clock.now()
            made = make_forecast(
                house.database, service, actor=OPERATOR, now_at=now_at, ids=house.ids, seed=seed
            )
        facts = forecast_document(made, lambda code: said_document(code, language))
        printed = _sheet(house, made, sheet, language) if sheet else None
    out = Out(json)
    _say(out, HEAD_LINE, **{name: facts[name] for name in ("service", "version", "portions")})
    for line in made.lines:
        what = {"site": line.site_id, "dish": line.dish_id, "variant": line.variant}
        _say(out, LINE, **what, portions=line.portions, why=say(line.reason, language))
    for one in made.batches:
        ready = f"{service.local(service.instant(one.ready_s)):%m-%d %H:%M}"
        what = {"code": one.code, "dish": one.dish_id, "variant": one.variant, "equipment": one.equipment_id}
        _say(out, BATCH_LINE, **what, portions=one.portions, ready=ready)
    for finding in facts["findings"]:
        out.line(finding["words"])
    if printed:
        _say(out, SHEET_LINE, **printed)
    out.result(facts | {"sheet": str(sheet) if sheet else None})


def chilled(
    code: Annotated[str, typer.Argument(help="The batch, as the sheet calls it: C1124-1.")],
    core: Annotated[float | None, typer.Option(help="Core as measured, degrees Celsius.")] = None,
    portions: Annotated[
        int | None, typer.Option(min=1, help="Regular portions that it gave (default: as planned).")
    ] = None,
    stage: Annotated[str, typer.Option(help="Measured while it cools: cool_1, cool_2.")] = "",
    probe: Annotated[str, typer.Option(help="Code of the hand probe.")] = "",
    person: Annotated[str, typer.Option(help="Who measured, corrected or threw away.")] = "",
    correct: Annotated[str, typer.Option(metavar="WHY", help="Correct what was reported.")] = "",
    take_back: Annotated[str, typer.Option(metavar="WHY", help="It was never off the heat.")] = "",
    waste: Annotated[str, typer.Option(metavar="WHY", help="What is over is thrown away.")] = "",
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Notes that a chilled batch is off the heat, how it cools, or what of it is thrown away.

    Example: holdchain day chilled C1124-1 --core 88; --core 15 --stage cool_1; --waste "too much"
    """
    from api.day.forecast import read_forecast
    from orders.errors import NotFound

    with (
        service_opened(data, kitchen, date, meal) as (house, service),
        house.database.begin(lock=service.key) as session,
    ):
        made = read_forecast(session, service)
        found = next((one for one in made.batches if one.code == code), None) if made else None
        if found is None:
            raise NotFound("batch", code)
        told = _Told(core, portions, stage, probe, person, correct or take_back, bool(take_back), waste)
        done = _done(session, house, found, told)
    out = Out(json)
    _say(out, DONE[str(done["done"])], code=code, **done)
    out.result({"service": service.key, "code": code, **done})


@dataclass(frozen=True, slots=True)
class _Told:
    """What the command line tells of a chilled batch."""

    core: float | None
    portions: int | None
    stage: str
    probe: str
    person: str
    mended: str
    withdrawn: bool
    waste: str


def _done(session: "Session", house: "House", found: "ChilledBatch", told: _Told) -> dict[str, Any]:
    """What was told of a chilled batch is written down; what it came to."""
    from api.checks.by_whom import ByWhom
    from api.checks.desk import CheckDesk
    from api.day.chilled import chilled_cooked
    from api.day.chilled_after import CoolingTold, Mended, chilled_measured, mend_chilled, throw_away
    from api.day.services import find_kitchen
    from api.people import OPERATOR
    from api.stock.desk import StockDesk
    from orders.errors import BadInput

    now_at, chilled_id = house.clock.now(), found.chilled_id
    desk = CheckDesk(find_kitchen(session, found.kitchen_id), OPERATOR, now_at, house.ids)
    if told.mended:
        mended = Mended(told.mended, told.portions, told.core, None, told.withdrawn, told.person)
        return {"done": "corrected", "missing": mend_chilled(session, desk, chilled_id, mended)}
    if told.waste:
        store = StockDesk(desk.kitchen, OPERATOR, now_at, house.ids)
        thrown = throw_away(session, store, chilled_id, told.portions, told.waste, told.person)
        return {"done": "wasted", "portions": thrown.portions}
    if told.core is None:
        raise BadInput("core_missing", batch=found.code)
    if told.stage:
        cooling = CoolingTold(told.stage, told.core, ByWhom(told.probe, told.person))
        step = chilled_measured(session, desk, chilled_id, cooling)
        return {"done": "cooled" if step.passed else "cooled_too_slowly", "core_c": step.value_c}
    acting: dict[str, Any] = {"actor": OPERATOR, "now_at": now_at, "ids": house.ids}
    act = chilled_cooked(session, chilled_id, portions=told.portions, core_c=told.core, **acting)
    at = act.happened_at.isoformat()
    return {"done": "cooked", "portions": act.portions, "happened_at": at, "core_c": act.core_c}


def _sheet(house: "House", made: "Chilling", file: Path, language: str) -> dict[str, Any]:
    from api.day.chilled_sheet import chilled_sheet
    from api.reports import production_sheet

    with house.database.read() as session:
        paper = chilled_sheet(session, made, house.clock.now(), language)
    printed = production_sheet.render(paper, language)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(printed.pdf)
    return {"file": str(file), "pages": printed.pages}


def _say(out: Out, text: str, **params: Any) -> None:
    from api.words import gettext

    out.line(gettext(text, cli_language()).format(**params))
