"""One service planned from demand to routes: forward through the kitchen, then back from the vans."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kitchen.batches import Batch, BatchPlan, ExtraParams, ReadyWindow, plan_batches, ready_windows
from kitchen.boxes import Carrier
from kitchen.demand import Portion, cook_order
from kitchen.equipment import Equipment, Slot
from kitchen.packing import PackParams, PackPlan, PackTask, pack
from kitchen.recipes import Dish
from kitchen.safety import SafetyProfile
from kitchen.schedule import Schedule, ScheduleParams, schedule
from orders.codes import Coded, Excepted
from orders.ids import IdSource
from orders.service import Service
from orders.sites import Kitchen, Site
from routing.loads import build_problem
from routing.params import SolveParams
from routing.plan import Plan, Visit, check
from routing.problem import Problem, Vehicle
from routing.solve import solve
from routing.travel import TravelParams, straight_line

MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class DayParams:
    """
    How a kitchen's day is planned.

    Parameters
    ----------
    earliest_s, latest_s
        First second on the heat and last second off it.
    pack, extras, schedule, routes, travel
        Of each room.
    passes
        Most rounds of the backward arrow, the first plan included.
    """

    earliest_s: int
    latest_s: int
    pack: PackParams
    extras: ExtraParams
    schedule: ScheduleParams
    routes: SolveParams
    travel: TravelParams
    passes: int = 3


@dataclass(frozen=True, slots=True)
class DayFacts:
    """
    Everything a day is planned from.

    Parameters
    ----------
    service, kitchen
        Which service, from where.
    portions
        What was ordered.
    dishes, sites
        By id.
    equipment, carriers, vehicles
        What is there to cook in, pack in and drive with.
    profile
        The rule of the food's clock.
    params
        How it is planned.
    """

    service: Service
    kitchen: Kitchen
    portions: tuple[Portion, ...]
    dishes: Mapping[str, Dish]
    sites: Mapping[str, Site]
    equipment: tuple[Equipment, ...]
    carriers: tuple[Carrier, ...]
    vehicles: tuple[Vehicle, ...]
    profile: SafetyProfile
    params: DayParams


@dataclass(frozen=True, slots=True)
class DayPlan:
    """
    One planned service.

    Parameters
    ----------
    batches, schedule, packed
        What the kitchen does.
    problem, plan
        What the vans do.
    not_boxed
        Portions that got into no batch or no box.
    findings
        Late batches and clocks that are too short.
    passes
        Rounds that were made.
    """

    batches: tuple[Batch, ...]
    schedule: Schedule
    packed: PackPlan
    problem: Problem
    plan: Plan
    not_boxed: tuple[Excepted, ...]
    findings: tuple[Coded, ...]
    passes: int

    @property
    def score(self) -> tuple[int, int, int, int]:
        """What makes one plan worse than another: lost portions, unserved boxes, findings, food's waiting."""
        lost = sum(item.portions for item in self.not_boxed)
        unserved = sum(len(item.box_ids) for item in self.plan.unserved)
        return lost, unserved, len(self.findings), self.waiting_s

    @property
    def waiting_s(self) -> int:
        """Portion-seconds from off the heat to the hand-over."""
        signed_s = {box_id: visit.leave_s for visit in visits(self.plan) for box_id in visit.box_ids}
        delivered = (box for box in self.packed.boxes if box.box_id in signed_s)
        return sum(box.portions * (signed_s[box.box_id] - box.cooked_s) for box in delivered)


def plan_day(facts: DayFacts, *, seed: int, ids: IdSource) -> DayPlan:
    """
    Plans a service: batches, schedule, boxes, routes, then again from the vans' departures.

    Each round asks the schedule to have food ready just before the van that carries it leaves; the best
    round counts, and the rounds end when one brings nothing better.

    Parameters
    ----------
    facts
        What is planned.
    seed
        Same seed, same plan.
    ids
        Source of row ids.

    Returns
    -------
    DayPlan
        Without a violation of `routing.plan.check`.

    Raises
    ------
    ImportError
        When OR-Tools is missing.
    """
    best = _round(facts, first_departures_s(facts), seed, ids)
    for number in range(2, facts.params.passes + 1):
        departs_s = first_departures_s(facts) | departures_s(best)
        again = _round(facts, departs_s, seed + number, ids)
        if again.score >= best.score:
            return replace(best, passes=number)
        best = replace(again, passes=number)
    return best


def visits(plan: Plan) -> Iterator[Visit]:
    """Every visit of a plan, by vehicle and time."""
    return (visit for route in plan.routes for trip in route.trips for visit in trip.visits)


