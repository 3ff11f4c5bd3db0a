"""The way of each box of the rehearsal, from the kitchen to its last plate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from api.demo.script import instant

FREE_WINDOW = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Leg:
    """
    One box on its way.

    Parameters
    ----------
    box
        The board's box.
    leaves_at, signed_at
        Departure and hand-over.
    ends_at
        When its last portion is eaten.
    back_at
        When the carrier is empty: the table is closed, or the home is served.
    """

    box: Mapping[str, Any]
    leaves_at: datetime
    signed_at: datetime
    ends_at: datetime
    back_at: datetime

    @property
    def packed_at(self) -> datetime:
        """When it is closed."""
        return instant(self.box["packed_at"])

    @property
    def check_at(self) -> datetime:
        """Two hours after the earliest of its food was cooked."""
        return instant(self.box["cooked_at"]) + FREE_WINDOW


def legs_of(board: Mapping[str, Any]) -> list[Leg]:
    """Every box that travels, by trip and stop."""
    boxes = {box["box_id"]: box for box in board["boxes"]}
    return [
        Leg(
            boxes[box_id],
            instant(trip["depart_at"]),
            instant(stop["leave_at"]),
            instant(stop["second_leg_ends_at" if boxes[box_id]["second_leg"] else "serving_ends_at"]),
            max(instant(stop["second_leg_ends_at"]), instant(stop["serving_ends_at"])),
        )
        for trip in board["trips"]
        for stop in trip["stops"]
        for box_id in stop["box_ids"]
    ]
