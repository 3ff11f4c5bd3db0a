"""Whether a site stands where the programme wants it and holds what it asks; minutes come from outside."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from orders.oversight.site_rules import Circle, SiteRules, Siting

Verdict = Literal["met", "not_met", "unknown"]


@dataclass(frozen=True, slots=True)
class SiteMeasures:
    """
    What was measured of a site; None is not measured.

    Parameters
    ----------
    neighbourhood
        ``"urban"``, ``"rural_village"`` or another word of the programme's siting.
    zone
        Of the programme's circles.
    radius_m, elderly
        Way to the farthest resident it serves, metres; older people it serves.
    minutes
        Travel time of the farthest resident, minutes rounded up.
    seats, dining_area_m2
        Older people who can eat at once; usable floor of the dining room.
    floor, lift, ramp
        Storey, 1 at street level; how it is reached.
    meals_per_service
        Meals that its kitchen or supplier can make at once.
    """

    neighbourhood: str | None = None
    zone: str | None = None
    radius_m: int | None = None
    elderly: int | None = None
    minutes: int | None = None
    seats: int | None = None
    dining_area_m2: float | None = None
    floor: int | None = None
    lift: bool | None = None
    ramp: bool | None = None
    meals_per_service: int | None = None


NOTHING_MEASURED = SiteMeasures()


@dataclass(frozen=True, slots=True)
class Check:
    """
    One rule held against one site or area.

    Parameters
    ----------
    item
        What is checked, for example ``"min_seats"``.
    verdict
        ``"unknown"`` when it was not measured.
    wanted, found
        Bound and measure; ``found`` is None when there is none.
    ref
        The area, street or village it is about; empty for a site.
    """

    item: str
    verdict: Verdict
    wanted: str | int | float
    found: str | int | float | None
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """
    A street, town or village that the programme counts sites in.

    Parameters
    ----------
    kind
        ``"street"`` (streets and towns) or ``"village"``.
    name, district
        As sites write it; six-digit code or the programme's own word for the area.
    households
        Of a village, None when unknown.
    centres
        Suppliers with a distribution centre that it works with.
    """

    kind: Literal["street", "village"]
    name: str
    district: str
    households: int | None = None
    centres: int = 0


@dataclass(frozen=True, slots=True)
class Located:
    """Where a site counts: its area, street and village."""

    site_id: str
    district: str
    street: str = ""
    village: str = ""


def check_site(rules: SiteRules, measures: SiteMeasures) -> tuple[Check, ...]:
    """
    Holds a site's measures against the programme.

    Parameters
    ----------
    rules
        What the programme asks; what it does not state is not checked.
    measures
        What was measured.

    Returns
    -------
    tuple[Check, ...]
        One for each rule; bounds are included (a 以上 or 不低于 holds at the number itself).
    """
    found: list[Check | None] = [
        _at_least("min_seats", rules.min_seats, measures.seats),
        _at_least("min_area_per_seat_m2", rules.min_area_per_seat_m2, _area_per_seat(measures)),
        _at_least("min_meals_per_service", rules.min_meals_per_service, measures.meals_per_service),
        _at_most("max_floor", rules.max_floor, measures.floor),
        _level(rules, measures),
    ]
    for siting in rules.siting:
        if measures.neighbourhood == siting.kind:
            found += _siting(siting, measures)
        elif measures.neighbourhood is None:
            found += _siting(siting, NOTHING_MEASURED)
    found.append(_circle(rules.circles, measures))
    return tuple(one for one in found if one is not None)


def circle_of(circles: Iterable[Circle], zone: str | None) -> Circle | None:
    """The circle of a zone; one for ``"all"`` zones holds everywhere."""
    known = {circle.zone: circle for circle in circles}
    return known.get(zone or "", known.get("all"))


def within_circle(circle: Circle, minutes: int) -> Literal["target", "inside", "outside"]:
    """Whether so many minutes keep the target, keep the limit, or lie outside: 15 inside, 16 outside."""
    if minutes <= circle.target_min:
        return "target"
    return "inside" if minutes <= circle.limit_min else "outside"


def check_quota(rules: SiteRules, chosen: Iterable[Located]) -> tuple[Check, ...]:
    """How many sites are selected in each area against its quota; ``not_met`` is one too many."""
    counts = Counter(site.district for site in chosen)
    return tuple(
        Check("site_quota", "met" if counts[code] <= quota else "not_met", quota, counts[code], code)
        for code, quota in rules.quota.items()
    )


def check_area(
    rules: SiteRules,
    areas: Collection[str],
    neighbourhoods: Iterable[Neighbourhood],
    serving: Collection[Located],
    central_kitchens: int = 0,
) -> tuple[Check, ...]:
    """
    Holds a whole area against the programme: every street, every large village, every district.

    Parameters
    ----------
    rules
        What the programme asks.
    areas
        Codes or words of its districts.
    neighbourhoods
        Its streets, towns and villages.
    serving
        Sites that are selected or beyond and have not left.
    central_kitchens
        Central kitchens that supply them; held against the plan once there is one.
    """
    found = list(check_quota(rules, serving))
    if central_kitchens:
        found += _central(rules, central_kitchens)
    found += _per_area(rules, areas, serving)
    streets = Counter(site.street for site in serving)
    villages = Counter(site.village for site in serving)
    for one in neighbourhoods:
        if one.kind == "street":
            found += _street(rules, one, streets[one.name])
        else:
            found += [
                check for check in (_village(s, one, villages[one.name]) for s in rules.siting) if check
            ]
    return tuple(found)


def _central(rules: SiteRules, count: int) -> list[Check]:
    kept = _at_least("central_kitchens_min", rules.central_kitchens_min, count)
    most = _at_most("central_kitchens_max", rules.central_kitchens_max, count)
    return [one for one in (kept, most) if one is not None]


def _per_area(rules: SiteRules, areas: Collection[str], serving: Collection[Located]) -> list[Check]:
    counts = Counter(site.district for site in serving)
    found = []
    for code in areas:
        for item, bound, kept in (
            ("per_area_min", rules.per_area_min, counts[code] >= (rules.per_area_min or 0)),
            ("per_area_max", rules.per_area_max, counts[code] <= (rules.per_area_max or 0)),
        ):
            if bound is not None:
                found.append(Check(item, "met" if kept else "not_met", bound, counts[code], code))
    return found


def _street(rules: SiteRules, street: Neighbourhood, sites: int) -> list[Check]:
    wanted: Mapping[str, tuple[int, int]] = {
        "sites_per_street": (rules.min_sites_per_street, sites),
        "centres_per_street": (rules.min_centres_per_street, street.centres),
    }
    return [
        Check(item, "met" if count >= bound else "not_met", bound, count, street.name)
        for item, (bound, count) in wanted.items()
        if bound
    ]


def _village(siting: Siting, village: Neighbourhood, sites: int) -> Check | None:
    """A village below the bound needs no site; one whose households nobody counted is unknown."""
    if siting.households_gte is None:
        return None
    if village.households is None:
        return Check("sites_per_village", "unknown", siting.min_sites, None, village.name)
    if village.households < siting.households_gte:
        return None
    verdict: Verdict = "met" if sites >= siting.min_sites else "not_met"
    return Check("sites_per_village", verdict, siting.min_sites, sites, village.name)


def _area_per_seat(measures: SiteMeasures) -> float | None:
    if measures.dining_area_m2 is None or not measures.seats:
        return None
    return measures.dining_area_m2 / measures.seats


def _at_least(item: str, bound: float | None, found: float | None) -> Check | None:
    if bound is None:
        return None
    if found is None:
        return Check(item, "unknown", bound, None)
    return Check(item, "met" if found >= bound else "not_met", bound, found)


def _at_most(item: str, bound: float | None, found: float | None) -> Check | None:
    if bound is None:
        return None
    if found is None:
        return Check(item, "unknown", bound, None)
    return Check(item, "met" if found <= bound else "not_met", bound, found)


def _level(rules: SiteRules, measures: SiteMeasures) -> Check | None:
    """Street level, else one of what the programme names: a lift, a ramp."""
    if rules.level_floor is None:
        return None
    wanted = " / ".join(rules.level_else)
    if measures.floor is None:
        return Check("step_free", "unknown", wanted, None)
    if measures.floor == rules.level_floor:
        return Check("step_free", "met", wanted, measures.floor)
    had = {"lift": measures.lift, "ramp": measures.ramp}
    answers = [had.get(name) for name in rules.level_else]
    if any(answers):
        return Check("step_free", "met", wanted, measures.floor)
    return Check("step_free", "unknown" if None in answers else "not_met", wanted, measures.floor)


def _siting(siting: Siting, measures: SiteMeasures) -> list[Check | None]:
    return [
        _at_most("max_radius_m", siting.max_radius_m, measures.radius_m),
        _at_least("min_elderly", siting.min_elderly, measures.elderly),
    ]


def _circle(circles: tuple[Circle, ...], measures: SiteMeasures) -> Check | None:
    circle = circle_of(circles, measures.zone)
    if circle is None:
        return Check("circle_minutes", "unknown", "", None) if circles else None
    if measures.minutes is None:
        return Check("circle_minutes", "unknown", circle.limit_min, None)
    inside = within_circle(circle, measures.minutes) != "outside"
    return Check("circle_minutes", "met" if inside else "not_met", circle.limit_min, measures.minutes)
