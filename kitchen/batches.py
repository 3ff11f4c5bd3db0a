"""Batches: one cook of one dish variant in one piece of equipment."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kitchen.demand import Portion
from kitchen.equipment import Equipment
from kitchen.recipes import Dish, portion_g
from orders.codes import Coded, Excepted
from orders.ids import short_code

ExtraPurpose = Literal["sample", "buffer"]
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Extra:
    """
    Portions cooked that nobody ordered.

    Parameters
    ----------
    purpose
        ``"sample"`` (kept for the inspector) or ``"buffer"`` (walk-ins, spills).
    portions
        How many, at least 1.
    """

    purpose: ExtraPurpose
    portions: int

    def __post_init__(self) -> None:
        if self.portions < 1:
            raise ValueError(f"portions must be >= 1, got {self.portions}.")


@dataclass(frozen=True, slots=True)
class Batch:
    """
    One cook of one dish variant.

    Parameters
    ----------
    batch_id, code
        Row id, and what people call it: ``"B07"``.
    dish_id, variant
        What is cooked.
    equipment_kind, needs_ratio
        In what, and the least ``capacity_ratio`` that holds it.
    line_ids
        Order lines it serves, those of allergic diners first.
    special_line_ids
        Order lines of allergic diners among them.
    extras
        Portions beyond the orders.
    cook_s
        From the start to off the heat, seconds.
    """

    batch_id: str
    code: str
    dish_id: str
    variant: str
    equipment_kind: str
    needs_ratio: float
    line_ids: tuple[str, ...]
    special_line_ids: tuple[str, ...]
    extras: tuple[Extra, ...]
    cook_s: int

    def __post_init__(self) -> None:
        if self.portions < 1 or self.cook_s < 1:
            raise ValueError(f"{self.code} must cook at least 1 portion for at least 1 s.")
        if not set(self.special_line_ids) <= set(self.line_ids):
            raise ValueError(f"{self.code}: specials must be among its lines.")

    @property
    def portions(self) -> int:
        """All portions cooked: those ordered and the extras."""
        return len(self.line_ids) + self.extra_portions

    @property
    def extra_portions(self) -> int:
        """Portions beyond the orders."""
        return sum(extra.portions for extra in self.extras)

    @property
    def special(self) -> bool:
        """Whether an allergic diner eats of it."""
        return bool(self.special_line_ids)

    def fits(self, equipment: Equipment) -> bool:
        """Whether this piece of equipment can cook it."""
        return (
            equipment.kind == self.equipment_kind and equipment.capacity_ratio > self.needs_ratio - ROUNDING
        )


@dataclass(frozen=True, slots=True)
class ExtraParams:
    """
    What is cooked beyond the orders.

    Parameters
    ----------
    sample_g
        Sample kept of each dish and meal, grams; see `SafetyProfile.sample_min_g`.
    buffer_ratio
        Walk-in buffer as a part of the ordered portions, rounded up.
    """

    sample_g: int
    buffer_ratio: float = 0.0

    def __post_init__(self) -> None:
        if self.sample_g < 0 or self.buffer_ratio < 0:
            raise ValueError("sample_g and buffer_ratio must be >= 0.")


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """
    What is cooked, and what cannot be.

    Parameters
    ----------
    batches
        In order of dish, variant and cook.
    excepted
        One for each dish variant that cannot be cooked, with its portions.
    excepted_line_ids
        The order lines in no batch.
    """

    batches: tuple[Batch, ...]
    excepted: tuple[Excepted, ...]
    excepted_line_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadyWindow:
    """
    When a batch should come off the heat, seconds from `Service.start_at`.

    Parameters
    ----------
    from_s
        Earlier, and its clock runs out before the last plate.
    by_s
        Later, and a van waits.
    """

    from_s: int
    by_s: int

    def __post_init__(self) -> None:
        if self.by_s < self.from_s:
            raise ValueError(f"A window ends after it begins, got {self.from_s} to {self.by_s}.")


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
    docs/kitchen.md, "Batch size": even batches finish cooking together.
    """
    if portions < 1 or most < 1:
        raise ValueError(f"Cannot split {portions} portions into cooks of {most}.")
    cooks = -(-portions // most)
    even, odd = divmod(portions, cooks)
    return [even + 1] * odd + [even] * (cooks - odd)


def plan_batches(
    portions: Sequence[Portion],
    dishes: Mapping[str, Dish],
    equipment: Iterable[Equipment],
    extras: ExtraParams,
    batch_ids: Iterable[str],
) -> BatchPlan:
    """
    Groups portions into batches, each the cook of one dish variant in one piece of equipment.

    Parameters
    ----------
    portions
        What is ordered, in the order in which it should come off the heat (see `demand.cook_order`).
    dishes
        By id.
    equipment
        What the kitchen has.
    extras
        Samples and buffer.
    batch_ids
        Source of row ids, one drawn for each batch.

    Returns
    -------
    BatchPlan
        Every line stands in exactly one batch or among the excepted.
    """
    largest = _largest(equipment)
    ids = iter(batch_ids)
    batches: list[Batch] = []
    excepted: list[Excepted] = []
    left_out: list[str] = []
    for (dish_id, variant), group in _by_dish(portions):
        dish = dishes.get(dish_id)
        if reason := _cannot_cook(dish_id, dish, largest):
            excepted.append(Excepted(reason, dish_id, len(group)))
            left_out.extend(portion.line_id for portion in group)
        elif dish is not None:
            most = math.floor(dish.batch_portions * largest[dish.equipment_kind] + ROUNDING)
            for cook in _cooks(group, dish, most, extras):
                batches.append(_batch(next(ids), len(batches) + 1, dish, variant, cook))
    return BatchPlan(tuple(batches), tuple(excepted), tuple(left_out))


def _largest(equipment: Iterable[Equipment]) -> dict[str, float]:
    """The largest shared piece of each kind."""
    largest: dict[str, float] = {}
    for piece in equipment:
        if not piece.specials_only:
            largest[piece.kind] = max(largest.get(piece.kind, 0.0), piece.capacity_ratio)
    return largest


def _by_dish(portions: Iterable[Portion]) -> list[tuple[tuple[str, str], list[Portion]]]:
    groups: dict[tuple[str, str], list[Portion]] = defaultdict(list)
    for portion in portions:
        groups[portion.dish_id, portion.variant].append(portion)
    return sorted(groups.items())


def _cannot_cook(dish_id: str, dish: Dish | None, largest: Mapping[str, float]) -> Coded | None:
    if dish is None:
        return Coded("dish_unknown", {"dish": dish_id})
    if dish.batch_portions * largest.get(dish.equipment_kind, 0) < 1:
        return Coded("no_equipment", {"dish": dish_id, "equipment": dish.equipment_kind})
    return None


def _cooks(
    group: Sequence[Portion], dish: Dish, most: int, extras: ExtraParams
) -> list[list[Portion | ExtraPurpose]]:
    """The places of each cook: samples in the first, buffer in the last, portions in their order."""
    samples = -(-extras.sample_g // portion_g(dish))
    buffer = math.ceil(len(group) * extras.buffer_ratio - ROUNDING)
    first: list[ExtraPurpose] = ["sample"] * samples
    last: list[ExtraPurpose] = ["buffer"] * buffer
    places = [*first, *group, *last]
    cooks, start = [], 0
    for size in even_split(len(places), most):
        cooks.append(places[start : start + size])
        start += size
    return cooks


def _batch(
    batch_id: str, number: int, dish: Dish, variant: str, cook: Sequence[Portion | ExtraPurpose]
) -> Batch:
    ordered = [place for place in cook if isinstance(place, Portion)]
    special = tuple(portion.line_id for portion in ordered if portion.special)
    others = tuple(portion.line_id for portion in ordered if not portion.special)
    purposes: tuple[ExtraPurpose, ...] = ("sample", "buffer")
    return Batch(
        batch_id,
        short_code("B", number),
        dish.dish_id,
        variant,
        dish.equipment_kind,
        len(cook) / dish.batch_portions,
        line_ids=special + others,
        special_line_ids=special,
        extras=tuple(Extra(purpose, cook.count(purpose)) for purpose in purposes if purpose in cook),
        cook_s=dish.batch_minutes * 60,
    )


def ready_windows(
    batches: Iterable[Batch],
    portions: Iterable[Portion],
    departs_s: Mapping[str, int],
    last_plates_s: Mapping[str, int],
    *,
    handling_s: int,
    window_s: int,
) -> dict[str, ReadyWindow]:
    """
    When each batch should come off the heat.

    It ends where there is just time to pack and load for the first van that carries of it, and begins
    where its clock still covers the last plate of the last site that eats of it.

    Parameters
    ----------
    batches, portions
        What is cooked, for whom.
    departs_s
        Departure of the van by site id, seconds from `Service.start_at`.
    last_plates_s
        Last plate by site id, seconds from `Service.start_at`.
    handling_s
        From off the heat to the van's departure, seconds.
    window_s
        From cooked to eaten, seconds: see `SafetyProfile`.

    Returns
    -------
    dict[str, ReadyWindow]
        By batch id, for the batches that serve a site with a departure.
    """
    site_of = {portion.line_id: portion.site_id for portion in portions}
    windows = {}
    for batch in batches:
        sites = {site_of[line_id] for line_id in batch.line_ids} & departs_s.keys()
        if sites:
            by_s = min(departs_s[site] for site in sites) - handling_s
            from_s = max(last_plates_s[site] for site in sites) - window_s
            windows[batch.batch_id] = ReadyWindow(min(from_s, by_s), by_s)
    return windows
