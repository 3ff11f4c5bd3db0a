"""What a hold is judged by, and what the judgement says."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from kitchen.safety import SafetyProfile
from kitchen.thermal import CarrierModel
from orders.codes import Coded
from orders.menus import HoldClass
from telemetry.readings import ProbeUse, Reading

Cooling = Literal["kept", "broken", "unknown"]
HeatedAt = Literal["site", "home", "nowhere"]
Verdict = Literal["passed", "breached", "cannot_be_judged"]
RestsOn = Literal["core", "air", "hand", "clock", "nothing"]
LegName = Literal["kitchen", "transport", "hot_well", "site_cold", "reheated", "second_leg"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


@dataclass(frozen=True, slots=True)
class HandCheck:
    """
    A core temperature taken by a calibrated hand probe.

    Parameters
    ----------
    at
        When.
    core_c
        What it read, degrees Celsius.
    """

    at: datetime
    core_c: float


@dataclass(frozen=True, slots=True)
class SecondLeg:
    """
    The way of the portions that went on from the site to a door.

    Parameters
    ----------
    in_box
        Whether they went on in this box, its probe with them; else nothing told of them on the way.
    left_at
        When the first of them left the site; None when of any of them nobody noted it.
    given_at
        When the last of them so far was given at its door; None before the first.
    """

    in_box: bool
    left_at: datetime | None = None
    given_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HoldFacts:
    """
    Everything known about one hold, in any order of arrival.

    Parameters
    ----------
    box_code
        What people call the box.
    cooked_at
        When the earliest finished pan of its contents came off the heat.
    packed_at, packed_core_c
        End of packing, and the core by hand probe then, or None.
    profile
        The rule, with how much data is enough.
    model
        How the carrier cools.
    hold_class
        Hot or cold.
    cooling
        Whether what is in a chilled box kept the cooling stages of the profile, the worst batch of it.
    heated_at
        Where chilled food is reheated before it is eaten: at the site, by the diner at home, or nowhere.
    uses
        Which probes sat in the box, and what each senses there.
    readings
        Readings of those probes; others, and other quantities than temperature, are passed over.
    handed_over_at, handed_over_core_c
        Hand-over, and the core by hand probe in the coldest pack, or None.
    checks
        Cores taken by hand at other moments: at the hot well, on leaving the site, at a door.
    reheats
        Recorded reheatings with the core each reached.
    first_served_at, last_served_at
        When the first and the last portion so far were eaten; None when no serving is recorded.
    second_leg
        Of the portions that went on to a door; None when none did.
    chain_end_at
        When the last portion was served or discarded; None while the hold is open.
    uncalibrated
        What is to be said about probes whose calibration is overdue; every verdict says it.
    """

    box_code: str
    cooked_at: datetime
    packed_at: datetime
    profile: SafetyProfile
    model: CarrierModel
    packed_core_c: float | None = None
    hold_class: HoldClass = "hot"
    cooling: Cooling = "unknown"
    heated_at: HeatedAt = "site"
    uses: tuple[ProbeUse, ...] = ()
    readings: tuple[Reading, ...] = ()
    handed_over_at: datetime | None = None
    handed_over_core_c: float | None = None
    checks: tuple[HandCheck, ...] = ()
    reheats: tuple[HandCheck, ...] = ()
    first_served_at: datetime | None = None
    last_served_at: datetime | None = None
    second_leg: SecondLeg | None = None
    chain_end_at: datetime | None = None
    uncalibrated: tuple[Coded, ...] = ()

    @property
    def contradicts_itself(self) -> bool:
        """Whether the recorded times cannot all be true: packed, handed over and eaten in another order."""
        eaten_at = self.last_served_at or self.chain_end_at
        orders: list[tuple[datetime | None, ...]]
        orders = [(self.cooked_at, self.packed_at, self.handed_over_at, eaten_at)]
        if self.second_leg is not None:
            orders.append(
                (self.cooked_at, self.handed_over_at, self.second_leg.left_at, self.second_leg.given_at)
            )
        told = [[at for at in order if at is not None] for order in orders]
        return any(known != sorted(known) for known in told)


@dataclass(frozen=True, slots=True)
class Leg:
    """
    One leg of the chain.

    Parameters
    ----------
    name
        ``"kitchen"`` (cooked to packed), ``"transport"`` (to the hand-over), ``"hot_well"`` (to the end, or
        until the box leaves the site) and ``"second_leg"`` (to the last door); of chilled food
        ``"site_cold"`` (to the reheating, or the end) and ``"reheated"`` (to the end).
    from_at, to_at
        The leg's ends; ``to_at`` is None when its end is not recorded.
    missing
        Whether the leg lacks its end or its evidence.
    core_low_c, core_high_c
        Bounds on the core at the end of the leg, None where nothing bounds it.
    exposed_s
        Seconds in which the core is proven to have been between the cold and the hot limit.
    """

    name: LegName
    from_at: datetime
    to_at: datetime | None
    missing: bool
    core_low_c: float | None
    core_high_c: float | None
    exposed_s: int


@dataclass(frozen=True, slots=True)
class HoldVerdict:
    """
    The judgement of one hold; while it is open, of the hold as if its last portion were eaten now.

    Parameters
    ----------
    box_code
        What people call the box.
    verdict
        Passed, breached or cannot be judged.
    final
        Whether the chain has ended. An open hold is never shown as passed: see `shown`.
    reasons
        What decided, the decisive one first.
    rests_on
        A core probe, the air through the carrier's model, a hand probe, the clock alone, or nothing.
    check_low_c, check_high_c
        Bounds on the core at the check (two hours), None before it or where nothing bounds it.
    end_low_c, end_high_c
        Bounds on the core at ``judged_to_at``.
    exposed_s, exposed_at_most_s
        Seconds between the cold and the hot limit since the clock started: proven, and not excluded.
    longest_excursion_s
        Longest of the proven intervals.
    below_since_at
        First instant at which the core was proven to be under the hot limit, None when it never was.
    legs
        Kitchen, transport, hot well and second leg, as far as the chain has come.
    clock_at
        Start of the clock: ``cooked_at``, or the reheating that reset it.
    judged_to_at
        Last portion eaten, else end of the chain, else now.
    eat_by_at
        Last moment it may be eaten.
    profile, profile_revision, clause
        The rule.
    readings
        Temperatures that it was judged by, up to ``judged_to_at``.
    because
        Why it was given after a final one; no part of what was judged.
    """

    box_code: str
    verdict: Verdict
    final: bool
    reasons: tuple[Coded, ...]
    rests_on: RestsOn
    check_low_c: float | None
    check_high_c: float | None
    end_low_c: float | None
    end_high_c: float | None
    exposed_s: int
    exposed_at_most_s: int
    longest_excursion_s: int
    below_since_at: datetime | None
    legs: tuple[Leg, ...]
    clock_at: datetime
    judged_to_at: datetime
    eat_by_at: datetime
    profile: str
    profile_revision: int
    clause: str
    readings: int = 0
    because: tuple[Coded, ...] = field(default=(), compare=False)

    @property
    def shown(self) -> Literal["open", "passed", "breached", "cannot_be_judged"]:
        """What a page or a paper may say: an open hold is ``"open"`` until a breach is proven."""
        if self.final or self.verdict == "breached":
            return self.verdict
        return "open"
