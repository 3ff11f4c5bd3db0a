"""The frozen problem of a day: an invented kitchen of any size, in a house of its own, from a seed."""

import hashlib
import math
import random
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session

from api.db import Database, create_all
from api.example.city import City, ExampleSite, read_city
from api.example.files import invent_tables
from api.example.ordering import ORDERING_RATIO
from api.example.people import M_PER_DEGREE
from api.imports.run import run_import
from api.people import OPERATOR
from api.reports.workbook import write_csv
from api.seed import seed_house
from kitchen.boxes import Carrier
from kitchen.equipment import Equipment
from kitchen.store.catalogue import load_dishes
from kitchen.store.equipment import (
    load_carriers,
    load_equipment,
    remove_equipment,
    save_carriers,
    save_equipment,
)
from orders.ids import IdSource
from orders.service import Service
from orders.store.menus import load_menu
from routing.store.fleet import load_vans, save_vans

CITY = "liuzhou"
SERVICE = Service("K1", date(2026, 11, 23), "lunch")
SEEDED_AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
CLOSED_AT = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)
EXAMPLE_MEALS, EXAMPLE_SITES = 700, 12
SPARE_RATIO, SPARE_DINERS = 1.03, 10
REACH_M = 8_000
LEAST_PIECES = 10


@dataclass(frozen=True, slots=True)
class Size:
    """
    How large the invented day is.

    Parameters
    ----------
    meals
        Orders, at least 1.
    sites
        Canteens, at least 1; those beyond the example city's are invented around its kitchen.
    seed
        Same size and seed, same problem.
    pieces
        Equipment in all, those kept for allergic diners among it, dealt to kinds by the menu's cooking
        minutes; None for the example city's own, in sets that grow with the meals.
    """

    meals: int = EXAMPLE_MEALS
    sites: int = EXAMPLE_SITES
    seed: int = 1
    pieces: int | None = None

    def __post_init__(self) -> None:
        if self.meals < 1 or self.sites < 1:
            raise ValueError(f"A day needs at least 1 meal and 1 site, got {self.meals} and {self.sites}.")
        if self.pieces is not None and self.pieces < LEAST_PIECES:
            raise ValueError(f"A day needs at least {LEAST_PIECES} pieces of equipment, got {self.pieces}.")

    @property
    def growth_ratio(self) -> float:
        """Meals over those of the example city, at least 1: what equipment is scaled by."""
        return max(1.0, self.meals / EXAMPLE_MEALS)


def target_size(seed: int) -> Size:
    """The day that the house's goals are stated for."""
    return Size(meals=5_000, sites=60, seed=seed, pieces=25)


@dataclass(frozen=True, slots=True)
class BenchDay:
    """
    One service with its orders in, not closed yet.

    Parameters
    ----------
    database
        Of the day alone.
    ids
        Source of further row ids.
    digest
        SHA-256 of the imported files, so that two runs can be told to be of one problem.
    """

    database: Database
    ids: IdSource
    digest: str


def build_day(folder: Path, size: Size, url: str | None = None) -> BenchDay:
    """
    Fills a new database with the invented kitchen and imports its canteens, diners and orders.

    Parameters
    ----------
    folder
        For the database and the files.
    size
        How large.
    url
        An empty database of its own; None makes one in the folder.
    """
    database = Database(url or f"sqlite:///{folder / 'bench.sqlite3'}")
    ids = IdSource(lambda: SEEDED_AT, size.seed)
    create_all(database.engine)
    acting: dict[str, Any] = {"actor": OPERATOR, "now_at": SEEDED_AT, "ids": ids}
    with database.begin() as session:
        seed_house(session, CITY, SERVICE.service_on, 1, **acting)
        _scale(session, size)
    diners = math.ceil(size.meals * SPARE_RATIO / ORDERING_RATIO) + SPARE_DINERS
    city = scaled_city(read_city(CITY), size)
    digest = hashlib.sha256()
    for kind, table in invent_tables(city, diners, size.seed, SERVICE.service_on).items():
        rows = table.rows[: size.meals] if kind == "orders" else table.rows
        file = folder / f"{kind}.csv"
        write_csv(file, table.header, rows)
        content = file.read_bytes()
        digest.update(content)
        report = run_import(database, kind, file.name, content, kitchen_id=SERVICE.kitchen_id, **acting)
        if report.problems or (kind == "orders" and report.added < size.meals):
            raise ValueError(f"The invented {kind} cannot be imported: {report}.")
    return BenchDay(database, ids, digest.hexdigest())


