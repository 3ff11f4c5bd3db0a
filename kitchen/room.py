"""Room: which kinds of equipment are full."""

from collections import Counter
from collections.abc import Iterable

from kitchen.batches import Batch
from kitchen.equipment import Equipment

FULL_RATIO = 0.6


def full_kinds(batches: Iterable[Batch], equipment: Iterable[Equipment], room_s: int) -> frozenset[str]:
    """Kinds that these batches take for more than `FULL_RATIO` of the time; pieces for specials aside."""
    taken_s: Counter[str] = Counter()
    there_s: Counter[str] = Counter()
    between_s: dict[str, int] = {}
    for piece in equipment:
        if not piece.specials_only:
            there_s[piece.kind] += room_s
            between_s[piece.kind] = piece.setup_s + piece.empty_s + piece.changeover_s
    for batch in batches:
        if not batch.apart:
            taken_s[batch.equipment_kind] += batch.cook_s + between_s[batch.equipment_kind]
    return frozenset(kind for kind, taken in taken_s.items() if taken > FULL_RATIO * there_s[kind])
