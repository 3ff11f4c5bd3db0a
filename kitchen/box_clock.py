"""The clock of one box: by when its food is eaten, and by when it is handed over."""

from dataclasses import dataclass

from kitchen.boxes import Carrier
from kitchen.safety import SafetyProfile, deliver_by_s, eat_by_s
from kitchen.thermal import holds_for_s
from orders.menus import HoldClass
from orders.service import Service
from orders.sites import Site

MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class PackParams:
    """
    How packing goes in this kitchen.

    Parameters
    ----------
    pack_s
        From the last pan off the heat to the closed carrier, seconds.
    load_s
        From the closed carrier to the van's departure, seconds.
    core_c
        Core of hot food when the carrier closes.
    ambient_c
        Surroundings on the way.
    opens_s
        Chilled food is packed no earlier, seconds from `Service.start_at`; None for as soon as it is cooked.
    """

    pack_s: int
    load_s: int
    core_c: float
    ambient_c: float
    opens_s: int | None = None

    def __post_init__(self) -> None:
        if self.pack_s < 1 or self.load_s < 0:
            raise ValueError("pack_s must be >= 1 and load_s >= 0.")


@dataclass(frozen=True, slots=True)
class BoxWay:
    """
    In what food travels, and where to.

    Parameters
    ----------
    service, site
        Of which service, to which site.
    carrier
        What it lies in.
    hold_class, second_leg
        Hot or cold, and whether a volunteer carries it on from the site.
    """

    service: Service
    site: Site
    carrier: Carrier
    hold_class: HoldClass
    second_leg: bool


def box_clock(
    way: BoxWay, profile: SafetyProfile, params: PackParams, cooked_s: int, packed_s: int
) -> tuple[int, int]:
    """
    Last mouthful, and latest hand-over: the earlier of the rule's clock and the predicted limit.

    Parameters
    ----------
    way
        In what the food travels, and where to.
    profile, params
        The rule, and how packing goes; ``params.core_c`` is the core when the carrier closed.
    cooked_s, packed_s
        When its earliest pan came off the heat, and when the carrier closed, seconds from
        `Service.start_at`.

    References
    ----------
    docs/kitchen.md, "The food's clock".
    """
    hours, carrier = way.site.hours, way.carrier
    serving_s = MINUTE_S * hours.serving_minutes
    second_leg_s = MINUTE_S * hours.second_leg_minutes if way.second_leg else 0
    held_s = holds_for_s(params.core_c, params.ambient_c, carrier.model, profile.hot_hold_min_c)
    held_until_s = cooked_s + profile.hot_window_s if held_s is None else packed_s + held_s
    least_s = earliest_last_plate_s(way, packed_s + params.load_s)
    holds = held_until_s >= max(least_s, cooked_s + profile.hot_check_s)
    has_probe = carrier.sensor_id is not None
    eaten_s = eat_by_s(
        cooked_s, profile, has_probe=has_probe, predicted_to_hold=holds, hold_class=way.hold_class
    )
    proven = way.hold_class == "hot" and has_probe and holds
    end_s = min(eaten_s, held_until_s) if proven else eaten_s
    return eaten_s, deliver_by_s(end_s, serving_s, second_leg_s)


def earliest_last_plate_s(way: BoxWay, release_s: int) -> int:
    """When the last plate is eaten if the box is handed over as early as can be."""
    site, service = way.site, way.service
    signed_s = max(release_s, service.seconds(service.at_local(site.hours.opens))) + site.unload_s
    serving_s = MINUTE_S * site.hours.serving_minutes
    if way.second_leg:
        return signed_s + MINUTE_S * site.hours.second_leg_minutes + serving_s
    return max(signed_s, service.seconds(service.at_local(site.hours.serving_starts))) + serving_s
