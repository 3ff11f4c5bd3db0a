"""A probe sits in one box at a time."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from orders.errors import Conflict, NotFound
from telemetry.readings import ProbeUse
from telemetry.store.probe_uses import ProbeUseRow, open_uses, put_in, take_out, use_at, uses_of_boxes

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
        assert use_at(session, "S01", "air", minute(0)) == use("box-1", 0, 9)
        assert use_at(session, "S01", "air", minute(9)) is None
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
