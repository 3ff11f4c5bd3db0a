"""Canteens from a file."""

from collections.abc import Mapping
from datetime import time
from itertools import pairwise
from typing import cast

from api.imports.cells import Record, RowProblem, shown
from api.imports.names import folded
from api.imports.report import Applied, Context, RowRefused, once_each
from api.imports.spans import windows_of
from orders.codes import Coded
from orders.coordinates import look_exchanged, looks_shifted
from orders.service import MEALS
from orders.sites import Access, FormOfSupply, Hours, Place, Site
from orders.store.sites import kitchens_of_sites, load_sites, save_sites

FORMS = {"bulk": "bulk", "packed": "packed", "cooked": "on_site"}
HOME_PREFIX = "H-"
MOST_FLOORS = 200


def apply_canteens(records: list[Record], context: Context) -> Applied:
    """
    Keeps canteens, new or changed, with their hours of the context's meal.

    A column that the file has not leaves what is known of a canteen as it is.
    """
    applied = Applied()
    known = load_sites(context.session, context.kitchen.kitchen_id, context.meal)
    ours = sites_of_all_meals(context) | known
    owners = kitchens_of_sites(context.session)
    names = {folded(site.name): site.site_id for site in ours.values() if site.kind == "canteen"}
    changed = []
    for record in once_each(records, applied, "row_code_twice", "code"):
        try:
            site = _site(record, ours.get(str(record.values["code"])))
            _require_free(site, names, owners, context.kitchen.kitchen_id)
        except RowRefused as refusal:
            applied.refuse(record, refusal)
            continue
        if site.site_id in ours:
            names.pop(folded(ours[site.site_id].name), None)
        names[folded(site.name)] = site.site_id
        applied.overlaps += odd_place(record, site, ours.get(site.site_id), context.kitchen.place)
        if applied.count(known.get(site.site_id), site):
            changed.append(site)
    save_sites(context.session, context.kitchen.kitchen_id, context.meal, changed)
    return applied


def sites_of_all_meals(context: Context) -> dict[str, Site]:
    """Every site of the kitchen; the hours are those of any one of its meals."""
    sites: dict[str, Site] = {}
    for meal in MEALS:
        sites |= load_sites(context.session, context.kitchen.kitchen_id, meal)
    return sites


def _require_free(site: Site, names: Mapping[str, str], owners: Mapping[str, str], kitchen_id: str) -> None:
    if owners.get(site.site_id, kitchen_id) != kitchen_id:
        raise RowRefused("code", "row_code_elsewhere", kitchen=owners[site.site_id])
    owner = names.get(folded(site.name), site.site_id)
    if owner != site.site_id:
        raise RowRefused("name", "row_name_taken", code=owner)


def _site(record: Record, old: Site | None) -> Site:
    values = record.values
    code = str(values["code"])
    if code.upper().startswith(HOME_PREFIX):
        raise RowRefused("code", "row_code_reserved", prefix=HOME_PREFIX)
    contact = " ".join(str(values[field]) for field in ("contact", "phone") if values.get(field))
    carries_contact = "contact" in values or "phone" in values
    return Site(
        site_id=code,
        kind="canteen",
        name=str(values["name"]),
        district=str(values["district_code"]),
        form=cast(FormOfSupply, FORMS[str(values["form"])]),
        place=place_of(record),
        hours=_hours(record, old),
        unload_s=cast(int, values["unload_s"]),
        capacity=cast(int, values["capacity"]),
        address=str(record.given("address", old and old.address) or ""),
        contact=contact if carries_contact or old is None else old.contact,
        access=_access(record, old.access if old else Access()),
    )


def _access(record: Record, old: Access) -> Access:
    """What the door asks for: as the file says, or as it is known where the file has no such column."""
    floor = cast("float | None", record.given("floor", float(old.floor))) or 0.0
    if not floor.is_integer() or abs(floor) > MOST_FLOORS:
        raise RowRefused("floor", "row_floor")
    priority = cast("int | None", record.given("priority", old.priority))
    if priority == 0:
        raise RowRefused("priority", "row_at_least", least=1)
    return Access(
        floor=int(floor),
        lift=record.given("lift", "yes" if old.lift else "no") == "yes",
        unload_box_s=cast("int | None", record.given("unload_box_s", old.unload_box_s)),
        needs=frozenset(cast("tuple[str, ...]", record.given("needs", tuple(old.needs)) or ())),
        familiar=frozenset(cast("tuple[str, ...]", record.given("familiar", tuple(old.familiar)) or ())),
        priority=priority,
        door_note=str(record.given("door_note", old.door_note) or ""),
    )


def odd_place(record: Record, site: Site, old: Site | None, kitchen: Place) -> list[RowProblem]:
    """What is odd about a place that is kept all the same: exchanged, or as Chinese web maps draw it."""
    place = site.place
    code = "row_place_exchanged" if look_exchanged(place.lat, place.lon, kitchen) else ""
    if old is not None and looks_shifted(place, old.place):
        code = "row_place_shifted"
    value = f"{shown(record.cells.get('lat', ''))}, {shown(record.cells.get('lon', ''))}"
    return [RowProblem(record.line, "lat", value, Coded(code))] if code else []


def place_of(record: Record) -> Place:
    """The row's WGS-84 place; refused when it is none."""
    lat, lon = cast(float, record.values["lat"]), cast(float, record.values["lon"])
    try:
        return Place(lat, lon)
    except ValueError:
        raise RowRefused("lat" if abs(lat) > 90 else "lon", "row_place_impossible") from None


def _hours(record: Record, old: Site | None) -> Hours:
    values = record.values
    second_leg = record.given("second_leg_minutes", old and old.hours.second_leg_minutes)
    known = old.hours.more_windows if old else ()
    more = windows_of(record, "more_windows") if "more_windows" in values else known
    opens, closes = cast(time, values["window_from"]), cast(time, values["window_to"])
    bounds = [opens, closes, *(clock for window in more for clock in window)]
    if opens < closes and any(later <= sooner for sooner, later in pairwise(bounds)):
        raise RowRefused("more_windows", "row_windows")
    try:
        return Hours(
            opens=opens,
            closes=closes,
            serving_starts=cast(time, values["serving_from"]),
            serving_minutes=cast(int, values["serving_minutes"]),
            second_leg_minutes=cast(int, second_leg or 0),
            more_windows=more,
        )
    except ValueError:
        raise RowRefused("window_to", "row_window_closed") from None
