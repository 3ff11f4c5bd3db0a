"""What the papers of a published service are made from, read once for all of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlmodel import Session

from api.carriers.views import missing_at
from api.day.carrying import Carrying, load_carrying
from api.day.changes import ChangesView, changes_view, planned_orders
from api.day.clocks import boxes_as_they_stand
from api.day.diets import load_rules
from api.day.holds import profile_at
from api.day.services import find_kitchen
from api.names import size_names, variant_names
from api.reports.facts import Named, PaperHead
from kitchen.batches import Batch
from kitchen.boxes import Box, Carrier
from kitchen.equipment import Equipment, Slot
from kitchen.foods import Food
from kitchen.recipes import Dish, allergens
from kitchen.safety import SafetyProfile
from kitchen.store.acts import load_cooked, load_packed, load_started
from kitchen.store.catalogue import load_dishes, load_foods
from kitchen.store.equipment import load_carriers, load_equipment
from kitchen.store.production import load_batches, load_boxes, load_exceptions, load_production, load_slots
from kitchen.store.sub_recipes import load_sub_recipes
from kitchen.sub_recipes import SubRecipe
from kitchen.variants import VariantNotMade, as_variant
from orders.codes import Coded
from orders.diners import Diner
from orders.errors import NotFound
from orders.menus import REGULAR
from orders.order import Order, OrderLine, Override
from orders.service import Service
from orders.sites import Kitchen, Place, Site
from orders.store.clashes import load_overrides
from orders.store.credentials import load_credentials
from orders.store.diners import load_diners
from orders.store.sites import load_sites
from routing.day_events import road_after
from routing.plan import Plan
from routing.store.day_events import DayEventRow, event_of, load_day_events
from routing.store.fleet import load_vans
from routing.store.plans import departed_trips, load_plan
from routing.vans import Van


@dataclass(frozen=True)
class PaperFacts:
    """
    One published service, as its papers need it.

    Parameters
    ----------
    service, kitchen
        Which service, by whom.
    production_version, plan_version
        What is printed.
    printed_at
        Instant of the print.
    profile
        The rule of the food's clock.
    orders, diners
        Locked orders as the plan knows them, later changes aside; their diners by id.
    batches, slots, equipment
        What is cooked, when by batch id, in what by equipment id.
    boxes, carriers
        What is packed, with the clocks that the kitchen's reports give it; carriers by id.
    plan, vans
        What is driven; vans by id.
    sites, dishes, foods
        By id.
    changes
        What has changed since the plan.
    overrides
        What named persons answer for.
    missing
        Codes of carriers that earlier services left at a site, by site id.
    begun
        Batches that are on the heat or off it, as reported.
    departed
        Codes of the trips that left.
    outside
        Which batches are ready outside their windows, what holds each, and what would help.
    sub_recipes
        Stocks and sauces by code.
    off_s
        When each batch came off the heat, as reported, else as planned, by batch id.
    carrying
        Who carries bags on from the canteens.
    phones
        Telephones of the diners to whose doors volunteers go, by diner id.
    fetched
        Boxes that a van takes over from another one on the road: nobody loads them at a dock.
    moved
        Where stops are that are elsewhere today, by site id.
    """

    service: Service
    kitchen: Kitchen
    production_version: int
    plan_version: int
    printed_at: datetime
    profile: SafetyProfile
    orders: tuple[Order, ...]
    diners: Mapping[str, Diner]
    batches: tuple[Batch, ...]
    slots: Mapping[str, Slot]
    equipment: Mapping[str, Equipment]
    boxes: tuple[Box, ...]
    carriers: Mapping[str, Carrier]
    plan: Plan
    vans: Mapping[str, Van]
    sites: Mapping[str, Site]
    dishes: Mapping[str, Dish]
    foods: Mapping[str, Food]
    changes: ChangesView
    overrides: tuple[Override, ...] = ()
    missing: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    begun: frozenset[str] = frozenset()
    departed: frozenset[str] = frozenset()
    outside: tuple[Coded, ...] = ()
    sub_recipes: Mapping[str, SubRecipe] = field(default_factory=dict)
    off_s: Mapping[str, int] = field(default_factory=dict)
    carrying: Carrying = field(default_factory=Carrying)
    phones: Mapping[str, str] = field(default_factory=dict)
    fetched: frozenset[str] = frozenset()
    moved: Mapping[str, Place] = field(default_factory=dict)

    @property
    def production_head(self) -> PaperHead:
        """Head of what the kitchen reads."""
        return PaperHead(self.service, self.kitchen, self.production_version, self.printed_at)

    @property
    def plan_head(self) -> PaperHead:
        """Head of what the drivers read."""
        return PaperHead(self.service, self.kitchen, self.plan_version, self.printed_at)

    @cached_property
    def cooked(self) -> tuple[Batch, ...]:
        """The batches that have a place in the schedule, in order of code."""
        return tuple(batch for batch in self.batches if batch.batch_id in self.slots)

    @cached_property
    def batch_of(self) -> Mapping[str, Batch]:
        """The scheduled batch of every portion in one, by line id."""
        return {line_id: batch for batch in self.cooked for line_id in batch.line_ids}

    @cached_property
    def ordered(self) -> Mapping[str, tuple[Order, OrderLine]]:
        """Every portion that is to be cooked, by line id, with its order."""
        return {
            line.line_id: (order, line)
            for order in self.orders
            for line in order.lines
            if line.state != "withdrawn"
        }

    def order_id_of(self, line_id: str) -> str | None:
        """The order that a portion belongs to; None when the portion is gone."""
        found = self.ordered.get(line_id)
        return found[0].order_id if found else None

    def answered(self, order: Order) -> tuple[tuple[str, str], ...]:
        """Who decided, and why, that portions of the order are given in spite of a clash."""
        lines = {line.line_id for line in order.lines if line.state != "withdrawn"}
        return tuple((one.by_name, one.reason) for one in self.overrides if one.line_id in lines)

    def dish_named(self, dish_id: str) -> Named:
        """A dish by name; one that is gone from the catalogue goes by its id."""
        dish = self.dishes.get(dish_id)
        return Named(dish.name_zh, dish.name_en) if dish else Named(dish_id, dish_id)

    def cooked_dish(self, dish_id: str, variant: str) -> Dish | None:
        """A dish as its variant is cooked; None when the catalogue no longer has it so."""
        dish = self.dishes.get(dish_id)
        try:
            return dish and as_variant(dish, variant, self.foods, load_rules())
        except VariantNotMade:
            return None

    def allergens_of(self, portions: Iterable[tuple[str, str]]) -> tuple[frozenset[str], frozenset[str]]:
        """
        What these dishes and variants contain, and what they may contain or nobody has declared.

        What the plain dish contains counts for its variants, since both are cooked in the same kitchen.
        """
        contains: set[str] = set()
        perhaps: set[str] = set()
        for dish_id, variant in portions:
            for dish in (self.dishes.get(dish_id), self.cooked_dish(dish_id, variant)):
                if dish is not None:
                    certain, possible, unknown = allergens(dish, self.foods)
                    contains |= certain
                    perhaps |= possible | unknown
        return frozenset(contains), frozenset(perhaps - contains)

    def diner_label(self, diner_id: str) -> str:
        """A diner's name with the number, since two may share a name; empty when the diner is gone."""
        diner = self.diners.get(diner_id)
        return f"{diner.name} {diner.code}" if diner else ""

    def site_name(self, site_id: str) -> str:
        """A site's name, its code when the site is gone."""
        return self.sites[site_id].name if site_id in self.sites else site_id


