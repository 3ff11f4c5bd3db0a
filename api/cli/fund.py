"""``holdchain fund``: what came into charities' funds, and what is left."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.common import DataOption, JsonOption, Out, cli_language, opened

if TYPE_CHECKING:
    from sqlmodel import Session

    from api.settlement.funds import FundState


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Charities' funds that meals draw on.", no_args_is_help=True)
    group.command("add")(add)
    group.command("list")(list_)
    app.add_typer(group, name="fund")


def add(
    programme: Annotated[str, typer.Option(help="Id of the programme.")],
    amount: Annotated[str, typer.Option(help="Yuan; below 0 takes an earlier entry back.")],
    reference: Annotated[str, typer.Option(help="Who gave it, and by which paper.")],
    fund: Annotated[str, typer.Option(help="Its name in the programme's share.")] = "charity",
    at: Annotated[str, typer.Option(help="When it came, RFC 3339; empty = now.")] = "",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Writes down what came into a fund.

    Example: holdchain fund add --programme our-city --amount 5000 --reference "Red Cross, receipt 17"
    """
    from api.people import OPERATOR
    from api.settlement.funds import NewMovement, add_to_fund, fund_document
    from orders.money import fen

    try:
        came_at = datetime.fromisoformat(at) if at else None
        amount_fen = fen(amount.removeprefix("-")) * (-1 if amount.startswith("-") else 1)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if came_at is not None and came_at.tzinfo is None:
        raise typer.BadParameter("a time needs its zone", param_hint="--at")
    new = NewMovement(programme, fund, amount_fen, reference, came_at)
    with opened(data) as house, house.database.begin() as session:
        state = add_to_fund(session, OPERATOR, house.clock.now(), house.ids, new)
        told = list(_told(session, [state]))
    out = Out(json)
    _tell(out, told)
    out.result(fund_document(state))


def list_(
    programme: Annotated[str | None, typer.Option(help="Only of this programme.")] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Lists funds with what is left. Example: holdchain fund list --programme our-city"""
    from api.people import OPERATOR
    from api.settlement.funds import fund_document, list_funds

    with opened(data) as house, house.database.read() as session:
        found = list_funds(session, OPERATOR, programme)
        told = list(_told(session, found))
    out = Out(json)
    _tell(out, told)
    out.result({"funds": [fund_document(one) for one in found]})


def _tell(out: Out, lines: "Iterable[str]") -> None:
    for line in lines:
        out.line(line)


def _told(session: "Session", states: "Iterable[FundState]") -> "Iterator[str]":
    """Funds for people: by name, with what is left, and what came in by the clock on the wall."""
    from api.settlement.funds import names_of_fund
    from api.web.formats import day_time
    from api.words import gettext
    from orders.money import yuan

    language = cli_language()
    for one in states:
        programme, fund = (
            name.called(language) for name in names_of_fund(session, one.programme_id, one.fund)
        )
        left = gettext("{left} yuan left", language).format(left=yuan(one.balance_fen))
        yield f"{programme}  {fund}  {left}"
        for movement in one.movements:
            yield f"  {day_time(movement.at)}  {yuan(movement.amount_fen)}  {movement.reference}"
