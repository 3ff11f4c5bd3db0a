"""Re-plan on the road: a published day after a van broke down, a stop or a road changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session

from api.audit import record
from api.day.recheck import recheck_service
from api.day.replan import keep_version, next_version
from api.day.replan_facts import BOX_LOST, LOST, TOO_LATE, Answered, Today
from api.day.replan_past import Reports, as_planned, past_of, reports_of
from api.day.replan_road import Case, RoadAnswer, road_answer
from api.day.replan_state import day_state
from api.day.replan_today import today_of
from api.day.road_diners import Affected, affected
from api.db import Database
from api.moments import happened
from api.permissions import Actor, ensure
from api.stock.picking import keep_picks
from kitchen.store.production import load_exceptions
from orders.codes import Coded, Param
from orders.errors import Conflict, NotFound
from orders.ids import IdSource
from orders.service import Service
from routing.day_events import RoadEvent, road_after
from routing.fetch import Fetch
from routing.plan import Trip
from routing.store.day_events import DayEventRow, event_body, event_of, load_day_events, save_day_event

ACT = "day.publish"
MOVED_S = 120


@dataclass(frozen=True, slots=True)
class RoadReplanned:
    """
    What an event on the road makes of the day.

    Parameters
    ----------
    version
        That is published now; of a preview the one before.
    events
        What happened.
    answer
        The rest of the day.
    changes
        What differs, and who could do what.
    diners
        Each order whose food comes at another time, or not.
    digest
        Of the state of the day that a preview was made for.
    ahead
        Whether it has not happened yet, so that nothing can be published.
    """

    version: int
    events: tuple[RoadEvent, ...]
    answer: RoadAnswer
    changes: tuple[Coded, ...]
    diners: tuple[Affected, ...]
    digest: str = ""
    ahead: bool = False


def road_previewed(
    database: Database, service: Service, events: Sequence[RoadEvent], *, now_at: datetime, seed: int
) -> RoadReplanned:
    """What `road_replan` would give, nothing kept; an instant that is still ahead is judged by the plan."""
    with database.read() as session:
        today, reports = _read(session, service, events, now_at)
        digest = day_state(session, service, _plain(events), now_at)
    found = _answered(today, reports, events, service.seconds(now_at), seed)
    return replace(found, digest=digest)


def road_replan(
    database: Database,
    service: Service,
    events: Sequence[RoadEvent],
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    seed: int,
    expected: str | None = None,
) -> RoadReplanned:
    """
    Drives the rest of a published service otherwise, and publishes it as a new version.

    What is handed over stays; boxes of a vehicle that is out are fetched by another one where that brings
    them in time, and else are lost; what has not left goes with the vehicles that are there.

    Parameters
    ----------
    database
        Where from and to; the search runs outside any transaction.
    service, events
        Which day, and what happened on its roads.
    actor, now_at, ids, seed
        Who, when, with which row ids; same day, events and seed, same answer.
    expected
        Digest of the preview that is confirmed; None where nobody looked at one.

    Raises
    ------
    NotFound
        When nothing is published.
    BadInput
        ``act_in_future`` when it has not happened yet.
    Conflict
        ``replan_moved_on`` when anything was published, reported or signed since the preview.
    """
    ensure(actor, ACT, kitchen_id=service.kitchen_id)
    for event in events:
        happened(service.instant(event.at_s), now_at)
    with database.read() as session:
        today, reports = _read(session, service, events, now_at)
        state = day_state(session, service, _plain(events), now_at)
    if expected not in (None, state):
        raise Conflict("replan_moved_on", service=service.key)
    found = _answered(today, reports, events, service.seconds(now_at), seed)
    with database.begin(lock=service.key) as session:
        if day_state(session, service, _plain(events), now_at) != state:
            raise Conflict("replan_moved_on", service=service.key)
        rows = [(event.kind, event.ref, event_body(event)) for event in found.events]
        done = keep_road(session, today, found, rows, ids, actor, now_at)
        recheck_service(session, service, now_at=now_at, ids=ids)
    return done


def _read(
    session: Session, service: Service, events: Sequence[RoadEvent], now_at: datetime
) -> tuple[Today, Reports]:
    today = today_of(session, service, now_at)
    known = {one.vehicle_id for one in today.facts.vehicles} | today.road.out.keys()
    for event in events:
        if event.kind in ("vehicle_down", "driver_ill", "vehicle_back") and event.ref not in known:
            raise NotFound("vehicle", event.ref)
    told = [event_of(row) for row in load_day_events(session, service.key)]
    road = road_after([*(one for one in told if one is not None), *events])
    return today_of(session, service, now_at, road=road), reports_of(session, service)


def _answered(
    today: Today, reports: Reports, events: Sequence[RoadEvent], now_s: int, seed: int
) -> RoadReplanned:
    at_s = max(event.at_s for event in events)
    ahead = at_s > now_s
    if ahead:
        reports = as_planned(today, reports, at_s)
        ids = {trip.trip_code: today.departed.get(trip.trip_code, "") for trip in today.trips}
        left = {code: row for code, row in ids.items() if code in reports.left_s or code in today.departed}
        today = replace(today, departed=left, morning=replace(today.morning, now_s=at_s))
    stands = {one.ref: one.place for one in events if one.kind == "vehicle_down" and one.place is not None}
    past, under = past_of(today, reports, at_s, max(at_s, now_s), stands)
    answer = road_answer(Case(today, past, under, seed))
    diners = affected(today, answer, past.done)
    said = (*_events_said(today, events), *road_changes(today, answer))
    return RoadReplanned(today.production.version, tuple(events), answer, said, diners, "", ahead)


def _events_said(today: Today, events: Sequence[RoadEvent]) -> list[Coded]:
    """Who could drive instead of a driver who is ill."""
    idle = {one.vehicle_id for one in today.facts.vehicles}
    idle -= {
        route.vehicle_id
        for route in today.plan.routes
        if any(trip.trip_code not in today.departed for trip in route.trips)
    }
    found = []
    for event in events:
        if event.kind == "driver_ill" and not event.other:
            names = ", ".join(sorted(idle - {event.ref}))
            code = "road_drivers_free" if names else "road_no_driver_free"
            found.append(Coded(code, {"vehicle": event.ref, "vehicles": names}))
    return found


def road_changes(today: Today, answer: RoadAnswer) -> list[Coded]:
    service, codes = today.facts.service, {box.box_id: box.code for box in today.boxes}
    found = list[Coded]()
    for one in answer.fetched:
        boxes = ", ".join(sorted((codes[box] for box in one.box_ids), key=lambda code: (len(code), code)))
        at = {"at": _hm(service, one.there_s), "on": _hm(service, one.on_s)}
        found.append(
            Coded("road_fetched", {"vehicle": one.vehicle_id, "trip": one.trip_code, "boxes": boxes, **at})
        )
    chosen = {one.vehicle_id for one in answer.fetched}
    for offer in answer.offers:
        if offer.vehicle_id not in chosen:
            at = {"at": _hm(service, offer.there_s), "boxes": str(len(offer.box_ids))}
            found.append(Coded("road_could_fetch", {"vehicle": offer.vehicle_id, **at}))
    found += [*_other_vans(today, answer), *_sites(today, answer)]
    portions = {box.box_id: box.portions for box in today.boxes}
    before = {(box, one.reason.code in LOST) for one in today.plan.unserved for box in one.box_ids}
    for left in answer.plan.unserved:
        fresh = [box for box in left.box_ids if (box, left.reason.code in LOST) not in before]
        if fresh:
            code = {BOX_LOST: "road_boxes_lost", TOO_LATE: "road_boxes_late"}.get(left.reason.code)
            named = ", ".join(sorted((codes[box] for box in fresh), key=lambda code: (len(code), code)))
            said: dict[str, Param] = {
                "site": left.stop_id,
                "boxes": named,
                "portions": sum(portions[box] for box in fresh),
            }
            found.append(Coded(code or "road_boxes_left", said))
    return found


def _other_vans(today: Today, answer: RoadAnswer) -> list[Coded]:
    """Trips that another van drives."""
    before = {trip.trip_code: route.vehicle_id for route in today.plan.routes for trip in route.trips}
    return [
        Coded("road_trip_other_van", {"trip": trip.trip_code, "vehicle": route.vehicle_id})
        for route in answer.plan.routes
        for trip in route.trips
        if before.get(trip.trip_code, route.vehicle_id) != route.vehicle_id
    ]


def _sites(today: Today, answer: RoadAnswer) -> list[Coded]:
    """Sites that are reached at another minute, by trips that have not left and by those under way."""
    service = today.facts.service
    before, after = _starts(today.trips), _starts(answer.plan.trips)
    for tail in answer.tails.values():
        after |= _starts([tail.trip], tail.done)
    return [
        Coded(
            "replan_site_moved",
            {"site": site_id, "from": _hm(service, before[site_id]), "to": _hm(service, at_s)},
        )
        for site_id, at_s in sorted(after.items())
        if site_id in before and abs(before[site_id] - at_s) >= MOVED_S
    ]


def _starts(trips: Iterable[Trip], first: int = 0) -> dict[str, int]:
    found: dict[str, int] = {}
    for trip in trips:
        for visit in trip.visits[first:]:
            found[visit.stop_id] = max(visit.start_s, found.get(visit.stop_id, visit.start_s))
    return found


def _hm(service: Service, second: int) -> str:
    return f"{service.local(service.instant(second)):%H:%M}"


def keep_road(
    session: Session,
    today: Today,
    found: RoadReplanned,
    events: Sequence[tuple[str, str, dict[str, Any]]],
    ids: IdSource,
    actor: Actor,
    now_at: datetime,
) -> RoadReplanned:
    """The answer as a version of its own, with its events as kind, ref and body."""
    service, before = today.facts.service, today.production
    after = next_version(session, before, service, ids, actor, now_at)
    changed = {code: tail.trip for code, tail in found.answer.tails.items()}
    keep_version(session, today, after, _all_stays(session, today, found), ids, changed)
    keep_picks(session, service)
    done = replace(found, version=after.version)
    for number, (kind, ref, body) in enumerate(events, 1):
        row = DayEventRow(
            event_id=ids.new(),
            service_key=service.key,
            version=after.version,
            number=number,
            kind=kind,
            ref=ref,
            body=body,
            found=_found(today, done) if number == 1 else {},
            actor=actor.user_id,
            at=now_at,
        )
        save_day_event(session, row)
        detail = {"version": after.version, "event": kind, "ref": ref}
        record(session, actor, "day.road_event", service.key, now_at, detail)
    return done


def _all_stays(session: Session, today: Today, found: RoadReplanned) -> Answered:
    """Everything in the kitchen as it was, with the new trips."""
    said = load_exceptions(session, today.production.production_id)
    return Answered(
        batches=tuple(today.morning.batches),
        slots=tuple(today.morning.slots.values()),
        new_ids=frozenset(),
        boxes_stay=today.boxes,
        boxes_new=(),
        plan=found.answer.plan,
        instead=(),
        lost=(),
        late=tuple(item.reason for stage, item in said if stage == "schedule"),
        undelivered=frozenset(),
        notes=(),
    )


def _found(today: Today, done: RoadReplanned) -> dict[str, Any]:
    """What the version says, as it is kept."""
    service = today.facts.service
    was = {trip.trip_code: asdict(trip) for trip in today.trips if trip.trip_code in done.answer.tails}
    return {
        "changes": [{"code": one.code, "params": dict(one.params)} for one in done.changes],
        "diners": [one.document(service) for one in done.diners],
        "lost": sorted(done.answer.lost),
        "fetched": [fetch_document(service, one) for one in done.answer.fetched],
        "trips_before": was,
        "left": sorted(today.departed),
    }


def fetch_document(service: Service, fetch: Fetch) -> Mapping[str, Any]:
    """Who fetches what, and when."""
    return {
        "vehicle_id": fetch.vehicle_id,
        "trip": fetch.trip_code,
        "there_at": service.instant(fetch.there_s).isoformat(),
        "on_at": service.instant(fetch.on_s).isoformat(),
        "box_ids": list(fetch.box_ids),
        "from_vehicle": fetch.from_vehicle,
        "lat": round(fetch.place.lat, 6),
        "lon": round(fetch.place.lon, 6),
    }


def _plain(events: Sequence[RoadEvent]) -> list[object]:
    """Events without their second: one that happens now is confirmed some seconds after it was looked at."""
    return [str(replace(event, at_s=0)) for event in events]
