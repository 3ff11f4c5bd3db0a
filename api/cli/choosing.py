"""Which service a command is about, and what a command that needs a solver does without one."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.common import opened
from orders.codes import Coded
from orders.errors import BadInput, Conflict, MealError, NotFound
from orders.service import MEALS, Meal, Service

if TYPE_CHECKING:
    from api.house import House
    from orders.sites import Kitchen

KitchenOption = Annotated[
    str | None, typer.Option(metavar="CODE", help="Need not be given where there is one.")
]
DateOption = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="Date of the meal (default: the next one that is not over)."),
]
MealOption = Annotated[str, typer.Option(help="breakfast, lunch or dinner.")]


@contextmanager
def solving() -> Iterator[None]:
    """
    Around whatever needs a solver: without the library the command is refused.

    Raises
    ------
    MealError
        With code ``library_missing``.
    """
    try:
        yield
    except ImportError as error:
        raise MealError("library_missing", library=error.name or str(error)) from error


def meal_named(meal: str) -> Meal:
    """The meal of an option's text; anything else is wrong usage."""
    for known in MEALS:
        if known == meal:
            return known
    raise typer.BadParameter(f"one of {', '.join(MEALS)}", param_hint="--meal")


def kitchen_here(house: "House", wanted: str | None) -> "Kitchen":
    """
    The kitchen that a command is about: the one named, else the only one.

    Raises
    ------
    BadInput
        When there is none, several, or not this one.
    """
    from orders.store.sites import load_kitchens

    with house.database.read() as session:
        known = {kitchen.kitchen_id: kitchen for kitchen in load_kitchens(session)}
    if wanted is None and len(known) == 1:
        return next(iter(known.values()))
    if wanted in known:
        return known[str(wanted)]
    code = "import_which_kitchen" if known and wanted is None else "import_no_kitchen"
    raise BadInput(code, kitchen=wanted or "K1", known="、".join(known) or "-")


def service_here(house: "House", kitchen: str | None, on: datetime | None, meal: str) -> Service:
    """The service that a command's options name; without a date the next meal that is not over."""
    found, named = kitchen_here(house, kitchen), meal_named(meal)
    if on is not None:
        return Service(found.kitchen_id, on.date(), named, found.zone)
    return next_service(house, found, named)


def today_here(house: "House", kitchen: str | None, meal: str) -> Service:
    """A meal of today by the kitchen's wall clock, over or not."""
    found = kitchen_here(house, kitchen)
    any_on = Service(found.kitchen_id, date.min, meal_named(meal), found.zone)
    return replace(any_on, service_on=any_on.local(house.clock.now()).date())


@contextmanager
def service_opened(
    data: Path | None, kitchen: str | None, on: datetime | None, meal: str
) -> Iterator[tuple["House", Service]]:
    """The house in a folder, and the service that a command's options name in it."""
    with opened(data) as house:
        service = service_here(house, kitchen, on, meal)
        try:
            yield house, service
        except NotFound as refusal:
            if refusal.params != {"kind": "production", "ref": service.key}:
                raise
            step = next_step(house, service)
            raise Conflict(step.code, **step.params) from refusal


def next_step(house: "House", service: Service) -> Coded:
    """What to do for a service that has no published plan yet."""
    from orders.store.orders import load_clashes
    from orders.store.services import load_close

    with house.database.read() as session:
        if load_close(session, service) is None:
            return Coded("step_close")
        waiting = len(load_clashes(session, service, open_only=True))
    return Coded("step_settle", {"count": waiting}) if waiting else Coded("step_plan")


def next_service(house: "House", kitchen: "Kitchen", meal: Meal) -> Service:
    """
    The kitchen's next service of a meal: today's until it has been served.

    Raises
    ------
    NotFound
        When the kitchen's programme is not in force, or has no day of service within two months.
    """
    from api.day.services import calendar_of, rules_of

    now_at = house.clock.now()
    service = today_here(house, kitchen.kitchen_id, meal)
    today = service.service_on
    with house.database.read() as session:
        rules = rules_of(session, service)
    ends = str(rules.settings.get("meal", {}).get(meal, {}).get("serve_to", "23:59"))
    days, calendar = rules.programme.service_days(), calendar_of(rules.programme)
    is_over = service.at_local(time.fromisoformat(ends)) < now_at
    next_on = days.next_open(today if is_over else today - timedelta(days=1), calendar)
    if next_on is None:
        raise NotFound("service", service.key)
    return Service(kitchen.kitchen_id, next_on, meal, kitchen.zone)


def diner_here(house: "House", code: str) -> str:
    """
    Row id of the diner with this number.

    Raises
    ------
    NotFound
        When nobody has it.
    """
    from orders.store.diners import load_diners

    with house.database.read() as session:
        found = load_diners(session, codes=[code])
    if not found:
        raise NotFound("diner", code)
    return next(iter(found))
