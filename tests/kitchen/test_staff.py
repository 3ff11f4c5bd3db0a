"""Tests of who is fit to work."""

from datetime import UTC, date, datetime, time

import pytest

from kitchen.staff import MorningCheck, Worker, fit_on, worker_from_table

ON = date(2026, 11, 23)
AT = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
COOK = Worker("w1", "S1", "甲", frozenset({"wok"}), time(6), time(14), date(2026, 11, 23))


def found(worker, *checks, on=ON):
    return [one.code for one in fit_on(worker, checks, on)]


def test_a_certificate_holds_through_its_last_day():
    """
    Tests that the last day still counts, the day after does not, and that none at all is said.
    """
    assert found(COOK) == []
    assert found(COOK, on=date(2026, 11, 24)) == ["worker_certificate_over"]
    assert found(Worker("w2", "S2", "乙")) == ["worker_certificate_missing"]


def test_the_last_morning_check_of_the_date_decides():
    """
    Tests that a failed check bars its person and date only, and that a later one lifts it.
    """
    failed = MorningCheck("w1", ON, False, AT)
    assert found(COOK, failed) == ["worker_off_duty"]
    assert found(COOK, failed, MorningCheck("w1", ON, True, AT.replace(hour=23))) == []
    assert found(COOK, MorningCheck("w9", ON, False, AT)) == []


def test_a_file_names_the_person_whose_hours_cannot_be():
    """
    Tests that hours that end before they start name the person.
    """
    row = {"code": "S1", "name": "甲", "skills": ["wok"], "works_from": "06:00", "works_to": "14:00"}
    assert worker_from_table("w1", row).works_to == time(14)
    with pytest.raises(ValueError, match="staff S1"):
        worker_from_table("w1", row | {"works_to": "05:00"})
