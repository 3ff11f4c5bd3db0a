"""How a packed box cools: prediction before the trip, and bounds on the core from the air during it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kitchen.tables import Table, number, whole

REFERENCE_C = 24.0
AIR_TAU_RATIOS = (0.2, 0.4)
OPEN_TAU_RATIO = 0.1
BOUND_REACHED_S = 3600


@dataclass(frozen=True, slots=True)
class CarrierModel:
    """
    How one kind of carrier cools, with what is not known about it.

    Parameters
    ----------
    tau_s
        Time constant of core to surroundings at `REFERENCE_C`, seconds.
    drop_ratio
        Part of the difference between core and store that the walls take at once.
    bound_c
        Largest known error of the prediction; the low prediction is lower by it.
    air_tau_low_s, air_tau_high_s
        Shortest and longest time constant of core to the air inside the carrier, seconds.
    tau_per_c_ratio
        By which part of ``tau_s`` the time constant grows for each degree that it is colder outside.
    store_c
        Temperature at which the empty carrier stood; None is that of the surroundings.
    gap_s
        Longest time between readings over which the air may be taken as between them, seconds.
    gap_air_c
        Coldest air assumed while nothing is known.
    open_tau_low_s, open_gap_c
        Shortest time constant while the lid may be open and steam carries heat off, which is when the
        air is this many degrees colder than the core; None is no shorter than behind a closed lid.
    """

    tau_s: int
    drop_ratio: float
    bound_c: float
    air_tau_low_s: int
    air_tau_high_s: int
    tau_per_c_ratio: float = 0.0
    store_c: float | None = None
    gap_s: int = 900
    gap_air_c: float = 0.0
    open_tau_low_s: int | None = None
    open_gap_c: float = 25.0

    def __post_init__(self) -> None:
        if self.tau_s < 1 or not 0 < self.air_tau_low_s <= self.air_tau_high_s:
            raise ValueError("Time constants must be >= 1 s, the low one not above the high one.")
        if self.open_tau_low_s is not None and not 0 < self.open_tau_low_s <= self.air_tau_low_s:
            raise ValueError("open_tau_low_s must be >= 1 s and not above air_tau_low_s.")
        if not 0 <= self.drop_ratio < 1 or self.bound_c < 0 or self.gap_s < 1:
            raise ValueError("drop_ratio must lie in [0, 1), bound_c be >= 0, gap_s be >= 1.")

    def tau_at_s(self, ambient_c: float) -> float:
        """Time constant of core to surroundings of this temperature, seconds."""
        return self.tau_s * max(0.1, 1 + self.tau_per_c_ratio * (REFERENCE_C - ambient_c))

    def after_drop_c(self, core_c: float, ambient_c: float) -> float:
        """The core once the walls have taken their part, degrees Celsius."""
        return core_c - self.drop_ratio * (core_c - (ambient_c if self.store_c is None else self.store_c))

    def quickest_s(self, core_c: float, air_c: float) -> int:
        """Shortest time constant of a core in colder air, seconds."""
        may_be_open = self.open_tau_low_s is not None and air_c < core_c - self.open_gap_c
        return self.open_tau_low_s if may_be_open and self.open_tau_low_s else self.air_tau_low_s


@dataclass(frozen=True, slots=True)
class CoreBound:
    """
    Between which temperatures the core lies at one second.

    Parameters
    ----------
    at_s
        When.
    low_c, high_c
        Bounds, degrees Celsius.
    """

    at_s: int
    low_c: float
    high_c: float


def predict(core_c: float, ambient_c: float, model: CarrierModel, after_s: int) -> float:
    """
    The core that is expected some time after packing, degrees Celsius.

    Parameters
    ----------
    core_c
        Core when packed.
    ambient_c
        Surroundings of the carrier.
    model
        How it cools.
    after_s
        Seconds since packing, at least 0.

    References
    ----------
    docs/kitchen.md, "How a box cools".
    """
    if after_s == 0:
        return core_c
    start_c = model.after_drop_c(core_c, ambient_c)
    return ambient_c + (start_c - ambient_c) * math.exp(-after_s / model.tau_at_s(ambient_c))


def holds_for_s(core_c: float, ambient_c: float, model: CarrierModel, limit_c: float) -> int | None:
    """
    Whole seconds from packing for which even the low prediction keeps the limit.

    Returns
    -------
    int | None
        0 when it is lost at once, None when the surroundings themselves keep it.
    """
    bound_c = limit_c + model.bound_c
    start_c = model.after_drop_c(core_c, ambient_c)
    if start_c < bound_c:
        return 0
    if ambient_c >= bound_c:
        return None
    return int(model.tau_at_s(ambient_c) * math.log((start_c - ambient_c) / (bound_c - ambient_c)))


def keeps_for_s(core_c: float, ambient_c: float, model: CarrierModel, limit_c: float, within_s: int) -> int:
    """
    Whole seconds for which a core measured just now keeps a limit at or above which hot food must stay.

    Parameters
    ----------
    core_c
        Lowest core that the measurements allow.
    ambient_c, model, limit_c
        Surroundings of the carrier; how it cools; the limit.
    within_s
        How far to look ahead.

    Returns
    -------
    int
        By the low prediction, whose error grows from nothing to ``bound_c`` within `BOUND_REACHED_S`;
        ``within_s`` when the limit is kept all that time, 0 when it is not kept now.

    References
    ----------
    docs/alarms.md, "The foretold minute".
    """

    def low_c(after_s: int) -> float:
        fallen = math.exp(-after_s / model.tau_at_s(ambient_c))
        error_c = model.bound_c * min(1.0, after_s / BOUND_REACHED_S)
        return ambient_c + (core_c - ambient_c) * fallen - error_c

    kept_s, lost_s = 0, within_s
    if low_c(kept_s) < limit_c:
        return 0
    if low_c(lost_s) >= limit_c:
        return within_s
    while lost_s - kept_s > 1:
        middle_s = (kept_s + lost_s) // 2
        kept_s, lost_s = (middle_s, lost_s) if low_c(middle_s) >= limit_c else (kept_s, middle_s)
    return kept_s


def as_it_cools(
    model: CarrierModel, earlier_c: float, later_c: float, passed_s: int, ambient_c: float
) -> CarrierModel:
    """The model with the time constant that two cores show, where that is shorter; a lid may be broken."""
    shown_s = shown_tau_s(earlier_c, later_c, passed_s, ambient_c)
    if shown_s is None or later_c < ambient_c:
        return model
    ratio = shown_s / model.tau_at_s(ambient_c)
    return model if ratio >= 1 else replace(model, tau_s=max(1, int(model.tau_s * ratio)))


def stays_under_for_s(core_c: float, towards_c: float, tau_s: float, limit_c: float, within_s: int) -> int:
    """
    Whole seconds for which a chilled core that warms towards its surroundings stays at or under a limit.

    Parameters
    ----------
    core_c, towards_c
        The core now, and what it warms towards.
    tau_s
        Its time constant, seconds.
    limit_c, within_s
        The limit, and how far to look ahead.

    Returns
    -------
    int
        ``within_s`` when the limit is kept all that time, 0 when it is not kept now.

    References
    ----------
    docs/alarms.md, "The foretold minute".
    """
    if core_c > limit_c:
        return 0
    if towards_c <= limit_c:
        return within_s
    return min(within_s, int(tau_s * math.log((towards_c - core_c) / (towards_c - limit_c))))


def shown_tau_s(earlier_c: float, later_c: float, passed_s: int, towards_c: float) -> float | None:
    """The time constant that two cores show on their way to a temperature; None where they show none."""
    before_c, after_c = abs(towards_c - earlier_c), abs(towards_c - later_c)
    on_one_side = (towards_c - earlier_c) * (towards_c - later_c) > 0
    if passed_s < 1 or not on_one_side or after_c >= before_c:
        return None
    return passed_s / math.log(before_c / after_c)


def core_bounds(
    samples: Sequence[tuple[int, float]],
    *,
    start_s: int,
    core_c: float,
    accuracy_c: float,
    model: CarrierModel,
    unseen_c: float | None = None,
) -> list[CoreBound]:
    """
    Bounds on the core at each reading of the air inside the box, from one core reading on.

    Between readings the air is taken as the colder of the two for the low bound and as the warmer for
    the high one; over a gap longer than ``model.gap_s`` also as ``gap_air_c`` and as warm as the core.

    Parameters
    ----------
    samples
        Second and air temperature, in order of time; those before ``start_s`` only say how the air was.
    start_s, core_c, accuracy_c
        When the core was measured, what was read, and by how much it may be wrong.
    model
        How the core follows the air.
    unseen_c
        Warmest air to think of over a gap; None is as warm as the core, since hot food has nothing warmer.

    Returns
    -------
    list[CoreBound]
        At ``start_s`` and at every later sample, in order of time.

    Raises
    ------
    ValueError
        When the samples are out of order.

    References
    ----------
    docs/kitchen.md, "The core from the air".
    """
    if any(later[0] < earlier[0] for earlier, later in pairwise(samples)):
        raise ValueError("Samples must be in order of time.")
    earlier = [sample for sample in samples if sample[0] <= start_s][-1:]
    bounds = [CoreBound(start_s, core_c - accuracy_c, core_c + accuracy_c)]
    known = earlier[-1] if earlier else None
    for sample in samples:
        if sample[0] > start_s:
            bounds.append(_step(bounds[-1], known, sample, model, unseen_c))
            known = sample
    return bounds


def _step(
    bound: CoreBound,
    known: tuple[int, float] | None,
    sample: tuple[int, float],
    model: CarrierModel,
    unseen_c: float | None,
) -> CoreBound:
    at_s, air_c = sample
    coldest_c, warmest_c = (min(known[1], air_c), max(known[1], air_c)) if known else (air_c, air_c)
    if known is None or at_s - known[0] > model.gap_s:
        coldest_c, warmest_c = (
            min(coldest_c, model.gap_air_c),
            max(warmest_c, bound.high_c if unseen_c is None else unseen_c),
        )
    passed_s = at_s - bound.at_s
    quick, slow = model.air_tau_low_s, model.air_tau_high_s
    low_tau_s = model.quickest_s(bound.low_c, coldest_c) if bound.low_c > coldest_c else slow
    high_tau_s = slow if bound.high_c > warmest_c else quick
    return CoreBound(
        at_s,
        _towards(bound.low_c, coldest_c, passed_s / low_tau_s),
        _towards(bound.high_c, warmest_c, passed_s / high_tau_s),
    )


def _towards(core_c: float, air_c: float, time_constants: float) -> float:
    return air_c + (core_c - air_c) * math.exp(-time_constants)


def model_from_table(table: Table) -> CarrierModel:
    """
    A model from a carrier kind's table; without bounds of its own, the air's time constants are
    `AIR_TAU_RATIOS` of ``tau_s``, and `OPEN_TAU_RATIO` of it under an open lid.

    Raises
    ------
    ValueError
        Naming the field that cannot be used.
    """
    tau_s = whole(table, "tau_s")
    low, high = AIR_TAU_RATIOS
    return CarrierModel(
        tau_s=tau_s,
        drop_ratio=number(table, "drop_ratio"),
        bound_c=number(table, "bound_c"),
        air_tau_low_s=whole(table, "air_tau_low_s", round(low * tau_s)),
        air_tau_high_s=whole(table, "air_tau_high_s", round(high * tau_s)),
        tau_per_c_ratio=number(table, "tau_per_c_ratio", 0.0),
        store_c=number(table, "store_c") if "store_c" in table else None,
        gap_s=whole(table, "gap_s", 900),
        gap_air_c=number(table, "gap_air_c", 0.0),
        open_tau_low_s=whole(table, "open_tau_low_s", round(OPEN_TAU_RATIO * tau_s)),
        open_gap_c=number(table, "open_gap_c", 25.0),
    )
