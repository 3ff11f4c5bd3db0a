"""``holdchain bench telemetry``: the sensors' path measured, beside the plainest pipeline there is."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from api.cli.common import JsonOption, Out, cli_language


def telemetry(
    quick: Annotated[bool, typer.Option("--quick", help="A tiny run that only shows that it works.")] = False,
    messages: Annotated[
        int | None, typer.Option(min=100, help="Held by the broker before the worker comes (40,000).")
    ] = None,
    storm: Annotated[
        int | None, typer.Option(min=1, max=20_000, help="Devices that connect at once (10,000).")
    ] = None,
    readings: Annotated[
        int | None, typer.Option(min=60_000, help="Among which box-days are asked for (2,000,000).")
    ] = None,
    servers: Annotated[bool, typer.Option(help="PostgreSQL and Mosquitto too, where installed.")] = True,
    seed: Annotated[int, typer.Option(help="Same seed, same day, same questions.")] = 1,
    json: JsonOption = False,
) -> None:
    """Measures the way of a reading from sensor to verdict. Example: holdchain bench telemetry --quick"""
    from dataclasses import replace

    from api.bench.telemetry import QUICK, TelemetrySize, bench_telemetry
    from api.cli.choosing import solving
    from api.logs import to_stderr

    to_stderr()
    asked = {"messages": messages, "storm_devices": storm, "box_day_readings": readings}
    wished = {name: value for name, value in asked.items() if value is not None}
    size = replace(QUICK if quick else TelemetrySize(), seed=seed, **wished)
    with solving():
        found = bench_telemetry(size, servers=servers and not quick)
    out = Out(json)
    _tell(out, found, is_tiny=quick)
    out.result(found)


def _tell(out: Out, found: Mapping[str, Any], *, is_tiny: bool) -> None:
    for part in ("problem", "machine"):
        _say(out, LINES[part], found[part])
    for drain in found["drains"]:
        for side in ("ours", "peer"):
            _say(out, LINES["drain"], {**drain, **drain[side], "side": _word(side)})
        _say(out, LINES["ratio"], drain)
    for pace in found["paces"]:
        _say(out, LINES["pace"], pace)
    for part in ("storm", "box_day"):
        _say(out, LINES[part], found[part])
    if is_tiny:
        _say(out, LINES["tiny"], {})
        return
    for goal in found["to_reach"]:
        words = {"what": _word(goal["what"]), "judged": _word("reached" if goal["reached"] else "missed")}
        _say(out, LINES["goal"], goal | words)


def _say(out: Out, template: str, facts: Mapping[str, Any]) -> None:
    from api.words import gettext

    out.line(gettext(template, cli_language()).format(**facts))


def _word(code: str) -> str:
    from api.words import gettext

    return gettext(WORDS[code], cli_language())


LINES = {
    "problem": "{devices} sensors, {boxes} of them in boxes judged meanwhile, seed {seed}, digest {digest}",
    "machine": "{cores} cores, load {load:.1f} before, Python {python}",
    "drain": "{per_s:7d} messages/s {readings_per_s:8d} readings/s  {database}, broker {broker}, "
    "{readings_each} a message: {side}",
    "ratio": "ratio {ratio} (messages a second); published before at {published_per_s:g} a second",
    "pace": "{per_s:g} messages/s, broker {broker}: durable after {p50_ms:g} ms, p99 {p99_ms:g} ms",
    "storm": "{devices} sensors at once: acknowledged in {acknowledged_s:g} s, stored in {stored_s:g} s",
    "box_day": "{readings} readings sealed at {bytes_a_reading:g} B each, a box-hour at "
    "{box_hour_bytes_a_reading:g} B; a box-day in {p50_ms:g} ms, p95 {p95_ms:g} ms",
    "tiny": "It works. A run this small says nothing of the figures to reach: leave out --quick for those.",
    "goal": "{value:g} of {limit:g}: {what}, {judged}",
}
WORDS = {
    "ours": "Holdchain",
    "peer": "paho alone, not judged",
    "drain_sqlite": "messages a second, SQLite",
    "bulk_sqlite": "readings a second in messages of 60, SQLite",
    "drain_postgres": "messages a second, PostgreSQL",
    "bulk_postgres": "readings a second in messages of 60, PostgreSQL",
    "p99_always": "ms from publishing to durable, 500 a second, each forced to the broker's disk",
    "p99_10s": "ms from publishing to durable, 2,000 a second",
    "storm_s": "seconds until the messages of all sensors that connect at once are stored",
    "sealed_bytes": "bytes a sealed reading of a box-hour",
    "box_day_ms": "ms for a box-day",
    "reached": "reached",
    "missed": "missed",
}
