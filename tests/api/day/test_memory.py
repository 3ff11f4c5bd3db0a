"""Judging as readings come agrees with judging anew from all rows, in whatever order they arrive."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from sqlmodel import Session

from api.day.holds import Memory
from api.db import Database
from telemetry.hold_chain import judge
from telemetry.hold_facts import HoldVerdict
from telemetry.readings import ProbeUse, Reading
from telemetry.store.probe_uses import put_in, uses_of_boxes
from telemetry.store.readings import keep
from tests.telemetry.holds import hold, minute

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
    for seed in range(8):
        device_id, box_id = f"S{seed}", f"box-{seed}"
        with database.begin() as session:
            put_in(
                session, ProbeUse(device_id, senses, senses, box_id, minute(PACKED) - timedelta(seconds=1))
            )
        frames = arrivals(Random(seed), device_id, senses)
        verdicts |= set(agreed(database, frames, box_id, senses))
    assert len(verdicts) > 1
