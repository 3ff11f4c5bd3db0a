"""Which of the findings are kept as flags: what is new, and what a programme looks for."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from orders.oversight.flags import Finding


def unseen(found: Iterable[Finding], seen: Mapping[str, Collection[str]]) -> list[Finding]:
    """
    What of the findings is new: one whose orders were all found before is left out.

    Parameters
    ----------
    found
        Findings.
    seen
        Key of each flag that is kept to the ids of its orders.

    Returns
    -------
    list[Finding]
        Each with only its new orders; the evidence stays whole.
    """
    fresh = []
    for one in found:
        order_ids = tuple(order_id for order_id in one.order_ids if order_id not in seen.get(one.key, ()))
        if order_ids:
            fresh.append(replace(one, order_ids=order_ids))
    return fresh


def that_apply(found: Iterable[Finding], kinds_of: Mapping[str, Collection[str]]) -> list[Finding]:
    """
    The findings that the programmes look for, each with those of its orders whose programme does.

    Parameters
    ----------
    found
        Findings.
    kinds_of
        Order's id to the kinds that its programme names.
    """
    kept = []
    for one in found:
        order_ids = tuple(order_id for order_id in one.order_ids if one.kind in kinds_of.get(order_id, ()))
        if order_ids:
            kept.append(replace(one, order_ids=order_ids))
    return kept
