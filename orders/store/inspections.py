"""Rows of inspections, what they found, and laboratory tests."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from typing import cast

from sqlalchemy import CheckConstraint, update
from sqlmodel import Field, Session, col, select

from orders.oversight.inspections import (
    KINDS,
    Inspection,
    InspectionKind,
    LabTest,
    Shortcoming,
    TestResult,
)
from orders.store.base import Row, UtcDateTime, insert_rows
from orders.store.triggers import APPEND_ONLY

_KINDS = ", ".join(f"'{kind}'" for kind in KINDS)


class InspectionRow(Row, table=True):
    """One visit to a site."""

    __tablename__ = "inspections"
    __table_args__ = (CheckConstraint(f"kind IN ({_KINDS})", name="kind"), {"info": APPEND_ONLY})

    inspection_id: str = Field(primary_key=True)
    site_id: str = Field(foreign_key="site_files.site_id", index=True)
    kind: str
    inspected_on: date
    inspector: str
    office: str
    note: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class ShortcomingRow(Row, table=True):
    """Something that an inspection found; it is put right once."""

    __tablename__ = "shortcomings"
    __table_args__ = (
        CheckConstraint(
            "(done_on IS NULL) = (done_by = '') AND (done_on IS NULL) = (remedy = '')", name="done"
        ),
    )

    shortcoming_id: str = Field(primary_key=True)
    inspection_id: str = Field(foreign_key="inspections.inspection_id", index=True)
    site_id: str = Field(foreign_key="site_files.site_id", index=True)
    item: str
    due_on: date
    done_on: date | None = None
    done_by: str
    remedy: str


class LabTestRow(Row, table=True):
    """A sample sent to a laboratory; its result comes once."""

    __tablename__ = "lab_tests"
    __table_args__ = (
        CheckConstraint("result IN ('waiting', 'passed', 'failed')", name="result"),
        CheckConstraint("(result = 'waiting') = (reported_on IS NULL)", name="reported"),
    )

    test_id: str = Field(primary_key=True)
    site_id: str = Field(foreign_key="site_files.site_id", index=True)
    sample: str
    taken_on: date
    laboratory: str
    result: str
    reported_on: date | None = None
    report: str


def save_inspection(
    session: Session, inspection: Inspection, shortcomings: Iterable[Shortcoming], recorded_at: datetime
) -> None:
    """Keeps an inspection with what it found."""
    session.add(InspectionRow(**asdict(inspection), recorded_at=recorded_at))
    session.flush()
    insert_rows(session, ShortcomingRow, [asdict(one) for one in shortcomings])


def load_inspections(session: Session, site_id: str | None = None) -> list[Inspection]:
    """Inspections of a site, or of all, the newest first."""
    query = select(InspectionRow).order_by(
        col(InspectionRow.inspected_on).desc(), col(InspectionRow.inspection_id).desc()
    )
    if site_id is not None:
        query = query.where(InspectionRow.site_id == site_id)
    return [
        Inspection(
            row.inspection_id,
            row.site_id,
            cast(InspectionKind, row.kind),
            row.inspected_on,
            row.inspector,
            row.office,
            row.note,
        )
        for row in session.exec(query)
    ]


def load_shortcomings(session: Session, site_id: str | None = None) -> list[Shortcoming]:
    """What inspections found at a site, or at all, by deadline."""
    query = select(ShortcomingRow).order_by(col(ShortcomingRow.due_on), col(ShortcomingRow.shortcoming_id))
    if site_id is not None:
        query = query.where(ShortcomingRow.site_id == site_id)
    return [_shortcoming(row) for row in session.exec(query)]


def settle_shortcoming(
    session: Session, shortcoming_id: str, *, done_on: date, done_by: str, remedy: str
) -> Shortcoming | None:
    """Keeps that something was put right; None when there is no such thing or it was before."""
    done = session.execute(
        update(ShortcomingRow)
        .where(col(ShortcomingRow.shortcoming_id) == shortcoming_id, col(ShortcomingRow.done_on).is_(None))
        .values(done_on=done_on, done_by=done_by, remedy=remedy)
        .returning(col(ShortcomingRow.shortcoming_id))
    )
    if done.first() is None:
        return None
    row = session.get_one(ShortcomingRow, shortcoming_id, populate_existing=True)
    return _shortcoming(row)


def save_lab_test(session: Session, test: LabTest) -> None:
    """Keeps a sample that was sent."""
    session.add(LabTestRow(**asdict(test)))
    session.flush()


def settle_lab_test(
    session: Session, site_id: str, test_id: str, *, result: TestResult, reported_on: date, report: str
) -> bool:
    """Keeps a laboratory's result; False when there is no such sample that waits."""
    done = session.execute(
        update(LabTestRow)
        .where(col(LabTestRow.test_id) == test_id, col(LabTestRow.site_id) == site_id)
        .where(col(LabTestRow.result) == "waiting")
        .values(result=result, reported_on=reported_on, report=report)
        .returning(col(LabTestRow.test_id))
    )
    return done.first() is not None


def load_lab_tests(session: Session, site_id: str | None = None) -> list[LabTest]:
    """Samples of a site, or of all, the newest first."""
    query = select(LabTestRow).order_by(col(LabTestRow.taken_on).desc(), col(LabTestRow.test_id).desc())
    if site_id is not None:
        query = query.where(LabTestRow.site_id == site_id)
    return [
        LabTest(
            row.test_id,
            row.site_id,
            row.sample,
            row.taken_on,
            row.laboratory,
            cast(TestResult, row.result),
            row.reported_on,
            row.report,
        )
        for row in session.exec(query)
    ]


def _shortcoming(row: ShortcomingRow) -> Shortcoming:
    return Shortcoming(
        row.shortcoming_id,
        row.inspection_id,
        row.site_id,
        row.item,
        row.due_on,
        row.done_on,
        row.done_by,
        row.remedy,
    )
