"""What packing goes by: the task, the groups of portions that may share a box, and how a box is made."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kitchen.as_cooked import cooked_key
from kitchen.batches import Batch
from kitchen.box_clock import BoxWay, PackParams, box_clock, earliest_last_plate_s
from kitchen.boxes import Box, Carrier, CarrierKind, Spare
from kitchen.demand import Portion
from kitchen.equipment import Slot
from kitchen.recipes import Dish, portion_g
from kitchen.safety import SafetyProfile
from orders.ids import short_code
from orders.menus import HoldClass
from orders.service import Service
from orders.sites import Site


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
        By id; dishes under `cooked_key` too, as a variant changes them.
    profile
        The rule for the food's clock.
    spare
        What walk-ins are to find, by site id: it is packed last, where it has room.
    released_s
        Latest release of boxes that are packed already, by site id: a box of spare alone waits no longer.
    """

    service: Service
    portions: Sequence[Portion]
    batches: Sequence[Batch]
    slots: Sequence[Slot]
    carriers: Sequence[Carrier]
    sites: Mapping[str, Site]
    dishes: Mapping[str, Dish]
    profile: SafetyProfile
    spare: Mapping[str, Sequence[Spare]] = field(default_factory=dict)
    released_s: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Group:
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
class Packer:
    """What every step of packing looks up."""

    task: PackTask
    params: PackParams
    batch_of: Mapping[str, str]
    ready_s: Mapping[str, int]
    carrier_of: Mapping[str, Carrier]
    food_g: Mapping[str, int]
    portion_of: Mapping[str, Portion]

    def ready_of_s(self, portions: Iterable[Portion]) -> list[int]:
        """When the batches of these portions were off the heat."""
        return [self.ready_s[self.batch_of[portion.line_id]] for portion in portions]

    def weight_g(self, portions: Iterable[Portion]) -> int:
        """Food of these portions, grams."""
        return sum(self.food_g[portion.line_id] for portion in portions)

    def spare_g(self, one: Spare) -> int:
        """Weight of a spare portion, grams."""
        return portion_g(self.task.dishes[one.dish_id])


def packer_of(task: PackTask, params: PackParams) -> Packer:
    """What packing a task looks up."""
    ready_s = {slot.batch_id: slot.ready_s for slot in task.slots}
    scheduled = [batch for batch in task.batches if batch.batch_id in ready_s]
    batch_of = {line_id: batch.batch_id for batch in scheduled for line_id in batch.line_ids}
    carriers = {one.carrier_id: one for one in task.carriers}
    portion_of = {portion.line_id: portion for portion in task.portions}
    return Packer(task, params, batch_of, ready_s, carriers, _weights(task, batch_of), portion_of)


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


def merged(spare: Iterable[Spare]) -> tuple[Spare, ...]:
    """One entry a batch, by dish and batch."""
    found: Counter[tuple[str, str]] = Counter()
    for one in spare:
        found[one.dish_id, one.batch_id] += one.portions
    return tuple(Spare(batch_id, dish_id, count) for (dish_id, batch_id), count in sorted(found.items()))


def box_of(
    box_id: str,
    number: int,
    group: Group,
    carrier: Carrier,
    inside: Sequence[Portion],
    packer: Packer,
    spare: Sequence[Spare] = (),
) -> Box:
    """A carrier with these ordered and spare portions in it, with its clocks and its weight."""
    ready_s = [*packer.ready_of_s(inside), *(packer.ready_s[one.batch_id] for one in spare)]
    last_s = max(ready_s)
    if group.hold_class == "cold" and packer.params.opens_s is not None:
        last_s = max(last_s, packer.params.opens_s)
    packed_s = last_s + packer.params.pack_s
    release_s = packed_s + packer.params.load_s
    task, params = packer.task, packer.params
    way = BoxWay(task.service, task.sites[group.site_id], carrier, group.hold_class, group.second_leg)
    eaten_s, delivered_s = box_clock(way, task.profile, params, min(ready_s), packed_s)
    diners = {portion.diner_id for portion in inside}
    own = [packer.batch_of[portion.line_id] for portion in inside]
    return Box(
        box_id,
        short_code("X", number),
        carrier.carrier_id,
        carrier.kind,
        group.site_id,
        group.site_id,
        group.hold_class,
        line_ids=tuple(portion.line_id for portion in inside),
        batch_ids=tuple(dict.fromkeys([*own, *(one.batch_id for one in merged(spare))])),
        cooked_s=min(ready_s),
        packed_s=packed_s,
        release_s=release_s,
        eat_by_s=eaten_s,
        deliver_by_s=delivered_s,
        gross_g=carrier.tare_g + packer.weight_g(inside) + sum(map(packer.spare_g, spare)),
        units=carrier.capacity_units,
        second_leg=group.second_leg,
        for_diner=diners.pop() if len(diners) == 1 else None,
        spare=merged(spare),
    )


def too_short(box: Box, packer: Packer) -> bool:
    """Whether the box's clock ends before the last plate of its site."""
    carrier = packer.carrier_of[box.carrier_id]
    way = BoxWay(packer.task.service, packer.task.sites[box.site_id], carrier, box.hold_class, box.second_leg)
    return earliest_last_plate_s(way, box.release_s) > box.eat_by_s
