"""Waves: food that does not keep is cooked for the vans that leave together, not for all at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kitchen.demand import Portion


@dataclass(frozen=True, slots=True)
class Waves:
    """
    When the vans leave, seconds from `Service.start_at`.

    Parameters
    ----------
    departs_s
        Departure of the van by site id.
    last_plates_s
        Last plate by site id.
    handling_s
        From off the heat to the van's departure.
    wave_s
        Departures this close together are one wave.
    full_kinds
        Kinds of equipment that have no room for more cooks than size alone asks for.
    """

    departs_s: Mapping[str, int]
    last_plates_s: Mapping[str, int]
    handling_s: int
    wave_s: int = 1200
    full_kinds: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.wave_s < 0 or self.handling_s < 0:
            raise ValueError("wave_s and handling_s must be >= 0.")

    def may_cut(self, kind: str) -> bool:
        """Whether equipment of this kind has room for a cook more."""
        return kind not in self.full_kinds

    def least_wait_s(self, site_id: str) -> int:
        """How long food waits for the last plate of a site when it is cooked for its van alone."""
        return self.last_plates_s[site_id] - self.departs_s[site_id] + self.handling_s


def cut(portions: Sequence[Portion], waves: Waves, *, quality_s: int) -> list[list[Portion]]:
    """
    Cuts the portions of a dish so that none waits longer than the dish stays good.

    A portion whose own van makes it wait that long anyway may wait for one wave on top.

    Parameters
    ----------
    portions
        Of one dish variant, in the order of their departures; of sites without a departure they stay with
        those before.
    waves
        When the vans leave.
    quality_s
        How long the dish stays good when kept hot; 0 for one that is not kept hot.

    Returns
    -------
    list[list[Portion]]
        In the order given; together all portions.
    """
    runs: list[list[Portion]] = []
    first_s = None
    for portion in portions:
        leaves_s = waves.departs_s.get(portion.site_id)
        if runs and (leaves_s is None or quality_s == 0):
            runs[-1].append(portion)
            continue
        if runs and first_s is not None and leaves_s is not None:
            spare_s = max(waves.wave_s, quality_s - waves.least_wait_s(portion.site_id))
            if leaves_s - first_s <= spare_s:
                runs[-1].append(portion)
                continue
        runs.append([portion])
        first_s = leaves_s
    return runs
