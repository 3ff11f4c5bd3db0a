"""The kitchen's solver, hurried: how near the best a plan comes has tests of its own in tests/kitchen."""

from collections.abc import Iterator
from functools import partial

import pytest

import api.day.plan
from kitchen.schedule import ScheduleParams


@pytest.fixture(autouse=True, scope="session")
def hurried_schedule() -> Iterator[None]:
    """Lets every plan of these tests search a tenth as long for its kitchen's minutes."""
    hurried = partial(ScheduleParams, proof_time=0.4, joint_time=0.6)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api.day.plan, "ScheduleParams", hurried)
        yield
