"""Diners from a file, with the homes that the kitchen's own van serves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import Any, Literal, cast

from api.day.recheck import recheck_diners
from api.imports.canteens import HOME_PREFIX, place_of, sites_of_all_meals
from api.imports.cells import Record
from api.imports.diner_links import LinkRegister, Links, masked
from api.imports.names import folded, nearest
from api.imports.needs import require_said
from api.imports.report import Applied, Context, RowRefused, once_each
from api.register.fact_names import require_place
from orders.diners import PORTION_SIZE, Diner, DinerFact, Texture, with_fact, with_values
from orders.errors import BadInput
from orders.service import MEALS, Meal
from orders.sites import Hours, Place, Site
from orders.store.diners import load_diners, save_diners
from orders.store.sites import load_kitchen_settings, save_sites

OLDEST_DAYS = 125 * 366
SOURCE = "import"
DELIVERY: dict[str, Literal["dine_in", "volunteer", "direct"]] = {
    "canteen": "dine_in",
    "home": "volunteer",
    "home_direct": "direct",
}
DATED_FACTS = {"hukou": "hukou", "residence_district": "residence", "in_institution": "institution_resident"}
FACT_WORDS = {"yes": "true", "no": "false"}
PLAIN_FACTS = ("sex", "id_last_four", "address", "lat", "lon", "phone", "door_note", "note")
ID_ENDS = frozenset("0123456789X")


@dataclass(frozen=True, slots=True)
class _Register:
    """What rows are checked against: canteens by name and code, sites, diners, homes' hours by meal."""

    canteens: Mapping[str, Site]
    sites: Mapping[str, Site]
    diners: Mapping[str, Diner]
    homes: Mapping[Meal, dict[str, Any]]


def apply_diners(records: list[Record], context: Context) -> Applied:
    """
    Keeps diners, new or changed; a home served directly becomes a stop of its own.

    A column that the file has not leaves what is known of a diner as it is, and so do facts of other
    sources. A programme's fact that changed holds from today; the old one keeps its days. Changed needs are
    judged again against locked orders, which stay as they are.
    """
    applied = Applied()
    register = _register(context)
    links = LinkRegister(context, {diner.diner_id: code for code, diner in register.diners.items()})
    diners, homes, said = [], [], {}
    for record in once_each(map(masked, records), applied, "row_code_twice", "code"):
        old = register.diners.get(str(record.values["code"]))
        known = old or _stranger(record, context.ids.new())
        try:
            _require_possible(record, old, context.today_on)
            _require_needs(record, old)
            _require_approved_kept(record, old, context.today_on)
            stop = _stop(record, register)
            link = links.read(record, known.diner_id)
        except RowRefused as refusal:
            applied.refuse(record, refusal)
            continue
        diner = _diner(record, known, stop.site_id, context.today_on, link)
        said[diner.diner_id] = link
        new_link = links.changes(diner.diner_id, link)
        is_new = applied.count(
            old and (old, register.sites.get(stop.site_id), False), (diner, stop, new_link)
        )
        if is_new:
            diners.append(diner)
            homes += [stop] if stop.kind == "home" else []
    for meal, home in register.homes.items():
        kept = [replace(stop, hours=home_hours(home), unload_s=int(home["unload_s"])) for stop in homes]
        save_sites(context.session, context.kitchen.kitchen_id, meal, kept)
    save_diners(context.session, diners, SOURCE, recorded_at=context.now_at, recorded_by=context.author)
    changed = [(diner, register.diners.get(diner.code)) for diner in diners]
    links.keep([(new.diner_id, said[new.diner_id], _phone_before(old)) for new, old in changed])
    links.list_overlaps(said, applied)
    needy = [
        diner.code for diner in diners if _needs(register.diners.get(diner.code, diner)) != _needs(diner)
    ]
    applied.clashes = recheck_diners(context.session, needy, now_at=context.now_at, ids=context.ids)
    return applied


def _phone_before(old: Diner | None) -> str:
    return next((fact.value for fact in old.facts if fact.fact == "phone"), "") if old else ""


def _needs(diner: Diner) -> tuple[object, ...]:
    return diner.allergens, diner.diets, diner.texture


def _register(context: Context) -> _Register:
    sites = sites_of_all_meals(context)
    _, settings = load_kitchen_settings(context.session, context.kitchen.kitchen_id)
    meals = settings.get("meal", {})
    return _Register(
        canteens=canteens_by_name(sites.values()),
        sites=sites,
        diners={diner.code: diner for diner in load_diners(context.session).values()},
        homes={meal: meals[meal]["home"] for meal in MEALS if "home" in meals.get(meal, {})},
    )


def canteens_by_name(sites: Iterable[Site]) -> dict[str, Site]:
    """Canteens by folded name and folded code."""
    canteens = [site for site in sites if site.kind == "canteen"]
    return {folded(site.name): site for site in canteens} | {folded(site.site_id): site for site in canteens}


def find_canteen(record: Record, canteens: Mapping[str, Site]) -> Site:
    """The canteen that a row's ``site`` names; refused with the nearest name when there is none."""
    name = str(record.values["site"])
    site = canteens.get(folded(name))
    if site is None:
        offered = nearest([name], (site.name for site in canteens.values()))
        raise RowRefused("site", "row_site_unknown" if offered else "row_no_sites", offered=offered)
    return site


