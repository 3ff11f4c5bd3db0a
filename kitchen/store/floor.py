"""What the floor must know of a production: its batches and boxes without their order lines."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import cast

from sqlalchemy import func, or_
from sqlmodel import Session, col, select

from kitchen.store.production_rows import (
    BatchExtraRow,
    BatchRow,
    BoxLineRow,
    BoxRow,
    BoxSpareRow,
    ProductionRow,
)
from orders.errors import NotFound
from orders.menus import HoldClass


@dataclass(frozen=True, slots=True)
class FloorBatch:
    """
    A batch on the floor.

    Parameters
    ----------
    batch_id, code, dish_id, variant
        Which, of what.
    for_sample
        Whether it was cooked with a portion for the sample.
    """

    batch_id: str
    code: str
    dish_id: str
    variant: str
    for_sample: bool


@dataclass(frozen=True, slots=True)
class FloorBox:
    """
    A box on the floor.

    Parameters
    ----------
    box_id, code, hold_class
        Which, hot or chilled.
    batch_ids
        What is in it.
    """

    box_id: str
    code: str
    hold_class: HoldClass
    batch_ids: frozenset[str]


def load_floor_batches(
    session: Session, production_id: str, batch_ids: Collection[str] | None = None
) -> tuple[FloorBatch, ...]:
    """The batches of a production, those named or all, by code."""
    own = select(BatchRow.batch_id).where(BatchRow.production_id == production_id)
    sampled = select(BatchExtraRow.batch_id).where(
        BatchExtraRow.purpose == "sample", col(BatchExtraRow.batch_id).in_(own)
    )
    with_sample = set(session.exec(sampled))
    query = (
        select(BatchRow.batch_id, BatchRow.code, BatchRow.dish_id, BatchRow.variant)
        .where(BatchRow.production_id == production_id)
        .order_by(func.length(BatchRow.code), col(BatchRow.code))
    )
    if batch_ids is not None:
        query = query.where(col(BatchRow.batch_id).in_(batch_ids))
    return tuple(
        FloorBatch(batch_id, code, dish_id, variant, batch_id in with_sample)
        for batch_id, code, dish_id, variant in session.exec(query)
    )


def batch_codes(session: Session, batch_ids: Collection[str]) -> dict[str, str]:
    """Codes of batches, of whatever production, by id."""
    query = select(BatchRow.batch_id, BatchRow.code).where(col(BatchRow.batch_id).in_(batch_ids))
    return dict(session.exec(query).all())


def carriers_of(session: Session, production_ids: Collection[str]) -> set[str]:
    """Ids of the carriers that the boxes of some productions go out in."""
    query = select(BoxRow.carrier_id).where(col(BoxRow.production_id).in_(production_ids))
    return set(session.exec(query.distinct()))


def load_floor_boxes(
    session: Session, production_id: str, box_ids: Collection[str] | None = None
) -> tuple[FloorBox, ...]:
    """The boxes of a production, those named or all, by code."""
    held = (BoxLineRow.box_id, BoxLineRow.batch_id), (BoxSpareRow.box_id, BoxSpareRow.batch_id)
    of_production = BoxLineRow.production_id == production_id, BoxSpareRow.production_id == production_id
    contents = [select(*own).where(one).distinct() for own, one in zip(held, of_production, strict=True)]
    query = (
        select(BoxRow.box_id, BoxRow.code, BoxRow.hold_class)
        .where(BoxRow.production_id == production_id)
        .order_by(func.length(BoxRow.code), col(BoxRow.code))
    )
    if box_ids is not None:
        named = zip(contents, held, strict=True)
        contents = [query.where(col(own[0]).in_(box_ids)) for query, own in named]
        query = query.where(col(BoxRow.box_id).in_(box_ids))
    inside: dict[str, set[str]] = defaultdict(set)
    for box_id, batch_id in (row for one in contents for row in session.exec(one)):
        inside[box_id].add(batch_id)
    return tuple(
        FloorBox(box_id, code, cast(HoldClass, hold_class), frozenset(inside[box_id]))
        for box_id, code, hold_class in session.exec(query)
    )


def batches_in_force(session: Session, production_id: str, batch_ids: Collection[str]) -> set[str]:
    """Which of some batches are of a production."""
    query = select(BatchRow.batch_id).where(BatchRow.production_id == production_id)
    return set(session.exec(query.where(col(BatchRow.batch_id).in_(batch_ids)))) if batch_ids else set()


def superseded(session: Session, service_key: str) -> list[tuple[str, int]]:
    """Productions of a service that were published before, by id with their versions, oldest first."""
    query = select(ProductionRow.production_id, ProductionRow.version).where(
        ProductionRow.service_key == service_key, ProductionRow.status == "superseded"
    )
    return list(session.exec(query.order_by(col(ProductionRow.version))))


def find_box(session: Session, kitchen_id: str, code: str, service_key: str | None = None) -> tuple[str, str]:
    """
    A box of a published production by its code.

    Parameters
    ----------
    session
        The caller's transaction.
    kitchen_id, code
        Whose box, and what people call it; the case does not matter.
    service_key
        Of which service; None takes the latest that has such a box.

    Returns
    -------
    tuple[str, str]
        The box's id and its service's key.

    Raises
    ------
    NotFound
        When there is none.
    """
    query = select(BoxRow.box_id, ProductionRow.service_key).where(
        BoxRow.production_id == ProductionRow.production_id,
        ProductionRow.status == "published",
        func.upper(BoxRow.code) == code.upper(),
        col(ProductionRow.service_key).startswith(f"{kitchen_id}/", autoescape=True),
    )
    if service_key is not None:
        query = query.where(ProductionRow.service_key == service_key)
    found = session.exec(query.order_by(col(ProductionRow.service_key).desc())).first()
    if found is None:
        raise NotFound("box", code)
    return found


def find_food(session: Session, service_keys: Collection[str], code: str) -> list[tuple[str, str]]:
    """The services, of some, whose published production has a batch or box of a code in any case, with it."""
    found: list[tuple[str, str]] = []
    for row in (BatchRow, BoxRow):
        query = select(ProductionRow.service_key, row.code).where(
            row.production_id == ProductionRow.production_id,
            ProductionRow.status == "published",
            func.upper(row.code) == code.upper(),
            col(ProductionRow.service_key).in_(service_keys),
        )
        found += session.exec(query).all()
    return sorted(set(found))


def sites_of_boxes(session: Session, production_id: str) -> dict[str, str]:
    """Site by id of each box of a production that holds something, by code."""
    filled = or_(
        *(
            select(table.batch_id).where(col(table.box_id) == col(BoxRow.box_id)).exists()
            for table in (BoxLineRow, BoxSpareRow)
        )
    )
    query = select(BoxRow.box_id, BoxRow.site_id).where(BoxRow.production_id == production_id, filled)
    return dict(session.exec(query.order_by(func.length(BoxRow.code), col(BoxRow.code))).all())
