"""Spare: portions cooked beyond the orders, given to those whose own food is lost."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace

from kitchen.batches import Batch, Extra, cooked_key
from kitchen.demand import REGULAR_SIZE, Portion


def shared_out(
    lost: Sequence[Portion],
    batches: Iterable[Batch],
    *,
    begun: Set[str],
    claimed: Mapping[str, int],
    over: Mapping[str, int],
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
    over
        Surplus of chilled batches that is still there, by batch id: see `kitchen.cooled.still_over`.

    Returns
    -------
    tuple[Batch, ...]
        Only batches that give, as they then are.
    """
    waiting, promised = list(lost), Counter(claimed)
    found = []
    for batch in batches:
        key = cooked_key(batch.dish_id, batch.variant)
        there = _spare(batch, over.get(batch.batch_id, 0))
        spare = sum(there.values())
        kept = min(spare, promised[key])
        promised[key] -= kept
        given = _given(batch, waiting, spare - kept, batch.batch_id in begun)
        if given:
            taken = {portion.line_id for portion in given}
            waiting = [portion for portion in waiting if portion.line_id not in taken]
            found.append(_with(batch, given, there))
    return tuple(found)


def _spare(batch: Batch, over: int) -> dict[str, int]:
    """Portions of a batch that may be given away by their purpose, what goes first being first."""
    has = {extra.purpose: extra.portions for extra in batch.extras}
    return {"surplus": min(over, has.get("surplus", 0)), "buffer": has.get("buffer", 0)}


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
