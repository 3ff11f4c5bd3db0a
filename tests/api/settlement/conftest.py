"""A town with a settled quarter."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.db import Database
from tests.api.settlement.town import Town, found_town, second_quarter


@pytest.fixture(scope="session")
def quarter_file(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A database with the second quarter's bills, to be copied."""
    path = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("town") / "quarter.db"))
    database = Database(f"sqlite:///{path}")
    second_quarter(found_town(database))
    database.close()
    return path


@pytest.fixture
def town(tmp_path: Path, quarter_file: Path) -> Iterator[Town]:
    """The town on 3 July 2023, the quarter's bills kept and no statement made."""
    database = Database(f"sqlite:///{shutil.copy(quarter_file, tmp_path / 'town.db')}")
    yield Town(database)
    database.close()
