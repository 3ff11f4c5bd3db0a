"""``holdchain db seed``: a packaged city in an empty house."""

from datetime import datetime
from typing import Annotated

import typer

from api.cli.common import DataOption, JsonOption, Out, cli_language, opened

DATE_FORMATS = ["%Y-%m-%d"]

LISTED = "Listed: {workers} people, {probes} probes, {fridges} fridges, {suppliers} suppliers"


def seed(
    city: Annotated[str, typer.Option(help="A city under config/examples.")] = "liuzhou",
    from_on: Annotated[
        datetime | None,
        typer.Option("--from", formats=DATE_FORMATS, help="First date with a menu (default: today)."),
    ] = None,
    days: Annotated[int, typer.Option(min=0, max=366, help="How many dates get a menu.")] = 35,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """
    Fills the house with the packaged foods, dishes and rules, and a city's kitchens with people, and menus.

    Example: holdchain db seed --city liuzhou --from 2026-11-23
    """
    from api.checks.desk import CheckDesk
    from api.checks.watch_file import read_watch
    from api.checks.watching import watch_first
    from api.city_files import city_suppliers
    from api.people import OPERATOR
    from api.seed import city_folder, seed_house
    from api.stock.desk import StockDesk, need_kitchen
    from api.stock.suppliers import suppliers_first
    from api.words import gettext
    from kitchen.store.catalogue import load_foods

    with opened(data, founding=True) as house, house.database.begin(lock="db/seed") as session:
        seeded = seed_house(
            session,
            city,
            from_on.date() if from_on else None,
            days,
            actor=OPERATOR,
            now_at=house.clock.now(),
            ids=house.ids,
        )
        watched = dict.fromkeys(("workers", "probes", "fridges", "suppliers"), 0)
        groups = {one.group for one in load_foods(session).values()}
        for code in seeded.kitchens:
            desk = CheckDesk(need_kitchen(session, code), OPERATOR, house.clock.now(), house.ids)
            store = StockDesk(desk.kitchen, OPERATOR, desk.now_at, house.ids)
            new = (
                *watch_first(session, desk, *read_watch(city_folder(city) / "kitchen.toml", code)),
                suppliers_first(session, store, city_suppliers(city_folder(city), groups)),
            )
            watched = {name: known + more for (name, known), more in zip(watched.items(), new, strict=True)}
    out, language = Out(json), cli_language()
    line = gettext("{foods} foods, {dishes} dishes; kitchens {kitchens}; {menus} menus published", language)
    facts = {"foods": seeded.foods, "dishes": seeded.dishes, "menus": seeded.menus}
    out.line(line.format(kitchens=", ".join(seeded.kitchens), **facts))
    if any(watched.values()):
        line = gettext(
            "Listed: {workers} people, {probes} probes, {fridges} fridges, {suppliers} suppliers", language
        )
        out.line(line.format(**watched))
    out.result({"city": city, "kitchens": list(seeded.kitchens), **facts, **watched})
