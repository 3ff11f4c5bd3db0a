"""Van: a vehicle of the fleet, before it is put on one service's clock."""

from dataclasses import dataclass
from datetime import time

from kitchen.tables import Table, codes, known_only, number, part, rows, text, whole
from orders.service import Service
from routing.problem import Break, Vehicle

RELOAD_S = 600
MOST_TRIPS = 3
MINUTE_S, HOUR_S = 60, 3600
MILLS_A_FEN = 1_000
USUAL_PACE = 100
VAN_FIELDS = (
    *(
        "code",
        "plate",
        "name",
        "capacity_units",
        "hot_units",
        "cold_units",
        "payload_g",
        "skills",
        "pace_pct",
    ),
    *("shift_from", "shift_to", "rests", "most_out_hours", "reload_minutes", "most_trips", "driver", "phone"),
    *("fixed_cost_fen", "cost_per_trip_fen", "cost_per_km_fen", "cost_per_hour_fen"),
)


@dataclass(frozen=True, slots=True)
class Rest:
    """
    A driver's rest, local wall times.

    Parameters
    ----------
    starts, ends
        Not begun before the one, over by the other.
    minutes
        How long it is.
    """

    starts: time
    ends: time
    minutes: int

    def __post_init__(self) -> None:
        room = (self.ends.hour - self.starts.hour) * 60 + self.ends.minute - self.starts.minute
        if not 0 < self.minutes <= room:
            raise ValueError(
                f"A rest of {self.minutes} minutes does not fit from {self.starts} to {self.ends}."
            )


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
        Room for carriers, hot and cold together, and greatest load in grams.
    shift_from, shift_to
        Local wall times between which it may be on the road.
    driver, phone
        Who drives it.
    reload_s
        Between the return of a trip and the next departure.
    most_trips
        Trips a shift.
    hot_units, cold_units
        Room of each compartment; None where all its room will do.
    skills
        What it can do: ``lift``, ``narrow_lane``, ``cold_plate``, ...
    pace_pct
        Its driving time in hundredths of a van's: 150 for a slow tricycle.
    rests
        Of its driver, in order.
    most_out_s
        Longest time from the first departure to the last return; None where the shift alone bounds it.
    day_fen, trip_fen, km_fen, hour_fen
        What a day on which it drives costs, a departure, a kilometre, an hour on a trip.
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
    hot_units: int | None = None
    cold_units: int | None = None
    skills: frozenset[str] = frozenset()
    pace_pct: int = USUAL_PACE
    rests: tuple[Rest, ...] = ()
    most_out_s: int | None = None
    day_fen: int = 0
    trip_fen: int = 0
    km_fen: int = 1
    hour_fen: int = 0

    def on(self, service: Service) -> Vehicle:
        """The van on one service's clock."""

        def second(wall: time) -> int:
            return service.seconds(service.at_local(wall))

        return Vehicle(
            vehicle_id=self.van_id,
            units=self.units,
            weight_g=self.weight_g,
            shift_start_s=second(self.shift_from),
            shift_end_s=second(self.shift_to),
            reload_s=self.reload_s,
            most_trips=self.most_trips,
            hot_units=self.hot_units,
            cold_units=self.cold_units,
            skills=self.skills,
            pace_pct=self.pace_pct,
            breaks=tuple(
                Break(second(one.starts), second(one.ends), one.minutes * MINUTE_S) for one in self.rests
            ),
            most_out_s=self.most_out_s,
            fixed_cost=self.day_fen * MILLS_A_FEN,
            trip_cost=self.trip_fen * MILLS_A_FEN,
            metre_cost=self.km_fen,
            second_cost=round(self.hour_fen * MILLS_A_FEN / HOUR_S),
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
        known_only(table, VAN_FIELDS)
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
            hot_units=_least(table, "hot_units"),
            cold_units=_least(table, "cold_units"),
            skills=codes(table, "skills"),
            pace_pct=whole(table, "pace_pct", USUAL_PACE),
            rests=tuple(_rest(one) for one in rows(table, "rests")) if "rests" in table else (),
            most_out_s=round(number(table, "most_out_hours") * HOUR_S) if "most_out_hours" in table else None,
            day_fen=_least(table, "fixed_cost_fen") or 0,
            trip_fen=_least(table, "cost_per_trip_fen") or 0,
            km_fen=whole(table, "cost_per_km_fen", 1),
            hour_fen=_least(table, "cost_per_hour_fen") or 0,
        )
    except ValueError as error:
        raise ValueError(f"van {table.get('code', '?')}: {error}") from error


def _least(table: Table, field: str) -> int | None:
    """A whole number of at least 0, None where the field is not there."""
    if field not in table:
        return None
    value = whole(table, field)
    if value < 0:
        raise ValueError(f"{field} must be at least 0, got {value}.")
    return value


def _rest(table: Table) -> Rest:
    known_only(table, ("from", "to", "minutes"), "rests")
    starts, ends = (time.fromisoformat(text(table, field)) for field in ("from", "to"))
    return Rest(starts, ends, whole(table, "minutes"))
