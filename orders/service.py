"""Service: one kitchen's meal on one date, the key of everything that day."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

Meal = Literal["breakfast", "lunch", "dinner"]
MEALS: tuple[Meal, ...] = get_args(Meal)


@dataclass(frozen=True, slots=True, order=True)
class Service:
    """
    One kitchen's meal on one date.

    Parameters
    ----------
    kitchen_id
        The kitchen's short code, for example ``"K1"``.
    service_on
        The local date on which the meal is eaten.
    meal
        ``"breakfast"``, ``"lunch"`` or ``"dinner"``.
    zone
        IANA name of the kitchen's time zone; not part of the identity.
    """

    kitchen_id: str
    service_on: date
    meal: Meal
    zone: str = field(default="Asia/Shanghai", compare=False)

    def __post_init__(self) -> None:
        if self.meal not in MEALS:
            raise ValueError(f"meal must be one of {MEALS}, got {self.meal!r}.")

    @property
    def key(self) -> str:
        """The identity as one text: ``K1/2026-11-23/lunch``."""
        return f"{self.kitchen_id}/{self.service_on.isoformat()}/{self.meal}"

    @property
    def start_at(self) -> datetime:
        """Local midnight of the service date: second 0 of every solver module."""
        return self.at_local(time(0, 0))

    def at_local(self, local: time, days: int = 0) -> datetime:
        """The instant (UTC) of a local wall time, ``days`` after the service date."""
        local_at = datetime.combine(self.service_on + timedelta(days=days), local, ZoneInfo(self.zone))
        return local_at.astimezone(UTC)

    def seconds(self, instant_at: datetime) -> int:
        """Whole seconds from `start_at`; negative for the day before."""
        return int((instant_at - self.start_at).total_seconds())

    def instant(self, offset_s: int) -> datetime:
        """The instant (UTC) that lies ``offset_s`` seconds after `start_at`."""
        return self.start_at + timedelta(seconds=offset_s)

    def local(self, instant_at: datetime) -> datetime:
        """The same instant on the kitchen's wall clock, for print."""
        return instant_at.astimezone(ZoneInfo(self.zone))


def parse_service(key: str, zone: str = "Asia/Shanghai") -> Service:
    """
    Reads `Service.key` back.

    Raises
    ------
    ValueError
        When the text is not ``kitchen/YYYY-MM-DD/meal``.
    """
    parts = key.split("/")
    if len(parts) != 3 or parts[2] not in MEALS:
        raise ValueError(f"A service reads kitchen/YYYY-MM-DD/meal, got {key!r}.")
    meal: Meal = parts[2]
    return Service(parts[0], date.fromisoformat(parts[1]), meal, zone)
