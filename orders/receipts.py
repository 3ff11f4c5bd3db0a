"""Receipt: what a site got. Serving: what a diner got."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from orders.codes import Coded

Condition = Literal["accepted", "refused"]
IdentifiedBy = Literal["order_code", "qr", "card", "phone", "name", "door"]


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
        Portions of the order that were there to serve; 0 in a correction that takes the serving back.
    happened_at, recorded_at
        When it was served, and when we learnt of it.
    offline
        Whether the tablet kept it while it had no network.
    identified_by
        How the diner was known: number of the order, QR code, card, phone, name, or at the own door.
    credential_id
        The credential that was shown, empty without one.
    doubt
        Why it would have been refused, had there been a network; None when nothing spoke against it.
    drawn
        Box id to portions taken out of it beyond those packed for the order: a walk-in's.
    """

    order_id: str
    site_id: str
    portions: int
    happened_at: datetime
    recorded_at: datetime
    offline: bool = False
    identified_by: IdentifiedBy = "order_code"
    credential_id: str = ""
    doubt: Coded | None = None
    drawn: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """
    A claim that was refused at a table or a door: kept, since it shows who came and was not supplied.

    Parameters
    ----------
    site_id
        Where.
    reason
        Why.
    happened_at, recorded_at
        When, and when we learnt of it.
    by
        Who refused, as a user id.
    order_id, diner_id
        Whose claim; empty when nobody was recognised.
    identified_by
        As of `Serving`.
    offline
        Whether the meal had been given before we learnt that it should not have been.
    """

    site_id: str
    reason: Coded
    happened_at: datetime
    recorded_at: datetime
    by: str
    order_id: str = ""
    diner_id: str = ""
    identified_by: IdentifiedBy = "order_code"
    offline: bool = False
