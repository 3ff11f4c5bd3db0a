"""Tables of stock: suppliers, lots as they came, what moved, and what is left."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from orders.store.base import JsonColumn, Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY


class SupplierRow(Row, table=True):
    """Who delivers to a kitchen, as known now."""

    __tablename__ = "kitchen_suppliers"
    __table_args__ = (UniqueConstraint("kitchen_id", "code"),)

    supplier_id: str = Field(primary_key=True)
    kitchen_id: str = Field(foreign_key="kitchens.kitchen_id")
    code: str
    name: str
    contact: str
    phone: str
    licences: list[dict[str, Any]] = Field(sa_type=JsonColumn)
    groups: list[str] = Field(sa_type=JsonColumn)
    author: str
    changed_at: datetime = Field(sa_type=UtcDateTime)


class DeliveryRow(Row, table=True):
    """What came to the door, as it came: taken in, taken in but held, or sent back."""

    __tablename__ = "kitchen_deliveries"
    __table_args__ = (
        UniqueConstraint("kitchen_id", "code"),
        UniqueConstraint("kitchen_id", "source", "external_ref"),
        Index("ix_kitchen_deliveries_received_at", "kitchen_id", "received_at"),
        CheckConstraint("received_mg >= 1", name="received_mg"),
        CheckConstraint("verdict IN ('accepted', 'held', 'refused')", name="verdict"),
        CheckConstraint("storage IN ('ambient', 'chilled', 'frozen')", name="storage"),
        {"info": APPEND_ONLY},
    )

    lot_id: str = Field(primary_key=True)
    kitchen_id: str = Field(foreign_key="kitchens.kitchen_id")
    code: str
    food_code: str = Field(foreign_key="kitchen_foods.code")
    supplier_id: str = Field(foreign_key="kitchen_suppliers.supplier_id")
    supplier_lot: str
    received_at: datetime = Field(sa_type=UtcDateTime)
    received_mg: int = Field(sa_type=BigInteger)
    expires_on: date | None = None
    storage: str
    temperature_c: float | None = None
    papers: dict[str, str] = Field(sa_type=JsonColumn)
    declared: dict[str, list[str]] | None = Field(default=None, sa_type=JsonColumn)
    verdict: str
    wanting: list[dict[str, Any]] = Field(sa_type=JsonColumn)
    rules_revision: int
    actor: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    source: str
    external_ref: str | None = None


class LotRow(Row, table=True):
    """What is left of a lot, whether it may be used, and goes first; the sum of its moves and last words."""

    __tablename__ = "kitchen_lots"
    __table_args__ = (
        Index("ix_kitchen_lots_open", "kitchen_id", "left_mg"),
        CheckConstraint("left_mg >= 0", name="left_mg"),
        CheckConstraint("state IN ('ok', 'held', 'destroyed')", name="state"),
        CheckConstraint("moves >= 1 AND marks >= 0", name="counts"),
    )

    lot_id: str = Field(primary_key=True, foreign_key="kitchen_deliveries.lot_id")
    kitchen_id: str = Field(foreign_key="kitchens.kitchen_id")
    left_mg: int = Field(sa_type=BigInteger)
    state: str
    moves: int
    marks: int
    use_first: bool = False


class LotMoveRow(Row, table=True):
    """Something went in or out of a lot; numbered without gaps, so that two at once cannot both count."""

    __tablename__ = "kitchen_lot_moves"
    __table_args__ = (
        UniqueConstraint("lot_id", "number"),
        CheckConstraint(
            "kind IN ('receive', 'issue', 'put_back', 'waste', 'return', 'count', 'destroy')", name="kind"
        ),
        CheckConstraint("left_mg >= 0", name="left_mg"),
        CheckConstraint(
            "(kind IN ('issue', 'put_back')) = (batch_id IS NOT NULL OR chilled_id IS NOT NULL)", name="batch"
        ),
        CheckConstraint("batch_id IS NULL OR chilled_id IS NULL", name="one_batch"),
        CheckConstraint("kind NOT IN ('issue', 'waste', 'return', 'destroy') OR delta_mg < 0", name="out"),
        CheckConstraint("kind NOT IN ('receive', 'put_back') OR delta_mg > 0", name="into"),
        {"info": APPEND_ONLY},
    )

    move_id: str = Field(primary_key=True)
    lot_id: str = Field(foreign_key="kitchen_lots.lot_id")
    number: int
    kind: str
    delta_mg: int = Field(sa_type=BigInteger)
    left_mg: int = Field(sa_type=BigInteger)
    batch_id: str | None = Field(default=None, foreign_key="kitchen_batches.batch_id", index=True)
    chilled_id: str | None = Field(default=None, foreign_key="kitchen_chilled.chilled_id", index=True)
    reason: str
    actor: str
    at: datetime = Field(sa_type=UtcDateTime)


class LotMarkRow(Row, table=True):
    """A lot was held, set free or destroyed, by whom and why."""

    __tablename__ = "kitchen_lot_marks"
    __table_args__ = (
        UniqueConstraint("lot_id", "number"),
        CheckConstraint("state IN ('ok', 'held', 'destroyed')", name="state"),
        {"info": APPEND_ONLY},
    )

    mark_id: str = Field(primary_key=True)
    lot_id: str = Field(foreign_key="kitchen_lots.lot_id")
    number: int
    state: str
    reason: str
    by_name: str
    actor: str
    at: datetime = Field(sa_type=UtcDateTime)


class LotPhotoRow(Row, table=True):
    """A photo of a delivery or its papers; the file lies in the data folder under its digest."""

    __tablename__ = "kitchen_lot_photos"
    __table_args__ = (
        UniqueConstraint("lot_id", "digest"),
        CheckConstraint("size >= 1", name="size"),
        {"info": APPEND_ONLY},
    )

    photo_id: str = Field(primary_key=True)
    lot_id: str = Field(foreign_key="kitchen_deliveries.lot_id")
    digest: str = Field(index=True)
    media_type: str
    size: int
    actor: str
    at: datetime = Field(sa_type=UtcDateTime)


class PickRow(Row, table=True):
    """What a published production is to take from which lot."""

    __tablename__ = "kitchen_picks"
    __table_args__ = (CheckConstraint("mg >= 1", name="mg"),)

    batch_id: str = Field(primary_key=True, foreign_key="kitchen_batches.batch_id")
    lot_id: str = Field(primary_key=True, foreign_key="kitchen_lots.lot_id", index=True)
    production_id: str = Field(foreign_key="kitchen_productions.production_id", index=True)
    mg: int = Field(sa_type=BigInteger)
