"""Samples: taken of each dish, put in a fridge, frozen at need, destroyed by somebody named."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.checks.desk import CheckDesk, open_checks, person_named, watch_of
from api.checks.floor import Floor, need_floor
from api.checks.withholding import freeze_with_its_food, holds_on
from api.freezing import Freeze, freeze_samples_by
from api.moments import happened
from api.oversight.complaints import freezing_complaints
from api.stock.desk import need_text
from kitchen.samples import (
    Sample,
    SampleEvent,
    SampleEventKind,
    SampleState,
    keep_until,
    refusal,
    standing_freezes,
    state_of,
)
from kitchen.store.floor import FloorBatch
from kitchen.store.lots import ONLY_HELD, held_lots_of
from kitchen.store.samples import (
    count_samples,
    find_sample,
    load_sample_events,
    load_samples,
    save_sample,
    save_sample_event,
)
from orders.errors import BadInput, Conflict, NotFound
from orders.ids import short_code
from orders.service import Service

MOST_G = 5000


@dataclass(frozen=True, slots=True)
class SampleTold:
    """
    A sample as somebody tells it.

    Parameters
    ----------
    batch
        Code or id of the batch that it was taken of.
    g, fridge, place
        How much, in which fridge, where in it.
    person
        Who took it.
    taken_at
        When; None is now.
    reason
        Why an earlier one of the same dish is corrected; empty when there is none.
    """

    batch: str
    g: int
    fridge: str
    place: str = ""
    person: str = ""
    taken_at: datetime | None = None
    reason: str = ""


def take_sample(session: Session, desk: CheckDesk, service: Service, told: SampleTold) -> Sample:
    """
    Writes down that a sample of a dish was taken.

    Raises
    ------
    NotFound
        When the service is not published, has no such batch, or the kitchen no such fridge.
    BadInput
        When it weighs too little, or the person is not listed.
    Conflict
        When the batch is not off the heat yet, or the dish has its sample and no reason is given.
    """
    open_checks(session, desk, "checks.keep")
    floor = need_floor(session, service)
    batch = next((one for one in floor.batches if told.batch in (one.code, one.batch_id)), None)
    if batch is None:
        raise NotFound("batch", told.batch)
    rules = floor.limits.samples
    if not rules.least_g <= told.g <= MOST_G:
        raise BadInput("sample_weight", g=told.g, least_g=rules.least_g, most_g=MOST_G)
    if floor.watch.fridges and told.fridge not in floor.watch.fridges:
        raise NotFound("fridge", told.fridge or "-")
    at = happened(told.taken_at, desk.now_at)
    cooked_at = floor.cooked_at.get(batch.batch_id)
    if cooked_at is None or cooked_at > at:
        raise Conflict("sample_before_cooked", batch=batch.code)
    before = _before(floor, batch)
    if before is not None and not told.reason.strip():
        raise Conflict("sample_taken_already", sample=before.code)
    sample = Sample(
        sample_id=desk.ids.new(),
        code=short_code("S", count_samples(session, service.key) + 1, 2),
        service_key=service.key,
        dish_id=batch.dish_id,
        variant=batch.variant,
        batch_id=batch.batch_id,
        g=told.g,
        fridge=need_text(told.fridge, "sample_place_missing"),
        place=told.place.strip(),
        person=person_named(session, desk, floor.watch, told.person),
        actor=desk.actor.user_id,
        taken_at=at,
        recorded_at=desk.now_at,
        keep_until_at=keep_until(at, rules),
    )
    replaced = before.sample_id if before else None
    save_sample(session, sample, replaces=replaced, reason=told.reason.strip())
    _freeze_with_its_meal(session, sample, before)
    _freeze_for_complaints(session, desk, service, sample, before)
    if before is None:
        for code in held_lots_of(session, [sample.batch_id]).get(sample.batch_id, []):
            freeze_samples_by(session, [sample], Freeze("lot", code, desk.actor, desk.now_at))
    freeze_with_its_food(session, desk, sample)
    detail = {"sample": sample.code, "batch": batch.code, "g": told.g, "fridge": told.fridge}
    record(session, desk.actor, "checks.keep/sample", service.key, desk.now_at, detail)
    return sample


def _before(floor: Floor, batch: FloorBatch) -> Sample | None:
    """The sample that a new one corrects: what stands for the dish, or was taken of this batch too early."""
    stands = floor.samples.get((batch.dish_id, batch.variant))
    return stands or next((one for one in floor.others if one.batch_id == batch.batch_id), None)


def _freeze_for_complaints(
    session: Session, desk: CheckDesk, service: Service, sample: Sample, before: Sample | None
) -> None:
    """A sample written down after a complaint of its meal is frozen, unless somebody set it free before."""
    own = load_sample_events(session, [before.sample_id]).get(before.sample_id, []) if before else []
    known = {event.ref for event in own if event.cause == "complaint"}
    for kept in freezing_complaints(session, service):
        if kept.code not in known:
            freeze_samples_by(session, [sample], Freeze("complaint", kept.code, desk.actor, desk.now_at))


def _freeze_with_its_meal(session: Session, sample: Sample, before: Sample | None) -> None:
    """A sample is frozen with the one it corrects, and with the others of its meal by a complaint."""
    others = [one.sample_id for one in load_samples(session, sample.service_key)]
    events = load_sample_events(session, [*others, *([before.sample_id] if before else [])])
    stand: dict[tuple[str, str], SampleEvent] = {}
    for sample_id, own in events.items():
        for event in standing_freezes(own):
            if event.cause == "complaint" or (before is not None and sample_id == before.sample_id):
                stand[(event.cause, event.ref)] = event
    for event in stand.values():
        save_sample_event(session, replace(event, sample_id=sample.sample_id))


def sampled_batches(batches: tuple[FloorBatch, ...]) -> tuple[FloorBatch, ...]:
    """The batch of each dish and variant that is sampled: the one cooked with the portion for it."""
    found: dict[tuple[str, str], FloorBatch] = {}
    for batch in batches:
        key = (batch.dish_id, batch.variant)
        if key not in found or (batch.for_sample and not found[key].for_sample):
            found[key] = batch
    return tuple(found.values())


def sample_state(session: Session, sample: Sample, now_at: datetime) -> SampleState:
    """How a sample stands now."""
    events = load_sample_events(session, [sample.sample_id]).get(sample.sample_id, [])
    held = bool(held_lots_of(session, [sample.batch_id], ONLY_HELD))
    return state_of(sample, events, now_at, lot_held=held)


def change_sample(
    session: Session, desk: CheckDesk, sample_id: str, kind: SampleEventKind, reason: str, person: str
) -> SampleEvent:
    """
    Freezes a sample, sets it free, or writes down that somebody destroyed it.

    Raises
    ------
    NotFound
        When there is no such sample.
    BadInput
        Without a reason, or a person who is listed.
    Conflict
        When it may not be destroyed: its hours are not over, or it is frozen. When it may not be set free:
        nothing freezes it, or a lot in it is still held.
    """
    open_checks(session, desk, "checks.keep")
    sample = find_sample(session, sample_id)
    if sample is None or not sample.service_key.startswith(f"{desk.kitchen.kitchen_id}/"):
        raise NotFound("sample", sample_id)
    state = sample_state(session, sample, desk.now_at)
    barred = refusal(state, sample) if kind == "destroyed" else None
    if barred is not None:
        raise Conflict(barred.code, **barred.params)
    if state == "destroyed":
        raise Conflict("sample_destroyed_already", sample=sample.code)
    if kind == "released":
        _require_free(session, sample, state)
    why = need_text(reason, "check_reason_missing") if kind != "destroyed" else reason.strip()
    watch = watch_of(session, desk.kitchen.kitchen_id, desk.today_on)
    name = person_named(session, desk, watch, person)
    event = SampleEvent(sample_id, kind, why, name, desk.actor.user_id, desk.now_at)
    save_sample_event(session, event)
    record(session, desk.actor, f"checks.keep/sample/{kind}", sample_id, desk.now_at, {"reason": why})
    return event


def destroy_samples(
    session: Session, desk: CheckDesk, sample_ids: Collection[str], person: str
) -> tuple[Sample, ...]:
    """
    Writes down that somebody destroyed several samples: each with its own row and audit, all or none.

    Raises
    ------
    BadInput
        When none is chosen, or the person is not listed.
    Conflict
        Naming the first that may not be destroyed; see `change_sample`.
    """
    if not sample_ids:
        raise BadInput("samples_none_chosen")
    for sample_id in sorted(set(sample_ids)):
        change_sample(session, desk, sample_id, "destroyed", "", person)
    found = (find_sample(session, sample_id) for sample_id in sorted(set(sample_ids)))
    return tuple(one for one in found if one is not None)


def _require_free(session: Session, sample: Sample, state: SampleState) -> None:
    if state != "frozen":
        raise Conflict("sample_not_frozen", sample=sample.code)
    lots = held_lots_of(session, [sample.batch_id], ONLY_HELD).get(sample.batch_id)
    if lots:
        raise Conflict("sample_lot_held", sample=sample.code, lots=", ".join(lots))
    if food := holds_on(session, sample):
        raise Conflict("sample_food_withheld", sample=sample.code, food=", ".join(one.code for one in food))


def freeze_samples(session: Session, desk: CheckDesk, service: Service, reason: str) -> tuple[Sample, ...]:
    """Freezes every sample of a meal that is still there, as a complaint asks; gives those."""
    open_checks(session, desk, "checks.keep")
    found = []
    for sample in load_samples(session, service.key):
        if sample_state(session, sample, desk.now_at) in ("kept", "due"):
            actor, why = desk.actor, need_text(reason, "check_reason_missing")
            event = SampleEvent(sample.sample_id, "frozen", why, actor.name, actor.user_id, desk.now_at)
            save_sample_event(session, event)
            found.append(sample)
    record(session, desk.actor, "checks.keep/freeze", service.key, desk.now_at, {"samples": len(found)})
    return tuple(found)
