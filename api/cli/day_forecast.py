"""``holdchain day forecast|chilled``: chilled dishes cooked the day before, by a forecast."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.choosing import DateOption, KitchenOption, MealOption, service_here, solving
from api.cli.common import DataOption, JsonOption, Out, cli_language, opened

if TYPE_CHECKING:
    from api.day.forecast import Chilling
    from api.house import House

HEAD_LINE = "{service}: forecast {version}, {portions} portions"
LINE = "{site}  {dish} ({variant}): {portions}  {why}"
BATCH_LINE = "{code}  {dish} ({variant}): {portions} portions on {equipment}, off the heat by {ready}"
SHEET_LINE = "{file}: {pages} pages"


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
    with opened(data) as house, solving():
        from api.day.forecast import forecast_document, make_forecast, read_forecast
        from api.people import OPERATOR
        from orders.errors import NotFound

        service = service_here(house, kitchen, date, meal)
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
    core: Annotated[float, typer.Option(help="Core at the end of cooking, degrees Celsius.")],
    portions: Annotated[
        int | None, typer.Option(min=1, help="Regular portions that it gave (default: as planned).")
    ] = None,
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Notes that a chilled batch is off the heat. Example: holdchain day chilled C1124-1 --core 88"""
    from api.day.chilled import chilled_cooked
    from api.day.forecast import read_forecast
    from api.people import OPERATOR
    from orders.errors import NotFound

    with opened(data) as house:
        service = service_here(house, kitchen, date, meal)
        with house.database.begin(lock=service.key) as session:
            made = read_forecast(session, service)
            found = next((one for one in made.batches if one.code == code), None) if made else None
            if found is None:
                raise NotFound("batch", code)
            act = chilled_cooked(
                session,
                found.chilled_id,
                portions=portions,
                core_c=core,
                actor=OPERATOR,
                now_at=house.clock.now(),
                ids=house.ids,
            )
    out = Out(json)
    _say(out, "{code}: {portions} portions off the heat", code=code, portions=act.portions)
    happened = {"happened_at": act.happened_at.isoformat(), "core_c": act.core_c}
    out.result({"service": service.key, "code": code, "portions": act.portions, **happened})


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
