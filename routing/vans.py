"""Van: a vehicle of the fleet, before it is put on one service's clock."""

from dataclasses import dataclass
from datetime import time

from kitchen.tables import Table, part, rows, text, whole
from orders.service import Service
from routing.problem import Vehicle

RELOAD_S = 600
MOST_TRIPS = 3
MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Van:
    """
    A vehicle of a kitchen's fleet.

    Parameters
    ----------
    van_id, plate
        Short code, and what stands on it.
    name_zh, name_en
        As the dispatcher calls it.
    units, weight_g
        Room for carriers, and greatest load in grams.
    shift_from, shift_to
        Local wall times between which it may be on the road.
    driver, phone
        Who drives it.
    reload_s
        Between the return of a trip and the next departure.
    most_trips
        Trips a shift.
    """

    van_id: str
    plate: str
    name_zh: str
    name_en: str
    units: int
    weight_g: int
    shift_from: time
    shift_to: time
    driver: str = ""
    phone: str = ""
    reload_s: int = RELOAD_S
    most_trips: int = MOST_TRIPS

    def on(self, service: Service) -> Vehicle:
        """The van on one service's clock."""
        return Vehicle(
            self.van_id,
            self.units,
            self.weight_g,
            service.seconds(service.at_local(self.shift_from)),
            service.seconds(service.at_local(self.shift_to)),
            self.reload_s,
            self.most_trips,
        )


def vans_from_document(document: Table) -> list[Van]:
    """
    The vans of a ``fleet.toml``: each ``[[van]]``.

    Raises
    ------
    ValueError
        Naming the van and the field that is missing or unusable.
    """
    return [_van(table) for table in rows(document, "van")]


def _van(table: Table) -> Van:
    try:
        name = part(table, "name")
        return Van(
            van_id=text(table, "code"),
            plate=text(table, "plate", ""),
            name_zh=text(name, "zh"),
            name_en=text(name, "en"),
            units=whole(table, "capacity_units"),
            weight_g=whole(table, "payload_g"),
            shift_from=time.fromisoformat(text(table, "shift_from")),
            shift_to=time.fromisoformat(text(table, "shift_to")),
            driver=text(table, "driver", ""),
            phone=text(table, "phone", ""),
            reload_s=MINUTE_S * whole(table, "reload_minutes", RELOAD_S // MINUTE_S),
            most_trips=whole(table, "most_trips", MOST_TRIPS),
        )
    except ValueError as error:
        raise ValueError(f"van {table.get('code', '?')}: {error}") from error
