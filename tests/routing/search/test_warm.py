"""Tests of compiling ahead."""

from routing.search import steps
from routing.search.arrays import arrays_of
from routing.search.kernel import Kernel
from routing.search.warm import warm
from tests.routing.search.problems import problem_of, work_of


def test_what_is_compiled_ahead_serves_every_problem():
    """
    Tests that after warming no problem has anything compiled anew.
    """
    warm()
    for seed in range(3):
        problem = problem_of(seed)
        kernel = Kernel(arrays_of(problem, work_of(problem)), seed)
        kernel.run(1, 1.0)
        kernel.start(kernel.best())
    assert len(steps.run.signatures) == len(steps.start.signatures) == 1
