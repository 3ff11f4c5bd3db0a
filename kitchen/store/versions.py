"""Rows of what a version was before a re-plan took it over row by row, so that it can be gone back to."""

import zlib
from dataclasses import dataclass

from pydantic import TypeAdapter
from sqlalchemy import LargeBinary
from sqlmodel import Field, Session

from kitchen.batches import Batch
from kitchen.boxes import Box
from kitchen.equipment import Slot
from orders.order import LineState
from orders.store.base import Row
from orders.store.triggers import APPEND_ONLY


class VersionRow(Row, table=True):
    """A superseded production as it was; ``body`` is a `Version` in JSON, compressed."""

    __tablename__ = "kitchen_versions"
    __table_args__ = ({"info": APPEND_ONLY},)

    production_id: str = Field(primary_key=True, foreign_key="kitchen_productions.production_id")
    body: bytes = Field(sa_type=LargeBinary)


@dataclass(frozen=True, slots=True)
class OrderedAs:
    """A portion of an order as it was: its dish and state, of which order and line."""

    order_id: str
    line_id: str
    dish_id: str
    state: LineState


@dataclass(frozen=True, slots=True)
class Version:
    """
    What a version was when it was superseded.

    Parameters
    ----------
    batches, slots, boxes
        All of them.
    ordered
        Portions that the next version gave another dish, or took out of their order.
    exception_ids
        Rows of what was said of the portions that were taken out.
    """

    batches: tuple[Batch, ...]
    slots: tuple[Slot, ...]
    boxes: tuple[Box, ...]
    ordered: tuple[OrderedAs, ...] = ()
    exception_ids: tuple[str, ...] = ()


VERSION = TypeAdapter(Version)


def save_version(session: Session, production_id: str, version: Version) -> None:
    """Keeps what a version was."""
    body = zlib.compress(VERSION.dump_json(version), 6)
    session.add(VersionRow(production_id=production_id, body=body))
    session.flush()


def load_version(session: Session, production_id: str) -> Version | None:
    """What a version was; None for one that no re-plan took over."""
    row = session.get(VersionRow, production_id)
    return None if row is None else VERSION.validate_json(zlib.decompress(row.body))
