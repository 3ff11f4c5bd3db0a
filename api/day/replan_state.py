"""The state of a day that an answer to an event was made for: whoever confirms it means this one."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from api.checks.gates import barred_batches
from kitchen.store.acts import load_cooked, load_packed, load_started
from kitchen.store.production import load_production, load_slots
from orders.service import Service
from orders.store.orders import load_orders
from orders.store.receipts import load_receipts
from routing.store.plans import load_plan, trip_events


def day_state(session: Session, service: Service, event: Sequence[object], now_at: datetime) -> str:
    """
    SHA-256 of what a re-plan must not overlook: version, reports, orders, what its minute has begun, and what
    nobody may eat of.

    Parameters
    ----------
    session
        Open transaction.
    service, event, now_at
        Which day; what went wrong, as plain values; when.
    """
    production, loaded = load_production(session, service.key), load_plan(session, service.key)
    key, plan_id = (production.production_id if production else ""), (loaded[0].plan_id if loaded else "")
    now_s, slots = service.seconds(now_at), load_slots(session, key)
    lines = [
        [order.order_id, order.site_id, line.line_id, line.dish_id, line.state]
        for order in load_orders(session, service, ("locked",))
        for line in order.lines
    ]
    state = {
        "event": list(event),
        "production": key,
        "started": sorted(load_started(session, key)),
        "cooked": sorted(load_cooked(session, key)),
        "packed": sorted(load_packed(session, key)),
        "signed": sorted(one.box_id for one in load_receipts(session, service).values()),
        "trips": sorted((trip, sorted(told)) for trip, told in trip_events(session, plan_id).items()),
        "begun": sorted(slot.batch_id for slot in slots if slot.start_s <= now_s),
        "lines": sorted(lines),
        "barred": sorted(barred_batches(session, service, [slot.batch_id for slot in slots])),
    }
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()
