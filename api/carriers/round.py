"""What the day itself says about carriers: packed, left, emptied, and which may be packed at all."""

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from sqlmodel import Session, col, select

from kitchen.boxes import Carrier
from kitchen.carriers import CarrierAct, CarrierEvent, why_not_packed
from kitchen.store.acts import load_packed
from kitchen.store.carriers import carriers_watched, last_of_box, load_statuses, save_carrier_events
from kitchen.store.production_rows import BoxRow, ProductionRow
from orders.codes import Coded
from orders.errors import Conflict
from orders.ids import IdSource
from orders.service import parse_service

NOT_WATCHED = "carriers_not_watched"


def carrier_findings(session: Session, kitchen_id: str) -> tuple[Coded, ...]:
    """That nobody writes down which carriers are clean; nothing for a house that does."""
    return () if carriers_watched(session, kitchen_id) else (Coded(NOT_WATCHED),)


def require_clean(session: Session, kitchen_id: str, carrier: Carrier) -> None:
    """
    Refuses to pack into a carrier that is not clean; a house that keeps no wash records packs as before.

    Raises
    ------
    Conflict
        ``carrier_not_clean``, naming its state.
    """
    if not carriers_watched(session, kitchen_id):
        return
    status = load_statuses(session, kitchen_id, [carrier.carrier_id])[carrier.carrier_id]
    reason = why_not_packed(status, carrier.code)
    if reason is not None:
        raise Conflict(reason.code, **reason.params)


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
    """Moves the instant at which a carrier was packed as a box."""
    event = last_of_box(session, box.box_id, "pack")
    if event is not None:
        moved = replace(
            event,
            event_id=ids.new(),
            actor=actor,
            happened_at=at,
            recorded_at=now_at,
            replaces=event.event_id,
        )
        save_carrier_events(session, _kitchen_id(session, box), [moved])


def note_left(
    session: Session,
    box_ids: Collection[str],
    act: CarrierAct,
    at: datetime,
    *,
    actor: str,
    now_at: datetime,
    ids: IdSource,
) -> None:
    """Writes down that the carriers of packed boxes left the dock, or stand empty at their sites."""
    for box, carrier_id in _packed(session, box_ids):
        if last_of_box(session, box.box_id, "pack") is None or last_of_box(session, box.box_id, act):
            continue
        event = CarrierEvent(ids.new(), carrier_id, act, actor, at, now_at, box.site_id, box.box_id)
        save_carrier_events(session, _kitchen_id(session, box), [event])


def _packed(session: Session, box_ids: Collection[str]) -> Iterable[tuple[BoxRow, str]]:
    rows = list(session.exec(select(BoxRow).where(col(BoxRow.box_id).in_(sorted(box_ids)))))
    used: dict[str, str] = {}
    for production_id in {row.production_id for row in rows}:
        used |= {key: act.carrier_id for key, (_, act) in load_packed(session, production_id).items()}
    return [(row, used[row.box_id]) for row in rows if row.box_id in used]


def _kitchen_id(session: Session, box: BoxRow) -> str:
    production = session.get_one(ProductionRow, box.production_id)
    return parse_service(production.service_key).kitchen_id
