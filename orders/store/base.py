"""What every table of every stage shares: one metadata, names for constraints, two column types."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, MetaData, String
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import SQLModel

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
