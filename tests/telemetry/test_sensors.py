"""Tests of which family a topic speaks, and of a city's own names."""

import json

import pytest

from telemetry.decode import families
from telemetry.frames import Options
from telemetry.sensors import (
    BrokerAddress,
    DeviceName,
    FamilyTopics,
    ProbeName,
    Reader,
    Sensors,
    is_filter,
    matches,
    usual_sensors,
)
from tests.telemetry.decoding import AT, codes, values

FRAME = b'{"Time":"2026-11-23T10:10:00","DS18B20":{"Id":"0301A279D4D4","Temperature":41.0},"TempUnit":"F"}'
OURS = json.dumps({"readings": [{"t": "2026-11-23T02:10:00Z", "probe": "core", "c": 71.4}]}).encode()


@pytest.mark.parametrize(
    ("topic_filter", "topic", "expected"),
    [
        ("tele/+/SENSOR", "tele/a/SENSOR", True),
        ("tele/+/SENSOR", "tele/a/b/SENSOR", False),
        ("tele/+/SENSOR", "tele//SENSOR", True),
        ("tele/#", "tele/a/b", True),
        ("tele/#", "tele", True),
        ("#", "$SYS/a", False),
        ("+/a", "$SYS/a", False),
        ("$SYS/#", "$SYS/a", True),
        ("a/b", "a/B", False),
    ],
)
def test_filters_match_as_the_standard_says(topic_filter: str, topic: str, expected: bool) -> None:
    """
    Tests MQTT 3.1.1, 4.7.
    """
    assert matches(topic_filter, topic) is expected


def test_only_filters_are_filters() -> None:
    """
    Tests that a slip in a filter is seen.
    """
    assert all(map(is_filter, ("a", "+", "#", "a/+/b", "a/#", "+/a/#")))
    assert not any(map(is_filter, ("", "/", "a/#/b", "a+/b", "a b/c", "a/b#")))


def test_each_topic_is_read_by_its_family() -> None:
    """
    Tests that of two filters the plainer one decides, and a topic of nobody is a finding.
    """
    reader = Reader(usual_sensors())
    assert values(reader.read("tele/cold/SENSOR", FRAME, AT)) == [("0301A279D4D4", "temperature", 5.0)]
    assert values(reader.read("holdchain/v1/BOX-1/readings", OURS, AT)) == [("core", "temperature", 71.4)]
    for topic in ("nobody/knows", "holdchain/v1/BOX-1", "$SYS/sensor/a/state"):
        found = reader.read(topic, OURS, AT)
        assert (found.readings, codes(found)) == ((), ["topic_unknown"])
    overlapping = Sensors(
        (BrokerAddress("embedded"),),
        (FamilyTopics("esphome", ("+/+/readings",)), FamilyTopics("tasmota", ("tele/+/readings",))),
    )
    entry = overlapping.entry_of("tele/x/readings")
    assert entry is not None and entry.family == "tasmota"


def test_every_family_with_topics_of_its_own_is_heard() -> None:
    """
    Tests that a new family's module is enough.
    """
    heard = {entry.family for entry in usual_sensors().families}
    assert heard == {name for name, family in families().items() if family.topic_filters}


