"""What an act reads: as much at a quiet hour as when everybody else has acted."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session

from api.day.board import orders_of
from api.day.hand_over import HandOver, sign
from api.day.serve import Claim, serve_meals
from api.day.views_canteen import canteen_view
from tests.api.day.acted_day import Acting, instant
from tests.api.day.example_day import ExampleDay

DayAt = Callable[[str], ExampleDay]
Act = Callable[[Session], object]


class Undone(Exception):
    """Takes an act back once it is measured."""


@dataclass
class Read:
    """Statements sent and rows read."""

    statements: int = 0
    rows: int = 0


@contextmanager
def counted(day: ExampleDay) -> Iterator[Read]:
    """Counts what is read of a day in SQLite until the block ends."""
    read, engine = Read(), day.database.engine

    def row(_: object, values: tuple[Any, ...]) -> tuple[Any, ...]:
        read.rows += 1
        return values

    def watched(connection: Any, *_: object) -> None:
        connection.row_factory = row

    def sent(*_: object) -> None:
        read.statements += 1

    engine.dispose()
    event.listen(engine, "checkout", watched)
    event.listen(engine, "before_cursor_execute", sent)
    try:
        yield read
    finally:
        event.remove(engine, "checkout", watched)
        event.remove(engine, "before_cursor_execute", sent)
        engine.dispose()


def read_by(day: ExampleDay, act: Act) -> Read:
    """What an act reads; it leaves no trace."""
    with counted(day) as read, pytest.raises(Undone), day.database.begin() as session:
        act(session)
        raise Undone
    return read


def test_a_serving_reads_nothing_of_other_tables(day_at: DayAt) -> None:
    """Tests that a serving costs the same whether or not every other table has been served."""
    day = day_at("delivered")
    acting = Acting.of(day)
    site_id, stop = next((key, one) for key, one in acting.stops.items() if one["kind"] == "canteen")
    with day.database.read() as session:
        orders = orders_of(session, day.service)
    at = instant(stop["serving_starts_at"]) + timedelta(minutes=2)
    first = next(order for order in orders if order["site_id"] == site_id)

    def serve(session: Session, where: str, codes: list[str]) -> None:
        claims = [Claim(code, at, offline=True) for code in codes]
        answers = serve_meals(session, day.service, where, claims, **acting.at(at))
        assert all(answer.refused is None for answer in answers)

    before = read_by(day, lambda session: serve(session, site_id, [first["code"]]))
    with day.database.begin() as session:
        for other in acting.stops.keys() - {site_id}:
            serve(session, other, [order["code"] for order in orders if order["site_id"] == other])
    after = read_by(day, lambda session: serve(session, site_id, [first["code"]]))
    assert before == after
    assert before.rows < len(orders) * 10


def test_closing_a_box_reads_nothing_of_other_boxes(day_at: DayAt) -> None:
    """Tests that closing a box costs the same whether or not every other one is closed."""
    day = day_at("cooked")
    acting = Acting.of(day)
    box, *others = acting.board["boxes"]
    before = read_by(day, lambda session: acting.pack_one(session, box))
    with day.database.begin() as session:
        for other in others:
            acting.pack_one(session, other)
    assert read_by(day, lambda session: acting.pack_one(session, box)) == before


def test_signing_for_a_box_reads_nothing_of_other_boxes(day_at: DayAt) -> None:
    """Tests that a hand-over costs the same whoever else has signed, and reads a part of the floor only."""
    day = day_at("packed")
    acting = Acting.of(day)
    (stop, box_id), *others = [(stop, box) for stop in acting.stops.values() for box in stop["box_ids"]]

    def signed(session: Session, stop: dict[str, Any], box_id: str) -> None:
        at = acting.at(instant(stop["leave_at"]))
        sign(session, box_id, HandOver("accepted", core_c=78.0), **at)

    before = read_by(day, lambda session: signed(session, stop, box_id))
    with day.database.begin() as session:
        for where, other in others[:8]:
            signed(session, where, other)
    assert read_by(day, lambda session: signed(session, stop, box_id)) == before


def test_a_canteens_page_reads_nothing_of_other_tables(day_at: DayAt) -> None:
    """Tests that the page that follows each scan costs the same whatever has happened at other sites."""
    day = day_at("departed")
    acting = Acting.of(day)
    site_id, stop = next((key, one) for key, one in acting.stops.items() if one["kind"] == "canteen")
    at = instant(stop["serving_starts_at"])
    before = read_by(day, lambda session: canteen_view(session, day.service, site_id, at))
    with day.database.begin() as session:
        for other, where in acting.stops.items():
            for box_id in where["box_ids"] if other != site_id else ():
                said = HandOver("accepted", core_c=78.0)
                sign(session, box_id, said, **acting.at(instant(where["leave_at"])))
    assert read_by(day, lambda session: canteen_view(session, day.service, site_id, at)) == before
