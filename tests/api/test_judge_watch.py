"""Judging that tells nothing is noticed by the house's clock and by the watch, where there is any to do."""

from datetime import UTC, datetime, timedelta

from api.judge_watch import JudgeWatch, is_owed, told_at
from api.store.workers import WorkerRow, report_worker
from api.troubles import troubles
from api.words import say

AT = datetime(2026, 11, 23, 2, 10, tzinfo=UTC)


def later(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def test_silence_of_two_minutes_is_told_until_judging_speaks_again() -> None:
    """Tests a worker that judged once, one that never did, and that the first is well again at once."""
    watch, told = JudgeWatch(), {"ingest 1/2": AT, "ingest 2/2": None}
    assert watch.behind(told, later(1), 1) == {}
    assert watch.behind(told, later(119), 119) == {}
    assert watch.behind(told, later(121), 121) == {"ingest 1/2": AT, "ingest 2/2": later(1)}
    assert watch.behind(told | {"ingest 1/2": later(121)}, later(122), 122) == {"ingest 2/2": later(1)}


def test_a_rehearsals_clock_makes_nobody_silent() -> None:
    """Tests a clock that leaps by hours, and one that stands still for as long."""
    leaping, still = JudgeWatch(), JudgeWatch()
    for second in range(0, 600, 10):
        assert leaping.behind({"ingest": later(3600 * (second - 10))}, later(3600 * second), second) == {}
        assert still.behind({"ingest": AT}, AT, second) == {}


def test_an_idle_house_owes_no_judging(database) -> None:
    """Tests that nothing is owed where no probe is in a box and nothing was read."""
    with database.begin() as session:
        assert not is_owed(session)
        report_worker(session, WorkerRow(name="ingest", seen_at=AT))
        assert told_at(session, ["ingest", "ingest 2/2"]) == {"ingest": AT, "ingest 2/2": None}


def test_silent_judging_is_a_trouble_in_both_languages_unless_its_worker_is_down() -> None:
    """Tests the sentence, and that a worker that does not run is told as that alone."""
    [found] = troubles({}, [], 0, {"ingest": AT})
    assert found.code == "trouble_judge_behind"
    assert "no alarm rings" in say(found, "en") and "10:10" in say(found, "en")
    assert "不会报警" in say(found, "zh_CN")
    assert [one.code for one in troubles({"ingest": AT}, [], 0, {"ingest": AT})] == ["trouble_worker_down"]
