"""Spare: portions cooked beyond the orders, given to those whose own food is lost."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace

from kitchen.batches import Batch, Extra, ExtraPurpose, cooked_key
from kitchen.demand import REGULAR_SIZE, Portion

SPARE: tuple[ExtraPurpose, ...] = ("surplus", "buffer")


def shared_out(
    lost: Sequence[Portion], batches: Iterable[Batch], *, begun: Set[str], claimed: Mapping[str, int]
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
        Spare portions that late orders are promised, by `kitchen.batches.cooked_key`.

    Returns
    -------
    tuple[Batch, ...]
        Only batches that give, as they then are.
    """
    waiting, promised = list(lost), Counter(claimed)
    found = []
    for batch in batches:
        key = cooked_key(batch.dish_id, batch.variant)
        spare = sum(extra.portions for extra in batch.extras if extra.purpose in SPARE)
        kept = min(spare, promised[key])
        promised[key] -= kept
        given = _given(batch, waiting, spare - kept, batch.batch_id in begun)
        if given:
            taken = {portion.line_id for portion in given}
            waiting = [portion for portion in waiting if portion.line_id not in taken]
            found.append(_with(batch, given))
    return tuple(found)


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


def _with(batch: Batch, given: Sequence[Portion]) -> Batch:
    """The batch with these portions among its orders, and as many spare ones fewer."""
    special = [portion.line_id for portion in given if portion.special]
    plain = [portion.line_id for portion in given if not portion.special]
    sizes = {portion.line_id: portion.size for portion in given if portion.size != REGULAR_SIZE}
    fewer, extras = sum(_takes(portion) for portion in given), list[Extra]()
    for extra in sorted(batch.extras, key=lambda one: (one.purpose in SPARE, one.purpose != "surplus")):
        taken = min(fewer, extra.portions) if extra.purpose in SPARE else 0
        fewer -= taken
        if extra.portions > taken:
            extras.append(Extra(extra.purpose, extra.portions - taken))
    in_order = tuple(extra for one in batch.extras for extra in extras if extra.purpose == one.purpose)
    return replace(
        batch,
        line_ids=(*special, *batch.line_ids, *plain),
        special_line_ids=(*special, *batch.special_line_ids),
        extras=in_order,
        sizes={**batch.sizes, **sizes},
    )
