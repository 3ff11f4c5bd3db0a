"""Judging as readings come agrees with judging anew from all rows, in whatever order they arrive."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from api.day import holds
from api.day.holds import Memory
from api.db import Database
from telemetry.hold_chain import judge
from telemetry.hold_facts import HoldVerdict
from telemetry.readings import ProbeUse, Reading
from telemetry.store.probe_uses import put_in, uses_of_boxes
from telemetry.store.readings import keep
from tests.telemetry.holds import hold, minute, use

PACKED, EATEN = 20, 200


def arrivals(rng: Random, device_id: str, senses: str) -> list[list[Reading]]:
    """Readings of one box in six frames, shuffled, some of them twice; two frames may come in one instant."""
    from_c, fall_c = rng.uniform(62, 90), rng.uniform(0, 0.25)
    kept = [at for at in range(PACKED, EATEN + 1, 5) if rng.random() > 0.1]
    rng.shuffle(kept)
    frames, at = [], EATEN
    for start in range(0, len(kept), 7):
        at += rng.choice((0, 1, 30))
        taken = [*kept[start : start + 7], *rng.sample(kept, 2)]
        told = [(one, from_c - fall_c * (one - PACKED)) for one in taken]
        frames.append(
            [
                Reading(device_id, senses, None, "temperature", value_c, minute(one), minute(at), one)
                for one, value_c in told
            ]
        )
    return frames


def judged(session: Session, memory: Memory, box_id: str, senses: str) -> HoldVerdict:
    """The verdict on a box by what a worker remembers of its readings."""
    readings = tuple(memory.readings(session, [box_id])[box_id])
    uses = tuple(uses_of_boxes(session, [box_id])[box_id])
    facts = hold(EATEN, probe=senses, uses=uses)
    return judge(replace(facts, readings=readings), minute(999))


def agreed(database: Database, frames: Sequence[list[Reading]], box_id: str, senses: str) -> list[str]:
    """The verdicts of a worker after each frame, which are those of a worker that has just started."""
    worker, told = Memory(), []
    for frame in frames:
        with database.begin() as session:
            keep(session, frame)
        with database.read() as session:
            streaming = judged(session, worker, box_id, senses)
            assert streaming == judged(session, Memory(), box_id, senses)
        told.append(streaming.verdict)
    return told


@pytest.mark.parametrize("senses", ["core", "air"])
def test_a_streaming_worker_agrees_with_the_whole_recomputation(database: Database, senses: str) -> None:
    """Tests random boxes in random orders of arrival: after each frame, and whenever a worker starts anew."""
    verdicts = set[str]()
    for seed in range(3):
        device_id, box_id = f"S{seed}", f"box-{seed}"
        with database.begin() as session:
            put_in(
                session, ProbeUse(device_id, senses, senses, box_id, minute(PACKED) - timedelta(seconds=1))
            )
        frames = arrivals(Random(seed), device_id, senses)
        verdicts |= set(agreed(database, frames, box_id, senses))
    assert len(verdicts) > 1


@settings(max_examples=25, deadline=None)
@given(
    st.permutations(range(PACKED, EATEN + 1, 10)),
    st.lists(st.tuples(st.integers(1, 6), st.sampled_from([0, 1, 30]), st.integers(0, 4)), min_size=3),
    st.floats(62, 90),
    st.floats(0, 0.25),
    st.sampled_from(["core", "air"]),
)
def test_the_streaming_step_agrees_with_the_recomputation_for_any_order_of_arrival(
    order, cuts, from_c, fall_c, senses
):
    """
    Tests after each frame of any order, frames of one instant and readings that come again among them, that a
    worker's memory gives the readings and the verdict of all rows.
    """
    rows: dict[object, Reading] = {}
    worker, at, left = Memory(), EATEN, list(order)
    facts = hold(EATEN, probe=senses, uses=(use(senses),))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(
            holds,
            "readings_of_holds",
            lambda _, box_ids, received_from_at=None: {
                box_id: [
                    one
                    for one in rows.values()
                    if received_from_at is None or one.received_at >= received_from_at
                ]
                for box_id in box_ids
            },
        )
        for size, later, again in cuts:
            at, taken, left = at + later, [*left[:size], *order[:again]], left[size:]
            for told in taken:
                one = Reading(
                    "S01",
                    senses,
                    None,
                    "temperature",
                    from_c - fall_c * (told - PACKED),
                    minute(told),
                    minute(at),
                    told,
                )
                rows.setdefault(one.key, one)
            streamed = worker.readings(Session(), ["box-1"])["box-1"]
            assert sorted(streamed, key=str) == sorted(rows.values(), key=str)
            whole = tuple(sorted(rows.values(), key=lambda one: one.measured_at))
            verdict = judge(replace(facts, readings=tuple(streamed)), minute(999))
            assert verdict == judge(replace(facts, readings=whole), minute(999))
