"""Board: the published day as one document, for screens, for programs and for the rehearsal."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from api.checks.duty import left_standing
from kitchen.boxes import Box
from kitchen.store.equipment import load_carriers
from kitchen.store.production import Production, load_batches, load_boxes, load_production, load_slots
from orders.errors import NotFound
from orders.service import Service
from orders.sites import Site
from orders.store.diners import load_diners
from orders.store.orders import load_orders
from orders.store.sites import load_sites
from routing.plan import Visit
from routing.store.plans import PlanHead, load_plan, trip_ids


def board_of(session: Session, service: Service) -> dict[str, Any]:
    """
    The published production and plan of a service, instants as RFC 3339.

    Returns
    -------
    dict
        ``version``, ``batches``, ``boxes``, ``trips``, ``unserved``; see `docs/the-day.md`.

    Raises
    ------
    NotFound
        When nothing is published.
    """
    production, loaded = load_production(session, service.key), load_plan(session, service.key)
    if production is None or loaded is None:
        raise NotFound("production", service.key)
    head, plan = loaded
    sites = load_sites(session, service.kitchen_id, service.meal)
    return {
        "service": service.key,
        "version": production.version,
        "batches": _batches(session, service, production),
        "boxes": _boxes(session, service, production),
        "trips": _trips(session, service, head, sites),
        "unserved": [
            {"stop_id": one.stop_id, "box_ids": list(one.box_ids), "code": one.reason.code}
            for one in plan.unserved
        ],
    }


def off_duty_of(session: Session, service: Service, now_at: datetime) -> list[dict[str, Any]]:
    """Cooks who may not work and batches that still stand on them, by code."""
    return [
        {"worker_code": one.worker.code, "name": one.worker.name, "batches": list(one.batches)}
        for one in left_standing(session, service, now_at)
    ]


def orders_of(session: Session, service: Service) -> list[dict[str, Any]]:
    """Locked orders by number: code, diner's number, site, how it is eaten, portions."""
    orders = load_orders(session, service, ("locked",))
    diners = load_diners(session, ids={order.diner_id for order in orders})
    return [
        {
            "order_id": order.order_id,
            "code": order.code,
            "diner_code": diners[order.diner_id].code,
            "site_id": order.site_id,
            "delivery": order.brought(diners[order.diner_id]),
            "portions": order.portions,
            "price_fen": order.price_fen,
        }
        for order in orders
    ]


def _batches(session: Session, service: Service, production: Production) -> list[dict[str, Any]]:
    slots = {slot.batch_id: slot for slot in load_slots(session, production.production_id)}
    return [
        {
            "batch_id": batch.batch_id,
            "code": batch.code,
            "dish_id": batch.dish_id,
            "variant": batch.variant,
            "portions": batch.portions,
            "extra_portions": batch.extra_portions,
            "equipment_id": slots[batch.batch_id].equipment_id,
            "start_at": service.instant(slots[batch.batch_id].start_s).isoformat(),
            "ready_at": service.instant(slots[batch.batch_id].ready_s).isoformat(),
        }
        for batch in load_batches(session, production.production_id)
        if batch.batch_id in slots
    ]


def _boxes(session: Session, service: Service, production: Production) -> list[dict[str, Any]]:
    carriers = {carrier.carrier_id: carrier for carrier in load_carriers(session, service.kitchen_id)}
    return [
        {
            "box_id": box.box_id,
            "code": box.code,
            "kind": box.kind,
            "hold_class": box.hold_class,
            "site_id": box.site_id,
            "carrier_code": carriers[box.carrier_id].code,
            "sensor_id": carriers[box.carrier_id].sensor_id,
            "senses": carriers[box.carrier_id].senses,
            "portions": box.portions,
            "second_leg": box.second_leg,
            "batch_ids": list(box.batch_ids),
            **_clock(service, box),
        }
        for box in load_boxes(session, production.production_id)
    ]


def _clock(service: Service, box: Box) -> dict[str, str]:
    seconds = {
        "cooked_at": box.cooked_s,
        "packed_at": box.packed_s,
        "release_at": box.release_s,
        "deliver_by_at": box.deliver_by_s,
        "eat_by_at": box.eat_by_s,
    }
    return {name: service.instant(offset_s).isoformat() for name, offset_s in seconds.items()}


def _trips(
    session: Session, service: Service, head: PlanHead, sites: Mapping[str, Site]
) -> list[dict[str, Any]]:
    loaded = load_plan(session, service.key, head.version)
    ids = trip_ids(session, head.plan_id)
    return [
        {
            "trip_id": ids[trip.trip_code],
            "code": trip.trip_code,
            "vehicle_id": route.vehicle_id,
            "depart_at": service.instant(trip.depart_s).isoformat(),
            "return_at": service.instant(trip.return_s).isoformat(),
            "distance_m": trip.distance_m,
            "stops": [_stop(service, visit, sites[visit.stop_id]) for visit in trip.visits],
        }
        for route in (loaded[1].routes if loaded else ())
        for trip in route.trips
    ]


def _stop(service: Service, visit: Visit, site: Site) -> dict[str, Any]:
    left_at = service.instant(visit.leave_s)
    planned_at = left_at if site.kind == "home" else service.at_local(site.hours.serving_starts)
    starts_at = max(left_at, planned_at)
    ends_at = starts_at + timedelta(minutes=site.hours.serving_minutes)
    second_leg = timedelta(minutes=site.hours.second_leg_minutes)
    return {
        "stop_id": visit.stop_id,
        "site_id": site.site_id,
        "kind": site.kind,
        "name": site.name if site.kind == "canteen" else site.site_id,
        "arrive_at": service.instant(visit.arrive_s).isoformat(),
        "leave_at": left_at.isoformat(),
        "serving_starts_at": starts_at.isoformat(),
        "serving_ends_at": ends_at.isoformat(),
        "second_leg_ends_at": (left_at + second_leg if second_leg else left_at).isoformat(),
        "box_ids": list(visit.box_ids),
    }
