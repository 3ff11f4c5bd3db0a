"""Splitting: a dish's portions into the fewest cooks, of near-equal size or weight."""

import math
from collections.abc import Sequence
from fractions import Fraction


def even_split(portions: int, most: int) -> list[int]:
    """
    Splits a dish's portions into the fewest cooks, of near-equal size.

    Parameters
    ----------
    portions
        Portions to cook, at least 1.
    most
        Most portions in one cook, at least 1.

    Returns
    -------
    list[int]
        Portions per cook, largest first; they sum to ``portions``.

    References
    ----------
    docs/kitchen.md, "Batches": even batches finish cooking together.
    """
    if portions < 1 or most < 1:
        raise ValueError(f"Cannot split {portions} portions into cooks of {most}.")
    cooks = -(-portions // most)
    even, odd = divmod(portions, cooks)
    return [even + 1] * odd + [even] * (cooks - odd)


def split_by_weight(ratios: Sequence[Fraction], most: int) -> list[int]:
    """
    Splits places of any size into the fewest cooks that their weights allow, near-equally heavy.

    Parameters
    ----------
    ratios
        Size of each place in regular portions, in the order in which they come off the heat; at least one.
    most
        Most regular portions in one cook, at least 1; a larger place has a cook to itself.

    Returns
    -------
    list[int]
        Places per cook, in the order given; they sum to ``len(ratios)``.

    References
    ----------
    docs/kitchen.md, "Batches".
    """
    if all(ratio == 1 for ratio in ratios):
        return even_split(len(ratios), most)
    whole = sum(ratios, Fraction())
    for cooks in range(math.ceil(whole / most), len(ratios)):
        counts, heaviest, before = [0] * cooks, [Fraction()] * cooks, Fraction()
        for ratio in ratios:
            cook = min(cooks - 1, int((before + ratio / 2) * cooks / whole))
            counts[cook] += 1
            heaviest[cook] += ratio
            before += ratio
        if max(heaviest) <= most:
            return [count for count in counts if count]
    return [1] * len(ratios)
