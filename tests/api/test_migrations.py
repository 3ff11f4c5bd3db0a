"""Migrations make the tables that the code expects, and the triggers that keep evidence."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.db import Database, newest_migration
from api.permissions import Actor
from api.store.audit import AuditRow
from api.store.users import save_user
from orders.store.triggers import protected

NOW_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def test_migrated_tables_are_those_of_the_rows(database_url: str) -> None:
    """Tests that an empty database migrated to the newest revision differs from the code in nothing."""
    database = Database(database_url)
    database.upgrade()
    try:
        assert database.differences() == []
        assert database.revision() == newest_migration()
    finally:
        database.close()


def test_an_empty_database_is_told_apart(database_url: str) -> None:
    """Tests that tables and triggers which are not there are named."""
    database = Database(database_url)
    found = database.differences()
    database.close()
    assert any(line.startswith("add_table orders") for line in found)
    assert f"migration: at None, newest is {newest_migration()}" in found
    assert "trigger missing: keep_receipts_update" in found


def test_upgrading_twice_keeps_the_rows(database_url: str) -> None:
    """Tests that a second upgrade changes nothing."""
    database = Database(database_url)
    database.upgrade()
    with database.begin() as session:
        save_user(session, Actor("1", "li", "admin"), "li", NOW_AT)
    database.upgrade()
    with database.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM users")).scalar() == 1
    database.close()


def test_evidence_refuses_change_after_a_migration(database_url: str) -> None:
    """Tests that the database refuses UPDATE and DELETE on evidence, also after a second upgrade."""
    database = Database(database_url)
    database.upgrade()
    with database.begin() as session:
        session.add(AuditRow(user_id="1", role="admin", act="self", subject="s", at=NOW_AT, detail={}))
    database.upgrade()
    for statement in ("UPDATE audit_events SET act = 'other'", "DELETE FROM audit_events"):
        with pytest.raises(DBAPIError, match="evidence"), database.engine.begin() as connection:
            connection.execute(text(statement))
    database.close()


def test_what_must_be_evidence_is_protected() -> None:
    """Tests that no table of evidence lost its mark."""
    evidence = {
        "audit_events",
        "bills",
        "config_revisions",
        "discards",
        "ledger_lines",
        "programmes",
        "receipts",
        "servings",
        "telemetry_bad_frames",
        "telemetry_chunks",
        "telemetry_sealed_chunks",
        "telemetry_seals",
        "telemetry_readings",
        "telemetry_verdicts",
    }
    assert evidence <= protected().keys()


def test_the_check_names_a_lost_trigger(database: Database) -> None:
    """Tests that a trigger dropped behind our back is found."""
    where = "" if database.is_sqlite else " ON receipts"
    with database.engine.begin() as connection:
        connection.execute(text(f"DROP TRIGGER keep_receipts_delete{where}"))
    assert "trigger missing: keep_receipts_delete" in database.differences()
