"""Tests of letting sensors in: named in the database, secret with the broker alone."""

import json
import stat
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from api.cli.main import app, register_all
from api.devices import issue, let_in, shut_out
from api.people import OPERATOR
from api.permissions import Actor
from orders.errors import BadInput, Conflict, Forbidden, NotFound
from telemetry.broker_config import read_devices
from telemetry.store.devices import devices

AT = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
AIR = {"air": "air"}


def test_sensor_gets_its_secret_once_and_its_own_topic(database, tmp_path):
    """
    Tests that a registered sensor's secret lies with the broker, 0600, and nowhere in the database.
    """
    with database.begin() as session:
        let_in(session, OPERATOR, AT, "BOX-0001", family="holdchain", probes=AIR)
        (user,) = issue(session, OPERATOR, AT, tmp_path, ["BOX-0001"])
        (row,) = devices(session)
    assert user.topics == ("holdchain/v1/BOX-0001/readings",)
    assert read_devices(tmp_path) == (user,)
    assert stat.S_IMODE((tmp_path / "devices.json").stat().st_mode) == 0o600
    assert user.secret not in str(row.model_dump())


def test_sensor_of_another_family_gets_its_family_s_topics(database, tmp_path):
    """
    Tests that each may publish under its own id only, and none by a name that begins others' topics.
    """
    with database.begin() as session:
        for device_id, family, is_bridge, topics in (
            ("cold-1", "tasmota", False, ("tele/cold-1/#", "stat/cold-1/#")),
            ("plug-1", "shelly", False, ("plug-1/#",)),
            ("fridge", "zigbee2mqtt", False, ("zigbee2mqtt/fridge",)),
            ("bridge", "zigbee2mqtt", True, ("zigbee2mqtt/#",)),
            ("C8:25", "ruuvi-gateway", True, ("ruuvi/C8:25/#",)),
            ("CB:B8", "ruuvi-gateway", False, ("ruuvi/+/CB:B8",)),
            ("a84041", "chirpstack", False, ("application/+/device/a84041/event/up",)),
        ):
            let_in(session, OPERATOR, AT, device_id, family=family, probes=AIR)
            (user,) = issue(session, OPERATOR, AT, tmp_path, [device_id], is_bridge=is_bridge)
            assert (user.topics, user.is_bridge) == (topics, is_bridge)
        (user,) = issue(session, OPERATOR, AT, tmp_path, ["bridge"])
        assert user.topics == ("zigbee2mqtt/#",)
        for device_id, family, is_bridge, code in (
            ("tele", "shelly", False, "device_name_in_topics"),
            ("em300", "milesight-em300", False, "device_family_travels"),
            ("cold-2", "tasmota", True, "device_family_no_bridge"),
        ):
            let_in(session, OPERATOR, AT, device_id, family=family, probes=AIR)
            with pytest.raises(BadInput) as refused:
                issue(session, OPERATOR, AT, tmp_path, [device_id], is_bridge=is_bridge)
            assert refused.value.code == code


def test_issue_without_names_serves_those_without_a_secret(database, tmp_path):
    """
    Tests that issuing again changes nobody's secret unless asked by name.
    """
    with database.begin() as session:
        for number in (1, 2):
            let_in(session, OPERATOR, AT, f"BOX-000{number}", family="holdchain", probes=AIR)
        first = issue(session, OPERATOR, AT, tmp_path)
        assert [user.device_id for user in first] == ["BOX-0001", "BOX-0002"]
        assert issue(session, OPERATOR, AT, tmp_path) == []
        (anew,) = issue(session, OPERATOR, AT, tmp_path, ["BOX-0002"])
        assert anew.secret != first[1].secret
        assert read_devices(tmp_path) == (first[0], anew)
        with pytest.raises(NotFound):
            issue(session, OPERATOR, AT, tmp_path, ["BOX-0003"])


def test_shut_out_sensor_loses_its_right_and_no_other_does(database, tmp_path):
    """
    Tests that a revoked sensor leaves the broker's users and gets no new secret.
    """
    with database.begin() as session:
        for number in (1, 2):
            let_in(session, OPERATOR, AT, f"BOX-000{number}", family="holdchain", probes=AIR)
        issue(session, OPERATOR, AT, tmp_path)
        shut_out(session, OPERATOR, AT, tmp_path, "BOX-0001")
        assert [user.device_id for user in read_devices(tmp_path)] == ["BOX-0002"]
        assert issue(session, OPERATOR, AT, tmp_path) == []
        with pytest.raises(NotFound):
            shut_out(session, OPERATOR, AT, tmp_path, "BOX-0009")


def test_one_act_at_a_time_writes_the_brokers_users(database, tmp_path, monkeypatch):
    """
    Tests that letting in and shutting out wait for each other: else a sensor shut out could come back.
    """
    held = []
    monkeypatch.setattr("api.devices.hold", lambda session, name: held.append(name))
    with database.begin() as session:
        let_in(session, OPERATOR, AT, "BOX-0001", family="holdchain", probes=AIR)
        issue(session, OPERATOR, AT, tmp_path)
        shut_out(session, OPERATOR, AT, tmp_path, "BOX-0001")
    assert held == ["devices/users"] * 2


def test_what_cannot_be_a_sensor_is_refused(database, tmp_path):
    """
    Tests that wildcards, unknown families and senses, doubles and other roles are refused.
    """
    with database.begin() as session:
        for device_id, family, probes in (
            ("BOX/+", "holdchain", AIR),
            ("BOX-1", "unheard-of", AIR),
            ("BOX-1", "holdchain", {"air": "smell"}),
            ("BOX-1", "holdchain", {"#": "air"}),
        ):
            with pytest.raises(BadInput):
                let_in(session, OPERATOR, AT, device_id, family=family, probes=probes)
        let_in(session, OPERATOR, AT, "BOX-1", family="holdchain", probes=AIR)
        with pytest.raises(Conflict):
            let_in(session, OPERATOR, AT, "BOX-1", family="holdchain", probes=AIR)
        driver = Actor("u", "driver", "driver")
        with pytest.raises(Forbidden):
            issue(session, driver, AT, tmp_path)


def test_command_line_lets_in_lists_and_shuts_out(tmp_path, monkeypatch):
    """
    Tests the commands end to end on an empty data folder.
    """
    monkeypatch.setenv("HOLDCHAIN_DATA", str(tmp_path / "data"))
    register_all()
    run = CliRunner().invoke

    def said(*arguments: str) -> dict[str, object]:
        result = run(app, ["device", *arguments, "--json"])
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    added = said("add", "BOX-0001", "--probe", "core=core")
    assert (added["client_id"], added["username"]) == ("BOX-0001", "BOX-0001")
    assert len(added["password"]) == 32
    assert said("list")["devices"] == [
        {"device_id": "BOX-0001", "family": "holdchain", "probes": {"core": "core"}}
    ]
    assert said("issue")["devices"] == []
    (anew,) = said("issue", "BOX-0001")["devices"]
    assert anew["password"] != added["password"]
    said("revoke", "BOX-0001")
    assert said("list")["devices"] == []
    assert run(app, ["device", "add", "X", "--probe", "core"]).exit_code == 2
