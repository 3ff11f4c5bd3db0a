"""A problem as a JSON document, for `holdchain route solve FILE`: in, out, and what is odd about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orders.codes import Coded
from orders.coordinates import from_gcj02, in_china, look_exchanged
from orders.sites import Place
from routing.fields import (
    MOST,
    Table,
    flag_of,
    number_of,
    table_of,
    tables_of,
    text_of,
    texts_of,
    unknown_fields,
    whole_of,
    whole_or_none,
)
from routing.problem import Break, Depot, Load, Problem, Started, Stop, Vehicle, Window
from routing.travel import NO_WAY, Travel, TravelMatrix, TravelParams, matrix_of

SCHEMA = 1
SYSTEMS = ("WGS-84", "GCJ-02")
TOP_FIELDS = (
    *("schema", "service", "coordinates", "depot", "depots", "stops", "vehicles", "started"),
    *("travel", "matrix"),
)
DEPOT_FIELDS = ("kitchen", "lat", "lon", "docks")
STOP_FIELDS = (
    *("stop", "site", "lat", "lon", "open_s", "close_s", "windows", "unload_s", "unload_box_s", "boxes"),
    *("serving_starts_s", "serving_s", "needs", "priority", "empties_units", "empties_weight_g", "familiar"),
)
WINDOW_FIELDS = ("open_s", "close_s")
BOX_FIELDS = (
    *("box", "units", "weight_g", "release_s", "deliver_by_s", "eat_by_s", "second_leg_s"),
    *("cold", "most_aboard_s", "kitchen"),
)
VEHICLE_FIELDS = (
    *("vehicle", "kitchen", "units", "hot_units", "cold_units", "weight_g", "shift_start_s", "shift_end_s"),
    *("reload_s", "most_trips", "skills", "pace_pct", "breaks", "most_out_s"),
    *("fixed_cost", "trip_cost", "metre_cost", "second_cost"),
)
BREAK_FIELDS = ("from_s", "to_s", "rest_s")
STARTED_FIELDS = ("vehicle", "trip", "depart_s", "from_s", "lat", "lon", "place", "boxes")
TRAVEL_FIELDS = ("speed_mps", "detour_ratio", "park_s", "mps_by_hour")


@dataclass(frozen=True, slots=True)
class ReadProblem:
    """A problem from a file, and warnings about what is probably not meant as it is written."""

    problem: Problem
    warnings: tuple[Coded, ...]


def problem_from_json(document: object) -> Problem:
    """The problem of `read_problem`."""
    return read_problem(document).problem


def read_problem(document: object) -> ReadProblem:
    """
    Reads a problem.

    Parameters
    ----------
    document
        A parsed JSON document as docs/route-problem.schema.json describes it.

    Returns
    -------
    ReadProblem
        Its places in WGS-84.

    Raises
    ------
    ValueError
        Naming the place in the document, what is missing or unusable there, and what it should be.
    """
    if not isinstance(document, dict):
        raise ValueError(f"A problem is an object, got {type(document).__name__}.")
    if document.get("schema") != SCHEMA:
        raise ValueError(f"schema must be {SCHEMA}, got {document.get('schema')!r}.")
    reader = _Reader(document)
    return ReadProblem(reader.problem(), tuple(reader.warnings))


class _Reader:
    """Reads one document and notes what is odd."""

    def __init__(self, document: Table) -> None:
        self.document = document
        self.warnings = list(unknown_fields(document, TOP_FIELDS, "problem"))
        self.system = text_of(document, "coordinates", "problem", "") or None
        self.centre: Place | None = None
        if self.system is not None and self.system not in SYSTEMS:
            raise ValueError(f"coordinates: one of {', '.join(SYSTEMS)}, got {self.system}.")

    def problem(self) -> Problem:
        document = self.document
        if "depots" in document:
            depots = tuple(self.depot(one) for one in tables_of(document, "depots", "problem"))
        else:
            depots = (self.depot(table_of(document, "depot", "problem")),)
        stops = tuple(self.stop(one) for one in tables_of(document, "stops", "problem"))
        vehicles = tuple(self.vehicle(one) for one in tables_of(document, "vehicles", "problem"))
        places = [*(depot.place for depot in depots), *(stop.place for stop in stops)]
        tables = tables_of(document, "started", "problem", optional=True)
        started = tuple(self.started(one, places) for one in tables)
        travel = self.travel(places, len(depots), vehicles)
        self.warnings += self.about_places(places)
        service = text_of(document, "service", "problem")
        return Problem(service, depots, stops, vehicles, travel, started)

    def depot(self, table: Table) -> Depot:
        kitchen = text_of(table, "kitchen", "depot")
        where = f"depot {kitchen}"
        self.known(table, DEPOT_FIELDS, where)
        place = self.place(table, where)
        self.centre = self.centre or place
        return Depot(kitchen, place, whole_or_none(table, "docks", where))

    def stop(self, table: Table) -> Stop:
        stop_id = text_of(table, "stop", "stops")
        where = f"stop {stop_id}"
        self.known(table, STOP_FIELDS, where)
        return Stop(
            stop_id=stop_id,
            site_id=text_of(table, "site", where, stop_id),
            place=self.place(table, where),
            windows=tuple(self.windows(table, where)),
            unload_s=whole_of(table, "unload_s", where),
            boxes=tuple(self.box(box, where) for box in tables_of(table, "boxes", where)),
            serving_starts_s=whole_of(table, "serving_starts_s", where),
            serving_s=whole_of(table, "serving_s", where),
            unload_box_s=whole_of(table, "unload_box_s", where, 0),
            needs=frozenset(texts_of(table, "needs", where)),
            priority=whole_or_none(table, "priority", where),
            empties_units=whole_of(table, "empties_units", where, 0),
            empties_weight_g=whole_of(table, "empties_weight_g", where, 0),
            familiar=frozenset(texts_of(table, "familiar", where)),
        )

    def windows(self, table: Table, where: str) -> Iterator[Window]:
        tables = tables_of(table, "windows", where) if "windows" in table else [table]
        for one in tables:
            if one is not table:
                self.known(one, WINDOW_FIELDS, f"{where} windows")
            yield Window(whole_of(one, "open_s", where), whole_of(one, "close_s", where))

    def box(self, table: Table, where: str) -> Load:
        box_id = text_of(table, "box", where)
        where = f"box {box_id}"
        self.known(table, BOX_FIELDS, where)
        return Load(
            box_id=box_id,
            units=whole_of(table, "units", where),
            weight_g=whole_of(table, "weight_g", where),
            release_s=whole_of(table, "release_s", where),
            deliver_by_s=whole_of(table, "deliver_by_s", where),
            eat_by_s=whole_of(table, "eat_by_s", where),
            second_leg_s=whole_of(table, "second_leg_s", where, 0),
            cold=flag_of(table, "cold", where),
            most_aboard_s=whole_or_none(table, "most_aboard_s", where),
            kitchen_id=text_of(table, "kitchen", where, ""),
        )

    def vehicle(self, table: Table) -> Vehicle:
        vehicle_id = text_of(table, "vehicle", "vehicles")
        where = f"vehicle {vehicle_id}"
        self.known(table, VEHICLE_FIELDS, where)
        return Vehicle(
            vehicle_id=vehicle_id,
            units=whole_of(table, "units", where),
            weight_g=whole_of(table, "weight_g", where),
            shift_start_s=whole_of(table, "shift_start_s", where),
            shift_end_s=whole_of(table, "shift_end_s", where),
            reload_s=whole_of(table, "reload_s", where),
            most_trips=whole_of(table, "most_trips", where, 1),
            kitchen_id=text_of(table, "kitchen", where, ""),
            hot_units=whole_or_none(table, "hot_units", where),
            cold_units=whole_or_none(table, "cold_units", where),
            skills=frozenset(texts_of(table, "skills", where)),
            pace_pct=whole_of(table, "pace_pct", where, 100),
            breaks=tuple(self.rest(one, where) for one in tables_of(table, "breaks", where, optional=True)),
            most_out_s=whole_or_none(table, "most_out_s", where),
            fixed_cost=whole_of(table, "fixed_cost", where, 0),
            trip_cost=whole_of(table, "trip_cost", where, 0),
            metre_cost=whole_of(table, "metre_cost", where, 1),
            second_cost=whole_of(table, "second_cost", where, 0),
        )

    def rest(self, table: Table, where: str) -> Break:
        self.known(table, BREAK_FIELDS, f"{where} breaks")
        from_s, to_s, rest_s = (whole_of(table, field, where) for field in BREAK_FIELDS)
        return Break(from_s, to_s, rest_s)

    def started(self, table: Table, places: list[Place]) -> Started:
        """A trip under way; one that says where it is has that place behind those so far."""
        code = text_of(table, "trip", "started")
        where = f"trip {code}"
        self.known(table, STARTED_FIELDS, where)
        number = whole_or_none(table, "place", where)
        if number is None:
            number = len(places)
            places.append(self.place(table, where))
        return Started(
            vehicle_id=text_of(table, "vehicle", where),
            trip_code=code,
            depart_s=whole_of(table, "depart_s", where),
            place=number,
            from_s=whole_of(table, "from_s", where),
            box_ids=tuple(texts_of(table, "boxes", where)),
        )

    def place(self, table: Table, where: str) -> Place:
        lat, lon = number_of(table, "lat", where), number_of(table, "lon", where)
        exchanged = look_exchanged(lat, lon, self.centre)
        if exchanged:
            self.warnings.append(Coded("file_place_exchanged", {"where": where, "lat": lat, "lon": lon}))
        try:
            place = Place(lat, lon)
        except ValueError as error:
            hint = " They look exchanged: lat is the latitude." if exchanged else ""
            raise ValueError(f"{where}: {error}{hint}") from error
        return from_gcj02(place) if self.system == "GCJ-02" else place

    def about_places(self, places: Sequence[Place]) -> Iterator[Coded]:
        chinese = sum(in_china(place.lat, place.lon) for place in places)
        if chinese and self.system is None:
            yield Coded("file_coordinates_unstated", {"places": chinese})
        if chinese and self.system == "GCJ-02":
            yield Coded("file_coordinates_converted", {"places": chinese})

    def travel(self, places: Sequence[Place], depots: int, vehicles: Sequence[Vehicle]) -> Travel:
        given = self.document.get("matrix")
        if given is not None:
            return _matrix(given)
        params = self.travel_params()
        starts = (van.shift_start_s for van in vehicles)
        ends = (van.shift_end_s for van in vehicles)
        return params.during(min(starts, default=0), max(ends, default=0)).between(places, depots)

    def travel_params(self) -> TravelParams:
        table = self.document.get("travel", {})
        if not isinstance(table, dict) or set(table) - set(TRAVEL_FIELDS):
            raise ValueError(f"travel: an object of {', '.join(TRAVEL_FIELDS)}, each optional.")
        known, hours = TravelParams(), table.get("mps_by_hour", [])
        if not isinstance(hours, list):
            raise ValueError("travel: mps_by_hour must be a list of numbers.")
        return TravelParams(
            number_of(table, "speed_mps", "travel", known.speed_mps),
            number_of(table, "detour_ratio", "travel", known.detour_ratio),
            whole_of(table, "park_s", "travel", known.park_s),
            tuple(number_of({"mps_by_hour": one}, "mps_by_hour", "travel") for one in hours),
        )

    def known(self, table: Table, fields: Sequence[str], where: str) -> None:
        self.warnings += unknown_fields(table, fields, where)


def _matrix(table: Table) -> TravelMatrix:
    rows = {}
    for name in ("duration_s", "distance_m"):
        found = table.get(name) if isinstance(table, dict) else None
        if not isinstance(found, list) or not all(_is_row(row) for row in found):
            raise ValueError(f"matrix: {name} must be a list of rows of whole numbers, null for no way.")
        rows[name] = [[NO_WAY if value is None else value for value in row] for row in found]
    return matrix_of(rows["duration_s"], rows["distance_m"])


def _is_row(row: object) -> bool:
    return isinstance(row, list) and all(
        value is None or (type(value) is int and abs(value) <= MOST) for value in row
    )