def _require_possible(record: Record, old: Diner | None, today_on: date) -> None:
    values = record.values
    born_on = cast(date, values["born_on"])
    if not today_on - timedelta(days=OLDEST_DAYS) <= born_on <= today_on:
        raise RowRefused("born_on", "row_birth_impossible")
    last_four = str(values.get("id_last_four") or "0000").upper()
    if len(last_four) != 4 or not ID_ENDS.issuperset(last_four):
        raise RowRefused("id_last_four", "row_id_not_four")
    for field in ("hukou", "residence_district"):
        _require_place(field, str(values[field]))
    if old and old.born_on != born_on and folded(old.name) != folded(str(values["name"])):
        raise RowRefused("code", "row_code_other_person")


def _require_place(field: str, text: str) -> None:
    try:
        require_place(field, text)
    except BadInput as error:
        raise RowRefused(field, error.code, **error.params) from error


def _require_needs(record: Record, old: Diner | None) -> None:
    if old is not None:
        require_said(record, "diners", "allergens", old.allergens)
        require_said(record, "diners", "diets", old.diets)
        require_said(record, "diners", "texture", [old.texture], none=["regular"])


def _require_approved_kept(record: Record, old: Diner | None, today_on: date) -> None:
    """A roster does not overrule what somebody approved: a person puts the one or the other right."""
    approved = [fact for fact in old.facts if fact.approved_by and fact.holds_on(today_on)] if old else []
    same_name = ((name, name) for name in ("income", PORTION_SIZE))
    for field, name in (*DATED_FACTS.items(), *same_name, ("flags", "flag")):
        said = record.values.get(field)
        if said is None:
            continue
        values = said if isinstance(said, tuple) else (FACT_WORDS.get(str(said), str(said)),)
        for fact in approved:
            if fact.fact == name and fact.value not in values:
                raise RowRefused(field, "row_fact_approved", value=fact.value, approved_by=fact.approved_by)


def _stop(record: Record, register: _Register) -> Site:
    near = find_canteen(record, register.canteens)
    return _home(record, near, register) if record.values["dining"] == "home_direct" else near


def _stranger(record: Record, diner_id: str) -> Diner:
    return Diner(diner_id, str(record.values["code"]), "", cast(date, record.values["born_on"]), "")


def _diner(record: Record, known: Diner, site_id: str, today_on: date, link: Links) -> Diner:
    values = record.values
    return replace(
        known,
        name=str(values["name"]),
        born_on=cast(date, values["born_on"]),
        site_id=site_id,
        delivery=DELIVERY[str(values["dining"])],
        allergens=frozenset(cast(tuple[str, ...], record.given("allergens", tuple(known.allergens)) or ())),
        diets=frozenset(cast(tuple[str, ...], record.given("diets", tuple(known.diets)) or ())),
        texture=cast(Texture, record.given("texture", known.texture) or "regular"),
        facts=_facts(record, known, today_on, link),
    )


def _facts(record: Record, known: Diner, today_on: date, link: Links) -> tuple[DinerFact, ...]:
    facts = known.facts
    for field, name in DATED_FACTS.items():
        value = str(record.values[field])
        facts = with_fact(facts, name, FACT_WORDS.get(value, value), today_on)
    flags = cast(tuple[str, ...] | None, record.values.get("flags"))
    if flags is not None:
        facts = with_values(facts, "flag", flags, today_on, known_before=bool(known.site_id))
    for name in ("income", PORTION_SIZE):
        if record.values.get(name):
            facts = with_fact(facts, name, str(record.values[name]), today_on)
    if link.last_four:
        facts = _with_plain(facts, "id_last_four", link.last_four)
    for field in PLAIN_FACTS:
        if field in record.values and not (field == "id_last_four" and link.last_four):
            facts = _with_plain(facts, field, record.values[field])
    return facts


def _with_plain(facts: tuple[DinerFact, ...], name: str, value: object) -> tuple[DinerFact, ...]:
    """Facts that no rule dates, such as a telephone: the last one counts, an emptied cell takes it away."""
    wanted = () if value is None else (DinerFact(name, str(value)),)
    at = next((i for i, fact in enumerate(facts) if fact.fact == name), len(facts))
    others = [fact for fact in facts[at:] if fact.fact != name]
    return (*facts[:at], *wanted, *others)


def _home(record: Record, near: Site, register: _Register) -> Site:
    values = record.values
    site_id = f"{HOME_PREFIX}{values['code']}"
    old = register.sites.get(site_id)
    if not register.homes:
        raise RowRefused("dining", "row_no_direct_homes")
    home = list(register.homes.values())[-1]
    return Site(
        site_id=site_id,
        kind="home",
        name=str(values["name"]),
        district=str(values["residence_district"]),
        form="packed",
        place=_home_place(record, old),
        hours=home_hours(home),
        unload_s=int(home["unload_s"]),
        capacity=1,
        address=str(record.given("address", old and old.address) or near.address),
        contact=str(record.given("phone", old and old.contact) or ""),
    )


def _home_place(record: Record, old: Site | None) -> Place:
    if record.values.get("lat") is not None and record.values.get("lon") is not None:
        return place_of(record)
    if old is None or "lat" in record.values or "lon" in record.values:
        field = "lat" if record.values.get("lat") is None else "lon"
        raise RowRefused(field, "row_home_without_place")
    return old.place


def home_hours(home: dict[str, Any]) -> Hours:
    """When a home is served, by its kitchen's settings: window and minutes to eat."""
    opens, closes = time.fromisoformat(home["window_from"]), time.fromisoformat(home["window_to"])
    return Hours(opens, closes, opens, int(home["eating_minutes"]))
