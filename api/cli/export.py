"""``holdchain export``: what other programs read, as files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.choosing import DateOption, KitchenOption, MealOption, service_opened
from api.cli.common import DataOption, JsonOption, Out, cli_language

if TYPE_CHECKING:
    from api.day.route_files import RouteFile


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Files for navigators, maps and other programs.", no_args_is_help=True)
    group.command("routes")(routes)
    app.add_typer(group, name="export")


def routes(
    file_format: Annotated[
        list[str] | None, typer.Option("--format", help="gpx or geojson; may be repeated (default: both).")
    ] = None,
    trip: Annotated[str, typer.Option(metavar="CODE", help="Only this trip.")] = "",
    gcj02: Annotated[
        bool, typer.Option("--gcj02", help="Places as Chinese web maps draw them (default: WGS-84).")
    ] = False,
    language: Annotated[str | None, typer.Option(help="zh_CN or en (default: the shell's).")] = None,
    folder: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder (default: routes in the data folder).")
    ] = None,
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Writes a published plan's trips; no diner is named. Example: holdchain export routes --format gpx"""
    from api.day.route_files import FORMATS, RouteWish, route_files
    from api.people import OPERATOR
    from api.words import LANGUAGES

    formats = [one for one in FORMATS if one in (file_format or FORMATS)]
    if file_format and len(formats) < len(set(file_format)):
        raise typer.BadParameter(f"one of {', '.join(FORMATS)}", param_hint="--format")
    spoken = language or cli_language()
    if spoken not in LANGUAGES:
        raise typer.BadParameter(f"one of {', '.join(LANGUAGES)}", param_hint="--language")
    with service_opened(data, kitchen, date, meal) as (house, service):
        wish = RouteWish(formats, trip, spoken, gcj02)
        files = route_files(house.database, service, wish, actor=OPERATOR, now_at=house.clock.now())
        target = folder or house.settings.data / "routes" / service.key.replace("/", "-")
        out = Out(json)
        told = [_written(out, target, one) for one in files]
    datum = "GCJ-02" if gcj02 else "WGS-84"
    out.result({"service": service.key, "datum": datum, "files": told})


def _written(out: Out, folder: Path, file: "RouteFile") -> dict[str, Any]:
    from orders.errors import BadInput

    path = folder / file.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.content)
    except OSError as error:
        raise BadInput("papers_out", out=str(folder)) from error
    out.line(str(path))
    return {"file": str(path), "format": file.kind, "bytes": len(file.content)}
