"""Batches: one cook of one dish variant in one piece of equipment."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from kitchen.as_cooked import ROUNDING, CookedDish, cooked_apart, cooked_key, largest_ratio
from kitchen.demand import REGULAR_SIZE, Portion, Size
from kitchen.equipment import Equipment
from kitchen.recipes import Dish, portion_g
from kitchen.splitting import split_by_weight
from kitchen.waves import Waves, cut
from orders.codes import Coded, Excepted
from orders.ids import short_code
from orders.menus import REGULAR

ExtraPurpose = Literal["sample", "buffer", "staff", "surplus"]


@dataclass(frozen=True, slots=True)
class Extra:
    """
    Portions cooked that nobody ordered.

    Parameters
    ----------
    purpose
        ``"sample"`` (kept for the inspector), ``"buffer"`` (walk-ins, spills), ``"staff"``, or ``"surplus"``
        (chilled food of which more was cooked by a forecast than is eaten).
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
    contains
        Allergens that may be in it, those that nobody has declared among them.
    free_from
        Allergens that somebody who eats of it must not get.
    sizes
        Size by order line, of those that are not regular; extras are.
    chilled_id
        The chilled batch that it is drawn from, empty for one that is cooked for this service's orders.
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
    contains: frozenset[str] = frozenset()
    free_from: frozenset[str] = frozenset()
    sizes: Mapping[str, Size] = field(default_factory=dict, hash=False)
    chilled_id: str = ""

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
    def regular_portions(self) -> Fraction:
        """Regular portions that all of it weighs as much as."""
        ordered = (self.size_of(line_id).ratio for line_id in self.line_ids)
        return sum(ordered, Fraction(self.extra_portions))

    @property
    def by_size(self) -> dict[str, int]:
        """Ordered portions by size, those of sizes that nobody ordered left out."""
        return dict(sorted(Counter(self.size_of(line_id).code for line_id in self.line_ids).items()))

    def food_g(self, portion_g: int) -> int:
        """What it weighs cooked, grams, each portion a whole number of them as it is packed."""
        ordered = sum(self.size_of(line_id).of_g(portion_g) for line_id in self.line_ids)
        return ordered + self.extra_portions * portion_g

    def size_of(self, line_id: str) -> Size:
        """The size of an order line's portion."""
        return self.sizes.get(line_id, REGULAR_SIZE)

    @property
    def special(self) -> bool:
        """Whether an allergic diner eats of it."""
        return bool(self.special_line_ids)

    @property
    def apart(self) -> bool:
        """Whether none but allergic diners eat of it."""
        return self.special and len(self.special_line_ids) == len(self.line_ids)

    def fits(self, equipment: Equipment) -> bool:
        """Whether this piece of equipment can and may cook it."""
        large_enough = equipment.capacity_ratio > self.needs_ratio - ROUNDING
        may = self.apart or not equipment.specials_only
        return equipment.kind == self.equipment_kind and large_enough and may

    def soils(self, other: "Batch") -> bool:
        """Whether the same equipment must be cleaned of an allergen before it cooks the other."""
        return bool(self.contains & other.free_from)


@dataclass(frozen=True, slots=True)
class ExtraParams:
    """
    What is cooked beyond the orders.

    Parameters
    ----------
    sample_g
        Sample kept of each dish and meal, grams; see `SafetyProfile.sample_min_g`.
    buffer_ratio
        Walk-in buffer as a part of the ordered portions, rounded up, where ``buffer`` does not say.
    buffer, staff
        Portions by dish for walk-ins and for the kitchen's own people, in the plain variant; see
        `kitchen.buffer`.
    buffer_at
        Where the buffer goes: site id to portions by dish, together at most ``buffer``.
    sampled
        Dish variants, by `cooked_key`, of which food that is cooked already gives the sample.
    """

    sample_g: int
    buffer_ratio: float = 0.0
    buffer: Mapping[str, int] | None = None
    staff: Mapping[str, int] = field(default_factory=dict)
    sampled: frozenset[str] = frozenset()
    buffer_at: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.sample_g < 0 or self.buffer_ratio < 0:
            raise ValueError("sample_g and buffer_ratio must be >= 0.")

    def beside(self, shared: Sequence[Portion]) -> dict[str, int]:
        """
        Places for walk-ins by the line before which they are cooked: the last one of their site's tables.

        So their food is ready with that of their site, also where a dish is cut into several cooks.
        """
        dish_id, variant = shared[0].dish_id, shared[0].variant
        last = {one.site_id: one.line_id for one in shared if not (one.second_leg or one.special)}
        wanted = self.buffer_at if variant == REGULAR else {}
        found = {last[site]: own.get(dish_id, 0) for site, own in wanted.items() if site in last}
        return {line_id: portions for line_id, portions in found.items() if portions}

    def beyond(self, shared: Sequence[Portion]) -> list[ExtraPurpose]:
        """The places for walk-ins and staff beside these portions of one dish variant that have none yet."""
        dish_id, variant = shared[0].dish_id, shared[0].variant
        buffer = math.ceil(len(shared) * self.buffer_ratio - ROUNDING)
        if self.buffer is not None:
            buffer = self.buffer.get(dish_id, 0) if variant == REGULAR else 0
            buffer = max(0, buffer - sum(self.beside(shared).values()))
        staff = self.staff.get(dish_id, 0) if variant == REGULAR else 0
        walk_ins: list[ExtraPurpose] = ["buffer"] * buffer
        own_people: list[ExtraPurpose] = ["staff"] * staff
        return walk_ins + own_people


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


