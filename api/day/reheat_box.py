"""A box is reheated where it is eaten: its core is written down, and its clock starts again, once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.checks.desk import limits_of
from api.checks.floor import need_floor
from api.day.holds import packings, profile_at
from api.day.holds_facts import Packing
from api.day.judging import judge_boxes
from api.day.reheating import require_reheatable, too_late
from api.db import hold
from api.freezing import hold_floor
from api.moments import happened
from api.permissions import Actor, ensure
from api.probes import likely_core
from kitchen.haccp import judge
from kitchen.store.cooling import cook_chill_batches
from kitchen.store.steps import Step, save_step
from orders.errors import BadInput, Conflict
from orders.ids import IdSource
from orders.receipts import Receipt
from orders.store.receipts import receipt_of_box
from telemetry.store.alarm_acts import told_to_reheat

POINT = "reheat_box"


@dataclass(frozen=True, slots=True)
class Reheating:
    """
    What a site tells.

    Parameters
    ----------
    core_c
        Core of the coldest pack after reheating, degrees Celsius.
    happened_at
        When; None is now.
    """

    core_c: float
    happened_at: datetime | None = None


def box_reheated(
    session: Session, box_id: str, told: Reheating, *, actor: Actor, now_at: datetime, ids: IdSource
) -> Step:
    """
    Keeps a reheating at the site; one that is too cold or too late is kept as failed and starts no clock.

    Parameters
    ----------
    session
        Open transaction.
    box_id
        A box that the site has signed for.
    told
        The core, and when.
    actor, now_at, ids
        Who, when we learn of it, with which row ids.

    Raises
    ------
    Conflict
        When the site has not accepted the box, the house has no such control point, or the food was reheated
        before.
    BadInput
        When the core is impossible, or it was reheated before it came.

    References
    ----------
    docs/haccp.md, "Reheating"; docs/hold-chain.md.
    """
    packing = packings(session, [box_id])[box_id]
    service = packing.service
    ensure(actor, "box.reheat", kitchen_id=service.kitchen_id, site_id=packing.site.site_id)
    hold(session, f"{service.key}/{packing.site.site_id}")
    hold_floor(session, [service.kitchen_id])
    step = _judged(session, packing, told, actor, now_at)
    save_step(session, replace(step, step_id=ids.new()))
    judge_boxes(session, [box_id], now_at, ids)
    detail = {"core_c": told.core_c, "passed": step.passed, "at": step.happened_at.isoformat()}
    record(session, actor, "box.reheat", packing.box.code, now_at, detail)
    return step


def heated_here(session: Session, inside: Mapping[str, Packing]) -> frozenset[str]:
    """
    Boxes that their table reheats before they are eaten: chilled ones with food that was cooked and chilled,
    and those that an alarm's decision says to reheat.

    A home and the doors of a second leg reheat their own; where the house has no such control point nobody
    could write it down.
    """
    cold = {
        key: one
        for key, one in inside.items()
        if one.box.hold_class == "cold" and not one.box.second_leg and one.site.kind != "home"
    }
    told = frozenset(told_to_reheat(session, inside.keys()))
    if not cold and not told:
        return frozenset()
    chilled = cook_chill_batches(session, frozenset[str]().union(*(one.batch_ids for one in cold.values())))
    found = told | {key for key, one in cold.items() if one.batch_ids & chilled}
    kitchen_ids = {inside[key].service.kitchen_id for key in found}
    return found if all(POINT in limits_of(session, one).floor.points for one in kitchen_ids) else frozenset()


def require_hot(step: Step) -> None:
    """Refuses a reheating that failed, after it was kept, with what is wrong with it."""
    for wrong in step.wrong:
        raise BadInput(wrong.code, **wrong.params)


def _judged(session: Session, packing: Packing, told: Reheating, actor: Actor, now_at: datetime) -> Step:
    service, box_id, at = packing.service, packing.box.box_id, happened(told.happened_at, now_at)
    _require_here(packing, receipt_of_box(session, box_id), at)
    limits = limits_of(session, service.kitchen_id)
    point = limits.floor.points.get(POINT)
    if point is None:
        raise Conflict("no_reheating_here", box=packing.box.code)
    floor = need_floor(session, service)
    require_reheatable(floor, point, packing.batch_ids, box_id)
    late = too_late(floor, packing.batch_ids, at, profile_at(session, service.kitchen_id))
    wrong = (*judge(point, likely_core(told.core_c)), *late)
    return Step(
        step_id="",
        service_key=service.key,
        point=point.code,
        batch_id=None,
        box_id=box_id,
        value_c=told.core_c,
        least_c=point.least_c,
        most_c=point.most_c,
        elapsed_s=None,
        within_s=None,
        wrong=wrong,
        passed=not wrong,
        probe="",
        person=actor.name,
        actor=actor.user_id,
        happened_at=at,
        recorded_at=now_at,
        revision=limits.revision,
    )


def _require_here(packing: Packing, signed: tuple[str, Receipt] | None, at: datetime) -> None:
    if signed is None or signed[1].condition != "accepted":
        raise Conflict("box_not_signed", box=packing.box.code)
    if at < signed[1].happened_at:
        raise BadInput("reheated_before_it_came", box=packing.box.code)
