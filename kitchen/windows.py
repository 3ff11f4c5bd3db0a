"""Windows: when a batch should come off the heat."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kitchen.as_cooked import cooked_key
from kitchen.batches import Batch
from kitchen.demand import Portion

KEEPS_S = 180 * 60
MOST_URGENT = 4


@dataclass(frozen=True, slots=True)
class ReadyWindow:
    """
    When a batch should come off the heat, seconds from `Service.start_at`.

    Parameters
    ----------
    from_s
        Earlier, and its clock runs out before the last plate.
    by_s
        Later, and a van waits.
    start_from_s
        Not on the heat before; None for the kitchen's own first second.
    urgency
        What a minute of waiting counts, 1 for food that keeps.
    """

    from_s: int
    by_s: int
    start_from_s: int | None = None
    urgency: int = 1

    def __post_init__(self) -> None:
        if self.by_s < self.from_s:
            raise ValueError(f"A window ends after it begins, got {self.from_s} to {self.by_s}.")


def ready_windows(
    batches: Iterable[Batch],
    portions: Iterable[Portion],
    departs_s: Mapping[str, int],
    last_plates_s: Mapping[str, int],
    *,
    handling_s: int,
    window_s: int,
    quality_s: Mapping[str, int] | None = None,
) -> dict[str, ReadyWindow]:
    """
    When each batch should come off the heat.

    It ends where there is just time to pack and load for the first van that carries of it, and begins
    where its clock still covers the last plate of the last site that eats of it.

    Parameters
    ----------
    batches, portions
        What is cooked, for whom.
    departs_s
        Departure of the van by site id, seconds from `Service.start_at`.
    last_plates_s
        Last plate by site id, seconds from `Service.start_at`.
    handling_s
        From off the heat to the van's departure, seconds.
    window_s
        From cooked to eaten, seconds: see `SafetyProfile`.
    quality_s
        How long a dish stays good when kept hot, by `cooked_key`: one that keeps a third as long as
        `KEEPS_S` counts three times as much a minute, up to `MOST_URGENT` times.

    Returns
    -------
    dict[str, ReadyWindow]
        By batch id, for the batches that serve a site with a departure.
    """
    site_of = {portion.line_id: portion.site_id for portion in portions}
    windows = {}
    for batch in batches:
        sites = {site_of[line_id] for line_id in batch.line_ids} & departs_s.keys()
        if sites:
            by_s = min(departs_s[site] for site in sites) - handling_s
            from_s = max(last_plates_s[site] for site in sites) - window_s
            keeps_s = (quality_s or {}).get(cooked_key(batch.dish_id, batch.variant), KEEPS_S)
            urgency = min(MOST_URGENT, max(1, round(KEEPS_S / keeps_s))) if keeps_s else 1
            windows[batch.batch_id] = ReadyWindow(min(from_s, by_s), by_s, urgency=urgency)
    return windows
