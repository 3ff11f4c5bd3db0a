"""What a programme says about its sites, read from its sections area, site, supply and circle."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Siting:
    """
    Where the programme wants a site, for one kind of neighbourhood.

    Parameters
    ----------
    kind
        ``"urban"``, ``"rural_village"`` or another word of the programme.
    max_radius_m
        Longest way to a resident it serves, metres.
    min_elderly
        Fewest older people it serves.
    households_gte, min_sites
        A village of so many households has at least so many sites.
    """

    kind: str
    max_radius_m: int | None = None
    min_elderly: int | None = None
    households_gte: int | None = None
    min_sites: int = 1


@dataclass(frozen=True, slots=True)
class Circle:
    """
    Minutes within which a resident of a zone reaches a site.

    Parameters
    ----------
    zone
        ``"centre"``, ``"outer"``, or ``"all"``.
    target_min, limit_min
        Wished for; still inside.
    mode
        How the minutes are travelled: ``"walk"`` or ``"delivery"``.
    """

    zone: str
    target_min: int
    limit_min: int
    mode: str = "walk"


@dataclass(frozen=True, slots=True)
class SiteRules:
    """
    A programme's rules for sites; what it does not state is None or empty.

    Parameters
    ----------
    quota
        Area code to the most sites selected there.
    siting, circles
        Of neighbourhoods; of zones.
    min_sites_per_street, min_centres_per_street
        Sites, and suppliers with a distribution centre, that each street or town has.
    per_area_min, per_area_max
        Demonstration sites in each area.
    central_kitchens_min, central_kitchens_max
        Central kitchens that supply all its sites.
    min_seats, min_area_per_seat_m2, max_floor, min_meals_per_service
        What a site has at least, and its highest floor.
    level_floor, level_else
        Floor that needs nothing; on others one of these (``"lift"``, ``"ramp"``).
    licences
        ``"on_site_cooking"`` and ``"supplied"`` to what such a site holds.
    equipment, notices, filing, modes
        Lists of the programme: things a site has, papers on its wall, papers it is filed with, forms of
        supply.
    attendant_required
        Whether a named person is on duty.
    change_notice_days
        Days between the public notice and a pause, a move or an exit.
    include, exclude
        Areas that it holds in, as six-digit codes or its own words, and those left out of them.
    name_pattern, hotline, cite
        How sites are called; where people complain; the clauses.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    quota: Mapping[str, int] = field(default_factory=dict)
    siting: tuple[Siting, ...] = ()
    circles: tuple[Circle, ...] = ()
    min_sites_per_street: int = 0
    min_centres_per_street: int = 0
    per_area_min: int | None = None
    per_area_max: int | None = None
    central_kitchens_min: int | None = None
    central_kitchens_max: int | None = None
    min_seats: int | None = None
    min_area_per_seat_m2: float | None = None
    max_floor: int | None = None
    min_meals_per_service: int | None = None
    level_floor: int | None = None
    level_else: tuple[str, ...] = ()
    licences: Mapping[str, str] = field(default_factory=dict)
    equipment: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    filing: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    attendant_required: bool = False
    change_notice_days: int | None = None
    name_pattern: str = ""
    hotline: str = ""
    cite: str = ""


def site_rules(body: Mapping[str, Any]) -> SiteRules:
    """
    The rules for sites of a programme.

    Parameters
    ----------
    body
        The programme's table, as its revision keeps it; absent sections state nothing.
    """
    area, site = _section(body, "area"), _section(body, "site")
    level = _section(site, "accessible")
    demo, centre = _section(area, "demo_sites"), _section(area, "distribution_centre")
    supply = _section(body, "supply")
    central = _section(supply, "central_kitchens")
    return SiteRules(
        include=(*_texts(area.get("include")), *_texts(area.get("optional"))),
        exclude=_texts(area.get("exclude")),
        quota={str(code): int(count) for code, count in _section(area, "site_quota").items()},
        siting=tuple(_siting(one) for one in area.get("siting") or ()),
        circles=tuple(_circle(one) for one in body.get("circle") or ()),
        min_sites_per_street=int(_section(area, "min_sites").get("count", 0)),
        min_centres_per_street=int(centre.get("min", 0)),
        per_area_min=demo.get("per_area_min"),
        per_area_max=demo.get("per_area_max"),
        central_kitchens_min=central.get("min"),
        central_kitchens_max=central.get("max"),
        min_seats=site.get("min_seats"),
        min_area_per_seat_m2=_number(site.get("min_area_per_seat_m2")),
        max_floor=site.get("max_floor"),
        min_meals_per_service=site.get("min_meals_per_service"),
        level_floor=level.get("floor"),
        level_else=_texts(level.get("else")),
        licences={str(form): str(name) for form, name in _section(site, "licence").items()},
        equipment=_texts(site.get("equipment")),
        notices=_texts(site.get("notices")),
        filing=_texts(site.get("filing")),
        modes=_texts(supply.get("modes")),
        attendant_required=bool(site.get("attendant_required", False)),
        change_notice_days=site.get("change_notice_days"),
        name_pattern=str(site.get("name_pattern") or ""),
        hotline=str(_section(_section(body, "survey"), "complaints").get("hotline") or ""),
        cite=str(site.get("cite") or area.get("cite") or ""),
    )


def in_area(rules: SiteRules, district: str, street: str) -> bool:
    """
    Whether the programme holds in a district: its code, that of a place above it, or its very word.

    Parameters
    ----------
    rules
        A programme without a list of areas holds everywhere.
    district, street
        As a site is filed.
    """
    if {district, street} & set(rules.exclude):
        return False
    return not rules.include or any(
        district == area or (area.isdecimal() and district.startswith(_stem(area))) for area in rules.include
    )


def _stem(code: str) -> str:
    """A division's code without the pairs of zeros at its end: ``440100`` holds all of ``4401``."""
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return code


def _section(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = body.get(name)
    return found if isinstance(found, Mapping) else {}


def _texts(found: Sequence[Any] | None) -> tuple[str, ...]:
    return tuple(str(one) for one in found or ())


def _number(found: Any) -> float | None:
    return None if found is None else float(found)


def _siting(one: Mapping[str, Any]) -> Siting:
    return Siting(
        str(one["kind"]),
        one.get("max_radius_m"),
        one.get("min_elderly"),
        one.get("households_gte"),
        int(one.get("min_sites", 1)),
    )


def _circle(one: Mapping[str, Any]) -> Circle:
    minutes = one["minutes"]
    return Circle(
        str(one["zone"]), int(minutes["target"]), int(minutes["limit"]), str(one.get("mode", "walk"))
    )
