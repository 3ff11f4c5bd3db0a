"""A quick database for what the stores' own tests have tried on both."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.db import Database


@pytest.fixture
def sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[Database]:
    """A SQLite database with every table and no row."""
    database = Database(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'holdchain.sqlite3')}")
    yield database
    database.close()
