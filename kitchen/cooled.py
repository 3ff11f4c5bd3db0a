"""Cooled stock: chilled batches off the heat, drawn for a service before anything is cooked for it."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from kitchen.as_cooked import cooked_key
from kitchen.batches import Batch, Extra
from kitchen.demand import Portion
from kitchen.equipment import Slot
from orders.codes import Coded

SECONDS_PER_HOUR = 3600
SURPLUS = frozenset({"chilled_surplus_kept", "chilled_surplus_waste"})


@dataclass(frozen=True, slots=True)
class Cooled:
    """
    A chilled batch off the heat, as far as it is left for a service.

    Parameters
    ----------
    chilled_id, code
        Row id, and what people call it: ``"C1124-1"``.
    dish_id, variant
        What it is.
    equipment_kind, equipment_id, cook_id
        What it was cooked in, and by whom, empty when nobody is named.
    start_s, ready_s
        On and off the heat, seconds from `Service.start_at`; negative the day before.
    portions
        Regular portions that are left of it, at least 1.
    own
        Whether it was cooked for this service, and not left over from another.
    """

    chilled_id: str
    code: str
    dish_id: str
    variant: str
    equipment_kind: str
    equipment_id: str
    cook_id: str
    start_s: int
    ready_s: int
    portions: int
    own: bool = True

    def __post_init__(self) -> None:
        if self.portions < 1 or self.ready_s <= self.start_s:
            raise ValueError(f"{self.code} must have a portion left and be ready after its start.")


@dataclass(frozen=True, slots=True)
class Drawn:
    """
    What cooled stock gives to a service.

    Parameters
    ----------
    batches
        One for each cooled batch that gives, or was cooked for this service and gives nothing.
    rest
        Portions that it does not cover, in the order given.
    sampled
        Dish variants, by `cooked_key`, of which it holds the sample.
    """

    batches: tuple[Batch, ...]
    rest: tuple[Portion, ...]
    sampled: frozenset[str]


def draw(
    portions: Sequence[Portion],
    cooled: Iterable[Cooled],
    samples: Mapping[str, int],
    batch_ids: Iterator[str],
) -> Drawn:
    """
    Serves portions from cooled stock, what was cooked first going first.

    Meals of allergic diners are not drawn from it: it was cooked before anybody knew who eats of it.

    Parameters
    ----------
    portions
        What is ordered, in the order in which it is packed.
    cooled
        What there is.
    samples
        Portions kept as samples, by `cooked_key`.
    batch_ids
        Source of row ids, one drawn for each batch.

    Returns
    -------
    Drawn
        Every portion stands in exactly one of its batches or in the rest.

    References
    ----------
    docs/kitchen.md, "The day before".
    """
    waiting = list(portions)
    batches: list[Batch] = []
    sampled: set[str] = set()
    for one in sorted(cooled, key=lambda stock: (stock.own, stock.ready_s, stock.code)):
        key = cooked_key(one.dish_id, one.variant)
        sample = min(samples.get(key, 0), one.portions) if one.own and key not in sampled else 0
        taken, waiting = _taken(one, waiting, one.portions - sample)
        if sample:
            sampled.add(key)
        if one.own or taken:
            batches.append(_batch(next(batch_ids), one, taken, sample))
    return Drawn(tuple(batches), tuple(waiting), frozenset(sampled))


def slots_of(batches: Iterable[Batch], cooled: Iterable[Cooled]) -> list[Slot]:
    """When and on what the drawn batches were cooked."""
    by_id = {one.chilled_id: one for one in cooled}
    return [
        Slot(batch.batch_id, one.equipment_id, one.start_s, one.ready_s, one.cook_id)
        for batch in batches
        if (one := by_id.get(batch.chilled_id)) is not None
    ]


def surplus_findings(
    batches: Iterable[Batch], cooled: Iterable[Cooled], window_s: int, later_ends_s: Sequence[int]
) -> list[Coded]:
    """
    What is left of the batches that were cooked for this service, and whether a later meal may still have it.

    Parameters
    ----------
    batches, cooled
        As `draw` takes and gives them.
    window_s
        From off the heat to the last mouthful of chilled food: see `SafetyProfile`.
    later_ends_s
        When the tables of later meals close, seconds from this service's `Service.start_at`.
    """
    by_id = {one.chilled_id: one for one in cooled}
    found = []
    for batch in batches:
        left = sum(extra.portions for extra in batch.extras if extra.purpose == "surplus")
        one = by_id.get(batch.chilled_id)
        if left and one is not None:
            usable = any(end_s <= one.ready_s + window_s for end_s in later_ends_s)
            code = "chilled_surplus_kept" if usable else "chilled_surplus_waste"
            hours = window_s // SECONDS_PER_HOUR
            said = Coded(code, {"batch": one.code, "dish": one.dish_id, "portions": left, "hours": hours})
            found.append(said)
    return found


def still_over(batches: Iterable[Batch], cooled: Iterable[Cooled]) -> dict[str, int]:
    """Surplus of drawn batches that nobody has thrown away or drawn elsewhere since, by batch id."""
    stock = {one.chilled_id: one.portions for one in cooled}
    found = {}
    for batch in batches:
        surplus = sum(extra.portions for extra in batch.extras if extra.purpose == "surplus")
        there = math.floor(stock.get(batch.chilled_id, 0) - (batch.regular_portions - surplus))
        if surplus and there > 0:
            found[batch.batch_id] = min(surplus, there)
    return found


def _taken(one: Cooled, waiting: list[Portion], room: int) -> tuple[list[Portion], list[Portion]]:
    """The portions of this dish variant that fit into what is left, and all others, both in order."""
    taken: list[Portion] = []
    others: list[Portion] = []
    left = Fraction(room)
    for portion in waiting:
        is_it = (portion.dish_id, portion.variant) == (one.dish_id, one.variant)
        if is_it and not portion.special and portion.size.ratio <= left:
            taken.append(portion)
            left -= portion.size.ratio
        else:
            others.append(portion)
    return taken, others


def _batch(batch_id: str, one: Cooled, taken: Sequence[Portion], sample: int) -> Batch:
    used = sum((portion.size.ratio for portion in taken), Fraction(sample))
    surplus = math.floor(one.portions - used) if one.own else 0
    extras = [Extra("sample", sample)] if sample else []
    extras += [Extra("surplus", surplus)] if surplus else []
    return Batch(
        batch_id,
        one.code,
        one.dish_id,
        one.variant,
        one.equipment_kind,
        1.0,
        line_ids=tuple(portion.line_id for portion in taken),
        special_line_ids=(),
        extras=tuple(extras),
        cook_s=one.ready_s - one.start_s,
        sizes={portion.line_id: portion.size for portion in taken if portion.size.code != "regular"},
        chilled_id=one.chilled_id,
    )
