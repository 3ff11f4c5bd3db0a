"""Tests of ``sensors.toml``: read strictly, each fault named with its place."""

from pathlib import Path

import pytest

from api.errors import in_words
from api.sensors import read_sensors, sensors_from
from orders.errors import BadInput
from telemetry.decode import families
from telemetry.sensors import Reader
from tests.telemetry.decoding import AT

OUR_BROKER = '[[broker]]\nid = "embedded"\nkind = "embedded"\n'
TASMOTA = OUR_BROKER + '[[family]]\nfamily = "tasmota"\ntopics = ["tele/{device}/SENSOR"]\n'


def test_the_packaged_file_hears_families_on_their_usual_topics(tmp_path: Path) -> None:
    """
    Tests that each is heard on its usual topics, and our own devices as they were.
    """
    sensors = read_sensors(tmp_path)
    for entry in sensors.families:
        assert set(entry.filters) == set(families()[entry.family].topic_filters), entry.family
    assert sensors.rights("holdchain", "BOX-1") == ("holdchain/v1/BOX-1/readings",)
    assert sensors.rights("zigbee2mqtt", "fridge") == ("zigbee2mqtt/fridge",)
    (reading,) = Reader(sensors).read("zigbee2mqtt/kitchen/fridge", b'{"temperature": 4.5}', AT).readings
    assert reading.device_id == "kitchen:fridge"
    bridge = Reader(sensors).read("zigbee2mqtt/bridge/logging", b'{"level": "info", "message": "x"}', AT)
    assert (bridge.readings, bridge.findings) == ((), ())
    assert sensors.rights("zigbee2mqtt", "bridge-1", is_bridge=True) == ("zigbee2mqtt/#",)


def test_a_house_has_its_own_file(tmp_path: Path) -> None:
    """
    Tests that the data folder's file is read instead of the packaged one.
    """
    (tmp_path / "sensors.toml").write_text(
        TASMOTA
        + 'zone = "Europe/Berlin"\ntemperature_unit = "F"\n'
        + '[[broker]]\nid = "far"\nkind = "mqtt"\nhost = "10.0.0.1"\nusername = "u"\npassword_file = "p"\n'
        + '[[family]]\nfamily = "tts"\nbroker = "far"\ntopics = ["v3/+/devices/+/up"]\n'
        + 'profiles = { "em300-th" = "milesight-em300" }\n'
        + '[[device]]\nfamily = "tasmota"\nheard = "cold"\ndevice = "COLD-1"\n'
        + 'probes."0301A279D4D4" = { name = "air", senses = "air" }\n',
        "utf-8",
    )
    sensors = read_sensors(tmp_path)
    assert sensors.filters() == ["tele/+/SENSOR"]
    tasmota, tts = sensors.families
    assert (tasmota.options.zone, tasmota.options.temperature_unit) == ("Europe/Berlin", "F")
    assert (tts.broker_id, dict(tts.options.profiles)) == ("far", {"em300-th": "milesight-em300"})
    (device,) = sensors.devices
    assert (device.device_id, device.probes["0301A279D4D4"].senses) == ("COLD-1", "air")
    assert [(one.host, one.port, one.username) for one in sensors.brokers] == [
        ("", 1883, ""),
        ("10.0.0.1", 1883, "u"),
    ]


def test_a_device_is_named_as_people_call_it() -> None:
    """
    Tests that the name in the file is the one on the screen of the bridge, slashes and Chinese included.
    """
    sensors = sensors_from(
        '[[broker]]\nid = "embedded"\nkind = "embedded"\n'
        '[[family]]\nfamily = "zigbee2mqtt"\ntopics = ["zigbee2mqtt/+/{device}"]\n'
        '[[device]]\nfamily = "zigbee2mqtt"\nheard = "厨房/冷库"\ndevice = "COLD-1"\n'
    )
    (reading,) = Reader(sensors).read("zigbee2mqtt/厨房/冷库", b'{"temperature": 4.5}', AT).readings
    assert (reading.device_id, reading.value) == ("COLD-1", 4.5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("schema = 2", "schema must be one of: 1; it is 2"),
        ("[[famly]]", "There is no section “famly”; the nearest is “family”"),
        (TASMOTA + "topic = 1", "family[0] has no key “topic”; the nearest is “topics”"),
        (
            TASMOTA.replace("tasmota", "tasmoto"),
            "family[0].family: “tasmoto” is not known; the nearest is “tasmota”",
        ),
        (TASMOTA.replace("tasmota", "q"), "known are: chirpstack"),
        (TASMOTA.replace("{device}/SENSOR", "#/a"), "family[0].topics[0]: “tele/#/a” is no topic filter"),
        (TASMOTA.replace("{device}", "+"), "must have {device} once"),
        (TASMOTA + 'broker = "far"', "family[0].broker: “far” is not known; known are: embedded"),
        (TASMOTA + 'zone = "Asia"', "family[0].zone: there is no time zone “Asia”"),
        (TASMOTA + 'temperature_unit = "R"', "family[0].temperature_unit must be one of: C, F, K"),
        (TASMOTA + TASMOTA.removeprefix(OUR_BROKER).replace("tasmota", "esphome"), "family[1].topics"),
        ('[[broker]]\nid = "far"\nkind = "mqtt"', "broker.far.host is missing"),
        ('[[broker]]\nid = "far"\nkind = "amqp"', "broker.far.kind must be one of: embedded, mqtt"),
        ('[[device]]\nfamily = "tasmota"\nheard = "a;b"\ndevice = "c"', "“a;b” cannot be a name"),
        (
            '[[device]]\nfamily = "tasmota"\nheard = "a"\ndevice = "c"\nprobes.x = { senses = "cor" }',
            "device[0].probes.x.senses must be one of: core, dummy, air, wall, ambient; it is cor",
        ),
        ("x =", "sensors.toml"),
    ],
)
def test_a_slip_is_told_with_its_place_and_what_is_known(text: str, words: str) -> None:
    """
    Tests the sentence that the operator reads.
    """
    with pytest.raises(BadInput) as refused:
        sensors_from(text)
    assert refused.value.code == "sensors_file_faulty"
    assert words in in_words(refused.value, "en")
    assert in_words(refused.value, "zh_CN").startswith("sensors.toml 无法使用")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    """
    Tests bytes that are no UTF-8.
    """
    (tmp_path / "sensors.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(BadInput) as refused:
        read_sensors(tmp_path)
    assert refused.value.code == "sensors_file_unreadable"
