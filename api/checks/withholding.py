"""Food on hold: put there by the kitchen or an inspector, kept where it is, lifted or discarded by name."""

from dataclasses import dataclass, replace

from sqlmodel import Session

from api.audit import record
from api.checks.desk import CheckDesk, open_checks, person_named, watch_of
from api.checks.floor import Floor, need_floor
from api.db import hold
from api.freezing import Freeze, freeze_batches, freeze_samples_by
from api.people import OPERATOR
from api.stock.desk import need_text
from kitchen.samples import Sample
from kitchen.store.acts import load_packed
from kitchen.store.lots import ONLY_HELD, held_lots_of
from kitchen.store.samples import samples_of_batches
from kitchen.store.withheld import (
    batches_withheld,
    find_withheld,
    load_withheld,
    save_end,
    save_withheld,
)
from kitchen.withheld import Ending, EndKind, Withheld
from orders.errors import Conflict, Forbidden, NotFound
from orders.service import Service

INSPECTORS = frozenset({"inspector", "admin"})


@dataclass(frozen=True, slots=True)
class WithheldTold:
    """
    Food to be put on hold, as somebody tells it.

    Parameters
    ----------
    ref
        Code or id of the batch or the box.
    reason, person
        Why; who says so, by code or name.
    """

    ref: str
    reason: str
    person: str = ""


def withhold(session: Session, desk: CheckDesk, service: Service, told: WithheldTold) -> Withheld:
    """
    Puts a batch or a box on hold: nobody sends, signs or serves it, and the samples of its dishes freeze.

    Raises
    ------
    NotFound
        When the service is not published, or has no such batch or box.
    BadInput
        Without a reason, or a person of the staff where they are listed.
    Conflict
        When it is on hold already, or the box is not closed yet: then its batches are.
    """
    open_checks(session, desk, "food.hold")
    floor = need_floor(session, service)
    batch_id, box_id, code = _food(session, floor, told.ref.strip())
    inspector = desk.actor.role == "inspector"
    for one in load_withheld(session, service.key):
        same = (one.batch_id, one.box_id, one.by_inspector) == (batch_id, box_id, inspector)
        if same and one.bars and not (one.lot and one.end is None):
            raise Conflict("food_withheld_already", ref=code)
    reason = need_text(told.reason, "check_reason_missing")
    kept = Withheld(
        withheld_id=desk.ids.new(),
        service_key=service.key,
        batch_id=batch_id,
        box_id=box_id,
        code=code,
        reason=reason,
        person=_person(session, desk, told.person),
        by_inspector=inspector,
        actor=desk.actor.user_id,
        at=desk.now_at,
    )
    save_withheld(session, desk.kitchen.kitchen_id, kept)
    freeze_batches(session, batches_withheld(session, kept), _freeze(desk, kept))
    record(session, desk.actor, "food.hold", f"{service.key}/{code}", desk.now_at, {"reason": reason})
    return kept


def end_hold(
    session: Session, desk: CheckDesk, withheld_id: str, kind: EndKind, reason: str, person: str
) -> Withheld:
    """
    Lifts a hold on food, or writes down that the food was discarded; its samples stay frozen.

    Raises
    ------
    NotFound
        When the kitchen has no such hold.
    BadInput
        Without a reason, or a person of the staff where they are listed.
    Forbidden
        When an inspector put it on hold and somebody else would end it, or who put it on hold would: it takes
        a second person, with an account of their own where it is done on a page. A lot's own word ends the
        holds that stand with it.
    Conflict
        When it has ended, or would be lifted while a lot that is in the food is held.
    """
    open_checks(session, desk, "food.lift")
    found = _held(session, desk, withheld_id)
    hold(session, found.service_key)
    found = _held(session, desk, withheld_id)
    if found.by_inspector and desk.actor.role not in INSPECTORS:
        raise Forbidden("food_withheld_by_inspector", ref=found.code, person=found.person)
    if found.end is not None:
        raise Conflict("food_hold_ended", ref=found.code)
    if kind == "lifted" and found.lot and found.batch_id:
        _require_lot_free(session, found, found.batch_id)
    why, name = need_text(reason, "check_reason_missing"), _person(session, desk, person)
    same_account = found.actor == desk.actor.user_id and desk.actor != OPERATOR
    if not found.lot and (same_account or found.person == name):
        raise Forbidden("food_hold_second_person", ref=found.code, person=found.person)
    end = Ending(kind, why, name, desk.actor.user_id, desk.now_at)
    save_end(session, withheld_id, end)
    subject = f"{found.service_key}/{found.code}"
    record(session, desk.actor, f"food.lift/{kind}", subject, desk.now_at, {"reason": why})
    return replace(found, end=end)


def find_open(session: Session, service: Service, ref: str) -> Withheld:
    """
    The hold that stands on a batch or box of a service, by its code; one that stands with a lot comes last.

    Raises
    ------
    NotFound
        When none stands.
    """
    found = [one for one in load_withheld(session, service.key) if one.code == ref and one.end is None]
    if not found:
        raise NotFound("hold", ref)
    return sorted(found, key=lambda one: not one.lot)[-1]


def freeze_with_its_food(session: Session, desk: CheckDesk, sample: Sample) -> None:
    """A sample that is written down while its dish is on hold is frozen with it."""
    for one in holds_on(session, sample):
        freeze_samples_by(session, [sample], _freeze(desk, one))


def holds_on(session: Session, sample: Sample) -> list[Withheld]:
    """Holds that stand on food of a sample's dish and variant."""
    standing = [one for one in load_withheld(session, sample.service_key) if one.end is None]
    return [one for one in standing if _is_of(session, one, sample)]


def _held(session: Session, desk: CheckDesk, withheld_id: str) -> Withheld:
    found = find_withheld(session, withheld_id)
    if found is None or not found.service_key.startswith(f"{desk.kitchen.kitchen_id}/"):
        raise NotFound("hold", withheld_id)
    return found


def _require_lot_free(session: Session, one: Withheld, batch_id: str) -> None:
    if one.lot in held_lots_of(session, [batch_id], ONLY_HELD).get(batch_id, ()):
        raise Conflict("food_lot_held", ref=one.code, lot=one.lot)


def _is_of(session: Session, one: Withheld, sample: Sample) -> bool:
    samples = samples_of_batches(session, batches_withheld(session, one))
    return any(found.sample_id == sample.sample_id for found in samples)


def _freeze(desk: CheckDesk, one: Withheld) -> Freeze:
    return Freeze("hold", one.code, desk.actor, desk.now_at, one.reason)


def _food(session: Session, floor: Floor, ref: str) -> tuple[str | None, str | None, str]:
    """Ids of batch and box of which a code is one, and the code; a box must be closed."""
    batch = next((one for one in floor.batches if ref in (one.code, one.batch_id)), None)
    if batch is not None:
        return batch.batch_id, None, batch.code
    box = next((one for one in floor.boxes if ref in (one.code, one.box_id)), None)
    if box is None:
        raise NotFound("food", ref or "-")
    if not load_packed(session, floor.production_id, [box.box_id]):
        raise Conflict("box_not_packed", box=box.code)
    return None, box.box_id, box.code


def _person(session: Session, desk: CheckDesk, told: str) -> str:
    """An inspector is none of the staff and goes by the own name; others are named as at every check."""
    if desk.actor.role == "inspector":
        return told.strip() or desk.actor.name
    watch = watch_of(session, desk.kitchen.kitchen_id, desk.today_on)
    return person_named(session, desk, watch, told)
