"""One service of the example city, from empty tables to a published plan, as people bring it about."""

import sqlite3
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from zlib import crc32

from api.day.close import close_service, settle
from api.day.plan import plan_service, publish_day
from api.db import Database, create_all
from api.example.files import write_example
from api.imports.run import run_import
from api.people import OPERATOR
from api.seed import seed_house
from orders.ids import IdSource
from orders.service import Service
from orders.store.orders import load_clashes

SERVICE = Service("K1", date(2026, 11, 23), "lunch")
SEEDED_AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
PUBLISHED_AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


@dataclass(frozen=True)
class ExampleDay:
    """
    A published service.

    Parameters
    ----------
    database
        Its tables.
    path
        The SQLite file.
    ids
        Source of further row ids.
    service
        Which service.
    """

    database: Database
    path: Path
    ids: IdSource
    service: Service = SERVICE

    def copied(self, folder: Path) -> "ExampleDay":
        """The same day in a file of its own."""
        path = folder / "day.sqlite3"
        with sqlite3.connect(self.path) as source, sqlite3.connect(path) as target:
            source.backup(target)
        return replace(self, database=Database(f"sqlite:///{path}"), path=path)


def kept_day(folder: Path, service: Service = SERVICE) -> ExampleDay:
    """A day that another process of the run made in this folder, whose further ids are others."""
    path, seed = folder / "day.sqlite3", crc32(folder.name.encode())
    return ExampleDay(Database(f"sqlite:///{path}"), path, IdSource(lambda: SEEDED_AT, seed), service)


def imported_day(folder: Path, *, diners: int, seed: int = 1) -> ExampleDay:
    """The example city with its diners and their orders, the service still open."""
    folder.mkdir(exist_ok=True)
    path = folder / "day.sqlite3"
    database, ids = Database(f"sqlite:///{path}"), IdSource(lambda: SEEDED_AT, seed)
    create_all(database.engine)
    with database.begin() as session:
        seed_house(session, "liuzhou", SERVICE.service_on, 1, actor=OPERATOR, now_at=SEEDED_AT, ids=ids)
    files = write_example(folder, "liuzhou", diners, seed, SERVICE.service_on, "csv")
    for kind, file in files.items():
        report = run_import(
            database,
            kind,
            file.name,
            file.read_bytes(),
            actor=OPERATOR,
            now_at=SEEDED_AT,
            ids=ids,
            kitchen_id=SERVICE.kitchen_id,
        )
        assert not report.problems, report.problems[0]
    return ExampleDay(database, path, ids)


def closed_day(folder: Path, *, diners: int, seed: int = 1) -> ExampleDay:
    """The same after its cut-off, every clash settled with the first dish proposed."""
    day = imported_day(folder, diners=diners, seed=seed)
    acting = {"actor": OPERATOR, "now_at": PUBLISHED_AT, "ids": day.ids}
    with day.database.begin() as session:
        close_service(session, SERVICE, **acting)
        for clash_id, clash in load_clashes(session, SERVICE, open_only=True).items():
            settle(session, SERVICE, clash_id, next(iter(clash.proposed), None), **acting)
    return day


def example_day(folder: Path, *, diners: int, seed: int = 1) -> ExampleDay:
    """The same, planned and published."""
    day = closed_day(folder, diners=diners, seed=seed)
    acting = {"actor": OPERATOR, "now_at": PUBLISHED_AT}
    planned = plan_service(day.database, SERVICE, ids=day.ids, seed=seed, **acting)
    with day.database.begin() as session:
        publish_day(session, SERVICE, planned.version, **acting)
    return day
