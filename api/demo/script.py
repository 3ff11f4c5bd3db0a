"""What people do in the rehearsal, minute by minute, taken from the published plan."""

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

NO_SHOW_RATIO = 0.01
COOKED_C = (86.0, 94.0)
TABLE_EVERY_MINUTES = 5
REHEATED_AFTER, REHEATED_C = timedelta(minutes=25), 78.0
TAKEN_AFTER, LEAST_WAY = timedelta(minutes=2), timedelta(minutes=1)
SETTLED = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class Act:
    """
    One act of one person.

    Parameters
    ----------
    at
        When it happens.
    rank
        Order among acts of the same instant.
    person
        Login of who acts.
    path, body
        What is sent to the house.
    said
        Name of the beat it belongs to, empty for none.
    """

    at: datetime
    rank: int
    person: str
    path: str
    body: Mapping[str, Any] = field(default_factory=dict)
    said: str = ""


CoreAt = Callable[[str, datetime], float]


def kitchen_acts(
    day: Mapping[str, Any],
    rng: random.Random,
    cooked_at: Mapping[str, datetime],
    by: Mapping[str, str],
) -> list[Act]:
    """
    Each batch off the heat at its planned minute, or at another that the rehearsal sets.

    Parameters
    ----------
    day
        The published plan as the house gives it.
    rng
        Seeded.
    cooked_at
        Batch id to another instant.
    by
        Probe and person of each measurement.
    """
    acts = []
    for batch in day["batches"]:
        at = cooked_at.get(batch["batch_id"], instant(batch["ready_at"]))
        body = {"happened_at": at.isoformat(), "core_c": round(rng.uniform(*COOKED_C), 1), **by}
        acts.append(Act(at, 0, "kitchen", f"/api/v1/batches/{batch['batch_id']}/cooked", body, "cooked"))
    return acts


def packing_acts(day: Mapping[str, Any], core_at: CoreAt, by: Mapping[str, str]) -> list[Act]:
    """Each box closed at its planned minute, its carrier scanned, its core measured by hand."""
    acts = []
    for box in day["boxes"]:
        at = instant(box["packed_at"])
        body = {
            "happened_at": at.isoformat(),
            "core_c": core_at(box["box_id"], at),
            "carrier_code": box["carrier_code"],
            **by,
        }
        acts.append(Act(at, 1, "kitchen", f"/api/v1/boxes/{box['box_id']}/packed", body, "packed"))
    return acts


def road_acts(day: Mapping[str, Any], core_at: CoreAt) -> list[Act]:
    """Departures, and a receipt for each box at its stop."""
    boxes = {box["box_id"]: box for box in day["boxes"]}
    acts = []
    for trip in day["trips"]:
        at, driver = instant(trip["depart_at"]), f"driver-{trip['vehicle_id']}"
        depart = {"happened_at": at.isoformat()}
        acts.append(Act(at, 2, driver, f"/api/v1/trips/{trip['trip_id']}/depart", depart, "departed"))
        for stop in trip["stops"]:
            signed_at = instant(stop["leave_at"])
            signer = driver if stop["kind"] == "home" else f"canteen-{stop['site_id']}"
            acts += _reheatings(stop, [boxes[box_id] for box_id in stop["box_ids"]], signer, signed_at)
            for box_id in stop["box_ids"]:
                body = {
                    "happened_at": signed_at.isoformat(),
                    "core_c": core_at(box_id, signed_at),
                    "portions": boxes[box_id]["portions"],
                    "condition": "accepted",
                }
                acts.append(Act(signed_at, 3, signer, f"/api/v1/boxes/{box_id}/receipt", body, "handed_over"))
    return acts


def _reheatings(
    stop: Mapping[str, Any], boxes: Iterable[Mapping[str, Any]], signer: str, signed_at: datetime
) -> list[Act]:
    """Chilled food of a table is reheated once it has come, and before the first plate."""
    if stop["kind"] != "canteen":
        return []
    at = max(signed_at, min(signed_at + REHEATED_AFTER, instant(stop["serving_starts_at"])))
    body = {"happened_at": at.isoformat(), "core_c": REHEATED_C}
    chilled = [one for one in boxes if one["hold_class"] == "cold" and not one["second_leg"]]
    return [
        Act(at, 4, signer, f"/api/v1/boxes/{one['box_id']}/reheated", body, "reheated") for one in chilled
    ]


