"""Tests that the judge, which knows nothing of the simulator's physics, sees what happened to a box."""

from collections.abc import Mapping
from typing import Any

import pytest

from telemetry.decode.holdchain import decode
from telemetry.frames import Heard
from telemetry.hold_chain import judge
from telemetry.hold_facts import HoldVerdict
from telemetry.readings import ProbeUse
from telemetry.simulate import SimBox, core_at, frames
from tests.telemetry.holds import hold, minute

PACKED, HANDED_OVER, EATEN = 15, 90, 170
LID_OFF = {"fault": "broken_lid", "fault_at": minute(45), "fault_until": minute(400)}


def verdict_on(senses: str, seed: int, packed_c: float = 78.0, **fault: Any) -> HoldVerdict:
    """The verdict on a simulated box, by what its sensor sent and two hand probes."""
    openings = ((minute(40), 30), (minute(85), 40))
    box = SimBox("S01", senses, senses, minute(PACKED), packed_c, 15.0, openings, minute(EATEN + 5), **fault)
    sent = [decode(Heard(frame.topic, frame.payload, frame.send_at)) for frame in frames(box, seed)]
    facts: Mapping[str, Any] = {
        "packed_at": minute(PACKED),
        "packed_core_c": round(core_at(box, minute(PACKED), seed), 1),
        "uses": (ProbeUse("S01", senses, senses, "box-1", minute(PACKED)),),
        "readings": tuple(reading for one in sent for reading in one.readings),
        "handed_over_at": minute(HANDED_OVER),
        "handed_over_core_c": round(core_at(box, minute(HANDED_OVER), seed), 1),
        "last_served_at": minute(EATEN),
    }
    return judge(hold(EATEN, **facts), minute(EATEN + 5))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("senses", ["air", "core"])
def test_sound_box_is_proven_whatever_its_probe_senses(senses, seed):
    """
    Tests that a closed box, its lid lifted twice, passes beyond two hours on its readings.
    """
    verdict = verdict_on(senses, seed)
    assert (verdict.verdict, verdict.rests_on) == ("passed", senses)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("senses", ["air", "core"])
def test_box_without_its_lid_is_proven_cold(senses, seed):
    """
    Tests that a lid lost on the road is a breach by air as well as by core.
    """
    assert verdict_on(senses, seed, **LID_OFF).verdict == "breached"


def test_silent_box_cannot_be_judged_and_a_late_backlog_can():
    """
    Tests that what was never sent is missing, and what was sent late is not.
    """
    times = {"fault_at": minute(45), "fault_until": minute(80)}
    assert verdict_on("air", 1, fault="silent", **times).verdict == "cannot_be_judged"
    assert verdict_on("air", 1, fault="backlog", **times).verdict == "passed"
