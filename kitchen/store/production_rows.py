"""Tables of a production: what a kitchen cooks and packs for a service, and what people then reported."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from orders.menus import REGULAR
from orders.store.base import JsonColumn, Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY

PUBLISHED = text("status = 'published'")
FIRST = text("replaces IS NULL")


class ProductionRow(Row, table=True):
    """One version of a service's production; at most one is published."""

    __tablename__ = "kitchen_productions"
    __table_args__ = (
        UniqueConstraint("service_key", "version"),
        Index(
            "uq_kitchen_productions_published",
            "service_key",
            unique=True,
            sqlite_where=PUBLISHED,
            postgresql_where=PUBLISHED,
        ),
        CheckConstraint("status IN ('draft', 'published', 'superseded')", name="status"),
        CheckConstraint("version >= 1", name="version"),
    )

    production_id: str = Field(primary_key=True)
    service_key: str
    version: int
    status: str
    input_digest: str
    revisions: dict[str, Any] = Field(sa_type=JsonColumn)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str


class BatchRow(Row, table=True):
    """One batch; ``portions`` is what the sheet says, counted on its own."""

    __tablename__ = "kitchen_batches"
    __table_args__ = (
        UniqueConstraint("production_id", "code"),
        CheckConstraint("portions >= 1 AND cook_s >= 1 AND needs_ratio > 0", name="amounts"),
    )

    batch_id: str = Field(primary_key=True)
    production_id: str = Field(foreign_key="kitchen_productions.production_id")
    code: str
    dish_id: str
    variant: str
    equipment_kind: str
    needs_ratio: float
    cook_s: int
    portions: int
    chilled_id: str | None = Field(default=None, foreign_key="kitchen_chilled.chilled_id", index=True)


class BatchLineRow(Row, table=True):
    """One order line in a batch; a line stands once in a production."""

    __tablename__ = "kitchen_batch_lines"
    __table_args__ = (
        UniqueConstraint("production_id", "line_id"),
        CheckConstraint("size_ratio > 0", name="size_ratio"),
    )

    batch_id: str = Field(primary_key=True, foreign_key="kitchen_batches.batch_id")
    line_id: str = Field(primary_key=True)
    production_id: str = Field(foreign_key="kitchen_productions.production_id")
    position: int
    special: bool
    size: str = REGULAR
    size_ratio: float = 1.0


class BatchExtraRow(Row, table=True):
    """Portions of a batch beyond the orders."""

    __tablename__ = "kitchen_batch_extras"
    __table_args__ = (
        CheckConstraint("purpose IN ('sample', 'buffer', 'staff', 'surplus')", name="purpose"),
        CheckConstraint("portions >= 1", name="portions"),
    )

    batch_id: str = Field(primary_key=True, foreign_key="kitchen_batches.batch_id")
    purpose: str = Field(primary_key=True)
    portions: int


class SlotRow(Row, table=True):
    """When and on what a batch is planned to be cooked."""

    __tablename__ = "kitchen_slots"
    __table_args__ = (CheckConstraint("ready_s > start_s", name="times"),)

    batch_id: str = Field(primary_key=True, foreign_key="kitchen_batches.batch_id")
    equipment_id: str
    start_s: int
    ready_s: int
    cook_id: str = ""
    deep_clean: bool = False


class BoxRow(Row, table=True):
    """One packing of one carrier; a carrier is packed once a production."""

    __tablename__ = "kitchen_boxes"
    __table_args__ = (
        UniqueConstraint("production_id", "code"),
        UniqueConstraint("production_id", "carrier_id"),
        CheckConstraint("kind IN ('bulk', 'packed', 'bag', 'special')", name="kind"),
        CheckConstraint("hold_class IN ('hot', 'cold')", name="hold_class"),
        CheckConstraint(
            "cooked_s < packed_s AND packed_s <= release_s AND deliver_by_s <= eat_by_s", name="times"
        ),
        CheckConstraint("gross_g > 0 AND units >= 1", name="amounts"),
    )

    box_id: str = Field(primary_key=True)
    production_id: str = Field(foreign_key="kitchen_productions.production_id")
    code: str
    carrier_id: str
    kind: str
    site_id: str = Field(foreign_key="sites.site_id", index=True)
    stop_id: str
    hold_class: str
    cooked_s: int
    packed_s: int
    release_s: int
    eat_by_s: int
    deliver_by_s: int
    gross_g: int
    units: int
    second_leg: bool
    for_diner: str | None = None


