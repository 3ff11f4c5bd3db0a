"""The legs of a hold worked by hand: what goes on from the site to a door. Minutes count from cooked_at."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.hold_chain import judge
from telemetry.hold_facts import SecondLeg
from tests.telemetry.holds import check, hold, minute, ramp, readings, use

LEFT, DOOR = 100, 170
WARM = ramp(20, DOOR, 82, 67)  # 0.1 C a minute: 75 at 90, 74 at 100, 72 at 120, 67 at 170


def way(left=LEFT, given=DOOR, *, in_box=True):
    """A second leg between two minutes."""
    at = [None if one is None else minute(one) for one in (left, given)]
    return SecondLeg(in_box, *at)


def carried(*samples, eaten=DOOR, leg=None, **facts):
    """A hold whose portions went on to a door at minute 100 and were given there at 170."""
    known = {"second_leg": leg or way(), "last_served_at": minute(eaten)}
    return hold(eaten, *(samples or WARM), **known | facts)


def judged(facts):
    return judge(facts, minute(999))


def legs(verdict):
    start = minute(0)
    return [
        (leg.name, *((at - start).total_seconds() / 60 if at else None for at in (leg.from_at, leg.to_at)))
        for leg in verdict.legs
    ]


def missing(verdict):
    return [leg.name for leg in verdict.legs if leg.missing]


def codes(verdict):
    return [reason.code for reason in verdict.reasons]


def test_the_way_to_the_door_is_a_leg_of_its_own():
    """
    Tests kitchen, transport, hot well until the bag leaves, and second leg to the last door, the last plate.
    """
    found = judged(carried())
    assert (found.verdict, found.rests_on, found.judged_to_at) == ("passed", "core", minute(DOOR))
    assert legs(found) == [
        ("kitchen", 0, 20),
        ("transport", 20, 90),
        ("hot_well", 90, LEFT),
        ("second_leg", LEFT, DOOR),
    ]
    ends = [(leg.core_low_c, leg.core_high_c) for leg in found.legs]
    assert ends[1:] == [(75.0, 75.0), (74.0, 74.0), (67.0, 67.0)]


def test_a_bag_that_goes_on_at_once_was_in_no_hot_well():
    """
    Tests that a bag taken in the minute of its hand-over has no leg at the site.
    """
    assert [one[0] for one in legs(judged(carried(leg=way(left=90))))] == [
        "kitchen",
        "transport",
        "second_leg",
    ]


def test_minutes_in_the_zone_are_counted_by_leg_also_on_the_way_to_the_door():
    """
    Tests by hand: from 80 at 20, 0.25 C a minute, 60 is passed at 100; at 118 eighteen minutes lie under it.
    """
    found = judged(carried(*ramp(20, 120, 80, 55, every=4), eaten=118, leg=way(left=106, given=118)))
    assert (found.verdict, found.exposed_s) == ("passed", 18 * 60)
    assert [(leg.name, leg.exposed_s) for leg in found.legs] == [
        ("kitchen", 0),
        ("transport", 0),
        ("hot_well", 6 * 60),
        ("second_leg", 12 * 60),
    ]


@pytest.mark.parametrize(
    ("sentence", "facts", "verdict", "code", "gone"),
    [
        ("the probe went along and held", carried(), "passed", "hold_kept", []),
        (
            "under 60 on the way: 70 at 20, 0.1 C a minute, 59.5 at 125",
            carried(*ramp(20, DOOR, 70, 55)),
            "breached",
            "hold_below_after_check",
            [],
        ),
        (
            "nobody noted when it left",
            carried(leg=way(left=None)),
            "cannot_be_judged",
            "hold_leg_missing",
            ["second_leg"],
        ),
        (
            "within two hours no proof is needed, noted or not",
            carried(*ramp(20, 115, 82, 73), eaten=119, leg=way(left=None, given=119)),
            "passed",
            "hold_within_free_window",
            ["second_leg"],
        ),
        (
            "the probe stayed at the site",
            carried(uses=(use("core", 20, LEFT + 1),)),
            "cannot_be_judged",
            "hold_silent_before_end",
            ["second_leg"],
        ),
        (
            "portions out of the box after two hours",
            carried(leg=way(in_box=False)),
            "cannot_be_judged",
            "hold_leg_missing",
            ["second_leg"],
        ),
        (
            "portions out of the box, at their doors within two hours",
            carried(leg=way(given=120, in_box=False)),
            "passed",
            "hold_kept",
            [],
        ),
        (
            "the last door 4 h 01 min off the heat",
            carried(*ramp(20, 241, 90, 68), eaten=241, leg=way(given=241)),
            "breached",
            "hold_past_window",
            [],
        ),
        (
            "no hand-over at the site",
            carried(handed_over_at=None),
            "cannot_be_judged",
            "hold_leg_missing",
            ["transport"],
        ),
        (
            "left before it came",
            carried(leg=way(left=85)),
            "cannot_be_judged",
            "hold_times_contradict",
            [],
        ),
        (
            "given before it left",
            carried(leg=way(given=95)),
            "cannot_be_judged",
            "hold_times_contradict",
            [],
        ),
    ],
)
def test_the_verdict_is_composed_of_its_legs_and_names_a_missing_one(sentence, facts, verdict, code, gone):
    """
    Tests portions that went on: with the probe, without it, unnoted, too late.
    """
    found = judged(facts)
    assert (found.verdict, codes(found)[0]) == (verdict, code), sentence
    assert missing(found) == gone, sentence
    if code == "hold_leg_missing":
        assert found.reasons[0].params == {"leg": gone[0]}


def test_what_came_back_uneaten_was_no_leg_of_what_was_eaten():
    """
    Tests that a bag brought back and thrown away at 200 leaves the verdict on what was eaten here at 118.
    """
    facts = carried(eaten=118, leg=way(given=None))
    found = judged(replace(facts, chain_end_at=minute(200)))
    assert (found.verdict, [one[0] for one in legs(found)]) == (
        "passed",
        ["kitchen", "transport", "hot_well"],
    )


def test_the_second_leg_is_open_until_the_last_door():
    """
    Tests that a bag on its way shows the leg without an end, and may be eaten while its probe proves it.
    """
    facts = replace(carried(*WARM[:21], leg=way(given=None)), last_served_at=None, chain_end_at=None)
    found = judge(facts, minute(122))
    assert (legs(found)[-1], found.shown) == (("second_leg", LEFT, None), "open")
    assert (missing(found), found.eat_by_at) == ([], minute(240))
    assert judge(facts, minute(140)).eat_by_at == minute(120)  # silent since 120


def test_a_closed_bag_only_cools_so_a_core_at_the_door_proves_the_way():
    """
    Tests that 66 C by hand at the door proves the way to it, and that a hot well in between would not.
    """
    silent = carried(*ramp(20, 130, 82, 71), checks=(check(145, 68.0), check(158, 67.0), check(DOOR, 66.0)))
    assert judged(silent).verdict == "passed"
    air = [(at, 40.0 + at / 1e6) for at in range(20, 171, 5)]
    bag = carried(probe="air", readings=readings(*air, probe="air"), checks=(check(DOOR, 66.0),))
    assert (judged(bag).verdict, judged(bag).check_low_c) == ("passed", 65.0)
    assert judged(replace(bag, second_leg=None)).verdict == "cannot_be_judged"


def test_chilled_food_goes_on_cold_and_is_reheated_by_the_diner():
    """
    Tests the legs of a chilled bag: at the site until it leaves, then to the door, at most 5 C all the way.
    """
    facts = hold(
        1100,
        packed_at=minute(900),
        packed_core_c=3.0,
        handed_over_at=minute(1000),
        hold_class="cold",
        cooling="kept",
        heated_at="home",
        uses=(use("core", 900),),
        readings=readings(*ramp(900, 1100, 3.0, 5.0)),
        second_leg=way(left=1010, given=1100),
    )
    found = judged(facts)
    assert (found.verdict, [one[0] for one in legs(found)]) == (
        "passed",
        ["kitchen", "transport", "site_cold", "second_leg"],
    )
    assert judged(replace(facts, second_leg=way(left=None, given=1100))).verdict == "cannot_be_judged"


@given(
    st.permutations(range(31)),
    st.integers(min_value=90, max_value=170),
    st.booleans(),
    st.floats(min_value=40, max_value=80),
)
def test_the_second_leg_agrees_for_any_order_of_arrival(order, left, in_box, end_c):
    """
    Tests that a bag's readings and checks give one verdict in any order, its legs in a row, and none lost.
    """
    facts = carried(*ramp(20, DOOR, 80, end_c + 1e-3), leg=way(left=left, in_box=in_box))
    facts = replace(facts, checks=(check(95, 76.0), check(130, 70.0)))
    shuffled = replace(
        facts,
        readings=tuple(facts.readings[place] for place in order),
        checks=tuple(reversed(facts.checks)),
    )
    found = judged(facts)
    assert judged(shuffled) == found
    assert legs(found)[-1][1:] == (left, DOOR)
    assert sum(leg.exposed_s for leg in found.legs) <= found.exposed_s