def bag_acts(day: Mapping[str, Any], core_at: CoreAt) -> list[Act]:
    """Each bag of the volunteers leaves its canteen and is given at its last door, its core taken at both."""
    boxes = {box["box_id"]: box for box in day["boxes"]}
    acts = []
    for stop in (stop for trip in day["trips"] for stop in trip["stops"]):
        left_at, given_at = _bag_times(stop)
        for box_id in stop["box_ids"]:
            if not boxes[box_id]["second_leg"]:
                continue
            for at, said in ((left_at, "left"), (given_at, "given")):
                body = {"happened_at": at.isoformat(), "core_c": core_at(box_id, at)}
                path = f"/api/v1/boxes/{box_id}/{said}"
                acts.append(Act(at, 4, f"canteen-{stop['site_id']}", path, body, said))
    return acts


def _bag_times(stop: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """When a stop's bags leave it, and when they are at their last door."""
    left_at = instant(stop["leave_at"]) + TAKEN_AFTER
    return left_at, max(left_at + LEAST_WAY, instant(stop["second_leg_ends_at"]))


def table_acts(
    day: Mapping[str, Any],
    orders: Iterable[Mapping[str, Any]],
    no_shows: frozenset[str],
    offline: frozenset[str],
) -> list[Act]:
    """
    Servings, a few diners at a time, as the tablet at the door sends them; what goes on is in `bag_acts`.

    Parameters
    ----------
    day, orders
        The published plan and who eats where.
    no_shows
        Order codes of those who do not come.
    offline
        Sites whose tablet has no network and sends everything when the table closes.
    """
    stops = {stop["site_id"]: (trip, stop) for trip in day["trips"] for stop in trip["stops"]}
    by_site: dict[str, list[Mapping[str, Any]]] = {}
    for order in orders:
        if order["site_id"] in stops:
            by_site.setdefault(order["site_id"], []).append(order)
    acts = []
    for site_id, eaters in sorted(by_site.items()):
        trip, stop = stops[site_id]
        person = f"driver-{trip['vehicle_id']}" if stop["kind"] == "home" else f"canteen-{site_id}"
        coming = [order for order in eaters if order["code"] not in no_shows]
        acts += _site_acts(stop, coming, person, service_of(day), offline=site_id in offline)
    return acts


def _site_acts(
    stop: Mapping[str, Any],
    orders: list[Mapping[str, Any]],
    person: str,
    service: Mapping[str, str],
    *,
    offline: bool,
) -> list[Act]:
    starts_at, ends_at = instant(stop["serving_starts_at"]), instant(stop["serving_ends_at"])
    here = [order for order in orders if stop["kind"] == "home" or order["delivery"] == "dine_in"]
    served: dict[datetime, list[dict[str, Any]]] = {}
    for number, order in enumerate(here, 1):
        at = starts_at + (ends_at - starts_at) * number / (len(here) + 1)
        sent_at = ends_at if offline else _next_sending(starts_at, at)
        claim = {"order_code": order["code"], "meal": order["code"]}
        entry = {**claim, "happened_at": at.isoformat(), "offline": offline}
        served.setdefault(sent_at, []).append(entry)
    acts = [
        Act(
            at,
            4,
            person,
            "/api/v1/servings",
            {**service, "site_id": stop["site_id"], "servings": entries},
            "served",
        )
        for at, entries in sorted(served.items())
    ]
    if stop["kind"] == "home":
        return acts
    closes_at = max(ends_at, _bag_times(stop)[1])
    table = {**service, "happened_at": closes_at.isoformat()}
    path = f"/api/v1/sites/{stop['site_id']}/table-closed"
    return [*acts, Act(closes_at, 5, person, path, table, "table_closed")]


def service_of(day: Mapping[str, Any]) -> dict[str, str]:
    """The service that the board is of, as acts name it."""
    kitchen_id, service_on, meal = day["service"].split("/")
    return {"kitchen_id": kitchen_id, "service_on": service_on, "meal": meal}


def choose_no_shows(orders: Iterable[Mapping[str, Any]], rng: random.Random) -> frozenset[str]:
    """Who does not come to the table, by chance; home diners are at home."""
    codes = sorted(order["code"] for order in orders if order["delivery"] == "dine_in")
    return frozenset(rng.sample(codes, round(len(codes) * NO_SHOW_RATIO)))


def instant(text: str) -> datetime:
    """An instant as the house writes it."""
    return datetime.fromisoformat(text)


def _next_sending(from_at: datetime, at: datetime) -> datetime:
    """When a serving is sent: servings travel in small groups, not one by one."""
    every = timedelta(minutes=TABLE_EVERY_MINUTES)
    return from_at + every * ((at - from_at) // every + 1)
