"""One transaction a block, on both databases."""

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlmodel import select

from api.db import Database
from api.store.audit import AuditRow
from api.store.users import SessionRow, UserRow

NOW_AT = datetime(2026, 11, 22, 8, 0, 0, 5, tzinfo=UTC)


def user(user_id: str, login: str, created_at: datetime = NOW_AT, role: str = "admin") -> UserRow:
    return UserRow(user_id=user_id, login=login, name=login, role=role, created_at=created_at)


def logins(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.exec(select(UserRow.login).order_by("created_at")))


def test_begin_commits_at_the_end(database: Database) -> None:
    """Tests that what a block wrote is there for the next one."""
    with database.begin() as session:
        session.add(user("1", "li"))
    assert logins(database) == ["li"]


def test_an_error_does_not_carry_the_values_into_the_log(database: Database) -> None:
    """Tests that what a refused statement would have written, names among it, stands in no error."""
    with pytest.raises(IntegrityError) as refused, database.begin() as session:
        session.add_all([user("1", "li"), user("1", "zhang")])
        session.flush()
    assert "zhang" not in str(refused.value)
    assert "hidden" in str(refused.value)


def test_begin_rolls_back_what_raises(database: Database) -> None:
    """Tests that a block that fails leaves nothing half done."""
    with pytest.raises(RuntimeError), database.begin() as session:
        session.add(user("1", "li"))
        session.flush()
        raise RuntimeError
    assert logins(database) == []


def test_read_writes_nothing(database: Database) -> None:
    """Tests that a reading transaction leaves nothing behind."""
    try:
        with database.read() as session:
            session.add(user("1", "li"))
            session.flush()
    except DBAPIError as error:
        assert "read-only" in str(error)
    assert logins(database) == []


def test_constraints_refuse_bad_rows(database: Database) -> None:
    """Tests that the database itself refuses a role that is none, a login taken, a session of nobody."""
    with database.begin() as session:
        session.add(user("1", "li"))
    for bad in (
        user("2", "wu", role="king"),
        user("2", "li"),
        SessionRow(token_digest="x", user_id="nobody", created_at=NOW_AT, expires_at=NOW_AT),
    ):
        with pytest.raises(IntegrityError), database.begin() as session:
            session.add(bad)


def test_instants_come_back_aware_in_utc_and_in_order(database: Database) -> None:
    """Tests that an instant of another zone is kept as the same instant, and sorts by time."""
    beijing_at = (NOW_AT - timedelta(microseconds=4)).astimezone(timezone(timedelta(hours=8)))
    with database.begin() as session:
        session.add(user("1", "later"))
        session.add(user("2", "sooner", beijing_at))
    assert logins(database) == ["sooner", "later"]
    with database.read() as session:
        kept_at = session.get_one(UserRow, "2").created_at
    assert kept_at == beijing_at
    assert kept_at.utcoffset() == timedelta(0)


def test_naive_instants_are_refused(database: Database) -> None:
    """Tests that an instant without a zone never reaches a table."""
    with pytest.raises(StatementError, match="naive"), database.begin() as session:
        session.add(user("1", "li", NOW_AT.replace(tzinfo=None)))


def test_documents_keep_the_order_of_their_keys(database: Database) -> None:
    """Tests that a JSON document comes back as it was given."""
    with database.begin() as session:
        session.add(
            AuditRow(
                user_id="1", role="admin", act="self", subject="s", at=NOW_AT, detail={"b": 1, "a": ["蛋"]}
            )
        )
    with database.read() as session:
        kept = session.exec(select(AuditRow.detail)).one()
    assert list(kept.items()) == [("b", 1), ("a", ["蛋"])]


def test_holders_of_one_lock_take_turns(database: Database) -> None:
    """Tests that a read followed by a write under one lock loses no update."""
    with database.begin() as session:
        session.add(user("1", "0"))

    def count_up() -> None:
        for _ in range(5):
            with database.begin(lock="K1/2026-11-23/lunch") as session:
                row = session.get_one(UserRow, "1")
                row.login = str(int(row.login) + 1)

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert logins(database) == ["20"]


def test_sqlite_is_durable_and_checks_foreign_keys(tmp_path) -> None:
    """Tests the settings that SQLite needs to keep what it acknowledged."""
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.engine.connect() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    database.close()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_integrity_finds_nothing_wrong_in_a_fresh_database(database: Database) -> None:
    """Tests that the check is quiet when all is well."""
    assert database.integrity() == []


def test_a_commit_is_on_the_disk_whatever_the_server_was_told(postgres_database: str) -> None:
    """Tests that a server that does not wait for its log waits for ours, and a stricter one stays strict."""
    database = Database(postgres_database)
    strict = Database(f"{postgres_database}?options=-csynchronous_commit%3Dremote_apply")
    with database.engine.connect() as ours, strict.engine.connect() as stricter:
        asked = text("SHOW synchronous_commit")
        assert ours.execute(asked).scalar_one() == "on"
        assert stricter.execute(asked).scalar_one() == "remote_apply"
        own = "SELECT source FROM pg_settings WHERE name = 'synchronous_commit'"
        assert ours.execute(text(own)).scalar_one() == "session"
    database.close()
    strict.close()
