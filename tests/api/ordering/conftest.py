"""The small house, made once and copied for each test, to PostgreSQL where one asks for both."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from api.db import Database
from tests.api.day.acted_day import poured
from tests.api.ordering.house import SmallHouse, small_house
from tests.services import BACKENDS, own_database


@pytest.fixture(scope="session")
def built_house(tmp_path_factory: pytest.TempPathFactory) -> SmallHouse:
    """The house that others are copied from."""
    return small_house(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def postgres_house(built_house: SmallHouse, postgres_url: str, postgres_template: str) -> Iterator[str]:
    """Name of a PostgreSQL database with that house, to be copied."""
    with own_database(postgres_url, postgres_template) as url:
        poured(built_house, url).database.close()
        yield url.rpartition("/")[2]


@pytest.fixture
def house(built_house: SmallHouse, tmp_path: Path) -> Iterator[SmallHouse]:
    """A house of the test's own on SQLite."""
    own = built_house.copied(tmp_path)
    yield own
    own.database.close()


@pytest.fixture(params=BACKENDS)
def house_on(request: pytest.FixtureRequest, built_house: SmallHouse, tmp_path: Path) -> Iterator[SmallHouse]:
    """A house of the test's own, on SQLite and on PostgreSQL."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            own = built_house.copied(tmp_path)
        else:
            server, template = (request.getfixturevalue(name) for name in ("postgres_url", "postgres_house"))
            url = stack.enter_context(own_database(server, template))
            own = replace(built_house, database=Database(url))
        stack.callback(own.database.close)
        yield own
