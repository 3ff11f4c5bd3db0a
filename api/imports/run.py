"""One file in, one report out, in one transaction."""

from collections.abc import Mapping
from dataclasses import replace

from api.imports.canteens import apply_canteens
from api.imports.cells import read_records
from api.imports.diners import apply_diners
from api.imports.files import read_table
from api.imports.orders import apply_orders
from api.imports.report import Apply, Context, ImportReport
from api.imports.schema import Kind, match_columns

APPLY: Mapping[Kind, Apply] = {
    "canteens": apply_canteens,
    "diners": apply_diners,
    "orders": apply_orders,
}


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
        dry_run=dry_run,
    )
