"""``holdchain day clash``: what a diner must not get, settled or answered for by a person."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.choosing import DateOption, KitchenOption, MealOption, service_opened
from api.cli.common import DataOption, JsonOption, Out, cli_language

if TYPE_CHECKING:
    from api.day.clash_views import NamedClash
    from api.house import House
    from orders.service import Service

ClashArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="CLASH", help="Which one to settle, by its order's number or its id; lists them when missing."
    ),
]
DishOption = Annotated[str | None, typer.Option(help="The dish that stands in.")]
ReasonOption = Annotated[str | None, typer.Option("--override", help="Why it may be given all the same.")]
ByOption = Annotated[str | None, typer.Option("--by", help="The person who decides that.")]


def clash(
    told: ClashArgument = None,
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
    """Lists clashes, or settles one. Example: holdchain day clash 20261123-0053 --dish D075"""
    from api.day.clash_views import clash_named, open_clashes
    from api.people import OPERATOR

    if told is not None and [dish is not None, withdraw, reason is not None].count(True) != 1:
        raise typer.BadParameter("a dish, --withdraw, or --override with --by", param_hint="--dish")
    with service_opened(data, kitchen, date, meal) as (house, service):
        if told is not None:
            with house.database.read() as session:
                clash_id = clash_named(session, service, told, OPERATOR)
            if reason is not None:
                _override(house, service, clash_id, reason, by or "")
            else:
                _settle(house, service, clash_id, dish)
        with house.database.read() as session:
            found = open_clashes(session, service, OPERATOR)
    out = Out(json)
    _say(out, service, len(found))
    out.result({"service": service.key, "open_clashes": clash_documents(out, service, found)})


def clash_documents(out: Out, service: "Service", found: Sequence["NamedClash"]) -> list[dict[str, Any]]:
    """Says each open clash with whose it is and what could stand in; gives them as documents."""
    language = cli_language()
    for one in found:
        for line in _told(one, service, language):
            out.line(line)
    return [_document(one, language) for one in found]


def _told(one: "NamedClash", service: "Service", language: str) -> list[str]:
    """A clash for a person at the terminal: whose, why, what could stand in, and the command for the best."""
    from api.words import gettext

    order, dish_id = one.clash.order_code, one.clash.dish_id
    whose = f"{one.diner} {one.diner_code}".strip()
    heads = (order, whose, f"{one.dish(dish_id, language)} ({dish_id})")
    offered = [f"{one.dish(code, language)} ({code})" for code in one.clash.proposed]
    instead = gettext("could stand in: {dishes}", language) if offered else gettext("nothing suits", language)
    choice = f"--dish {one.clash.proposed[0]}" if offered else "--withdraw"
    which = f"--kitchen {service.kitchen_id} --date {service.service_on}"
    which += "" if service.meal == "lunch" else f" --meal {service.meal}"
    return [
        "  ".join(head for head in heads if head),
        *(f"    {sentence}" for sentence in one.why(language)),
        f"    {instead.format(dishes=gettext(', ', language).join(offered))}",
        f"    holdchain day clash {one.handle} {choice} {which}",
    ]


def _document(one: "NamedClash", language: str) -> dict[str, Any]:
    clash = one.clash
    sentences = zip(clash.reasons, one.why(language), strict=True)
    return {
        "clash_id": one.clash_id,
        "order_code": clash.order_code,
        "diner": one.diner,
        "diner_code": one.diner_code,
        "dish_id": clash.dish_id,
        "dish": one.dish(clash.dish_id, language),
        "reasons": [{"code": why.code, "params": dict(why.params), "words": said} for why, said in sentences],
        "proposed": list(clash.proposed),
        "proposed_names": [one.dish(dish_id, language) for dish_id in clash.proposed],
    }


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
