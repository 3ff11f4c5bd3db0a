"""A stricter local rule over a safety profile."""

import pytest

from kitchen.overlays import expanded, tightened
from kitchen.safety import profile_from_table
from tests.kitchen.builders import table

TABLES = table("safety-profiles.toml")["profile"]
GB = TABLES["gb"]


def test_an_overlay_changes_what_it_names_and_keeps_the_rest():
    """
    Tests a limit, a clock, a cooling stage, a licence, a label's field and words, and all else as it was.
    """
    overlay = {
        "extends": "gb",
        "name": {"zh": "本市", "en": "Our city"},
        "limit": {"hot_hold": {"min_c": 65.0, "clause": "4.2"}, "cold_hold": {"max_c": 5.0}},
        "clock": {"hot": {"eat_by_s": 10_800, "clause": "local 4.2"}},
        "cooling": [{"max_s": 3_600}, {}],
        "licence": {"collective_meal_delivery": {"may_send_hot": False}},
        "label": {"container": {"fields": [*GB["label"]["container"]["fields"], "保存条件"]}},
    }
    whole = tightened(GB, overlay)
    profile, base = profile_from_table("shi", whole), profile_from_table("gb", GB)
    assert (profile.hot_hold_min_c, profile.cold_hold_max_c, profile.hot_window_s) == (65.0, 5.0, 10_800)
    assert (profile.clause, profile.name_en, profile.source) == ("local 4.2", "Our city", base.source)
    assert [stage["max_s"] for stage in whole["cooling"]] == [3_600, 7_200]
    assert (whole["sample"], whole["data"], "extends" in whole) == (GB["sample"], GB["data"], False)


@pytest.mark.parametrize(
    ("overlay", "place"),
    [
        ({"limit": {"hot_hold": {"min_c": 59.9}}}, "limit.hot_hold.min_c"),
        ({"limit": {"cold_hold": {"max_c": 8.1}}}, "limit.cold_hold.max_c"),
        ({"limit": {"cook_core": {"min_c": 60}}}, "limit.cook_core.min_c"),
        ({"limit": {"reheat_core": {"times_max": 2}}}, "limit.reheat_core.times_max"),
        ({"clock": {"hot": {"free_s": 7_201}}}, "clock.hot.free_s"),
        ({"clock": {"chilled": {"eat_by_s": 100_000}}}, "clock.chilled.eat_by_s"),
        ({"clock": {"hot": {"grace_s": 60}}}, "clock.hot.grace_s"),
        ({"cooling": [{"max_s": 7_201}, {}]}, "cooling[0].max_s"),
        ({"cooling": [{}]}, "cooling"),
        ({"data": {"gap_max_s": 901}}, "data.gap_max_s"),
        ({"licence": {"central_kitchen": {"may_send_hot": True}}}, "licence.central_kitchen.may_send_hot"),
        ({"label": {"container": {"fields": ["食品名称"]}}}, "label.container.fields"),
        ({"limit": {"hot_hold": {"min_c": "65"}}}, "limit.hot_hold.min_c"),
        ({"limit": {"hot_hold": {"min_f": 150}}}, "limit.hot_hold.min_f"),
        ({"clock": {"hot": {"eat_by_s": -1}}}, "clock.hot.eat_by_s"),
        ({"transport": {"alarm_required": False}}, "transport.alarm_required"),
    ],
)
def test_an_overlay_never_loosens(overlay, place):
    """
    Tests that each looser figure, and one that the profile does not have, is refused by its name.
    """
    with pytest.raises(ValueError, match="never loosens") as refused:
        tightened(GB, overlay)
    assert place in str(refused.value)


def test_profiles_of_a_file_are_expanded_and_named_when_they_are_wrong():
    """
    Tests the packaged file with a stricter rule, one that loosens, and one that extends nothing.
    """
    strict = {"extends": "gb", "clock": {"hot": {"eat_by_s": 10_800}}}
    found = expanded({**TABLES, "shi": strict})
    assert found["gb"] is GB
    assert profile_from_table("shi", found["shi"]).hot_window_s == 10_800
    with pytest.raises(ValueError, match=r"safety profile shi: .*clock\.hot\.eat_by_s"):
        expanded({**TABLES, "shi": {"extends": "gb", "clock": {"hot": {"eat_by_s": 20_000}}}})
    for base in ("nowhere", "shi"):
        with pytest.raises(ValueError, match=r"safety profile qu: .* can be extended"):
            expanded({**TABLES, "shi": strict, "qu": {"extends": base}})
