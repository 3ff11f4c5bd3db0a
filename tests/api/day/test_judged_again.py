"""What arrives late or by a wrong clock: kept, named, and judged anew even after the last word."""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from api.day.judging import judge_boxes
from api.day.views_sensors import sensors_view
from api.ingest import Ingest, IngestParams
from api.judging import JudgeParams, Judging
from api.people import OPERATOR
from telemetry.mqtt import Frame
from telemetry.readings import Reading
from telemetry.store.readings import bad_frames, keep, readings_of_box
from telemetry.store.verdicts import last_computed_at, latest_verdicts, verdicts_of_box
from tests.api.day.acted_day import Acting, instant
from tests.api.day.example_day import ExampleDay

DayAt = Callable[[str], ExampleDay]
FAST = IngestParams(idle_s=0.001, first_pause_s=0.01, longest_pause_s=0.02)
AT_ONCE = JudgeParams(judge_every_s=0, check_every_s=1e9, rest_ratio=0)


class Arriving:
    """A broker and a clock in one: each frame comes at its instant."""

    def __init__(self, frames: Sequence[tuple[datetime, Frame]]) -> None:
        self._left, self.at, self.stop = list(frames), frames[0][0], threading.Event()

    def now(self) -> datetime:
        """The instant of the latest frame."""
        return self.at

    def next_batch(self, timeout_s: float) -> list[Frame]:
        """The next frame, then nothing more."""
        if not self._left:
            self.stop.set()
            return []
        self.at, frame = self._left.pop(0)
        return [frame]

    def acknowledge(self, frames: Sequence[Frame]) -> int:
        """Everything."""
        return len(frames)


def frame(box: Mapping[str, Any], *told: tuple[datetime, float]) -> Frame:
    """A frame of a box's sensor."""
    readings = [{"t": at.isoformat(), "probe": box["senses"], "c": value_c} for at, value_c in told]
    return Frame(
        f"holdchain/v1/{box['sensor_id']}/readings", json.dumps({"readings": readings}).encode(), 1, 0
    )


def work(day: ExampleDay, *frames: tuple[datetime, Frame]) -> None:
    """A worker takes these frames and judges the boxes they touch."""
    source = Arriving(frames)

    def judge(session, box_ids, now_at) -> None:
        judge_boxes(session, box_ids, now_at, day.ids)

    judging = Judging(day.database, source, judge=judge, open_boxes=lambda _: [], params=AT_ONCE)
    Ingest(source, day.database, source, judges=judging, params=FAST).run(source.stop)


def test_a_late_backlog_gives_a_newer_verdict_that_names_it(day_at: DayAt) -> None:
    """Tests a final verdict: readings from memory are marked, judged, and the newer verdict says so, once."""
    day = day_at("served")
    box = next(one for one in Acting.of(day).board["boxes"] if one["sensor_id"])
    packed_at, box_id = instant(box["packed_at"]), box["box_id"]
    late_at = packed_at + timedelta(hours=9)
    told = [(packed_at + timedelta(minutes=at, seconds=30), 20.0) for at in (20, 21, 22)]
    with day.database.read() as session:
        before, first = latest_verdicts(session, [box_id])[box_id], len(verdicts_of_box(session, box_id))
        known = {one.key for one in readings_of_box(session, box_id)}
    assert before.final
    work(day, (late_at, frame(box, *told)), (late_at + timedelta(minutes=1), frame(box, *told)))
    with day.database.read() as session:
        after, rows = latest_verdicts(session, [box_id])[box_id], verdicts_of_box(session, box_id)
        late = [one for one in readings_of_box(session, box_id) if one.key not in known]
    assert [(one.backfill, one.doubt) for one in late] == [(True, "")] * 3
    assert (after.final, after.readings, len(rows)) == (True, before.readings + 3, first + 1)
    (why,) = after.because
    assert why.code == "verdict_after_backfill"
    assert why.params == {
        "readings": 3,
        "from_at": told[0][0].isoformat(),
        "to_at": told[-1][0].isoformat(),
    }


def test_a_wrong_clock_is_said_with_the_verdict(day_at: DayAt) -> None:
    """Tests a sensor seven minutes behind, times to come and of 1970: findings, kept, the latter unjudged."""
    day = day_at("packed")
    box = next(one for one in Acting.of(day).board["boxes"] if one["sensor_id"])
    packed_at, slow = instant(box["packed_at"]), timedelta(minutes=7)
    arrivals = [packed_at + slow + timedelta(minutes=at) for at in range(1, 9)]
    frames = [(at, frame(box, (at - slow, 78.0 + number / 10))) for number, at in enumerate(arrivals)]
    strange = [arrivals[-1] + timedelta(hours=1), datetime(1970, 1, 1, 0, 3, tzinfo=UTC)]
    work(day, *frames, (arrivals[-1], frame(box, *((at, 20.0) for at in strange))))
    with day.database.read() as session:
        verdict = judged(day, box["box_id"], arrivals[-1])
        found = {one.code for one in bad_frames(session)}
        view = sensors_view(session, OPERATOR, arrivals[-1])
    assert {"time_in_future", "time_epoch_zero"} <= found
    (said,) = [one for one in verdict.reasons if one.code == "hold_clock_wrong"]
    assert said.params == {"sensor": box["sensor_id"], "minutes": 7.0}
    assert verdict.readings == 8
    (sensor,) = [one for one in view.sensors if one.device_id == box["sensor_id"]]
    assert [one.code for one in sensor.findings] == ["sensor_clock_behind", "sensor_times_doubtful"]


def judged(day: ExampleDay, box_id: str, at: datetime):
    """The verdict on a box at an instant."""
    with day.database.begin() as session:
        return judge_boxes(session, [box_id], at, day.ids)[box_id].verdict


def test_a_reading_of_the_instant_of_the_verdict_is_named_as_what_it_is(day_at: DayAt) -> None:
    """Tests that a reading which arrives in the instant of the last word is not told as a changed fact."""
    day = day_at("served")
    box = next(one for one in Acting.of(day).board["boxes"] if one["sensor_id"])
    box_id, device = box["box_id"], box["sensor_id"]
    with day.database.begin() as session:
        said_at = last_computed_at(session, box_id)
        taken_at = instant(box["packed_at"]) + timedelta(minutes=20, seconds=30)
        late = Reading(device, box["senses"], box["senses"], "temperature", 81.0, taken_at, said_at, 9_999)
        keep(session, [late])
        judge_boxes(session, [box_id], said_at, day.ids)
        after = latest_verdicts(session, [box_id])[box_id]
    assert [(one.code, one.params["readings"]) for one in after.because] == [("verdict_after_backfill", 1)]
