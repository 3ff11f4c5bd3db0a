"""``holdchain menu``: sets of several lines, and one dish for another."""

from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from api.cli.choosing import KitchenOption, MealOption, kitchen_here, meal_named, solving
from api.cli.common import DataOption, JsonOption, Out, cli_language, opened
from api.cli.menu_rules import rules_group
from api.cli.menu_said import say_plan, say_swap

if TYPE_CHECKING:
    from api.day.menus import MenuOutcome
    from api.day.menus_wish import MenuWish
    from api.house import House
    from orders.service import Meal
    from orders.sites import Kitchen

EXAMPLE_CITY = "liuzhou"
SecondsOption = Annotated[
    float | None,
    typer.Option("--time", min=1, max=3600, help="Seconds to search (default: a fixed effort)."),
]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Set menus within the nutrition targets.", no_args_is_help=True)
    group.command("plan")(plan)
    group.command("swap")(swap)
    group.add_typer(rules_group(), name="rules")
    app.add_typer(group, name="menu")


def plan(
    kitchen: KitchenOption = None,
    from_on: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First date (default: next Monday)."),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=62, help="How many dates.")] = 5,
    weeks: Annotated[
        int | None, typer.Option(min=1, max=8, help="Whole weeks from the first date, in place of --days.")
    ] = None,
    lines: Annotated[str, typer.Option(help="Lines of meals, with commas between.")] = "regular",
    pin: Annotated[
        list[str] | None,
        typer.Option(metavar="DATE=DISH", help="Keeps a dish; DATE/LINE=DISH for one line."),
    ] = None,
    standing: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="A standing rule that holds this time.")
    ] = None,
    meal: MealOption = "lunch",
    seconds: SecondsOption = None,
    seed: Annotated[int, typer.Option(help="Without --time, the same seed gives the same menus.")] = 1,
    publish: Annotated[bool, typer.Option("--publish", help="Publish the menus at once.")] = False,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Plans set menus for the service days among some dates, as drafts; exit code 1 when there can be none.

    A house without a kitchen gets the menus of the packaged example, and keeps nothing.

    Example: holdchain menu plan --weeks 4 --lines regular,soft,low-salt --time 60
    """
    out, named = Out(json), meal_named(meal)
    with ExitStack() as stack:
        house = stack.enter_context(opened(data))
        is_example = kitchen is None and _has_no_kitchen(house)
        if is_example:
            house = _example_house(stack, house)
        chosen = kitchen_here(house, kitchen)
        first_on = from_on.date() if from_on else _next_monday(house, chosen)
        dates = [first_on + timedelta(days=step) for step in range(7 * weeks if weeks else days)]
        wish = _wish(lines, pin or [], standing or [])
        _say_begin(len(dates), len(wish.lines), seconds)
        outcome = _planned(house, chosen, dates, meal=named, wish=wish, seconds=seconds, seed=seed)
        published = _published(house, outcome) if publish else False
        facts = _document(outcome) | {"published": published} | ({"standing": []} if published else {})
    say_plan(out, facts, is_example=is_example)
    kept = bool(facts["menus"]) and not is_example
    out.result({"kitchen": chosen.kitchen_id, "kept": kept, **facts})
    if facts["reasons"] or (facts["changed"] and not facts["menus"]):
        raise typer.Exit(1)


def swap(
    on: Annotated[datetime, typer.Option("--date", formats=["%Y-%m-%d"], help="Date of the menu.")],
    dish: Annotated[str, typer.Option(metavar="NAME", help="The dish that goes: its code or name.")],
    to: Annotated[
        str, typer.Option(metavar="NAME", help="The dish that comes (default: show the best).")
    ] = "",
    line: Annotated[str, typer.Option(help="On one line only (default: each line that eats it).")] = "",
    kitchen: KitchenOption = None,
    meal: MealOption = "lunch",
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Shows the three best substitutes of a dish and what each costs the balance, or swaps it; exit code 1 when
    there is none, with the dishes that come nearest and the fewest rules that clash.

    Example: holdchain menu swap --date 2026-11-30 --dish 蒸南瓜
    """
    out, named = Out(json), meal_named(meal)
    with opened(data) as house, solving():
        from api.day.menus_swap import swap_dish
        from api.day.menus_swap_document import swap_document
        from api.people import OPERATOR

        chosen = kitchen_here(house, kitchen)
        outcome = swap_dish(
            house.database,
            chosen.kitchen_id,
            on.date(),
            dish,
            actor=OPERATOR,
            now_at=house.clock.now(),
            ids=house.ids,
            line=line,
            to=to,
            meal=named,
        )
        facts = swap_document(outcome, cli_language())
    say_swap(out, facts)
    out.result({"kitchen": chosen.kitchen_id, **facts})
    if not facts["options"]:
        raise typer.Exit(1)


