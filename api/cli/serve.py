"""``holdchain serve``: the pages, the broker and the ingest worker; ``holdchain ingest``: a worker alone."""

import os
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.common import DataOption, JsonOption, Out, cli_language, opened

if TYPE_CHECKING:
    from api.house import House


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("serve")(serve)
    app.command("ingest")(ingest)


def serve(
    host: Annotated[
        str | None, typer.Option(help="Address of the pages (default: this machine only).")
    ] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port of the pages (default: 8000).")
    ] = None,
    mqtt_host: Annotated[
        str | None, typer.Option(help="Address for devices, plain MQTT (default: this machine only).")
    ] = None,
    mqtt_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port for devices (default: 1883).")
    ] = None,
    broker: Annotated[bool, typer.Option(help="Run the embedded broker.")] = True,
    with_ingest: Annotated[bool, typer.Option("--ingest/--no-ingest", help="Run the ingest workers.")] = True,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Divide the devices among so many ingest workers (default: 1)."),
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Makes row ids repeatable, for rehearsals.")] = None,
    rehearsal: Annotated[
        str, typer.Option(metavar="INSTANT", help="Start a rehearsed clock at this instant, once.")
    ] = "",
    speed: Annotated[float, typer.Option(min=0, help="Rehearsed seconds in a real second.")] = 1.0,
    data: DataOption = None,
) -> None:
    """Serves the pages until stopped. Example: holdchain serve --port 8000"""
    listening = {"HOST": host, "PORT": port, "MQTT_HOST": mqtt_host, "MQTT_PORT": mqtt_port}
    given = {**listening, "WORKERS": workers, "DATA": data}
    for name, value in given.items():
        if value is not None:
            os.environ[f"HOLDCHAIN_{name}"] = str(value)
    if rehearsal:
        _rehearse(rehearsal, speed)

    from api.server import run
    from api.serving import ServeParams

    with opened(data, seed=seed, founding=True) as house:
        run(
            house,
            ServeParams(with_broker=broker, with_ingest=with_ingest and broker),
            partial(_say_where, house),
        )


def ingest(
    partition: Annotated[
        str, typer.Option(metavar="i/N", help="Its share of the devices: 1/N to N/N of the broker's N.")
    ] = "",
    with_parent: Annotated[
        bool, typer.Option("--with-parent", help="Stop when the process that started this one is gone.")
    ] = False,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Keeps what devices send until stopped; serve runs its own. Example: holdchain ingest --partition 1/2"""
    from api.worker import run_worker
    from telemetry.partitions import MOST_WORKERS, partition_asked

    try:
        asked = partition_asked(partition) if partition else None
    except ValueError as error:
        hint = f"1/N to N/N, with N from 1 to {MOST_WORKERS}: --partition 1/2"
        raise typer.BadParameter(hint, param_hint="--partition") from error
    with opened(data, upgrade=False) as house:
        tally = run_worker(house, asked, with_parent=with_parent)
    Out(json).result({"frames": tally.frames, "stored": tally.stored, "acknowledged": tally.acknowledged})


def _say_where(house: "House", mqtt_port: int | None) -> None:
    """Tells whoever started it where to go, and how to sign in where nobody can yet."""
    from api.served import served_address
    from api.store.users import load_users
    from api.words import gettext

    settings, language, out = house.settings, cli_language(), Out(as_json=True)
    words = gettext("Pages on {address}, data in {folder}. Ctrl-C stops.", language)
    out.line(words.format(address=served_address(settings), folder=settings.data.resolve()))
    if mqtt_port is not None:
        words = gettext("Devices on {host}:{port}.", language)
        out.line(words.format(host=settings.mqtt_host, port=mqtt_port))
    with house.database.read() as session:
        is_empty = not load_users(session)
    if is_empty:
        words = "Nobody can sign in yet: holdchain user add NAME --role admin, then holdchain user link NAME."
        out.line(gettext(words, language))


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
