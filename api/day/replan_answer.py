"""The answer to an event: new minutes, new boxes, new trips, and who gets what instead."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from api.day.planning import packed_boxes, wanted_ready
from api.day.planning_facts import DayFacts
from api.day.replan_facts import Answered, Instead, Today
from api.day.replan_instead import (
    coded,
    cooked_again,
    cooked_anew,
    lines_of,
    portions_now,
    still_there,
    swapped,
    unfed,
    with_refunds,
)
from api.day.replan_routes import driven
from api.day.replan_schedule import rescheduled
from kitchen.batch_allergens import with_allergens
from kitchen.batches import Batch, BatchPlan
from kitchen.boxes import Box, Spare
from kitchen.cooled import still_over
from kitchen.demand import Portion
from kitchen.equipment import Slot
from kitchen.replan import Event, Standing, again_windows, out_of_use, standing
from kitchen.spare import boxed_spare, shared_out, still_spare
from orders.ids import IdSource, short_code

ROOM_S = 3600


@dataclass(frozen=True, slots=True)
class _Case:
    """
    What answers are tried for: the day, the event, what it leaves; seed, ids, whether open boxes stay, and
    whether they take along what walk-ins are to find.
    """

    today: Today
    event: Event
    facts: DayFacts
    stands: Standing
    seed: int
    ids: IdSource
    keep: bool = True
    spare: bool = True

    @property
    def slots_ahead(self) -> dict[str, Slot]:
        """The slots that people work by, of batches that wait; a cook who is back has the own ones again."""
        slots, back = self.today.morning.slots, self.event.ref if self.event.kind == "back" else ""
        ahead = {one.batch_id for one in self.stands.ahead} & slots.keys()
        given = self.today.given_away if back else frozenset()
        return {key: replace(slots[key], cook_id=back) if key in given else slots[key] for key in ahead}

    def with_spare(self, first: Set[str]) -> "_Case":
        """
        The case with spare portions of the same dish given to lost ones, to these lines first.

        Batches that have left the kitchen, or that nobody may eat of, give nothing, nor does what is in a
        closed box: it is spare at that box's site only. The case itself where there is nothing to give.
        """
        today, morning = self.today, self.today.morning
        lost = lines_of(self.stands.lost)
        waiting = [portion for portion in portions_now(today) if portion.line_id in lost]
        here = [box for box in today.boxes if box.box_id not in today.gone]
        inside = {batch_id for box in here for batch_id in box.batch_ids} - today.barred
        shared = shared_out(
            sorted(waiting, key=lambda portion: portion.line_id not in first),
            [one for one in still_there(today, self.stands) if one.batch_id in inside],
            begun={one.batch_id for one in morning.batches if morning.begun(one.batch_id)},
            claimed=today.claimed,
            over=still_over(morning.batches, self.facts.cooled),
            boxed=boxed_spare(box for box in today.boxes if box.box_id in today.packed_ids | today.gone),
        )
        if not shared:
            return self
        given, known = lines_of(shared), {one.batch_id: one for one in shared}
        gone = [_less(one, given) for one in self.stands.lost if lines_of([one]) - given]
        known |= {one.batch_id: one for one in gone}
        out = {one.batch_id for one in self.stands.lost} - known.keys()
        batches = [known.get(one.batch_id, one) for one in morning.batches if one.batch_id not in out]
        ahead = tuple(known.get(one.batch_id, one) for one in self.stands.ahead)
        stands = replace(self.stands, lost=tuple(gone), ahead=ahead)
        return replace(self, today=replace(today, morning=replace(morning, batches=batches)), stands=stands)


def answered(today: Today, event: Event, *, seed: int, ids: IdSource) -> Answered:
    """
    Lost food is cooked again; who is not fed so is given spare portions of the same dish, then another dish.

    The answer that brings most portions counts, of equal ones the first of these: what is cooked late must
    not keep back what is ready.

    Parameters
    ----------
    today, event
        The day, and what went wrong.
    seed, ids
        Of the solvers, and of new rows.
    """
    facts = _facts_after(today, event)
    stands = _with_room(standing(today.morning, event, today.facts.equipment), facts)
    case = _Case(today, event, facts, stands, seed, ids)
    best, tried, asked = _again(case), _again, case
    if missing := unfed(best, stands):
        spared = case.with_spare(missing)
        others = [_again] if spared is not case else []
        for other in (*others, _instead, _nothing):
            answer = other(spared)
            if len(answer.undelivered) < len(best.undelivered):
                best, tried, asked = answer, other, spared
            if not unfed(best, stands):
                break
    for spare in (True, False):
        if best.plan.unserved:
            anew = tried(replace(asked, keep=False, spare=spare))
            best = anew if len(anew.undelivered) < len(best.undelivered) else best
    return replace(best, lost=stands.lost, instead=with_refunds(today, best, stands))


def _again(case: _Case) -> Answered:
    """Lost food is cooked again."""
    portions = portions_now(case.today)
    new = cooked_again(case.today, case.facts, case.stands, portions, case.ids)
    return _tried(case, portions, new, ())


def _instead(case: _Case) -> Answered:
    """Other dishes stand in for lost food."""
    others, instead = swapped(case.today, case.facts, case.stands, portions_now(case.today))
    lines = {one.line_id for one in instead}
    wanted = [portion for portion in others if portion.line_id in lines]
    beside = still_there(case.today, case.stands)
    new = coded(case.today, cooked_anew(case.facts, wanted, beside, case.ids))
    return _tried(case, others, new, instead)


def _nothing(case: _Case) -> Answered:
    """Nothing more is cooked."""
    return _tried(case, portions_now(case.today), (), ())


def _less(batch: Batch, given: Set[str]) -> Batch:
    """A batch without some of its lines."""
    return replace(
        batch,
        line_ids=tuple(line for line in batch.line_ids if line not in given),
        special_line_ids=tuple(line for line in batch.special_line_ids if line not in given),
    )


def _with_room(stands: Standing, facts: DayFacts) -> Standing:
    """What stands, batches that no piece can cook any more counted as lost: their diners must be told."""
    homeless = [one for one in stands.ahead if not any(one.fits(piece) for piece in facts.equipment)]
    gone = {one.batch_id for one in homeless}
    ahead = tuple(one for one in stands.ahead if one.batch_id not in gone)
    return replace(stands, ahead=ahead, lost=(*stands.lost, *homeless))


def _facts_after(today: Today, event: Event) -> DayFacts:
    facts, now_s, out = today.facts, today.morning.now_s, out_of_use([*today.earlier, event])
    opens_s = max(facts.params.earliest_s, -(-now_s // 60) * 60)
    closes_s = max(facts.params.latest_s, opens_s) + ROOM_S
    return replace(
        facts,
        equipment=tuple(one for one in facts.equipment if one.equipment_id not in out),
        cooks=tuple(one for one in facts.cooks if one.cook_id not in out),
        params=replace(facts.params, earliest_s=opens_s, latest_s=closes_s),
    )


def _tried(
    case: _Case, portions: Sequence[Portion], new: tuple[Batch, ...], instead: tuple[Instead, ...]
) -> Answered:
    """One answer, all the way to the vans."""
    today, facts, stands = case.today, case.facts, case.stands
    ahead = with_allergens([*stands.ahead, *new], portions, facts.contains)
    lost = {batch.batch_id for batch in stands.lost}
    windows = again_windows(
        wanted_ready(facts, portions, BatchPlan(ahead, (), ()), today.departs_s),
        stands,
        facts.params.earliest_s,
    )
    made = rescheduled(facts, ahead, windows, case.slots_ahead, stands.under_way, case.seed)
    slots = (*stands.kept, *made.slots)
    placed = {slot.batch_id for slot in slots}
    standing_by = [batch for batch in today.morning.batches if batch.batch_id not in lost]
    batches = tuple(batch for batch in (*standing_by, *new) if batch.batch_id in placed)
    stay, fresh = _boxes(case, portions, batches, slots)
    plan = driven(today, facts, [*stay, *fresh], case.seed)
    boxed = {box.box_id: box for box in (*stay, *fresh)}
    left = {box_id for one in plan.unserved for box_id in one.box_ids}
    brought = {line for key, box in boxed.items() if key not in left for line in box.line_ids}
    everybody = {portion.line_id for portion in portions_now(today)}
    return Answered(
        batches,
        slots,
        frozenset(batch.batch_id for batch in new if batch.batch_id in placed),
        stay,
        fresh,
        plan,
        instead,
        stands.lost,
        (*made.late, *made.why) if made.late else (),
        frozenset(everybody - brought),
        made.notes,
    )


def _boxes(
    case: _Case, portions: Sequence[Portion], batches: Sequence[Batch], slots: Sequence[Slot]
) -> tuple[tuple[Box, ...], tuple[Box, ...]]:
    """Closed boxes, open ones that may stay or are packed as before, and the others packed anew."""
    today, facts = case.today, case.facts
    closed = [box for box in today.boxes if box.box_id in today.packed_ids or box.box_id in today.gone]
    shut = {box.box_id for box in closed}
    spare = still_spare(today.boxes, batches, shut) if case.spare else {}
    stay = [*closed, *(_still(case, portions, batches, slots, spare) if case.keep else ())]
    inside = {line for box in stay for line in box.line_ids}
    taken = {box.carrier_id for box in stay}
    free = tuple(carrier for carrier in facts.carriers if carrier.carrier_id not in taken)
    open_portions = [portion for portion in portions if portion.line_id not in inside]
    packed = packed_boxes(
        replace(facts, carriers=free),
        open_portions,
        BatchPlan(tuple(batches), (), ()),
        slots,
        iter(case.ids.new, ""),
        _spare_of(today.boxes, spare, {box.box_id for box in stay}),
        {site: max(box.release_s for box in stay if box.site_id == site) for site in _sites(stay)},
    )
    known = {_content(box): box for box in today.boxes if box not in closed}
    fresh = list[Box]()
    number = max((int(box.code.lstrip("X")) for box in today.boxes), default=0)
    for box in packed.boxes:
        before = known.get(_content(box))
        if before is not None:
            stay.append(replace(box, box_id=before.box_id, code=before.code))
        else:
            number += 1
            fresh.append(replace(box, code=short_code("X", number)))
    return tuple(stay), tuple(fresh)


def _still(
    case: _Case,
    portions: Sequence[Portion],
    batches: Sequence[Batch],
    slots: Sequence[Slot],
    spare: Mapping[str, Sequence[Spare]],
) -> Iterator[Box]:
    """Open boxes whose portions are all still cooked in their batches, with the clocks they now have."""
    today = case.today
    by_line = {portion.line_id: portion for portion in portions}
    by_id = {batch.batch_id: batch for batch in batches}
    carriers = {carrier.carrier_id: carrier for carrier in case.facts.carriers}
    for box in today.boxes:
        own = [by_id[one] for one in box.batch_ids if one in by_id]
        cooked = {line for batch in own for line in batch.line_ids}
        is_open = box.box_id not in today.packed_ids and box.box_id not in today.gone
        same = len(own) == len(box.batch_ids) and by_line.keys() & cooked >= set(box.line_ids)
        if is_open and same and box.carrier_id in carriers:
            packed = packed_boxes(
                replace(case.facts, carriers=(carriers[box.carrier_id],)),
                [by_line[line] for line in box.line_ids],
                BatchPlan(tuple(own), (), ()),
                slots,
                iter(case.ids.new, ""),
                {box.site_id: spare.get(box.box_id, ())},
            )
            if [_content(one) for one in packed.boxes] == [_content(box)] and not packed.findings:
                yield replace(packed.boxes[0], box_id=box.box_id, code=box.code)


def _content(box: Box) -> tuple[object, ...]:
    inside = frozenset(box.line_ids), frozenset(box.spare)
    return box.carrier_id, box.site_id, *inside, frozenset(box.batch_ids)


def _spare_of(
    boxes: Sequence[Box], spare: Mapping[str, Sequence[Spare]], stay: Set[str]
) -> dict[str, list[Spare]]:
    """What is still spare in boxes that do not stay as they are, by site id."""
    found: dict[str, list[Spare]] = {}
    for box in boxes:
        if box.box_id not in stay and spare.get(box.box_id):
            found.setdefault(box.site_id, []).extend(spare[box.box_id])
    return found


def _sites(boxes: Sequence[Box]) -> set[str]:
    return {box.site_id for box in boxes}
