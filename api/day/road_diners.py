"""What an event on the road means for each diner: a new time, a substitute, or the money back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import asdict, dataclass
from typing import Any, Literal

from api.day.replan_facts import Today
from api.day.replan_instead import portions_now
from api.day.replan_road import RoadAnswer
from kitchen.boxes import Box
from kitchen.demand import Portion
from orders.menus import REGULAR
from orders.service import Service
from routing.plan import Trip

Outcome = Literal["moved", "spare", "next_wave", "refund"]
MOVED_S, PACK_S = 120, 600


@dataclass(frozen=True, slots=True)
class Affected:
    """
    One order whose food comes at another time, or not at all.

    Parameters
    ----------
    order_code, diner, site_id
        Whose, by number; where.
    boxes
        Codes of the boxes in which its food is.
    was_s, now_s
        When the last of them is handed over by the plan before, and now; None where it is not.
    outcome
        Another time; spare portions of the same dishes at the site; the same dishes cooked again and brought
        with the next wave, in time by the estimate; or the money back, with a call.
    wave_s
        When dishes that are cooked again at once could be there; None where they would come too late.
    """

    order_code: str
    diner: str
    site_id: str
    boxes: tuple[str, ...]
    was_s: int | None
    now_s: int | None
    outcome: Outcome
    wave_s: int | None = None

    def document(self, service: Service) -> dict[str, Any]:
        """The facts with instants."""
        facts = asdict(self)
        for name in ("was", "now", "wave"):
            second = facts.pop(f"{name}_s")
            facts[f"{name}_at"] = None if second is None else service.instant(second).isoformat()
        return facts | {"boxes": list(self.boxes)}


def affected(today: Today, answer: RoadAnswer, handed_over: Iterable[str]) -> tuple[Affected, ...]:
    """
    Each order whose food moves by two minutes or more, or is lost, by site and number.

    Parameters
    ----------
    today, answer
        The day before, and what comes of it.
    handed_over
        Boxes that are signed for: nothing of them changes.
    """
    done = frozenset(handed_over)
    was_s = _handed_s(today.trips)
    now_s = {**{box: at for box, at in was_s.items() if box in today.gone}, **_handed_s(answer.plan.trips)}
    for tail in answer.tails.values():
        now_s.update(_handed_s([tail.trip]))
    for one in answer.plan.unserved:
        for box_id in one.box_ids:
            now_s.pop(box_id, None)
    moved = [
        box
        for box in today.boxes
        if box.box_id not in done
        and box.box_id in was_s
        and (box.box_id not in now_s or abs(now_s[box.box_id] - was_s[box.box_id]) >= MOVED_S)
    ]
    lines = {line: box for box in moved for line in box.line_ids}
    by_order: dict[str, list[Portion]] = defaultdict(list)
    for portion in portions_now(today):
        if portion.line_id in lines:
            by_order[portion.order_id].append(portion)
    spare = _Spare.of(today, now_s.keys())
    found = [
        _one(today, own, [lines[one.line_id] for one in own], was_s, now_s, spare)
        for own in sorted(by_order.values(), key=lambda own: today.orders[own[0].order_id].code)
    ]
    return tuple(sorted(found, key=lambda one: (one.site_id, one.order_code)))


def _one(
    today: Today,
    portions: list[Portion],
    boxes: list[Box],
    was_s: Mapping[str, int],
    now_s: Mapping[str, int],
    spare: "_Spare",
) -> Affected:
    order = today.orders[portions[0].order_id]
    lost = [one for one, box in zip(portions, boxes, strict=True) if box.box_id not in now_s]
    wave_s = _wave_s(today, lost) if lost else None
    outcome: Outcome = "moved"
    if lost:
        outcome = "spare" if spare.gives(lost) else "next_wave" if wave_s is not None else "refund"
    there = [now_s[box.box_id] for box in boxes if box.box_id in now_s]
    return Affected(
        order.code,
        today.diners[order.diner_id].code,
        order.site_id,
        tuple(sorted({box.code for box in boxes}, key=lambda code: (len(code), code))),
        max(was_s[box.box_id] for box in boxes),
        max(there) if there and not lost else None,
        outcome,
        wave_s,
    )


class _Spare:
    """Spare portions at the sites, given to one order after the other."""

    def __init__(self, left: dict[tuple[str, str], int]) -> None:
        self._left = left

    @classmethod
    def of(cls, today: Today, brought: Set[str]) -> "_Spare":
        left: dict[tuple[str, str], int] = defaultdict(int)
        for box in today.boxes:
            for one in box.spare if box.box_id in brought else ():
                left[box.site_id, one.dish_id] += one.portions
        return cls(left)

    def gives(self, portions: list[Portion]) -> bool:
        """Whether all of an order's lost portions find spare ones, then taken; never for sealed ones."""
        wanted: dict[tuple[str, str], int] = defaultdict(int)
        for one in portions:
            wanted[one.site_id, one.dish_id] += 1
        plain = all(one.variant == REGULAR and not one.special for one in portions)
        if not plain or any(self._left.get(key, 0) < count for key, count in wanted.items()):
            return False
        for key, count in wanted.items():
            self._left[key] -= count
        return True


def _wave_s(today: Today, lost: list[Portion]) -> int | None:
    """When lost dishes that go on the heat now could be handed over: cooked, packed, driven there."""
    facts = today.facts
    site = facts.sites[lost[0].site_id]
    cook_s = {batch.dish_id: batch.cook_s for batch in today.morning.batches}
    leg = facts.params.travel.between([facts.kitchen.place, site.place]).leg(0, 1)
    if leg is None or not facts.vehicles:
        return None
    longest_s = max(cook_s[one.dish_id] for one in lost)
    there_s = today.morning.now_s + longest_s + PACK_S + leg.seconds + site.unload_s
    closes_s = facts.service.seconds(facts.service.at_local(site.hours.closes))
    return there_s if there_s - site.unload_s <= closes_s else None


def _handed_s(trips: Iterable[Trip]) -> dict[str, int]:
    return {box: visit.leave_s for trip in trips for visit in trip.visits for box in visit.box_ids}
