"""Run by Alembic for each command; the connection comes from `api.db.Database`."""

from alembic import context

from api.db import keep_evidence
from orders.store.base import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    user_module_prefix="orders.store.base.",
)
context.run_migrations()
if not context.config.attributes.get("autogenerate"):
    keep_evidence(connection)
