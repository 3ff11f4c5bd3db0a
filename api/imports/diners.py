"""Diners from a file, with the homes that the kitchen's own van serves."""

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any, Literal, cast

from api.imports.canteens import HOME_PREFIX, place_of
from api.imports.cells import Record
from api.imports.report import Applied, Context, RowRefused, once_each
from orders.diners import Diner, DinerFact, Texture
from orders.sites import Hours, Site
from orders.store.diners import load_diners, save_diners
from orders.store.sites import load_kitchen_settings, load_sites, save_sites

OLDEST_DAYS = 125 * 366
SOURCE = "import"
DELIVERY: dict[str, Literal["dine_in", "volunteer", "direct"]] = {
    "canteen": "dine_in",
    "home": "volunteer",
    "home_direct": "direct",
}
FACTS = {
    "hukou": "hukou",
    "residence_district": "residence",
    "sex": "sex",
    "id_last_four": "id_last_four",
    "address": "address",
    "lat": "lat",
    "lon": "lon",
    "phone": "phone",
    "note": "note",
}


def apply_diners(records: list[Record], context: Context) -> Applied:
    """Keeps diners, new or changed; a home served directly becomes a stop of its own."""
    applied = Applied()
    sites = load_sites(context.session, context.kitchen.kitchen_id, context.meal)
    site_ids = {site.name: site.site_id for site in sites.values()} | {site_id: site_id for site_id in sites}
    known = {diner.code: diner for diner in load_diners(context.session).values()}
    _, settings = load_kitchen_settings(context.session, context.kitchen.kitchen_id)
    home = settings.get("meal", {}).get(context.meal, {}).get("home")
    diners, homes = [], []
    for record in once_each(records, applied, "code", "row_code_twice"):
        try:
            _require_possible(record, context.now_at.date())
            stop = _stop(record, sites, site_ids, home)
        except RowRefused as refusal:
            applied.refuse(record, refusal)
            continue
        if stop.kind == "home":
            homes.append(stop)
        old = known.get(str(record.values["code"]))
        diner = _diner(record, stop.site_id, old.diner_id if old else context.ids.new())
        if applied.count(old, diner):
            diners.append(diner)
    save_sites(context.session, context.kitchen.kitchen_id, context.meal, homes)
    save_diners(context.session, diners, SOURCE)
    return applied


def _require_possible(record: Record, today_on: date) -> None:
    born_on = cast(date, record.values["born_on"])
    if not today_on - timedelta(days=OLDEST_DAYS) <= born_on <= today_on:
        raise RowRefused("born_on", "row_birth_impossible")


def _stop(
    record: Record, sites: Mapping[str, Site], site_ids: Mapping[str, str], home: dict[str, Any] | None
) -> Site:
    site_id = site_ids.get(str(record.values["site"]))
    if site_id is None:
        raise RowRefused("site", "row_site_unknown")
    return _home(record, sites[site_id], home) if record.values["dining"] == "home_direct" else sites[site_id]


def _diner(record: Record, site_id: str, diner_id: str) -> Diner:
    values = record.values
    facts = [DinerFact(FACTS[field], str(values[field])) for field in FACTS if values.get(field) is not None]
    facts.append(DinerFact("institution_resident", "true" if values["in_institution"] == "yes" else "false"))
    return Diner(
        diner_id=diner_id,
        code=str(values["code"]),
        name=str(values["name"]),
        born_on=cast(date, values["born_on"]),
        site_id=site_id,
        delivery=DELIVERY[str(values["dining"])],
        allergens=frozenset(cast(tuple[str, ...], values.get("allergens") or ())),
        diets=frozenset(cast(tuple[str, ...], values.get("diets") or ())),
        texture=cast(Texture, values.get("texture") or "regular"),
        facts=tuple(facts),
    )


def _home(record: Record, near: Site, home: dict[str, Any] | None) -> Site:
    values = record.values
    if home is None:
        raise RowRefused("dining", "row_no_direct_homes")
    if values.get("lat") is None or values.get("lon") is None:
        raise RowRefused("lat", "row_home_without_place")
    return Site(
        site_id=f"{HOME_PREFIX}{values['code']}",
        kind="home",
        name=str(values["name"]),
        district=str(values["residence_district"]),
        form="packed",
        place=place_of(record),
        hours=home_hours(home),
        unload_s=int(home["unload_s"]),
        capacity=1,
        address=str(values.get("address") or near.address),
        contact=str(values.get("phone") or ""),
    )


def home_hours(home: dict[str, Any]) -> Hours:
    """When a home is served, by its kitchen's settings: window and minutes to eat."""
    opens, closes = time.fromisoformat(home["window_from"]), time.fromisoformat(home["window_to"])
    return Hours(opens, closes, opens, int(home["eating_minutes"]))
