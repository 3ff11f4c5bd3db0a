"""Settings of a house."""

import re
from pathlib import Path

import pytest

from api.settings import Settings, load_settings, prepare_data
from orders.errors import BadInput

OPERATIONS = Path(__file__).resolve().parents[2] / "docs" / "operations.md"


def test_every_setting_is_documented() -> None:
    """Tests that the operator's page names each variable and no other."""
    documented = set(re.findall(r"^\| `HOLDCHAIN_([A-Z_]+)`", OPERATIONS.read_text("utf-8"), re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}


def test_the_environment_fills_settings_and_an_argument_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Tests that HOLDCHAIN_DATA is used unless a folder is given."""
    monkeypatch.setenv("HOLDCHAIN_DATA", str(tmp_path / "a"))
    monkeypatch.setenv("HOLDCHAIN_PORT", "9000")
    assert (load_settings().data, load_settings().port) == (tmp_path / "a", 9000)
    assert load_settings(tmp_path / "b").data == tmp_path / "b"


def test_a_setting_that_cannot_be_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the refusal names the variable and its value."""
    monkeypatch.setenv("HOLDCHAIN_MQTT_PORT", "99999")
    with pytest.raises(BadInput, match="setting_unusable") as refused:
        load_settings()
    assert (refused.value.params["name"], refused.value.params["value"]) == ("HOLDCHAIN_MQTT_PORT", "'99999'")


def test_the_database_is_sqlite_in_the_data_folder_unless_named(tmp_path: Path) -> None:
    """Tests that no address is needed to begin."""
    assert Settings(data=tmp_path, database_url="").url == f"sqlite:///{tmp_path / 'holdchain.sqlite3'}"
    assert Settings(data=tmp_path, database_url="postgresql+psycopg://x/y").url == "postgresql+psycopg://x/y"


def test_preparing_a_folder_twice_is_harmless(tmp_path: Path) -> None:
    """Tests that a folder that is there is left as it is, for its owner alone."""
    prepare_data(tmp_path / "x")
    (tmp_path / "x" / "kept").touch()
    prepare_data(tmp_path / "x")
    assert (tmp_path / "x" / "kept").exists()
    assert (tmp_path / "x").stat().st_mode & 0o077 == 0
