"""What every table of every stage shares: one metadata, names for constraints, two column types."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy
from sqlalchemy import JSON, DateTime, MetaData, String
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Session, SQLModel

SQLITE_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"
METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
ROWS = registry(metadata=METADATA)


class Row(SQLModel, registry=ROWS):
    """Parent of every table row; a row class holds columns and constraints and checks nothing."""


class UtcDateTime(TypeDecorator[datetime]):
    """
    An instant: aware in, aware UTC out, a naive one refused.

    PostgreSQL keeps ``timestamptz``; SQLite keeps text of fixed width, so that text order is time order.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Text of 27 characters on SQLite, a timestamp with zone elsewhere."""
        return dialect.type_descriptor(String(27) if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """The instant as the database keeps it."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"An instant needs its zone, got the naive {value}.")
        utc = value.astimezone(UTC)
        return utc.strftime(SQLITE_INSTANT) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """The kept instant, aware and in UTC."""
        if value is None:
            return None
        return datetime.fromisoformat(value) if dialect.name == "sqlite" else value.astimezone(UTC)


class JsonColumn(TypeDecorator[Any]):
    """A JSON document whose key order is kept; replace the value to change it, None is NULL."""

    impl = JSON(none_as_null=True)
    cache_ok = True


def upsert(
    session: Session, row: type[Row], values: Sequence[Mapping[str, Any]], keep: Collection[str] = ()
) -> None:
    """
    Inserts rows, or replaces the other columns of those whose primary key is there.

    Parameters
    ----------
    session
        Open transaction on SQLite or PostgreSQL.
    row
        The table's class.
    values
        Column to value, the same columns in each, the primary key among them.
    keep
        Columns that stay as they are in a row that is there.
    """
    if not values:
        return
    table = METADATA.tables[str(row.__tablename__)]
    keys = [column.name for column in table.primary_key]
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    others = {name: statement.excluded[name] for name in values[0] if name not in (*keys, *keep)}
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=others), list(values))


def insert_rows(session: Session, row: type[Row], values: Sequence[Mapping[str, Any]]) -> None:
    """Inserts many rows of one table in one go; the same columns in each."""
    if values:
        session.execute(sqlalchemy.insert(METADATA.tables[str(row.__tablename__)]), list(values))
