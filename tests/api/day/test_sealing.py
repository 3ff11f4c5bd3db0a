"""A closed hold is sealed once, late readings into a further chunk; a box, a carrier, a stop can be asked."""

from dataclasses import replace
from datetime import timedelta

from api.day.judging import judge_boxes
from api.day.sealing import seal_holds, unsealed_holds
from api.history import spans_of_boxes, spans_of_carrier, spans_of_stop
from telemetry.chunks import unpack
from telemetry.store.chunks import chunks_of_hold
from telemetry.store.history import readings_in
from telemetry.store.readings import keep, readings_of_box
from tests.api.day.acted_day import Acting, ends_at, instant


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
    late = replace(known[3], measured_at=known[3].measured_at + timedelta(seconds=7), backfill=True)
    assert known
    assert judged_and_sealed() == 1
    assert judged_and_sealed() == 0
    with day.database.begin() as session:
        assert unsealed_holds(session, [box_id]) == []
        keep(session, [replace(late, senses=None)])
    assert judged_and_sealed() == 1
    with day.database.read() as session:
        sealed = [one for chunk in chunks_of_hold(session, box_id) for one in unpack(chunk)]
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


def readings_of_box_order(readings):
    """By instant, as the question promises."""
    return sorted(readings, key=lambda one: (one.measured_at, one.device_id, one.probe))