def load_paper_facts(
    session: Session, service: Service, printed_at: datetime, version: int | None = None
) -> PaperFacts:
    """
    Reads everything that the papers of a service need.

    Parameters
    ----------
    service, printed_at
        Whose papers, printed when.
    version
        Which version of production and plan; None is the published one.

    Raises
    ------
    NotFound
        When nothing is published for it.
    """
    production = load_production(session, service.key, version)
    loaded, told = load_plan(session, service.key, version), load_day_events(session, service.key)
    if production is None or loaded is None:
        raise NotFound("production", service.key)
    kitchen_id, key = service.kitchen_id, production.production_id
    told = [row for row in told if row.version <= production.version]
    orders = tuple(planned_orders(session, service, production.version))
    batches = tuple(load_batches(session, key))
    slots = {slot.batch_id: slot for slot in load_slots(session, key)}
    sites = load_sites(session, kitchen_id, service.meal)
    off_s, begun, boxes = _as_reported(session, service, key, slots, sites)
    dish_ids = {batch.dish_id for batch in batches} | {line.dish_id for o in orders for line in o.lines}
    return PaperFacts(
        service=service,
        kitchen=find_kitchen(session, kitchen_id),
        production_version=production.version,
        plan_version=loaded[0].version,
        printed_at=printed_at,
        profile=profile_at(session, kitchen_id),
        orders=orders,
        diners=load_diners(session),
        batches=batches,
        slots=slots,
        equipment={piece.equipment_id: piece for piece in load_equipment(session, kitchen_id)},
        boxes=boxes,
        carriers={carrier.carrier_id: carrier for carrier in load_carriers(session, kitchen_id)},
        plan=loaded[1],
        vans={van.van_id: van for van in load_vans(session, kitchen_id)},
        sites=sites,
        dishes=load_dishes(session, dish_ids),
        foods=load_foods(session),
        changes=changes_view(session, service),
        overrides=tuple(load_overrides(session, service)),
        missing=missing_at(session, service),
        begun=begun,
        departed=departed_trips(session, loaded[0].plan_id),
        outside=tuple(one.reason for stage, one in load_exceptions(session, key) if stage == "schedule"),
        sub_recipes=load_sub_recipes(session),
        off_s=off_s,
        carrying=load_carrying(session, kitchen_id),
        phones=_phones(session, orders, boxes),
        fetched=frozenset(box_id for row in told for one in _fetched(row) for box_id in one["box_ids"]),
        moved=road_after(event for row in told if (event := event_of(row)) is not None).moved,
    )


