"""Tests of a simulated fleet at a real broker: what was acknowledged is stored, once each."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import jsonschema_rs
import pytest

from api.simulation import (
    begin_at,
    endpoints_elsewhere,
    families_asked,
    faults_asked,
    let_fleet_in,
    simulate,
    stored_now,
    with_stored,
)
from orders.errors import BadInput, MealError
from telemetry.broker_config import read_devices
from telemetry.mqtt import Endpoint
from telemetry.simulate_families import SIM_FAMILIES
from telemetry.simulate_fleet import FLEET_FAULTS, FleetParams
from tests.api.intake import intake

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "schemas" / "simulate.json"
AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def test_what_a_faulty_fleet_was_told_is_stored_once(tmp_path, sqlite_template):
    """
    Tests every family with every fault: acknowledged = published = stored once each where readings have an
    identity, each garbage frame is kept as a bad one, and the document is what its schema says.
    """
    faults = dict.fromkeys(FLEET_FAULTS, 0.05)
    with intake(tmp_path, sqlite_template) as running:
        now_at = running.house.clock.now()
        params = FleetParams(20, begin_at(now_at, 10, 0), 10, faults=faults)
        endpoints, before = let_fleet_in(running.house, params), stored_now(running.house, params)
        found = simulate(params, endpoints, 0)
        running.until_kept(found["messages"])
        found = with_stored(found, before, partial(stored_now, running.house, params))
        kept = running.kept_by_device()
        bad = running.bad()
        refused = running.broker.refusals()
    jsonschema_rs.validate(json.loads(SCHEMA.read_text("utf-8")), {"schema": 1, **found})
    assert {row["fault"] for row in found["by_device"]} == {"none", *FLEET_FAULTS}
    assert {row["family"] for row in found["by_device"]} == set(SIM_FAMILIES)
    assert found["acknowledged"] == found["messages"]
    assert found["readings_acknowledged"] == found["readings"]
    assert found["reconnects"] > 0
    assert found["readings_stored"] == sum(kept.values())
    for row in found["by_device"]:
        assert (row["device"], row["readings_stored"]) == (row["device"], kept[row["device"]])
        if row["identity"] != "none":
            assert (row["device"], kept[row["device"]]) == (row["device"], row["readings"])
    assert sum(bad.values()) >= found["garbage"] > 0
    assert refused == []


def test_what_is_not_stored_is_waited_for_and_then_said(monkeypatch):
    """
    Tests that the count waits while something comes, and says what is lacking when nothing does.
    """
    monkeypatch.setattr("api.simulation.STILL_S", 0.2)
    row = {"device": "A", "family": "f", "fault": "none", "readings_acknowledged": 3}
    found = {"by_device": [row], "by_family": [{"family": "f"}], "by_fault": [{"fault": "none"}]}
    coming = iter([{}, {"A": 6}, {"A": 7}])
    told = with_stored(found, {"A": 5}, lambda: next(coming, {"A": 7}))
    assert (told["readings_stored"], told["by_family"][0]["readings_stored"]) == (2, 2)


def test_fleet_is_let_in_once_and_bridges_as_bridges(tmp_path, sqlite_template):
    """
    Tests that a second run finds its sensors registered, with their secrets.
    """
    params = FleetParams(9, AT, 1)
    with intake(tmp_path, sqlite_template) as running:
        first = let_fleet_in(running.house, params)
        assert let_fleet_in(running.house, params) == first
        users = read_devices(tmp_path / "broker")
    assert {one.device_id for one in users if one.is_bridge} == {
        "sim-zigbee2mqtt-bridge-1",
        "sim-ruuvi-gateway-gateway-1",
        "sim-tts-bridge-1",
        "sim-chirpstack-bridge-1",
    }


def test_nobody_is_simulated_where_no_broker_lets_them_in(monkeypatch):
    """
    Tests that a fleet without a broker is refused, not counted as lost.
    """
    monkeypatch.setattr("api.simulation.CONNECT_S", 0.3)
    nowhere = endpoints_elsewhere(FleetParams(2, AT, 1), "127.0.0.1", 1, None)
    assert nowhere["sim-holdchain-0001"] == Endpoint("127.0.0.1", 1, "sim-holdchain-0001", "", "")
    with pytest.raises(MealError, match="simulation_not_connected"):
        simulate(FleetParams(2, AT, 1), nowhere, 0)


def test_mosquitto_takes_a_fleet_too(mosquitto_port):
    """
    Tests another broker, as nobody.
    """
    params = FleetParams(9, AT, 2)
    found = simulate(params, endpoints_elsewhere(params, "127.0.0.1", mosquitto_port, None), 0)
    assert found["acknowledged"] == found["messages"] > 0


def test_user_file_is_one_line(tmp_path: Path) -> None:
    """
    Tests that a user's file gives name and secret, and another is refused.
    """
    file, params = tmp_path / "user", FleetParams(1, AT, 1)
    file.write_text("city:secret:with colon\n")
    (at,) = endpoints_elsewhere(params, "h", 1, file).values()
    assert (at.username, at.password) == ("city", "secret:with colon")
    file.write_text("city")
    with pytest.raises(BadInput, match="simulation_user_file"):
        endpoints_elsewhere(params, "h", 1, file)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("none", {}),
        ("silent", {"silent": 0.05}),
        ("silent=0.2, stuck=0", {"silent": 0.2, "stuck": 0.0}),
        ("all", dict.fromkeys(FLEET_FAULTS, 0.05)),
    ],
)
def test_faults_are_asked_for_by_name_and_rate(text, faults):
    """
    Tests how faults are told on the command line.
    """
    assert faults_asked(text) == faults


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("fire", "simulation_fault_unknown"),
        ("silent=2", "simulation_rate_unusable"),
        ("silent=x", "simulation_rate_unusable"),
        ("silent=0.6,stuck=0.6", "simulation_rates_too_many"),
    ],
)
def test_faults_that_cannot_be_are_refused(text, code):
    """
    Tests that a slip in a fault's name or rate is said.
    """
    with pytest.raises(BadInput, match=code):
        faults_asked(text)


def test_families_are_asked_for_by_name():
    """
    Tests that families are told by name, and an unknown one is refused with those that are known.
    """
    assert families_asked("all") == tuple(SIM_FAMILIES)
    assert families_asked("tasmota, tts,tasmota") == ("tasmota", "tts")
    with pytest.raises(BadInput, match="device_family_unknown"):
        families_asked("tasmota,x")


@pytest.mark.parametrize(("speed", "before_min"), [(0, 30), (1, 0), (0.5, 0), (60, 29.5)])
def test_simulated_minutes_end_now(speed, before_min):
    """
    Tests that no reading of a squeezed run lies ahead of its arrival.
    """
    assert begin_at(AT, 30, speed) == AT - timedelta(minutes=before_min)
