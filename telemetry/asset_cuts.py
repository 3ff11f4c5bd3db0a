"""What a power cut did to one asset: how long it was beyond its limits until it was back within them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from telemetry.assets import AssetRecord, AssetRules, Span, record_of
from telemetry.readings import ProbeUse, Reading


def cut_record(
    rules: AssetRules,
    uses: Sequence[ProbeUse],
    readings: Iterable[Reading],
    cut: Span,
    now_at: datetime,
) -> AssetRecord:
    """
    An asset from the beginning of a power cut until it was back within its limits.

    Parameters
    ----------
    rules, uses
        What it must keep; its probes.
    readings
        Of those devices, at least from ``rules.gap_s`` before the cut to now.
    cut
        The power cut.
    now_at
        The instant; an asset that is not back by now counts up to it.

    Returns
    -------
    AssetRecord
        It ends with the cut, or later: where the asset is proven within its limits again.

    References
    ----------
    docs/assets.md, "After a power cut".
    """
    every = list(readings)
    whole = record_of(rules, uses, every, cut[0], now_at)
    back_at = cut[1]
    gaps = [(gap.from_at, gap.to_at) for gap in whole.gaps]
    for from_at, to_at in sorted([*whole.above, *whole.below, *gaps]):
        if from_at <= back_at:
            back_at = max(back_at, to_at)
    return record_of(rules, uses, every, cut[0], back_at)
