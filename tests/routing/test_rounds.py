"""Tests of volunteers' rounds: by hand on a street, by property anywhere."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orders.sites import Place
from routing.round_check import check_rounds
from routing.round_facts import Bag, CarryTask, Door, Round, RoundParams, Volunteer
from routing.rounds import plan_rounds
from routing.travel import NO_WAY, TravelParams, matrix_of

SIGNED_S, NOON_S = 39_600, 43_200


def street(
    *homes: int | None, bags: str = "", people: int = 1, carries: int = 1, most_s: int = 1800
) -> CarryTask:
    """
    A straight street with the canteen at 0 and homes at these seconds of walking, a metre a second.

    The letters of ``bags`` say in which bag each home's meal lies, ``A`` for all when it is empty.
    """
    at = [0, *(one for one in homes if one is not None)]
    rows = [[abs(start - end) for end in at] for start in at]
    placed = iter(range(1, len(at)))
    letters = bags or "A" * len(homes)
    doors = tuple(
        Door(f"N{n}", (letter,), NOON_S, None if one is None else next(placed))
        for n, (one, letter) in enumerate(zip(homes, letters, strict=True), start=1)
    )
    return CarryTask(
        site_id="C01",
        bags=tuple(Bag(letter, SIGNED_S) for letter in sorted(set(letters))),
        doors=doors,
        volunteers=tuple(Volunteer(f"V{n}", carries, SIGNED_S - 600, NOON_S) for n in range(people)),
        ways=matrix_of(rows, rows),
        hand_over_s=60,
        most_s=most_s,
        eating_s=900,
    )


def doors_of(one: Round) -> list[str]:
    """Whose doors, in their order."""
    return [visit.door_id for visit in one.visits]


def test_a_round_by_hand() -> None:
    """Tests minutes and metres of a bag for three homes, two one way and one the other."""
    found = plan_rounds(street(300, 100, -150))

    [one] = found.rounds
    # To 100 (160 s), on to 300 (420 s), back past the canteen to -150 (930 s), home at 1,080 s.
    assert doors_of(one) == ["N2", "N1", "N3"]
    assert [visit.given_s - SIGNED_S for visit in one.visits] == [160, 420, 930]
    assert (one.code, one.leave_s, one.return_s - SIGNED_S, one.distance_m) == ("R1", SIGNED_S, 1080, 900)


def test_two_go_at_once_and_one_goes_twice() -> None:
    """Tests that bags are shared out among volunteers, and that one alone comes back for the second."""
    two = plan_rounds(street(100, -100, bags="AB", people=2))
    assert [(one.volunteer, one.leave_s) for one in two.rounds] == [("V0", SIGNED_S), ("V1", SIGNED_S)]

    one = plan_rounds(street(100, -100, bags="AB"))
    assert [turn.leave_s - SIGNED_S for turn in one.rounds] == [0, 260]

    both = plan_rounds(street(100, 110, bags="AB", carries=2))
    assert [turn.box_ids for turn in both.rounds] == [("A", "B")]


def test_a_bag_that_is_too_much_for_one_round_is_taken_in_two() -> None:
    """Tests that the minutes to a round's last door hold, and that nothing is left for them."""
    found = plan_rounds(street(300, 400, -300, -400, most_s=600))

    assert sorted(doors_of(one) for one in found.rounds) == [["N1", "N2"], ["N3", "N4"]]
    assert all(one.last_door_s - one.leave_s <= 600 and one.box_ids == ("A",) for one in found.rounds)
    assert found.left == ()


