"""A real day, shared by the tests that only read it: the example city, imported, closed, planned, published."""

from pathlib import Path

import pytest

from tests.api.day.example_day import ExampleDay, example_day


@pytest.fixture(scope="session")
def published_day(tmp_path_factory: pytest.TempPathFactory) -> ExampleDay:
    """A published service of 120 diners on SQLite; a test that writes takes `own_day` instead."""
    return example_day(tmp_path_factory.mktemp("day"), diners=120)


@pytest.fixture
def own_day(published_day: ExampleDay, tmp_path: Path) -> ExampleDay:
    """The same day in a database of the test's own."""
    return published_day.copied(tmp_path)
