"""Complaints from the hotline to the person's answer."""

from datetime import date

import pytest

from api.db import Database
from api.oversight.complaints import NewComplaint, complaints_of_days, take_complaint, take_step
from orders.errors import BadInput, Conflict, Forbidden, NotFound
from tests.api.oversight.town import NOW_AT, build, ids, who

BUREAU = who("bureau")
HOTLINE = NewComplaint("new_site_wanted", "附近没有助餐点", "12345", "BJ-1", place="回龙观")


def test_a_complaint_goes_its_way_once(database: Database) -> None:
    """Tests the hotline's number, the due date, each step with its name, and the rates."""
    given = {"actor": BUREAU, "now_at": NOW_AT}
    source = ids()
    with database.begin() as session:
        build(session)
        kept = take_complaint(session, HOTLINE, ids=source, **given)
        again = take_complaint(session, HOTLINE, ids=source, **given)
        food = NewComplaint("food", "菜太咸", "site", site_id="C01", received_on=date(2026, 11, 1))
        late = take_complaint(session, food, ids=source, actor=who("canteen"), now_at=NOW_AT)
        assert (kept.code, again.code, late.code) == ("T0001", "T0001", "T0002")
        assert kept.complaint.due_on == date(2026, 12, 23)
        for kind, note, to in (
            ("verified", "确属空白点", ""),
            ("assigned", "", "回龙观街道"),
            ("solved", "新设一处", ""),
            ("satisfied", "", ""),
        ):
            done = take_step(session, kept.code, kind, note, to, **given)
        assert (done.progress.state, done.steps[1].to, done.steps[0].by) == (
            "closed",
            "回龙观街道",
            BUREAU.name,
        )
    with database.read() as session:
        every, rates = complaints_of_days(session, None, None, actor=who("monitor"), now_at=NOW_AT)
        november, _ = complaints_of_days(session, date(2026, 11, 2), None, actor=BUREAU, now_at=NOW_AT)
    assert [one.code for one in every] == ["T0002", "T0001"]
    assert (rates.solved, rates.late, rates.satisfied) == (1, 1, 1)
    assert [one.code for one in november] == ["T0001"]


def test_what_cannot_be_used_is_refused(sqlite: Database) -> None:
    """Tests kind, channel, text, day, site, note, addressee, step and role."""
    given = {"actor": BUREAU, "now_at": NOW_AT}
    with sqlite.begin() as session:
        build(session)
        kept = take_complaint(session, HOTLINE, ids=ids(), **given)
        for new, error in (
            (NewComplaint("noise", "x", "12345"), BadInput),
            (NewComplaint("food", "x", "pigeon"), BadInput),
            (NewComplaint("food", " ", "12345"), BadInput),
            (NewComplaint("food", "x", "12345", received_on=date(2026, 11, 24)), BadInput),
            (NewComplaint("food", "x", "12345", site_id="C99"), NotFound),
        ):
            with pytest.raises(error):
                take_complaint(session, new, ids=ids(), **given)
        with pytest.raises(Conflict, match="verify_first"):
            take_step(session, kept.code, "solved", "x", **given)
        with pytest.raises(BadInput, match="reason_needed"):
            take_step(session, kept.code, "verified", "", **given)
        take_step(session, kept.code, "verified", "属实", **given)
        with pytest.raises(BadInput, match="reason_needed"):
            take_step(session, kept.code, "solved", "", **given)
        with pytest.raises(BadInput, match="assigned_to_nobody"):
            take_step(session, kept.code, "assigned", "", **given)
        with pytest.raises(Conflict, match="complaint_step"):
            take_step(session, kept.code, "satisfied", "", **given)
        with pytest.raises(Forbidden):
            take_step(session, kept.code, "solved", "x", actor=who("monitor"), now_at=NOW_AT)
        with pytest.raises(NotFound):
            take_step(session, "T9999", "solved", "x", **given)
