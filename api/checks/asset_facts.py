"""What is known of fixed assets: their probes and what these told, from rows and sealed chunks alike."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from telemetry.asset_cuts import cut_record
from telemetry.assets import Asset, AssetNow, AssetRecord, Span, asset_now, record_of
from telemetry.readings import ProbeUse, Reading
from telemetry.store.history import readings_in, span_of_use
from telemetry.store.probe_uses import uses_of_boxes


@dataclass(frozen=True, slots=True)
class AssetFacts:
    """
    An asset with what was heard of it.

    Parameters
    ----------
    asset
        The asset.
    uses
        Which probes are or were mounted in it.
    readings
        What their devices told in the stretch that was asked for.
    """

    asset: Asset
    uses: tuple[ProbeUse, ...]
    readings: tuple[Reading, ...]

    def record(self, from_at: datetime, to_at: datetime) -> AssetRecord:
        """As `telemetry.assets.record_of`."""
        return record_of(self.asset.rules, self.uses, self.readings, from_at, to_at)

    def now(self, now_at: datetime) -> AssetNow:
        """As `telemetry.assets.asset_now`."""
        return asset_now(self.asset.rules, self.uses, self.readings, now_at)

    def after_cut(self, cut: Span, now_at: datetime) -> AssetRecord:
        """As `telemetry.asset_cuts.cut_record`."""
        return cut_record(self.asset.rules, self.uses, self.readings, cut, now_at)


def asset_facts(
    session: Session, assets: Iterable[Asset], from_at: datetime, to_at: datetime
) -> list[AssetFacts]:
    """
    What is known of some assets between two instants, with what it takes to know how they began.

    Parameters
    ----------
    session
        The caller's transaction.
    assets
        Which.
    from_at, to_at
        The stretch.
    """
    listed = list(assets)
    uses = uses_of_boxes(session, [one.asset_id for one in listed])
    found = []
    for asset in listed:
        own = tuple(uses[asset.asset_id])
        since_at = from_at - timedelta(seconds=asset.rules.gap_s)
        spans = [span for use in own if (span := span_of_use(use, since_at, to_at)) is not None]
        whole = [replace(span, probe=None, senses=None) for span in spans]
        found.append(AssetFacts(asset, own, tuple(readings_in(session, whole))))
    return found


def record_document(record: AssetRecord) -> dict[str, Any]:
    """Seconds beyond the limits, proven and at most, and what nobody knows."""
    return {
        "from_at": record.from_at.isoformat(),
        "to_at": record.to_at.isoformat(),
        "above_s": record.above_s,
        "below_s": record.below_s,
        "longest_s": record.longest_s,
        "beyond_s": record.beyond_s,
        "beyond_at_most_s": record.beyond_at_most_s,
        "gaps": [
            {
                "from_at": gap.from_at.isoformat(),
                "to_at": gap.to_at.isoformat(),
                "before_c": gap.before_c,
                "after_c": gap.after_c,
            }
            for gap in record.gaps
        ],
    }
