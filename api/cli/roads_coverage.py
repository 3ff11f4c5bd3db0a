"""``holdchain roads coverage``: who lives too far from any canteen, and where no circle reaches."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from api.cli.choosing import KitchenOption, MealOption, kitchen_here, meal_named
from api.cli.common import DataOption, JsonOption, Out, cli_language, opened

FEW = 10


def coverage(
    minutes: Annotated[int | None, typer.Option(min=1, max=120, help="Most minutes to a canteen.")] = None,
    radius_m: Annotated[int | None, typer.Option(min=1, help="Longest way to a canteen, metres.")] = None,
    programme: Annotated[str, typer.Option(help="The circles of this programme, by zone.")] = "",
    mode: Annotated[
        Literal["walk", "delivery"], typer.Option(help="On foot to the canteen, or by courier from it.")
    ] = "walk",
    pace_kmh: Annotated[
        float | None, typer.Option(help="Pace of a straight line (default: by mode).")
    ] = None,
    geojson: Annotated[
        Path | None, typer.Option(help="Write circles, homes outside and blank areas.")
    ] = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep minutes and radius as measures of the sites on file.")
    ] = False,
    kitchen: KitchenOption = None,
    meal: MealOption = "lunch",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Says who lives too far from any canteen. Example: holdchain roads coverage --minutes 15"""
    from json import dumps

    from api.cli.site_acts import present_day
    from api.coverage import Bound, coverage_of, keep_measures
    from api.coverage_document import coverage_document, coverage_geojson
    from api.people import OPERATOR

    bound = Bound(mode, minutes, radius_m, pace_kmh, programme)
    with opened(data) as house:
        code, now_at = kitchen_here(house, kitchen).kitchen_id, house.clock.now()
        of, on = (code, meal_named(meal)), present_day(house)
        found = coverage_of(house.database, of, bound, on=on, actor=OPERATOR, now_at=now_at)
        document = coverage_document(found, cli_language())
        if keep:
            with house.database.begin() as session:
                document["kept"] = keep_measures(session, found, actor=OPERATOR, now_at=now_at)
    if geojson is not None:
        geojson.write_text(dumps(coverage_geojson(found), ensure_ascii=False), encoding="utf-8")
        document["geojson"] = str(geojson)
    _say(Out(json), document)


def _say(out: Out, document: dict[str, Any]) -> None:
    """The document in lines: whom nobody reaches first."""
    from api.words import gettext

    language = cli_language()

    def line(words: str, **told: Any) -> None:
        out.line(gettext(words, language).format(**told))

    for finding in document["findings"]:
        out.line(finding)
    by = gettext(document["by"], language)
    line(
        "{outside} of {homes} homes lie outside, by {by}.",
        **document | {"outside": len(document["outside"]), "by": by},
    )
    for one in document["outside"][:FEW]:
        if one["nearest"] is None:
            line("  {home}: no way to any canteen", home=one["home"])
        else:
            line("  {home}: {minutes} min, {metres} m to {nearest}", **one)
    if len(document["outside"]) > FEW:
        line("  ... and {more} more (--json lists them)", more=len(document["outside"]) - FEW)
    for one in document["sites"]:
        if one.get("circle") not in (None, "unknown"):
            line(
                "{site}: {farthest_minutes} min to the farthest home it serves, at most {limit_minutes}.",
                **one,
            )
    if document["without_place"]:
        line(
            "{count} diners have no place on the map; nothing is said of them.",
            count=len(document["without_place"]),
        )
    out.result(document)
