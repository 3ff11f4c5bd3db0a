"""Fixtures that every test may ask for."""

import os

import pytest
from hypothesis import settings

pytest_plugins = ["tests.services"]

# A busy machine is not a failure; CI tries the same examples each time, so that it never fails by luck.
settings.register_profile("holdchain", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("holdchain")


@pytest.fixture(autouse=True, scope="session")
def own_data_folder(tmp_path_factory):
    """Keeps the tests away from the data of a running house."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOLDCHAIN_DATA", str(tmp_path_factory.mktemp("var")))
        yield
