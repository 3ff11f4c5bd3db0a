"""Hand over: a site takes a box, or refuses it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import Session

from api.audit import record
from api.checks.gates import require_box_let_go
from api.day.holds import packings
from api.day.holds_facts import Packing
from api.day.judging import judge_boxes
from api.day.table import free_probes
from api.db import Database
from api.moments import happened
from api.permissions import Actor, ensure
from api.probes import likely_core
from kitchen.store.acts import load_packed
from orders.codes import Coded, Excepted
from orders.errors import BadInput, Conflict
from orders.ids import IdSource
from orders.receipts import Condition, Receipt
from orders.store.receipts import receipt_of_box, save_receipt
from orders.store.services import save_order_exceptions
from routing.store.plans import departed_with, plan_of_box
from telemetry.hold_facts import HoldVerdict

Done = TypeVar("Done")
BARRED = frozenset({"box_not_let_go", "box_breached"})


@dataclass(frozen=True, slots=True)
class HandOver:
    """
    What a site says about a box.

    Parameters
    ----------
    condition
        Accepted, or refused with a reason.
    portions
        Portions counted; None is as many as the label says.
    core_c
        Calibrated hand probe in the coldest pack; None when nobody measured.
    reason
        Why it is refused.
    signature
        The signature as drawn (SVG path data), empty for none.
    """

    condition: Condition
    portions: int | None = None
    core_c: float | None = None
    reason: str = ""
    signature: str = ""


def refusals_kept(
    database: Database,
    work: Callable[[Session], Done],
    *,
    actor: Actor,
    now_at: datetime,
    said: HandOver | None = None,
) -> Done:
    """
    Does work that signs for boxes; an acceptance that is refused leaves its record all the same.

    Parameters
    ----------
    database, work
        Where, and what to do there.
    actor, now_at
        Whose act, when.
    said
        What the site said of one box; None where the work signs for several.

    Raises
    ------
    Conflict
        As the work does.
    """
    try:
        with database.begin() as session:
            return work(session)
    except Conflict as refusal:
        if refusal.code in BARRED:
            with database.begin() as session:
                _keep_refused(session, refusal, said, actor, now_at)
        raise


def _keep_refused(
    session: Session, refusal: Conflict, said: HandOver | None, actor: Actor, now_at: datetime
) -> None:
    detail: dict[str, Any] = {
        "code": refusal.code,
        "reasons": [{"code": one.code, "params": dict(one.params)} for one in refusal.reasons],
    }
    if said is not None:
        detail |= {"portions": said.portions, "core_c": said.core_c}
    record(session, actor, "box.hand_over/refused", str(refusal.params["box"]), now_at, detail)


def sign(
    session: Session,
    box_id: str,
    said: HandOver,
    *,
    actor: Actor,
    now_at: datetime,
    ids: IdSource,
    happened_at: datetime | None = None,
) -> HoldVerdict:
    """
    Keeps a site's receipt of a box and judges its hold at the door.

    Parameters
    ----------
    session
        Open transaction.
    box_id
        A packed box.
    said
        What the site says.
    actor, now_at, ids
        Who, when we learn of it, with which row ids.
    happened_at
        When it was signed; None is now.

    Returns
    -------
    HoldVerdict
        As it stands with the core measured at the door.

    Raises
    ------
    Conflict
        When the box is not packed, is signed for already, or is accepted although its hold is breached or
        something keeps it back: a measurement that failed, or anything where nobody said that its trip left.
    BadInput
        When more portions are counted than were packed, a core is impossible, or a refusal has no reason.
    """
    packing = packings(session, [box_id])[box_id]
    plan = plan_of_box(session, packing.service.key, box_id)
    version, vehicle_id = plan or (1, None)
    ensure(
        actor,
        "box.hand_over",
        kitchen_id=packing.service.kitchen_id,
        site_id=packing.site.site_id,
        vehicle_id=vehicle_id,
    )
    if not load_packed(session, packing.box.production_id, [box_id]):
        raise Conflict("box_not_packed", box=packing.box.code)
    if (earlier := receipt_of_box(session, box_id)) is not None:
        raise Conflict("box_signed_already", box=packing.box.code, at=earlier[1].happened_at.isoformat())
    if said.condition == "accepted":
        left = departed_with(session, box_id)
        require_box_let_go(session, packing.service, box_id, packing.box.code, departed=left)
    receipt = _receipt(packing, said, actor, version, now_at, happened(happened_at, now_at))
    save_receipt(session, packing.service, ids.new(), receipt, signature=said.signature or None)
    _except(session, packing, receipt, now_at, ids)
    judged = judge_boxes(session, [box_id], now_at, ids)
    free_probes(session, judged, now_at, ids)
    verdict = judged[box_id].verdict
    if verdict.shown == "breached" and said.condition == "accepted":
        raise Conflict("box_breached", box=packing.box.code)
    detail = {"condition": receipt.condition, "portions": receipt.portions, "core_c": receipt.core_c}
    record(session, actor, "box.hand_over", packing.box.code, now_at, detail)
    return verdict


def _receipt(
    packing: Packing, said: HandOver, actor: Actor, plan_version: int, now_at: datetime, at: datetime
) -> Receipt:
    packed = packing.portions
    counted = packed if said.portions is None else said.portions
    if not 0 <= counted <= packed:
        raise BadInput("portions_not_possible", box=packing.box.code, counted=counted, packed=packed)
    if said.condition == "refused" and not said.reason:
        raise BadInput("refusal_without_reason", box=packing.box.code)
    return Receipt(
        box_id=packing.box.box_id,
        site_id=packing.site.site_id,
        plan_version=plan_version,
        condition=said.condition,
        portions=counted if said.condition == "accepted" else 0,
        core_c=None if said.core_c is None else likely_core(said.core_c),
        signed_by=actor.user_id,
        happened_at=at,
        recorded_at=now_at,
        reason=said.reason,
    )


def _except(session: Session, packing: Packing, receipt: Receipt, now_at: datetime, ids: IdSource) -> None:
    missing = packing.portions - receipt.portions
    if missing:
        code = "box_refused" if receipt.condition == "refused" else "box_short"
        reason = Coded(code, {"box": packing.box.code, "site": packing.site.site_id})
        excepted = Excepted(reason, packing.box.code, missing)
        save_order_exceptions(session, packing.service, [(ids.new(), excepted)], now_at)