def test_a_diner_of_two_bags_is_called_on_once_where_somebody_carries_both() -> None:
    """Tests hot and cold of one meal together, and apart where a volunteer carries one bag."""
    task = street(100, 200)
    task = replace(
        task,
        bags=(*task.bags, Bag("B", SIGNED_S)),
        doors=(task.doors[0], replace(task.doors[1], box_ids=("A", "B"))),
    )
    apart = plan_rounds(task)
    assert sorted((one.box_ids, doors_of(one)) for one in apart.rounds) == [
        (("A",), ["N1", "N2"]),
        (("B",), ["N2"]),
    ]

    strong = replace(task, volunteers=(replace(task.volunteers[0], bags=2),))
    [one] = plan_rounds(strong).rounds
    assert [visit.box_ids for visit in one.visits] == [("A",), ("A", "B")]


@pytest.mark.parametrize(
    ("task", "code", "params"),
    [
        (street(None), "door_without_place", {}),
        (street(2000), "door_too_far", {"minutes": 35, "most": 30}),
        (street(100, people=0), "door_without_volunteer", {"site": "C01"}),
        (replace(street(1700), eating_s=2000), "door_eaten_too_late", {"minutes": 3}),
        (
            replace(street(100), volunteers=(Volunteer("V0", 1, SIGNED_S, SIGNED_S + 200),)),
            "door_nobody_free",
            {"volunteers": 1},
        ),
    ],
)
def test_what_fits_in_no_round_has_its_reason(task: CarryTask, code: str, params: dict[str, object]) -> None:
    """Tests a home without a place, one too far, a canteen without people, food too old, nobody there."""
    found = plan_rounds(task)

    assert found.rounds == ()
    assert [(one.door_id, one.reason.code, one.reason.params) for one in found.left] == [("N1", code, params)]


def test_a_home_that_no_way_leads_to_is_left() -> None:
    """Tests an unreachable place beside one that is reached."""
    task = street(100, 200)
    rows = [[0, 100, NO_WAY], [100, 0, NO_WAY], [NO_WAY, NO_WAY, 0]]
    found = plan_rounds(replace(task, ways=matrix_of(rows, rows)))
    assert [doors_of(one) for one in found.rounds] == [["N1"]]
    assert [one.door_id for one in found.left] == ["N2"]


@st.composite
def tasks(draw: st.DrawFn) -> CarryTask:
    """Any canteen: homes about it, some nowhere, bags that share diners, people of several paces."""
    count, seconds = draw(st.integers(1, 4)), st.integers(0, 3000)
    bags = tuple(Bag(f"X{n}", SIGNED_S + draw(seconds) % 900) for n in range(count))
    degree = st.floats(-0.01, 0.01)
    places, doors = [Place(24.3, 109.4)], list[Door]()
    for n in range(draw(st.integers(0, 12))):
        inside = draw(st.sets(st.integers(0, count - 1), min_size=1, max_size=2))
        known = draw(st.integers(0, 9)) > 0
        if known:
            places.append(Place(24.3 + draw(degree), 109.4 + draw(degree)))
        boxes = tuple(f"X{one}" for one in sorted(inside))
        doors.append(Door(f"N{n}", boxes, NOON_S + draw(seconds), len(places) - 1 if known else None))
    people = tuple(
        Volunteer(f"V{n}", draw(st.integers(1, 2)), SIGNED_S, SIGNED_S + 3600 + draw(seconds), pace)
        for n, pace in enumerate(draw(st.lists(st.sampled_from([100, 150, 300]), max_size=3)))
    )
    ways = TravelParams(RoundParams().speed_mps, 1.3).between(places)
    return CarryTask("C01", bags, tuple(doors), people, ways, 90, 600 + draw(seconds), 1200)


@settings(max_examples=30, deadline=None)
@given(tasks())
def test_any_canteen_has_rounds_without_a_violation(task: CarryTask) -> None:
    """Tests that every part of every meal is in one round or left, by the judge, and the same again."""
    found = plan_rounds(task)

    assert check_rounds(found, task) == []
    assert plan_rounds(task) == found
    turned = replace(task, doors=task.doors[::-1], bags=task.bags[::-1])
    assert check_rounds(plan_rounds(turned), task) == []
