"""Packing: portions into boxes by stop and hold class, the sealed meals of allergic diners first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, takewhile

from kitchen.box_clock import PackParams
from kitchen.boxes import Box, Carrier, CarrierKind
from kitchen.demand import Portion
from kitchen.pack_spare import add_spare
from kitchen.packer import Group, Packer, PackTask, box_of, packer_of, too_short
from orders.codes import Coded, Excepted
from orders.sites import Site

PLAIN = "regular"


@dataclass(frozen=True, slots=True)
class PackPlan:
    """
    Boxes, and what is in none.

    Parameters
    ----------
    boxes
        Specials first, then by stop.
    excepted
        One for each group of portions that found no carrier, with its site.
    excepted_line_ids
        The order lines in no box.
    findings
        Boxes whose clock does not cover the last plate of their site, whenever they are handed over.
    spare_left
        Spare portions that found no room, by site id.
    """

    boxes: tuple[Box, ...]
    excepted: tuple[Excepted, ...]
    excepted_line_ids: tuple[str, ...]
    findings: tuple[Coded, ...]
    spare_left: Mapping[str, int] = field(default_factory=dict)


def pack(task: PackTask, params: PackParams, box_ids: Iterable[str]) -> PackPlan:
    """
    Puts every cooked portion into a box of its stop.

    Parameters
    ----------
    task
        What is packed.
    params
        How packing goes.
    box_ids
        Source of row ids, one drawn for each box.

    Returns
    -------
    PackPlan
        Every portion of a scheduled batch stands in exactly one box or among the excepted; portions
        of no batch stand in neither, they are the batch plan's. Spare portions come after all of them.

    References
    ----------
    docs/kitchen.md, "Packing".
    """
    packer = packer_of(task, params)
    free, ids = list(task.carriers), iter(box_ids)
    boxes: list[Box] = []
    excepted: list[Excepted] = []
    left_out: list[str] = []
    for group, portions in _groups(packer):
        loads, waiting = _loads(group, portions, free, packer)
        for carrier, inside in loads:
            boxes.append(box_of(next(ids), len(boxes) + 1, group, carrier, inside, packer))
        if waiting:
            reason = Coded("no_carrier", {"carrier": group.kind})
            excepted.append(Excepted(reason, group.site_id, len(waiting)))
            left_out.extend(portion.line_id for portion in waiting)
    boxes, spare_left = add_spare(boxes, free, ids, packer)
    findings = tuple(
        Coded("box_clock_too_short", {"box": box.code}) for box in boxes if too_short(box, packer)
    )
    return PackPlan(tuple(boxes), tuple(excepted), tuple(left_out), findings, spare_left)


def _loads(
    group: Group, portions: Sequence[Portion], free: list[Carrier], packer: Packer
) -> tuple[list[tuple[Carrier, list[Portion]]], list[Portion]]:
    """What goes into which carrier, each taken out of the free ones, and what finds none."""
    loads = []
    units = _units(portions, group, packer)
    while units:
        carrier = next((carrier for carrier in free if carrier.kind == group.kind), None)
        inside, rest = _fill(carrier, units, packer) if carrier else ([], units)
        if carrier is None or not inside:
            break
        free.remove(carrier)
        loads.append((carrier, inside))
        units = rest
    return loads, [portion for unit in units for portion in unit]


def _groups(packer: Packer) -> list[tuple[Group, list[Portion]]]:
    groups: dict[Group, list[Portion]] = defaultdict(list)
    for portion in packer.task.portions:
        if portion.line_id in packer.batch_of:
            site = packer.task.sites[portion.site_id]
            groups[Group(_kind(portion, site), site.site_id, portion.second_leg, portion.hold_class)].append(
                portion
            )
    return sorted(groups.items(), key=lambda item: item[0].rank)


def _kind(portion: Portion, site: Site) -> CarrierKind:
    """
    A bag holds sealed meals only, so an allergic diner's meal may lie with others there.

    A shared pan holds the plain dish: where pans go, another variant travels as a sealed meal.
    """
    if portion.second_leg or site.kind == "home":
        return "bag"
    if portion.special or (site.form == "bulk" and portion.variant != PLAIN):
        return "special"
    return "bulk" if site.form == "bulk" else "packed"


def _units(portions: Sequence[Portion], group: Group, packer: Packer) -> list[list[Portion]]:
    """What stays together, earliest ready first: the portions of a dish in pans, else those of an order."""
    units: dict[str, list[Portion]] = defaultdict(list)
    for portion in portions:
        units[portion.dish_id if group.kind == "bulk" else portion.order_id].append(portion)
    for unit in units.values():
        unit.sort(key=lambda portion: packer.ready_of_s([portion]))
    first_special = {key: not any(portion.special for portion in unit) for key, unit in units.items()}
    order = sorted(units, key=lambda key: (first_special[key], max(packer.ready_of_s(units[key])), key))
    return [units[key] for key in order]


def _fill(
    carrier: Carrier, units: Sequence[list[Portion]], packer: Packer
) -> tuple[list[Portion], list[list[Portion]]]:
    """What goes into the carrier, and what waits for the next, both in order."""
    return _fill_pans(carrier, units, packer) if carrier.pans else _fill_meals(carrier, units, packer)


def _fill_pans(
    carrier: Carrier, units: Sequence[list[Portion]], packer: Packer
) -> tuple[list[Portion], list[list[Portion]]]:
    inside: list[Portion] = []
    rest = [list(unit) for unit in units]
    for _ in range(carrier.pans):
        if not rest:
            break
        room = carrier.capacity_portions - len(inside)
        heavy_g = accumulate(packer.food_g[portion.line_id] for portion in rest[0])
        in_pan = min(room, sum(1 for _ in takewhile(lambda food_g: food_g <= carrier.pan_g, heavy_g)))
        inside.extend(rest[0][:in_pan])
        rest[0] = rest[0][in_pan:]
        rest = [unit for unit in rest if unit]
    return inside, rest


def _fill_meals(
    carrier: Carrier, units: Sequence[list[Portion]], packer: Packer
) -> tuple[list[Portion], list[list[Portion]]]:
    inside: list[Portion] = []
    for taken, unit in enumerate(units):
        more = [*inside, *unit]
        too_many = taken == carrier.meals or len(more) > carrier.capacity_portions
        if too_many or packer.weight_g(more) > carrier.max_food_g:
            return inside, list(units[taken:])
        inside = more
    return inside, []
