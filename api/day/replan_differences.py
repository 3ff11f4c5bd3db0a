"""What a re-plan changed, as the kitchen and the sites read it."""

from collections.abc import Iterable

from api.day.replan_facts import Answered, Today
from orders.codes import Coded
from orders.service import Service
from routing.plan import Trip


def differences(today: Today, answer: Answered) -> tuple[Coded, ...]:
    """Batches that are lost, new or moved, sites reached at another time, and what is not brought."""
    return (*_batches(today, answer), *_sites(today, answer), *_unserved(today, answer))


def _batches(today: Today, answer: Answered) -> list[Coded]:
    service, old = today.facts.service, today.morning.slots
    codes = {batch.batch_id: batch for batch in (*today.morning.batches, *answer.batches)}
    found = [
        Coded("replan_batch_lost", {"batch": batch.code, "portions": batch.portions}) for batch in answer.lost
    ]
    found += _spare(today, answer)
    for slot in answer.slots:
        batch, before = codes[slot.batch_id], old.get(slot.batch_id)
        params = {"batch": batch.code, "equipment": slot.equipment_id, "to": _hm(service, slot.ready_s)}
        if before is None:
            found.append(
                Coded("replan_batch_new", params | {"dish": batch.dish_id, "portions": batch.portions})
            )
        elif _hm(service, slot.ready_s) != (was := _hm(service, before.ready_s)):
            found.append(Coded("replan_batch_moved", params | {"from": was}))
        elif slot.equipment_id != before.equipment_id:
            found.append(Coded("replan_batch_elsewhere", params | {"from": before.equipment_id}))
        if before is not None and slot.cook_id and slot.cook_id != before.cook_id:
            found.append(Coded("replan_batch_cook", {"batch": batch.code, "cook": slot.cook_id}))
    return found


def _spare(today: Today, answer: Answered) -> list[Coded]:
    """Batches that feed more orders than they did."""
    before = {batch.batch_id: len(batch.line_ids) for batch in today.morning.batches}
    return [
        Coded("replan_spare_given", {"batch": one.code, "portions": given, "dish": one.dish_id})
        for one in answer.batches
        if (given := len(one.line_ids) - before.get(one.batch_id, len(one.line_ids))) > 0
    ]


def _sites(today: Today, answer: Answered) -> list[Coded]:
    service = today.facts.service
    before = _arrivals([trip for trip in today.trips if trip.trip_code not in today.departed])
    after = _arrivals(answer.plan.trips)
    return [
        Coded(
            "replan_site_moved",
            {"site": site_id, "from": _hm(service, before[site_id]), "to": _hm(service, at_s)},
        )
        for site_id, at_s in sorted(after.items())
        if site_id in before and abs(before[site_id] - at_s) >= 60
    ]


def _unserved(today: Today, answer: Answered) -> list[Coded]:
    boxes = {box.box_id: box for box in (*answer.boxes_stay, *answer.boxes_new)}
    return [
        Coded(
            "replan_site_unserved",
            {"site": one.stop_id, "portions": sum(boxes[box_id].portions for box_id in one.box_ids)},
        )
        for one in answer.plan.unserved
    ]


def _arrivals(trips: Iterable[Trip]) -> dict[str, int]:
    """Start of the last hand-over by site."""
    found: dict[str, int] = {}
    for trip in trips:
        for visit in trip.visits:
            found[visit.stop_id] = max(visit.start_s, found.get(visit.stop_id, visit.start_s))
    return found


def _hm(service: Service, second: int) -> str:
    return f"{service.local(service.instant(second)):%H:%M}"
