"""A desk in a seeded city, copied for each test from one template a database."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from api.db import Database
from orders.ids import IdSource
from tests.api.imports.desk import NOW, Desk, example, seed
from tests.services import BACKENDS, address, make_tables, own_database


def _fill(url: str) -> None:
    make_tables(url)
    database = Database(url)
    seed(database)
    desk = Desk(database, ids=IdSource(lambda: NOW, 1))
    desk.bring("canteens", example("canteens"))
    desk.bring("diners", example("diners"))
    database.close()


@pytest.fixture(scope="session")
def sqlite_town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file of the example city with its canteens and diners, to be copied."""
    path = tmp_path_factory.mktemp("town") / "town.db"
    _fill(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_town(postgres_url: str) -> str:
    """Name of a PostgreSQL database with the same, to be copied."""
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("CREATE DATABASE town")
    _fill(address(postgres_url, "town"))
    return "town"


@pytest.fixture(params=BACKENDS)
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """The example city with its canteens, 30 diners and menus: the test runs on SQLite and on PostgreSQL."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            path = shutil.copy(request.getfixturevalue("sqlite_town"), tmp_path / "holdchain.db")
            url = f"sqlite:///{path}"
        else:
            server, template = (request.getfixturevalue(name) for name in ("postgres_url", "postgres_town"))
            url = stack.enter_context(own_database(server, template))
        database = Database(url)
        stack.callback(database.close)
        yield Desk(database)
