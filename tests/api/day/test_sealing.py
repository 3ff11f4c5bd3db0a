"""A closed hold is sealed once, late readings into a further chunk; a box, a carrier, a stop can be asked."""

from dataclasses import replace
from datetime import timedelta

import pytest
from msgspec import structs

from api.catching_up import CatchingUp
from api.clock import RehearsalClock
from api.day.judging import judge_boxes
from api.day.sealing import seal_holds
from api.day.summary import summarise
from api.history import spans_of_boxes, spans_of_carrier, spans_of_stop
from api.house import House
from api.judge_process import judging_of
from api.judging import JudgeParams, Tally
from api.settings import Settings
from api.words import say
from telemetry.chunks import ChunkBroken, chunks_of, unpack
from telemetry.store.chunks import save_chunks
from telemetry.store.history import readings_in, readings_of_holds
from telemetry.store.readings import keep, readings_of_box
from telemetry.store.retention import drop_rows
from telemetry.store.seals import standing_seal, unsealed
from telemetry.store.verdicts import latest_verdicts
from tests.api.day.acted_day import Acting, ends_at, instant

SECOND = timedelta(seconds=1)


def test_a_served_box_is_sealed_and_a_late_reading_sealed_further(day_at) -> None:
    """
    Tests that closing a hold seals its readings, that judging again seals nothing twice, and that a late
    reading goes into a chunk of its own.
    """
    day = day_at("served")
    acting = Acting.of(day)
    site_id, stop = next((site, one) for site, one in acting.stops.items() if one["box_ids"])
    box = next(acting.boxes[box_id] for box_id in stop["box_ids"] if acting.boxes[box_id]["sensor_id"])
    box_id, now_at = box["box_id"], ends_at(stop) + timedelta(hours=2)

    def judged_and_sealed() -> int:
        with day.database.begin() as session:
            found = judge_boxes(session, [box_id], now_at, day.ids)
            assert found[box_id].verdict.final
            return seal_holds(session, found, now_at)

    with day.database.read() as session:
        known = readings_of_box(session, box_id)
    late = structs.replace(known[3], measured_at=known[3].measured_at + timedelta(seconds=7), backfill=True)
    assert known
    assert judged_and_sealed() == 1
    assert judged_and_sealed() == 0
    with day.database.begin() as session:
        assert unsealed(session, [box_id]) == []
        keep(session, [structs.replace(late, senses=None)])
    assert judged_and_sealed() == 1
    with day.database.read() as session:
        sealed = [one for chunk in standing_seal(session, box_id).chunks for one in unpack(chunk)]
        from_at, to_at = instant(box["packed_at"]), now_at
        asked = readings_in(session, spans_of_boxes(session, [box_id], from_at, to_at))
        kitchen_id = day.service.kitchen_id
        carried = readings_in(
            session, spans_of_carrier(session, kitchen_id, box["carrier_code"], from_at, to_at)
        )
        there = readings_in(session, spans_of_stop(session, site_id, from_at, to_at))
    assert late.key in {one.key for one in sealed}
    assert {one.key for one in sealed} <= {one.key for one in asked}
    assert asked == readings_of_box_order(asked)
    assert {one.key for one in asked} <= {one.key for one in carried}
    assert {one.key for one in asked} <= {one.key for one in there}


def test_holds_that_closed_while_nobody_judged_are_sealed_later(day_at, tmp_path) -> None:
    """
    Tests that a worker that starts seals the holds that people closed meanwhile, takes up what arrived after
    a seal, and looks at no sealed hold again.
    """
    day = day_at("served")
    acting = Acting.of(day)
    box = next(one for one in acting.board["boxes"] if one["sensor_id"])
    now_at = max(ends_at(stop) for stop in acting.stops.values()) + timedelta(hours=2)
    clock = RehearsalClock.start(tmp_path / "clock.json", now_at, 0)
    house = House(Settings(data=tmp_path), day.database, clock, day.ids)

    def worker_starts() -> None:
        judging_of(house, 0, JudgeParams(judge_every_s=0, rest_ratio=0)).take({}, Tally())

    with day.database.read() as session:
        closed = unsealed(session)
    assert {one["box_id"] for one in acting.board["boxes"] if one["sensor_id"]} <= set(closed)
    worker_starts()
    with day.database.begin() as session:
        assert unsealed(session) == []
        known, first = readings_of_box(session, box["box_id"]), standing_seal(session, box["box_id"])
        assert {one.key for chunk in first.chunks for one in unpack(chunk)} == {one.key for one in known}
        at = known[3].measured_at + timedelta(seconds=7)
        late = structs.replace(
            known[3], measured_at=at, received_at=now_at + timedelta(minutes=1), backfill=True
        )
        keep(session, [late])
    clock.advance_to(now_at + timedelta(minutes=2))
    worker_starts()
    with day.database.read() as session:
        second = standing_seal(session, box["box_id"])
        assert (second.number, second.verdict_number) == (first.number + 1, first.verdict_number + 1)
        assert set(first.chunks) < set(second.chunks)
        assert latest_verdicts(session, [box["box_id"]])[box["box_id"]].because
        assert CatchingUp(clock).boxes(session) == set()


