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
        stored_now,
        with_stored,
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
        found = played(params, endpoints_elsewhere(params, host, port, user), speed)
    else:
        with opened(data) as house:
            now_at, zone = house.clock.now(), clock_zone(house)
            params = asked(begin_at=begin_at(now_at, minutes, speed), zone=zone)
            endpoints, before = let_fleet_in(house, params), stored_now(house, params)
            count = partial(stored_now, house, params)
            found = with_stored(played(params, endpoints, speed), before, count)
    out = Out(json)
    _tell(out, found)
    out.result(found)


def _tell(out: Out, found: Mapping[str, Any]) -> None:
    from api.words import gettext

    language = cli_language()
    out.line(gettext(FLEET, language).format(**found))
    if "readings_stored" in found:
        out.line(_proof(found, language))
        out.line(gettext(STAY, language))
    for part in found["by_fault"]:
        fault = gettext(FAULTS[part["fault"]], language)
        out.line(gettext(PART, language).format(**{**part, "fault": fault}))


def _proof(found: Mapping[str, Any], language: str) -> str:
    """Whether every acknowledged reading of a sensor with an identity is in store, once."""
    from api.words import gettext

    rows = [row for row in found["by_device"] if row["identity"] != "none"]
    owed, stored = (sum(row[name] for row in rows) for name in ("readings_acknowledged", "readings_stored"))
    others = found["readings_stored"] - stored
    return gettext(PROOF, language).format(owed=owed, stored=stored, others=others)


FLEET = (
    "{devices} sensors on {connections} connections, {reconnects} of them made anew, in {took_s:g} s: "
    "{readings} readings published, {readings_acknowledged} acknowledged"
)
PROOF = (
    "of sensors whose readings have an identity: {owed} acknowledged, {stored} stored; "
    "of the others {others} stored, where a copy counts again"
)
STAY = "The sensors stay registered in this house; each is shut out with: holdchain device revoke NAME"
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
