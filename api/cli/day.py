"""``holdchain day``: one service closed, planned, published, printed and counted."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.choosing import DateOption, KitchenOption, MealOption, service_opened, solving
from api.cli.common import DataOption, JsonOption, Out, cli_language
from api.cli.day_clash import clash, clash_documents
from api.cli.day_forecast import chilled, forecast
from api.cli.day_print import print_
from api.cli.day_replan import replan

if TYPE_CHECKING:
    from orders.service import Service

SeedOption = Annotated[int, typer.Option(help="Same orders and seed, same plan.")]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(
        help="One service: closed, planned, published, printed, counted.", no_args_is_help=True
    )
    group.command("forecast")(forecast)
    group.command("chilled")(chilled)
    group.command("close")(close)
    group.command("clash")(clash)
    group.command("plan")(plan)
    group.command("publish")(publish)
    group.command("print")(print_)
    group.command("status")(status)
    group.command("replan")(replan)
    app.add_typer(group, name="day")


def close(
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Locks the orders that came in time and finds the clashes; a service closed already stays as it is.

    Example: holdchain day close
    """
    from api.day.clash_views import open_clashes
    from api.day.close import close_service, closed_before
    from api.ordering.record import Acting
    from api.ordering.standing import place_standing
    from api.people import OPERATOR
    from api.words import gettext

    with (
        service_opened(data, kitchen, date, meal) as (house, service),
        house.database.begin(lock=service.key) as session,
    ):
        now_at = house.clock.now()
        done = closed_before(session, service)
        line = CLOSED_LINE if done is None else CLOSED_BEFORE_LINE
        if done is None:
            place_standing(session, service, Acting(OPERATOR, now_at, house.ids))
            done = close_service(session, service, actor=OPERATOR, now_at=now_at, ids=house.ids)
        found = open_clashes(session, service, OPERATOR)
    out = Out(json)
    facts = {"orders": done.orders, "portions": done.portions, "late": done.late, "clashes": done.clashes}
    _say(out, line, service, facts)
    clashes = clash_documents(out, service, found)
    if found:
        out.line(gettext(OPEN_CLASHES, cli_language()))
    out.result({"service": service.key, **facts, "open_clashes": clashes})


def plan(
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    seed: SeedOption = 1,
    publish: Annotated[bool, typer.Option("--publish", help="Publish the result at once.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Costs, slack, and what would help.")] = False,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Plans batches, boxes and trips of a closed service. Example: holdchain day plan --publish"""
    from api.cli.day_explain import say_explained
    from api.people import OPERATOR

    with solving():
        from api.day.documents import plan_document
        from api.day.explained import explained_document
        from api.day.plan import plan_service, publish_day
    with service_opened(data, kitchen, date, meal) as (house, service), solving():
        now_at = house.clock.now()
        outcome = plan_service(
            house.database, service, actor=OPERATOR, now_at=now_at, ids=house.ids, seed=seed
        )
        if publish:
            with house.database.begin(lock=service.key) as session:
                publish_day(session, service, outcome.version, actor=OPERATOR, now_at=now_at)
        facts = plan_document(outcome, cli_language())
        if explain:
            facts["explained"] = explained_document(outcome.day, cli_language())
    out = Out(json)
    _say(out, PLANNED_LINE, service, facts)
    for loss in facts["losses"]:
        out.line(f"{loss['ref']}  {loss['portions']}  {loss['words']}")
    for finding in facts["findings"]:
        out.line(finding["words"])
    if explain:
        say_explained(out, facts["explained"])
    out.result({"service": service.key, "published": publish, **facts})


def publish(
    version: Annotated[int | None, typer.Option(min=1, help="Which draft (default: the newest).")] = None,
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Publishes a draft of a plan. Example: holdchain day publish --version 2"""
    from api.people import OPERATOR
    from kitchen.store.production import latest_production_version

    with service_opened(data, kitchen, date, meal) as (house, service), solving():
        from api.day.plan import publish_day

        with house.database.begin(lock=service.key) as session:
            wanted = version or latest_production_version(session, service.key)
            publish_day(session, service, wanted, actor=OPERATOR, now_at=house.clock.now())
    out = Out(json)
    _say(out, "{service}: version {version} is published", service, {"version": wanted})
    out.result({"service": service.key, "version": wanted})


def status(
    kitchen: KitchenOption = None,
    date: DateOption = None,
    meal: MealOption = "lunch",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Counts a published service, each number from its own rows. Example: holdchain day status --json"""
    with service_opened(data, kitchen, date, meal) as (house, service), solving():
        from api.day.documents import summary_document
        from api.day.summary import summarise

        with house.database.read() as session:
            facts = summary_document(summarise(session, service), cli_language())
    out = Out(json)
    for line in STATUS_LINES:
        _say(out, line, service, facts | {"exceptions": len(facts["exceptions"])})
    for item in facts["exceptions"]:
        out.line(f"{item['ref'] or '-'}  {item['portions']}  {item['words']}")
    out.result({"service": service.key, **facts})


OPEN_CLASHES = (
    "No plan is made, and none is published, while a clash is open: holdchain day clash settles each."
)
CLOSED_LINE = "{service}: {orders} orders with {portions} portions; {late} late; {clashes} clashes"
CLOSED_BEFORE_LINE = (
    "{service} is closed already; nothing was changed: "
    "{orders} orders with {portions} portions; {late} late; {clashes} clashes"
)
PLANNED_LINE = "{service}: version {version}; {batches} batches, {boxes} boxes, {trips} trips, {distance_m} m"
STATUS_LINES = (
    "{service}: {orders} orders of {diners} diners",
    "portions: {portions_ordered} ordered, {portions_cooked} cooked ({portions_extra} extra), "
    "{portions_boxed} boxed, {portions_delivered} delivered",
    "{batches} batches, {boxes} boxes, {stops} stops ({unserved} unserved), {trips} trips, {distance_m} m",
    "{receipts} receipts, {servings} meals served, {readings_stored} readings, {alarms} alarms",
    "{exceptions} exceptions, {plan_violations} violations of the plan",
)


def _say(out: Out, template: str, service: "Service", facts: Mapping[str, Any]) -> None:
    from api.words import gettext

    out.line(gettext(template, cli_language()).format(service=service.key, **facts))