def _wish(lines: str, pins: list[str], standing: list[str]) -> "MenuWish":
    from api.day.menus_wish import MenuWish, Pin

    found = []
    for text in pins:
        where, equals, dish = text.partition("=")
        day, _, line = where.partition("/")
        try:
            found.append(Pin(date.fromisoformat(day), dish.strip(), line))
        except ValueError as error:
            raise typer.BadParameter(f"{text!r} is no DATE=DISH.", param_hint="--pin") from error
        if not equals or not dish.strip():
            raise typer.BadParameter(f"{text!r} is no DATE=DISH.", param_hint="--pin")
    codes = tuple(dict.fromkeys(code.strip() for code in lines.split(",") if code.strip()))
    if not codes:
        raise typer.BadParameter("names no line", param_hint="--lines")
    return MenuWish(lines=codes, pins=tuple(found), standing=frozenset(standing))


def _planned(
    house: "House",
    kitchen: "Kitchen",
    dates: list[date],
    *,
    meal: "Meal",
    wish: "MenuWish",
    seconds: float | None,
    seed: int,
) -> "MenuOutcome":
    from api.people import OPERATOR

    with solving():
        from api.day.menus import plan_weeks
        from kitchen.menu_plan import MenuParams

        return plan_weeks(
            house.database,
            kitchen.kitchen_id,
            dates,
            actor=OPERATOR,
            now_at=house.clock.now(),
            ids=house.ids,
            seed=seed,
            meal=meal,
            wish=wish,
            params=MenuParams(seconds=seconds),
        )


def _published(house: "House", outcome: "MenuOutcome") -> bool:
    from api.day.menus_publish import publish_drafts
    from api.people import OPERATOR

    with house.database.begin(lock="menus") as session:
        drafts = [draft.menu_id for draft in outcome.drafts]
        publish_drafts(session, drafts, actor=OPERATOR, now_at=house.clock.now())
    return bool(outcome.drafts)


def _document(outcome: "MenuOutcome") -> dict[str, Any]:
    from api.day.menus_documents import outcome_document

    return outcome_document(outcome, cli_language())


def _has_no_kitchen(house: "House") -> bool:
    from orders.store.sites import load_kitchens

    with house.database.read() as session:
        return not load_kitchens(session)


def _example_house(stack: ExitStack, house: "House") -> "House":
    """A house that is gone afterwards, with the packaged catalogue and example city, on the same clock."""
    from dataclasses import replace

    from api.people import OPERATOR
    from api.seed import seed_house

    folder = stack.enter_context(TemporaryDirectory(prefix="holdchain-"))
    example = replace(stack.enter_context(opened(Path(folder), founding=True)), clock=house.clock)
    now_at = house.clock.now()
    with example.database.begin() as session:
        seed_house(session, EXAMPLE_CITY, None, 0, actor=OPERATOR, now_at=now_at, ids=example.ids)
    return example


def _next_monday(house: "House", kitchen: "Kitchen") -> date:
    today = house.clock.now().astimezone(ZoneInfo(kitchen.zone)).date()
    return today + timedelta(days=7 - today.weekday())


def _say_begin(days: int, lines: int, seconds: float | None) -> None:
    """Says on stderr that work goes on, since the search is quiet and its first run compiles itself."""
    from api.words import gettext

    language = cli_language()
    words = gettext(
        "Planning {days} dates for {lines} lines; the first run takes some seconds more.", language
    )
    if seconds is not None:
        words = gettext("Planning {days} dates for {lines} lines, {seconds} seconds.", language)
    limit = f"{seconds:g}" if seconds is not None else ""
    typer.echo(words.format(days=days, lines=lines, seconds=limit), err=True)
