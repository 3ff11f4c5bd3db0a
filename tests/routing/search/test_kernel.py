"""Tests of the kernel: what it answers can be driven, and its seed and counts alone decide it."""

import pytest

from routing.plan import check
from routing.search.arrays import arrays_of
from routing.search.kernel import Kernel
from tests.routing import by_hand
from tests.routing.search.problems import plan_of, problem_of, relabelled, work_of

HEAT = 2_000.0


@pytest.mark.parametrize("seed", range(40))
def test_answers_keep_every_rule(seed):
    """
    Tests that the judge finds nothing in answers to problems with every rule but docks, and no part is lost.
    """
    problem = problem_of(seed)
    work = work_of(problem)
    kernel = Kernel(arrays_of(problem, work), seed)
    kernel.run(300, HEAT)
    answer = kernel.best()
    brought = [part for own in answer for trip in own for part in trip]
    assert check(plan_of(problem, work, answer), problem) == []
    assert len(brought) == len(set(brought)) == len(work) - kernel.left_out


def test_best_never_worsens_and_counts_decide():
    """
    Tests that the best cost only falls, and that the same seed and counts give the same answer.
    """
    problem = problem_of(3, stops=20)
    arrays = arrays_of(problem, work_of(problem))
    answers = []
    for _ in range(2):
        kernel, costs = Kernel(arrays, 7), []
        for _ in range(20):
            kernel.run(50, HEAT)
            costs.append(kernel.cost)
        assert costs == sorted(costs, reverse=True)
        answers.append((kernel.best(), kernel.cost, kernel.accepted, kernel.improved))
    assert answers[0] == answers[1]


@pytest.mark.parametrize("seed", range(6))
def test_names_and_order_of_stops_change_nothing(seed):
    """
    Tests that the same stops by other names and in another order are served by the same trips.
    """
    problem = problem_of(seed)
    other, names = relabelled(problem, seed)
    assert _boxes_of(problem, {name: name for name in names.values()}) == _boxes_of(other, names)


def _boxes_of(problem, names):
    work = work_of(problem)
    kernel = Kernel(arrays_of(problem, work), 5)
    kernel.run(400, HEAT)
    return [
        [[sorted(names[box] for box in work[part].box_ids) for part in trip] for trip in own]
        for own in kernel.best()
    ]


def test_four_stops_are_brought_two_by_two():
    """
    Tests the instance worked out by hand: two trips, east and west, of 20 km each.
    """
    problem = by_hand.four_stops()
    work = work_of(problem)
    kernel = Kernel(arrays_of(problem, work), 1)
    kernel.run(200, 500.0)
    sites = [{work[part].stop.stop_id for part in trip} for trip in kernel.best()[0]]
    assert sorted(map(sorted, sites)) == [["A", "B"], ["C", "D"]]
    assert kernel.cost == 2 * 20_000


def test_goes_on_from_an_answer():
    """
    Tests that an answer costs the same once it is loaded, and is the best until a better one is seen.
    """
    for seed in range(12):
        problem = problem_of(seed)
        arrays = arrays_of(problem, work_of(problem))
        first, second = Kernel(arrays, 1), Kernel(arrays, 2)
        first.run(300, HEAT)
        second.start(first.best())
        assert second.cost == first.cost
        second.run(100, HEAT)
        assert second.cost <= first.cost
