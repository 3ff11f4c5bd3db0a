"""Tables of what is checked on the floor: probes and fridges, registers, steps of batches, samples."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from orders.store.base import JsonColumn, Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY

FIRST = text("replaces IS NULL")


class WatchedRow(Row, table=True):
    """A hand probe or a fridge; kept by its code."""

    __tablename__ = "kitchen_watched"
    __table_args__ = (CheckConstraint("kind IN ('probe', 'fridge')", name="kind"),)

    kitchen_id: str = Field(primary_key=True, foreign_key="kitchens.kitchen_id")
    kind: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    name: str = ""
    calibrated_on: date | None = None
    due_on: date | None = None
    accuracy_c: float | None = None
    out: bool = False
    author: str
    changed_at: datetime = Field(sa_type=UtcDateTime)


class CheckRow(Row, table=True):
    """One entry of a register; a correction names the entry it replaces."""

    __tablename__ = "kitchen_checks"
    __table_args__ = (
        UniqueConstraint("replaces"),
        Index("ix_kitchen_checks_kitchen_on", "kitchen_id", "on_date"),
        {"info": APPEND_ONLY},
    )

    check_id: str = Field(primary_key=True)
    kitchen_id: str = Field(foreign_key="kitchens.kitchen_id")
    register_code: str
    subject: str
    on_date: date
    answers: dict[str, Any] = Field(sa_type=JsonColumn)
    wrong: list[dict[str, Any]] = Field(sa_type=JsonColumn)
    passed: bool
    person: str
    actor: str
    happened_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    revision: int
    replaces: str | None = Field(default=None, foreign_key="kitchen_checks.check_id")
    reason: str = ""


class CheckSignRow(Row, table=True):
    """Somebody signed an entry of a register off."""

    __tablename__ = "kitchen_check_signs"
    __table_args__ = ({"info": APPEND_ONLY},)

    check_id: str = Field(primary_key=True, foreign_key="kitchen_checks.check_id")
    person: str
    note: str
    actor: str
    at: datetime = Field(sa_type=UtcDateTime)


class MeasuredRow(Row):
    """The columns of a measurement at a control point, whatever it is of."""

    step_id: str = Field(primary_key=True)
    point: str
    value_c: float
    least_c: float | None = None
    most_c: float | None = None
    elapsed_s: int | None = None
    within_s: int | None = None
    wrong: list[dict[str, Any]] = Field(sa_type=JsonColumn)
    passed: bool
    probe: str
    warnings: list[dict[str, Any]] = Field(sa_type=JsonColumn)
    person: str
    actor: str
    happened_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    revision: int


class StepRow(MeasuredRow, table=True):
    """One measurement at a control point of a batch or a box."""

    __tablename__ = "kitchen_steps"
    __table_args__ = (
        UniqueConstraint("replaces"),
        Index("ix_kitchen_steps_service", "service_key"),
        {"info": APPEND_ONLY},
    )

    service_key: str
    batch_id: str | None = Field(default=None, foreign_key="kitchen_batches.batch_id", index=True)
    box_id: str | None = Field(default=None, foreign_key="kitchen_boxes.box_id", index=True)
    replaces: str | None = Field(default=None, foreign_key="kitchen_steps.step_id")
    reason: str = ""


class RemedyRow(Row, table=True):
    """What was done about a step, a packed box or an entry of a register that failed."""

    __tablename__ = "kitchen_remedies"
    __table_args__ = (
        Index("ix_kitchen_remedies_ref", "ref"),
        CheckConstraint("effect IN ('again', 'goes_on', 'discard', 'lifted', '')", name="effect"),
        {"info": APPEND_ONLY},
    )

    remedy_id: str = Field(primary_key=True)
    kitchen_id: str = Field(foreign_key="kitchens.kitchen_id")
    ref: str
    action: str
    effect: str
    note: str
    person: str
    actor: str
    at: datetime = Field(sa_type=UtcDateTime)


class SampleRow(Row, table=True):
    """A sample kept of one dish of a meal; one a batch unless corrected."""

    __tablename__ = "kitchen_samples"
    __table_args__ = (
        UniqueConstraint("replaces"),
        Index(
            "uq_kitchen_samples_batch",
            "service_key",
            "batch_id",
            unique=True,
            sqlite_where=FIRST,
            postgresql_where=FIRST,
        ),
        CheckConstraint("g > 0 AND keep_until_at > taken_at", name="amounts"),
        {"info": APPEND_ONLY},
    )

    sample_id: str = Field(primary_key=True)
    service_key: str
    code: str
    dish_id: str
    variant: str
    batch_id: str = Field(foreign_key="kitchen_batches.batch_id")
    g: int
    fridge: str
    place: str
    person: str
    actor: str
    taken_at: datetime = Field(sa_type=UtcDateTime)
    recorded_at: datetime = Field(sa_type=UtcDateTime)
    keep_until_at: datetime = Field(sa_type=UtcDateTime)
    replaces: str | None = Field(default=None, foreign_key="kitchen_samples.sample_id")
    reason: str = ""


class SampleEventRow(Row, table=True):
    """A sample was frozen, set free or destroyed."""

    __tablename__ = "kitchen_sample_events"
    __table_args__ = (
        CheckConstraint("kind IN ('frozen', 'released', 'destroyed')", name="kind"),
        CheckConstraint("cause IN ('', 'complaint', 'lot', 'discard', 'hold')", name="cause"),
        CheckConstraint("(cause = '') = (ref = '')", name="ref"),
        Index("ix_kitchen_sample_events_ref", "cause", "ref"),
        {"info": APPEND_ONLY},
    )

    sample_id: str = Field(primary_key=True, foreign_key="kitchen_samples.sample_id")
    number: int = Field(primary_key=True)
    kind: str
    reason: str
    person: str
    actor: str
    at: datetime = Field(sa_type=UtcDateTime)
    cause: str = ""
    ref: str = ""
