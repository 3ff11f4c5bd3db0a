"""Waits: food that waits for its last plate longer than it stays good."""

from collections import Counter
from collections.abc import Iterable, Mapping

from kitchen.as_cooked import cooked_key
from kitchen.batches import Batch
from kitchen.demand import Portion
from kitchen.equipment import Slot
from orders.codes import Coded

MINUTE_S = 60


def waits_too_long(
    portions: Iterable[Portion],
    batches: Iterable[Batch],
    slots: Iterable[Slot],
    last_plates_s: Mapping[str, int],
    quality_s: Mapping[str, int],
) -> list[Coded]:
    """
    Dishes of which portions wait for their last plate longer than they stay good when kept hot.

    Parameters
    ----------
    portions, batches, slots
        What is eaten where, and when it is cooked.
    last_plates_s
        Last plate by site id.
    quality_s
        How long a dish stays good, by `cooked_key`; 0 for one that is not kept hot.

    Returns
    -------
    list[Coded]
        One for each such dish, with how many portions and the longest wait, in order of the dishes.
    """
    ready_s = {slot.batch_id: slot.ready_s for slot in slots}
    cooked_s = {line: ready_s.get(batch.batch_id) for batch in batches for line in batch.line_ids}
    longest: dict[str, int] = {}
    counts: Counter[str] = Counter()
    for portion in portions:
        at_s = cooked_s.get(portion.line_id)
        most_s = quality_s.get(
            cooked_key(portion.dish_id, portion.variant), quality_s.get(portion.dish_id, 0)
        )
        if at_s is None or portion.hold_class != "hot" or most_s == 0:
            continue
        wait_s = last_plates_s[portion.site_id] - at_s
        if wait_s > most_s:
            counts[portion.dish_id] += 1
            longest[portion.dish_id] = max(wait_s, longest.get(portion.dish_id, 0))
    return [
        Coded(
            "food_waits_too_long",
            {
                "dish": dish_id,
                "portions": counts[dish_id],
                "minutes": longest[dish_id] // MINUTE_S,
                "most": quality_s[dish_id] // MINUTE_S,
            },
        )
        for dish_id in sorted(counts)
    ]
