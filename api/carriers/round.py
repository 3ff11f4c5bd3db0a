"""What the day itself says about carriers: packed, left, emptied, and which may be packed at all."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session

from kitchen.boxes import Carrier
from kitchen.carriers import (
    CarrierAct,
    CarrierEvent,
    may_follow,
    require_in_turn,
    require_same_turn,
    why_not_packed,
)
from kitchen.store.carriers import (
    carriers_watched,
    events_of_boxes,
    last_of_box,
    load_carrier_history,
    load_statuses,
    save_carrier_events,
)
from kitchen.store.equipment import load_carriers
from kitchen.store.production_rows import BoxRow, ProductionRow
from orders.codes import Coded
from orders.errors import Conflict
from orders.ids import IdSource
from orders.service import parse_service

NOT_WATCHED = "carriers_not_watched"


def carrier_findings(session: Session, kitchen_id: str) -> tuple[Coded, ...]:
    """That nobody writes down which carriers are clean; nothing for a house that does."""
    return () if carriers_watched(session, kitchen_id) else (Coded(NOT_WATCHED),)


def require_clean(session: Session, kitchen_id: str, carrier: Carrier, at: datetime) -> None:
    """
    Refuses to pack into a carrier that was not clean by then; a house without wash records packs as before.

    Raises
    ------
    Conflict
        ``carrier_not_clean``, naming its state; ``carrier_act_after`` when it came into it later than that.
    """
    if not carriers_watched(session, kitchen_id):
        return
    status = load_statuses(session, kitchen_id, [carrier.carrier_id])[carrier.carrier_id]
    reason = why_not_packed(status, carrier.code)
    if reason is not None:
        raise Conflict(reason.code, **reason.params)
    require_in_turn(status, at, carrier.code)


def note_packed(
    session: Session,
    box: BoxRow,
    carrier_id: str,
    *,
    actor: str,
    at: datetime,
    now_at: datetime,
    ids: IdSource,
) -> None:
    """Writes down that a carrier was packed as a box."""
    event = CarrierEvent(ids.new(), carrier_id, "pack", actor, at, now_at, box.site_id, box.box_id)
    save_carrier_events(session, _kitchen_id(session, box), [event])


def note_unpacked(session: Session, box: BoxRow, *, actor: str, now_at: datetime, ids: IdSource) -> None:
    """Takes back whatever stands about the carrier of a box, since the box was never packed so."""
    kitchen_id = _kitchen_id(session, box)
    acts: tuple[CarrierAct, ...] = ("empty", "leave", "pack")
    for act in acts:
        event = last_of_box(session, box.box_id, act)
        if event is not None:
            back = replace(
                event,
                event_id=ids.new(),
                actor=actor,
                recorded_at=now_at,
                replaces=event.event_id,
                withdrawn=True,
            )
            save_carrier_events(session, kitchen_id, [back])


def note_repacked(
    session: Session, box: BoxRow, at: datetime, *, actor: str, now_at: datetime, ids: IdSource
) -> None:
    """Moves the instant at which a carrier was packed as a box; `Conflict` when it would pass another act."""
    event = last_of_box(session, box.box_id, "pack")
    if event is not None:
        kitchen_id = _kitchen_id(session, box)
        rows = load_carrier_history(session, kitchen_id, event.carrier_id)
        codes = {one.carrier_id: one.code for one in load_carriers(session, kitchen_id)}
        require_same_turn(reversed(rows), event, at, codes[event.carrier_id])
        moved = replace(
            event,
            event_id=ids.new(),
            actor=actor,
            happened_at=at,
            recorded_at=now_at,
            replaces=event.event_id,
        )
        save_carrier_events(session, kitchen_id, [moved])


def note_left(
    session: Session,
    left_at: Mapping[str, datetime],
    act: CarrierAct,
    *,
    actor: str,
    now_at: datetime,
    ids: IdSource,
) -> None:
    """
    Writes down, once each, that carriers of packed boxes left or stand empty: box id to when.

    A carrier that came back, was washed or went out again by then keeps its state.
    """
    known: dict[str, dict[str, tuple[str, CarrierEvent]]] = defaultdict(dict)
    for kitchen_id, event in events_of_boxes(session, list(left_at), ("pack", act)):
        known[event.box_id][event.act] = (kitchen_id, event)
    for box_id, found in known.items():
        if "pack" not in found or act in found:
            continue
        kitchen_id, packed = found["pack"]
        rows = load_carrier_history(session, kitchen_id, packed.carrier_id)
        if may_follow(reversed(rows), act, box_id, left_at[box_id]):
            event = replace(
                packed,
                event_id=ids.new(),
                act=act,
                actor=actor,
                happened_at=left_at[box_id],
                recorded_at=now_at,
                replaces=None,
            )
            save_carrier_events(session, kitchen_id, [event])


def _kitchen_id(session: Session, box: BoxRow) -> str:
    production = session.get_one(ProductionRow, box.production_id)
    return parse_service(production.service_key).kitchen_id
