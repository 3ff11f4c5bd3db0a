"""Tests of the simulated fleet: each family's frames are read as they were meant, each fault is as named."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from telemetry.decode import families
from telemetry.frames import Heard, Options
from telemetry.readings import Decoded
from telemetry.sensors import Reader, usual_sensors
from telemetry.simulate_families import SIM_FAMILIES
from telemetry.simulate_fleet import FLEET_FAULTS, FleetParams, Sending, fleet, minutes_of

BEGIN_AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
MINUTES = 15
END_AT = BEGIN_AT + timedelta(minutes=MINUTES)
READER = Reader(usual_sensors())


def params(devices: int = 36, **faults: float) -> FleetParams:
    """A small fleet of every family with some faults."""
    named = {name: faults.get(name.replace("-", "_"), 0.0) for name in FLEET_FAULTS}
    return FleetParams(devices, BEGIN_AT, MINUTES, faults={name: r for name, r in named.items() if r})


def sent(fleet_params: FleetParams) -> dict[str, list[Sending]]:
    """What each sensor sends, by device id."""
    found: dict[str, list[Sending]] = defaultdict(list)
    for minute in minutes_of(fleet_params, fleet(fleet_params)):
        for sending in minute:
            found[sending.device_id].append(sending)
    return found


def read(sending: Sending) -> Decoded:
    """What the decoders make of a message that arrives at the end."""
    return READER.read(sending.message.topic, sending.message.payload, END_AT)


def befallen(fleet_params: FleetParams) -> list[Sending]:
    """What the one sensor that a fault befell sends."""
    (device,) = [one for one in fleet(fleet_params) if one.fault]
    return sent(fleet_params)[device.device_id]


def test_every_family_is_read_as_it_was_meant():
    """
    Tests that each message gives the readings it counts, of its device, near the food's temperature, without
    a finding.
    """
    for device_id, sendings in sent(params()).items():
        for sending in sendings:
            found = read(sending)
            assert (len(found.readings), found.findings) == (sending.message.readings_count, ())
            assert {one.device_id for one in found.readings} == {device_id}
            assert all(40 < one.value < 85 for one in found.readings if one.quantity == "temperature")


def test_what_is_called_identified_is_the_same_reading_at_any_arrival():
    """
    Tests the ground of the proof that each reading is stored once: every message of a family that claims an
    identity has its keys whenever it comes, strayed clocks too, and no other message is counted in the proof.
    """
    fleet_params, keyed = params(drifting_clock=0.3), defaultdict(set)
    sendings = sent(fleet_params)
    for device in fleet(fleet_params):
        for message in (one.message for one in sendings[device.device_id]):
            arrivals = (END_AT, END_AT + timedelta(hours=1))
            now, later = (READER.read(message.topic, message.payload, at) for at in arrivals)
            is_same = [one.key for one in now.readings] == [one.key for one in later.readings]
            keyed[device.family.name].add(is_same)
    told = {name for name, one in SIM_FAMILIES.items() if one.identity != "none"}
    assert all(keyed[name] == {True} for name in told)
    assert {name for name, same in keyed.items() if same == {False}} == {"shelly-gen1", "esphome"}


@pytest.mark.parametrize("family", ["tts", "chirpstack"])
@pytest.mark.parametrize("backlog", [0.0, 0.01])
def test_lorawan_payloads_say_what_the_decoded_objects_say(family, backlog):
    """
    Tests that bytes and object of an uplink are the same readings, records from memory among them.
    """
    profiles = {"EM300-TH": "milesight-em300", "LHT65N": "dragino-lht65n"}
    fleet_params = FleetParams(2, BEGIN_AT, MINUTES, (family,), {"backlog": backlog} if backlog else {})
    for sendings in sent(fleet_params).values():
        for sending in sendings:
            heard = Heard(sending.message.topic, sending.message.payload, END_AT)
            by_bytes = Heard(heard.topic, heard.payload, END_AT, options=Options(profiles=profiles))
            plain, raw = families()[family].decode(heard), families()[family].decode(by_bytes)
            assert {(one.key, one.value) for one in plain.readings} == {
                (one.key, one.value) for one in raw.readings
            }


def test_same_seed_sends_the_same_bytes():
    """
    Tests that a fleet can be played again, and another seed is another day.
    """
    faults = dict.fromkeys(FLEET_FAULTS, 0.05)
    first, again, other = (
        sent(FleetParams(20, BEGIN_AT, MINUTES, faults=faults, seed=seed)) for seed in (1, 1, 2)
    )
    assert first == again != other


def test_each_fault_befalls_its_part_of_the_fleet_once():
    """
    Tests that rates are met, no sensor has two faults, and a fault is given to those who can have it.
    """
    devices = fleet(FleetParams(90, BEGIN_AT, MINUTES, faults=dict.fromkeys(FLEET_FAULTS, 0.05)))
    counts = {fault: sum(one.fault == fault for one in devices) for fault in FLEET_FAULTS}
    assert counts == dict.fromkeys(FLEET_FAULTS, 5)
    assert all(one.family.has_memory for one in devices if one.fault == "backlog")
    assert all(one.family.has_clock for one in devices if one.fault == "drifting-clock")


def test_silent_sensor_lacks_its_minutes_and_a_backlog_brings_them():
    """
    Tests that what was measured in a silence is gone, and what was held comes late but whole.
    """
    silent = befallen(params(silent=0.01))
    assert sum(sending.message.readings_count for sending in silent) > 0
    assert len({read(sending).readings[0].measured_at for sending in silent}) == MINUTES - MINUTES // 3
    late = befallen(params(backlog=0.01))
    instants = {one.measured_at for sending in late for one in read(sending).readings}
    assert len(instants) == MINUTES


def test_stuck_sensor_says_one_value_and_a_drifting_clock_strays():
    """
    Tests that a stuck sensor repeats itself at new instants and a drifting clock does not keep the minute.
    """
    fleet_params = FleetParams(9, BEGIN_AT, MINUTES, ("holdchain",), {"stuck": 0.01})
    values = [read(one).readings[0].value for one in befallen(fleet_params)]
    assert len(set(values[MINUTES // 2 :])) == 1
    fleet_params = FleetParams(9, BEGIN_AT, MINUTES, ("holdchain",), {"drifting-clock": 0.01})
    instants = [read(one).readings[0].measured_at for one in befallen(fleet_params)]
    assert all(20 <= abs((b - a).total_seconds() - 60) <= 40 for a, b in pairwise(instants))


@pytest.mark.parametrize("family", SIM_FAMILIES)
def test_duplicates_are_copies_and_garbage_gives_findings_alone(family):
    """
    Tests that a copy has the same bytes, and garbage on a family's topic is never a reading.
    """
    copied = befallen(FleetParams(1, BEGIN_AT, MINUTES, (family,), {"duplicate": 0.1}))
    frames = [one.message for one in copied if one.kind == "frame"]
    assert frames == [one.message for one in copied if one.kind == "copy"]
    garbled = befallen(FleetParams(1, BEGIN_AT, 60, (family,), {"garbage": 0.1}))
    bad = [read(one) for one in garbled if one.kind == "garbage"]
    assert len(bad) == 60
    assert all(found.findings and not found.readings for found in bad)


@pytest.mark.parametrize(
    "wrong",
    [{"devices": 0}, {"minutes": 0}, {"families": ("x",)}, {"faults": {"silent": 0.9, "stuck": 0.2}}],
)
def test_fleet_refuses_what_cannot_be(wrong):
    """
    Tests that an empty fleet, an unknown family or more faults than sensors is a slip.
    """
    with pytest.raises(ValueError):
        FleetParams(**({"devices": 1, "begin_at": BEGIN_AT} | wrong))