def test_a_day_reads_the_same_without_its_rows(day_at, tmp_path) -> None:
    """
    Tests that after the rows of a sealed day were dropped its summary, its holds' readings and verdicts are
    what they were, with a message missing as before, and that a late reading still judges its hold anew.
    """
    day = day_at("served")
    acting = Acting.of(day)
    boxes = [one for one in acting.board["boxes"] if one["sensor_id"]]
    now_at = max(ends_at(stop) for stop in acting.stops.values()) + timedelta(hours=2)
    ids = [one["box_id"] for one in boxes]
    day_from_at = min(instant(one["packed_at"]) for one in boxes).replace(hour=0, minute=0)

    def answers(session):
        facts = {box: one.verdict for box, one in judge_boxes(session, ids, now_at, day.ids).items()}
        return summarise(session, day.service), readings_of_holds(session, ids), facts

    with day.database.begin() as session:
        (gap,) = readings_of_box(session, ids[0])[:1]
        keep(
            session, [structs.replace(gap, sequence=gap.sequence + 500, measured_at=gap.measured_at + SECOND)]
        )
        seal_holds(session, judge_boxes(session, ids, now_at, day.ids), now_at)
        before = answers(session)
        assert before[0].readings_stored and "readings_missing" in {
            one.reason.code for one in before[0].exceptions
        }
        for one in boxes:
            later_at = now_at + timedelta(days=9)
            keep(
                session,
                [structs.replace(gap, device_id=one["sensor_id"], probe="other", measured_at=later_at)],
            )
            told = {"sealed_to_at": now_at, "dropped_at": later_at}
            assert drop_rows(session, one["sensor_id"], day_from_at, **told)
    with day.database.begin() as session:
        assert readings_of_box(session, ids[0]) == []
        assert answers(session) == before
        at = gap.measured_at + timedelta(seconds=7)
        keep(session, [structs.replace(gap, measured_at=at, received_at=now_at, backfill=True, value=20.0)])
        judged = judge_boxes(session, ids[:1], now_at, day.ids)[ids[0]]
        assert judged.verdict.readings == before[2][ids[0]].readings + 1
        assert seal_holds(session, {ids[0]: judged}, now_at) == 1


def test_a_broken_chunk_costs_no_verdict(day_at) -> None:
    """
    Tests that a chunk that is not what was sealed is told, never read, and its hold judged all the same.
    """
    day = day_at("served")
    acting = Acting.of(day)
    box_id = next(one["box_id"] for one in acting.board["boxes"] if one["sensor_id"])
    now_at = max(ends_at(stop) for stop in acting.stops.values()) + timedelta(hours=2)
    with day.database.begin() as session:
        known = readings_of_box(session, box_id)
        (chunk,) = chunks_of(known[:5])
        save_chunks(session, [replace(chunk, body=chunk.body[:-1])], now_at)
        judged = judge_boxes(session, [box_id], now_at, day.ids)
        assert seal_holds(session, judged, now_at) == 0
        assert judged[box_id].verdict.readings == len(known)
        assert unsealed(session, [box_id]) == [box_id]
        with pytest.raises(ChunkBroken) as told:
            readings_in(session, spans_of_boxes(session, [box_id], known[0].measured_at, now_at))
    assert "damaged" in say(told.value.coded, "en")


def readings_of_box_order(readings):
    """By instant, as the question promises."""
    return sorted(readings, key=lambda one: (one.measured_at, one.device_id, one.probe))
