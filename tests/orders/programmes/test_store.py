"""Revisions in the database, on both databases."""

from datetime import UTC, date, datetime

from api.db import Database
from orders.store.programmes import load_newest_revisions, load_programmes, load_revisions, save_programme

NOW_AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def test_revisions_take_over_on_their_first_day(database: Database) -> None:
    """Tests that a day is ruled by the newest revision that has begun, and that an ended one stays ended."""

    def keep(revision: int, from_on: date, to_on: date) -> None:
        with database.begin() as session:
            body, valid = {"revision": revision}, (from_on, to_on)
            assert save_programme(session, "q", body, valid=valid, author="u1", made_at=NOW_AT) == revision

    keep(1, date(2023, 3, 6), date(9999, 12, 31))
    keep(2, date(2023, 5, 16), date(9999, 12, 31))
    keep(3, date(2024, 1, 1), date(2024, 6, 30))
    days = ("2023-03-05", "2023-03-06", "2023-05-15", "2023-05-16", "2024-01-01", "2024-07-01")
    with database.read() as session:
        ruled = [load_programmes(session, date.fromisoformat(day)).get("q", (0,))[0] for day in days]
        kept = load_revisions(session, "q")
        newest = {one.programme_id: one.revision for one in load_newest_revisions(session)}
    assert ruled == [0, 1, 1, 2, 3, 0]
    assert [(one.revision, one.valid_from_on) for one in kept] == [
        (1, date(2023, 3, 6)),
        (2, date(2023, 5, 16)),
        (3, date(2024, 1, 1)),
    ]
    assert newest["q"] == 3
