"""Registers: written, judged, corrected, signed; and what is missing from them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from api.checks.gaps import find_gaps
from api.checks.records import Entry, act_on_check, sign_check, write_check
from api.checks.views import checks_view
from api.day.measure import StepTold, record_step
from kitchen.store.checks import load_checks
from kitchen.store.staff import load_workers
from kitchen.store.watched import load_probes
from orders.errors import BadInput, Conflict, Forbidden, NotFound
from tests.api.checks.room import SERVICE, desk, furnished, later

TODAY = date(2026, 11, 23)
WELL = {"temperature_c": "36.5", "no_illness": "yes", "no_wound": "yes", "clean_dress": "yes"}
MORNING = Entry("morning_check", "S1", WELL, "S2")
DAILY = Entry("safety_day", "", {"checked": "yes", "risk": "no"}, "S1")


@pytest.fixture
def floor(database):
    """The small floor, and an open transaction."""
    with database.begin() as session:
        yield session, furnished(session)


def gaps(session, at, days=1):
    from_on = at.today_on - timedelta(days=days - 1)
    return [(one.kind, one.said.code) for one in find_gaps(session, at, from_on, at.today_on)]


def test_who_fails_the_morning_check_is_off_duty_and_the_batches_are_named(floor):
    """
    Tests that a fever bars the person from writing, and lists what the person had touched.
    """
    session, at = floor
    write_check(session, at, MORNING)
    record_step(session, at, SERVICE, StepTold("cook", "B01", 85.0, "HP-01", "S1"))
    ill = write_check(session, at, replace(MORNING, answers=WELL | {"temperature_c": "38.1"}))
    (off,) = checks_view(session, at).off_duty
    assert (ill.passed, off.worker.code, off.batches) == (False, "S1", ("B01",))
    with pytest.raises(BadInput, match="check_person_off_duty"):
        write_check(session, at, DAILY)
    assert ("failed", "check_failed_open") in gaps(session, at)
    act_on_check(session, at, ill.check_id, "off_duty", "S2", "sent home")
    assert ("failed", "check_failed_open") not in gaps(session, at)


def test_a_correction_leaves_both_entries(floor):
    """
    Tests that the later entry counts, the earlier one stays, and neither can be corrected twice.
    """
    session, at = floor
    first = write_check(session, at, replace(MORNING, answers=WELL | {"temperature_c": "63.5"}))
    again = replace(MORNING, replaces=first.check_id, reason="figures swapped")
    write_check(session, at, again)
    assert [one.passed for one in load_checks(session, "K1", TODAY, TODAY)] == [True]
    assert len(load_checks(session, "K1", TODAY, TODAY, every=True)) == 2
    with pytest.raises(Conflict, match="check_replaced_already"):
        write_check(session, at, again)


def test_the_daily_check_is_signed_by_somebody_else(floor):
    """
    Tests that an unsigned entry is a gap, that nobody signs for himself, and nothing is signed twice.
    """
    session, at = floor
    daily = write_check(session, at, DAILY)
    assert ("unsigned", "check_unsigned") in gaps(session, at)
    with pytest.raises(BadInput, match="check_signs_own"):
        sign_check(session, at, daily.check_id, "S1")
    sign_check(session, at, daily.check_id, "S2")
    with pytest.raises(Conflict, match="check_signed_already"):
        sign_check(session, at, daily.check_id, "S2")
    assert ("unsigned", "check_unsigned") not in gaps(session, at)


def test_a_check_is_missing_once_its_time_is_over(floor):
    """
    Tests that the morning check is due until 08:00, then missing, and that the daily one is due till 17:00.
    """
    session, _ = floor
    early = later(hours=-2, minutes=-30)
    assert gaps(session, early) == []
    assert {one.register.code for one in checks_view(session, early).due} >= {"morning_check", "safety_day"}
    assert gaps(session, later(hours=1)).count(("check", "check_missing")) == 3
    assert gaps(session, later(hours=10)).count(("check", "check_missing")) == 6


def test_yesterday_shows_what_was_left_out(floor):
    """
    Tests that steps and samples of a day that is over are gaps, with each missing check of that day.
    """
    session, at = floor
    write_check(session, at, MORNING)
    found = gaps(session, later(days=1), days=2)
    assert ("floor", "point_missing") in found
    assert ("floor", "batch_sample_missing") in found
    assert found.count(("check", "check_missing")) == 5


def test_certificates_and_calibrations_renew_what_they_are_about(floor):
    """
    Tests that an overdue probe and certificate are gaps until they are renewed.
    """
    session, _ = floor
    in_june = desk(later().now_at.replace(year=2027, month=6))
    assert {code for _, code in gaps(session, in_june)} >= {"probe_overdue", "worker_certificate_over"}
    for person in ("S1", "S2"):
        answers = {"number": "450200", "valid_to": "2028-05-01"}
        write_check(session, in_june, Entry("health_certificate", person, answers, "S1"))
    calibration = {"ice_c": "0.1", "boiling_c": "99.8", "next_on": "2027-12-01"}
    write_check(session, in_june, Entry("probe_calibration", "HP-01", calibration, "S1"))
    assert load_probes(session, "K1")["HP-01"].due_on == date(2027, 12, 1)
    assert {one.certificate_to_on for one in load_workers(session, "K1", TODAY).values()} == {
        date(2028, 5, 1)
    }


def test_entries_are_refused_by_name(floor):
    """
    Tests an unknown register, an unknown person, a day ahead and somebody who may not write.
    """
    session, at = floor
    with pytest.raises(NotFound):
        write_check(session, at, replace(MORNING, register="moon"))
    with pytest.raises(NotFound):
        write_check(session, at, replace(MORNING, subject="nobody"))
    with pytest.raises(BadInput, match="check_ahead"):
        write_check(session, at, replace(DAILY, on=TODAY + timedelta(days=1)))
    with pytest.raises(Forbidden):
        write_check(session, desk(role="driver"), DAILY)
