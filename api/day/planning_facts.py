"""Facts of a day's planning: what it is planned from, how, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from api.day.departures import visits
from kitchen.batches import Batch, ExtraParams
from kitchen.box_clock import PackParams
from kitchen.boxes import Carrier
from kitchen.cooled import Cooled
from kitchen.demand import Portion
from kitchen.equipment import Cook, Equipment
from kitchen.packing import PackPlan
from kitchen.recipes import Dish
from kitchen.safety import SafetyProfile
from kitchen.schedule import Schedule, ScheduleParams
from orders.codes import Coded, Excepted
from orders.service import Service
from orders.sites import Kitchen, Site
from routing.loads import Empties
from routing.params import SolveParams
from routing.plan import Plan
from routing.problem import Problem, Vehicle
from routing.travel import Ways

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
        Most rounds of the backward arrow, the first plan included; the last one searches long.
    chill_s
        First second on the heat and last off it of dishes that are cooked and chilled, negative the day
        before; None to cook them in the morning.
    later_ends_s
        When the tables of later meals close, to which food that is left may go.
    """

    earliest_s: int
    latest_s: int
    pack: PackParams
    extras: ExtraParams
    schedule: ScheduleParams
    routes: SolveParams
    travel: Ways
    passes: int = 4
    chill_s: tuple[int, int] | None = None
    later_ends_s: tuple[int, ...] = ()


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
    contains
        Allergens of each dish variant, by `cooked_key`.
    cooks
        Who may cook; empty where the house lists nobody.
    cooled
        Chilled food that is cooked already.
    empties
        Carriers to bring back, by site id; none where the kitchen does not ask for it.
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
    contains: Mapping[str, frozenset[str]] = field(default_factory=dict)
    cooks: tuple[Cook, ...] = ()
    cooled: tuple[Cooled, ...] = ()
    empties: Mapping[str, Empties] = field(default_factory=dict)

    @property
    def quality_s(self) -> dict[str, int]:
        """How long each dish stays good when kept hot, by `cooked_key`."""
        return {key: MINUTE_S * dish.hot_quality_minutes for key, dish in self.dishes.items()}


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
    notes
        Why batches are late and what would help, food that waits longer than it stays good, missing cooks.
    """

    batches: tuple[Batch, ...]
    schedule: Schedule
    packed: PackPlan
    problem: Problem
    plan: Plan
    not_boxed: tuple[Excepted, ...]
    findings: tuple[Coded, ...]
    passes: int
    notes: tuple[Coded, ...] = ()

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
