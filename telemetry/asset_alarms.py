"""What is wrong with a fixed asset at an instant: too long beyond its limit, silent, its door open."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from orders.codes import Coded, Param
from telemetry.alarm_rules import Severity
from telemetry.assets import Asset, AssetNow

AssetCauseKind = Literal["breach", "silence", "door_open"]


@dataclass(frozen=True, slots=True)
class AssetCause:
    """
    Why somebody should look at an asset.

    Parameters
    ----------
    kind, severity
        What is wrong, and how bad it is.
    reason
        What is said.
    """

    kind: AssetCauseKind
    severity: Severity
    reason: Coded


def asset_causes(asset: Asset, stands: AssetNow, now_at: datetime) -> Iterator[AssetCause]:
    """
    What is wrong with an asset, the worst first; what a defrost or an open door is allowed is not.

    Parameters
    ----------
    asset
        The asset.
    stands
        How it stands, as `telemetry.assets.asset_now` says.
    now_at
        The same instant.
    """
    if stands.state == "beyond" and stands.value_c is not None and stands.since_at is not None:
        side = asset.rules.breached_by(stands.value_c)
        limit_c = asset.rules.high_c if side == "above" else asset.rules.low_c
        said: dict[str, Param] = {"asset": asset.code, "value_c": stands.value_c, "limit_c": limit_c or 0.0}
        said["minutes"] = _minutes(stands.since_at, now_at)
        yield AssetCause("breach", "critical", Coded("asset_beyond", said))
    if stands.state == "silent":
        if stands.measured_at is None:
            yield AssetCause("silence", "warning", Coded("asset_never_heard", {"asset": asset.code}))
        else:
            minutes = _minutes(stands.measured_at, now_at)
            reason = Coded("asset_silent", {"asset": asset.code, "minutes": minutes})
            yield AssetCause("silence", "warning", reason)
    if stands.door_too_long and stands.door_open_at is not None:
        minutes = _minutes(stands.door_open_at, now_at)
        reason = Coded("asset_door_open", {"asset": asset.code, "minutes": minutes})
        yield AssetCause("door_open", "warning", reason)


def _minutes(from_at: datetime, to_at: datetime) -> int:
    return int((to_at - from_at).total_seconds() // 60)
