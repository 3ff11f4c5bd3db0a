"""Packing: portions into boxes by stop and hold class, the sealed meals of allergic diners first."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, takewhile

from kitchen.batches import Batch, cooked_key
from kitchen.box_clock import BoxWay, PackParams, box_clock, earliest_last_plate_s
from kitchen.boxes import Box, Carrier, CarrierKind
from kitchen.demand import Portion
from kitchen.equipment import Slot
from kitchen.recipes import Dish, portion_g
from kitchen.safety import SafetyProfile
from orders.codes import Coded, Excepted
from orders.ids import short_code
from orders.menus import HoldClass
from orders.service import Service
from orders.sites import Site

MINUTE_S = 60
PLAIN = "regular"


@dataclass(frozen=True, slots=True)
class PackTask:
    """
    What is packed.

    Parameters
    ----------
    service
        Of which service.
    portions
        Portions in the order in which they come off the heat (see `demand.cook_order`).
    batches, slots
        What is cooked, and when.
    carriers
        What is free, in order of choice.
    sites, dishes
        By id; dishes under `kitchen.batches.cooked_key` too, as a variant changes them.
    profile
        The rule for the food's clock.
    """

    service: Service
    portions: Sequence[Portion]
    batches: Sequence[Batch]
    slots: Sequence[Slot]
    carriers: Sequence[Carrier]
    sites: Mapping[str, Site]
    dishes: Mapping[str, Dish]
    profile: SafetyProfile


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
    """

    boxes: tuple[Box, ...]
    excepted: tuple[Excepted, ...]
    excepted_line_ids: tuple[str, ...]
    findings: tuple[Coded, ...]


@dataclass(frozen=True, slots=True)
class _Group:
    """Portions that may share a box: one stop, one hold class, one kind of carrier, one way on."""

    kind: CarrierKind
    site_id: str
    second_leg: bool
    hold_class: HoldClass

    @property
    def rank(self) -> tuple[bool, str, bool, str]:
        """Specials first, then by stop."""
        return self.kind != "special", self.site_id, self.second_leg, self.hold_class


