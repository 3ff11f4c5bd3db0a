"""Fixed assets: minutes beyond a limit worked by hand, what is tolerated, and what nobody knows."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telemetry.assets import AssetRules, asset_now, common_gap, record_of
from telemetry.readings import ProbeUse, Reading
from tests.telemetry.holds import minute, ramp, readings

COLD = AssetRules(0.0, 8.0, defrost_s=1800, defrost_every_s=28_800, delay_s=600, door_s=300, gap_s=900)
FREEZER = replace(COLD, low_c=None, high_c=-12.0)
HOT = replace(COLD, low_c=60.0, high_c=None, defrost_s=0)
ROOM = "asset/1"
MOUNTED = (ProbeUse("S01", "core", "air", ROOM, minute(-60)),)


def flat(value_c, first=0, last=50, every=10):
    return [(at, value_c) for at in range(first, last + 1, every)]


def door(*events):
    return [
        Reading("D01", "device", None, "open", value, minute(at), minute(at), number)
        for number, (at, value) in enumerate(events)
    ]


@pytest.mark.parametrize(
    ("rules", "told", "to_minute", "above_min", "below_min", "longest_min", "at_most_min"),
    [
        # 4 to 12 degrees in ten minutes passes 8 in its middle, and so does the way back: 15 to 35.
        (COLD, [(0, 4), (10, 4), (20, 12), (30, 12), (40, 4), (50, 4)], 50, 20, 0, 20, 20),
        # Twice: 5 to 15 and 35 to 50.
        (COLD, [(0, 4), (10, 12), (20, 4), (30, 4), (40, 12), (50, 12)], 50, 25, 0, 15, 25),
        # The limit itself holds, a hundredth above it does not.
        (COLD, flat(8.0), 50, 0, 0, 0, 0),
        (COLD, flat(8.01), 50, 50, 0, 50, 50),
        # 10 to 40 is longer than 15 minutes: nothing is proven, all of it is possible.
        (COLD, [(0, 4), (10, 4), (40, 4), (50, 4)], 50, 0, 0, 0, 30),
        (COLD, [(0, 10), (10, 10), (40, 10), (50, 10)], 50, 20, 0, 10, 50),
        # Under 0 from minute 5 on; the last value, of minute 20, stands to minute 30.
        (COLD, [(0, 2), (10, -2), (20, -2)], 30, 0, 25, 25, 25),
        # Nothing since minute 20: after 15 minutes not even the last value stands.
        (COLD, [(0, 10), (10, 10), (20, 10)], 40, 20, 0, 20, 40),
        # Nobody told anything before minute 20.
        (COLD, [(20, 4), (30, 4)], 30, 0, 0, 0, 20),
        (COLD, [], 30, 0, 0, 0, 30),
        # -18 to -6 passes -12 in the middle.
        (FREEZER, [(0, -18), (10, -6), (20, -18)], 20, 10, 0, 10, 10),
        (HOT, [(0, 65), (10, 55), (20, 55)], 20, 0, 15, 15, 15),
    ],
)
def test_minutes_beyond_the_limit(rules, told, to_minute, above_min, below_min, longest_min, at_most_min):
    """
    Tests minutes above, below, at once and at most against times worked by hand.
    """
    record = record_of(rules, MOUNTED, readings(*told), minute(0), minute(to_minute))
    found = (record.above_s, record.below_s, record.longest_s, record.beyond_at_most_s)
    assert found == (above_min * 60, below_min * 60, longest_min * 60, at_most_min * 60)


def test_values_of_before_the_interval_count_from_its_first_instant_on():
    """
    Tests that a reading before the interval tells how it began, and minutes outside are left out.
    """
    record = record_of(COLD, MOUNTED, readings((-5, 10), (5, 10), (15, 10)), minute(0), minute(10))
    assert (record.above_s, record.gaps) == (600, ())


def test_a_gap_says_what_stood_before_and_after_it():
    """
    Tests that a gap of an hour names its values on both sides.
    """
    told = readings((0, 4.5), (60, 9.5), (70, 9.0))
    (gap,) = record_of(COLD, MOUNTED, told, minute(0), minute(70)).gaps
    assert (gap.from_at, gap.to_at, gap.before_c, gap.after_c) == (minute(0), minute(60), 4.5, 9.5)


def test_several_probes_are_beyond_while_any_is_and_unknown_while_none_tells():
    """
    Tests that the warm corner counts, and one probe's silence is no gap while the other tells.
    """
    uses = (*MOUNTED, ProbeUse("S02", "core", "air", ROOM, minute(-60)))
    told = [*readings(*flat(4)), *readings((0, 10), (10, 10), device_id="S02")]
    record = record_of(COLD, uses, told, minute(0), minute(50))
    assert (record.above_s, record.gaps) == (600, ())


def test_a_probe_counts_while_it_is_mounted_only():
    """
    Tests that what a probe told before it was mounted, or outside the door, is nobody's.
    """
    moved = (replace(MOUNTED[0], from_at=minute(20), to_at=minute(40)),)
    record = record_of(COLD, moved, readings(*flat(12)), minute(0), minute(50))
    assert (record.above_s, record.beyond_at_most_s) == (20 * 60, 50 * 60)
    outside = (replace(MOUNTED[0], senses="ambient"),)
    assert record_of(COLD, outside, readings(*flat(12)), minute(0), minute(50)).above_s == 0


@pytest.mark.parametrize(
    ("rules", "told", "now", "state", "since"),
    [
        (COLD, flat(4), 50, "within", None),
        # A defrost: above since minute 25, 25 minutes of the 30 that are allowed.
        (COLD, [*flat(4, 0, 20), (30, 12), (40, 12), (50, 12)], 50, "tolerated", 25),
        # Five minutes later the allowance is used up.
        (COLD, [*flat(4, 0, 20), (30, 12), (40, 12), (50, 12), (56, 12)], 56, "beyond", 25),
        # Found warm after 40 minutes of which nobody knows: no defrost is that long.
        (COLD, [(0, 4), (10, 4), (50, 12), (55, 12)], 55, "beyond", 50),
        # The second defrost of the same eight hours: 20 minutes before it, 15 of its own.
        (COLD, [*flat(12, 0, 20), (20.01, 4), *flat(4, 30, 60), *flat(12, 70, 80)], 80, "beyond", None),
        # Cold is not defrosted below its limit: ten minutes and no more.
        (COLD, [(0, 2), (0.01, -1), (10, -1)], 10, "tolerated", None),
        (COLD, [(0, 2), (0.01, -1), (11, -1)], 11, "beyond", None),
        (HOT, [(0, 65), (0.01, 55), (11, 55)], 11, "beyond", None),
        (COLD, flat(4), 66, "silent", None),
    ],
)
def test_how_an_asset_stands(rules, told, now, state, since):
    """
    Tests that delay and defrost are tolerated once, that a hot cabinet has none, and silence is said.
    """
    stands = asset_now(rules, MOUNTED, readings(*told), minute(now))
    assert stands.state == state
    if since is not None:
        assert stands.since_at == minute(since)


def test_nobody_judges_an_asset_without_a_probe():
    """
    Tests that an asset without a probe, or with one at its door only, says so.
    """
    assert asset_now(COLD, (), readings(*flat(4)), minute(50)).state == "no_sensor"


@pytest.mark.parametrize(
    ("events", "open_since", "too_long"),
    [
        ([(0, 0.0), (40, 1.0)], 40, True),
        ([(0, 1.0), (40, 1.0)], 0, True),
        ([(40, 1.0), (44, 0.0)], None, False),
        ([(46, 1.0)], 46, False),
    ],
)
def test_a_door_that_stands_open(events, open_since, too_long):
    """
    Tests that a door is open since the first of its last words that say so, and too long after its time.
    """
    uses = (*MOUNTED, ProbeUse("D01", "device", "ambient", ROOM, minute(-60)))
    stands = asset_now(COLD, uses, [*readings(*flat(4)), *door(*events)], minute(50))
    assert stands.door_too_long is too_long
    assert stands.door_open_at == (None if open_since is None else minute(open_since))


def test_a_power_cut_is_where_nobody_told_anything():
    """
    Tests that the longest gap common to all assets is found, and none where one of them told.
    """
    silent = [(0, 4), (10, 4), (70, 4), (80, 4)]
    one = record_of(COLD, MOUNTED, readings(*silent), minute(0), minute(80))
    two = record_of(COLD, MOUNTED, readings((0, 4), (15, 4), (60, 4), (75, 4)), minute(0), minute(75))
    told = record_of(COLD, MOUNTED, readings(*ramp(0, 80, 4, 5)), minute(0), minute(80))
    assert common_gap([one, two]) == (minute(15), minute(60))
    assert common_gap([one, told]) is None
    assert common_gap([]) is None


@given(st.lists(st.tuples(st.integers(0, 120), st.integers(-4, 14)), max_size=14), st.randoms())
def test_the_order_of_arrival_does_not_matter(told, chance):
    """
    Tests that any order gives the same record and the same state.
    """
    arrived = list(readings(*((float(at), float(value)) for at, value in told)))
    shuffled = chance.sample(arrived, len(arrived))
    assert record_of(COLD, MOUNTED, arrived, minute(0), minute(120)) == record_of(
        COLD, MOUNTED, shuffled, minute(0), minute(120)
    )
    assert asset_now(COLD, MOUNTED, arrived, minute(120)) == asset_now(COLD, MOUNTED, shuffled, minute(120))
