"""``holdchain day clash``: what a diner must not get, settled or answered for by a person."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.choosing import DateOption, KitchenOption, MealOption, service_opened
from api.cli.common import DataOption, JsonOption, Out, cli_language

if TYPE_CHECKING:
    from api.house import House
    from orders.order import Clash
    from orders.service import Service

DishOption = Annotated[str | None, typer.Option(help="The dish that stands in.")]
ReasonOption = Annotated[str | None, typer.Option("--override", help="Why it may be given all the same.")]
ByOption = Annotated[str | None, typer.Option("--by", help="The person who decides that.")]


def clash(
    clash_id: Annotated[
        str | None, typer.Argument(help="Which one to settle; lists them when missing.")
    ] = None,
    dish: DishOption = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take the portion out.")] = False,
    reason: ReasonOption = None,
    by: ByOption = None,
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Lists clashes, or settles one. Example: holdchain day clash ID --dish D075"""
    from orders.store.orders import load_clashes

    if clash_id is not None and [dish is not None, withdraw, reason is not None].count(True) != 1:
        raise typer.BadParameter("a dish, --withdraw, or --override with --by", param_hint="--dish")
    with service_opened(data, kitchen, date, meal) as (house, service):
        if clash_id is not None and reason is not None:
            _override(house, service, clash_id, reason, by or "")
        elif clash_id is not None:
            _settle(house, service, clash_id, dish)
        with house.database.read() as session:
            found = load_clashes(session, service, open_only=True)
    out = Out(json)
    _say(out, service, len(found))
    out.result({"service": service.key, "open_clashes": clash_documents(out, found)})


def clash_documents(out: Out, found: Mapping[str, "Clash"]) -> list[dict[str, Any]]:
    """Says each open clash with what could stand in; gives them as documents."""
    from api.words import say, say_all

    language = cli_language()
    for clash_id, one in found.items():
        reasons = " ".join(say_all(one.reasons, language))
        out.line(
            f"{clash_id}  {one.order_code}  {one.dish_id}  {reasons}  -> {' '.join(one.proposed) or '-'}"
        )
    return [
        {
            "clash_id": clash_id,
            "order_code": one.order_code,
            "dish_id": one.dish_id,
            "reasons": [
                {"code": reason.code, "params": dict(reason.params), "words": say(reason, language)}
                for reason in one.reasons
            ],
            "proposed": list(one.proposed),
        }
        for clash_id, one in found.items()
    ]


def _settle(house: "House", service: "Service", clash_id: str, dish: str | None) -> None:
    from api.day.close import settle
    from api.people import OPERATOR

    with house.database.begin(lock=service.key) as session:
        now_at = house.clock.now()
        settle(session, service, clash_id, dish, actor=OPERATOR, now_at=now_at, ids=house.ids)


def _override(house: "House", service: "Service", clash_id: str, reason: str, by: str) -> None:
    from api.day.close import override
    from api.people import OPERATOR

    with house.database.begin(lock=service.key) as session:
        override(session, service, clash_id, reason, by, actor=OPERATOR, now_at=house.clock.now())


def _say(out: Out, service: "Service", waiting: int) -> None:
    from api.words import gettext

    line = gettext("{service}: clashes that wait for a person: {clashes}", cli_language())
    out.line(line.format(service=service.key, clashes=waiting))
