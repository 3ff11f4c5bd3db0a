"""Wrong hands: what a slip of the finger looks like, what may still be undone, and the clock it moves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from kitchen.acts import Cooked, Packed, Reheats
from kitchen.box_clock import BoxWay, PackParams, box_clock
from kitchen.boxes import Box
from kitchen.safety import SafetyProfile
from orders.menus import HoldClass

UNDO = timedelta(seconds=10)
HOT_LIKELY_C = (40.0, 100.5)
COLD_LIKELY_C = (-5.0, 25.0)


@dataclass(frozen=True, slots=True)
class BoxFacts:
    """
    What was reported about a planned box.

    Parameters
    ----------
    box
        As planned.
    way
        In what it really travels, and where to.
    packed
        That it was closed, None while it is open.
    reheats
        Reheatings that start its clock again.
    """

    box: Box
    way: BoxWay
    packed: Packed | None
    reheats: Reheats = field(default_factory=Reheats)


def meant_c(core_c: float, hold_class: HoldClass) -> float | None:
    """
    What a person may have meant who typed a core that such food cannot have: 65 for 6.5, 82 for 820.

    Parameters
    ----------
    core_c
        As typed, degrees Celsius.
    hold_class
        Of the food.

    Returns
    -------
    float | None
        The likely reading with the point at another place, None when the typed one is likely itself or no
        other is.
    """
    if is_likely(core_c, hold_class):
        return None
    moved = (round(core_c * factor, 1) for factor in (10, 0.1))
    return next((one for one in moved if is_likely(one, hold_class)), None)


def is_likely(core_c: float, hold_class: HoldClass) -> bool:
    """Whether food that is packed hot, or chilled, has such a core; a probe in boiling food reads 100."""
    low_c, high_c = HOT_LIKELY_C if hold_class == "hot" else COLD_LIKELY_C
    return low_c <= core_c <= high_c


def may_undo(recorded_at: datetime, now_at: datetime) -> bool:
    """Whether an act was written down so lately that one tap takes it back without a reason."""
    return now_at - recorded_at <= UNDO


def box_as_it_stands(
    facts: BoxFacts,
    ready_s: Mapping[str, int],
    cooked: Mapping[str, Cooked],
    profile: SafetyProfile,
    params: PackParams,
) -> Box:
    """
    A box with the clock that the reports give it; as planned while nothing is reported.

    Parameters
    ----------
    facts
        The box and what is known of its packing.
    ready_s
        Planned seconds off the heat, by batch id.
    cooked
        Standing reports, by batch id.
    profile, params
        The rule of the food's clock, and how packing goes as planned.

    References
    ----------
    docs/kitchen.md, "Corrections"; docs/haccp.md, "Reheating".
    """
    box, packed, service = facts.box, facts.packed, facts.way.service
    if packed is None and not any(one in cooked for one in box.batch_ids):
        return box
    off_s = _off_heat_s(box.batch_ids, ready_s, cooked, facts.way)
    clock_s = list(_clocks_s(off_s, facts).values())
    cooked_s, last_s = min(off_s.values(), default=box.cooked_s), max(clock_s, default=box.cooked_s)
    packed_s = service.seconds(packed.happened_at) if packed else max(box.packed_s, last_s + params.pack_s)
    packed_s = max(packed_s, last_s + 1)
    if packed is not None and packed.core_c is not None:
        params = replace(params, core_c=packed.core_c)
    again = facts.reheats.boxes.get(box.box_id)
    starts_s, closed_s, is_cold = min(clock_s, default=cooked_s), packed_s, facts.way.hold_class == "cold"
    if again is not None and not is_cold:
        starts_s = service.seconds(again.at)
        closed_s, params = max(packed_s, starts_s), replace(params, core_c=again.core_c)
    eaten_s, delivered_s = box_clock(facts.way, profile, params, starts_s, closed_s)
    if again is not None and is_cold:
        eaten_s = min(eaten_s, service.seconds(again.at) + profile.uncontrolled_window_s)
        delivered_s = min(delivered_s, eaten_s)
    return replace(
        box,
        carrier_id=facts.way.carrier.carrier_id,
        cooked_s=cooked_s,
        packed_s=packed_s,
        release_s=packed_s + (box.release_s - box.packed_s),
        eat_by_s=eaten_s,
        deliver_by_s=delivered_s,
    )


def _off_heat_s(
    batch_ids: Iterable[str], ready_s: Mapping[str, int], cooked: Mapping[str, Cooked], way: BoxWay
) -> dict[str, int]:
    """When the batches came off the heat, as reported, else as planned."""
    found = {}
    for batch_id in batch_ids:
        if batch_id in cooked:
            found[batch_id] = way.service.seconds(cooked[batch_id].happened_at)
        elif batch_id in ready_s:
            found[batch_id] = ready_s[batch_id]
    return found


def _clocks_s(off_s: Mapping[str, int], facts: BoxFacts) -> dict[str, int]:
    """When the clock of each batch started: off the heat, or at its reheating before it was packed hot."""
    if facts.way.hold_class != "hot":
        return dict(off_s)
    again = facts.reheats.before(facts.packed.happened_at if facts.packed else None)
    seconds = facts.way.service.seconds
    return {
        batch_id: max(at_s, seconds(again[batch_id].at)) if batch_id in again else at_s
        for batch_id, at_s in off_s.items()
    }
