"""What people in the kitchen report: a batch off the heat, a box closed."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Cooked:
    """
    A batch came off the heat.

    Parameters
    ----------
    batch_id
        Which.
    core_c
        Core of the earliest finished pan; None when nobody measured.
    actor
        Who says so, as a user id.
    happened_at, recorded_at
        When it was off the heat, and when we learnt of it.
    """

    batch_id: str
    core_c: float | None
    actor: str
    happened_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Packed:
    """
    A box was closed.

    Parameters
    ----------
    box_id, carrier_id
        Which, and the carrier that was really used.
    core_c
        Calibrated hand probe in the coldest food; None when nobody measured.
    actor
        Who says so, as a user id.
    happened_at, recorded_at
        When it was closed, and when we learnt of it.
    """

    box_id: str
    carrier_id: str
    core_c: float | None
    actor: str
    happened_at: datetime
    recorded_at: datetime
