"""The published day acted to its end by the use cases, each act at its planned minute, a copy a stage."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlmodel import Session

from api.day.board import board_of, orders_of
from api.day.cook import batch_cooked
from api.day.drive import trip_departed
from api.day.hand_over import HandOver, sign
from api.day.pack_boxes import box_packed
from api.day.serve import Answer, Claim, close_table, serve_meals
from api.db import Database
from api.people import OPERATOR
from orders.store.base import METADATA
from telemetry.readings import Reading
from telemetry.store.readings import keep
from tests.api.day.example_day import ExampleDay

CORE_C = 82.0
AMBIENT_C = 20.0
TIGHT_S, LEAKING_S = 60_000, 1_500


def instant(text: str) -> datetime:
    """An instant of the board."""
    return datetime.fromisoformat(text)


@dataclass(frozen=True)
class Acting:
    """
    Plays everybody's part in one published day.

    Parameters
    ----------
    day
        The day.
    board
        Its published plan as the house gives it.
    """

    day: ExampleDay
    board: Mapping[str, Any]

    @classmethod
    def of(cls, day: ExampleDay) -> "Acting":
        """For a published day."""
        with day.database.read() as session:
            return cls(day, board_of(session, day.service))

    @property
    def boxes(self) -> dict[str, Mapping[str, Any]]:
        """The board's boxes by id."""
        return {box["box_id"]: box for box in self.board["boxes"]}

    @property
    def stops(self) -> dict[str, Mapping[str, Any]]:
        """The board's stops by site; one that is visited twice is the later visit with the boxes of both."""
        found: dict[str, Mapping[str, Any]] = {}
        for trip in sorted(self.board["trips"], key=lambda one: one["depart_at"]):
            for stop in trip["stops"]:
                earlier = found.get(stop["site_id"], {"box_ids": []})["box_ids"]
                found[stop["site_id"]] = {**stop, "box_ids": [*earlier, *stop["box_ids"]]}
        return found

    def at(self, at: datetime) -> dict[str, Any]:
        """Arguments of a use case at an instant."""
        return {"actor": OPERATOR, "now_at": at, "ids": self.day.ids}

    def cook(self) -> None:
        """Every batch comes off the heat."""
        with self.day.database.begin() as session:
            for batch in self.board["batches"]:
                batch_cooked(session, batch["batch_id"], core_c=90.0, **self.at(instant(batch["ready_at"])))

    def pack(self) -> None:
        """Every box is closed."""
        with self.day.database.begin() as session:
            for box in self.board["boxes"]:
                self.pack_one(session, box)

    def pack_one(self, session: Session, box: Mapping[str, Any]) -> None:
        """One box is closed."""
        at = self.at(instant(box["packed_at"]))
        box_packed(session, box["box_id"], core_c=CORE_C, carrier_code=box["carrier_code"], **at)

    def measure(self, leaking: str = "") -> None:
        """Every sensor sends once a minute from packing to its site's last plate; one carrier may leak."""
        readings: list[Reading] = []
        for site_id, stop in self.stops.items():
            for box_id in stop["box_ids"]:
                box = self.boxes[box_id]
                if box["sensor_id"]:
                    to_at = ends_at(self.stops[site_id])
                    readings += cooling(box, to_at, LEAKING_S if box_id == leaking else TIGHT_S)
        with self.day.database.begin() as session:
            keep(session, readings)

    def depart(self) -> None:
        """Every trip leaves."""
        with self.day.database.begin() as session:
            for trip in self.board["trips"]:
                trip_departed(session, trip["trip_id"], **self.at(instant(trip["depart_at"])))

    def hand_over(self) -> None:
        """Every box is accepted at its stop."""
        with self.day.database.begin() as session:
            for stop in self.stops.values():
                for box_id in stop["box_ids"]:
                    said = HandOver("accepted", core_c=78.0)
                    sign(session, box_id, said, **self.at(instant(stop["leave_at"])))

    def serve(self, no_shows: frozenset[str] = frozenset()) -> list[Answer]:
        """Everybody but some is served, then every table closes."""
        with self.day.database.read() as session:
            orders = orders_of(session, self.day.service)
        answers: list[Answer] = []
        with self.day.database.begin() as session:
            for site_id, stop in sorted(self.stops.items()):
                from_at = instant(stop["serving_starts_at"]) + timedelta(minutes=5)
                claims = [
                    Claim(order["code"], from_at, offline=True)
                    for order in orders
                    if order["site_id"] == site_id and order["code"] not in no_shows
                ]
                at = self.at(ends_at(stop))
                answers += serve_meals(session, self.day.service, site_id, claims, **at)
                close_table(session, self.day.service, site_id, **at)
        return answers


def ends_at(stop: Mapping[str, Any]) -> datetime:
    """When the last plate of a stop is eaten."""
    return max(instant(stop["serving_ends_at"]), instant(stop["second_leg_ends_at"]))


def cooling(box: Mapping[str, Any], to_at: datetime, tau_s: int) -> list[Reading]:
    """One reading a minute since packing, falling towards the weather."""
    packed_at, device, senses = instant(box["packed_at"]), box["sensor_id"], box["senses"]
    from_c = CORE_C - (1 if senses == "core" else 9)
    found = []
    for minute in range(1, int((to_at - packed_at).total_seconds() // 60) + 1):
        at = packed_at + timedelta(minutes=minute)
        value_c = AMBIENT_C + (from_c - AMBIENT_C) * math.exp(-minute * 60 / tau_s)
        found.append(Reading(device, senses, senses, "temperature", round(value_c, 2), at, at, minute))
    return found


STAGES: Mapping[str, Callable[[Acting], object]] = {
    "cooked": Acting.cook,
    "packed": Acting.pack,
    "departed": Acting.depart,
    "delivered": lambda acting: (acting.measure(), acting.hand_over()),
    "served": Acting.serve,
}


def acted_day(published: ExampleDay, folder: Path) -> dict[str, ExampleDay]:
    """The day after each stage, ``"published"`` first, each in a SQLite file of its own."""
    days = {"published": published}
    for stage, act in STAGES.items():
        place = folder / stage
        place.mkdir()
        days[stage] = list(days.values())[-1].copied(place)
        act(Acting.of(days[stage]))
    return days


def poured(day: ExampleDay, url: str) -> ExampleDay:
    """The same day in a PostgreSQL database that has every table and no row."""
    target = Database(url)
    with day.database.engine.connect() as source, target.engine.begin() as sink:
        for table in METADATA.sorted_tables:
            rows = [dict(row._mapping) for row in source.execute(sqlalchemy.select(table))]
            if rows:
                sink.execute(table.insert(), rows)
            if (counted := table.autoincrement_column) is not None and rows:
                highest = sqlalchemy.func.max(counted)
                sequence = sqlalchemy.func.pg_get_serial_sequence(table.name, counted.name)
                sink.execute(sqlalchemy.select(sqlalchemy.func.setval(sequence, highest)).select_from(table))
    return replace(day, database=target)
