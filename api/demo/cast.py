"""Which box fails in the rehearsal, which falls silent, which sends late: chosen by the seed."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from api.demo.breach import Breach, choose_breach
from api.demo.legs import Leg, legs_of
from api.demo.script import instant
from telemetry.simulate import SimBox

SILENT_AFTER_LEAVING = timedelta(minutes=3)
LEAST_ON_THE_WAY = timedelta(minutes=4)
HEARD_AFTER, HELD_BACK = timedelta(minutes=5), timedelta(minutes=19)  # beyond what is still called live
PROBED_FOR_S = 20
PACKED_C = (79.0, 85.0)
WEATHER_C = (15.0, 21.0)
CHILLED_C = (2.0, 4.0)
ICE_C = (1.0, 4.0)


@dataclass(frozen=True, slots=True)
class Cast:
    """
    Who plays what.

    Parameters
    ----------
    boxes
        Box id to its simulated sensor and food.
    failing, silent, late, lid
        Box ids of the broken lid, the silent sensor, the late sender and the lid left open; None where
        the day has no box that fits the part.
    offline_site
        Where the tablet has no network: the silent sensor's site.
    cooked_at
        Batches that come off the heat at another minute than planned, so that the failing box truly
        crosses its two hours on the road.
    """

    boxes: Mapping[str, SimBox]
    failing: str | None
    silent: str | None
    late: str | None
    lid: str | None
    offline_site: str | None
    cooked_at: Mapping[str, datetime]


def choose_cast(board: Mapping[str, Any], seed: int) -> Cast:
    """
    Chooses the parts.

    Parameters
    ----------
    board
        The published day as the house gives it.
    seed
        Same board and seed, same cast.
    """
    rng = random.Random(f"{seed}/cast")
    legs = {leg.box["box_id"]: leg for leg in legs_of(board) if leg.box["sensor_id"]}
    boxes = {box_id: _sound(leg, rng) for box_id, leg in sorted(legs.items())}
    hot = {box_id: leg for box_id, leg in legs.items() if leg.box["hold_class"] == "hot"}
    breach = choose_breach(hot.values(), boxes, rng, seed)
    failing = str(breach.leg.box["box_id"]) if breach else None
    taken = {failing} if failing else set[str]()
    silent = _pick(
        rng, [leg for leg in hot.values() if _eaten_late_at_a_table(leg)], taken, _sites_of(legs, taken)
    )
    on_the_road = [leg for leg in hot.values() if leg.signed_at - leg.leaves_at > LEAST_ON_THE_WAY]
    at_tables = [leg for leg in on_the_road if _eaten_late_at_a_table(leg)]
    late = _pick(rng, at_tables, taken, _sites_of(legs, taken))
    in_air = [leg for leg in on_the_road if leg.box["senses"] == "air" and leg.box["kind"] != "bag"]
    lid = _pick(rng, in_air, taken, _sites_of(legs, taken))
    if breach:
        boxes[breach.leg.box["box_id"]] = breach.box
    if silent:
        silent_at = legs[silent].leaves_at + SILENT_AFTER_LEAVING
        boxes[silent] = replace(
            boxes[silent], fault="silent", fault_at=silent_at, fault_until=_far(silent_at)
        )
    if late:
        from_at = legs[late].leaves_at
        to_at = max(legs[late].signed_at + HEARD_AFTER, from_at + HELD_BACK)
        boxes[late] = replace(boxes[late], fault="backlog", fault_at=from_at, fault_until=to_at)
    if lid:
        opened_at = legs[lid].leaves_at + (legs[lid].signed_at - legs[lid].leaves_at) / 2
        boxes[lid] = replace(boxes[lid], openings=((opened_at, 150), *boxes[lid].openings))
    offline = legs[silent].box["site_id"] if silent else None
    cooked_at = _off_the_heat(board, breach) if breach else {}
    return Cast(boxes, failing, silent, late, lid, offline, cooked_at)


def _eaten_late_at_a_table(leg: Leg) -> bool:
    """Eaten at a canteen's table, well beyond two hours."""
    return leg.box["kind"] in ("bulk", "packed") and leg.ends_at > leg.check_at + timedelta(minutes=20)


def _off_the_heat(board: Mapping[str, Any], breach: Breach) -> dict[str, datetime]:
    """The first batch of the failing box, where it has to come off the heat earlier than planned."""
    if not breach.earlier:
        return {}
    ready = {batch["batch_id"]: instant(batch["ready_at"]) for batch in board["batches"]}
    first = min(breach.leg.box["batch_ids"], key=lambda batch: (ready[batch], batch))
    return {first: ready[first] - breach.earlier}


def _pick(rng: random.Random, legs: list[Leg], taken: set[str], not_at: set[str]) -> str | None:
    fitting = [leg for leg in legs if leg.box["box_id"] not in taken and leg.box["site_id"] not in not_at]
    if not fitting:
        return None
    chosen = str(rng.choice(sorted(fitting, key=lambda leg: leg.box["code"])).box["box_id"])
    taken.add(chosen)
    return chosen


def _sites_of(legs: Mapping[str, Leg], box_ids: set[str]) -> set[str]:
    return {legs[box_id].box["site_id"] for box_id in box_ids}


def _sound(leg: Leg, rng: random.Random) -> SimBox:
    """A box without a fault; a chilled one lies on ice, which is all the weather that it feels."""
    is_hot = leg.box["hold_class"] == "hot"
    return SimBox(
        device_id=leg.box["sensor_id"],
        probe=leg.box["senses"],
        senses=leg.box["senses"],
        packed_at=leg.packed_at,
        core_at_packing_c=round(rng.uniform(*(PACKED_C if is_hot else CHILLED_C)), 1),
        ambient_c=round(rng.uniform(*(WEATHER_C if is_hot else ICE_C)), 1),
        openings=((leg.signed_at, PROBED_FOR_S),),
        until_at=leg.back_at,
    )


def _far(at: datetime) -> datetime:
    return at + timedelta(days=1)
