"""The floor's papers say what was written, in both languages, read back from the PDF's text."""

from dataclasses import replace
from datetime import timedelta

import pytest

from api.checks.keeping import SampleTold, take_sample
from api.checks.paper import print_inspector, print_record
from api.checks.records import Entry, write_check
from api.day.measure import StepTold, act_on_step, record_step
from tests.api.checks.room import SERVICE, furnished, later
from tests.api.reports.readback import pages_text

WELL = {"temperature_c": "36.5", "no_illness": "yes", "no_wound": "yes", "clean_dress": "yes"}
COOK = StepTold("cook", "B01", 85.0, "HP-01", "S1")


@pytest.fixture
def floor(database):
    """A day with a cold core that was cooked on, a sample, and a morning check that was corrected."""
    with database.begin() as session:
        at = furnished(session)
        cold, _ = record_step(session, at, SERVICE, replace(COOK, value_c=66.0))
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
