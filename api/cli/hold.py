"""``holdchain hold``: the verdict on one box, leg by leg, and what it rests on."""

from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer

from api.cli.choosing import DateOption, KitchenOption, MealOption
from api.cli.common import DataOption, JsonOption, Out, cli_language, opened


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("hold")(hold)


def hold(
    box: Annotated[str, typer.Option(metavar="CODE", help="The box's code, as on its label.")],
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Judges a box; without a date the latest of that code. Example: holdchain hold --box H01"""
    from api.cli.choosing import kitchen_here, service_here
    from api.day.hold_document import hold_document
    from api.day.views import load_round
    from api.day.views_holds import hold_view
    from api.words import gettext
    from kitchen.store.floor import find_box
    from orders.errors import NotFound
    from orders.service import parse_service

    language = cli_language()
    with opened(data) as house:
        cook = kitchen_here(house, kitchen)
        wanted = service_here(house, kitchen, date, meal).key if date else None
        with house.database.read() as session:
            box_id, key = find_box(session, cook.kitchen_id, box, wanted)
            found = load_round(session, parse_service(key, cook.zone))
            if found is None or box_id not in found.boxes:
                raise NotFound("box", box)
            facts = hold_document(hold_view(session, found, box_id, house.clock.now()), language)
    out = Out(json)
    _tell(out, facts, gettext("Missing", language))
    out.result(facts)


def _clock(instant: str | None) -> str:
    from api.words import ZONE

    return f"{datetime.fromisoformat(instant).astimezone(ZoneInfo(ZONE)):%H:%M}" if instant else ""


def _tell(out: Out, facts: dict[str, Any], missing: str) -> None:
    out.line(f"{facts['box']}  {facts['site']}  {facts['service']}  {facts['words']}")
    for leg in facts["legs"]:
        word = missing if leg["missing"] else f"{leg['exposed_s'] // 60} min"
        out.line(f"  {leg['words']}  {_clock(leg['from_at'])}-{_clock(leg['to_at'])}  {word}")
    for reason in facts["reasons"]:
        out.line(f"  {reason['words']}")
    if rests := facts["rests_on"]:
        out.line(f"  {rests['words']}  {rests['profile']} {rests['revision']}  {rests['clause']}")