def departures_s(day: DayPlan) -> dict[str, int]:
    """The earliest departure of a van that carries a site's boxes, by site id."""
    site_of = {box.box_id: box.site_id for box in day.packed.boxes}
    found: dict[str, int] = {}
    for route in day.plan.routes:
        for trip in route.trips:
            for visit in trip.visits:
                for box_id in visit.box_ids:
                    site_id = site_of[box_id]
                    found[site_id] = min(found.get(site_id, trip.depart_s), trip.depart_s)
    return found


def first_departures_s(facts: DayFacts) -> dict[str, int]:
    """Before any route is known: a van for this site alone that arrives as its window opens."""
    sites = [facts.sites[site_id] for site_id in sorted({p.site_id for p in facts.portions})]
    travel = straight_line([facts.kitchen.place, *(site.place for site in sites)], facts.params.travel)
    opens_s = (facts.service.seconds(facts.service.at_local(site.hours.opens)) for site in sites)
    return {
        site.site_id: at_s - travel.duration_s[0][place]
        for place, (site, at_s) in enumerate(zip(sites, opens_s, strict=True), 1)
    }


def _round(facts: DayFacts, departs_s: Mapping[str, int], seed: int, ids: IdSource) -> DayPlan:
    params = facts.params
    portions = in_cook_order(facts, departs_s)
    new_ids = iter(ids.new, "")
    cooked = plan_batches(portions, facts.dishes, facts.equipment, params.extras, new_ids)
    slots = scheduled(facts, cooked, wanted_ready(facts, portions, cooked, departs_s), seed)
    packed = packed_boxes(facts, portions, cooked, slots.slots, new_ids)
    problem = build_problem(
        facts.service, facts.kitchen, packed.boxes, facts.sites, facts.vehicles, params.travel
    )
    plan = solve(problem, params.routes, seed)
    if violations := check(plan, problem):
        raise ValueError(f"The plan of {facts.service.key} breaks rules: {violations}.")
    unscheduled = _unscheduled(cooked, slots)
    return DayPlan(
        batches=cooked.batches,
        schedule=slots,
        packed=packed,
        problem=problem,
        plan=plan,
        not_boxed=(*cooked.excepted, *unscheduled, *packed.excepted),
        findings=(*slots.late, *packed.findings),
        passes=1,
    )


def _last_plates_s(facts: DayFacts) -> dict[str, int]:
    """The last plate of each site, the way of its volunteers included, by site id."""
    plates = {}
    for site_id, site in facts.sites.items():
        minutes = site.hours.serving_minutes + site.hours.second_leg_minutes
        starts_s = facts.service.seconds(facts.service.at_local(site.hours.serving_starts))
        plates[site_id] = starts_s + MINUTE_S * minutes
    return plates


def in_cook_order(facts: DayFacts, departs_s: Mapping[str, int]) -> Sequence[Portion]:
    """Portions by the departure that carries them, those of one site together."""
    return sorted(cook_order(facts.portions, facts.sites), key=lambda p: departs_s.get(p.site_id, 0))


def wanted_ready(
    facts: DayFacts, portions: Sequence[Portion], cooked: BatchPlan, departs_s: Mapping[str, int]
) -> dict[str, ReadyWindow]:
    """When each batch should come off the heat for the vans that leave then, by batch id."""
    pack_params = facts.params.pack
    return ready_windows(
        cooked.batches,
        portions,
        departs_s,
        _last_plates_s(facts),
        handling_s=pack_params.pack_s + pack_params.load_s,
        window_s=facts.profile.hot_window_s,
    )


def scheduled(facts: DayFacts, cooked: BatchPlan, windows: Mapping[str, ReadyWindow], seed: int) -> Schedule:
    """The kitchen's minutes and equipment for these windows."""
    return schedule(
        cooked.batches,
        facts.equipment,
        windows,
        earliest_s=facts.params.earliest_s,
        params=replace(facts.params.schedule, latest_s=facts.params.latest_s),
        seed=seed,
    )


def packed_boxes(
    facts: DayFacts,
    portions: Sequence[Portion],
    cooked: BatchPlan,
    slots: Sequence[Slot],
    new_ids: Iterator[str],
) -> PackPlan:
    """The boxes of what is cooked in these slots."""
    task = PackTask(
        facts.service,
        portions,
        cooked.batches,
        slots,
        facts.carriers,
        facts.sites,
        facts.dishes,
        facts.profile,
    )
    return pack(task, facts.params.pack, new_ids)


def _unscheduled(cooked: BatchPlan, slots: Schedule) -> list[Excepted]:
    """Portions of batches that found no place in the schedule, with the schedule's reason."""
    placed = {slot.batch_id for slot in slots.slots}
    missing = [batch for batch in cooked.batches if batch.batch_id not in placed]
    reason = slots.reasons[0] if slots.reasons else Coded("schedule_not_found", {"batches": len(missing)})
    return [Excepted(reason, batch.code, len(batch.line_ids)) for batch in missing if batch.line_ids]
