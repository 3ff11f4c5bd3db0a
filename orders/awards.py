"""Construction awards: which tier a facility reaches, or why it gets nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from orders.codes import Coded
from orders.money import round_fen
from orders.programmes.benefits import Metric, Requirement, Tier, TieredAward

Decision = Literal["awarded", "manual", "refused"]
LINEAR = "linear_by_area"


@dataclass(frozen=True, slots=True)
class Facility:
    """
    A facility that asks for an award.

    Parameters
    ----------
    site_id, kind
        Which, and the facility that an award is for: ``meal_centre``, ``bath_centre`` ...
    numbers
        Metric to value, such as ``area_m2`` and ``communities``.
    truths
        Metric to whether it is so; what nobody has noted is taken as met.
    claims_before
        Awards that it has had.
    """

    site_id: str
    kind: str
    numbers: Mapping[str, Decimal]
    truths: Mapping[str, bool]
    claims_before: int = 0


@dataclass(frozen=True, slots=True)
class Award:
    """
    What a facility gets.

    Parameters
    ----------
    site_id, tier
        Which facility, by which tier; empty for none.
    award_fen
        The amount, fen; 0 when nothing is awarded yet.
    range_fen
        Least and most, fen, where a person decides.
    decision
        Awarded, left to a person, or refused.
    why
        The reason.
    """

    site_id: str
    tier: str
    award_fen: int
    range_fen: tuple[int, int] | None
    decision: Decision
    why: Coded


def award(facility: Facility, benefit: TieredAward) -> Award:
    """
    What one facility gets under a tiered award.

    A facility that fails a requirement gets nothing; one that no tier covers is left to a person.
    """
    if facility.claims_before:
        return _none(facility, "refused", Coded("award_claimed_before", {"claims": facility.claims_before}))
    for requirement in benefit.requires:
        if _binds(requirement, facility) and not _met(requirement, facility):
            return _none(facility, "refused", _unmet(requirement, facility))
    fitting = [tier for tier in benefit.tiers if _reaches(tier, facility)]
    if not fitting:
        params = {name: str(facility.numbers.get(name, "?")) for name in ("area_m2", "communities")}
        return _none(facility, "manual", Coded("award_no_tier", params))
    if benefit.pick == "manual" and len(fitting) > 1:
        return _none(
            facility, "manual", Coded("award_tiers_overlap", {"tiers": ", ".join(t.id for t in fitting)})
        )
    tier = fitting[-1] if benefit.pick == "lowest" else fitting[0]
    return _of_tier(facility, tier, benefit)


def _of_tier(facility: Facility, tier: Tier, benefit: TieredAward) -> Award:
    given = tier.amount_range
    why = Coded("award_tier", {"tier": tier.id, "cite": benefit.cite})
    if given is None:
        return Award(facility.site_id, tier.id, tier.amount or 0, None, "awarded", why)
    most_m2 = (tier.area_m2.lt or tier.area_m2.lte) if tier.area_m2 else None
    if given.decided_by == LINEAR and most_m2:
        part = min(Decimal(1), facility.numbers["area_m2"] / most_m2)
        award_fen = given.min + round_fen(part * (given.max - given.min))
        return Award(facility.site_id, tier.id, award_fen, None, "awarded", why)
    why = Coded("award_in_range", {"tier": tier.id, "decided_by": given.decided_by, "cite": benefit.cite})
    return Award(facility.site_id, tier.id, 0, (given.min, given.max), "manual", why)


def _none(facility: Facility, decision: Decision, why: Coded) -> Award:
    return Award(facility.site_id, "", 0, None, decision, why)


def _binds(requirement: Requirement, facility: Facility) -> bool:
    when: Metric | None = requirement.when
    if when is None:
        return True
    value = facility.numbers.get(when.metric)
    return value is not None and when.hold(value)


def _met(requirement: Requirement, facility: Facility) -> bool:
    if requirement.is_ is not None:
        return facility.truths.get(requirement.metric, requirement.is_) == requirement.is_
    value = facility.numbers.get(requirement.metric)
    return value is None or requirement.hold(value)


def _unmet(requirement: Requirement, facility: Facility) -> Coded:
    value = facility.numbers.get(requirement.metric)
    shown = str(value) if value is not None else str(facility.truths.get(requirement.metric, "")).lower()
    return Coded("award_requirement", {"metric": requirement.metric, "value": shown})


def _reaches(tier: Tier, facility: Facility) -> bool:
    return all(
        (value := facility.numbers.get(metric)) is not None and bounds.hold(value)
        for metric, bounds in tier.bounds.items()
    )