class BoxLineRow(Row, table=True):
    """One order line in a box, and the batch it came from; a line stands once in a production."""

    __tablename__ = "kitchen_box_lines"
    __table_args__ = (UniqueConstraint("production_id", "line_id"),)

    box_id: str = Field(primary_key=True, foreign_key="kitchen_boxes.box_id")
    line_id: str = Field(primary_key=True)
    production_id: str = Field(foreign_key="kitchen_productions.production_id")
    batch_id: str = Field(foreign_key="kitchen_batches.batch_id", index=True)
    position: int


class BoxSpareRow(Row, table=True):
    """Portions of a batch in a box that nobody ordered: what walk-ins at its site are to find."""

    __tablename__ = "kitchen_box_spare"
    __table_args__ = (CheckConstraint("portions >= 1", name="portions"),)

    box_id: str = Field(primary_key=True, foreign_key="kitchen_boxes.box_id")
    batch_id: str = Field(primary_key=True, foreign_key="kitchen_batches.batch_id", index=True)
    production_id: str = Field(foreign_key="kitchen_productions.production_id", index=True)
    portions: int


class ProductionExceptionRow(Row, table=True):
    """Portions that got into no batch or no box, or a finding that concerns none."""

    __tablename__ = "kitchen_exceptions"
    __table_args__ = (
        CheckConstraint("stage IN ('batches', 'schedule', 'packing', 'routes')", name="stage"),
        CheckConstraint("portions >= 0", name="portions"),
    )

    production_id: str = Field(primary_key=True, foreign_key="kitchen_productions.production_id")
    number: int = Field(primary_key=True)
    stage: str
    code: str
    params: dict[str, Any] = Field(sa_type=JsonColumn)
    ref: str
    portions: int


class BatchEventRow(Row, table=True):
    """A batch went on the heat or came off it; one a batch and kind, and what corrects it names it."""

    __tablename__ = "kitchen_batch_events"
    __table_args__ = (
        Index(
            "uq_kitchen_batch_events_batch_id",
            "batch_id",
            "kind",
            unique=True,
            sqlite_where=FIRST,
            postgresql_where=FIRST,
        ),
        Index("uq_kitchen_batch_events_replaces", "replaces", unique=True),
        Index("ix_kitchen_batch_events_batch_id", "batch_id"),
        CheckConstraint("kind IN ('started', 'cooked')", name="kind"),
        CheckConstraint("NOT withdrawn OR replaces IS NOT NULL", name="withdrawn"),
        {"info": APPEND_ONLY},
    )

    event_id: str = Field(primary_key=True)
    batch_id: str = Field(foreign_key="kitchen_batches.batch_id")
    kind: str
    core_c: float | None = None
    actor: str
    happened_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    replaces: str | None = Field(default=None, foreign_key="kitchen_batch_events.event_id")
    withdrawn: bool = False
    reason: str = ""


class BoxEventRow(Row, table=True):
    """A box was closed; one a box, and what corrects it names it."""

    __tablename__ = "kitchen_box_events"
    __table_args__ = (
        Index(
            "uq_kitchen_box_events_box_id", "box_id", unique=True, sqlite_where=FIRST, postgresql_where=FIRST
        ),
        Index("uq_kitchen_box_events_replaces", "replaces", unique=True),
        Index("ix_kitchen_box_events_box_id", "box_id"),
        CheckConstraint("kind = 'packed'", name="kind"),
        CheckConstraint("NOT withdrawn OR replaces IS NOT NULL", name="withdrawn"),
        {"info": APPEND_ONLY},
    )

    event_id: str = Field(primary_key=True)
    box_id: str = Field(foreign_key="kitchen_boxes.box_id")
    kind: str
    carrier_id: str
    core_c: float | None = None
    actor: str
    happened_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    replaces: str | None = Field(default=None, foreign_key="kitchen_box_events.event_id")
    withdrawn: bool = False
    reason: str = ""
    probe: str = ""
    person: str = ""
    warnings: list[dict[str, Any]] = Field(sa_type=JsonColumn)
