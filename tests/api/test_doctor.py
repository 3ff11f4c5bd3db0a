"""Tests of what ``holdchain doctor`` says of the sensors' file."""

from pathlib import Path

from api.doctor import examine


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
