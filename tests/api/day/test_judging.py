"""Judging: a verdict is kept when it says something new, an alarm rings once, memory changes nothing."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from api.day.holds import Memory
from api.day.judging import judge_boxes, news_of
from telemetry.store.alarms import alarm_rows
from telemetry.store.readings import keep
from telemetry.store.verdicts import latest_verdicts, verdicts_of_box
from tests.api.day.acted_day import LEAKING_S, TIGHT_S, Acting, cooling, ends_at, instant
from tests.api.day.example_day import ExampleDay

EVERY = timedelta(minutes=5)


def judged(day: ExampleDay, box_ids: list[str], now_at: datetime, memory: Memory | None = None):
    """What is judged at an instant."""
    with day.database.begin() as session:
        return judge_boxes(session, box_ids, now_at, day.ids, memory)


def core_box(acting: Acting) -> dict:
    """A box whose probe is in the food."""
    return next(box for box in acting.board["boxes"] if box["senses"] == "core")


def sent(day: ExampleDay, box: dict, to_at: datetime, tau_s: int) -> None:
    """Keeps what the box's sensor sent up to an instant."""
    with day.database.begin() as session:
        keep(session, cooling(box, to_at, tau_s))


def test_a_leaking_box_is_breached_after_two_hours_and_rings_once(day_on) -> None:
    """Tests that the verdict turns once and that one alarm rings, however often it is judged."""
    day = day_on("packed")
    acting = Acting.of(day)
    box = core_box(acting)
    box_id, check_at = box["box_id"], instant(box["cooked_at"]) + timedelta(hours=2)
    shown = []
    for step in range(-4, 5):
        at = check_at + step * EVERY
        sent(day, box, at, LEAKING_S)
        shown.append(judged(day, [box_id], at)[box_id].verdict.shown)
    assert shown[:4] == ["open"] * 4
    assert shown[-1] == "breached"
    with day.database.read() as session:
        rung = [row.kind for row in alarm_rows(session, [box_id])]
        kept = verdicts_of_box(session, box_id)
    assert rung.count("breach") == 1
    assert len({(v.shown, v.eat_by_at) for _, v in kept}) == len(kept) < len(shown)


def test_the_same_instant_says_nothing_twice(day_at) -> None:
    """Tests that judging again adds neither a verdict nor an alarm."""
    day = day_at("delivered")
    acting = Acting.of(day)
    boxes = list(acting.boxes)
    at = max(instant(stop["leave_at"]) for stop in acting.stops.values())
    judged(day, boxes, at)
    before = counted(day)
    again = judged(day, boxes, at)
    assert {one.raised for one in again.values()} == {0}
    assert counted(day) == before


def counted(day: ExampleDay) -> list[int]:
    """Rows of verdicts and of alarms."""
    tables = ("telemetry_verdicts", "telemetry_alarms")
    with day.database.read() as session:
        connection = session.connection()
        return [connection.execute(text(f"SELECT count(*) FROM {t}")).scalar_one() for t in tables]


def test_a_silent_sensor_rings_and_its_word_clears_the_alarm(day_at) -> None:
    """Tests that silence is an alarm from the tenth minute and ends with the next reading."""
    day = day_at("packed")
    box = core_box(Acting.of(day))
    heard_at = instant(box["packed_at"]) + timedelta(minutes=10)
    sent(day, box, heard_at, TIGHT_S)
    assert judged(day, [box["box_id"]], heard_at + timedelta(minutes=9))[box["box_id"]].raised == 0
    assert judged(day, [box["box_id"]], heard_at + timedelta(minutes=12))[box["box_id"]].raised == 1
    sent(day, box, heard_at + timedelta(minutes=13), TIGHT_S)
    judged(day, [box["box_id"]], heard_at + timedelta(minutes=13))
    with day.database.read() as session:
        [alarm] = alarm_rows(session, [box["box_id"]])
    assert (alarm.kind, alarm.cleared_at is None) == ("silence", False)


def test_a_box_not_yet_closed_is_passed_over(day_at) -> None:
    """Tests that only what was packed has a hold."""
    day = day_at("cooked")
    acting = Acting.of(day)
    at = instant(core_box(acting)["packed_at"])
    assert judged(day, list(acting.boxes), at) == {}
    assert judged(day, [], at) == {}


def test_a_workers_memory_changes_no_verdict(day_at) -> None:
    """Tests that judging from memory as readings come agrees with judging anew from all rows."""
    day = day_at("departed")
    acting = Acting.of(day)
    boxes = [box for box in acting.board["boxes"] if box["sensor_id"]][:6]
    box_ids, memory = [box["box_id"] for box in boxes], Memory()
    at = max(instant(box["packed_at"]) for box in boxes)
    for _ in range(6):
        at += 5 * EVERY
        for number, box in enumerate(boxes):
            sent(day, box, at, LEAKING_S if number == 0 else TIGHT_S)
        remembered = judged(day, box_ids, at, memory)
        anew = judged(day, box_ids, at)
        assert {b: one.verdict for b, one in remembered.items()} == {b: o.verdict for b, o in anew.items()}


def test_news_is_what_judging_would_keep(day_at) -> None:
    """Tests that a look finds the boxes with a new verdict or alarm, and none once they are judged."""
    day = day_at("departed")
    acting = Acting.of(day)
    boxes = [box for box in acting.board["boxes"] if box["sensor_id"]][:3]
    box_ids, memory = [box["box_id"] for box in boxes], Memory()
    at = max(instant(box["packed_at"]) for box in boxes)

    def news() -> list[str]:
        with day.database.read() as session:
            return news_of(session, box_ids, at, memory)

    assert sorted(news()) == sorted(box_ids)
    judged(day, box_ids, at, memory)
    assert news() == []
    at += 30 * EVERY
    for number, box in enumerate(boxes):
        sent(day, box, at, LEAKING_S if number == 0 else TIGHT_S)
    assert box_ids[0] in news()
    judged(day, box_ids, at, memory)
    assert news() == []


def test_a_failed_transaction_takes_nothing_from_memory(day_at) -> None:
    """Tests that a worker judges on from what it knows after a transaction was rolled back."""
    day = day_at("departed")
    box, memory = core_box(Acting.of(day)), Memory()
    at = instant(box["packed_at"])
    with pytest.raises(ZeroDivisionError), day.database.begin() as session:
        judge_boxes(session, [box["box_id"]], at, day.ids, memory)
        raise ZeroDivisionError
    assert judged(day, [box["box_id"]], at, memory).keys() == {box["box_id"]}


def test_a_served_day_ends_with_a_final_verdict_of_every_box(acted_days) -> None:
    """Tests that sound boxes pass, each once and for all."""
    day = acted_days["served"]
    acting = Acting.of(day)
    with day.database.read() as session:
        verdicts = latest_verdicts(session, list(acting.boxes))
    assert verdicts.keys() == acting.boxes.keys()
    assert {(one.shown, one.final) for one in verdicts.values()} == {("passed", True)}
    last_at = max(ends_at(stop) for stop in acting.stops.values())
    assert max(one.judged_to_at for one in verdicts.values()) <= last_at
