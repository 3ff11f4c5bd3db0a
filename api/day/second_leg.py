"""After the hand-over: a bag leaves the site with a volunteer, is given at its doors, and cores are taken."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.day.deliver import Told, report_drop, take_along
from api.day.holds import packings
from api.day.holds_facts import Packing
from api.day.judging import judge_boxes
from api.day.serve import Answer
from api.day.table import Desk, ensure_here
from api.db import hold
from api.moments import happened
from api.permissions import Actor
from api.probes import likely_core
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import IdSource
from orders.store.drops import drops_of_orders
from orders.store.orders import load_orders
from orders.store.receipts import receipt_of_box
from telemetry.store.site_cores import Occasion, SiteCore, save_site_core, site_cores

CARRIER = "volunteer"


@dataclass(frozen=True, slots=True)
class BagTold:
    """
    What somebody says of a bag.

    Parameters
    ----------
    core_c
        Core of the coldest pack by hand probe, degrees Celsius; None when nobody measured.
    happened_at
        When; None is now.
    carrier_kind
        Who carries, as the programme names it.
    """

    core_c: float | None = None
    happened_at: datetime | None = None
    carrier_kind: str = CARRIER


@dataclass(frozen=True, slots=True)
class CoreTold:
    """
    A core at the site.

    Parameters
    ----------
    core_c
        As the hand probe showed it in the coldest pack; None takes `replaces` back.
    happened_at
        When; None is now, of a correction the minute of what it corrects.
    replaces, reason
        The core that it corrects, and why.
    """

    core_c: float | None
    happened_at: datetime | None = None
    replaces: str | None = None
    reason: str = ""


def bag_left(
    session: Session, box_id: str, told: BagTold, *, actor: Actor, now_at: datetime, ids: IdSource
) -> list[Answer]:
    """
    A bag leaves its site for the doors: each of its meals is taken along.

    Parameters
    ----------
    session
        Open transaction, whose refusals the caller commits.
    box_id, told
        Which bag, and what is said of it.
    actor, now_at, ids
        Who, when we learn of it, with which row ids.

    Returns
    -------
    list[Answer]
        One a meal, as of `take_along`.

    Raises
    ------
    Conflict
        ``bag_stays_here`` where the box is not one that goes on, ``box_not_signed`` before its hand-over,
        ``bag_left_before`` where none of its meals is here any more.
    BadInput
        When the minute or the core is impossible.
    """
    packing, desk = _at_site(session, box_id, actor, now_at, ids)
    at = _require_bag(session, packing, desk, told)
    here = [code for code, word in _words(session, packing).items() if word is None]
    if not here:
        raise Conflict("bag_left_before", box=packing.box.code)
    answers = take_along(session, desk, here, told.carrier_kind, at)
    if any(one.refused is None for one in answers):
        _measured(session, packing, "leaving", CoreTold(told.core_c, at), desk)
        judge_boxes(session, [box_id], now_at, ids)
    return answers


def bag_given(
    session: Session,
    box_id: str,
    told: BagTold,
    *,
    word_key: bytes,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
) -> list[Answer]:
    """
    Every meal of a bag that is on its way was given at its door; the minute is that of the last door.

    Parameters, answers and refusals are those of `bag_left`; ``word_key`` is the house's for code words.

    Raises
    ------
    Conflict
        ``bag_not_on_its_way`` where none of its meals is.
    """
    packing, desk = _at_site(session, box_id, actor, now_at, ids)
    at = _require_bag(session, packing, desk, told)
    gone = [code for code, word in _words(session, packing).items() if word == "taken"]
    if not gone:
        raise Conflict("bag_not_on_its_way", box=packing.box.code)
    _measured(session, packing, "door", CoreTold(told.core_c, at), desk)
    words = (Told(code, "handed_over", carrier_kind=told.carrier_kind, happened_at=at) for code in gone)
    answers = [report_drop(session, desk, word, word_key) for word in words]
    judge_boxes(session, [box_id], now_at, ids)
    return answers


def core_taken(
    session: Session, box_id: str, told: CoreTold, *, actor: Actor, now_at: datetime, ids: IdSource
) -> None:
    """
    Keeps the core of a box at the hot well, or corrects one that was kept; both rows stay.

    Raises
    ------
    Conflict
        ``box_not_signed`` where the site has not accepted the box.
    NotFound
        When what it replaces does not stand.
    BadInput
        When the core or the minute is impossible, or a correction has no reason.
    """
    packing, desk = _at_site(session, box_id, actor, now_at, ids)
    ensure_here(session, actor, "box.measure", desk.service, desk.site_id)
    at = _require_here(session, packing, told.happened_at, now_at)
    occasion: Occasion = "hot_well"
    if told.replaces is not None:
        old = next((one for one in _standing(session, box_id) if one.core_id == told.replaces), None)
        if old is None:
            raise NotFound("site_core", told.replaces)
        if not told.reason.strip():
            raise BadInput("reason_missing")
        occasion, at = old.occasion, at if told.happened_at else old.at
    elif told.core_c is None:
        raise BadInput("site_core_missing", box=packing.box.code)
    kept = CoreTold(told.core_c, at, told.replaces, told.reason.strip())
    _measured(session, packing, occasion, kept, desk)
    judge_boxes(session, [box_id], now_at, ids)


def _at_site(
    session: Session, box_id: str, actor: Actor, now_at: datetime, ids: IdSource
) -> tuple[Packing, Desk]:
    """A box, and the desk of its site; whoever else acts there waits."""
    packing = packings(session, [box_id])[box_id]
    service, site_id = packing.service, packing.site.site_id
    hold(session, f"{service.key}/{site_id}")
    return packing, Desk(service, site_id, actor, now_at, ids)


def _require_bag(session: Session, packing: Packing, desk: Desk, told: BagTold) -> datetime:
    """The minute of what is told of a bag that goes on from its site."""
    ensure_here(session, desk.actor, "drop.deliver", desk.service, desk.site_id)
    if not packing.box.second_leg:
        raise Conflict("bag_stays_here", box=packing.box.code)
    return _require_here(session, packing, told.happened_at, desk.now_at)


def _require_here(
    session: Session, packing: Packing, happened_at: datetime | None, now_at: datetime
) -> datetime:
    """The minute of what is told of a box that its site has accepted."""
    signed, at = receipt_of_box(session, packing.box.box_id), happened(happened_at, now_at)
    if signed is None or signed[1].condition != "accepted":
        raise Conflict("box_not_signed", box=packing.box.code)
    if at < signed[1].happened_at:
        raise BadInput("act_before_it_came", box=packing.box.code)
    return at


def _words(session: Session, packing: Packing) -> dict[str, str | None]:
    """Code of each order in a box to the last word of its carrier, None before the first."""
    inside = set(packing.order_of.values())
    orders = load_orders(session, packing.service, ("locked",), packing.site.site_id)
    drops = drops_of_orders(session, inside)
    words = {key: one.outcome for key, one in drops.items()}
    return {one.code: words.get(one.order_id) for one in orders if one.order_id in inside}


def _measured(session: Session, packing: Packing, occasion: Occasion, told: CoreTold, desk: Desk) -> None:
    """Keeps a core where somebody measured one, or takes one back."""
    if told.core_c is None and told.replaces is None:
        return
    core_c = None if told.core_c is None else likely_core(told.core_c)
    core = SiteCore(
        core_id=desk.ids.new(),
        box_id=packing.box.box_id,
        occasion=occasion,
        core_c=core_c,
        at=told.happened_at or desk.now_at,
        recorded_at=desk.now_at,
        actor=desk.actor.user_id,
        replaces=told.replaces,
        reason=told.reason,
    )
    save_site_core(session, core)
    detail = {"occasion": occasion, "core_c": core_c, "replaces": told.replaces or ""}
    record(session, desk.actor, "box.measure", packing.box.code, desk.now_at, detail)


def _standing(session: Session, box_id: str) -> tuple[SiteCore, ...]:
    return site_cores(session, [box_id]).get(box_id, ())
