"""A real day, shared by tests that only read it: the example city, from import to a published plan."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.clock import RehearsalClock
from api.house import House
from api.people import OPERATOR, NewUser, add_user, link_for
from api.settings import Settings
from tests.api.day.acted_day import STAGES, acted_day, poured
from tests.api.day.chilled_day import TUESDAY, Drawn, drawn_day, open_day
from tests.api.day.example_day import PUBLISHED_AT, ExampleDay, example_day, kept_day
from tests.services import BACKENDS, own_database
from tests.shared_folder import shared_folder


@pytest.fixture(scope="session")
def untouched_day(tmp_path_factory: pytest.TempPathFactory) -> ExampleDay:
    """A published service of 120 diners on SQLite, to be copied; no test opens it."""
    fill = partial(example_day, diners=120)
    return kept_day(shared_folder(tmp_path_factory, "example_day", fill))


@pytest.fixture(scope="session")
def published_day(untouched_day: ExampleDay, tmp_path_factory: pytest.TempPathFactory) -> ExampleDay:
    """That day, read and printed by many tests; one that writes or counts takes `own_day` instead."""
    return untouched_day.copied(tmp_path_factory.mktemp("read"))


@pytest.fixture
def own_day(untouched_day: ExampleDay, tmp_path: Path) -> ExampleDay:
    """The same day in a database of the test's own, whatever others printed of theirs."""
    return untouched_day.copied(tmp_path)


@pytest.fixture
def house(own_day: ExampleDay, tmp_path: Path) -> House:
    """That day's house, its clock standing still at the print, with a user for each role of the day."""
    clock = RehearsalClock.start(tmp_path / "clock.json", PUBLISHED_AT, 0)
    house = House(Settings(data=tmp_path), own_day.database, clock, own_day.ids)
    with house.database.begin() as session:
        canteen = NewUser("canteen", "canteen", "canteen", "K1", "C01")
        add_user(session, OPERATOR, clock.now(), house.ids, canteen)
        for role in ("kitchen", "dispatcher", "bureau", "admin"):
            add_user(session, OPERATOR, clock.now(), house.ids, NewUser(role, role, role, "K1"))
        driver = NewUser("driver", "driver", "driver", "K1", vehicle_id="V1")
        add_user(session, OPERATOR, clock.now(), house.ids, driver)
    return house


@pytest.fixture
def as_user(house: House) -> Iterator[Callable[[str], TestClient]]:
    """Gives a client signed in as one of those users."""
    with ExitStack() as stack:

        def client_of(login: str) -> TestClient:
            with house.database.begin() as session:
                link = link_for(session, OPERATOR, house.clock.now(), login, 24).rpartition("token=")[2]
            client = stack.enter_context(TestClient(create_app(house), raise_server_exceptions=False))
            assert client.post("/api/v1/session/open", json={"link": link}).status_code == 200
            return client

        yield client_of


@pytest.fixture(scope="session")
def acted_days(untouched_day: ExampleDay, tmp_path_factory: pytest.TempPathFactory) -> dict[str, ExampleDay]:
    """That service after each of its stages, to be read or copied."""
    folder = shared_folder(tmp_path_factory, "acted_day", partial(acted_day, untouched_day))
    return {"published": untouched_day} | {stage: kept_day(folder / stage) for stage in STAGES}


@pytest.fixture
def day_at(acted_days: dict[str, ExampleDay], tmp_path: Path) -> Callable[[str], ExampleDay]:
    """Gives that service after a stage, in a SQLite database of the test's own."""
    return lambda stage: acted_days[stage].copied(tmp_path)


@pytest.fixture(params=BACKENDS)
def day_on(
    request: pytest.FixtureRequest, acted_days: dict[str, ExampleDay], tmp_path: Path
) -> Iterator[Callable[[str], ExampleDay]]:
    """Gives that service after a stage, in a database of the test's own: on SQLite and on PostgreSQL."""
    with ExitStack() as stack:

        def at(stage: str) -> ExampleDay:
            if request.param == "sqlite":
                return acted_days[stage].copied(tmp_path)
            names = ("postgres_url", "postgres_template")
            server, template = (request.getfixturevalue(name) for name in names)
            day = poured(acted_days[stage], stack.enter_context(own_database(server, template)))
            stack.callback(day.database.close)
            return day

        yield at


@pytest.fixture(scope="session")
def open_tuesday(tmp_path_factory: pytest.TempPathFactory) -> ExampleDay:
    """A Tuesday with its orders, still open; its menu has a chilled stew."""
    return kept_day(shared_folder(tmp_path_factory, "tuesday", open_day), TUESDAY)


@pytest.fixture(scope="session")
def drawn(open_tuesday: ExampleDay, tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    """That Tuesday whose stew was cooked the day before and drawn by its plan."""
    return drawn_day(open_tuesday.copied(tmp_path_factory.mktemp("drawn")))
