"""The rehearsed day, acted once for all tests of pages."""

import pytest

from tests.api.pages.day import Moment, rehearse


@pytest.fixture(scope="session")
def day(tmp_path_factory, sqlite_template) -> dict[str, Moment]:
    """The rehearsed day's three moments."""
    return rehearse(tmp_path_factory.mktemp("day"), sqlite_template)
