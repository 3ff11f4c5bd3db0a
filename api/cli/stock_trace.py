"""``holdchain stock trace``: from a lot to everybody who was to eat of it."""

from typing import Annotated

import typer

from api.cli.choosing import KitchenOption
from api.cli.common import DataOption, JsonOption, Out, cli_language, opened


def trace(
    lot: Annotated[str, typer.Argument(metavar="LOT", help="The lot's code.")],
    kitchen: KitchenOption = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Names everybody who was to eat of a lot, with telephones. Example: holdchain stock trace L0001"""
    from api.cli.choosing import kitchen_here
    from api.people import OPERATOR
    from api.stock.desk import StockDesk
    from api.stock.trace import trace_document, trace_lot
    from api.words import gettext

    with opened(data) as house:
        desk = StockDesk(kitchen_here(house, kitchen), OPERATOR, house.clock.now(), house.ids)
        with house.database.begin() as session:
            facts = trace_document(trace_lot(session, desk, lot), cli_language())
    out = Out(json)
    for meal in facts["meals"]:
        when = meal["served_at"] or gettext("not handed over", cli_language())
        got = " ".join((*meal["batches"], *meal["boxes"]))
        who = f"{meal['diner']}  {meal['name']}  {meal['phone']}"
        out.line(f"{meal['service']}  {meal['site']}  {who}  {got}  {when}")
    counted = gettext("{diners} diners, {served} meals handed over", cli_language())
    out.line(counted.format(diners=facts["diners"], served=facts["served"]))
    out.result(facts)
