"""Tests of the simulated sensors: plausible food, exact repetition, real MQTT."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telemetry.broker import worker_endpoint
from telemetry.decode.holdchain import decode
from telemetry.frames import Heard
from telemetry.simulate import Player, SimBox, core_at, frames
from tests.telemetry.brokers import device, endpoint, running_broker, subscribing, take

PACKED_AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def minutes(count: float) -> datetime:
    """This many minutes after packing."""
    return PACKED_AT + timedelta(minutes=count)


BOX = SimBox("BOX-0001", "air", "air", PACKED_AT, 78.0, 15.0, (), minutes(240))
SEEDS = st.integers(0, 10_000)


@settings(max_examples=25)
@given(SEEDS, st.floats(74, 82), st.floats(8, 25))
def test_sound_box_loses_a_few_degrees_an_hour_and_holds(seed, packed_c, ambient_c):
    """
    Tests that a closed box cools slowly, always downwards, and keeps 62 deg C for three hours from 76.
    """
    box = replace(BOX, core_at_packing_c=packed_c, ambient_c=ambient_c)
    cores = [core_at(box, minutes(m), seed) for m in range(0, 241, 10)]
    assert cores == sorted(cores, reverse=True)
    assert 2 <= (cores[0] - cores[18]) / 3 <= 6
    assert packed_c < 76 or cores[18] > 62


@settings(max_examples=25)
@given(SEEDS, st.integers(10, 60))
def test_broken_lid_loses_sixty_degrees_within_the_hour(seed, after):
    """
    Tests that the food of a box without a lid falls under 60 deg C well before its two hours are over.
    """
    box = replace(BOX, fault="broken_lid", fault_at=minutes(after), fault_until=minutes(240))
    assert core_at(box, minutes(after), seed) > 70
    assert core_at(box, minutes(after + 45), seed) < 60
    assert core_at(box, minutes(240), seed) > box.ambient_c


def test_air_shows_an_opening_at_once_and_the_food_hardly():
    """
    Tests that a lid lifted for a minute dips the air by several degrees and the core by less than one.
    """
    opened = replace(BOX, openings=((minutes(60), 60),))
    shut_c, open_c = (
        [json.loads(f.payload)["readings"][0]["c"] for f in frames(b, 1)] for b in (BOX, opened)
    )
    assert min(open_c[60:65]) < min(shut_c[60:65]) - 4
    assert abs(open_c[120] - shut_c[120]) < 2
    assert 0 < core_at(BOX, minutes(120), 1) - core_at(opened, minutes(120), 1) < 1


def test_air_is_colder_than_the_core_that_warms_it():
    """
    Tests that an air probe reads well under the food and a core probe reads the food.
    """
    read = {
        senses: json.loads(frames(replace(BOX, senses=senses), 1)[120].payload)["readings"][0]["c"]
        for senses in ("air", "core")
    }
    core_c = core_at(BOX, minutes(120), 1)
    assert abs(read["core"] - core_c) < 1
    assert 5 < core_c - read["air"] < 25


def test_same_seed_gives_the_same_bytes_and_another_does_not():
    """
    Tests that a simulated day can be repeated exactly.
    """
    assert frames(BOX, 7) == frames(BOX, 7)
    assert frames(BOX, 7) != frames(BOX, 8)
    assert frames(BOX, 7) != frames(replace(BOX, device_id="BOX-0002"), 7)


def test_every_minute_has_one_reading_that_the_decoder_takes():
    """
    Tests that what is sent is what the house's decoder reads, without a finding.
    """
    sent = frames(BOX, 1)
    assert len(sent) == 240
    decoded = [decode(Heard(frame.topic, frame.payload, frame.send_at)) for frame in sent]
    assert not any(one.findings for one in decoded)
    readings = [r for one in decoded for r in one.readings if r.quantity == "temperature"]
    assert [r.measured_at for r in readings] == [frame.send_at for frame in sent]
    gaps = {later.send_at - sooner.send_at for sooner, later in pairwise(sent)}
    assert gaps == {timedelta(minutes=1)}
    assert [r.sequence for r in readings] == list(range(1, 241))


def test_silent_sensor_sends_nothing_of_its_silence():
    """
    Tests that a silence leaves a gap that nothing fills later.
    """
    box = replace(BOX, fault="silent", fault_at=minutes(60), fault_until=minutes(120))
    sent = frames(box, 1)
    assert sum(frame.readings_count for frame in sent) == 180 + 3
    assert not [frame for frame in sent if minutes(60) <= frame.send_at < minutes(120)]


def test_backlog_is_sent_in_one_frame_and_loses_nothing():
    """
    Tests that a buffering sensor sends every minute it measured, later and together.
    """
    box = replace(BOX, fault="backlog", fault_at=minutes(60), fault_until=minutes(120))
    sent = frames(box, 1)
    (late,) = [frame for frame in sent if frame.readings_count > 2]
    assert sum(frame.readings_count for frame in sent) == 240 + 3
    decoded = decode(Heard(late.topic, late.payload, late.send_at))
    temperatures = [reading for reading in decoded.readings if reading.quantity == "temperature"]
    assert len(temperatures) == 61
    assert [reading.backfill for reading in temperatures] == [True] * 45 + [False] * 16


def test_hand_probe_reads_the_packing_core_before_and_the_last_core_after():
    """
    Tests the ends of the day: before packing and after the last minute.
    """
    assert core_at(BOX, minutes(-30), 1) == 78.0
    assert core_at(BOX, minutes(500), 1) == core_at(BOX, minutes(240), 1)


def test_fault_without_times_is_a_slip():
    """
    Tests that a fault must say when, and that a box cannot end before it begins.
    """
    with pytest.raises(ValueError, match="fault_at"):
        replace(BOX, fault="silent")
    with pytest.raises(ValueError, match="until_at"):
        replace(BOX, until_at=minutes(-1))


def test_player_publishes_what_is_due_and_counts_what_was_acknowledged(tmp_path):
    """
    Tests a day's frames on a real broker: due ones only, each device as itself, all acknowledged.
    """
    boxes = [replace(BOX, device_id=device(n).device_id, until_at=minutes(30)) for n in (1, 2, 3)]
    day = [frame for box in boxes for frame in frames(box, 1)]
    with running_broker(tmp_path / "b", devices=3) as broker:
        player = Player(day, {device(n).device_id: endpoint(broker, n) for n in (1, 2, 3)})
        player.start()
        try:
            assert player.publish_until(minutes(10))
            sent = [frame for frame in day if frame.send_at <= minutes(10)]
            due = sum(frame.readings_count for frame in sent)
            assert (player.readings_published, player.readings_acknowledged) == (due, due)
            assert player.frames_left == len(day) - len(sent)
            assert player.publish_until(minutes(40))
        finally:
            player.stop()
        assert player.readings_acknowledged == sum(frame.readings_count for frame in day)
        with subscribing(worker_endpoint(tmp_path / "b")) as worker:
            taken = take(worker, len(day))
    assert {(f.topic, f.payload) for f in taken} == {(f.topic, f.payload) for f in day}
