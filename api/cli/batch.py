"""``holdchain batch``: food that nobody may send or serve until a named person says so."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.choosing import DateOption, KitchenOption, MealOption, service_here
from api.cli.common import DataOption, JsonOption, Out, cli_language, opened

if TYPE_CHECKING:
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
    Puts a batch or a box on hold, lifts the hold, or writes down that the food was discarded.

    Example: holdchain batch hold B03 --reason "smells sour" --by S1
    """
    from api.checks.documents import withheld_document
    from kitchen.store.withheld import load_withheld

    if lift and discard:
        raise typer.BadParameter("--lift or --discard", param_hint="--discard")
    if code is None and (lift or discard or reason):
        raise typer.BadParameter("a batch or a box", param_hint="CODE")
    with opened(data) as house:
        service = service_here(house, kitchen, date, meal)
        if code is not None:
            with house.database.begin(lock=service.key) as session:
                _acted(session, house, service, (code, reason, by), lift=lift, discard=discard)
        with house.database.read() as session:
            found = load_withheld(session, service.key)
    out, language = Out(json), cli_language()
    documents: list[dict[str, Any]] = [withheld_document(one, language) for one in found]
    for one in documents:
        out.line(f"{one['code']}  {one['words']}")
    out.result({"service": service.key, "withheld": documents})


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
