"""Safety profiles: limits and clocks of a country's rule, and the last moment food may be eaten."""

from dataclasses import dataclass

from kitchen.tables import Table, number, part, text, whole
from orders.menus import HoldClass


@dataclass(frozen=True, slots=True)
class RecordRules:
    """
    When a record of temperatures is complete enough to be judged.

    Parameters
    ----------
    expected_every_s, max_every_s
        Between two readings: as agreed, and at most.
    first_within_s, last_within_s
        From packing to the first reading; from the last reading to the hand-over.
    gap_max_s
        Longest time without a reading.
    stuck_count
        Equal readings in a row that count as a stuck probe.
    clock_limit_s, clock_steady_s, clock_over_s, clock_arrivals
        A sensor's clock is wrong when its times differ from their arrivals by more than the limit, by so much
        at most otherwise, for so long, over so many arrivals.
    evidence
        Where the figures come from.
    """

    expected_every_s: int
    max_every_s: int
    first_within_s: int
    last_within_s: int
    gap_max_s: int
    stuck_count: int
    clock_limit_s: int
    clock_steady_s: int
    clock_over_s: int
    clock_arrivals: int
    evidence: str


@dataclass(frozen=True, slots=True)
class MaySend:
    """
    What a kind of licence may send out.

    Parameters
    ----------
    kind
        Of licence, as a kitchen names it.
    name_zh, name_en
        The kind's name.
    hot, chilled
        Whether food may leave the kitchen hot, and chilled.
    clause
        Where that stands.
    """

    kind: str
    name_zh: str
    name_en: str
    hot: bool
    chilled: bool
    clause: str


