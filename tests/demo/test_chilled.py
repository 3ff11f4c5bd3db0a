"""Chilled boxes in the rehearsal, with their cooling written down the evening before; and the late sender."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from api.demo.cast import choose_cast
from api.demo.floor import floor_acts, watched
from telemetry.frames import BACKFILL_S
from telemetry.simulate import core_at, frames
from tests.demo.test_breach import NINE_AT, leg_of


def board_of(*legs):
    """A board of these boxes, each with a trip of its own."""
    stops = [
        {
            "site_id": leg.box["site_id"],
            "leave_at": leg.signed_at.isoformat(),
            "serving_ends_at": leg.ends_at.isoformat(),
            "second_leg_ends_at": leg.signed_at.isoformat(),
            "box_ids": [leg.box["box_id"]],
        }
        for leg in legs
    ]
    batches = [
        {
            "batch_id": leg.box["batch_ids"][0],
            "code": f"B-{leg.box['code']}",
            "dish_id": leg.box["code"],
            "variant": "regular",
            "start_at": (leg.check_at - timedelta(hours=3)).isoformat(),
            "ready_at": (leg.check_at - timedelta(hours=2)).isoformat(),
        }
        for leg in legs
    ]
    trips = [
        {"depart_at": leg.leaves_at.isoformat(), "stops": [stop]}
        for leg, stop in zip(legs, stops, strict=True)
    ]
    return {
        "service": "K1/2026-11-23/lunch",
        "boxes": [leg.box for leg in legs],
        "batches": batches,
        "trips": trips,
    }


HOT = leg_of(20, 60, 10, code="X01")
COLD = leg_of(20, 60, 15 * 60, code="X02", hold_class="cold")


def test_a_chilled_box_stays_cold_and_plays_no_part():
    """Tests that its core keeps between 0 and 8 degrees to the last plate, and that only hot boxes fail."""
    cast = choose_cast(board_of(HOT, COLD), 7)
    assert "X02" not in (cast.failing, cast.silent, cast.late, cast.lid)
    minutes = range(0, int((COLD.ends_at - NINE_AT).total_seconds()) // 60, 5)
    cores = [core_at(cast.boxes["X02"], NINE_AT + timedelta(minutes=after), 7) for after in minutes]
    assert min(cores) > 0 and max(cores) < 8


def test_its_cooling_is_written_down_and_the_morning_begins_with_the_day():
    """Tests both cooling stages of the evening's batch, and checks an hour before the day's first pan."""
    board = board_of(HOT, COLD)
    acts = floor_acts(board, "/service", {}, watched("K1"))
    cooled = [(act.body["point"], act.body["ref"]) for act in acts if act.said == "cooled"]
    assert cooled == [("cool_1", "B-X02"), ("cool_2", "B-X02")]
    morning = {act.at for act in acts if act.said == "checked"}
    assert morning == {NINE_AT - timedelta(minutes=10 + 60 + 60)}


@pytest.mark.parametrize("road_minutes", [5, 8, 25])
def test_the_late_sender_sends_from_memory_however_short_its_way(road_minutes):
    """Tests that what it held back comes when no reading of it would still count as live."""
    legs = [leg_of(20, road_minutes, 10, code=code) for code in ("X01", "X02", "X03", "X04")]
    told = [replace(leg, ends_at=leg.check_at + timedelta(hours=1)) for leg in legs]
    cast = choose_cast(board_of(*told), 7)
    sent = frames(cast.boxes[cast.late], 7)
    first_at = [json.loads(one.payload)["readings"][0]["t"] for one in sent]
    held_s = [
        (one.send_at - datetime.fromisoformat(at)).total_seconds()
        for one, at in zip(sent, first_at, strict=True)
    ]
    assert max(held_s) > BACKFILL_S
