"""Spare: portions cooked beyond the orders, shared out to canteens and given to those whose food is lost."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from dataclasses import replace
from types import MappingProxyType

from kitchen.as_cooked import cooked_key
from kitchen.batches import Batch, Extra, ExtraPurpose
from kitchen.boxes import Box, Spare
from kitchen.demand import REGULAR_SIZE, Portion
from orders.menus import REGULAR

BUFFER: ExtraPurpose = "buffer"


def shares(
    batches: Iterable[Batch],
    ready_s: Mapping[str, int],
    portions: Iterable[Portion],
    wanted: Mapping[str, Mapping[str, int]],
) -> dict[str, tuple[Spare, ...]]:
    """
    Which batch each canteen's buffer is taken from, by site id: first one that cooks for that site.

    Parameters
    ----------
    batches
        What is cooked; the plain batches' buffer is shared out.
    ready_s
        When they are off the heat, by batch id; one without a slot gives nothing.
    portions
        What is ordered, in the order in which the sites are asked.
    wanted
        Site id to portions by dish.

    Returns
    -------
    dict[str, tuple[Spare, ...]]
        Of no batch more than its buffer.
    """
    sites: dict[str, str] = {portion.line_id: portion.site_id for portion in portions}
    giving = [one for one in batches if one.batch_id in ready_s and one.variant == REGULAR]
    left = {one.batch_id: _buffer(one) for one in giving}
    cooks_for = {one.batch_id: {sites[line] for line in one.line_ids if line in sites} for one in giving}
    found: dict[str, tuple[Spare, ...]] = {}
    for site_id in [one for one in dict.fromkeys(sites.values()) if one in wanted]:
        own = list[Spare]()
        for dish_id, portions_wanted in sorted(wanted[site_id].items()):
            missing = portions_wanted
            asked = [one for one in giving if one.dish_id == dish_id]
            asked.sort(key=lambda one: (site_id not in cooks_for[one.batch_id], ready_s[one.batch_id]))
            for batch in asked:
                taken = min(missing, left[batch.batch_id])
                if taken:
                    own.append(Spare(batch.batch_id, dish_id, taken))
                    left[batch.batch_id] -= taken
                    missing -= taken
        found[site_id] = tuple(own)
    return found


def still_spare(
    boxes: Iterable[Box], batches: Iterable[Batch], shut: Collection[str]
) -> dict[str, tuple[Spare, ...]]:
    """
    What open boxes still get for walk-ins once their batches have given some of their spare away, by box id.

    Parameters
    ----------
    boxes
        As they were planned.
    batches
        As they now are.
    shut
        Ids of the boxes that are closed or gone: theirs stays in them.
    """
    known = list(boxes)
    left = Counter({one.batch_id: _buffer(one) for one in batches})
    left.subtract(boxed_spare(box for box in known if box.box_id in shut))
    found: dict[str, tuple[Spare, ...]] = {}
    for box in known:
        own = list[Spare]()
        for one in box.spare if box.box_id not in shut else ():
            kept = min(one.portions, max(0, left[one.batch_id]))
            left[one.batch_id] -= kept
            if kept:
                own.append(replace(one, portions=kept))
        found[box.box_id] = tuple(own)
    return found


def boxed_spare(boxes: Iterable[Box]) -> Counter[str]:
    """Spare portions in some boxes, by the batch that they came from."""
    found: Counter[str] = Counter()
    for one in (one for box in boxes for one in box.spare):
        found[one.batch_id] += one.portions
    return found


def _buffer(batch: Batch) -> int:
    return sum(extra.portions for extra in batch.extras if extra.purpose == BUFFER)


def shared_out(
    lost: Sequence[Portion],
    batches: Iterable[Batch],
    *,
    begun: Set[str],
    claimed: Mapping[str, int],
    over: Mapping[str, int],
    boxed: Mapping[str, int] = MappingProxyType({}),
) -> tuple[Batch, ...]:
    """
    The batches that give spare portions of the same dish and variant to portions that are lost.

    A large portion takes two. An allergic diner gets one only of a batch that is not on the heat, without
    anything that the diner must not get: what is cooked has been shared out of, and that diner's meal must
    come first. Samples and staff meals are nobody else's.

    Parameters
    ----------
    lost
        Whose food is gone, those to be helped first before the others.
    batches
        What is not lost, in the order in which it is to be asked.
    begun
        Batches that are on the heat or off it.
    claimed
        Spare portions that late orders are promised, by `cooked_key`.
    over
        Surplus of chilled batches that is still there, by batch id: see `kitchen.cooled.still_over`.
    boxed
        Spare portions in boxes that are closed, by batch id: they are spare at those boxes' sites only.

    Returns
    -------
    tuple[Batch, ...]
        Only batches that give, as they then are.
    """
    waiting, promised = list(lost), Counter(claimed)
    found = []
    for batch in batches:
        key = cooked_key(batch.dish_id, batch.variant)
        there = _spare(batch, over.get(batch.batch_id, 0), boxed.get(batch.batch_id, 0))
        spare = sum(there.values())
        kept = min(spare, promised[key])
        promised[key] -= kept
        given = _given(batch, waiting, spare - kept, batch.batch_id in begun)
        if given:
            taken = {portion.line_id for portion in given}
            waiting = [portion for portion in waiting if portion.line_id not in taken]
            found.append(_with(batch, given, there))
    return tuple(found)


def _spare(batch: Batch, over: int, boxed: int) -> dict[str, int]:
    """Portions of a batch that may be given away by their purpose, what goes first being first."""
    surplus = sum(extra.portions for extra in batch.extras if extra.purpose == "surplus")
    return {"surplus": min(over, surplus), BUFFER: max(0, _buffer(batch) - boxed)}


def _given(batch: Batch, waiting: Iterable[Portion], spare: int, begun: bool) -> list[Portion]:
    given = []
    for portion in waiting:
        alike = (portion.dish_id, portion.variant) == (batch.dish_id, batch.variant)
        may = not (begun or portion.avoids & batch.contains) if portion.special else not batch.apart
        if alike and may and _takes(portion) <= spare:
            spare -= _takes(portion)
            given.append(portion)
    return given


def _takes(portion: Portion) -> int:
    """Spare portions, which are regular ones, that a portion takes."""
    return math.ceil(portion.size.ratio)


def _with(batch: Batch, given: Sequence[Portion], there: Mapping[str, int]) -> Batch:
    """The batch with these portions among its orders, and as many spare ones fewer."""
    special = [portion.line_id for portion in given if portion.special]
    plain = [portion.line_id for portion in given if not portion.special]
    sizes = {portion.line_id: portion.size for portion in given if portion.size != REGULAR_SIZE}
    fewer, taken = sum(_takes(portion) for portion in given), dict[str, int]()
    for purpose, portions in there.items():
        taken[purpose] = min(fewer, portions)
        fewer -= taken[purpose]
    left = [(one.purpose, one.portions - taken.get(one.purpose, 0)) for one in batch.extras]
    return replace(
        batch,
        line_ids=(*special, *batch.line_ids, *plain),
        special_line_ids=(*special, *batch.special_line_ids),
        extras=tuple(Extra(purpose, portions) for purpose, portions in left if portions),
        sizes={**batch.sizes, **sizes},
    )
