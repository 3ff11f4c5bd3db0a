"""A desk in a seeded city, copied for each test."""

import pytest

from api.db import Database
from tests.api.imports.desk import Desk, example, seed


@pytest.fixture
def desk(database: Database) -> Desk:
    """A city with its kitchen, catalogue and menus, and no canteen."""
    seed(database)
    return Desk(database)


@pytest.fixture
def town(desk: Desk) -> Desk:
    """The same with the example's canteens and diners imported."""
    desk.bring("canteens", example("canteens"))
    desk.bring("diners", example("diners"))
    return desk
