"""What the tests of every family's decoder share."""

import json
from datetime import UTC, datetime

from telemetry.decode import families
from telemetry.frames import Heard, Options
from telemetry.readings import Decoded

AT = datetime(2026, 11, 23, 2, 10, 20, tzinfo=UTC)


def decoded(
    family: str,
    topic: str,
    payload: object,
    *,
    at: datetime = AT,
    retained: bool = False,
    options: Options | None = None,
) -> Decoded:
    """What a frame gives: bytes as they are, anything else as JSON."""
    sent = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return families()[family].decode(Heard(topic, sent, at, retained, options or Options()))


def values(found: Decoded) -> list[tuple[str, str, float]]:
    """Probe, quantity and value, rounded to a millionth, of each reading."""
    return [(one.probe, one.quantity, round(one.value, 6)) for one in found.readings]


def ageless(found: Decoded) -> list[tuple[str, str, float]]:
    """As `values`, of readings that are judged by nobody and stand where no clock can be."""
    assert all(one.doubt == "time" and one.measured_at.year == 1970 for one in found.readings)
    return values(found)


def codes(found: Decoded) -> list[str]:
    """The kinds of the findings."""
    return [one.code for one in found.findings]