def plan_batches(
    portions: Sequence[Portion],
    dishes: Mapping[str, Dish],
    equipment: Iterable[Equipment],
    extras: ExtraParams,
    batch_ids: Iterable[str],
    waves: Waves | None = None,
) -> BatchPlan:
    """
    Groups portions into batches, each the cook of one dish variant in one piece of equipment.

    Portions of allergic diners are cooked apart where a piece of that kind is kept for them and free.

    Parameters
    ----------
    portions
        What is ordered, in the order in which it should come off the heat (see `demand.cook_order`).
    dishes
        By id, and under `cooked_key` as a variant changes them.
    equipment
        What the kitchen has.
    extras
        Samples and buffer.
    batch_ids
        Source of row ids, one drawn for each batch.
    waves
        When whose van leaves, to cut food that does not keep by departures; None cuts by size alone.

    Returns
    -------
    BatchPlan
        Every line stands in exactly one batch or among the excepted.
    """
    pieces = tuple(equipment)
    ids = iter(batch_ids)
    batches: list[Batch] = []
    excepted: list[Excepted] = []
    left_out: list[str] = []
    apart = cooked_apart(_by_dish(portions), dishes, pieces)
    for (dish_id, variant), group in _by_dish(portions):
        dish = dishes.get(dish_id)
        if reason := _cannot_cook(dish_id, dish, pieces):
            excepted.append(Excepted(reason, dish_id, len(group)))
            left_out.extend(portion.line_id for portion in group)
        elif dish is not None:
            made = dishes.get(cooked_key(dish_id, variant), dish)
            cooked = CookedDish(dish, made, pieces, (dish_id, variant) in apart)
            for cook in _cooks(group, cooked, extras, waves):
                batches.append(_batch(next(ids), len(batches) + 1, cooked, variant, cook))
    return BatchPlan(tuple(batches), tuple(excepted), tuple(left_out))


def _by_dish(portions: Iterable[Portion]) -> list[tuple[tuple[str, str], list[Portion]]]:
    groups: dict[tuple[str, str], list[Portion]] = defaultdict(list)
    for portion in portions:
        groups[portion.dish_id, portion.variant].append(portion)
    return sorted(groups.items())


def _cannot_cook(dish_id: str, dish: Dish | None, pieces: Sequence[Equipment]) -> Coded | None:
    if dish is None:
        return Coded("dish_unknown", {"dish": dish_id})
    if dish.batch_portions * largest_ratio(pieces, dish.equipment_kind, special=False) < 1:
        return Coded("no_equipment", {"dish": dish_id, "equipment": dish.equipment_kind})
    return None


def _cooks(
    group: Sequence[Portion], cooked: CookedDish, extras: ExtraParams, waves: Waves | None
) -> list[list[Portion | ExtraPurpose]]:
    """The places of each cook: samples in the first, the buffer by its site, portions in their order."""
    apart = [portion for portion in group if portion.special] if cooked.apart else []
    shared = [portion for portion in group if not (apart and portion.special)]
    held = cooked_key(group[0].dish_id, group[0].variant) in extras.sampled
    samples = 0 if held else -(-extras.sample_g // portion_g(cooked.made))
    first: list[ExtraPurpose] = ["sample"] * samples
    last = extras.beyond(shared) if shared else []
    runs = _runs(shared, cooked, waves) if shared else []
    beside = extras.beside(shared) if shared else {}
    cooks = []
    for number, run in enumerate(runs):
        own = _with_buffer(run, beside)
        places = [*(first if number == 0 else ()), *own, *(last if number == len(runs) - 1 else ())]
        cooks += _split(places, cooked.most(special=False))
    if apart:
        cooks += _split([*(() if shared else first), *apart], cooked.most(special=True))
    return cooks


def _with_buffer(run: Sequence[Portion], beside: Mapping[str, int]) -> list[Portion | ExtraPurpose]:
    places: list[Portion | ExtraPurpose] = []
    for portion in run:
        places.extend(["buffer"] * beside.get(portion.line_id, 0))
        places.append(portion)
    return places


def _runs(shared: Sequence[Portion], cooked: CookedDish, waves: Waves | None) -> list[list[Portion]]:
    if waves is None or not waves.may_cut(cooked.dish.equipment_kind):
        return [list(shared)]
    return cut(shared, waves, quality_s=60 * cooked.made.hot_quality_minutes)


def _split(places: Sequence[Portion | ExtraPurpose], most: int) -> list[list[Portion | ExtraPurpose]]:
    cooks, start = [], 0
    for count in split_by_weight([_ratio(place) for place in places], most):
        cooks.append(list(places[start : start + count]))
        start += count
    return cooks


def _ratio(place: Portion | ExtraPurpose) -> Fraction:
    """How large a place is in regular portions; what is cooked beyond the orders is regular."""
    return place.size.ratio if isinstance(place, Portion) else REGULAR_SIZE.ratio


def _batch(
    batch_id: str, number: int, cooked: CookedDish, variant: str, cook: Sequence[Portion | ExtraPurpose]
) -> Batch:
    ordered = [place for place in cook if isinstance(place, Portion)]
    special = tuple(portion.line_id for portion in ordered if portion.special)
    others = tuple(portion.line_id for portion in ordered if not portion.special)
    purposes: tuple[ExtraPurpose, ...] = ("staff", "sample", "buffer")
    return Batch(
        batch_id,
        short_code("B", number),
        cooked.dish.dish_id,
        variant,
        cooked.dish.equipment_kind,
        float(sum(map(_ratio, cook))) * cooked.weight_ratio / cooked.dish.batch_portions,
        line_ids=special + others,
        special_line_ids=special,
        extras=tuple(Extra(purpose, cook.count(purpose)) for purpose in purposes if purpose in cook),
        cook_s=cooked.made.batch_minutes * 60,
        sizes={portion.line_id: portion.size for portion in ordered if portion.size != REGULAR_SIZE},
    )
