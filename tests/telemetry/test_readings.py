"""Tests of the facts that a sensor gives."""

import math
from datetime import UTC, datetime, timedelta

import pytest

from orders.codes import Coded
from telemetry.readings import (
    KEPT_BYTES,
    BadFrame,
    Decoded,
    ProbeUse,
    Reading,
    bad_frames,
    is_name,
    summed_findings,
)

AT = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)


def make_reading(**fields: object) -> Reading:
    """A sound reading with some fields replaced."""
    sound = {"device_id": "BOX-0001", "probe": "core", "senses": "core", "quantity": "temperature"}
    sound |= {"value": 71.4, "measured_at": AT, "received_at": AT, "sequence": 17}
    return Reading(**(sound | fields))  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -300.0, 1e300])
def test_reading_is_never_a_number_that_no_food_has(value: float) -> None:
    """
    Tests that a value outside nature is refused instead of stored.
    """
    with pytest.raises(ValueError, match="value"):
        make_reading(value=value)


def test_reading_refuses_naive_instants_and_bad_names() -> None:
    """
    Tests that an instant without zone, a wildcard name and a negative counter are slips.
    """
    for wrong in (
        {"measured_at": AT.replace(tzinfo=None)},
        {"device_id": "BOX/+"},
        {"probe": ""},
        {"sequence": -2},
        {"sequence": 2**63},
    ):
        with pytest.raises(ValueError):
            make_reading(**wrong)


def test_reading_key_holds_everything_but_value_and_arrival() -> None:
    """
    Tests that a repeated reading has the same key when it arrives later.
    """
    assert make_reading(received_at=AT + timedelta(hours=1)).key == make_reading().key
    assert make_reading(sequence=18).key != make_reading().key


def test_bad_frames_keep_the_first_bytes_for_each_finding() -> None:
    """
    Tests that a large frame is cut and that each finding keeps it.
    """
    decoded = Decoded((), (Coded("a"), Coded("b")))
    kept = bad_frames("t", b"x" * (KEPT_BYTES + 1), AT, decoded)
    assert [frame.reason.code for frame in kept] == ["a", "b"]
    assert {len(frame.payload) for frame in kept} == {KEPT_BYTES}
    with pytest.raises(ValueError, match="payload"):
        BadFrame("t", b"x" * (KEPT_BYTES + 1), Coded("a"), AT)


def test_summed_findings_count_each_kind_once() -> None:
    """
    Tests that a thousand bad values of one kind become one finding with its count.
    """
    (finding,) = summed_findings({"value_missing": ["None"] * 1000})
    assert finding == Coded("value_missing", {"count": 1000, "detail": "None"})


def test_probe_use_holds_from_packing_until_return() -> None:
    """
    Tests that the first instant belongs to the use and the last does not.
    """
    use = ProbeUse("BOX-0001", "core", "core", "box", AT, AT + timedelta(hours=2))
    assert use.holds_at(AT)
    assert not use.holds_at(AT + timedelta(hours=2))
    assert not use.holds_at(AT - timedelta(seconds=1))
    with pytest.raises(ValueError):
        ProbeUse("BOX-0001", "core", "core", "box", AT, AT - timedelta(hours=1))


def test_names_have_no_wildcards_spaces_or_control_characters() -> None:
    """
    Tests that what could steer a topic, a shell or a database is no name.
    """
    assert is_name("BOX-0001") and is_name("28:ff.a_1")
    for text in ("", "+", "#", "a/b", "a b", "a\n", "a\x00", "箱", "\ud800", "=1+1", "x" * 65):
        assert not is_name(text)
