"""Tests of ``holdchain decode``: one frame, no house, no broker, no entry in any file."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from telemetry.decode import families
from tests.api.cli.in_process import run
from tests.telemetry.test_decode_families import examples
from tools.check_docs import ROOT

SCHEMA = json.loads((ROOT / "docs" / "schemas" / "decode.json").read_text("utf-8"))
AT = "2026-11-23T10:10:20+08:00"


def decoded(folder: Path, *line: str) -> dict[str, object]:
    """The document of a command that is done."""
    done = run(folder, "decode", *line, "--json")
    assert done.returncode == 0, done.stderr
    document: dict[str, object] = json.loads(done.stdout)
    jsonschema_rs.validate(SCHEMA, document)
    return document


def test_every_family_is_decoded_without_any_file(tmp_path: Path) -> None:
    """
    Tests the first example of each family, given as a file and in hexadecimal.
    """
    for family in families():
        topic, payload = examples(family)[0]
        line = ("--family", family, "--topic", topic, "--received-at", AT)
        found = decoded(tmp_path, *line, "--payload-hex", payload.hex(" "))
        assert found["readings"] and found["findings"] == []
    (tmp_path / "frame").write_bytes(payload)
    assert found == decoded(tmp_path, *line, "--payload-file", str(tmp_path / "frame"))
    assert not list(tmp_path.glob("*.sqlite3"))


def test_the_document_has_what_a_reading_is(tmp_path: Path) -> None:
    """
    Tests every key, with a finding beside the reading.
    """
    frame = {
        "Time": "2026-11-23T10:10:00",
        "DS18B20": {"Temperature": 41.0, "Humidity": None},
        "TempUnit": "F",
    }
    line = ("--topic", "tele/cold-1/SENSOR", "--payload-hex", json.dumps(frame).encode().hex())
    document = decoded(tmp_path, "--family", "tasmota", *line, "--received-at", AT)
    assert document == {
        "schema": 1,
        "readings": [
            {
                "device": "cold-1",
                "probe": "DS18B20",
                "senses": None,
                "quantity": "temperature",
                "value": 5.0,
                "unit": "C",
                "measured_at": "2026-11-23T02:10:00Z",
                "sequence": None,
                "backfill": False,
            }
        ],
        "findings": [{"kind": "value_missing", "detail": "None"}],
    }


def test_options_say_what_a_frame_does_not(tmp_path: Path) -> None:
    """
    Tests unit, zone, profile and a frame that the broker had kept.
    """
    topic = "shellies/ht/sensor/temperature"
    line = ("--family", "shelly-gen1", "--topic", topic, "--payload-hex", b"41".hex())
    (reading,) = decoded(tmp_path, *line, "--temperature-unit", "F")["readings"]
    assert reading["value"] == 5.0
    assert [one["kind"] for one in decoded(tmp_path, *line, "--retained")["findings"]] == ["frame_retained"]
    frame = b'{"Time":"2026-11-23T03:10:00","SI7021":{"Temperature":5.0}}'.hex()
    line = ("--family", "tasmota", "--topic", "tele/x/SENSOR", "--payload-hex", frame)
    (reading,) = decoded(tmp_path, *line, "--zone", "Europe/Berlin", "--received-at", AT)["readings"]
    assert reading["measured_at"] == "2026-11-23T02:10:00Z"
    topic, payload = examples("tts")[1]
    line = ("--family", "tts", "--topic", topic, "--payload-hex", payload.hex())
    found = decoded(tmp_path, *line, "--profile", "em300-th=milesight-em300", "--received-at", AT)
    assert {one["quantity"] for one in found["readings"]} >= {"temperature", "humidity"}


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("--family tasmoto --topic T --payload-hex 00", "device_family_unknown", "zigbee2mqtt"),
        ("--family tts --topic T --payload-hex 00 --profile a=b", "device_family_unknown", "milesight-em300"),
        ("--family tts --topic T --payload-hex 0g", "payload_hex_unreadable", "0g"),
        ("--family tts --topic T --payload-file /no/such", "payload_file_unreadable", "/no/such"),
        ("--family tts --topic T --payload-hex 00 --received-at noon", "moment_unreadable", "noon"),
        ("--family tts --topic T --payload-hex 00 --zone Asia", "zone_unknown", "Asia"),
        (
            "--family tts --topic T --payload-hex 00 --temperature-unit R",
            "temperature_unit_unknown",
            "C, F, K",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(
    tmp_path: Path, line: str, code: str, words: str
) -> None:
    """
    Tests that the sentence names what was wrong, and the families that there are.
    """
    done = run(tmp_path, "decode", *line.split(), "--json")
    assert done.returncode == 1
    assert json.loads(done.stdout)["refused"]["code"] == code
    assert words in done.stderr


@pytest.mark.parametrize(
    "line",
    ["", "--payload-hex 00 --payload-file F", "--payload-hex 00 --profile milesight-em300"],
)
def test_wrong_usage_is_told(tmp_path: Path, line: str) -> None:
    """
    Tests no payload, two, and a profile without its name.
    """
    assert run(tmp_path, "decode", "--family", "tts", "--topic", "T", *line.split()).returncode == 2


def test_people_read_lines(tmp_path: Path) -> None:
    """
    Tests readings and findings in words without ``--json``.
    """
    done = run(
        tmp_path, "decode", "--family", "esphome", "--topic", "b/sensor/t1/state", "--payload-hex", "35"
    )
    assert done.returncode == 0
    assert "t1" in done.stdout and "{" not in done.stdout
