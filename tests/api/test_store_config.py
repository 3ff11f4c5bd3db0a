"""Live configuration: every revision kept, the one in force found by day."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.db import Database
from api.store.config import config_names, load_config, save_config

NOW_AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def keep(database: Database, body: dict[str, Any], valid_from_on: date | None = None) -> int:
    with database.begin() as session:
        return save_config(
            session, "safety_profile", "gb", body, author="u1", made_at=NOW_AT, valid_from_on=valid_from_on
        )


def test_a_revision_rises_only_with_a_change(database: Database) -> None:
    """Tests that the packaged seed, kept at each start, makes one revision."""
    assert [keep(database, {"hot_c": 60}), keep(database, {"hot_c": 60}), keep(database, {"hot_c": 63})] == [
        1,
        1,
        2,
    ]
    with database.read() as session:
        assert load_config(session, "safety_profile", "gb") == (2, {"hot_c": 63})
        assert load_config(session, "safety_profile", "eu") is None
        assert config_names(session, "safety_profile") == ["gb"]


def test_a_revision_is_in_force_from_its_day(database: Database) -> None:
    """Tests that tomorrow's rule does not judge today."""
    keep(database, {"hot_c": 60})
    keep(database, {"hot_c": 63}, date(2026, 12, 1))
    with database.read() as session:
        assert load_config(session, "safety_profile", "gb", date(2026, 11, 30)) == (1, {"hot_c": 60})
        assert load_config(session, "safety_profile", "gb", date(2026, 12, 1)) == (2, {"hot_c": 63})


def test_revisions_are_never_changed(database: Database) -> None:
    """Tests that a verdict's rule can be read back as it was."""
    keep(database, {"hot_c": 60})
    with pytest.raises(DBAPIError, match="evidence"), database.begin() as session:
        session.execute(text("UPDATE config_revisions SET author = 'other'"))
