"""Tests of the ingest worker: evidence first, acknowledgement second, judgement third."""

import json
import threading
import time
from collections.abc import Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from api.ingest import Ingest, IngestParams
from api.judging import JudgeParams, Judging, Tally, boxes_of
from orders.errors import Conflict
from telemetry.mqtt import Frame
from telemetry.readings import ProbeUse
from telemetry.store.probe_uses import put_in, take_out
from telemetry.store.readings import bad_frames, count_bad_frames, count_readings, readings_of_device

AT = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)
FAST = IngestParams(idle_s=0.01, first_pause_s=0.01, longest_pause_s=0.02)
AT_ONCE = JudgeParams(judge_every_s=0, check_every_s=0, rest_ratio=0)


class Standing:
    """A clock that stands still."""

    def now(self) -> datetime:
        return AT


class Given:
    """A connection that gives these batches, notes what is acknowledged, and then stops the worker."""

    def __init__(self, *batches: list[Frame]) -> None:
        self.batches = list(batches)
        self.acknowledged: list[Frame] = []
        self.stop = threading.Event()
        self.idle = 3

    def next_batch(self, timeout_s: float) -> list[Frame]:
        if self.batches:
            return self.batches.pop(0)
        self.idle -= 1
        if self.idle == 0:
            self.stop.set()
        return []

    def acknowledge(self, frames: Sequence[Frame]) -> int:
        self.acknowledged += frames
        return len(frames)


def frame(number: int, *, device: str = "BOX-0001", payload: bytes | None = None, minute: int = 0) -> Frame:
    """A frame with one reading, or with these bytes."""
    at = (AT + timedelta(minutes=minute)).isoformat()
    body = {"seq": number, "readings": [{"t": at, "probe": "air", "c": 60.5}]}
    sent = json.dumps(body).encode() if payload is None else payload
    return Frame(f"holdchain/v1/{device}/readings", sent, number, 0)


def work(source: Given, database, judge=lambda *_: None, open_boxes=lambda _: []):
    """Runs a worker until the source is empty; gives what it did."""
    judging = Judging(database, Standing(), judge=judge, open_boxes=open_boxes, params=AT_ONCE)
    return Ingest(source, database, Standing(), judges=judging, params=FAST).run(source.stop)


def test_readings_are_kept_once_and_acknowledged(database):
    """
    Tests that a repeated frame is acknowledged again and stored once.
    """
    source = Given([frame(1), frame(2)], [frame(2), frame(3)])
    tally = work(source, database)
    with database.read() as session:
        assert count_readings(session) == 3
    assert (tally.frames, tally.stored, tally.duplicates, tally.acknowledged) == (4, 3, 1, 4)


def test_acknowledgement_comes_after_the_commit(database):
    """
    Tests that at the moment of acknowledging, another connection already sees the reading.
    """

    class Watching(Given):
        def acknowledge(self, frames: Sequence[Frame]) -> int:
            with database.read() as session:
                seen.append(count_readings(session))
            return super().acknowledge(frames)

    seen: list[int] = []
    work(Watching([frame(1)], [frame(2)]), database)
    assert seen == [1, 2]


def test_bad_frame_is_kept_with_its_bytes_and_acknowledged(database):
    """
    Tests that garbage is evidence too: its raw bytes are kept, and it does not come back forever.
    """
    source = Given([frame(1, payload=b"\xff\x00garbage"), frame(2)])
    tally = work(source, database)
    with database.read() as session:
        (kept,) = bad_frames(session)
        assert (kept.payload, kept.code) == (b"\xff\x00garbage", "frame_not_utf8")
        assert count_readings(session) == 1
    assert (tally.bad, tally.acknowledged) == (1, 2)


def test_good_readings_of_a_half_bad_frame_are_kept_beside_it(database):
    """
    Tests that one NaN costs no neighbour.
    """
    readings = [{"t": AT.isoformat(), "probe": p, "c": c} for p, c in (("air", float("nan")), ("core", 70))]
    work(Given([frame(1, payload=json.dumps({"readings": readings}).encode())]), database)
    with database.read() as session:
        assert count_bad_frames(session) == {"value_impossible": 1}
        (kept,) = readings_of_device(session, "BOX-0001", from_at=AT, to_at=AT)
    assert (kept.probe, kept.value, kept.sequence) == ("core", 70.0, -1)


def test_failing_database_acknowledges_nothing_and_is_tried_again(database):
    """
    Tests that devices are held back while the database fails, and nothing is lost when it recovers.
    """
    failures = [2]
    source = Given([frame(1), frame(2)])

    class Failing:
        read = database.read

        @contextmanager
        def begin(self):
            with database.begin() as session:
                yield session
                if failures[0]:
                    failures[0] -= 1
                    assert source.acknowledged == []
                    raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    tally = work(source, Failing())
    assert (tally.failed, tally.stored, tally.acknowledged) == (2, 2, 2)
    with database.read() as session:
        assert count_readings(session) == 2


def test_worker_stopped_while_the_database_fails_acknowledges_nothing(database):
    """
    Tests that a stop during an outage leaves the frames with the broker.
    """
    source = Given([frame(1)])

    class Down:
        read = database.read

        @contextmanager
        def begin(self):
            source.stop.set()
            raise OperationalError("BEGIN", {}, Exception("server closed the connection"))
            yield

    tally = work(source, Down())
    assert (tally.failed, tally.stored, source.acknowledged) == (1, 0, [])


