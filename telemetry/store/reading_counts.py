"""How many readings were ever kept, counted as they are kept: nobody counts a table of millions."""

from typing import Any

from sqlalchemy import BigInteger, func, literal
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Field, Session

from orders.store.base import METADATA, Row

_SLOTS = 64


class ReadingCountRow(Row, table=True):
    """A part of the count: each connection to PostgreSQL has its own, so that no worker waits for another."""

    __tablename__ = "telemetry_reading_counts"
    __table_args__ = ({"info": {"refuses": ("DELETE",)}},)

    slot: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    readings: int = Field(sa_type=BigInteger)


def add_to_count(session: Session, readings: int) -> None:
    """Counts readings just kept, in their transaction."""
    connection, table = session.connection(), METADATA.tables[ReadingCountRow.__tablename__]
    is_sqlite = connection.dialect.name == "sqlite"
    slot: Any = literal(0) if is_sqlite else func.pg_backend_pid() % _SLOTS
    insert: Any = (sqlite if is_sqlite else postgresql).insert(table).values(slot=slot, readings=readings)
    changed = {"readings": table.c.readings + insert.excluded.readings}
    connection.execute(insert.on_conflict_do_update(index_elements=["slot"], set_=changed))
