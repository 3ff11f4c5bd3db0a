"""``holdchain batch``: food that nobody may send or serve until a named person says so."""

from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.choosing import (
    DateOption,
    KitchenOption,
    MealOption,
    service_here,
    today_here,
)
from api.cli.common import DataOption, JsonOption, Out, cli_language, opened
from api.words import gettext

if TYPE_CHECKING:
    from datetime import datetime

    from sqlmodel import Session

    from api.house import House
    from kitchen.withheld import Withheld
    from orders.service import Service


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Batches and boxes: put on hold, lifted, discarded.", no_args_is_help=True)
    group.command("hold")(hold)
    app.add_typer(group, name="batch")


def hold(
    code: Annotated[
        str | None, typer.Argument(help="A batch or a closed box; lists holds when missing.")
    ] = None,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    by: Annotated[str, typer.Option(help="Code or name of who decides.")] = "",
    lift: Annotated[bool, typer.Option("--lift", help="It may go on again.")] = False,
    discard: Annotated[bool, typer.Option("--discard", help="It was discarded.")] = False,
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Puts a batch or a box on hold and tells who has it; lifts the hold, or writes down that it was discarded.

    Another person than the one who set a hold ends it.

    Example: holdchain batch hold B03 --reason "smells sour" --by S1
    """
    from api.checks.documents import withheld_document
    from api.day.stop_documents import stop_document
    from api.day.stops import find_stop
    from api.people import OPERATOR
    from kitchen.store.withheld import load_withheld

    if lift and discard:
        raise typer.BadParameter("--lift or --discard", param_hint="--discard")
    if code is None and (lift or discard or reason):
        raise typer.BadParameter("a batch or a box", param_hint="CODE")
    with opened(data) as house:
        service, code = _meant(house, kitchen, date, meal, code)
        if code is not None:
            with house.database.begin(lock=service.key) as session:
                _acted(session, house, service, (code, reason, by), lift=lift, discard=discard)
        out, language, now_at = Out(json), cli_language(), house.clock.now()
        with house.database.read() as session:
            found = load_withheld(session, service.key)
            standing = [one for one in found if one.end is None and code in (None, one.code)]
            mine = [find_stop(session, one.withheld_id, OPERATOR) for one in standing]
            stops = [stop_document(session, one, OPERATOR, language, now_at) for one in mine]
    documents: list[dict[str, Any]] = [withheld_document(one, language) for one in found]
    for one in documents:
        out.line(f"{one['code']}  {one['words']}")
    if not documents:
        out.line(gettext("Nothing of {service} is on hold.", language).format(service=service.key))
    for stop in stops:
        _tell(out, stop)
    out.result({"service": service.key, "withheld": documents, "stops": stops})


def _meant(
    house: "House", kitchen: str | None, on: "datetime | None", meal: str, code: str | None
) -> "tuple[Service, str | None]":
    """
    The service that a code is of and the code as it is printed; without a date today's food goes first.

    Food stays stoppable after its meal, when the next service is already the next day's: a code that is in
    both is refused until the date is named.

    Raises
    ------
    BadInput
        ``food_of_which_day`` or ``food_of_no_day``, with the days.
    """
    from kitchen.store.floor import find_food
    from kitchen.store.withheld import load_withheld
    from orders.errors import BadInput, NotFound

    known = [] if on else [today_here(house, kitchen, meal)]
    with suppress(NotFound) if known else nullcontext():
        known.append(service_here(house, kitchen, on, meal))
    services = {one.key: one for one in known}
    with house.database.read() as session:
        if code is None:
            held = [one for one in services.values() if load_withheld(session, one.key)]
            return (held or known)[0], None
        found = find_food(session, services, code.strip())
    days = ", ".join(f"{one.service_on}" for one in services.values())
    if len(found) != 1:
        raise BadInput("food_of_which_day" if found else "food_of_no_day", ref=code, days=days)
    [(key, printed)] = found
    return services[key], printed


def _tell(out: "Out", stop: dict[str, Any]) -> None:
    """Where the food is, and whom to ring."""
    text = gettext(
        "eaten {eaten}, on the table {table}, on the road {road}, in the kitchen {kitchen}, back {back}",
        cli_language(),
    )
    out.line(f"{stop['code']}  {text.format(**stop['portions'])}")
    for place in stop["places"]:
        boxes = " ".join(box["box"] for box in place["boxes"])
        out.line(f"  {place['place']}  {place['name']}  {boxes}  {place['contact']}")


def _acted(
    session: "Session",
    house: "House",
    service: "Service",
    told: tuple[str, str, str],
    *,
    lift: bool,
    discard: bool,
) -> "Withheld":
    from api.checks.desk import CheckDesk
    from api.checks.withholding import WithheldTold, end_hold, find_open, withhold
    from api.day.services import find_kitchen
    from api.people import OPERATOR

    code, reason, by = told
    kitchen = find_kitchen(session, service.kitchen_id)
    desk = CheckDesk(kitchen, OPERATOR, house.clock.now(), house.ids)
    if not lift and not discard:
        return withhold(session, desk, service, WithheldTold(code, reason, by))
    standing = find_open(session, service, code)
    return end_hold(session, desk, standing.withheld_id, "lifted" if lift else "discarded", reason, by)
