"""What is rehearsed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class DemoParams:
    """
    What is rehearsed.

    Parameters
    ----------
    service_on
        Date of the lunch.
    files
        What is in a file to the file: canteens, diners, orders.
    seed
        Chooses who fails, who does not come, and the solvers' beginnings.
    speed
        Rehearsed seconds in a real second at most.
    out
        Where the papers are put.
    city, kitchen_id, zone
        Whose day it is.
    """

    service_on: date
    files: Mapping[str, Path]
    seed: int
    speed: float
    out: Path
    city: str = "liuzhou"
    kitchen_id: str = "K1"
    zone: str = "Asia/Shanghai"

    @property
    def service_path(self) -> str:
        """The service's address in the house."""
        return f"/api/v1/services/{self.kitchen_id}/{self.service_on.isoformat()}/lunch"

    @property
    def starts_at(self) -> datetime:
        """An hour before the cut-off of the day before."""
        eve_on = self.service_on - timedelta(days=1)
        return datetime.combine(eve_on, time(15, 0), ZoneInfo(self.zone))
