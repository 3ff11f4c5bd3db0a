"""Facilities from a CSV file, and what each gets."""

from collections import Counter
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from pathlib import Path

from api.settling.files import NO, YES
from api.settling.sheets import Rejected, Sheet
from orders.awards import Award, Facility, award
from orders.codes import Coded
from orders.errors import BadInput
from orders.programmes.benefits import TieredAward
from orders.programmes.schema import Programme

COLUMNS = ("site_id", "kind", "area_m2", "communities")
ALL_COLUMNS = (*COLUMNS, "meals_per_service", "seats", "floor", "lift", "ramp", "claims_before")
NUMBERS = {
    "area_m2": "area_m2",
    "communities": "communities",
    "meals_per_service": "meals_per_service",
    "seats": "simultaneous_elderly_diners",
    "floor": "floor",
}
FRACTIONAL = frozenset({"area_m2"})


def award_rows(path: Path, programme: Programme) -> tuple[list[Award], list[Rejected]]:
    """
    What each facility of a file gets, in the file's order, and the rows left out; an award is given once.

    Parameters
    ----------
    path
        Columns ``site_id, kind, area_m2, communities, meals_per_service, seats, floor, lift, ramp,
        claims_before``.
    programme
        Whose tiered awards count.

    Raises
    ------
    BadInput
        When the file cannot be read as a table of these columns, or the programme gives no such award.
    """
    benefits = {one.facility: one for one in programme.benefits if isinstance(one, TieredAward)}
    if not benefits:
        raise BadInput("no_awards", programme=programme.id)
    sheet = Sheet(path, COLUMNS)
    found: list[Award] = []
    given: Counter[tuple[str, str]] = Counter()
    for line, cells in sheet.rows(*ALL_COLUMNS):
        row = dict(zip(ALL_COLUMNS, cells, strict=True))
        try:
            facility = _facility(row)
        except (ValueError, InvalidOperation):
            sheet.refuse(line, Coded("facility_unreadable", {"site": row["site_id"]}))
            continue
        if facility.kind not in benefits:
            known = ", ".join(sorted(benefits))
            sheet.refuse(line, Coded("facility_unknown", {"kind": facility.kind, "known": known}))
            continue
        mine = (facility.site_id, facility.kind)
        one = award(replace(facility, claims_before=facility.claims_before + given[mine]), benefits[mine[1]])
        given[mine] += one.decision == "awarded"
        found.append(one)
    return found, sheet.rejected


def _facility(row: dict[str, str]) -> Facility:
    numbers = {metric: _number(row[name]) for name, metric in NUMBERS.items() if row.get(name)}
    if any(number % 1 for name, number in numbers.items() if name not in FRACTIONAL):
        raise ValueError(row)
    lift, ramp = _truth(row.get("lift", "")), _truth(row.get("ramp", ""))
    claims = int(row.get("claims_before") or 0)
    if claims < 0 or not all(row[name] for name in COLUMNS):
        raise ValueError(row)
    return Facility(row["site_id"], row["kind"], numbers, {"lift_or_ramp": lift or ramp}, claims)


def _number(text: str) -> Decimal:
    value = Decimal(text)
    if not value.is_finite() or value < 0:
        raise ValueError(text)
    return value


def _truth(text: str) -> bool:
    if text.lower() not in YES | NO:
        raise ValueError(text)
    return text.lower() in YES