def test_boxes_with_new_readings_are_judged_and_no_others(database):
    """
    Tests that a reading has its box judged, after it was acknowledged.
    """
    with database.begin() as session:
        put_in(session, ProbeUse("BOX-0001", "air", "air", "box-1", AT - timedelta(hours=1)))
        put_in(session, ProbeUse("BOX-0002", "air", "air", "box-2", AT - timedelta(hours=1)))
    source, judged = Given([frame(1), frame(9, device="BOX-0003")]), []

    def judge(session, box_ids, now_at):
        assert len(source.acknowledged) == 2
        judged.append((list(box_ids), now_at))

    work(source, database, judge)
    assert judged == [(["box-1"], AT)]


def test_backlog_is_judged_in_the_box_it_was_measured_in(database):
    """
    Tests that late readings re-judge every box the probe sat in meanwhile, not only the first and the last.
    """
    with database.begin() as session:
        long_ago = AT - timedelta(hours=9), AT - timedelta(hours=6)
        put_in(session, ProbeUse("BOX-0001", "air", "air", "zeroth", *long_ago))
        put_in(session, ProbeUse("BOX-0001", "air", "air", "first", AT - timedelta(hours=5)))
        take_out(session, "BOX-0001", "air", AT - timedelta(hours=2))
        put_in(session, ProbeUse("BOX-0001", "air", "air", "second", AT - timedelta(hours=1)))
    with database.read() as session:
        probe = ("BOX-0001", "air")
        assert boxes_of(session, {probe: (AT - timedelta(hours=3), AT)}) == ["first", "second"]
        assert boxes_of(session, {probe: (AT - timedelta(hours=8), AT)}) == ["first", "second", "zeroth"]
        assert boxes_of(session, {probe: (AT - timedelta(hours=3),) * 2}) == ["first"]
        assert boxes_of(session, {probe: (AT, AT)}) == ["second"]
        assert boxes_of(session, {probe: (AT - timedelta(minutes=90),) * 2}) == []
        assert boxes_of(session, {("BOX-0009", "air"): (AT, AT)}) == []


@pytest.mark.parametrize(
    "error", [Conflict("box_unknown"), OperationalError("SELECT", {}, Exception("gone"))]
)
def test_failed_judgement_costs_no_reading(database, error):
    """
    Tests that evidence stays kept and acknowledged when judging it fails.
    """
    with database.begin() as session:
        put_in(session, ProbeUse("BOX-0001", "air", "air", "box-1", AT - timedelta(hours=1)))

    def judge(session, box_ids, now_at):
        raise error

    source = Given([frame(1)], [frame(2)])
    tally = work(source, database, judge)
    assert (tally.stored, tally.acknowledged, tally.failed) == (2, 2, 0)
    with database.read() as session:
        assert count_readings(session) == 2


def test_open_boxes_are_judged_without_any_reading(database):
    """
    Tests that silence is looked at when nothing comes.
    """
    judged = []
    work(Given(), database, lambda session, box_ids, now_at: judged.append(box_ids), lambda _: ["b", "a"])
    assert judged[0] == ["a", "b"]


def test_boxes_without_news_are_not_judged(database):
    """
    Tests that only those boxes are written about of which judging would keep something.
    """
    judged, source = [], Given()
    judging = Judging(
        database,
        Standing(),
        judge=lambda session, box_ids, now_at: judged.append(list(box_ids)),
        news=lambda session, box_ids, now_at: [one for one in box_ids if one == "b" and not judged],
        open_boxes=lambda _: ["b", "a"],
        params=AT_ONCE,
    )
    Ingest(source, database, Standing(), judges=judging, params=FAST).run(source.stop)
    assert judged == [["b"]]


def test_judging_rests_between_its_transactions(database):
    """
    Tests that between two boxes others have longer to write than the first one took.
    """
    spans = []

    def judge(session, box_ids, now_at):
        began_s = time.monotonic()
        time.sleep(0.01)
        spans.append((began_s, time.monotonic()))

    params = JudgeParams(judge_every_s=0, check_every_s=60, rest_ratio=2, judged_together=1)
    judging = Judging(database, Standing(), judge=judge, open_boxes=lambda _: ["a", "b"], params=params)
    judging.take({}, Tally())
    (first_s, done_s), (next_s, _) = spans
    assert next_s - done_s > done_s - first_s


def test_box_whose_judgement_was_lost_is_judged_again(database):
    """
    Tests that a database error while judging is made good without waiting for another reading.
    """
    with database.begin() as session:
        put_in(session, ProbeUse("BOX-0001", "air", "air", "box-1", AT - timedelta(hours=1)))
    judged = []

    def judge(session, box_ids, now_at):
        judged.append(box_ids)
        if len(judged) == 1:
            raise OperationalError("INSERT", {}, Exception("deadlock"))

    work(Given([frame(1)]), database, judge)
    assert judged == [["box-1"], ["box-1"]]


def test_one_box_that_cannot_be_judged_keeps_no_other_from_it(database):
    """
    Tests that a refusal in a transaction of several boxes falls on its own box alone.
    """
    judged = []

    def judge(session, box_ids, now_at):
        if "bad" in box_ids:
            raise Conflict("box_unknown")
        judged.append(box_ids)

    work(Given(), database, judge, lambda _: ["a", "bad", "c"])
    assert judged[:2] == [["a"], ["c"]]


def test_a_report_that_cannot_be_kept_ends_no_judging(database):
    """
    Tests that a disk without room for the worker's own row keeps no box from being judged again.
    """
    judged, source = [], Given()

    def report(*_):
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    judging = Judging(
        database,
        Standing(),
        judge=lambda session, box_ids, now_at: judged.append(box_ids),
        open_boxes=lambda _: ["a"],
        report=report,
        params=AT_ONCE,
    )
    Ingest(source, database, Standing(), judges=judging, params=FAST).run(source.stop)
    assert len(judged) > 1
