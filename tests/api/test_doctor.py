"""Tests of what ``holdchain doctor`` says of the sensors' file."""

from datetime import UTC, datetime
from pathlib import Path
from shutil import copy

from api.db import Database
from api.doctor import examine
from orders.sites import Kitchen, Place
from orders.store.sites import save_kitchen


def said(data: Path) -> dict[str, tuple[bool, str]]:
    """What it found about sensors and brokers."""
    return {one.what: (one.is_well, one.words) for one in examine(data)}


def test_the_packaged_file_is_well(tmp_path: Path) -> None:
    """
    Tests that families and brokers are counted.
    """
    is_well, words = said(tmp_path)["sensors"]
    assert is_well and "families at 1 broker" in words


def test_another_broker_s_acknowledgement_is_named_for_what_it_is(tmp_path: Path) -> None:
    """
    Tests that the operator learns what may be lost there.
    """
    (tmp_path / "sensors.toml").write_text(
        '[[broker]]\nid = "kitchen"\nkind = "mqtt"\nhost = "10.0.0.1"\n', "utf-8"
    )
    is_well, words = said(tmp_path)["broker kitchen"]
    assert is_well and words.startswith("10.0.0.1:1883: ") and "JetStream" in words


def test_a_slip_in_the_file_is_told(tmp_path: Path) -> None:
    """
    Tests the fault with its place.
    """
    (tmp_path / "sensors.toml").write_text("[[famly]]\n", "utf-8")
    is_well, words = said(tmp_path)["sensors"]
    assert not is_well and "the nearest is “family”" in words


def test_a_name_that_the_broker_refuses_is_told_with_its_remedy(tmp_path: Path) -> None:
    """
    Tests a sensor whose topics have a space: it cannot be told, so the operator is.
    """
    (tmp_path / "broker").mkdir()
    line = '[1] [ERR] 127.0.0.1:1 - mid:5 - "bridge" - character not supported for MQTT topics'
    (tmp_path / "broker" / "nats.log").write_text(f"[INF] Server is ready\n{line}\n", "utf-8")
    is_well, words = said(tmp_path)["sensor bridge"]
    assert not is_well and "without spaces" in words


def test_roads_and_their_engine_are_looked_at(tmp_path: Path, sqlite_template: Path) -> None:
    """
    Tests a house without roads, which is well, and a kitchen whose road engine does not answer, which is not.
    """
    assert said(tmp_path)["roads"] == (
        True,
        "none built: straight lines (holdchain roads build FILE.osm.pbf)",
    )
    copy(sqlite_template, tmp_path / "holdchain.sqlite3")
    kitchen = Kitchen(
        "K1", "K", "collective_meal_delivery", "JY", Place(24.3, 109.4), "Asia/Shanghai", "", ""
    )
    database, url = Database(f"sqlite:///{tmp_path / 'holdchain.sqlite3'}"), "http://127.0.0.1:9"
    with database.begin() as session:
        travel = {"speed_kmh": 26, "detour_ratio": 1.35, "roads": {"url": url}}
        save_kitchen(session, kitchen, {"travel": travel}, datetime(2026, 11, 22, tzinfo=UTC))
    is_well, words = said(tmp_path)[f"road engine {url}"]
    assert not is_well and "does not answer" in words
    with database.begin() as session:
        travel["roads"] = {"url": "nowhere"}
        save_kitchen(session, kitchen, {"travel": travel}, datetime(2026, 11, 22, tzinfo=UTC))
    database.close()
    is_well, words = said(tmp_path)["road engine"]
    assert not is_well and "'nowhere'" in words
