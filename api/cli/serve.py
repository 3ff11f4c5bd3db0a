"""``holdchain serve``: the pages, the broker and the ingest worker; ``holdchain ingest``: a worker alone."""

import os
from typing import Annotated

import typer

from api.cli.common import DataOption, JsonOption, Out, opened


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("serve")(serve)
    app.command("ingest")(ingest)


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address to listen on (default: this machine only).")
    ] = None,
    port: Annotated[int | None, typer.Option(help="Port of the pages (default: 8000).")] = None,
    mqtt_port: Annotated[int | None, typer.Option(help="Port for devices (default: 1883).")] = None,
    broker: Annotated[bool, typer.Option(help="Run the embedded broker.")] = True,
    with_ingest: Annotated[bool, typer.Option("--ingest/--no-ingest", help="Run the ingest worker.")] = True,
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

    from api.server import run
    from api.serving import ServeParams

    with opened(data, seed=seed, founding=True) as house:
        run(house, ServeParams(with_broker=broker, with_ingest=with_ingest and broker))


def ingest(
    with_parent: Annotated[
        bool, typer.Option("--with-parent", help="Stop when the process that started this one is gone.")
    ] = False,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Keeps what devices send until stopped; serve runs one of itself. Example: holdchain ingest"""
    from api.worker import run_worker

    with opened(data, upgrade=False) as house:
        tally = run_worker(house, with_parent=with_parent)
    Out(json).result({"frames": tally.frames, "stored": tally.stored, "acknowledged": tally.acknowledged})


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
