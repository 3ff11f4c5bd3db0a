"""Rows of odd but typeable cells: each is kept or named, on both databases, and none breaks the import."""

import csv
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.imports.schema import KINDS, Kind
from tests.api.imports.desk import Desk, csv_of
from tests.services import ROOT

EXAMPLES = ROOT / "docs" / "examples" / "import"
ODD = [
    "",
    " ",
    "0",
    "-0",
    "-1",
    "1",
    "007",
    "1e-05",
    "0.0000001",
    "999999999",
    "999999999.99",
    "9999999.99",
    "100%",
    "0%",
    "无",
    "none",
    "否",
    "、",
    ":",
    "土豆:0.0001",
    "土豆:999999999",
    "=1+1",
    "'=1+1",
    "H-1",
    "C01",
    "E01",
    "X" * 40,
    "字" * 500,
    "a\tb",
    "a\nb",
    "a\x00b",
    "\u200bE01",
    "😀",
    "1900-01-01",
    "2026-11-23",
    "2199-12-31",
    "2026-11-23 23:59:59",
    "00:00",
    "23:59",
    "24:00",
    "中央厨房直送",
    "花生",
    "软食",
]


def rows_of_example(kind: Kind) -> list[dict[str, str]]:
    """The published example of a kind."""
    with Path(EXAMPLES, f"{kind}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@st.composite
def odd_files(draw: st.DrawFn) -> tuple[Kind, list[dict[str, str]]]:
    """A published example with some cells replaced, some rows doubled and some columns left out."""
    kind = draw(st.sampled_from(KINDS))
    rows = rows_of_example(kind)
    rows = [dict(row) for row in rows + draw(st.lists(st.sampled_from(rows), max_size=3))]
    titles = st.sampled_from(list(rows[0]))
    for row in rows:
        for title, cell in draw(st.lists(st.tuples(titles, st.sampled_from(ODD)), max_size=3)):
            row[title] = cell
    return kind, rows


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(odd_files())
def test_an_odd_row_is_kept_or_named(town: Desk, odd: tuple[Kind, list[dict[str, str]]]):
    """
    Tests that every row is counted once and that what was kept is found again unchanged.
    """
    kind, rows = odd
    content = csv_of(rows)
    report = town.bring(kind, content)
    filled = [row for row in rows if any(cell.strip() for cell in row.values())]
    assert report.rows == len(filled)
    assert report.added + report.changed + report.unchanged + report.bad_rows == report.rows
    again = town.bring(kind, content)
    assert (again.added, again.changed) == (0, 0)
    assert again.bad_rows == report.bad_rows
