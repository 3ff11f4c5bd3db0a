"""The day's solvers, hurried: how near the best a plan comes has tests of its own in kitchen and routing."""

from collections.abc import Iterator
from functools import partial

import pytest

import api.day.params
from kitchen.schedule import ScheduleParams
from routing.params import SolveParams


@pytest.fixture(autouse=True, scope="session")
def hurried_plans() -> Iterator[None]:
    """Lets every plan of these tests search a tenth as long for the kitchen's minutes and the vans' way."""
    schedule = partial(ScheduleParams, tries=800, proof_time=0.2, joint_time=0.2)
    routes = partial(SolveParams, iterations_per_part=200)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(api.day.params, "ScheduleParams", schedule)
        patch.setattr(api.day.params, "SolveParams", routes)
        yield
