"""Spare portions into boxes: beside the ordered ones where there is room, else in a box of their own."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from kitchen.boxes import Box, Carrier, CarrierKind, Spare
from kitchen.packer import Group, Packer, box_of, merged, too_short
from kitchen.pans import PanLine, pan_runs, with_spare
from orders.ids import short_code
from orders.menus import HoldClass


def add_spare(
    boxes: Sequence[Box], free: list[Carrier], ids: Iterator[str], packer: Packer
) -> tuple[list[Box], dict[str, int]]:
    """
    The boxes with what walk-ins are to find.

    Nothing that was ordered yields to it: it takes the room that is left, moves no box's clock, takes a
    carrier only when all that was ordered has one, and never leaves later than its site's other boxes.

    Parameters
    ----------
    boxes
        With all that was ordered.
    free
        Carriers that are left; those that are taken are removed.
    ids
        Source of row ids.
    packer
        Whose task says what is spare where.

    Returns
    -------
    tuple[list[Box], dict[str, int]]
        The boxes, new ones last; portions that found no room, by site id.
    """
    found, left = list(boxes), dict[str, int]()
    hold_of = {portion.dish_id: portion.hold_class for portion in packer.task.portions}
    for site_id, spare in packer.task.spare.items():
        waiting: dict[HoldClass, list[Spare]] = {}
        for one in _singles(spare):
            hold = hold_of.get(one.dish_id, "hot")
            places = (i for i, box in enumerate(found) if (box.site_id, box.hold_class) == (site_id, hold))
            place = next((i for i in places if _takes(found[i], one, packer)), None)
            if place is None:
                waiting.setdefault(hold, []).append(one)
            else:
                found[place] = _with(found[place], one, packer)
        for hold, own in waiting.items():
            group = Group(_kind(packer, site_id), site_id, False, hold)
            box, rest = _own_box(group, own, free, found, packer)
            if box is not None:
                found.append(replace(box, box_id=next(ids), code=short_code("X", len(found) + 1)))
            if rest:
                left[site_id] = left.get(site_id, 0) + rest
    return found, left


def _kind(packer: Packer, site_id: str) -> CarrierKind:
    return "bulk" if packer.task.sites[site_id].form == "bulk" else "packed"


def _singles(spare: Iterable[Spare]) -> list[Spare]:
    """One entry a portion, the first of every dish before the second of any: whole meals come first."""
    numbered = [
        (number, place, replace(one, portions=1))
        for place, one in enumerate(spare)
        for number in range(one.portions)
    ]
    return [one for _, _, one in sorted(numbered, key=lambda item: item[:2])]


def _takes(box: Box, one: Spare, packer: Packer) -> bool:
    """Whether a box of the site's tables has room for a portion that does not move its clock."""
    own_s = [packer.ready_s[batch_id] for batch_id in box.batch_ids]
    if box.kind not in ("bulk", "packed") or box.second_leg:
        return False
    if not min(own_s) <= packer.ready_s[one.batch_id] <= max(own_s):
        return False
    carrier = packer.carrier_of[box.carrier_id]
    return _has_room(carrier, box.line_ids, [*_singles(box.spare), one], packer)


def _has_room(carrier: Carrier, line_ids: Iterable[str], spare: Sequence[Spare], packer: Packer) -> bool:
    """Whether a carrier takes these spare portions beside the ordered ones."""
    inside = [packer.portion_of[line_id] for line_id in line_ids]
    lines = [PanLine(one.dish_id, packer.batch_of[one.line_id], packer.food_g[one.line_id]) for one in inside]
    more = [PanLine(one.dish_id, one.batch_id, packer.spare_g(one)) for one in spare]
    both = with_spare(lines, more)
    if len(both) > carrier.capacity_portions or sum(one.portion_g for one in both) > carrier.max_food_g:
        return False
    if carrier.pans:
        light = all(one.portion_g <= carrier.pan_g for one in more)
        return light and len(pan_runs(both, carrier.pan_g)) <= carrier.pans
    meals = max(Counter(one.dish_id for one in spare).values(), default=0)
    return len({one.order_id for one in inside}) + meals <= carrier.meals


def _with(box: Box, one: Spare, packer: Packer) -> Box:
    spare = merged([*box.spare, one])
    ordered = [packer.batch_of[line_id] for line_id in box.line_ids]
    return replace(
        box,
        spare=spare,
        batch_ids=tuple(dict.fromkeys([*ordered, *(own.batch_id for own in spare)])),
        gross_g=box.gross_g + packer.spare_g(one),
        for_diner=None,
    )


def _own_box(
    group: Group, spare: Sequence[Spare], free: list[Carrier], boxes: Sequence[Box], packer: Packer
) -> tuple[Box | None, int]:
    """One box of spare alone and how many it leaves out; none that would hold up a van or be too old."""
    carrier = next((one for one in free if one.kind == group.kind), None)
    here_s = [box.release_s for box in boxes if box.site_id == group.site_id]
    released_s = max([*here_s, packer.task.released_s.get(group.site_id, 0)])
    if carrier is None:
        return None, len(spare)
    inside = list[Spare]()
    for one in spare:
        if _has_room(carrier, (), [*inside, one], packer):
            inside.append(one)
    if not inside:
        return None, len(spare)
    box = box_of("", 1, group, carrier, (), packer, inside)
    if box.release_s > released_s or too_short(box, packer):
        return None, len(spare)
    free.remove(carrier)
    return box, len(spare) - len(inside)
