"""Receipt: what a site got. Serving: what a diner got."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Condition = Literal["accepted", "refused"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """
    A site's word on one box.

    Parameters
    ----------
    box_id, site_id
        What, where.
    plan_version
        The published plan that the receipt answers.
    condition
        Accepted, or refused with a reason.
    portions
        Portions counted; 0 when refused.
    core_c
        Calibrated hand probe in the coldest pack; None when nobody measured.
    signed_by
        Who signed, as a user id.
    happened_at, recorded_at
        When it was signed at the site, and when we learnt of it.
    reason
        Why it was refused, empty otherwise.
    """

    box_id: str
    site_id: str
    plan_version: int
    condition: Condition
    portions: int
    core_c: float | None
    signed_by: str
    happened_at: datetime
    recorded_at: datetime
    reason: str = ""

    def __post_init__(self) -> None:
        if self.portions < 0 or (self.condition == "refused" and self.portions):
            raise ValueError(f"A refused box brings 0 portions, got {self.portions}.")


@dataclass(frozen=True, slots=True)
class Serving:
    """
    A diner's meal handed over.

    Parameters
    ----------
    order_id, site_id
        Whose meal, where.
    portions
        Portions of the order that were there to serve.
    happened_at, recorded_at
        When it was served, and when we learnt of it.
    offline
        Whether the tablet kept it while it had no network.
    """

    order_id: str
    site_id: str
    portions: int
    happened_at: datetime
    recorded_at: datetime
    offline: bool = False
