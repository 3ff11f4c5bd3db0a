"""What is kept for a short time is deleted each day."""

from datetime import UTC, datetime, timedelta

from api.db import Database
from api.jobs import run_due
from api.store.idempotency import Answer, claim, keep_answer, load_claim
from api.upkeep import ask_for_upkeep, upkeep
from orders.ids import IdSource

NOW_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_answers_are_dropped_after_two_days(database: Database) -> None:
    """Tests that an old answer goes, a newer one and a request under way stay, and that it is done daily."""
    ids = IdSource(lambda: NOW_AT, 1)
    with database.begin() as session:
        for key, hours in (("old", 49), ("new", 47), ("open", 49)):
            claim(session, "u1", key, "print", NOW_AT - timedelta(hours=hours))
        for key in ("old", "new"):
            keep_answer(session, "u1", key, Answer(200, "", b""))
        for _ in range(2):
            ask_for_upkeep(session, NOW_AT, ids)
    assert run_due(database, upkeep(ids), NOW_AT) == 1
    with database.read() as session:
        assert [load_claim(session, "u1", key) is None for key in ("old", "new", "open")] == [
            True,
            False,
            False,
        ]
    assert run_due(database, upkeep(ids), NOW_AT) == 0
    assert run_due(database, upkeep(ids), NOW_AT + DAY) == 1
    with database.read() as session:
        assert load_claim(session, "u1", "new") is None
