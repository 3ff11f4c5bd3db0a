"""The chart of a hold names what happened at the door."""

import pytest

from api.day.views_chart import chart_points
from telemetry.hold_chain import judge
from tests.telemetry.holds import hold, minute, ramp


@pytest.mark.parametrize(("is_refused", "named"), [(False, "handed_over"), (True, "refused")])
def test_a_box_turned_away_is_not_marked_as_handed_over(is_refused: bool, named: str) -> None:
    """Tests that the minute of the hand-over bears the word of what was done."""
    facts = hold(None, *ramp(20, 90, 80, 70), chain_end_at=minute(90))
    points = chart_points(facts, judge(facts, minute(120)), facts.profile, is_refused=is_refused)
    assert [one.event for one in points if one.at == minute(90)] == [named]
    assert {"handed_over", "refused"} & {one.event for one in points} == {named}
