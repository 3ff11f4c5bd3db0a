"""Weights: distances that a VRPLIB file states, whole or as one half of a square."""

import numpy as np
from numpy.typing import NDArray

from orders.errors import BadInput
from routing.instances.convention import Numbers
from routing.instances.sections import Sections

Places = NDArray[np.intp]
SECTION = "EDGE_WEIGHT_SECTION"
FORMATS = (
    "FULL_MATRIX",
    "LOWER_ROW",
    "LOWER_DIAG_ROW",
    "UPPER_ROW",
    "UPPER_DIAG_ROW",
    "LOWER_COL",
    "LOWER_DIAG_COL",
    "UPPER_COL",
    "UPPER_DIAG_COL",
)


def stated_weights(sections: Sections, nodes: int) -> Numbers:
    """
    The square of distances of an ``EXPLICIT`` file, in its units.

    Raises
    ------
    BadInput
        When the format is another, or the numbers are too few, too many or negative.
    """
    source, wanted = sections.source, sections.text("EDGE_WEIGHT_FORMAT")
    if SECTION not in sections.rows:
        raise BadInput("instance_section", file=source.file, section=SECTION)
    if wanted not in FORMATS:
        line = sections.keywords.get("EDGE_WEIGHT_FORMAT", (sections.rows[SECTION][:1] or [1])[:1])[0]
        raise BadInput(
            "instance_not_read",
            file=source.file,
            line=line,
            keyword="EDGE_WEIGHT_FORMAT",
            value=wanted,
            known=", ".join(FORMATS),
        )
    expected = _count(wanted, nodes)
    values = [(line, value) for line in sections.rows[SECTION] for value in source.numbers(line)]
    if len(values) != expected:
        raise BadInput(
            "instance_cut_off", file=source.file, section=SECTION, expected=expected, found=len(values)
        )
    if not values:
        raise BadInput("instance_empty", file=source.file)
    low_line, low = min(values, key=lambda one: one[1])
    if low < 0:
        raise BadInput("instance_negative", file=source.file, line=low_line, word=f"{low:g}")
    rows, columns = _places(wanted, nodes)
    square = np.zeros((nodes, nodes))
    square[rows, columns] = [value for _, value in values]
    if wanted != "FULL_MATRIX":
        square[columns, rows] = square[rows, columns]
    np.fill_diagonal(square, 0.0)
    return square


def _count(wanted: str, nodes: int) -> int:
    if wanted == "FULL_MATRIX":
        return nodes * nodes
    return nodes * (nodes + 1 if "DIAG" in wanted else nodes - 1) // 2


def _places(wanted: str, nodes: int) -> tuple[Places, Places]:
    """Row and column of each number in the order of the file; columns of one half are rows of the other."""
    if wanted == "FULL_MATRIX":
        rows, columns = np.indices((nodes, nodes)).reshape(2, -1)
        return rows, columns
    half, *diagonal, order = wanted.split("_")
    lower = (half == "LOWER") == (order == "ROW")
    if lower:
        return np.tril_indices(nodes, 0 if diagonal else -1)
    return np.triu_indices(nodes, 0 if diagonal else 1)
