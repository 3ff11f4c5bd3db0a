"""One file in, one report out, in one transaction."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from api.audit import record
from api.day.services import find_kitchen
from api.db import Database
from api.imports.canteens import apply_canteens
from api.imports.cells import read_records
from api.imports.diners import apply_diners
from api.imports.dishes import apply_dishes
from api.imports.files import read_table
from api.imports.fleet import apply_fleet
from api.imports.foods import apply_foods
from api.imports.orders import apply_orders
from api.imports.report import Apply, Context, ImportReport
from api.imports.schema import Kind, match_columns
from api.imports.stock import apply_receipts
from api.imports.sub_recipes import apply_sub_recipes
from api.imports.suppliers import apply_suppliers
from api.permissions import Actor, ensure
from api.register.secret import PeopleKeys
from orders.ids import IdSource
from orders.service import Meal

APPLY: Mapping[Kind, Apply] = {
    "canteens": apply_canteens,
    "diners": apply_diners,
    "dishes": apply_dishes,
    "foods": apply_foods,
    "fleet": apply_fleet,
    "orders": apply_orders,
    "sub_recipes": apply_sub_recipes,
    "suppliers": apply_suppliers,
    "receipts": apply_receipts,
}


class _DryRun(Exception):
    """Rolls the transaction back after a trial."""


def run_import(
    database: Database,
    kind: Kind,
    name: str,
    content: bytes,
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    kitchen_id: str,
    meal: Meal = "lunch",
    dry_run: bool = False,
    keys: PeopleKeys | None = None,
) -> ImportReport:
    """
    Imports one file in a transaction of its own: all of its good rows, or none.

    Parameters
    ----------
    database
        Where to.
    kind, name, content
        The file.
    actor, now_at, ids
        Who imports, when, with which row ids.
    kitchen_id, meal
        Whose register; the meal whose hours a canteens' file gives.
    dry_run
        Only report.
    keys
        Hash ID numbers; a file without any needs none.

    Raises
    ------
    Forbidden
        When the actor may not import, or not for this kitchen.
    BadInput
        When the file as a whole cannot be read.
    NotFound
        When there is no such kitchen.
    """
    ensure(actor, "import", kitchen_id=kitchen_id)
    try:
        with database.begin(lock=f"import/{kind}") as session:
            kitchen = find_kitchen(session, kitchen_id)
            context = Context(session, kitchen, meal, now_at, ids, actor.user_id, keys)
            report = import_file(kind, name, content, context, dry_run=dry_run)
            if dry_run:
                raise _DryRun
            counts = {"added": report.added, "changed": report.changed, "refused": report.bad_rows}
            record(session, actor, "import", f"{kind}/{report.file}", now_at, counts)
    except _DryRun:
        pass
    return report


def import_file(kind: Kind, name: str, content: bytes, context: Context, *, dry_run: bool) -> ImportReport:
    """
    Imports one file: keeps its good rows and names every bad one.

    Parameters
    ----------
    kind
        What the rows are.
    name, content
        The file.
    context
        Open transaction and whose register; the caller rolls back when ``dry_run``.
    dry_run
        Only report.

    Raises
    ------
    BadInput
        When the file as a whole cannot be read; nothing is kept then.
    """
    table = read_table(name, content)
    matched = match_columns(kind, table)
    records, problems = read_records(table, matched, context.kitchen.zone)
    applied = APPLY[kind](records, context)
    shown = {column.field: table.header[index] for index, column in matched.columns}
    refused = [replace(p, column=shown.get(p.column, p.column)) for p in applied.problems]
    return ImportReport(
        kind=kind,
        file=table.name,
        rows=len(table.rows),
        added=applied.added,
        changed=applied.changed,
        unchanged=applied.unchanged,
        problems=tuple(sorted([*problems, *refused], key=lambda p: p.line)),
        ignored_columns=matched.ignored,
        other_sheets=table.other_sheets,
        clashes=applied.clashes,
        overlaps=tuple(replace(p, column=shown.get(p.column, p.column)) for p in applied.overlaps),
        dry_run=dry_run,
    )
