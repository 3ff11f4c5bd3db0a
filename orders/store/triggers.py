"""
Triggers that keep evidence: a table marked with `APPEND_ONLY` refuses UPDATE and DELETE.

``unless`` in a table's ``info`` names, for a statement, the condition on the row ``OLD`` under which it may.
"""

from sqlalchemy import Connection, inspect, text

from orders.store.base import METADATA

APPEND_ONLY = {"refuses": ("UPDATE", "DELETE")}
NO_UPDATE = {"refuses": ("UPDATE",)}
_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION holdchain_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'evidence: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_POSTGRES_UNLESS = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF {condition} THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'evidence: % on % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def protected() -> dict[str, tuple[str, ...]]:
    """Table name to the statements it refuses, for every table whose ``info`` says so."""
    return {name: table.info["refuses"] for name, table in METADATA.tables.items() if "refuses" in table.info}


def trigger_name(table: str, statement: str) -> str:
    """The trigger's name, for example ``keep_audit_events_update``."""
    return f"keep_{table}_{statement.lower()}"


def create_triggers(connection: Connection) -> None:
    """
    Creates or re-creates the trigger of every protected table that is there; run after each migration.

    Alembic's batch mode copies a SQLite table and drops its triggers without a word.
    """
    postgres = connection.dialect.name == "postgresql"
    if postgres:
        connection.execute(text(_POSTGRES_FUNCTION))
    present = set(inspect(connection).get_table_names())
    for table, statements in protected().items():
        if table not in present:
            continue
        for statement in (*statements, "TRUNCATE") if postgres else statements:
            _create(connection, table, statement, postgres)


def _create(connection: Connection, table: str, statement: str, postgres: bool) -> None:
    name, refuse = trigger_name(table, statement), "holdchain_refuse"
    unless = METADATA.tables[table].info.get("unless", {}).get(statement)
    if postgres:
        each = "STATEMENT" if statement == "TRUNCATE" else "ROW"
        if unless:
            refuse = f"holdchain_{name}"
            connection.execute(text(_POSTGRES_UNLESS.format(name=refuse, condition=unless)))
        body = f"FOR EACH {each} EXECUTE FUNCTION {refuse}()"
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name} ON {table}"))
    else:
        when = f"WHEN NOT ({unless}) " if unless else ""
        body = f"{when}BEGIN SELECT RAISE(ABORT, 'evidence: {statement} on {table} is refused'); END"
        connection.execute(text(f"DROP TRIGGER IF EXISTS {name}"))
    connection.execute(text(f"CREATE TRIGGER {name} BEFORE {statement} ON {table} {body}"))
