"""Run by Alembic for each command; the connection comes from `api.db.Database`."""

from typing import Any, Literal

from alembic import context
from sqlmodel.sql.sqltypes import AutoString

from orders.store.base import METADATA, JsonColumn, UtcDateTime
from orders.store.triggers import create_triggers
from telemetry.store.microseconds import Microseconds


def render_item(kind: str, item: Any, autogenerate_context: Any) -> str | Literal[False]:
    """Our column types by their own names, as `script.py.mako` imports them."""
    if kind == "type" and isinstance(item, (UtcDateTime, JsonColumn)):
        return f"{type(item).__name__}()"
    if kind == "type" and isinstance(item, Microseconds):
        return "sa.BigInteger()"
    if kind == "type" and isinstance(item, AutoString):
        return f"sa.String({item.length or ''})"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=render_item,
    compare_type=True,
)
context.run_migrations()
if not context.config.attributes.get("autogenerate"):
    create_triggers(connection)
