"""Samples frozen without anybody's asking: by a complaint, a held lot, a batch or box that is discarded."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.audit import record
from api.db import hold
from api.permissions import Actor
from kitchen.samples import Sample, SampleCause, SampleEvent, standing_freezes
from kitchen.store.samples import load_sample_events, open_samples, samples_of_batches, save_sample_event
from orders.service import parse_service


@dataclass(frozen=True, slots=True)
class Freeze:
    """
    What freezes samples.

    Parameters
    ----------
    cause, ref
        Of which kind, by its number.
    actor, at
        Whose act it was, when.
    reason
        In that person's words, empty when the number says it.
    """

    cause: SampleCause
    ref: str
    actor: Actor
    at: datetime
    reason: str = ""


def hold_floor(session: Session, kitchen_ids: Collection[str]) -> None:
    """Waits for the floors of some kitchens; asked for before the stock, so that nobody waits in a ring."""
    for kitchen_id in sorted(kitchen_ids):
        hold(session, f"checks/{kitchen_id}")


def freeze_meals(
    session: Session, kitchen_id: str, freeze: Freeze, eaten_on: str = "", meal: str = ""
) -> tuple[Sample, ...]:
    """
    Freezes a kitchen's samples of a date's meals.

    Parameters
    ----------
    session, kitchen_id, freeze
        Open transaction; whose samples; by what.
    eaten_on, meal
        Of which date (ISO) and meal; what is empty narrows nothing.

    Returns
    -------
    tuple[Sample, ...]
        Those that it froze.
    """
    found = []
    for sample in open_samples(session, kitchen_id):
        service = parse_service(sample.service_key)
        if eaten_on in ("", service.service_on.isoformat()) and meal in ("", service.meal):
            found.append(sample)
    return freeze_samples_by(session, found, freeze)


def freeze_batches(session: Session, batch_ids: Collection[str], freeze: Freeze) -> tuple[Sample, ...]:
    """Freezes the samples of the dishes that some batches are of; gives those that it froze."""
    return freeze_samples_by(session, samples_of_batches(session, batch_ids), freeze)


def freeze_samples_by(session: Session, samples: Iterable[Sample], freeze: Freeze) -> tuple[Sample, ...]:
    """Freezes samples that nobody has destroyed, each once by the same cause; gives those that it froze."""
    wanted = list(samples)
    events = load_sample_events(session, [one.sample_id for one in wanted])
    found = []
    for sample in wanted:
        own = events.get(sample.sample_id, [])
        frozen = {(one.cause, one.ref) for one in standing_freezes(own)}
        if any(one.kind == "destroyed" for one in own) or (freeze.cause, freeze.ref) in frozen:
            continue
        actor = freeze.actor
        event = SampleEvent(
            sample.sample_id,
            "frozen",
            freeze.reason,
            actor.name,
            actor.user_id,
            freeze.at,
            freeze.cause,
            freeze.ref,
        )
        save_sample_event(session, event)
        detail = {"cause": freeze.cause, "ref": freeze.ref, "service": sample.service_key}
        record(session, actor, "checks.keep/sample/frozen", sample.sample_id, freeze.at, detail)
        found.append(sample)
    return tuple(found)
