"""Samples kept of each dish and meal: how much, where, until when, and what bars their destruction."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from kitchen.tables import Table, number, part, whole
from orders.codes import Coded

SampleEventKind = Literal["frozen", "released", "destroyed"]
SampleState = Literal["kept", "due", "frozen", "destroyed"]
SampleCause = Literal["", "complaint", "lot", "discard", "hold"]


@dataclass(frozen=True, slots=True)
class SampleRules:
    """
    What is kept of each dish of a meal.

    Parameters
    ----------
    least_g, keep_s
        How much at least, and how long, seconds.
    store_min_c, store_max_c
        Where it is kept, degrees Celsius.
    """

    least_g: int
    keep_s: int
    store_min_c: float
    store_max_c: float


@dataclass(frozen=True, slots=True)
class Sample:
    """
    A sample of one dish of a meal.

    Parameters
    ----------
    sample_id, code
        Row id, and what its label says.
    service_key, dish_id, variant, batch_id
        Of what.
    g, fridge, place
        How much, in which fridge, where in it.
    person
        Who took it, by name.
    actor, taken_at, recorded_at
        Who wrote it down, when it was taken, when it was written down.
    keep_until_at
        Until when it must be kept.
    """

    sample_id: str
    code: str
    service_key: str
    dish_id: str
    variant: str
    batch_id: str
    g: int
    fridge: str
    place: str
    person: str
    actor: str
    taken_at: datetime
    recorded_at: datetime
    keep_until_at: datetime


@dataclass(frozen=True, slots=True)
class SampleEvent:
    """
    What became of a sample.

    Parameters
    ----------
    sample_id, kind
        Of which, what.
    reason, person
        In somebody's words; who decided or destroyed it, by name.
    actor, at
        Who wrote it down, when.
    cause, ref
        What froze it without anybody's asking, by its number: a complaint, a held lot, a batch or box that is
        discarded or on hold; empty where a person froze it.
    """

    sample_id: str
    kind: SampleEventKind
    reason: str
    person: str
    actor: str
    at: datetime
    cause: SampleCause = ""
    ref: str = ""


def sample_rules(profile: Table) -> SampleRules:
    """What a safety profile asks of samples; `ValueError` naming the field that is missing."""
    table = part(profile, "sample")
    least_c, most_c = number(table, "store_min_c", 0.0), number(table, "store_max_c", 8.0)
    return SampleRules(whole(table, "min_g"), whole(table, "keep_s"), least_c, most_c)


def keep_until(taken_at: datetime, rules: SampleRules) -> datetime:
    """Until when a sample must be kept."""
    return taken_at + timedelta(seconds=rules.keep_s)


def state_of(
    sample: Sample, events: Iterable[SampleEvent], now_at: datetime, *, lot_held: bool
) -> SampleState:
    """
    How a sample stands.

    Parameters
    ----------
    sample, events
        The sample, and what became of it, in order.
    now_at
        As of when.
    lot_held
        Whether something that its batch was made of is held: then it is frozen with it.
    """
    kinds = [event.kind for event in events]
    if "destroyed" in kinds:
        return "destroyed"
    if lot_held or (kinds and kinds[-1] == "frozen"):
        return "frozen"
    return "due" if now_at >= sample.keep_until_at else "kept"


def standing_freezes(events: Iterable[SampleEvent]) -> tuple[SampleEvent, ...]:
    """What froze a sample since it was last set free, in order; empty when nothing stands against it."""
    found: list[SampleEvent] = []
    for event in events:
        found = [*found, event] if event.kind == "frozen" else []
    return tuple(found)


def event_words(event: SampleEvent) -> Coded:
    """What became of a sample, as a sentence."""
    params = {"ref": event.ref, "reason": event.reason, "person": event.person}
    if event.kind != "frozen":
        return Coded(f"sample_was_{event.kind}", params)
    return Coded(f"sample_frozen_by_{event.cause or 'person'}", params)


def counting(
    samples: Iterable[Sample], in_force: Collection[str], cooked_at: Mapping[str, datetime]
) -> dict[tuple[str, str], Sample]:
    """
    The samples that stand for the food that is served, by dish and variant.

    Parameters
    ----------
    samples
        Standing ones of a meal, in the order they were taken.
    in_force
        Batches of the published production: what was cooked again needs its own sample.
    cooked_at
        When each came off the heat, as it stands: nothing is sampled before.
    """
    return {
        (one.dish_id, one.variant): one
        for one in samples
        if one.batch_id in in_force and one.batch_id in cooked_at and cooked_at[one.batch_id] <= one.taken_at
    }


def refusal(state: SampleState, sample: Sample) -> Coded | None:
    """Why a sample may not be destroyed now; None when it may."""
    if state == "due":
        return None
    codes = {"kept": "sample_not_due", "frozen": "sample_frozen", "destroyed": "sample_destroyed_already"}
    return Coded(codes[state], {"sample": sample.code, "keep_until_at": sample.keep_until_at.isoformat()})
