"""A probe that was noted in the wrong box: from which minute on it sat where."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from telemetry.readings import ProbeUse


@dataclass(frozen=True, slots=True)
class Pairing:
    """
    What a correction changes of one probe's uses.

    Parameters
    ----------
    gone
        Uses that no longer stand; they stay readable.
    stand
        Uses that stand instead, earliest first.
    """

    gone: tuple[ProbeUse, ...]
    stand: tuple[ProbeUse, ...]

    @property
    def box_ids(self) -> tuple[str, ...]:
        """The boxes whose readings change, each once."""
        return tuple(dict.fromkeys(use.box_id for use in (*self.gone, *self.stand)))


def corrected(uses: Sequence[ProbeUse], at: datetime, right: ProbeUse | None) -> Pairing:
    """
    What changes when a probe sat elsewhere from a minute on.

    Parameters
    ----------
    uses
        The probe's uses that stand, in any order; no two share an instant.
    at
        The minute. The use that holds then ends there; what was noted later on stays.
    right
        Where the probe sat instead, beginning at ``at`` or later; it ends where the next use begins. None
        when it sat in no box.

    Returns
    -------
    Pairing
        Empty when nothing changes.

    Raises
    ------
    ValueError
        When ``right`` begins before ``at``.
    """
    if right is not None and right.from_at < at:
        raise ValueError(f"It cannot have sat there from {right.from_at}, before {at}.")
    wrong = next((use for use in uses if use.holds_at(at)), None)
    gone = [] if wrong is None else [wrong]
    stand = [replace(wrong, to_at=at)] if wrong is not None and wrong.from_at < at else []
    others = [use for use in uses if use != wrong]
    if right is not None and (fitting := _until_next(right, others)) is not None:
        before = next((one for one in [*stand, *others] if _goes_on(one, fitting)), None)
        if before is not None:
            fitting = replace(before, to_at=fitting.to_at)
            stand = [one for one in stand if one != before]
            gone += [before] if before in others else []
        stand.append(fitting)
    return Pairing((), ()) if gone == stand else Pairing(tuple(gone), tuple(stand))


def _until_next(right: ProbeUse, others: Sequence[ProbeUse]) -> ProbeUse | None:
    """The use, ended where the next begins; None when nothing of it is left."""
    if any(one.holds_at(right.from_at) for one in others):
        return None
    later = [one.from_at for one in others if one.from_at > right.from_at]
    ends = [one for one in (*later, right.to_at) if one is not None]
    to_at = min(ends, default=None)
    return None if to_at is not None and to_at <= right.from_at else replace(right, to_at=to_at)


def _goes_on(before: ProbeUse, right: ProbeUse) -> bool:
    """Whether a use is the same box's, just before."""
    return (before.box_id, before.senses, before.to_at) == (right.box_id, right.senses, right.from_at)
