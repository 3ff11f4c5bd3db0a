"""Yields that a file may state."""

from collections.abc import Iterable
from typing import cast

from api.day.diets import load_yields
from api.imports.cells import Record
from api.imports.report import RowRefused
from kitchen.foods import Food
from kitchen.yields import most_yield


def require_yield(record: Record, parts: Iterable[tuple[Food | None, int]]) -> None:
    """Refuses a yield by which foods with their milligrams, None a sauce, weigh more than can be."""
    said, most = cast(float, record.values["yield_ratio"]), most_yield(parts, load_yields())
    if said > most:
        told = {"yield_percent": round(said * 100), "most_percent": int(most * 100)}
        raise RowRefused("yield_ratio", "row_yield", **told)
