"""Plan: a closed service becomes a production and a delivery plan, drafts until somebody publishes them."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlmodel import Session

from api.audit import record
from api.carriers.views import empties_at
from api.collector import without_collecting
from api.day.chilled import cooled_stock, left_out
from api.day.cooks import cooks_of
from api.day.departures import last_plates_s
from api.day.diets import load_rules, with_diets
from api.day.extras import extras_of
from api.day.holds import profile_of
from api.day.lot_clashes import lots_of_draft, require_none_clashing
from api.day.offered import offered
from api.day.params import day_params
from api.day.planning import SPARE_STAYS, plan_day
from api.day.planning_facts import DayFacts, DayPlan
from api.day.recheck import recheck_service
from api.day.roads import learn_ways, ways_kept, ways_of
from api.day.services import Rules, require_open_day, rules_of
from api.db import Database
from api.permissions import Actor, ensure
from api.stock.picking import keep_picks, stock_findings
from kitchen.as_cooked import cooked_key
from kitchen.cooled import SURPLUS, Cooled
from kitchen.demand import Portion
from kitchen.recipes import Dish
from kitchen.safety import SafetyProfile
from kitchen.store.acts import load_cooked
from kitchen.store.catalogue import dish_revisions, load_dishes, load_foods
from kitchen.store.chilled import chilled_reports
from kitchen.store.chilled_after import carry_steps
from kitchen.store.equipment import load_carriers, load_equipment
from kitchen.store.production import (
    Production,
    Stage,
    latest_production_version,
    load_production,
    publish_production,
    save_production,
)
from kitchen.variants import as_variant, variant_for
from orders.codes import Coded, Excepted
from orders.diners import PORTION_SIZE, Diner
from orders.errors import Conflict, NotFound
from orders.ids import IdSource
from orders.menus import REGULAR, Menu
from orders.order import Order
from orders.service import Service
from orders.sites import Site
from orders.store.diners import load_diners
from orders.store.orders import load_clashes, load_orders
from orders.store.services import load_close
from orders.store.sites import load_sites
from routing.store.fleet import load_vehicles
from routing.store.plans import PlanHead, load_plan, publish_plan, save_plan

ROADS = "roads"


@dataclass(frozen=True, slots=True)
class PlanOutcome:
    """
    What a planning run gave.

    Parameters
    ----------
    version
        Of the production and the plan, both drafts.
    day
        The plan itself.
    notes
        What the house says about it that no solver knows: its stock.
    """

    version: int
    day: DayPlan
    notes: tuple[Coded, ...] = ()


def plan_service(
    database: Database, service: Service, *, actor: Actor, now_at: datetime, ids: IdSource, seed: int
) -> PlanOutcome:
    """
    Plans a closed service and keeps the result as a new draft version.

    The solvers run outside any transaction; when the orders changed meanwhile, nothing is kept.

    Parameters
    ----------
    database
        Where from and to.
    service
        What is planned.
    actor, now_at, ids
        Who, when, with which row ids.
    seed
        Same orders and seed, same plan.

    Raises
    ------
    Conflict
        When the service is not closed, a clash is open, nothing was ordered, or the orders changed.
    ImportError
        When OR-Tools is missing.
    """
    ensure(actor, "day.plan", kitchen_id=service.kitchen_id)
    roads = learn_ways(database, service, now_at)
    with database.read() as session:
        rules = _require_ready(session, service)
        facts = gather(session, service, rules, now_at)
        revisions = _revisions(session, facts, rules)
    digest = digest_of(facts)
    day = plan_day(facts, seed=seed, ids=ids)
    with database.begin(lock=service.key) as session:
        if digest_of(gather(session, service, _require_ready(session, service), now_at)) != digest:
            raise Conflict("orders_changed", service=service.key)
        version = latest_production_version(session, service.key) + 1
        production = Production(ids.new(), service.key, version, digest, revisions, now_at, actor.user_id)
        kept = [*exceptions_of(day), *(("routes", Excepted(one, ROADS, 0)) for one in roads)]
        save_production(
            session,
            production,
            batches=day.batches,
            slots=day.schedule.slots,
            boxes=day.packed.boxes,
            exceptions=kept,
        )
        head = PlanHead(
            ids.new(), service.key, version, digest, production.production_id, now_at, actor.user_id
        )
        save_plan(session, head, day.plan, ids.new)
        record(session, actor, "day.plan", service.key, now_at, {"version": version, "seed": seed})
        notes = (*cooks_of(session, service)[1], *stock_findings(session, service, day.batches))
        notes = (*roads, *notes, *_told(session, facts, rules, day, now_at, ids))
    return PlanOutcome(version, day, notes)


def _told(
    session: Session, facts: DayFacts, rules: Rules, day: DayPlan, now_at: datetime, ids: IdSource
) -> tuple[Coded, ...]:
    """What else the house says of a draft: the clashes that its lots bring, and what is cooked beyond."""
    service = facts.service
    lots = lots_of_draft(session, service, day.batches)
    found = recheck_service(session, service, now_at=now_at, ids=ids, lots=lots)
    clashing = (Coded("lots_clash", {"portions": found}),) if found else ()
    sample_g = facts.profile.sample_min_g
    beyond = extras_of(session, service, facts.portions, facts.sites, rules.settings, sample_g)
    last_s = _last_plate_s(service, facts.sites, facts.portions)
    chilled = () if last_s is None else left_out(session, service, facts.profile, last_s, now_at)
    return (*clashing, *chilled, beyond.note)


def publish_day(session: Session, service: Service, version: int, *, actor: Actor, now_at: datetime) -> None:
    """
    Publishes one version of production and plan together; the version before is superseded.

    Raises
    ------
    NotFound
        When there is no such version.
    Conflict
        When it is not a draft, a clash is open or comes with the lots picked now, what it was planned from
        has changed since, or the kitchen has begun by the version before, which its reports name.
    """
    ensure(actor, "day.publish", kitchen_id=service.kitchen_id)
    production, loaded = (
        load_production(session, service.key, version),
        load_plan(session, service.key, version),
    )
    if production is None or loaded is None:
        raise NotFound("plan", f"{service.key} {version}")
    if production.status != "draft":
        raise Conflict("plan_not_draft", service=service.key, version=version)
    rules = _require_ready(session, service)
    if digest_of(gather(session, service, rules, now_at)) != production.input_digest:
        raise Conflict("orders_changed", service=service.key)
    before = load_production(session, service.key)
    chilled = chilled_reports(session, before.production_id) if before else {}
    if before is not None and load_cooked(session, before.production_id).keys() - chilled.keys():
        raise Conflict("day_under_way", service=service.key, version=before.version)
    publish_production(session, production.production_id)
    publish_plan(session, loaded[0].plan_id)
    keep_picks(session, service)
    carry_steps(session, service.key)
    require_none_clashing(session, service)
    record(session, actor, "day.publish", service.key, now_at, {"version": version})


@without_collecting()
def gather(session: Session, service: Service, rules: Rules, now_at: datetime | None = None) -> DayFacts:
    """
    Everything the service is planned from, as the tables have it now.

    Parameters
    ----------
    session, service, rules
        Open; what is planned, by which rules.
    now_at
        The minute, when chilled food is drawn by these facts: see `cooled_stock`.
    """
    orders = load_orders(session, service, ("locked",))
    eaters = load_diners(session, ids={order.diner_id for order in orders}, facts=(PORTION_SIZE,))
    diners = with_diets(eaters)
    menu = offered(session, service)
    if menu is None:
        raise NotFound("menu", service.key)
    portions = portions_of(orders, diners, menu)
    dishes = load_dishes(session, {portion.dish_id for portion in portions})
    sites = load_sites(session, service.kitchen_id, service.meal)
    profile = profile_of(session, str(rules.settings.get("safety_profile", "gb")))
    beyond = extras_of(session, service, portions, sites, rules.settings, profile.sample_min_g)
    eating = {site_id: sites[site_id] for site_id in sorted({one.site_id for one in portions} & sites.keys())}
    travel = ways_of(session, rules.settings, rules.kitchen, eating, service)
    return DayFacts(
        service=service,
        kitchen=rules.kitchen,
        portions=tuple(portions),
        dishes=dishes | made_dishes(session, dishes, portions),
        sites=sites,
        equipment=tuple(load_equipment(session, service.kitchen_id)),
        carriers=tuple(load_carriers(session, service.kitchen_id)),
        vehicles=tuple(load_vehicles(session, service)),
        profile=profile,
        params=day_params(service, rules.settings, beyond.params, travel),
        contains=_contained(menu, portions),
        cooks=cooks_of(session, service)[0],
        cooled=_cooled(session, service, profile, _last_plate_s(service, sites, portions), now_at),
        empties=empties_at(session, service) if rules.settings.get("empties_back") else {},
    )


def _cooled(
    session: Session,
    service: Service,
    profile: SafetyProfile,
    last_plate_s: int | None,
    now_at: datetime | None,
) -> tuple[Cooled, ...]:
    """Chilled food that is cooked already and lasts to the last plate of the sites that eat."""
    if last_plate_s is None:
        return ()
    return cooled_stock(session, service, profile, last_plate_s, now_at)


def _last_plate_s(service: Service, sites: Mapping[str, Site], portions: Iterable[Portion]) -> int | None:
    """When the last plate of the sites that eat is eaten; None where nobody does."""
    plates = last_plates_s(service, sites)
    return max((plates[site_id] for site_id in {one.site_id for one in portions}), default=None)


def made_dishes(session: Session, dishes: Mapping[str, Dish], portions: Iterable[Portion]) -> dict[str, Dish]:
    """Each dish variant that is asked for, by `cooked_key`; plain dishes are left out."""
    asked = {(one.dish_id, one.variant) for one in portions if one.variant != REGULAR}
    known = sorted((dish_id, variant) for dish_id, variant in asked if dish_id in dishes)
    foods, rules = load_foods(session) if known else {}, load_rules()
    return {
        cooked_key(dish_id, variant): as_variant(dishes[dish_id], variant, foods, rules)
        for dish_id, variant in known
    }


def _contained(menu: Menu, portions: Iterable[Portion]) -> dict[str, frozenset[str]]:
    """Allergens that may be in each dish variant, by `cooked_key`."""
    asked = sorted({(one.dish_id, one.variant) for one in portions})
    items = ((dish_id, variant, menu.item(dish_id)) for dish_id, variant in asked)
    return {
        cooked_key(dish_id, variant): item.made_as(variant).counts_as_containing
        for dish_id, variant, item in items
        if item is not None
    }


def portions_of(orders: Iterable[Order], diners: Mapping[str, Diner], menu: Menu) -> list[Portion]:
    """The portions to cook, each as its diner needs it; a diner with an allergen has it on each."""
    found, rules, service_on = [], load_rules(), menu.service.service_on
    size_of = cache(rules.size)
    items = {item.dish_id: item for item in menu.items}
    variants: dict[tuple[object, ...], dict[str, str]] = defaultdict(dict)
    for order in orders:
        diner = diners[order.diner_id]
        known = variants[diner.allergens, diner.diets, diner.avoids_tags, diner.texture]
        second_leg = order.brought(diner) == "volunteer"
        size = size_of(diner.fact(PORTION_SIZE, service_on))
        for line in order.lines:
            if line.state == "withdrawn":
                continue
            item = items.get(line.dish_id)
            if line.dish_id not in known:
                known[line.dish_id] = variant_for(diner, item, rules) if item else REGULAR
            portion = Portion(
                line_id=line.line_id,
                order_id=order.order_id,
                diner_id=order.diner_id,
                site_id=order.site_id,
                dish_id=line.dish_id,
                variant=known[line.dish_id],
                hold_class=item.hold_class if item else "hot",
                second_leg=second_leg,
                special=bool(diner.allergens),
                name_label=diner.code,
                avoids=diner.allergens,
                size=size,
            )
            found.append(portion)
    return found


def digest_of(facts: DayFacts) -> str:
    """SHA-256 of everything the plan rests on."""
    text = json.dumps(asdict(facts), default=_text, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _text(value: object) -> str | list[str]:
    return sorted(str(part) for part in value) if isinstance(value, frozenset | set) else str(value)


def _require_ready(session: Session, service: Service) -> Rules:
    if load_close(session, service) is None:
        require_open_day(session, service)
        raise Conflict("service_not_closed", service=service.key)
    if waiting := load_clashes(session, service, open_only=True):
        raise Conflict("clashes_open", service=service.key, count=len(waiting))
    return rules_of(session, service)


def _revisions(session: Session, facts: DayFacts, rules: Rules) -> dict[str, Any]:
    return {
        "kitchen": rules.revision,
        "programme": f"{rules.programme.id} {rules.programme.revision}",
        "safety_profile": f"{facts.profile.code} {facts.profile.revision}",
        "dishes": dish_revisions(session, facts.dishes.keys()),
        "travel": ways_kept(rules.settings, facts.params.travel),
    }


def exceptions_of(day: DayPlan) -> list[tuple[Stage, Excepted]]:
    """What is kept of a plan beside its rows: portions that are lost, batches that are late and why."""
    lost: list[tuple[Stage, Excepted]] = [("packing", item) for item in day.not_boxed]
    late = [*day.schedule.late, *day.schedule.why] if day.schedule.late else []
    told: list[tuple[Stage, Coded]] = [("schedule", one) for one in late]
    told += [("batches", note) for note in day.notes if note.code in SURPLUS]
    told += [("packing", note) for note in day.notes if note.code == SPARE_STAYS]
    refs = ((stage, one, one.params.get("batch") or one.params.get("site", "")) for stage, one in told)
    return [*lost, *((stage, Excepted(one, str(ref), 0)) for stage, one, ref in refs)]


def losses(day: DayPlan) -> list[Excepted]:
    """Portions that the plan loses on the way: not boxed, or in boxes that no van brings."""
    boxes = {box.box_id: box for box in day.packed.boxes}
    unserved = [
        Excepted(item.reason, boxes[box_id].code, boxes[box_id].portions)
        for item in day.plan.unserved
        for box_id in item.box_ids
    ]
    return [*day.not_boxed, *unserved]
