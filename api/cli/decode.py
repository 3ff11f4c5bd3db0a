"""``holdchain decode``: what one frame of a sensor gives, without a broker and without a house."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.common import JsonOption, Out, cli_language

if TYPE_CHECKING:
    from datetime import datetime

    from telemetry.frames import Options

LINE = ("measured_at", "device", "probe", "quantity", "value", "unit")


def register(app: typer.Typer) -> None:
    """Adds the command."""
    app.command("decode")(decode)


def decode(
    family: Annotated[str, typer.Option(metavar="F", help="Whose payload it is, for example tasmota.")],
    topic: Annotated[str, typer.Option(metavar="T", help="The topic it came on.")],
    payload_hex: Annotated[
        str | None, typer.Option(metavar="H", help="Its bytes in hexadecimal; blanks are passed over.")
    ] = None,
    payload_file: Annotated[
        Path | None, typer.Option(metavar="P", help="A file with its bytes as they came.")
    ] = None,
    received_at: Annotated[
        str, typer.Option(metavar="T", help="When it came: RFC 3339, without an offset in --zone (now).")
    ] = "",
    profile: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=FAMILY", help="LoRaWAN device profile and its payload; may be repeated."),
    ] = None,
    zone: Annotated[str, typer.Option(help="Time zone of a clock that tells local time.")] = "Asia/Shanghai",
    temperature_unit: Annotated[
        str, typer.Option(metavar="C|F|K", help="Unit of a temperature whose frame does not say it.")
    ] = "C",
    retained: Annotated[bool, typer.Option("--retained", help="The broker had kept it from before.")] = False,
    json: JsonOption = False,
) -> None:
    """Decodes one frame. Example: holdchain decode --family tasmota --topic tele/b/SENSOR --payload-file P"""
    from api.readings_document import readings_document
    from api.words import say
    from telemetry.decode import families
    from telemetry.frames import Heard

    options = _options(zone, temperature_unit, profile or [])
    known = families()[_family(family)]
    payload = _payload(payload_hex, payload_file)
    found = known.decode(Heard(topic, payload, _instant(received_at, options), retained, options))
    rows = readings_document(found.readings)
    out = Out(json)
    for row in rows:
        out.line("  ".join(str(row[name]) for name in LINE))
    for finding in found.findings:
        out.line(say(finding, cli_language()))
    findings = [{"kind": one.code, "detail": str(one.params.get("detail", ""))} for one in found.findings]
    out.result({"readings": rows, "findings": findings})


def _family(name: str) -> str:
    from orders.errors import BadInput
    from telemetry.decode import families

    if name not in families():
        raise BadInput("device_family_unknown", family=name, known=", ".join(families()))
    return name


def _payload(text: str | None, file: Path | None) -> bytes:
    from orders.errors import BadInput

    if (text is None) == (file is None):
        raise typer.BadParameter("one of --payload-hex and --payload-file")
    if file is not None:
        try:
            return file.read_bytes()
        except OSError as error:
            raise BadInput("payload_file_unreadable", file=str(file), why=str(error.strerror)) from error
    try:
        return bytes.fromhex((text or "").strip().removeprefix("0x"))
    except ValueError as error:
        raise BadInput("payload_hex_unreadable", text=ascii(text)[:60]) from error


def _instant(text: str, options: "Options") -> "datetime":
    from api.clock import SystemClock
    from orders.errors import BadInput
    from telemetry.frames import iso_instant

    at = iso_instant(text, options.zone) if text else SystemClock().now()
    if at is None:
        raise BadInput("moment_unreadable", text=ascii(text)[:60])
    return at


def _options(zone: str, unit: str, profiles: list[str]) -> "Options":
    from orders.errors import BadInput
    from telemetry.frames import TEMPERATURE_UNITS, Options, is_zone

    if not is_zone(zone):
        raise BadInput("zone_unknown", zone=ascii(zone))
    known_unit = next((one for one in TEMPERATURE_UNITS if one == unit), None)
    if known_unit is None:
        raise BadInput("temperature_unit_unknown", unit=ascii(unit), known=", ".join(TEMPERATURE_UNITS))
    pairs = [one.rpartition("=") for one in profiles]
    if not all(name for name, _, _ in pairs):
        raise typer.BadParameter("NAME=FAMILY, for example em300-th=milesight-em300", param_hint="--profile")
    return Options(zone, known_unit, {name: _family(family) for name, _, family in pairs})
