"""Safety profiles and the food's clock."""

import pytest

from kitchen.safety import deliver_by_s, eat_by_s, profile_from_table
from tests.kitchen.builders import gb, table

HOUR_S = 3600


@pytest.mark.parametrize(
    ("has_probe", "holds", "hours"), [(True, True, 4), (True, False, 2), (False, True, 2), (False, False, 2)]
)
def test_four_hours_need_a_probe_and_a_prediction(has_probe, holds, hours):
    """
    Tests "How food is judged": four hours with a probe and a core that is predicted to hold, else two.
    """
    assert eat_by_s(1_000, gb(), has_probe=has_probe, predicted_to_hold=holds) == 1_000 + hours * HOUR_S


def test_chilled_food_has_a_day():
    """
    Tests that chilled food is eaten within 24 hours, whatever the probe.
    """
    assert eat_by_s(0, gb(), has_probe=False, predicted_to_hold=False, hold_class="cold") == 24 * HOUR_S


def test_the_hand_over_leaves_time_to_serve_and_to_carry_on():
    """
    Tests the latest hand-over: less 45 minutes of serving and 35 of second leg.
    """
    assert deliver_by_s(10_000, 2_700, 2_100) == 5_200


def test_the_packaged_profile_keeps_its_marks():
    """
    Tests that figures arrive with clause, source and evidence.
    """
    profile = gb()
    assert (profile.hot_hold_min_c, profile.uncontrolled_window_s, profile.hot_window_s) == (
        60.0,
        7_200,
        14_400,
    )
    assert (profile.sample_min_g, profile.records.gap_max_s, profile.records.evidence) == (
        125,
        900,
        "system default",
    )
    assert (profile.records.clock_limit_s, profile.records.clock_arrivals) == (120, 4)
    assert profile.evidence == "verified" and "8.3.3" in profile.clause and profile.source


def test_a_profile_without_a_clock_is_refused_by_name():
    """
    Tests that the profile and the missing field are named.
    """
    broken = dict(table("safety-profiles.toml")["profile"]["gb"])
    del broken["clock"]
    with pytest.raises(ValueError, match="safety profile gb: clock"):
        profile_from_table("gb", broken)
