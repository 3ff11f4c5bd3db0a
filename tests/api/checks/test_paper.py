"""The floor's papers say what was written, in both languages, read back from the PDF's text."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from api.checks.keeping import SampleTold, take_sample
from api.checks.paper import print_inspector, print_record
from api.checks.records import Entry, write_check
from api.checks.watching import list_probes
from api.checks.withholding import WithheldTold, end_hold, withhold
from api.day.measure import StepTold, act_on_step, record_step
from kitchen.haccp import Probe
from orders.codes import Coded
from telemetry.alarms import Alarm, AlarmStep
from telemetry.store.alarm_acts import Decision, save_decision
from telemetry.store.alarms import acknowledge, apply_step
from tests.api.checks.room import SERVICE, furnished, later
from tests.api.reports.readback import pages_text

WELL = {"temperature_c": "36.5", "no_illness": "yes", "no_wound": "yes", "clean_dress": "yes"}
COOK = StepTold("cook", "B01", 85.0, "HP-01", "S1")


@pytest.fixture
def floor(database):
    """A day with a cold core that was cooked on, a sample, and a morning check that was corrected."""
    with database.begin() as session:
        at = furnished(session)
        cold = record_step(session, at, SERVICE, replace(COOK, value_c=66.0))
        act_on_step(session, at, SERVICE, cold.step_id, "cook_on", "S1")
        record_step(session, later(minutes=5), SERVICE, COOK)
        take_sample(session, later(minutes=9), SERVICE, SampleTold("B01", 131, "F1", "", "S2"))
        wrong = write_check(session, at, Entry("morning_check", "S1", WELL | {"temperature_c": "63.5"}, "S2"))
        right = Entry("morning_check", "S1", WELL, "S2", replaces=wrong.check_id, reason="swapped")
        write_check(session, at, right)
        yield session


def text(made):
    return "".join("".join(pages_text(made.pdf)).split())


@pytest.mark.parametrize(("language", "words"), [("zh_CN", "继续加热"), ("en", "Cookon")])
def test_the_record_shows_failure_action_and_correction(floor, language, words):
    """
    Tests that both the failed and the passed core, the action, the sample and both entries are printed.
    """
    at = later(hours=2)
    said = text(print_record(floor, at, at.today_on, at.today_on, language))
    assert all(part in said for part in ("66.0", "85.0", words, "131g", "63.5", "swapped", "HP-01"))


@pytest.mark.parametrize(
    ("language", "dish", "overdue"),
    [("zh_CN", "B01菜", "HP-02的校准已于2026-11-20到期"), ("en", "B01Dish", "HP-02endedon2026-11-20")],
)
def test_papers_tell_batch_dish_and_a_calibration_that_was_over(floor, language, dish, overdue):
    """
    Tests that a box names the batches in it, and that an overdue probe stays with what it measured.
    """
    at = later(hours=1)
    list_probes(floor, at, [Probe("HP-02", "", date(2026, 5, 20), date(2026, 11, 20))])
    step = record_step(floor, at, SERVICE, StepTold("pack_hot", "X01", 75.0, "HP-02", "S1"))
    assert [one.code for one in step.warnings] == ["probe_overdue"]
    list_probes(floor, at, [Probe("HP-02", "", at.today_on, date(2027, 5, 20))])
    record = text(print_record(floor, at, at.today_on, at.today_on, language))
    file = text(print_inspector(floor, at, language))
    for said in (record, file):
        assert said.count(dish) >= 2
        assert overdue in said


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_papers_tell_food_on_hold_and_how_it_ended(floor, language):
    """
    Tests that the file puts what is on hold first, and that the record of the day tells the whole of it.
    """
    at = later(minutes=30)
    held = withhold(floor, at, SERVICE, WithheldTold("B01", "有异味", "S1"))
    assert "有异味" in "".join(pages_text(print_inspector(floor, at, language).pdf)[0].split())
    end_hold(floor, later(hours=1), held.withheld_id, "lifted", "化验合格", "S2")
    said = text(print_record(floor, later(hours=2), at.today_on, at.today_on, language))
    assert all(part in said for part in ("有异味", "甲", "化验合格", "乙", "10:30"))


def test_a_corrected_sample_keeps_its_line(floor):
    """
    Tests that a sample that was weighed again is printed twice, the first one with why it is corrected.
    """
    again = SampleTold("B01", 150, "F1", "", "S2", reason="weighed again")
    take_sample(floor, later(minutes=12), SERVICE, again)
    said = text(print_record(floor, later(hours=2), later().today_on, later().today_on, "en"))
    assert all(part in said for part in ("131g", "150g", "Corrected:weighedagain"))


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_inspector_sees_todays_gaps_first(floor, language):
    """
    Tests that the first page names who has no morning check, and what was left out the day before.
    """
    made = print_inspector(floor, later(hours=2), language)
    assert made.findings == ()
    first = "".join(pages_text(made.pdf)[0].split())
    assert "乙" in first
    after = print_inspector(floor, later(days=1, hours=-2), language)
    assert "X01" in text(after)
    assert (later(days=1).today_on - later().today_on) == timedelta(days=1)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh_CN", ("09:30–10:00", "09:35甲叫司机开盖", "09:50召回：倒掉乙", "已回应", "无人", "未解除")),
        ("en", ("09:30–10:00", "09:35甲叫司机开盖", "09:50Withdrawn:倒掉乙", "Answered", "nobody", "Rings")),
    ],
)
def test_papers_tell_alarms_with_who_answered_and_what_was_decided(floor, language, words):
    """
    Tests that record and file tell an alarm's answer and decision, and that nobody has answered another.
    """
    at = later(hours=2)
    battery = Alarm(
        "battery",
        "",
        "info",
        Coded("alarm_battery", {"box": "X01", "device": "B-1", "percent": 9}),
        later().now_at,
    )
    breach = replace(battery, kind="breach", severity="critical")
    rows = apply_step(floor, "p1-x1", AlarmStep((breach, battery), ()), at.ids.new)
    acknowledge(
        floor,
        rows[0].alarm_id,
        actor_id="u1",
        name="甲",
        now_at=later(minutes=5).now_at,
        comment="叫司机开盖",
    )
    decided_at = later(minutes=20).now_at
    save_decision(
        floor, Decision("d1", rows[0].alarm_id, "p1-x1", "withdraw", "倒掉", "乙", "u1", decided_at)
    )
    ended = replace(breach, cleared_at=later(minutes=30).now_at)
    apply_step(floor, "p1-x1", AlarmStep((), (ended,)), at.ids.new)
    for made in (
        print_record(floor, at, at.today_on, at.today_on, language),
        print_inspector(floor, at, language),
    ):
        said = text(made)
        assert all(part in said for part in words), said
        assert made.findings == ()
