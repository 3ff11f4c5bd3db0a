"""Tests of control points: limits, cooling stages, calibration and what a failed point needs."""

import tomllib
from datetime import date

import pytest

from api.paths import config_dir
from kitchen.haccp import Fridge, Probe, floor_rules, is_discarded, judge, offered, standing

PROFILE = tomllib.loads((config_dir() / "safety-profiles.toml").read_text("utf-8"))["profile"]["gb"]
TABLE = tomllib.loads((config_dir() / "haccp.toml").read_text("utf-8"))["rules"]["gb"]
RULES = floor_rules(TABLE, PROFILE)
ON = date(2026, 11, 23)


def found(code, value_c, elapsed_s=None):
    return [one.code for one in judge(RULES.points[code], value_c, elapsed_s)]


def test_the_limit_itself_is_kept():
    """
    Tests that 70.0 is cooked and 69.9 is not, as decoded and never rounded.
    """
    assert found("cook", 70.0) == []
    assert found("cook", 69.999) == ["step_too_cold"]


def test_a_cooling_stage_has_a_temperature_and_a_time():
    """
    Tests both limits of the first stage: 21 deg C within two hours.
    """
    assert found("cool_1", 21.0, 7200) == []
    assert found("cool_1", 21.1, 7201) == ["step_too_warm", "step_too_slow"]


def test_chilled_food_is_packed_between_its_limits():
    """
    Tests that chilled food may neither freeze nor be warm when it is packed.
    """
    assert found("pack_chilled", 8.0) == []
    assert found("pack_chilled", 8.5) == ["step_too_warm"]
    assert found("pack_chilled", -1.0) == ["step_too_cold"]


def test_points_bind_by_the_food():
    """
    Tests which points a hot, a chilled and a cook-chill batch has.
    """
    hot = [code for code, one in RULES.points.items() if one.binds(chilled=False, cook_chill=False)]
    cooled = [code for code, one in RULES.points.items() if one.binds(chilled=True, cook_chill=True)]
    assert hot == ["cook", "pack_hot"]
    assert cooled == ["cook", "cool_1", "cool_2", "pack_chilled"]


def test_a_failed_point_stands_by_its_last_action():
    """
    Tests that nothing goes on from a failure without an action, and that the last action counts.
    """
    assert standing(None, []) == "missing"
    assert standing(False, []) == "failed"
    assert standing(False, ["again", "discard"]) == "discard"
    assert standing(True, ["again"]) == "passed"


def test_a_discard_stands_until_it_is_lifted():
    """
    Tests that no other action ends a discard, and that a lifted one leaves the failure without an action.
    """
    assert is_discarded(["discard", "again"]) and not is_discarded(["discard", "lifted"])
    assert is_discarded(["discard", "lifted", "discard"]) and not is_discarded([])
    assert standing(False, ["discard", "lifted"]) == "failed"


def test_only_actions_that_can_be_finished_are_offered():
    """
    Tests that a stage whose time is over is reheated or discarded, and what was reheated only discarded.
    """
    point = RULES.points["cool_1"]
    late = judge(point, 30.0, 9000)
    assert offered(point, RULES.actions, judge(point, 30.0, 60), reheated=False) == point.actions
    assert offered(point, RULES.actions, late, reheated=False) == ("reheat_once", "discard")
    assert offered(point, RULES.actions, late, reheated=True) == ("discard",)
    assert (point.after, RULES.points["cool_2"].after) == (("cook", "reheat"), ("cool_1",))


def test_an_overdue_probe_warns():
    """
    Tests that a probe warns from the day after its last one, and when nobody ever calibrated it.
    """
    assert Probe("HP-01", due_on=ON).warning(ON) is None
    assert Probe("HP-01", due_on=date(2026, 11, 22)).warning(ON).code == "probe_overdue"
    assert Probe("HP-02").warning(ON).code == "probe_never_calibrated"
    assert Fridge("F1").code == "F1"


def test_a_wrong_file_names_its_point():
    """
    Tests that an action that is not there names the point.
    """
    points = {"cook": {**TABLE["point"]["cook"], "actions": ["pray"]}}
    with pytest.raises(ValueError, match="control point cook"):
        floor_rules({**TABLE, "point": points}, PROFILE)