def test_a_device_has_the_names_that_the_city_gives() -> None:
    """
    Tests device, probe and what it senses; what has no name of its own keeps what was heard.
    """
    probes = {"0301A279D4D4": ProbeName("core", "core")}
    sensors = Sensors(
        (BrokerAddress("embedded"),),
        (FamilyTopics("tasmota", ("tele/{device}/SENSOR",)),),
        (DeviceName("tasmota", "cold", "COLD-ROOM-1", probes),),
    )
    (reading,) = Reader(sensors).read("tele/cold/SENSOR", FRAME, AT).readings
    assert (reading.device_id, reading.probe, reading.senses) == ("COLD-ROOM-1", "core", "core")
    other = FRAME.replace(b"0301A279D4D4", b"0301A279EA92")
    (reading,) = Reader(sensors).read("tele/cold/SENSOR", other, AT).readings
    assert (reading.device_id, reading.probe, reading.senses) == ("COLD-ROOM-1", "0301A279EA92", None)
    (reading,) = Reader(sensors).read("tele/warm/SENSOR", FRAME, AT).readings
    assert reading.device_id == "warm"


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("zigbee2mqtt/BOX-0001", b'{"temperature": 71.0}'),
        ("BOX-0001/sensor/core_temperature/state", b"71.0"),
    ],
)
def test_no_family_speaks_for_a_device_of_another(topic: str, payload: bytes) -> None:
    """
    Tests that a bridge gives no reading of our box, that unregistered devices are heard as before, and that
    the city's own naming of a device stands.
    """
    reader = Reader(usual_sensors())
    assert len(reader.read(topic, payload, AT).readings) == 1
    reader.know({"BOX-0001": "holdchain", "other": "milesight-em300"})
    found = reader.read(topic, payload, AT)
    assert (found.readings, codes(found)) == ((), ["device_mismatch"])
    assert found.findings[0].params["detail"] == "'BOX-0001'"
    assert len(reader.read(topic.replace("BOX-0001", "fridge"), payload, AT).readings) == 1
    assert len(reader.read(topic.replace("BOX-0001", "other"), payload, AT).readings) == 1
    assert len(reader.read("holdchain/v1/BOX-0001/readings", OURS, AT).readings) == 1
    for heard, expected in (("BOX-0001", ["BOX-0001"]), ("another", [])):
        names = tuple(DeviceName(one, heard, "BOX-0001") for one in ("zigbee2mqtt", "esphome"))
        named = Reader(Sensors(usual_sensors().brokers, usual_sensors().families, names))
        named.know({"BOX-0001": "holdchain"})
        assert [one.device_id for one in named.read(topic, payload, AT).readings] == expected


def test_brokers_have_topics_of_their_own() -> None:
    """
    Tests that a topic heard at one broker is not another's, and options go with the entry.
    """
    fahrenheit = FamilyTopics(
        "shelly-gen1",
        ("shellies/+/sensor/+",),
        broker_id="far",
        options=Options(temperature_unit="F"),
    )
    sensors = Sensors((BrokerAddress("embedded"), BrokerAddress("far", "10.0.0.1")), (fahrenheit,))
    assert (sensors.filters(), sensors.filters("far")) == ([], ["shellies/+/sensor/+"])
    topic, reader = "shellies/ht/sensor/temperature", Reader(sensors)
    assert codes(reader.read(topic, b"41", AT)) == ["topic_unknown"]
    assert values(reader.read(topic, b"41", AT, broker_id="far")) == [("device", "temperature", 5.0)]
    assert codes(reader.read(topic, b"41", AT, broker_id="far", is_retained=True)) == ["frame_retained"]


def test_a_device_may_publish_where_its_own_id_stands() -> None:
    """
    Tests rights from topics, from ``publish``, and none for a family that is heard elsewhere.
    """
    sensors = Sensors(
        (BrokerAddress("embedded"),),
        (
            FamilyTopics("holdchain", ("holdchain/v1/{device}/readings",)),
            FamilyTopics("tasmota", ("tele/{device}/SENSOR",), ("tele/{device}/#", "stat/{device}/#")),
            FamilyTopics("tts", ("v3/+/devices/+/up",), broker_id="far"),
            FamilyTopics("zigbee2mqtt", ("zigbee2mqtt/{device}",), bridge=("zigbee2mqtt/#",)),
        ),
    )
    assert sensors.rights("holdchain", "BOX-1") == ("holdchain/v1/BOX-1/readings",)
    assert sensors.rights("tasmota", "cold") == ("tele/cold/#", "stat/cold/#")
    assert sensors.rights("zigbee2mqtt", "fridge") == ("zigbee2mqtt/fridge",)
    assert sensors.rights("zigbee2mqtt", "bridge-1", is_bridge=True) == ("zigbee2mqtt/#",)
    assert sensors.rights("tasmota", "cold", is_bridge=True) == ()
    assert sensors.rights("tts", "x") == sensors.rights("esphome", "x") == ()
    assert [sensors.is_taken(name) for name in ("tele", "holdchain", "v1", "BOX-1")] == [
        True,
        True,
        False,
        False,
    ]
