"""A probe sits in one box at a time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session

from orders.errors import Conflict, NotFound
from telemetry.pairing import corrected
from telemetry.readings import ProbeUse, Reading
from telemetry.store.probe_uses import (
    Correcting,
    ProbeUseRow,
    boxes_between,
    correct,
    corrected_uses,
    open_uses,
    put_in,
    take_away,
    take_out,
    uses_of_boxes,
    uses_of_probe,
)
from telemetry.store.readings import keep, readings_of_boxes

LONG = 20
BOXES = ["box-1", "box-2", "box-3"]
STEP = st.tuples(
    st.sampled_from(["in", "in", "out", "move", "move", "away"]),
    st.sampled_from([*BOXES, "none"]),
    st.integers(0, LONG - 1),
    st.integers(0, LONG - 1),
)
T0 = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def minute(number: int) -> datetime:
    return T0 + timedelta(minutes=number)


def use(box_id: str, from_minute: int, to_minute: int | None = None) -> ProbeUse:
    to_at = None if to_minute is None else minute(to_minute)
    return ProbeUse("S01", "air", "air", box_id, minute(from_minute), to_at, 78.5)


def test_a_probe_is_found_where_it_was(database):
    """
    Tests that a use begins with its first instant and is over at its last.
    """
    with database.begin() as session:
        put_in(session, use("box-1", 0))
        assert open_uses(session) == [use("box-1", 0)]
        assert take_out(session, "S01", "air", minute(9)) == use("box-1", 0, 9)
        assert boxes_between(session, "S01", "air", minute(-5), minute(0)) == ["box-1"]
        assert boxes_between(session, "S01", "air", minute(9), minute(20)) == []
        assert uses_of_boxes(session, ["box-1", "box-2"]) == {"box-1": [use("box-1", 0, 9)], "box-2": []}
        assert open_uses(session) == []


@pytest.mark.parametrize(
    "second", [use("box-2", 5), use("box-2", 0, 3), use("box-1", 2, 4), use("box-2", -5)]
)
def test_a_probe_in_two_boxes_is_refused(database, second):
    """
    Tests that a use which shares an instant with another of the same probe is refused, and changes nothing.
    """
    with database.begin() as session:
        put_in(session, use("box-1", 0, 8))
        with pytest.raises(Conflict, match="probe_in_a_box"):
            put_in(session, second)
        put_in(session, use("box-2", 8))
        assert uses_of_boxes(session, ["box-1", "box-2"]) == {
            "box-1": [use("box-1", 0, 8)],
            "box-2": [use("box-2", 8)],
        }


def test_the_database_refuses_a_probe_inside_two_boxes(database):
    """
    Tests that a lost race is refused by the index, not by the question before it.
    """
    with database.begin() as session:
        put_in(session, use("box-1", 0))
    with pytest.raises(IntegrityError), database.begin() as session:
        session.add(
            ProbeUseRow(device_id="S01", probe="air", from_at=minute(3), box_id="box-2", senses="air")
        )


def test_take_out_names_what_is_wrong(database):
    """
    Tests that a probe in no box, and one that would leave before it came, are refused.
    """
    with database.begin() as session:
        with pytest.raises(NotFound):
            take_out(session, "S01", "air", minute(1))
        put_in(session, use("box-1", 5))
        with pytest.raises(Conflict, match="probe_leaves_before_it_came"):
            take_out(session, "S01", "air", minute(4))


def test_a_correction_keeps_both_records(database):
    """
    Tests that the wrong use stays readable with who corrected it, and that the table refuses to lose it.
    """
    by = Correcting("c1", "user", minute(30), minute(5), "moved")
    with database.begin() as session:
        put_in(session, use("box-1", 0))
        pairing = corrected(uses_of_probe(session, "S01", "air"), minute(5), use("box-2", 5))
        correct(session, pairing, by)
        assert uses_of_boxes(session, ["box-1", "box-2"]) == {
            "box-1": [use("box-1", 0, 5)],
            "box-2": [use("box-2", 5)],
        }
        told = corrected_uses(session, ["box-1", "box-2"])
        assert [(one.use, one.stands) for one in told["box-1"]] == [
            (use("box-1", 0), False),
            (use("box-1", 0, 5), True),
        ]
        assert [(one.use, one.stands, one.by) for one in told["box-2"]] == [(use("box-2", 5), True, by)]
    with pytest.raises(DBAPIError), database.begin() as session:
        session.execute(text("DELETE FROM telemetry_corrected_uses"))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, min_size=1, max_size=12))
def test_each_reading_belongs_to_the_box_that_its_corrected_use_says(database, steps):
    """
    Tests that after any acts each reading of a probe is found in one box at most, the one that is true.
    """
    with Session(database.engine) as session:
        everything = [
            Reading("S01", "air", "air", "temperature", 70.0, minute(at), minute(at)) for at in range(LONG)
        ]
        keep(session, everything)
        true: dict[int, str] = {}
        for number, (what, box, at, to) in enumerate(steps):
            before, uses = dict(true), uses_of_probe(session, "S01", "air")
            try:
                with session.begin_nested():
                    if what == "in":
                        put_in(session, use(box, at))
                        true |= dict.fromkeys(range(at, LONG), box)
                    elif what == "out":
                        use_ended = take_out(session, "S01", "air", minute(at))
                        for later in range(at, LONG):
                            if minute(later) >= use_ended.from_at:
                                true.pop(later, None)
                    elif what == "away":
                        take_away(session, box, Correcting(str(number), "user", T0, T0, "packing_withdrawn"))
                        true = {one: inside for one, inside in true.items() if inside != box}
                    else:
                        right = None if box == "none" else use(box, at, to if to > at else None)
                        true = moved(true, uses, at, right)
                        correct(
                            session,
                            corrected(uses, minute(at), right),
                            Correcting(str(number), "user", T0, minute(at), "moved"),
                        )
            except (Conflict, NotFound):
                true = before
        found = readings_of_boxes(session, [*BOXES, "none"])
        told = {box: [reading.measured_at for reading in own] for box, own in found.items()}
        assert told == {
            box: [minute(at) for at in range(LONG) if true.get(at) == box] for box in [*BOXES, "none"]
        }
        session.rollback()


def moved(true, uses, at, right):
    """What is true of each minute after a correction, told minute by minute."""
    after = dict(true)
    wrong = next((one for one in uses if one.holds_at(minute(at))), None)
    later = [one.from_at for one in uses if one != wrong and one.from_at > minute(at)]
    for one in range(at, LONG):
        if wrong is not None and wrong.holds_at(minute(one)):
            after.pop(one, None)
        is_before_next = all(minute(one) < begin for begin in later)
        if right is not None and right.holds_at(minute(one)) and is_before_next:
            after[one] = right.box_id
    return after
