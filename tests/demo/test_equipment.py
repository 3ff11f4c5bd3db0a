"""The rehearsal's fixed assets: what their sensors tell is what the house may judge."""

from datetime import UTC, datetime, timedelta

import pytest

from api.checks.asset_list import USUAL_PROFILE, asset_from_row
from api.demo.equipment import equipment, frames, listed
from api.packaged import read_toml
from api.paths import config_dir
from telemetry.asset_alarms import AssetWatched, asset_step
from telemetry.assets import asset_now
from telemetry.decode.holdchain import FAMILY
from telemetry.frames import Heard
from telemetry.readings import ProbeUse

AT = datetime(2026, 11, 23, 1, 44, tzinfo=UTC)
FRIDGES = ({"code": "F1", "name": "留样冰箱"}, {"code": "F2", "name": "冷藏库"})


@pytest.mark.parametrize("number", range(3))
def test_no_asset_of_the_rehearsal_calls(number):
    """
    Tests each minute of a delivery and a defrost: tolerated, foretold by nobody, and beyond for a while.
    """
    one = equipment(FRIDGES)[number]
    rules = read_toml(config_dir() / "assets.toml")
    profile = read_toml(config_dir() / "safety-profiles.toml")["profile"][USUAL_PROFILE]
    asset = asset_from_row({"asset_id": "asset/1", **listed([one])[0]}, rules, profile)
    uses = (ProbeUse(one.device_id, "air", "air", "asset/1", AT),)
    told = [
        reading
        for frame in frames([one], AT, AT + timedelta(hours=6), 7)
        for reading in FAMILY.decode(Heard(frame.topic, frame.payload, frame.send_at)).readings
    ]
    states = set()
    for minutes in range(0, 361, 2):
        now_at = AT + timedelta(minutes=minutes)
        heard = [reading for reading in told if reading.measured_at <= now_at]
        stands = asset_now(asset.rules, uses, heard, now_at)
        states.add(stands.state)
        assert asset_step((), AssetWatched(asset, stands, uses, heard), now_at).raised == ()
    assert states == ({"within", "tolerated"} if one.rises_for else {"within"})
