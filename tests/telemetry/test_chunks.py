"""Tests of sealed chunks: every field comes back as it was, small, and a changed byte is told."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from telemetry.chunks import LONGEST, ChunkBroken, chunks_of, pack, unpack
from telemetry.readings import DOUBTS, SENSES, Reading

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)

readings = st.builds(
    Reading,
    device_id=st.sampled_from(["BOX-0001", "BOX-0002"]),
    probe=st.sampled_from(["core", "air"]),
    senses=st.sampled_from([None, *SENSES]),
    quantity=st.sampled_from(["temperature", "battery_voltage"]),
    value=st.one_of(
        st.floats(0, 60), st.integers(0, 960).map(lambda n: n / 16), st.sampled_from([-0.0, 0.0, 5e-324, 0.1])
    ),
    measured_at=st.integers(-(10**15), 10**15).map(lambda us: AT + timedelta(microseconds=us))
    | st.integers(0, 10**11).map(lambda us: AT + timedelta(microseconds=us)),
    received_at=st.integers(-(10**9), 10**12).map(lambda us: AT + timedelta(microseconds=us)),
    sequence=st.integers(-1, 2**63 - 1) | st.integers(-1, 50),
    backfill=st.booleans(),
    doubt=st.sampled_from(DOUBTS),
)


def evidence(reading: Reading) -> tuple[object, ...]:
    """Every field, the value to the bit."""
    return (
        *reading.key,
        reading.value.hex(),
        reading.received_at,
        reading.backfill,
        reading.doubt,
        reading.senses,
    )


@settings(max_examples=60)
@given(st.lists(readings, max_size=40, unique_by=lambda one: one.key))
def test_what_was_packed_comes_back_exactly(given_readings):
    """
    Tests that rows and chunks agree in every field that is evidence, whatever it is.
    """
    chunks = chunks_of(given_readings)
    back = [reading for chunk in chunks for reading in unpack(chunk)]
    assert sorted(map(evidence, back), key=repr) == sorted(map(evidence, given_readings), key=repr)
    for chunk in chunks:
        assert chunk.to_at - chunk.from_at <= LONGEST
        assert len(unpack(chunk)) == chunk.count


def hour(jitter_ms: int, every_s: int = 60, scale: int = 16) -> list[Reading]:
    """An hour of a cooling box, told each so many seconds, arriving within so many milliseconds."""
    dice = random.Random(7)
    return [
        Reading(
            "BOX-0001",
            "core",
            "core",
            "temperature",
            round((78 - n * every_s / 900 + dice.gauss(0, 0.05)) * scale) / scale,
            AT + timedelta(seconds=n * every_s),
            AT
            + timedelta(seconds=n * every_s, milliseconds=9, microseconds=dice.randrange(jitter_ms * 1_000)),
            n,
        )
        for n in range(3600 // every_s)
    ]


@pytest.mark.parametrize(("every_s", "scale"), [(60, 16), (30, 16), (60, 100)])
def test_a_box_hour_costs_at_most_five_bytes_a_reading(every_s, scale):
    """
    Tests the size that the room promises, the digest's 32 bytes included.
    """
    chunk = pack(hour(40, every_s, scale))
    assert (len(chunk.body) + len(chunk.digest)) / chunk.count <= 5


def test_a_changed_byte_is_told():
    """
    Tests that no byte of a sealed body can change without being found.
    """
    chunk = pack(hour(40))
    for place in range(len(chunk.body)):
        changed = bytearray(chunk.body)
        changed[place] ^= 1
        with pytest.raises(ChunkBroken):
            unpack(replace(chunk, body=bytes(changed)))
    for broken in (b"", chunk.body[:-1], chunk.body + b"\0"):
        with pytest.raises(ChunkBroken):
            unpack(replace(chunk, body=broken))


def test_a_series_longer_than_a_day_is_several_chunks():
    """
    Tests that a chunk stays short enough to be found by its first instant.
    """
    long = [structs.replace(hour(40)[0], measured_at=AT + timedelta(hours=n), sequence=n) for n in range(60)]
    assert [chunk.count for chunk in chunks_of(long)] == [25, 25, 10]
    with pytest.raises(ValueError, match="spans"):
        pack(long)


def test_many_readings_are_several_even_chunks():
    """
    Tests that a day of a reading a minute is six chunks of 240, and that a hold of four hours is one.
    """
    day = [
        structs.replace(hour(40)[0], measured_at=AT + timedelta(minutes=n), sequence=n) for n in range(1440)
    ]
    assert [chunk.count for chunk in chunks_of(day)] == [240] * 6
    assert [chunk.count for chunk in chunks_of(day[:240])] == [240]


def test_several_series_or_one_key_twice_are_no_chunk():
    """
    Tests that a chunk says one thing of one probe.
    """
    first, second = hour(40)[:2]
    for wrong in ([first, first], [second, first], [first, structs.replace(second, probe="air")]):
        with pytest.raises(ValueError, match="one series"):
            pack(wrong)
