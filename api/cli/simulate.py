"""``holdchain simulate``: sensors of every make at work, with their faults, over real MQTT."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.common import DataOption, JsonOption, Out, cli_language, opened


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("simulate")(simulate)


def simulate(
    devices: Annotated[int, typer.Option(min=1, max=100_000, help="How many sensors.")] = 20,
    minutes: Annotated[int, typer.Option(min=1, max=10_000, help="How many minutes of their time.")] = 30,
    families: Annotated[
        str, typer.Option(metavar="F,F", help="Whose payload they speak, in turn; all for every family.")
    ] = "all",
    faults: Annotated[
        str,
        typer.Option(
            metavar="NAME=RATE,...",
            help="silent, backlog, stuck, drifting-clock, duplicate, garbage, reconnect-storm; or all; "
            "a rate is a part of the sensors (0.05).",
        ),
    ] = "none",
    seed: Annotated[int, typer.Option(help="Same seed, same fleet, same faults.")] = 1,
    speed: Annotated[
        float,
        typer.Option(min=0, help="Their minutes in a real one; 0 for as fast as the broker acknowledges."),
    ] = 0.0,
    host: Annotated[str, typer.Option(help="Another broker than the house's own.")] = "",
    port: Annotated[int, typer.Option(help="Its port.")] = 1883,
    user: Annotated[
        Path | None, typer.Option(metavar="FILE", help="As whom there: one line name:secret.")
    ] = None,
    data: DataOption = None,
    json: JsonOption = False,
) -> None:
    """Plays sensors. Example: holdchain simulate --devices 500 --minutes 30 --faults all --json"""
    from functools import partial

    from api.clock import SystemClock
    from api.simulation import (
        begin_at,
        clock_zone,
        endpoints_elsewhere,
        families_asked,
        faults_asked,
        let_fleet_in,
    )
    from api.simulation import simulate as played
    from telemetry.simulate_fleet import FleetParams

    asked = partial(
        FleetParams,
        devices,
        minutes=minutes,
        families=families_asked(families),
        faults=faults_asked(faults),
        seed=seed,
    )
    if host:
        params = asked(begin_at=begin_at(SystemClock().now(), minutes, speed))
        endpoints = endpoints_elsewhere(params, host, port, user)
    else:
        with opened(data) as house:
            now_at, zone = house.clock.now(), clock_zone(house)
            params = asked(begin_at=begin_at(now_at, minutes, speed), zone=zone)
            endpoints = let_fleet_in(house, params)
    found = played(params, endpoints, speed)
    out = Out(json)
    _tell(out, found)
    out.result(found)


def _tell(out: Out, found: Mapping[str, Any]) -> None:
    from api.words import gettext

    language = cli_language()
    out.line(gettext(FLEET, language).format(**found))
    for part in found["by_fault"]:
        fault = gettext(FAULTS[part["fault"]], language)
        out.line(gettext(PART, language).format(**{**part, "fault": fault}))


FLEET = (
    "{devices} sensors on {connections} connections, {reconnects} of them made anew, in {took_s:g} s: "
    "{readings} readings published, {readings_acknowledged} acknowledged"
)
PART = (
    "{fault}: {devices} sensors, {messages} messages, {acknowledged} acknowledged; {readings} readings, "
    "{readings_acknowledged} acknowledged; {copies} copies, {garbage} garbage"
)
FAULTS = {
    "none": "sound",
    "silent": "silent",
    "backlog": "backlog",
    "stuck": "stuck",
    "drifting-clock": "drifting clock",
    "duplicate": "duplicate",
    "garbage": "garbage",
    "reconnect-storm": "reconnect storm",
}
