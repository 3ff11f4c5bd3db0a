"""What may be in a batch, and what those who eat of it must not get."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kitchen.as_cooked import cooked_key
from kitchen.batches import Batch
from kitchen.demand import Portion


def with_allergens(
    batches: Iterable[Batch], portions: Iterable[Portion], contains: Mapping[str, frozenset[str]]
) -> tuple[Batch, ...]:
    """
    The same batches, each knowing what may be in it and what those who eat of it must not get.

    Parameters
    ----------
    batches, portions
        What is cooked, for whom.
    contains
        Allergens by `cooked_key`; what is not listed is not known to contain any.
    """
    avoids = {portion.line_id: portion.avoids for portion in portions if portion.avoids}
    none = frozenset[str]()
    return tuple(
        replace(
            batch,
            contains=contains.get(cooked_key(batch.dish_id, batch.variant), none),
            free_from=none.union(*(avoids.get(line_id, none) for line_id in batch.special_line_ids)),
        )
        for batch in batches
    )
