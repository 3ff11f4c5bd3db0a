"""Fixtures that every test may ask for."""

import pytest

pytest_plugins = ["tests.services"]


@pytest.fixture(autouse=True, scope="session")
def own_data_folder(tmp_path_factory):
    """Keeps the tests away from the data of a running house."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOLDCHAIN_DATA", str(tmp_path_factory.mktemp("var")))
        yield
