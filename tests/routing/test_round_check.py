"""Tests of the judge of volunteers' rounds: each rule is broken once."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from routing.round_check import check_rounds
from routing.round_facts import Round, Rounds
from routing.rounds import plan_rounds
from tests.routing.test_rounds import SIGNED_S, street

TASK = street(100, 200, -100, bags="AAB", people=2)
GOOD = plan_rounds(TASK)


def first(**told: object) -> Callable[[], Rounds]:
    """The good rounds with the first one told otherwise."""
    changed: Round = replace(GOOD.rounds[0], **told)  # type: ignore[arg-type]
    return lambda: replace(GOOD, rounds=(changed, *GOOD.rounds[1:]))


def moved(seconds: int) -> Callable[[], Rounds]:
    """The good rounds with the first one earlier or later."""
    one = GOOD.rounds[0]
    visits = tuple(
        replace(visit, arrive_s=visit.arrive_s + seconds, given_s=visit.given_s + seconds)
        for visit in one.visits
    )
    return first(leave_s=one.leave_s + seconds, return_s=one.return_s + seconds, visits=visits)


def test_good_rounds_are_good() -> None:
    """Tests that the judge finds nothing where nothing is wrong."""
    assert len(GOOD.rounds) == 2
    assert check_rounds(GOOD, TASK) == []


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (first(volunteer="V9"), "round_unknown"),
        (first(visits=()), "round_unknown"),
        (first(code="R2"), "round_unknown"),
        (lambda: replace(GOOD, rounds=GOOD.rounds[:1]), "round_part_count"),
        (first(box_ids=("A", "B")), "round_over_bags"),
        (moved(-300), "round_before_van"),
        (moved(5000), "round_outside_hours"),
        (moved(4000), "round_eaten_too_late"),
        (first(volunteer=GOOD.rounds[1].volunteer), "round_overlaps"),
        (first(return_s=SIGNED_S + 1), "round_times_wrong"),
        (first(visits=GOOD.rounds[0].visits[::-1]), "round_times_wrong"),
    ],
)
def test_each_rule_is_judged(broken: Callable[[], Rounds], code: str) -> None:
    """Tests that each violation is found by its code."""
    assert code in {one.code for one in check_rounds(broken(), TASK)}


def test_the_minutes_to_the_last_door_are_judged() -> None:
    """Tests that rounds are too long for a programme that allows fewer minutes."""
    short = replace(TASK, most_s=240)
    assert {one.code for one in check_rounds(GOOD, short)} == {"round_too_long"}
