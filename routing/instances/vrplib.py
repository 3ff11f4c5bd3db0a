"""Files in VRPLIB's format: CVRP, VRPTW, multi-trip with release times, multi-depot, mixed fleet."""

from dataclasses import replace

import numpy as np

from orders.errors import BadInput
from routing.instances.convention import BY_TYPE, CONVENTIONS, Convention, Numbers
from routing.instances.instance import Sheet
from routing.instances.sections import Sections, sections_of
from routing.instances.source import Source
from routing.instances.vrplib_vans import vans_of
from routing.instances.weights import stated_weights

ROUNDED_AS = {"EUC_2D": "", "CEIL_2D": "ceil", "FLOOR_2D": "trunc", "EXPLICIT": ""}
READ = {
    "NODE_COORD_SECTION",
    "EDGE_WEIGHT_SECTION",
    "DEMAND_SECTION",
    "TIME_WINDOW_SECTION",
    "SERVICE_TIME_SECTION",
    "RELEASE_TIME_SECTION",
    "DEPOT_SECTION",
    "CAPACITY_SECTION",
    "VEHICLES_DEPOT_SECTION",
    "VEHICLES_RELOAD_DEPOT_SECTION",
    "VEHICLES_MAX_DURATION_SECTION",
    "VEHICLES_MAX_RELOADS_SECTION",
    "VEHICLES_FIXED_COST_SECTION",
    "VEHICLES_UNIT_DISTANCE_COST_SECTION",
    "VEHICLES_UNIT_DURATION_COST_SECTION",
    "DISPLAY_DATA_SECTION",
}
UNREAD_KEYWORDS = ("VEHICLES_MAX_DISTANCE", "NODE_COORD_TYPE")


def is_vrplib(source: Source) -> bool:
    """Whether a text has a line of VRPLIB's that no such file can do without."""
    return any(line.split(":")[0].strip() in ("DIMENSION", "DEMAND_SECTION") for line in source.lines)


def read_vrplib(source: Source, rounding: str | None) -> tuple[Sheet, Convention, Numbers | None]:
    """
    Reads such a file.

    Parameters
    ----------
    source
        Its lines.
    rounding
        Name of a convention; None for the one that answers to this type are compared by.

    Returns
    -------
    tuple[Sheet, Convention, Numbers | None]
        Facts with nodes from 0 (the file's number less one), and the distances between all nodes where the
        file states them.

    Raises
    ------
    BadInput
        With the line, and what would be right there; for whatever the file asks that is not read.
    """
    sections = sections_of(source)
    _require_read(sections)
    convention = _convention(sections, rounding)
    nodes = sections.whole("DIMENSION", 1)
    if nodes is None:
        raise BadInput("instance_section", file=source.file, section="DIMENSION")
    stated = stated_weights(sections, nodes) if _weight_type(sections) == "EXPLICIT" else None
    return _sheet(sections, nodes, needs_points=stated is None), convention, stated


def _require_read(sections: Sections) -> None:
    source = sections.source
    for section, lines in sections.rows.items():
        if section not in READ:
            line = lines[0] - 1 if lines else len(source.lines)
            raise BadInput("instance_section_unread", file=source.file, line=line, section=section)
    for keyword in UNREAD_KEYWORDS:
        if keyword in sections.keywords:
            line = sections.keywords[keyword][0]
            raise BadInput("instance_section_unread", file=source.file, line=line, section=keyword)


def _convention(sections: Sections, rounding: str | None) -> Convention:
    kind = _known(sections, "TYPE", "CVRP", tuple(BY_TYPE))
    return CONVENTIONS[rounding or ROUNDED_AS[_weight_type(sections)] or BY_TYPE[kind]]


def _weight_type(sections: Sections) -> str:
    return _known(sections, "EDGE_WEIGHT_TYPE", "EUC_2D", tuple(ROUNDED_AS))


def _known(sections: Sections, keyword: str, default: str, known: tuple[str, ...]) -> str:
    value = sections.text(keyword, default)
    if value not in known:
        raise BadInput(
            "instance_not_read",
            file=sections.source.file,
            line=sections.keywords[keyword][0],
            keyword=keyword,
            value=value[:40],
            known=", ".join(known),
        )
    return value


def _sheet(sections: Sections, nodes: int, *, needs_points: bool) -> Sheet:
    source, depots = sections.source, _depots(sections, nodes)
    if len(depots) == nodes:
        raise BadInput("instance_empty", file=source.file)
    points = sections.by_number("NODE_COORD_SECTION", nodes, 3)
    demand = sections.by_number("DEMAND_SECTION", nodes, 2)
    for section, rows in (("NODE_COORD_SECTION", points), ("DEMAND_SECTION", demand)):
        if rows is None and (needs_points or section == "DEMAND_SECTION"):
            raise BadInput("instance_section", file=source.file, section=section)
    sheet = Sheet(
        name=sections.text("NAME") or source.file,
        kind=sections.text("TYPE", "CVRP"),
        depots=depots,
        points=None if points is None else np.array([row.values for row in points]),
        demand=[source.whole(row.values[0], row.line) for row in demand or ()],
        service=_service(sections, nodes, depots),
        release=_times(sections, "RELEASE_TIME_SECTION", nodes),
        windows=_windows(sections, nodes),
        vans=(),
    )
    return replace(sheet, vans=vans_of(sections, sheet))


def _depots(sections: Sections, nodes: int) -> tuple[int, ...]:
    source, found = sections.source, list[int]()
    for line, value in sections.numbers("DEPOT_SECTION"):
        number = source.whole(value, line, 1)
        if number > nodes or number - 1 in found:
            raise BadInput("instance_depot", file=source.file, line=line, node=number, nodes=nodes)
        found.append(number - 1)
    return tuple(found) or (0,)


def _service(sections: Sections, nodes: int, depots: tuple[int, ...]) -> list[float]:
    alike = sections.number("SERVICE_TIME")
    if alike is None:
        return _times(sections, "SERVICE_TIME_SECTION", nodes)
    if alike < 0:
        line = sections.keywords["SERVICE_TIME"][0]
        raise BadInput("instance_negative", file=sections.source.file, line=line, word=f"{alike:g}")
    return [0.0 if node in depots else alike for node in range(nodes)]


def _times(sections: Sections, section: str, nodes: int) -> list[float]:
    rows = sections.by_number(section, nodes, 2)
    if rows is None:
        return [0.0] * nodes
    for row in rows:
        if row.values[0] < 0:
            word = f"{row.values[0]:g}"
            raise BadInput("instance_negative", file=sections.source.file, line=row.line, word=word)
    return [row.values[0] for row in rows]


def _windows(sections: Sections, nodes: int) -> list[tuple[float, float]] | None:
    rows = sections.by_number("TIME_WINDOW_SECTION", nodes, 3)
    if rows is None:
        return None
    for row in rows:
        opens, closes = row.values
        if closes < opens:
            words = {"opens": f"{opens:g}", "closes": f"{closes:g}"}
            raise BadInput("instance_window", file=sections.source.file, line=row.line, **words)
    return [(row.values[0], row.values[1]) for row in rows]
