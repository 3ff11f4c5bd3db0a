"""Where a house is served, and that no two servers fight over it."""

import json
import socket
from pathlib import Path
from types import SimpleNamespace

import pytest

from api.served import NOTE, noted_address, only_one, require_free_port, served_address, served_devices
from api.serving import broker_params
from api.settings import Settings
from orders.errors import Conflict, MealError


def test_a_link_goes_to_the_port_that_is_served(tmp_path: Path) -> None:
    """Tests the port of a server that runs, and the settings' own once it is gone or was killed."""
    elsewhere = Settings(data=tmp_path, host="0.0.0.0", port=8123)
    asking = Settings(data=tmp_path, port=8000)
    with noted_address(elsewhere):
        assert served_address(asking) == "http://127.0.0.1:8123"
    assert served_address(asking) == "http://127.0.0.1:8000"
    gone = json.dumps({"host": "127.0.0.1", "port": 8123, "pid": 2**30})
    (tmp_path / NOTE).write_text(gone, "utf-8")
    assert served_address(asking) == "http://127.0.0.1:8000"


def test_a_second_server_leaves_the_first_one_s_address(tmp_path: Path) -> None:
    """Tests that pages alone beside a whole house neither change nor remove where it is."""
    first, second = (Settings(data=tmp_path, port=port) for port in (8001, 8002))
    with noted_address(first):
        with noted_address(second):
            pass
        assert served_address(second) == "http://127.0.0.1:8001"


def test_devices_are_told_the_port_of_the_broker_that_runs(tmp_path: Path) -> None:
    """Tests the port of the broker's last start, unless the settings name one and nobody serves."""
    said = Settings(data=tmp_path, mqtt_port=1900)
    assert served_devices(said) == ("127.0.0.1", 1900)
    store = tmp_path / "broker" / "store"
    store.mkdir(parents=True)
    at = {"host": "127.0.0.1", "port": 18830, "client_id": "w", "username": "w", "password": "p"}
    (store / "worker.json").write_text(json.dumps(at), "utf-8")
    assert served_devices(Settings(data=tmp_path)) == ("127.0.0.1", 18830)
    assert served_devices(said) == ("127.0.0.1", 1900)
    with noted_address(said):
        assert served_devices(said) == ("127.0.0.1", 18830)


def test_pages_on_the_network_open_no_door_for_devices(tmp_path: Path) -> None:
    """Tests that the broker stays on the loopback unless its own setting says otherwise."""
    for asked, expected in (({}, "127.0.0.1"), ({"mqtt_host": "10.0.0.5"}, "10.0.0.5")):
        settings = Settings(data=tmp_path, host="0.0.0.0", **asked)
        assert broker_params(SimpleNamespace(settings=settings)).host == expected
        assert served_devices(settings)[0] == expected


@pytest.mark.parametrize(
    ("part", "code"), [("broker", "house_served_already"), ("ingest", "ingest_runs_already")]
)
def test_a_part_of_a_house_runs_once(tmp_path: Path, part: str, code: str) -> None:
    """Tests that a second one is refused with where the first one is, and let in when that has ended."""
    settings = Settings(data=tmp_path, port=8001)
    with only_one(settings, part), pytest.raises(Conflict, match=code) as refused, only_one(settings, part):
        pass
    assert refused.value.params["address"] == "http://127.0.0.1:8001"
    with only_one(settings, part):
        pass


def test_a_taken_port_is_refused_with_the_option_that_names_another() -> None:
    """Tests a port that another program listens on, and an address that is not ours."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(MealError, match="listen_taken") as refused:
            require_free_port("127.0.0.1", other.getsockname()[1], "--mqtt-port")
    assert refused.value.params["option"] == "--mqtt-port"
    with pytest.raises(MealError, match="listen_refused"):
        require_free_port("192.0.2.1", 8000, "--port")
