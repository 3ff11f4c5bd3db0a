"""``holdchain order``: one meal placed, amended, cancelled; a diner's or a service's orders listed."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from api.cli.choosing import DateOption, KitchenOption, MealOption, diner_here, service_opened
from api.cli.common import DataOption, JsonOption, Out, cli_language
from api.cli.order_menu import order_menu

if TYPE_CHECKING:
    from api.house import House
    from api.ordering.record import Acting
    from orders.order import Order
    from orders.ordering import Quote
    from orders.service import Service

DinerArgument = Annotated[str, typer.Argument(metavar="CODE", help="The diner's number.")]
OrderArgument = Annotated[str, typer.Argument(metavar="CODE", help="The order's number.")]
DishOption = Annotated[
    list[str] | None,
    typer.Option("--dish", metavar="CODE", help="A dish of order menu; repeat it. None is the usual."),
]
SiteOption = Annotated[str, typer.Option(help="The canteen's code (default: the diner's own).")]
EatenOption = Annotated[str, typer.Option(help="dine_in or home (default: as the diner is registered).")]
PaperOption = Annotated[
    datetime | None,
    typer.Option("--written", formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], help="When it was put on paper."),
]
ReasonOption = Annotated[str, typer.Option(help="Why it comes late or on paper.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="One meal for one diner.", no_args_is_help=True)
    group.command("menu")(order_menu)
    group.command("place")(place)
    group.command("amend")(amend)
    group.command("cancel")(cancel)
    group.command("list")(list_orders)
    app.add_typer(group, name="order")


def place(
    diner: DinerArgument,
    dish: DishOption = None,
    site: SiteOption = "",
    eaten: EatenOption = "",
    channel: Annotated[str, typer.Option(help="How it came (default: the programme's platform).")] = "",
    wait: Annotated[bool, typer.Option("--wait", help="Wait for a place where the site is full.")] = False,
    written: PaperOption = None,
    reason: ReasonOption = "",
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Orders a meal, the usual without dishes. Example: holdchain order place LZ00001 --dish D004"""
    from api.ordering.documents import order_document, quote_document
    from api.ordering.place import Wanted
    from api.ordering.place import place as place_order

    with service_opened(data, kitchen, date, meal) as (house, service):
        asked = Wanted(diner_here(house, diner), tuple(dish or ()), site, _eaten(eaten), channel, wait)
        with house.database.begin(lock=service.key) as session:
            done = place_order(session, service, asked, _acting(house, service, written, reason))
    out = Out(json)
    _tell(out, done.order, done.quote)
    out.result(
        {
            **order_document(service, done.order),
            "is_new": done.is_new,
            "line": done.line,
            "quote": quote_document(done.quote, cli_language()),
        }
    )


def amend(
    order: OrderArgument,
    dish: DishOption = None,
    site: SiteOption = "",
    eaten: EatenOption = "",
    written: PaperOption = None,
    reason: ReasonOption = "",
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Changes dishes, site or home. Example: holdchain order amend 20261123-0001 --eaten home"""
    from api.ordering.amend import Amendment
    from api.ordering.amend import amend as amend_order
    from api.ordering.documents import order_document, quote_document

    with service_opened(data, kitchen, date, meal) as (house, service):
        change = Amendment(tuple(dish or ()), site, _eaten(eaten))
        with house.database.begin(lock=service.key) as session:
            found = _order(session, service, order)
            acting = _acting(house, service, written, reason)
            done = amend_order(session, service, found.order_id, change, acting)
    out = Out(json)
    _tell(out, done.order, done.quote)
    out.result({**order_document(service, done.order), "quote": quote_document(done.quote, cli_language())})


def cancel(
    order: OrderArgument,
    shown: Annotated[
        str | None, typer.Option(metavar="YUAN", help="What the diner was told is still to pay.")
    ] = None,
    reason: ReasonOption = "",
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Cancels an order; a cost must be shown. Example: holdchain order cancel 20261123-0001 --shown 7.00"""
    from api.ordering.amend import cancel as cancel_order
    from api.ordering.documents import consequence_document, order_document
    from orders.money import fen

    try:
        shown_fen = None if shown is None else fen(shown)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--shown") from error
    with (
        service_opened(data, kitchen, date, meal) as (house, service),
        house.database.begin(lock=service.key) as session,
    ):
        found = _order(session, service, order)
        acting = _acting(house, service, None, reason)
        done = cancel_order(session, service, found.order_id, acting, shown_fen=shown_fen)
    out = Out(json)
    _tell(out, done.order, done.consequence.quote)
    out.result(
        {
            **order_document(service, done.order),
            "consequence": consequence_document(done.consequence, cli_language()),
            "moved_up": [one.code for one in done.moved_up],
        }
    )


def list_orders(
    diner: Annotated[str, typer.Option(metavar="CODE", help="Only this diner's.")] = "",
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Lists the orders of a service. Example: holdchain order list --date 2026-11-23"""
    from api.ordering.documents import order_document
    from api.words import gettext
    from orders.order import LIVE
    from orders.store.orders import load_orders

    with service_opened(data, kitchen, date, meal) as (house, service):
        diner_id = diner_here(house, diner) if diner else None
        with house.database.read() as session:
            orders = load_orders(session, service, (*LIVE, "cancelled"))
    found = [one for one in orders if diner_id in (None, one.diner_id)]
    out = Out(json)
    for one in found:
        state = gettext(f"order.{one.state}", cli_language())
        out.line(f"{one.code}  {state}  {one.site_id}  {' '.join(one.dish_ids)}")
    out.result({"service": service.key, "orders": [order_document(service, one) for one in found]})


def _tell(out: Out, order: "Order", quote: "Quote") -> None:
    from api.words import gettext
    from orders.money import yuan

    words = gettext("{code}: {state}, {price} less {subsidy}, to pay {pay} yuan", cli_language())
    state = gettext(f"order.{order.state}", cli_language())
    price, subsidy, pay = (yuan(one) for one in (quote.price_fen, quote.subsidy_fen, quote.diner_fen))
    out.line(words.format(code=order.code, state=state, price=price, subsidy=subsidy, pay=pay))


def _order(session: Any, service: "Service", code: str) -> "Order":
    from orders.errors import NotFound
    from orders.order import LIVE
    from orders.store.orders import load_orders

    found = load_orders(session, service, (*LIVE, "cancelled"), code=code)
    if not found:
        raise NotFound("order", code)
    return found[0]


def _acting(house: "House", service: "Service", written: datetime | None, reason: str) -> "Acting":
    from api.ordering.record import Acting
    from api.people import OPERATOR

    at = (
        None
        if written is None
        else service.at_local(written.time(), (written.date() - service.service_on).days)
    )
    return Acting(OPERATOR, house.clock.now(), house.ids, at, reason)


def _eaten(eaten: str) -> Literal["", "dine_in", "home"]:
    known: tuple[Literal["", "dine_in", "home"], ...] = ("", "dine_in", "home")
    for one in known:
        if one == eaten:
            return one
    raise typer.BadParameter("dine_in or home", param_hint="--eaten")
