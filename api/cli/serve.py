"""``holdchain serve``: the pages, the broker and the ingest worker; ``holdchain ingest``: a worker alone."""

import os
from typing import Annotated

import typer

from api.cli.common import DataOption, opened


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("serve")(serve)


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on (default: this machine only).")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port of the pages (default: 8000).")] = None,
    mqtt_port: Annotated[int | None, typer.Option(help="Port for devices (default: 1883).")] = None,
    broker: Annotated[bool, typer.Option(help="Run the embedded broker.")] = True,
    ingest: Annotated[bool, typer.Option(help="Run the ingest worker.")] = True,
    seed: Annotated[int | None, typer.Option(help="Makes row ids repeatable, for rehearsals.")] = None,
    rehearsal: Annotated[
        str, typer.Option(metavar="INSTANT", help="Start a rehearsed clock at this instant, once.")
    ] = "",
    speed: Annotated[float, typer.Option(min=0, help="Rehearsed seconds in a real second.")] = 1.0,
    data: DataOption = None,
) -> None:
    """Serves the pages until stopped. Example: holdchain serve --port 8000"""
    for name, value in (("HOST", host), ("PORT", port), ("MQTT_PORT", mqtt_port), ("DATA", data)):
        if value is not None:
            os.environ[f"HOLDCHAIN_{name}"] = str(value)
    if rehearsal:
        _rehearse(rehearsal, speed)

    from api.serving import ServeParams
    from api.web.server import run

    with opened(data, seed=seed) as house:
        run(house, ServeParams(with_broker=broker, with_ingest=ingest and broker))


def _rehearse(instant: str, speed: float) -> None:
    from datetime import datetime

    from api.clock import RehearsalClock
    from api.settings import load_settings

    try:
        epoch_at = datetime.fromisoformat(instant)
    except ValueError as error:
        raise typer.BadParameter(
            "an instant such as 2026-11-22T08:00+08:00", param_hint="--rehearsal"
        ) from error
    if epoch_at.tzinfo is None:
        raise typer.BadParameter("the instant needs its zone: +08:00", param_hint="--rehearsal")
    RehearsalClock.start(load_settings().data / "clock.json", epoch_at, speed)
