"""Files of Solomon (1987) and Gehring and Homberger (1999): time windows, one kind of vehicle."""

import numpy as np

from orders.errors import BadInput
from routing.instances.instance import Sheet, StatedVan
from routing.instances.source import Source

COLUMNS = 7


def is_solomon(source: Source) -> bool:
    """Whether a text has the two headings of such a file."""
    words = {line.strip().upper() for line in source.lines}
    return bool(words & {"VEHICLE", "CUSTOMER", "CUSTOMERS"})


def read_solomon(source: Source) -> Sheet:
    """
    Reads such a file.

    Returns
    -------
    Sheet
        Node 0 is the depot; a node is the file's CUST NO.

    Raises
    ------
    BadInput
        With the line, and what would be right there.
    """
    fleet_line, first_line = _heading(source, "VEHICLE"), _heading(source, "CUSTOMER")
    vehicles, capacity = _fleet(source, fleet_line, first_line)
    nodes = [_node(source, line, number) for number, line in enumerate(_rows(source, first_line))]
    clients = len(nodes) - 1
    if clients < 1:
        raise BadInput("instance_empty", file=source.file)
    table = np.array(nodes)
    return Sheet(
        name=_name(source, fleet_line),
        kind="VRPTW",
        depots=(0,),
        points=table[:, 1:3],
        demand=[int(value) for value in table[:, 3]],
        service=[float(value) for value in table[:, 6]],
        release=[0.0] * len(nodes),
        windows=[(float(opens), float(closes)) for opens, closes in table[:, 4:6]],
        vans=[StatedVan(capacity, depot=0)] * min(vehicles, clients),
    )


def _name(source: Source, before: int) -> str:
    return next((line.strip() for line in source.lines[: before - 1] if line.strip()), source.file)


def _heading(source: Source, word: str) -> int:
    for line, text in enumerate(source.lines, start=1):
        if text.strip().upper().removesuffix("S") == word:
            return line
    raise BadInput("instance_section", file=source.file, section=word)


def _fleet(source: Source, after: int, before: int) -> tuple[int, int]:
    """Vehicles and their capacity: the one row of numbers between the two headings."""
    for line in range(after + 1, before):
        words = source.lines[line - 1].split()
        if words and not words[0].isalpha():
            vehicles, capacity = source.row(line, 2)
            if vehicles < 1:
                raise BadInput("instance_no_vehicle", file=source.file, line=line)
            return source.whole(vehicles, line), source.whole(capacity, line)
    raise BadInput("instance_section", file=source.file, section="NUMBER CAPACITY")


def _rows(source: Source, after: int) -> list[int]:
    """Lines of clients: all below the heading and the names of its columns but the blank ones."""
    filled = [line for line in range(after + 1, len(source.lines) + 1) if source.lines[line - 1].strip()]
    while filled and source.lines[filled[0] - 1].strip()[0].isalpha():
        filled.pop(0)
    return filled


def _node(source: Source, line: int, number: int) -> list[float]:
    row = source.row(line, COLUMNS)
    if row[0] != number:
        raise BadInput("instance_node", file=source.file, line=line, node=f"{row[0]:g}", expected=number)
    source.whole(row[3], line)
    if row[5] < row[4]:
        opens, closes = f"{row[4]:g}", f"{row[5]:g}"
        raise BadInput("instance_window", file=source.file, line=line, opens=opens, closes=closes)
    if row[6] < 0:
        raise BadInput("instance_negative", file=source.file, line=line, word=f"{row[6]:g}")
    return row
