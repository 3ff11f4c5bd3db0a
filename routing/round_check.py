"""The judge of volunteers' rounds, who knows nothing of how they were found."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from orders.codes import Coded
from routing.round_facts import CANTEEN, CarryTask, Round, Rounds, Volunteer


def check_rounds(rounds: Rounds, task: CarryTask) -> list[Coded]:
    """
    Judges rounds by their task alone.

    Returns
    -------
    list[Coded]
        Everything that breaks a rule; empty for rounds that may be walked. Names that the task does not
        know are reported alone, since nothing further can be computed.

    References
    ----------
    docs/routing.md, "Rounds of volunteers".
    """
    unknown = list(_unknown(rounds, task))
    if unknown:
        return unknown
    people = {one.name: one for one in task.volunteers}
    found = list(_each_part_once(rounds, task))
    for one in rounds.rounds:
        found += _times(one, people[one.volunteer], task)
        found += _limits(one, people[one.volunteer], task)
    for name in people:
        own = sorted((one for one in rounds.rounds if one.volunteer == name), key=lambda one: one.leave_s)
        found += [
            Coded("round_overlaps", {"round": after.code, "volunteer": name})
            for before, after in pairwise(own)
            if after.leave_s < before.return_s
        ]
    return found


def _unknown(rounds: Rounds, task: CarryTask) -> Iterator[Coded]:
    doors, bags = {one.door_id for one in task.doors}, {one.box_id for one in task.bags}
    people = {one.name for one in task.volunteers}
    codes = Counter(one.code for one in rounds.rounds)
    for one in rounds.rounds:
        names = {one.volunteer} - people | set(one.box_ids) - bags
        names |= {visit.door_id for visit in one.visits} - doors
        if names or codes[one.code] > 1 or not one.visits:
            yield Coded("round_unknown", {"round": one.code, "names": ", ".join(sorted(names))})
    for left in rounds.left:
        if left.door_id not in doors:
            yield Coded("round_unknown", {"round": "", "names": left.door_id})


def _each_part_once(rounds: Rounds, task: CarryTask) -> Iterator[Coded]:
    brought = (visit for one in rounds.rounds for visit in one.visits)
    counts = Counter((visit.door_id, box_id) for visit in brought for box_id in visit.box_ids)
    counts.update((left.door_id, box_id) for left in rounds.left for box_id in left.box_ids)
    wanted = {(door.door_id, box_id) for door in task.doors for box_id in door.box_ids}
    for door_id, box_id in sorted(wanted | counts.keys()):
        times = counts[door_id, box_id]
        if (times != 1) or (door_id, box_id) not in wanted:
            yield Coded("round_part_count", {"order": door_id, "box": box_id, "times": times})


def _times(one: Round, volunteer: Volunteer, task: CarryTask) -> Iterator[Coded]:
    places = {door.door_id: door.place for door in task.doors}
    here, now_s, walked_m = CANTEEN, one.leave_s, 0
    for visit in one.visits:
        place = places[visit.door_id]
        leg = None if place is None else task.ways.leg(here, place)
        if leg is None or place is None:
            yield Coded("round_times_wrong", {"round": one.code, "order": visit.door_id})
            return
        told = (visit.travel_s, visit.distance_m, visit.arrive_s, visit.given_s)
        way_s = volunteer.way_s(leg.seconds)
        if told != (way_s, leg.metres, now_s + way_s, now_s + way_s + task.hand_over_s):
            yield Coded("round_times_wrong", {"round": one.code, "order": visit.door_id})
        here, now_s, walked_m = place, visit.given_s, walked_m + leg.metres
    back = task.ways.leg(here, CANTEEN)
    if back is None or (one.return_s, one.distance_m) != (
        now_s + volunteer.way_s(back.seconds),
        walked_m + back.metres,
    ):
        yield Coded("round_times_wrong", {"round": one.code, "order": ""})


def _limits(one: Round, volunteer: Volunteer, task: CarryTask) -> Iterator[Coded]:
    signed_s = {bag.box_id: bag.signed_s for bag in task.bags}
    eat_by_s = {door.door_id: door.eat_by_s for door in task.doors}
    inside = {box_id for visit in one.visits for box_id in visit.box_ids}
    if len(set(one.box_ids)) > volunteer.bags or inside != set(one.box_ids):
        yield Coded("round_over_bags", {"round": one.code, "bags": len(inside), "most": volunteer.bags})
    if any(one.leave_s < signed_s[box_id] for box_id in one.box_ids):
        yield Coded("round_before_van", {"round": one.code})
    if one.leave_s < volunteer.from_s or one.return_s > volunteer.to_s:
        yield Coded("round_outside_hours", {"round": one.code, "volunteer": volunteer.name})
    if one.last_door_s - one.leave_s > task.most_s:
        minutes = -(-(one.last_door_s - one.leave_s) // 60)
        yield Coded("round_too_long", {"round": one.code, "minutes": minutes, "most": task.most_s // 60})
    for visit in one.visits:
        if visit.given_s + task.eating_s > eat_by_s[visit.door_id]:
            yield Coded("round_eaten_too_late", {"round": one.code, "order": visit.door_id})
