"""``holdchain demo``: one day of the example city, rehearsed from the clerk's files to the bureau's bill."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.common import JsonOption, Out, cli_language


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("demo")(demo)


def demo(
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Serve the pages afterwards.")] = True,
    orders: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="Your own order book; diners beside it are taken too."
        ),
    ] = None,
    date: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="Date of the lunch (default: the order book's, or 2026-11-23)."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same numbers.")] = 1,
    speed: Annotated[
        float, typer.Option(min=1, help="Rehearsed seconds in a real second, at most.")
    ] = 1200.0,
    out: Annotated[Path | None, typer.Option(file_okay=False, help="Folder for the papers.")] = None,
    port: Annotated[int, typer.Option(help="Port of the pages afterwards.")] = 8000,
    json: JsonOption = False,
) -> None:
    """Plays a whole service day, then serves its pages. Example: holdchain demo --no-serve --json --seed 7"""
    from api.demo.main import DemoAsked, play

    asked = DemoAsked(
        service_on=date.date() if date else None,
        orders=orders,
        seed=seed,
        speed=speed,
        out=out,
        port=port if serve else 0,
        stay=serve,
        language=cli_language(),
    )
    voice = Out(json)
    play(asked, voice.line, voice.result)
