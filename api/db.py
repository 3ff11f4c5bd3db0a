"""The database: SQLite by default, PostgreSQL for production; one transaction a `begin`."""

import pkgutil
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlmodel import Session

from orders.store.base import METADATA
from orders.store.triggers import create_triggers, protected, trigger_name

if TYPE_CHECKING:
    import psycopg

STORES = ("orders.store", "kitchen.store", "routing.store", "telemetry.store", "api.store")
BUSY_TIMEOUT_S = 30
MIGRATIONS = Path(__file__).parent / "migrations"


def import_stores() -> None:
    """Imports every module of every store, so that the metadata knows every table."""
    for name in STORES:
        package = import_module(name)
        for module in pkgutil.iter_modules(package.__path__):
            import_module(f"{name}.{module.name}")


class Database:
    """
    One database and its transactions.

    Parameters
    ----------
    url
        SQLAlchemy address: ``sqlite:///path`` or ``postgresql+psycopg://...``.
    """

    def __init__(self, url: str) -> None:
        import_stores()
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        options: dict[str, Any] = {"pool_size": 10, "max_overflow": 30, "hide_parameters": True}
        if self.is_sqlite:
            options["connect_args"] = {"timeout": BUSY_TIMEOUT_S}
        else:
            options["pool_pre_ping"] = True
        self.engine = create_engine(self.url, **options)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            event.listen(self.engine, "connect", _prepare_postgres)

    @contextmanager
    def begin(self, lock: str | None = None) -> Iterator[Session]:
        """
        One writing transaction: committed when the block ends, rolled back when it raises.

        Parameters
        ----------
        lock
            Name that one transaction at a time may hold, for example a service key. SQLite has a
            single writer in any case.
        """
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            if lock is not None:
                hold(session, lock)
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """One reading transaction: a view of one moment, never committed."""
        engine = self.engine.execution_options(**self._read_options())
        with Session(engine, autoflush=False) as session:
            yield session

    def _read_options(self) -> dict[str, Any]:
        if self.is_sqlite:
            return {"holdchain_read": True}
        return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def upgrade(self) -> None:
        """Brings the tables to the newest migration and re-creates the triggers that keep evidence."""
        with self.engine.begin() as connection:
            command.upgrade(alembic_config(connection), "head")

    def revision(self) -> str | None:
        """The migration the tables stand at, None for an empty database."""
        with self.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def differences(self) -> list[str]:
        """How the tables differ from the code (migration, columns, triggers); empty when all is well."""
        head = newest_migration()
        with self.engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            found = [_shown(one) for one in compare_metadata(context, METADATA)]
            if context.get_current_revision() != head:
                found.append(f"migration: at {context.get_current_revision()}, newest is {head}")
            return found + [f"trigger missing: {name}" for name in _missing_triggers(connection)]

    def integrity(self) -> list[str]:
        """What SQLite finds wrong in its file; empty when all is well, and always on PostgreSQL."""
        if not self.is_sqlite:
            return []
        with self.engine.connect() as connection:
            found = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check"))]
            broken = [str(tuple(row)) for row in connection.execute(text("PRAGMA foreign_key_check"))]
        return [line for line in found if line != "ok"] + broken

    def close(self) -> None:
        """Closes every pooled connection."""
        self.engine.dispose()


def _shown(difference: Any) -> str:
    """One of Alembic's differences in a line: ``add_table menus``."""
    parts = difference if isinstance(difference, tuple) else difference[0]
    return " ".join(str(getattr(part, "name", part)) for part in parts if part is not None)


def hold(session: Session, name: str) -> None:
    """Waits until no other transaction holds this name; SQLite has a single writer in any case."""
    if session.get_bind().dialect.name != "sqlite":
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": zlib.crc32(name.encode())})


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}")


def _prepare_postgres(connection: "psycopg.Connection[Any]", _: object) -> None:
    """Has a commit wait for the disk where the server's settings would not; a stricter setting stays."""
    with connection.transaction():
        connection.execute(
            "SELECT set_config('synchronous_commit', 'on', false) "
            "WHERE current_setting('synchronous_commit') = 'off'"
        )


def _begin_sqlite(connection: Connection) -> None:
    reading = connection.get_execution_options().get("holdchain_read", False)
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _missing_triggers(connection: Connection) -> list[str]:
    wanted = [trigger_name(table, one) for table, statements in protected().items() for one in statements]
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    present = set(connection.execute(text(query)).scalars())
    return [name for name in wanted if name not in present]


def alembic_config(connection: Connection | None) -> Config:
    """Alembic's settings for this connection; no file outside the package is read."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


@cache
def newest_migration() -> str | None:
    """The migration that the code stands at."""
    return ScriptDirectory.from_config(alembic_config(None)).get_current_head()


def create_all(engine: Engine) -> None:
    """Creates tables and triggers straight from the rows, without migrations: for tests of stores."""
    import_stores()
    with engine.begin() as connection:
        METADATA.create_all(connection)
        create_triggers(connection)