@dataclass(frozen=True, slots=True)
class _Packer:
    """What every step of packing looks up."""

    task: PackTask
    params: PackParams
    batch_of: Mapping[str, str]
    ready_s: Mapping[str, int]
    carrier_of: Mapping[str, Carrier]
    food_g: Mapping[str, int]

    def ready_of_s(self, portions: Iterable[Portion]) -> list[int]:
        """When the batches of these portions were off the heat."""
        return [self.ready_s[self.batch_of[portion.line_id]] for portion in portions]

    def weight_g(self, portions: Iterable[Portion]) -> int:
        """Food of these portions, grams."""
        return sum(self.food_g[portion.line_id] for portion in portions)


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
        of no batch stand in neither, they are the batch plan's.

    References
    ----------
    docs/kitchen.md, "Packing".
    """
    packer = _packer(task, params)
    free, ids = list(task.carriers), iter(box_ids)
    boxes: list[Box] = []
    excepted: list[Excepted] = []
    left_out: list[str] = []
    for group, portions in _groups(packer):
        loads, waiting = _loads(group, portions, free, packer)
        for carrier, inside in loads:
            boxes.append(_box(next(ids), len(boxes) + 1, group, carrier, inside, packer))
        if waiting:
            reason = Coded("no_carrier", {"carrier": group.kind})
            excepted.append(Excepted(reason, group.site_id, len(waiting)))
            left_out.extend(portion.line_id for portion in waiting)
    findings = tuple(
        Coded("box_clock_too_short", {"box": box.code}) for box in boxes if _too_short(box, packer)
    )
    return PackPlan(tuple(boxes), tuple(excepted), tuple(left_out), findings)


def _loads(
    group: _Group, portions: Sequence[Portion], free: list[Carrier], packer: _Packer
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


def _packer(task: PackTask, params: PackParams) -> _Packer:
    ready_s = {slot.batch_id: slot.ready_s for slot in task.slots}
    scheduled = [batch for batch in task.batches if batch.batch_id in ready_s]
    batch_of = {line_id: batch.batch_id for batch in scheduled for line_id in batch.line_ids}
    carriers = {one.carrier_id: one for one in task.carriers}
    return _Packer(task, params, batch_of, ready_s, carriers, _weights(task, batch_of))


def _weights(task: PackTask, batch_of: Mapping[str, str]) -> dict[str, int]:
    """Cooked weight of each portion that is packed, as its variant and size make it, grams by line id."""
    known: dict[tuple[str, str], int] = {}
    for key in {(portion.dish_id, portion.variant) for portion in task.portions}:
        dish = task.dishes.get(cooked_key(*key)) or task.dishes.get(key[0])
        if dish is not None:
            known[key] = portion_g(dish)
    return {
        portion.line_id: portion.size.of_g(known[portion.dish_id, portion.variant])
        for portion in task.portions
        if portion.line_id in batch_of
    }


def _groups(packer: _Packer) -> list[tuple[_Group, list[Portion]]]:
    groups: dict[_Group, list[Portion]] = defaultdict(list)
    for portion in packer.task.portions:
        if portion.line_id in packer.batch_of:
            site = packer.task.sites[portion.site_id]
            groups[_Group(_kind(portion, site), site.site_id, portion.second_leg, portion.hold_class)].append(
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


def _units(portions: Sequence[Portion], group: _Group, packer: _Packer) -> list[list[Portion]]:
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
    carrier: Carrier, units: Sequence[list[Portion]], packer: _Packer
) -> tuple[list[Portion], list[list[Portion]]]:
    """What goes into the carrier, and what waits for the next, both in order."""
    return _fill_pans(carrier, units, packer) if carrier.pans else _fill_meals(carrier, units, packer)


def _fill_pans(
    carrier: Carrier, units: Sequence[list[Portion]], packer: _Packer
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
    carrier: Carrier, units: Sequence[list[Portion]], packer: _Packer
) -> tuple[list[Portion], list[list[Portion]]]:
    inside: list[Portion] = []
    for taken, unit in enumerate(units):
        more = [*inside, *unit]
        too_many = taken == carrier.meals or len(more) > carrier.capacity_portions
        if too_many or packer.weight_g(more) > carrier.max_food_g:
            return inside, list(units[taken:])
        inside = more
    return inside, []


def _box(
    box_id: str, number: int, group: _Group, carrier: Carrier, inside: Sequence[Portion], packer: _Packer
) -> Box:
    ready_s = packer.ready_of_s(inside)
    last_s = max(ready_s)
    if group.hold_class == "cold" and packer.params.opens_s is not None:
        last_s = max(last_s, packer.params.opens_s)
    packed_s = last_s + packer.params.pack_s
    release_s = packed_s + packer.params.load_s
    task, params = packer.task, packer.params
    way = BoxWay(task.service, task.sites[group.site_id], carrier, group.hold_class, group.second_leg)
    eaten_s, delivered_s = box_clock(way, task.profile, params, min(ready_s), packed_s)
    diners = {portion.diner_id for portion in inside}
    return Box(
        box_id,
        short_code("X", number),
        carrier.carrier_id,
        carrier.kind,
        group.site_id,
        group.site_id,
        group.hold_class,
        line_ids=tuple(portion.line_id for portion in inside),
        batch_ids=tuple(dict.fromkeys(packer.batch_of[portion.line_id] for portion in inside)),
        cooked_s=min(ready_s),
        packed_s=packed_s,
        release_s=release_s,
        eat_by_s=eaten_s,
        deliver_by_s=delivered_s,
        gross_g=carrier.tare_g + packer.weight_g(inside),
        units=carrier.capacity_units,
        second_leg=group.second_leg,
        for_diner=diners.pop() if len(diners) == 1 else None,
    )


def _too_short(box: Box, packer: _Packer) -> bool:
    carrier = packer.carrier_of[box.carrier_id]
    way = BoxWay(packer.task.service, packer.task.sites[box.site_id], carrier, box.hold_class, box.second_leg)
    return earliest_last_plate_s(way, box.release_s) > box.eat_by_s
