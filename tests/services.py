"""
Real services for the tests: PostgreSQL, Mosquitto, Chromium.

Each starts when its first test asks for it, once a worker process, on a free port of the loopback, with its
data in a temporary folder outside the checkout. Servers that refuse to be root run as their Debian user, else
as ``nobody``. A test whose service is not installed is skipped, and says so.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
import pytest
from playwright.sync_api import Browser, sync_playwright

from api.paths import fonts_dir

if TYPE_CHECKING:  # the tests of pure code start without the database
    from api.db import Database

ROOT = Path(__file__).resolve().parent.parent
START_S = 120
IS_ROOT = os.geteuid() == 0
# Copying a database of many small files there takes a twentieth of the time that a disk takes.
IN_MEMORY = Path("/dev/shm")
ROOM_BYTES = 3_000_000_000

BACKENDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]

MARKS = {
    "postgres_url": "postgres",
    "postgres_database": "postgres",
    "mosquitto_port": "mosquitto",
    "chromium_path": "browser",
    "browser": "browser",
}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks each test by the services it asks for."""
    for item in items:
        for name in set(getattr(item, "fixturenames", ())) & MARKS.keys():
            item.add_marker(MARKS[name])


def free_port() -> int:
    """A port of the loopback that nothing listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def find_program(name: str, folders: str = "") -> str:
    """Path of an installed program; skips the test where there is none."""
    path = os.pathsep.join([folders, os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    found = shutil.which(name, path=path)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def unprivileged(*names: str) -> str | None:
    """First of these users that exists, else nobody; none where we are not root anyway."""
    known = {user.pw_name for user in pwd.getpwall()}
    return next((name for name in (*names, "nobody") if name in known), None) if IS_ROOT else None


def identity(user: str | None) -> dict[str, Any]:
    """Arguments that make a child process this user and nothing more."""
    if user is None:
        return {}
    return {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []}


@contextmanager
def scratch_folder(service: str, user: str | None) -> Iterator[Path]:
    """A temporary folder that this user owns and can reach, in memory where there is room."""
    in_memory = IN_MEMORY.is_dir() and shutil.disk_usage(IN_MEMORY).free > ROOM_BYTES
    place = IN_MEMORY if in_memory else "/tmp" if IS_ROOT else None
    folder = Path(tempfile.mkdtemp(prefix=f"holdchain-{service}-", dir=place))
    if user is not None:
        shutil.chown(folder, user)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(command: list[str], *, user: str | None, log: Path, ready: Callable[[], bool]) -> Iterator[None]:
    """A server that answers, and is gone afterwards."""
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            cwd=log.parent,
            **identity(user),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        give_up_s = time.monotonic() + START_S
        while not ready():
            if server.poll() is not None or time.monotonic() > give_up_s:
                raise RuntimeError(f"{command[0]} did not start:\n{log.read_text(errors='replace')}")
            time.sleep(0.05)
        yield
    finally:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def accepts(port: int) -> bool:
    """Whether something on the loopback accepts connections to this port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def answers(url: str) -> bool:
    """Whether a PostgreSQL server answers at this address."""
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Address of the maintenance database, ``postgresql://...``, of a PostgreSQL cluster of our own."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    bin_folder = str(versions[-1]) if versions else ""
    initdb, postgres = find_program("initdb", bin_folder), find_program("postgres", bin_folder)

    user = unprivileged("postgres")
    with scratch_folder("postgres", user) as folder:
        data, port = folder / "data", free_port()
        make = [
            initdb,
            "-D",
            str(data),
            "-U",
            "holdchain",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]
        subprocess.run(make, cwd=folder, **identity(user), check=True, capture_output=True)
        serve = [postgres, "-D", str(data), "-p", str(port), "-c", "listen_addresses=127.0.0.1"]
        for option in (
            "unix_socket_directories=",
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_wal_size=256MB",
        ):
            serve += ["-c", option]
        url = f"postgresql://holdchain@127.0.0.1:{port}/postgres"
        with running(serve, user=user, log=folder / "log", ready=lambda: answers(url)):
            yield url


def address(postgres_url: str, name: str) -> str:
    """SQLAlchemy's address of a database on this server."""
    return postgres_url.replace("postgresql://", "postgresql+psycopg://").removesuffix("postgres") + name


@contextmanager
def own_database(postgres_url: str, template: str) -> Iterator[str]:
    """Address of a new database copied from another, dropped afterwards."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield address(postgres_url, name)
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """Address of an empty PostgreSQL database of the test's own, ``postgresql+psycopg://...``."""
    with own_database(postgres_url, "template1") as url:
        yield url


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of an empty database: the test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'holdchain.db'}"
    url: str = request.getfixturevalue("postgres_database")
    return url


def make_tables(url: str) -> None:
    """Creates every table and trigger in an empty database; that migrations do so too is another test."""
    from api.db import Database, create_all

    database = Database(url)
    create_all(database.engine)
    database.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table and no row, to be copied."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """Name of a PostgreSQL database with every table and no row, to be copied."""
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute("CREATE DATABASE tables")
    make_tables(address(postgres_url, "tables"))
    return "tables"


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> "Iterator[Database]":
    """A database with every table and no row: the test runs on SQLite and on PostgreSQL."""
    from api.db import Database

    with ExitStack() as stack:
        if request.param == "sqlite":
            path = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "holdchain.db")
            url = f"sqlite:///{path}"
        else:
            server, template = (
                request.getfixturevalue(name) for name in ("postgres_url", "postgres_template")
            )
            url = stack.enter_context(own_database(server, template))
        database = Database(url)
        stack.callback(database.close)
        yield database


@pytest.fixture(scope="session")
def mosquitto_port() -> Iterator[int]:
    """Port of a Mosquitto broker on the loopback that lets anyone in and keeps nothing."""
    program, port = find_program("mosquitto"), free_port()
    user = unprivileged("mosquitto")
    with scratch_folder("mosquitto", user) as folder:
        config = folder / "mosquitto.conf"
        lines = [f"listener {port} 127.0.0.1", "allow_anonymous true", "persistence false", "log_dest stderr"]
        config.write_text("\n".join(lines) + "\n")
        with running(
            [program, "-c", str(config)], user=user, log=folder / "log", ready=lambda: accepts(port)
        ):
            yield port


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Path of the installed Chromium."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    pytest.skip("chromium is not installed")


@pytest.fixture(scope="module")
def browser(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """
    Headless Chromium that writes Chinese with the papers' font and speaks to no other host.

    It lives as long as the module: while it is open, no other test of the process may run an event loop.
    """
    share = tmp_path_factory.mktemp("share")
    if fonts_dir().is_dir():
        (share / "fonts").symlink_to(fonts_dir())
    options = ["disable-gpu", "disable-quic", "no-first-run", "disable-sync"]
    options += ["disable-background-networking", "disable-component-update", "disable-dev-shm-usage"]
    options += ["renderer-process-limit=1"]  # a process for each page takes as long as the page
    options += ["no-sandbox"] if IS_ROOT else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=chromium_path,
            args=[f"--{option}" for option in options],
            env=os.environ | {"XDG_DATA_HOME": str(share)},
        )
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def axe_path() -> Path:
    """Path of axe-core's script, to be added to a page under test."""
    path = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if not path.is_file():
        pytest.skip("axe-core is not installed (make assets)")
    return path