def _fetched(row: DayEventRow) -> list[dict[str, Any]]:
    """Who fetches what by an event, as documents."""
    return list(row.found.get("fetched", ()))


def _phones(session: Session, orders: Iterable[Order], boxes: Iterable[Box]) -> dict[str, str]:
    """Diner id to the telephone noted last, of those whose meals lie in bags that go on to doors."""
    inside = {line_id for box in boxes if box.second_leg for line_id in box.line_ids}
    away = {order.diner_id for order in orders if any(line.line_id in inside for line in order.lines)}
    held = load_credentials(session, away, "phone", good_only=True) if away else []
    return {one.diner_id: one.number_or_digest for one in held}


def _as_reported(
    session: Session, service: Service, key: str, slots: Mapping[str, Slot], sites: Mapping[str, Site]
) -> tuple[Mapping[str, int], frozenset[str], tuple[Box, ...]]:
    """When batches are off the heat, which are on it or off, the boxes with the clocks of the reports."""
    reports = (
        {batch_id: act for batch_id, (_, act) in load_cooked(session, key).items()},
        {box_id: act for box_id, (_, act) in load_packed(session, key).items()},
    )
    boxes = boxes_as_they_stand(session, service, load_boxes(session, key), slots, sites, reports)
    off_s = {batch_id: slot.ready_s for batch_id, slot in slots.items()}
    off_s |= {batch_id: service.seconds(act.happened_at) for batch_id, act in reports[0].items()}
    begun = frozenset(load_started(session, key)) | frozenset(reports[0])
    return off_s, begun, tuple(boxes.values())


def variant_named(variant: str) -> Named | None:
    """A variant by name, None for the plain one; one that the list lacks goes by its code."""
    if variant == REGULAR:
        return None
    return variant_names().get(variant, Named(variant, variant))


def served_named(variant: str, size: str) -> Named | None:
    """A variant and a size by name, as they stand beside a dish; None for the plain, regular portion."""
    made = variant_named(variant)
    if size == REGULAR:
        return made
    of_size = size_names().get(size, Named(size, size))
    return of_size if made is None else Named(f"{made.zh}·{of_size.zh}", f"{made.en}, {of_size.en}")


def in_language(zh: str, en: str, language: str) -> str:
    """The name in this language, else in the other; empty when there is none in either."""
    return Named(zh, en).called(language) if zh or en else ""
