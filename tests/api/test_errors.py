"""What a database's refusal means to whoever asked."""

import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError

from api.errors import database_refusal, status_of


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (OperationalError("x", {}, sqlite3.OperationalError("no such column: a")), "tables_other", 500),
        (OperationalError("x", {}, sqlite3.OperationalError("no such table: a")), "tables_other", 500),
        (ProgrammingError("x", {}, psycopg.errors.UndefinedColumn("a")), "tables_other", 500),
        (OperationalError("x", {}, sqlite3.OperationalError("database is locked")), "database_busy", 503),
        (IntegrityError("x", {}, sqlite3.IntegrityError("UNIQUE")), "already_done", 409),
    ],
)
def test_other_tables_are_told_from_a_busy_database(error: DBAPIError, code: str, status: int) -> None:
    """Tests that only what time can mend is called busy."""
    refusal = database_refusal(error)
    assert (refusal.code, status_of(refusal)) == (code, status)
