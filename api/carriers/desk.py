"""The desk at the washing place: whose carriers they are, who acts, what is done with one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from sqlmodel import Session

from api.audit import record
from api.db import hold
from api.moments import happened
from api.packaged import read_toml
from api.paths import config_dir
from api.permissions import Actor, ensure
from kitchen.boxes import Carrier
from kitchen.carriers import (
    CarrierAct,
    CarrierEvent,
    CarrierStatus,
    WashMethod,
    require_in_turn,
    require_open,
    state_after,
    stays_abroad,
    wash_methods,
)
from kitchen.corrections import UNDO, may_undo
from kitchen.store.carriers import (
    load_carrier_history,
    load_statuses,
    save_carrier_events,
)
from kitchen.store.equipment import load_carriers
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.sites import Kitchen
from telemetry.store.probe_uses import empty_box, refill_box

BY_HAND: tuple[CarrierAct, ...] = (
    "vouch",
    "preheat",
    "return",
    "wash",
    "ready",
    "repair",
    "mend",
    "lose",
    "find",
)
NEEDS_NOTE: frozenset[CarrierAct] = frozenset({"repair", "lose"})


@dataclass(frozen=True, slots=True)
class CarrierDesk:
    """
    What every act on a carrier needs beside its own facts.

    Parameters
    ----------
    kitchen
        Whose carriers.
    actor, now_at, ids
        Who, when, with which row ids.
    """

    kitchen: Kitchen
    actor: Actor
    now_at: datetime
    ids: IdSource


@dataclass(frozen=True, slots=True)
class CarrierTold:
    """
    What somebody says was done with a carrier.

    Parameters
    ----------
    act
        What.
    method, person
        Of a wash: how, and who by name.
    note
        What is wrong with it, or where it was last seen.
    happened_at
        When; None is now.
    """

    act: CarrierAct
    method: str = ""
    person: str = ""
    note: str = ""
    happened_at: datetime | None = None


def write_down(
    session: Session, desk: CarrierDesk, codes: list[str], told: CarrierTold
) -> dict[str, CarrierStatus]:
    """
    Writes down what was done with carriers, all of them or none; what is back has no probe in its box.

    Parameters
    ----------
    session, desk
        Open transaction, and who says so.
    codes
        As they stand on the carriers, or as a scanner reads them.
    told
        What was done.

    Returns
    -------
    dict[str, CarrierStatus]
        How each stands now, by its code.

    Raises
    ------
    NotFound
        When the kitchen has no such carrier.
    Conflict
        When a carrier's state does not allow it, or it came into that state later than the act.
    BadInput
        When a wash lacks its method or person, a repair or loss its reason, or nothing is named.
    """
    kitchen_id = desk.kitchen.kitchen_id
    ensure(desk.actor, "carrier.keep", kitchen_id=kitchen_id)
    hold(session, f"carriers/{kitchen_id}")
    known = {one.code.upper(): one for one in load_carriers(session, kitchen_id)}
    named = list(dict.fromkeys(carrier_code(code) for code in codes if code.strip()))
    if not named:
        raise BadInput("carrier_none_named")
    _require_told(told)
    at = happened(told.happened_at, desk.now_at)
    now = load_statuses(session, kitchen_id, [one.carrier_id for one in known.values()])
    found = {}
    for code in named:
        if code not in known:
            raise NotFound("carrier", code)
        status = now[known[code].carrier_id]
        require_open(status, told.act, code)
        require_in_turn(status, at, code)
        event = _event(desk, status, told, at)
        save_carrier_events(session, kitchen_id, [event])
        if status.box_id and not event.box_id:
            empty_box(session, status.box_id, at)
        found[code] = CarrierStatus(
            status.carrier_id,
            state_after(told.act),
            at,
            event.site_id,
            event.box_id,
            event.note,
            event if told.act == "wash" else status.washed,
        )
    detail = {"act": told.act, "method": told.method, "person": told.person, "note": told.note}
    record(session, desk.actor, "carrier.keep", ", ".join(named), desk.now_at, detail)
    return found


def take_back_event(session: Session, desk: CarrierDesk, code: str, reason: str = "") -> str:
    """
    Takes the last thing written down about a carrier back; ten seconds need no reason.

    Returns
    -------
    str
        Row id of what was taken back.

    Raises
    ------
    NotFound
        When the kitchen has no such carrier, or nothing stands about it.
    Conflict
        When the last event is a packing, a departure or an empty box: those are corrected on the kitchen's
        page and at the table; or a probe that was in its box is in another by now.
    BadInput
        When ten seconds are over and no reason is given.
    """
    kitchen_id = desk.kitchen.kitchen_id
    ensure(desk.actor, "carrier.keep", kitchen_id=kitchen_id)
    hold(session, f"carriers/{kitchen_id}")
    carrier = need_carrier(session, kitchen_id, code)
    last = _last_standing(session, kitchen_id, carrier)
    if last.act not in BY_HAND:
        raise Conflict("carrier_act_elsewhere", carrier=carrier.code, carrier_act=last.act)
    if not reason.strip() and not may_undo(last.recorded_at, desk.now_at):
        raise BadInput("undo_too_late", seconds=int(UNDO.total_seconds()))
    back = replace(
        last,
        event_id=desk.ids.new(),
        actor=desk.actor.user_id,
        recorded_at=desk.now_at,
        note=reason.strip(),
        replaces=last.event_id,
        withdrawn=True,
    )
    save_carrier_events(session, kitchen_id, [back])
    again = load_statuses(session, kitchen_id, [carrier.carrier_id])[carrier.carrier_id]
    if again.box_id and not last.box_id:
        refill_box(session, again.box_id, last.happened_at)
    record(session, desk.actor, "carrier.keep/take_back", carrier.code, desk.now_at, {"act": last.act})
    return last.event_id


def need_carrier(session: Session, kitchen_id: str, scanned: str) -> Carrier:
    """
    The carrier with this code, as typed or as a scanner reads it.

    Raises
    ------
    NotFound
        When the kitchen has none.
    """
    code = carrier_code(scanned)
    found = next((one for one in load_carriers(session, kitchen_id) if one.code.upper() == code), None)
    if found is None:
        raise NotFound("carrier", code)
    return found


def carrier_code(scanned: str) -> str:
    """The code in what was scanned or typed: ``holdchain:carrier:K1:G05`` and ``g05 `` both give ``G05``."""
    return scanned.strip().rsplit(":", maxsplit=1)[-1].upper()


@cache
def methods() -> Mapping[str, WashMethod]:
    """The packaged ways to wash, by code."""
    return wash_methods(read_toml(config_dir() / "carriers.toml"))


def _require_told(told: CarrierTold) -> None:
    if told.act not in BY_HAND:
        raise BadInput("carrier_act_elsewhere", carrier="", carrier_act=told.act)
    if told.act == "wash" and told.method not in methods():
        raise BadInput("carrier_wash_method", known=", ".join(methods()))
    if told.act == "wash" and not told.person.strip():
        raise BadInput("carrier_wash_person")
    if told.act in NEEDS_NOTE and not told.note.strip():
        raise BadInput("carrier_needs_reason")


def _event(desk: CarrierDesk, status: CarrierStatus, told: CarrierTold, at: datetime) -> CarrierEvent:
    abroad = stays_abroad(told.act)
    return CarrierEvent(
        event_id=desk.ids.new(),
        carrier_id=status.carrier_id,
        act=told.act,
        actor=desk.actor.user_id,
        happened_at=at,
        recorded_at=desk.now_at,
        site_id=status.site_id if abroad else "",
        box_id=status.box_id if abroad else "",
        method=told.method if told.act == "wash" else "",
        person=told.person.strip(),
        note=told.note.strip(),
    )


def _last_standing(session: Session, kitchen_id: str, carrier: Carrier) -> CarrierEvent:
    rows = load_carrier_history(session, kitchen_id, carrier.carrier_id)
    gone = {row.replaces for row in rows}
    standing = [row for row in rows if not row.withdrawn and row.event_id not in gone]
    if not standing:
        raise NotFound("carrier_event", carrier.code)
    return max(standing, key=lambda row: row.happened_at)  # newest first: it wins a tie
