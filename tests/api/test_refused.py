"""Tests that what the broker refuses is listed, and that a stubborn device fills no table."""

from datetime import UTC, datetime, timedelta

from api.refused import Refused
from orders.codes import Coded
from telemetry.store.readings import bad_frames

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def refusal(client: str) -> Coded:
    """A publish under another's id."""
    return Coded("mqtt_publish_refused", {"client": client, "detail": "holdchain.v1.BOX-0002.readings"})


def test_refusal_is_listed_once_an_hour(database):
    """
    Tests that each client's refusal shows, and its repetition only after an hour.
    """
    refused = Refused()
    with database.begin() as session:
        assert refused.note(session, [refusal("BOX-0001"), refusal("BOX-0001"), refusal("BOX-0003")], AT) == 2
        assert refused.note(session, [refusal("BOX-0001")], AT + timedelta(minutes=59)) == 0
        assert refused.note(session, [refusal("BOX-0001")], AT + timedelta(minutes=60)) == 1
        assert refused.note(session, [], AT) == 0
    with database.read() as session:
        rows = bad_frames(session)
    assert [row.params["client"] for row in rows].count("BOX-0001") == 2
    assert {row.code for row in rows} == {"mqtt_publish_refused"}
