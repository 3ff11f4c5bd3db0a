"""Canteens from a file."""

from typing import cast

from api.imports.cells import Record
from api.imports.report import Applied, Context, RowRefused, once_each
from orders.sites import FormOfSupply, Hours, Place, Site
from orders.store.sites import load_sites, save_sites

FORMS = {"bulk": "bulk", "packed": "packed", "cooked": "on_site"}
HOME_PREFIX = "H-"


def apply_canteens(records: list[Record], context: Context) -> Applied:
    """Keeps canteens, new or changed; a row whose window cannot be is refused."""
    applied = Applied()
    known = load_sites(context.session, context.kitchen.kitchen_id, context.meal)
    names = {site.name: site.site_id for site in known.values()}
    changed = []
    for record in once_each(records, applied, "code", "row_code_twice"):
        try:
            site = _site(record)
            if names.get(site.name, site.site_id) != site.site_id:
                raise RowRefused("name", "row_name_taken", code=names[site.name])
        except RowRefused as refusal:
            applied.refuse(record, refusal)
            continue
        names[site.name] = site.site_id
        if applied.count(known.get(site.site_id), site):
            changed.append(site)
    save_sites(context.session, context.kitchen.kitchen_id, context.meal, changed)
    return applied


def _site(record: Record) -> Site:
    values = dict(record.values)
    code = str(values["code"])
    if code.startswith(HOME_PREFIX):
        raise RowRefused("code", "row_code_reserved", prefix=HOME_PREFIX)
    return Site(
        site_id=code,
        kind="canteen",
        name=str(values["name"]),
        district=str(values["district_code"]),
        form=cast(FormOfSupply, FORMS[str(values["form"])]),
        place=place_of(record),
        hours=_hours(record),
        unload_s=cast(int, values["unload_s"]),
        capacity=cast(int, values["capacity"]),
        address=str(values.get("address") or ""),
        contact=" ".join(str(values[f]) for f in ("contact", "phone") if values.get(f)),
    )


def place_of(record: Record) -> Place:
    """The row's WGS-84 place; refused when it is none."""
    try:
        return Place(cast(float, record.values["lat"]), cast(float, record.values["lon"]))
    except ValueError:
        raise RowRefused("lat", "row_place_impossible") from None


def _hours(record: Record) -> Hours:
    values = dict(record.values)
    try:
        return Hours(
            opens=values["window_from"],  # type: ignore[arg-type]
            closes=values["window_to"],  # type: ignore[arg-type]
            serving_starts=values["serving_from"],  # type: ignore[arg-type]
            serving_minutes=cast(int, values["serving_minutes"]),
            second_leg_minutes=cast(int, values.get("second_leg_minutes") or 0),
        )
    except ValueError:
        raise RowRefused("window_to", "row_window_closed") from None
