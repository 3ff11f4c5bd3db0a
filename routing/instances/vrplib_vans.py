"""The vehicles of a VRPLIB file: each keyword for all of them, or a section with a row for each."""

from orders.errors import BadInput
from routing.instances.instance import Sheet, StatedVan
from routing.instances.sections import Row, Sections

OWN = (
    "CAPACITY",
    "VEHICLES_DEPOT",
    "VEHICLES_RELOAD_DEPOT",
    "VEHICLES_MAX_DURATION",
    "VEHICLES_MAX_RELOADS",
    "VEHICLES_FIXED_COST",
    "VEHICLES_UNIT_DISTANCE_COST",
    "VEHICLES_UNIT_DURATION_COST",
)


def vans_of(sections: Sections, sheet: Sheet) -> tuple[StatedVan, ...]:
    """
    The file's vehicles in its order; of vehicles that are all alike no more than there are clients.

    Raises
    ------
    BadInput
        When there is none, or what is said of one is not read.
    """
    own = {name: f"{name}_SECTION" for name in OWN if f"{name}_SECTION" in sections.rows}
    count = _count(sections, sheet, own)
    rows = {name: sections.by_number(section, count, 2) or [] for name, section in own.items()}
    alike = not own or all(len({tuple(row.values) for row in found}) == 1 for found in rows.values())
    kept = min(count, len(sheet.clients)) if alike else count
    facts = [{name: found[number] for name, found in rows.items()} for number in range(kept)]
    return tuple(_van(sections, sheet, one) for one in facts)


def _count(sections: Sections, sheet: Sheet, own: dict[str, str]) -> int:
    """As stated, else as many rows as there are, else so many that one more would never help."""
    stated = sections.whole("VEHICLES")
    if stated == 0:
        line = sections.keywords["VEHICLES"][0]
        raise BadInput("instance_no_vehicle", file=sections.source.file, line=line)
    if stated is not None:
        return stated
    if own:
        return max(1, *(len(sections.rows[section]) for section in own.values()))
    clients, capacity = len(sheet.clients), sections.whole("CAPACITY", 1)
    is_bounded_by_room = sheet.windows is None and _most_out(sections, {}) is None
    if not is_bounded_by_room or capacity is None:
        return clients
    # Of two routes that are less than half full one is enough.
    return min(clients, 2 * -(-sum(sheet.demand) // capacity) + 1)


def _van(sections: Sections, sheet: Sheet, own: dict[str, Row]) -> StatedVan:
    source = sections.source
    capacity = _figure(sections, "CAPACITY", own)
    if capacity is None:
        raise BadInput("instance_section", file=source.file, section="CAPACITY")
    depot = _depot(sections, sheet, "VEHICLES_DEPOT", own)
    reload_depot = _depot(sections, sheet, "VEHICLES_RELOAD_DEPOT", own)
    depot = sheet.depots[0] if depot is None else depot
    if reload_depot not in (None, depot):
        line = _line(sections, "VEHICLES_RELOAD_DEPOT", own)
        raise BadInput("instance_reload_elsewhere", file=source.file, line=line, node=depot + 1)
    return StatedVan(
        capacity=source.whole(capacity, _line(sections, "CAPACITY", own)),
        depot=depot,
        most_trips=1 if reload_depot is None else _most_trips(sections, sheet, own),
        fixed=_price(sections, "VEHICLES_FIXED_COST", own, 0.0),
        a_unit_of_way=_price(sections, "VEHICLES_UNIT_DISTANCE_COST", own, 1.0),
        a_unit_of_time=_price(sections, "VEHICLES_UNIT_DURATION_COST", own, 0.0),
        most_out=_most_out(sections, own),
    )


def _figure(sections: Sections, name: str, own: dict[str, Row]) -> float | None:
    return own[name].values[0] if name in own else sections.number(name)


def _line(sections: Sections, name: str, own: dict[str, Row]) -> int:
    return own[name].line if name in own else sections.keywords[name][0]


def _price(sections: Sections, name: str, own: dict[str, Row], default: float) -> float:
    value = _figure(sections, name, own)
    if value is None:
        return default
    if value < 0:
        line = _line(sections, name, own)
        raise BadInput("instance_negative", file=sections.source.file, line=line, word=f"{value:g}")
    return value


def _depot(sections: Sections, sheet: Sheet, name: str, own: dict[str, Row]) -> int | None:
    value = _figure(sections, name, own)
    if value is None:
        return None
    line = _line(sections, name, own)
    node = sections.source.whole(value, line, 1) - 1
    if node not in sheet.depots:
        nodes = len(sheet.demand)
        raise BadInput("instance_depot", file=sections.source.file, line=line, node=node + 1, nodes=nodes)
    return node


def _most_trips(sections: Sections, sheet: Sheet, own: dict[str, Row]) -> int:
    reloads = _figure(sections, "VEHICLES_MAX_RELOADS", own)
    if reloads is None:
        return len(sheet.clients)
    return 1 + sections.source.whole(reloads, _line(sections, "VEHICLES_MAX_RELOADS", own))


def _most_out(sections: Sections, own: dict[str, Row]) -> float | None:
    """Longest time out: stated as such, or as CVRP's longest route with the time at its clients."""
    for name in ("VEHICLES_MAX_DURATION", "DISTANCE"):
        value = _figure(sections, name, own)
        if value is not None:
            return _price(sections, name, own, value)
    return None
