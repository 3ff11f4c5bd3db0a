"""``holdchain clock``: the house's clock, and a rehearsal's moved on or run at another speed."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from api.cli.common import DataOption, JsonOption, Out, opened

if TYPE_CHECKING:
    from api.clock import RehearsalClock
    from api.house import House


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    group = typer.Typer(help="The clock of the house; a rehearsal's can be moved on.", no_args_is_help=True)
    group.command("show")(show)
    group.command("advance")(advance)
    group.command("speed")(speed)
    app.add_typer(group, name="clock")


def show(data: DataOption = None, json: JsonOption = False) -> None:
    """Says what the clock shows. Example: holdchain clock show"""
    with opened(data) as house:
        _say(house, house.clock.now(), json)


def advance(
    to: Annotated[
        datetime,
        typer.Argument(
            metavar="INSTANT",
            formats=["%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
            help="Without a zone on the wall clock of the house.",
        ),
    ],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Moves a rehearsal's clock on, never back. Example: holdchain clock advance 2026-11-22T16:01+08:00"""
    from api.audit import record
    from api.people import OPERATOR
    from api.words import ZONE

    with opened(data) as house:
        clock = _rehearsal(house)
        shown_at = clock.advance_to(to if to.tzinfo else to.replace(tzinfo=ZoneInfo(ZONE)))
        with house.database.begin() as session:
            record(session, OPERATOR, "clock.advance", "clock", shown_at)
        _say(house, shown_at, json)


def speed(
    factor: Annotated[
        float, typer.Argument(min=0, help="Rehearsed seconds in a real second; 0 stands still.")
    ],
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Runs a rehearsal's clock at another speed from now on. Example: holdchain clock speed 60"""
    from api.audit import record
    from api.people import OPERATOR

    with opened(data) as house:
        shown_at = _rehearsal(house).set_speed(factor)
        with house.database.begin() as session:
            record(session, OPERATOR, "clock.advance/speed", "clock", shown_at, {"speed": factor})
        _say(house, shown_at, json)


def _rehearsal(house: "House") -> "RehearsalClock":
    from api.clock import RehearsalClock
    from orders.errors import Conflict

    if not isinstance(house.clock, RehearsalClock):
        raise Conflict("not_a_rehearsal")
    return house.clock


def _say(house: "House", now_at: datetime, json: bool) -> None:
    from api.clock import RehearsalClock
    from api.words import ZONE

    clock, out = house.clock, Out(json)
    is_rehearsal = isinstance(clock, RehearsalClock)
    factor = clock.speed if isinstance(clock, RehearsalClock) else 1.0
    out.line(f"{now_at.astimezone(ZoneInfo(ZONE)).isoformat(sep=' ', timespec='seconds')}  x{factor:g}")
    out.result({"now_at": now_at.isoformat(), "rehearsal": is_rehearsal, "speed": factor})