def scaled_city(city: City, size: Size) -> City:
    """The city with as many canteens as asked for; new ones lie evenly in a disc around its first."""
    rng = random.Random(f"bench sites {city.name} {size.sites} {size.seed}")
    known = city.sites[: size.sites]
    invented = [
        _invented(rng, number, city.sites[number % len(city.sites)], city.sites[0])
        for number in range(len(known), size.sites)
    ]
    return replace(city, sites=(*known, *invented))


def _invented(rng: random.Random, number: int, like: ExampleSite, centre: ExampleSite) -> ExampleSite:
    away_m, bearing = REACH_M * math.sqrt(rng.random()), rng.uniform(0, 2 * math.pi)
    lat = round(centre.lat + away_m * math.cos(bearing) / M_PER_DEGREE, 5)
    lon = centre.lon + away_m * math.sin(bearing) / (M_PER_DEGREE * math.cos(math.radians(centre.lat)))
    lon = round(lon, 5)
    code, name = f"C{number + 1:02d}", f"示例{number + 1}号长者饭堂"
    row = {**like.row, "code": code, "name": name, "name_en": f"Canteen {number + 1}"}
    row |= {"lat": str(lat), "lon": str(lon)}
    return replace(like, code=code, name=name, lat=lat, lon=lon, row=row)


def _scale(session: Session, size: Size) -> None:
    """More pieces of larger equipment, more carriers and vans, in proportion to the meals."""
    kitchen_id, growth = SERVICE.kitchen_id, size.growth_ratio
    own = load_equipment(session, kitchen_id)
    sets = max(1, round(math.sqrt(growth)))
    if size.pieces is None:
        pieces = [_copy(piece, copy, growth / sets) for copy in range(sets) for piece in own]
    else:
        larger_ratio = growth * len(own) / size.pieces
        pieces = [_copy(*one, larger_ratio) for one in _dealt(own, size.pieces, _kind_minutes(session))]
    remove_equipment(session, kitchen_id)
    save_equipment(session, kitchen_id, pieces)
    room = math.ceil(max(growth, size.sites / EXAMPLE_SITES))
    carriers = load_carriers(session, kitchen_id)
    save_carriers(session, kitchen_id, [_carrier(one, copy) for copy in range(room) for one in carriers])
    vans = load_vans(session, kitchen_id)
    fleet = [
        replace(van, van_id=_copied(van.van_id, copy)) for copy in range(math.ceil(growth)) for van in vans
    ]
    save_vans(session, kitchen_id, fleet)


def _copy(piece: Equipment, copy: int, larger_ratio: float) -> Equipment:
    code, capacity_ratio = _copied(piece.equipment_id, copy), piece.capacity_ratio * larger_ratio
    return replace(piece, equipment_id=code, capacity_ratio=capacity_ratio)


def _kind_minutes(session: Session) -> dict[str, float]:
    """Minutes at the heat that a meal takes on each kind of equipment, the dishes of a category alike."""
    menu = load_menu(session, SERVICE)
    if menu is None:
        raise ValueError(f"There is no menu of {SERVICE.key}.")
    dishes = load_dishes(session, {item.dish_id for item in menu.items}).values()
    choices = Counter(dish.category for dish in dishes)
    minutes: dict[str, float] = defaultdict(float)
    for dish in dishes:
        minutes[dish.equipment_kind] += dish.batch_minutes / dish.batch_portions / choices[dish.category]
    return dict(minutes)


def _dealt(
    own: Sequence[Equipment], pieces: int, minutes: Mapping[str, float]
) -> list[tuple[Equipment, int]]:
    """
    So many pieces, each with the number of its copy.

    Those kept for allergic diners stay; each kind that the menu asks for has one, and whichever kind has the
    most minutes a piece gets the next.
    """
    kept = [(piece, 0) for piece in own if piece.specials_only and piece.kind in minutes]
    shared = {kind: [one for one in own if one.kind == kind and not one.specials_only] for kind in minutes}
    counts = dict.fromkeys(sorted(minutes), 1)
    while len(kept) + sum(counts.values()) < pieces:
        counts[max(counts, key=lambda kind: minutes[kind] / counts[kind])] += 1
    dealt = [
        (shared[kind][number % len(shared[kind])], number // len(shared[kind]))
        for kind, count in counts.items()
        for number in range(count)
    ]
    return [*kept, *dealt]


def _carrier(one: Carrier, copy: int) -> Carrier:
    sensor_id = one.sensor_id and _copied(one.sensor_id, copy)
    code = _copied(one.code, copy)
    return replace(one, carrier_id=code, code=code, sensor_id=sensor_id)


def _copied(code: str, copy: int) -> str:
    """The packaged thing's own code; its copies have a number behind it."""
    return f"{code}-{copy + 1}" if copy else code
