"""One service planned from demand to routes: forward through the kitchen, then back from the vans."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from api.day.departures import last_plates_s
from api.day.planning_facts import DayFacts, DayPlan
from kitchen.as_cooked import cooked_key
from kitchen.batch_allergens import with_allergens
from kitchen.batches import BatchPlan, plan_batches
from kitchen.boxes import Box, Spare
from kitchen.cooled import draw, slots_of, surplus_findings
from kitchen.demand import Portion, cook_order
from kitchen.equipment import Slot
from kitchen.packer import PackTask
from kitchen.packing import PackPlan, pack
from kitchen.recipes import portion_g
from kitchen.room import full_kinds
from kitchen.schedule import Schedule, UnderWay, schedule
from kitchen.schedule_check import Judged, check_schedule
from kitchen.spare import shares
from kitchen.waits import waits_too_long
from kitchen.waves import Waves
from kitchen.windows import ReadyWindow, ready_windows
from orders.codes import Coded, Excepted
from orders.errors import Conflict
from orders.ids import IdSource
from routing.loads import build_problem
from routing.plan import Plan, check
from routing.problem import Problem
from routing.solve import solve

HURRY = 6
COOK_HURRY = 4
SPARE_STAYS = "spare_stays"


def plan_day(facts: DayFacts, *, seed: int, ids: IdSource) -> DayPlan:
    """
    Plans a service: batches, schedule, boxes, routes, then again from the vans' departures.

    Each round asks the schedule to have food ready just before the van that carries it leaves in the round
    before; the rounds end when the vans leave as they did, the best round counts, and its boxes are driven by
    a longer search.

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
    Conflict
        When the kitchen's licence does not send out what is planned: see `require_licence`.
    """
    require_licence(facts)
    first_s = departs_s = first_departures_s(facts)
    hurried, last = _hurried(facts), facts.params.passes
    best = latest = _round(hurried if last > 1 else facts, departs_s, seed, ids)
    number = 1
    while number < last - 1 and first_s | departures_s(latest) != departs_s:
        number, departs_s = number + 1, first_s | departures_s(latest)
        latest = _round(hurried, departs_s, seed + number, ids)
        best = min(best, latest, key=lambda day: day.score)
    if last > 1:
        number, departs_s = number + 1, first_s | departures_s(best)
        best = min(best, _round(facts, departs_s, seed + number, ids), key=lambda day: day.score)
    return replace(best, passes=number)


def require_licence(facts: DayFacts) -> None:
    """
    Refuses to plan what the kitchen's kind of licence may not send out, by the safety profile.

    Raises
    ------
    Conflict
        ``licence_sends_no_hot`` or ``licence_sends_no_chilled``, with the dishes and the clause.
    """
    kind = facts.kitchen.licence_kind
    rule = next((one for one in facts.profile.may_send if one.kind == kind), None)
    if rule is None:
        return
    for hold_class, code in (("hot", "licence_sends_no_hot"), ("cold", "licence_sends_no_chilled")):
        asked = {one.dish_id for one in facts.portions if one.hold_class == hold_class}
        if not asked or (rule.chilled if hold_class == "cold" else rule.hot):
            continue
        dishes = [facts.dishes[one] for one in sorted(asked) if one in facts.dishes]
        raise Conflict(
            code,
            licence_zh=rule.name_zh,
            licence_en=rule.name_en,
            dishes_zh="、".join(one.name_zh for one in dishes),
            dishes_en=", ".join(one.name_en for one in dishes),
            clause=rule.clause,
        )


def _hurried(facts: DayFacts) -> DayFacts:
    """The same with searches that are long enough to learn when the vans leave."""
    params, routes = facts.params, facts.params.routes
    routes = replace(routes, iterations_per_part=max(1, routes.iterations_per_part // HURRY))
    cooking = replace(params.schedule, tries=max(1, params.schedule.tries // COOK_HURRY), proof_time=0.0)
    return replace(facts, params=replace(params, routes=routes, schedule=cooking))


def _driven(facts: DayFacts, problem: Problem, seed: int) -> Plan:
    """
    The vans' plan, judged before anybody sees it.

    Raises
    ------
    ValueError
        When the judge finds that it breaks a rule.
    """
    plan = solve(problem, facts.params.routes, seed)
    if violations := check(plan, problem):
        raise ValueError(f"The plan of {facts.service.key} breaks rules: {violations}.")
    return plan


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
    """
    Before any route is known: a van for this site alone that arrives as its window opens.

    A site without a way is cooked for as if next door: what its boxes lack is told where no van brings them.
    """
    sites = [facts.sites[site_id] for site_id in sorted({p.site_id for p in facts.portions})]
    travel = facts.params.travel.between([facts.kitchen.place, *(site.place for site in sites)])
    opens_s = (facts.service.seconds(facts.service.at_local(site.hours.opens)) for site in sites)
    return {
        site.site_id: at_s - (leg.seconds if (leg := travel.leg(0, place)) else 0)
        for place, (site, at_s) in enumerate(zip(sites, opens_s, strict=True), 1)
    }


def _round(facts: DayFacts, departs_s: Mapping[str, int], seed: int, ids: IdSource) -> DayPlan:
    portions = in_cook_order(facts, departs_s)
    new_ids = iter(ids.new, "")
    cooked = batched(facts, portions, departs_s, new_ids)
    windows = wanted_ready(facts, portions, cooked, departs_s)
    slots = scheduled(facts, cooked, windows, seed)
    spare = shared_spare(facts, portions, cooked, slots.slots)
    packed, problem, plan = _loaded(facts, portions, cooked, slots.slots, spare, seed, new_ids)
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
        notes=(
            *slots.why,
            *slots.notes,
            *_waits(facts, portions, cooked, slots),
            *_left_over(facts, cooked),
            *spare_stays(facts, packed.boxes),
        ),
    )


def shared_spare(
    facts: DayFacts, portions: Sequence[Portion], cooked: BatchPlan, slots: Sequence[Slot]
) -> dict[str, tuple[Spare, ...]]:
    """What walk-ins are to find at each canteen, and which batches it comes from, by site id."""
    ready_s = {slot.batch_id: slot.ready_s for slot in slots}
    return shares(cooked.batches, ready_s, portions, facts.params.extras.buffer_at)


def _loaded(
    facts: DayFacts,
    portions: Sequence[Portion],
    cooked: BatchPlan,
    slots: Sequence[Slot],
    spare: Mapping[str, Sequence[Spare]],
    seed: int,
    new_ids: Iterator[str],
) -> tuple[PackPlan, Problem, Plan]:
    """Boxes and the vans that bring them; spare food stays where it would keep back what was ordered."""

    def tried(taken: Mapping[str, Sequence[Spare]]) -> tuple[PackPlan, Problem, Plan]:
        packed = packed_boxes(facts, portions, cooked, slots, new_ids, taken)
        boxes, travel = packed.boxes, facts.params.travel
        problem = build_problem(
            facts.service, facts.kitchen, boxes, facts.sites, facts.vehicles, travel, facts.empties
        )
        return packed, problem, _driven(facts, problem, seed)

    best = tried(spare)
    if any(spare.values()) and best[2].unserved:
        bare = tried({})
        best = min(best, bare, key=lambda one: _left_behind(one[0], one[2]))
    return best


def _left_behind(packed: PackPlan, plan: Plan) -> int:
    """Ordered portions in boxes that no van brings."""
    left = {box_id for one in plan.unserved for box_id in one.box_ids}
    return sum(len(box.line_ids) for box in packed.boxes if box.box_id in left)


def spare_stays(facts: DayFacts, boxes: Iterable[Box]) -> list[Coded]:
    """The sites whose walk-ins find less than the buffer by rule, and how many portions less."""
    travels: Counter[str] = Counter()
    for box in boxes:
        travels[box.site_id] += box.spare_portions
    wanted = {site_id: sum(own.values()) for site_id, own in facts.params.extras.buffer_at.items()}
    missing = {site_id: portions - travels[site_id] for site_id, portions in sorted(wanted.items())}
    return [
        Coded(SPARE_STAYS, {"site": site_id, "portions": portions})
        for site_id, portions in missing.items()
        if portions > 0
    ]


def batched(
    facts: DayFacts, portions: Sequence[Portion], departs_s: Mapping[str, int], new_ids: Iterator[str]
) -> BatchPlan:
    """
    What is cooked for these departures.

    Chilled food that is cooked already comes first. Food that does not keep is cut by waves of departures,
    where its kind of equipment has room for more cooks than size alone asks for.
    """
    room = facts.params.latest_s - facts.params.earliest_s
    drawn = draw(portions, facts.cooled, _sample_portions(facts), new_ids)
    extras = replace(facts.params.extras, sampled=drawn.sampled)
    handling_s = facts.params.pack.pack_s + facts.params.pack.load_s
    waves = Waves(departs_s, last_plates_s(facts.service, facts.sites), handling_s)
    cooked = plan_batches(drawn.rest, facts.dishes, facts.equipment, extras, new_ids, waves)
    if full := full_kinds(cooked.batches, facts.equipment, room):
        waves = replace(waves, full_kinds=full)
        cooked = plan_batches(drawn.rest, facts.dishes, facts.equipment, extras, new_ids, waves)
    batches = (*drawn.batches, *cooked.batches)
    return replace(cooked, batches=with_allergens(batches, portions, facts.contains))


def _sample_portions(facts: DayFacts) -> dict[str, int]:
    """Portions of a sample of each dish variant that is cooled, by `cooked_key`."""
    found = {}
    for one in facts.cooled:
        key = cooked_key(one.dish_id, one.variant)
        dish = facts.dishes.get(key) or facts.dishes.get(one.dish_id)
        if dish is not None:
            found[key] = -(-facts.params.extras.sample_g // portion_g(dish))
    return found


def _left_over(facts: DayFacts, cooked: BatchPlan) -> list[Coded]:
    window_s = facts.profile.cold_window_s
    return surplus_findings(cooked.batches, facts.cooled, window_s, facts.params.later_ends_s)


def _waits(facts: DayFacts, portions: Sequence[Portion], cooked: BatchPlan, slots: Schedule) -> list[Coded]:
    plates_s = last_plates_s(facts.service, facts.sites)
    return waits_too_long(portions, cooked.batches, slots.slots, plates_s, facts.quality_s)


def in_cook_order(facts: DayFacts, departs_s: Mapping[str, int]) -> Sequence[Portion]:
    """Portions by the departure that carries them, those of one site together."""
    return sorted(cook_order(facts.portions, facts.sites), key=lambda p: departs_s.get(p.site_id, 0))


def wanted_ready(
    facts: DayFacts, portions: Sequence[Portion], cooked: BatchPlan, departs_s: Mapping[str, int]
) -> dict[str, ReadyWindow]:
    """When each batch should come off the heat for the vans that leave then, by batch id."""
    pack_params = facts.params.pack
    windows = ready_windows(
        cooked.batches,
        portions,
        departs_s,
        last_plates_s(facts.service, facts.sites),
        handling_s=pack_params.pack_s + pack_params.load_s,
        window_s=facts.profile.hot_window_s,
        quality_s=facts.quality_s,
    )
    return windows | _chilled(facts, cooked)


def _chilled(facts: DayFacts, cooked: BatchPlan) -> dict[str, ReadyWindow]:
    """The windows of batches that are cooked and chilled the day before, by batch id."""
    if facts.params.chill_s is None:
        return {}
    from_s, by_s = facts.params.chill_s
    chilled = [one for one in cooked.batches if facts.dishes[one.dish_id].supply == "cook_chill"]
    return {one.batch_id: ReadyWindow(from_s, by_s, start_from_s=from_s) for one in chilled}


def scheduled(
    facts: DayFacts,
    cooked: BatchPlan,
    windows: Mapping[str, ReadyWindow],
    seed: int,
    under_way: UnderWay | None = None,
) -> Schedule:
    """
    The kitchen's minutes, equipment and cooks for these windows, judged before anybody sees them.

    Raises
    ------
    ValueError
        When the judge finds that they break a rule.
    """
    earliest_s, taken = facts.params.earliest_s, under_way or UnderWay()
    to_cook = [batch for batch in cooked.batches if not batch.chilled_id]
    made = schedule(
        to_cook,
        facts.equipment,
        windows,
        earliest_s=earliest_s,
        params=replace(facts.params.schedule, latest_s=facts.params.latest_s),
        seed=seed,
        cooks=facts.cooks,
        under_way=taken,
    )
    unmanned = frozenset(kind for note in made.notes for kind in str(note.params["equipment"]).split())
    judged = Judged(
        to_cook,
        facts.equipment,
        windows,
        earliest_s,
        facts.cooks,
        taken.free_s,
        taken.contains,
        unmanned,
    )
    if violations := check_schedule(made.slots, (*made.late, *made.reasons), judged):
        raise ValueError(f"The schedule of {facts.service.key} breaks rules: {violations}.")
    return replace(made, slots=(*slots_of(cooked.batches, facts.cooled), *made.slots))


def packed_boxes(
    facts: DayFacts,
    portions: Sequence[Portion],
    cooked: BatchPlan,
    slots: Sequence[Slot],
    new_ids: Iterator[str],
    spare: Mapping[str, Sequence[Spare]],
    released_s: Mapping[str, int] = MappingProxyType({}),
) -> PackPlan:
    """
    The boxes of what is cooked in these slots; what was cooked the day before is packed in the morning.

    ``spare`` and ``released_s`` are those of `kitchen.packer.PackTask`.
    """
    task = PackTask(
        facts.service,
        portions,
        cooked.batches,
        slots,
        facts.carriers,
        facts.sites,
        facts.dishes,
        facts.profile,
        spare,
        released_s,
    )
    return pack(task, replace(facts.params.pack, opens_s=facts.params.earliest_s), new_ids)


def _unscheduled(cooked: BatchPlan, slots: Schedule) -> list[Excepted]:
    """Portions of batches that have no place in the schedule, each with its reason."""
    why = {str(reason.params["batch"]): reason for reason in slots.reasons}
    missing = [batch for batch in cooked.batches if batch.code in why and batch.line_ids]
    return [Excepted(why[batch.code], batch.code, len(batch.line_ids)) for batch in missing]
