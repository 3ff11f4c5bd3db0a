"""How the failing box fails: its core passes the limit on the road, whatever the day looks like."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from api.demo.legs import FREE_WINDOW, Leg
from telemetry.simulate import SimBox, core_at

MINUTE = timedelta(minutes=1)
# A core that reads this much is under 60 degrees even where its probe shows a degree too little.
PROVEN_C = 58.0
# As warm as this nothing is proven yet, and no alarm can come before the van has left.
STILL_GOOD_C = 59.5
# Two ticks of the rehearsal's clock: the alarm is raised and told before anybody signs.
TOLD_WITHIN = timedelta(minutes=4)
PACKED_C = (82.0, 79.0, 76.0, 73.0, 70.0, 67.0)
LID_EVERY = timedelta(minutes=4)
LEAST_PORTIONS = 20
CHOICE = 3


@dataclass(frozen=True, slots=True)
class Breach:
    """
    One box that fails on its way.

    Parameters
    ----------
    leg
        Its way.
    box
        Its food and sensor, with the lid broken.
    passes_at
        When its core is proven to be under the limit: after it left, before it is signed for.
    earlier
        How much earlier than planned its food comes off the heat, so that its two hours end on the road.
    """

    leg: Leg
    box: SimBox
    passes_at: datetime
    earlier: timedelta


def choose_breach(
    legs: Iterable[Leg], sound: Mapping[str, SimBox], rng: random.Random, seed: int
) -> Breach | None:
    """
    The failing box, by chance among those whose plan has to be changed least.

    Parameters
    ----------
    legs
        Boxes with a sensor.
    sound
        The same boxes without a fault, by box id.
    rng
        Seeded.
    seed
        Of the sensors.

    Returns
    -------
    Breach | None
        None where no box with a probe in its core is on the road long enough.
    """
    felt = [leg for leg in legs if leg.box["senses"] == "core"]
    full = [
        leg for leg in felt if leg.box["kind"] in ("bulk", "packed") and leg.box["portions"] >= LEAST_PORTIONS
    ]
    for fitting in (full, felt):
        found = list[Breach]()
        for leg in sorted(fitting, key=lambda leg: (_earlier(leg), leg.box["code"])):
            breach = breach_of(leg, sound[leg.box["box_id"]], seed)
            found += [breach] if breach else []
            if len(found) == CHOICE:
                break
        if found:
            return rng.choice(found)
    return None


def breach_of(leg: Leg, sound: SimBox, seed: int) -> Breach | None:
    """
    The warmest food and the minute its lid breaks that bring its core under the limit on the road.

    Parameters
    ----------
    leg
        The box's way.
    sound
        The box without a fault.
    seed
        Of the sensors.
    """
    for packed_c in PACKED_C:
        broken_at = leg.packed_at + MINUTE
        while broken_at < leg.signed_at:
            box = replace(
                sound,
                core_at_packing_c=packed_c,
                fault="broken_lid",
                fault_at=broken_at,
                fault_until=leg.back_at + FREE_WINDOW,
            )
            passes_at = _passes_at(leg, box, seed)
            if passes_at is None:
                break
            if core_at(replace(box, until_at=leg.signed_at), leg.leaves_at, seed) >= STILL_GOOD_C:
                return Breach(leg, box, passes_at, _earlier(leg))
            broken_at += LID_EVERY
    return None


def _passes_at(leg: Leg, box: SimBox, seed: int) -> datetime | None:
    """First minute with the core under the limit, early enough to be told before the box is signed for."""
    trial, at = replace(box, until_at=leg.signed_at), leg.packed_at
    while at <= leg.signed_at - TOLD_WITHIN:
        if core_at(trial, at, seed) < PROVEN_C:
            return at
        at += MINUTE
    return None


def _earlier(leg: Leg) -> timedelta:
    return max(timedelta(), leg.check_at - (leg.signed_at - TOLD_WITHIN))
