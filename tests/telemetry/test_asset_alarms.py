"""What is wrong with an asset: beyond its limit, silent, its door open; not what it is allowed."""

import pytest

from telemetry.asset_alarms import asset_causes
from telemetry.assets import Asset, AssetNow
from tests.telemetry.holds import minute
from tests.telemetry.test_assets import COLD

ROOM = Asset("asset/1", "CR-1", "", "cold_room", COLD)


@pytest.mark.parametrize(
    ("stands", "found"),
    [
        (AssetNow("within", 4.0, minute(59)), []),
        (AssetNow("tolerated", 9.0, minute(59), minute(50)), []),
        (AssetNow("beyond", 9.0, minute(59), minute(20)), [("breach", "critical", 40)]),
        (AssetNow("silent", 4.0, minute(30)), [("silence", "warning", 30)]),
        (AssetNow("silent"), [("silence", "warning", None)]),
        (AssetNow("within", 4.0, minute(59), None, minute(58)), []),
        (AssetNow("within", 4.0, minute(59), None, minute(50), True), [("door_open", "warning", 10)]),
    ],
)
def test_an_asset_calls_for_what_is_wrong_with_it(stands, found):
    """
    Tests kind, severity and minutes of each cause.
    """
    causes = asset_causes(ROOM, stands, minute(60))
    assert [(one.kind, one.severity, one.reason.params.get("minutes")) for one in causes] == found