@dataclass(frozen=True, slots=True)
class SafetyProfile:
    """
    The rule by which cooked food is kept, as data.

    Parameters
    ----------
    code, revision
        ``"gb"``, and the number of this version of its figures.
    name_zh, name_en
        The standard's name.
    hot_hold_min_c
        Core of hot food at or above.
    cold_hold_min_c, cold_hold_max_c
        Chilled food between.
    cook_core_min_c, reheat_core_min_c
        Core after cooking; core after the one reheating that resets the clock.
    reheat_times_max
        How often food may be reheated.
    uncontrolled_window_s
        From cooked to eaten when no temperature is proven.
    hot_check_s
        When the core must be at or above the limit for the longer window.
    hot_window_s
        From cooked to eaten when it was.
    cold_window_s
        From cooked to eaten for chilled food.
    sample_min_g, sample_keep_s
        Sample kept of each dish and meal, and for how long.
    probe_accuracy_c
        By how much a calibrated hand probe may be wrong.
    records
        When a record is complete enough.
    evidence, source, clause
        How the clock of hot food was seen, where, and which clause it cites.
    cold_clause
        The clause of the clock of chilled food.
    may_send
        What each kind of licence may send out; a kind that is not named may send all.
    """

    code: str
    revision: int
    name_zh: str
    name_en: str
    hot_hold_min_c: float
    cold_hold_min_c: float
    cold_hold_max_c: float
    cook_core_min_c: float
    reheat_core_min_c: float
    reheat_times_max: int
    uncontrolled_window_s: int
    hot_check_s: int
    hot_window_s: int
    cold_window_s: int
    sample_min_g: int
    sample_keep_s: int
    probe_accuracy_c: float
    records: RecordRules
    evidence: str
    source: str
    clause: str
    cold_clause: str
    may_send: tuple[MaySend, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.uncontrolled_window_s <= self.hot_check_s <= self.hot_window_s <= self.cold_window_s:
            raise ValueError(f"The clocks of {self.code} must rise from uncontrolled to cold.")
        if not self.cold_hold_min_c < self.cold_hold_max_c < self.hot_hold_min_c <= self.cook_core_min_c:
            raise ValueError(f"The limits of {self.code} must rise from cold to cooked.")


def eat_by_s(
    cooked_s: int,
    profile: SafetyProfile,
    *,
    has_probe: bool,
    predicted_to_hold: bool,
    hold_class: HoldClass = "hot",
) -> int:
    """
    The last moment at which food may be eaten, seconds on the clock of ``cooked_s``.

    Parameters
    ----------
    cooked_s
        When the earliest finished pan came off the heat.
    profile
        The rule.
    has_probe
        Whether the carrier has a working probe.
    predicted_to_hold
        Whether the core is predicted, at the chosen confidence, to keep the limit to the last plate.
    hold_class
        Hot, or chilled.

    References
    ----------
    docs/kitchen.md, "The food's clock".
    """
    if hold_class == "cold":
        return cooked_s + profile.cold_window_s
    if has_probe and predicted_to_hold:
        return cooked_s + profile.hot_window_s
    return cooked_s + profile.uncontrolled_window_s


def deliver_by_s(eat_by_s: int, serving_s: int, second_leg_s: int = 0) -> int:
    """Latest hand-over: the last moment it may be eaten, less the serving and any second leg, seconds."""
    return eat_by_s - serving_s - second_leg_s


def profile_from_table(code: str, table: Table) -> SafetyProfile:
    """
    One block of ``safety-profiles.toml``.

    Parameters
    ----------
    code
        Name of the block, for example ``"gb"``.
    table
        Its parsed content.

    Raises
    ------
    ValueError
        Naming the profile and the field that is missing or unusable: a profile without the clocks of
        hot food cannot steer a kitchen.
    """
    try:
        return _profile(code, table)
    except ValueError as error:
        raise ValueError(f"safety profile {code}: {error}") from error


def _profile(code: str, table: Table) -> SafetyProfile:
    limit, clock, sample = part(table, "limit"), part(table, "clock"), part(table, "sample")
    hot, cold, reheat = part(limit, "hot_hold"), part(limit, "cold_hold"), part(limit, "reheat_core")
    hot_clock = part(clock, "hot")
    name = part(table, "name")
    return SafetyProfile(
        code=code,
        revision=whole(table, "revision"),
        name_zh=text(name, "zh"),
        name_en=text(name, "en"),
        hot_hold_min_c=number(hot, "min_c"),
        cold_hold_min_c=number(cold, "min_c"),
        cold_hold_max_c=number(cold, "max_c"),
        cook_core_min_c=number(part(limit, "cook_core"), "min_c"),
        reheat_core_min_c=number(reheat, "min_c"),
        reheat_times_max=whole(reheat, "times_max"),
        uncontrolled_window_s=whole(hot_clock, "free_s"),
        hot_check_s=whole(hot_clock, "proof_at_s"),
        hot_window_s=whole(hot_clock, "eat_by_s"),
        cold_window_s=whole(part(clock, "chilled"), "eat_by_s"),
        sample_min_g=whole(sample, "min_g"),
        sample_keep_s=whole(sample, "keep_s"),
        probe_accuracy_c=number(part(table, "probe"), "accuracy_c"),
        records=_records(part(table, "data")),
        evidence=text(hot_clock, "evidence"),
        source=text(hot_clock, "source"),
        clause=text(hot_clock, "clause"),
        cold_clause=text(part(clock, "chilled"), "clause"),
        may_send=_may_send(part(table, "licence")) if "licence" in table else (),
    )


def _may_send(licences: Table) -> tuple[MaySend, ...]:
    tables = {kind: part(licences, kind) for kind in licences}
    return tuple(
        MaySend(
            kind=kind,
            name_zh=text(part(table, "name"), "zh"),
            name_en=text(part(table, "name"), "en"),
            hot=table.get("may_send_hot") is not False,
            chilled=table.get("may_send_chilled") is not False,
            clause=text(table, "clause"),
        )
        for kind, table in tables.items()
    )


def _records(table: Table) -> RecordRules:
    return RecordRules(
        expected_every_s=whole(table, "expected_every_s"),
        max_every_s=whole(table, "max_every_s"),
        first_within_s=whole(table, "first_within_s"),
        last_within_s=whole(table, "last_within_s"),
        gap_max_s=whole(table, "gap_max_s"),
        stuck_count=whole(table, "stuck_count"),
        clock_limit_s=whole(table, "clock_limit_s", 120),
        clock_steady_s=whole(table, "clock_steady_s", 30),
        clock_over_s=whole(table, "clock_over_s", 240),
        clock_arrivals=whole(table, "clock_arrivals", 4),
        evidence=text(table, "evidence"),
    )
