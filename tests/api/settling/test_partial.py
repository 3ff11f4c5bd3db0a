"""Statements of files: by name for people, and partial where --from and --to cut their period short."""

from pathlib import Path

import pytest

from tests.api.settling.desk import facts, meal, settled

PEOPLE = facts("P1", born="1935-01-01", hukou="450205", residence="450205")
ORDERS = [meal("O1", "P1", "2020-10-12")]


@pytest.mark.parametrize(
    ("days", "partial"),
    [
        (("2020-10-01", "2020-10-31"), False),
        (("2020-10-01", "2020-10-15"), True),
        (("2020-10-12", "2020-10-31"), True),
    ],
)
def test_a_period_cut_short_is_partial(tmp_path: Path, days: tuple[str, str], partial: bool) -> None:
    """Tests that a statement of less than its period says so."""
    [statement] = settled(tmp_path, "liuzhou-2020", PEOPLE, ORDERS, days)["statements"]
    assert statement["partial"] is partial
