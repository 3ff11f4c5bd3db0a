"""``holdchain menu``: a week's set menus."""

from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from api.cli.choosing import KitchenOption, MealOption, kitchen_here, meal_named, solving
from api.cli.common import DataOption, JsonOption, Out, cli_language, opened

if TYPE_CHECKING:
    from api.house import House
    from orders.service import Meal
    from orders.sites import Kitchen

EXAMPLE_CITY = "liuzhou"
SHOWN = ("energy_kcal", "protein_g", "sodium_mg")


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="Set menus within the nutrition targets.", no_args_is_help=True)
    group.command("plan")(plan)
    app.add_typer(group, name="menu")


def plan(
    kitchen: KitchenOption = None,
    from_on: Annotated[
        datetime | None,
        typer.Option("--from", formats=["%Y-%m-%d"], help="First date (default: next Monday)."),
    ] = None,
    days: Annotated[int, typer.Option(min=1, max=35, help="How many dates.")] = 5,
    meal: MealOption = "lunch",
    seed: Annotated[int, typer.Option(help="Same dishes and seed, same menus.")] = 1,
    publish: Annotated[bool, typer.Option("--publish", help="Publish the menus at once.")] = False,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Plans set menus for the service days among some dates, as drafts; exit code 1 when there can be none.

    A house without a kitchen gets the menus of the packaged example, and keeps nothing.

    Example: holdchain menu plan --kitchen K1 --from 2026-11-23 --days 5
    """
    out, named = Out(json), meal_named(meal)
    with ExitStack() as stack:
        house = stack.enter_context(opened(data))
        is_example = kitchen is None and _has_no_kitchen(house)
        if is_example:
            house = _example_house(stack, house)
        chosen = kitchen_here(house, kitchen)
        first_on = from_on.date() if from_on else _next_monday(house, chosen)
        facts = _planned(house, chosen, first_on, days, meal=named, seed=seed, publish=publish)
    _print(out, facts, is_example)
    out.result({"kitchen": chosen.kitchen_id, "kept": bool(facts["menus"]) and not is_example, **facts})
    if facts["reasons"]:
        raise typer.Exit(1)


def _planned(
    house: "House", kitchen: "Kitchen", first_on: date, days: int, *, meal: "Meal", seed: int, publish: bool
) -> dict[str, Any]:
    """Plans, and publishes where that is wanted; gives the document."""
    from api.people import OPERATOR

    with solving():
        from api.day.documents import week_document
        from api.day.menus import plan_week, publish_draft

        now_at = house.clock.now()
        week = plan_week(
            house.database,
            kitchen.kitchen_id,
            first_on,
            days,
            actor=OPERATOR,
            now_at=now_at,
            ids=house.ids,
            seed=seed,
            meal=meal,
        )
        if publish:
            with house.database.begin(lock="menus") as session:
                for draft in week.drafts:
                    publish_draft(session, draft.menu_id, actor=OPERATOR, now_at=now_at)
        return {"published": publish and bool(week.drafts), **week_document(week, cli_language())}


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


def _print(out: Out, facts: dict[str, Any], is_example: bool) -> None:
    from api.words import gettext

    language = cli_language()
    name = "name_zh" if language == "zh_CN" else "name_en"
    for menu in facts["menus"]:
        dishes = " · ".join(dish[name] for dish in menu["dishes"])
        held = ", ".join(f"{one} {menu['nutrients'][one]:.0f}" for one in SHOWN if one in menu["nutrients"])
        out.line(f"{menu['service']}  {dishes}  ({held}, {menu['food_fen'] / 100:.2f})")
    for reason in (*facts["closed"], *facts["reasons"]):
        out.line(reason["words"])
    if facts["menus"]:
        line = gettext(
            "{menus} menus; food {food}, price {objective}, at least {bound} for {meals} meals a day",
            language,
        )
        amounts = {key: f"{facts[f'{key}_fen'] / 100:.2f}" for key in ("food", "objective", "bound")}
        out.line(line.format(menus=len(facts["menus"]), meals=facts["meals"], **amounts))
    if is_example:
        out.line(gettext("Example: this house has no kitchen, so nothing was kept.", language))
