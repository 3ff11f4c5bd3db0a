"""Fixtures that every test may ask for."""

import gc
import os
import sys
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import settings

pytest_plugins = ["tests.services"]

# A command that a test starts is up in half the time where it finds its modules compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Rows by the thousand make the collector run all the time for nothing.
gc.set_threshold(100_000, 20, 20)

# A busy machine is not a failure; CI tries the same examples each time, so that it never fails by luck.
settings.register_profile("holdchain", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("holdchain")


@pytest.fixture(autouse=True, scope="session")
def own_data_folder(tmp_path_factory):
    """Keeps the tests away from the data of a running house."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOLDCHAIN_DATA", str(tmp_path_factory.mktemp("var")))
        yield


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    """Keeps a command's log from the tests after it, whose stderr is another one."""
    yield
    structlog.reset_defaults()
