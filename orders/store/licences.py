"""Rows of licences, food-safety grades, staff and their training."""

from datetime import date, datetime
from typing import cast

from sqlalchemy import CheckConstraint, UniqueConstraint, update
from sqlalchemy.orm import aliased
from sqlmodel import Field, Session, col, select

from orders.oversight.licences import Grade, Licence, LicenceKind, Staff, Training
from orders.oversight.site_file import Graded
from orders.store.base import Row, UtcDateTime
from orders.store.triggers import APPEND_ONLY


class StaffRow(Row, table=True):
    """A person who works with food at a site."""

    __tablename__ = "site_staff"
    __table_args__ = (CheckConstraint("to_on IS NULL OR to_on >= from_on", name="days"),)

    staff_id: str = Field(primary_key=True)
    site_id: str = Field(foreign_key="site_files.site_id", index=True)
    name: str
    job: str
    from_on: date
    to_on: date | None = None


class LicenceRow(Row, table=True):
    """A licence or a certificate; a mistyped one is replaced by a row that names it."""

    __tablename__ = "site_licences"
    __table_args__ = (
        UniqueConstraint("replaces"),
        CheckConstraint("kind IN ('food_operation', 'supplier', 'health')", name="kind"),
        CheckConstraint("to_on IS NULL OR to_on >= from_on", name="days"),
        CheckConstraint("(kind = 'health') = (staff_id IS NOT NULL)", name="staff"),
        {"info": APPEND_ONLY},
    )

    licence_id: str = Field(primary_key=True)
    site_id: str = Field(foreign_key="site_files.site_id", index=True)
    kind: str
    number: str
    holder: str
    from_on: date
    to_on: date | None = None
    staff_id: str | None = Field(default=None, foreign_key="site_staff.staff_id")
    replaces: str | None = Field(default=None, foreign_key="site_licences.licence_id")
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class SiteGradeRow(Row, table=True):
    """A food-safety grade; the newest counts."""

    __tablename__ = "site_grades"
    __table_args__ = (CheckConstraint("grade IN ('A', 'B', 'C')", name="grade"), {"info": APPEND_ONLY})

    grade_id: str = Field(primary_key=True)
    site_id: str = Field(foreign_key="site_files.site_id", index=True)
    grade: str
    graded_on: date
    office: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)


class TrainingRow(Row, table=True):
    """Hours in which a person was taught."""

    __tablename__ = "site_trainings"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes"), {"info": APPEND_ONLY})

    training_id: str = Field(primary_key=True)
    site_id: str = Field(foreign_key="site_files.site_id", index=True)
    staff_id: str = Field(foreign_key="site_staff.staff_id")
    held_on: date
    minutes: int
    topic: str
    recorded_at: datetime = Field(sa_type=UtcDateTime)


def save_staff(session: Session, site_id: str, person: Staff) -> None:
    """Keeps a person of a site."""
    session.add(
        StaffRow(
            staff_id=person.staff_id,
            site_id=site_id,
            name=person.name,
            job=person.job,
            from_on=person.from_on,
            to_on=person.to_on,
        )
    )
    session.flush()


def end_staff(session: Session, site_id: str, staff_id: str, to_on: date) -> bool:
    """Keeps a person's last day at a site; False when nobody of this id works there from before."""
    done = session.execute(
        update(StaffRow)
        .where(col(StaffRow.staff_id) == staff_id, col(StaffRow.site_id) == site_id)
        .where(col(StaffRow.from_on) <= to_on)
        .values(to_on=to_on)
        .returning(col(StaffRow.staff_id))
    )
    return done.first() is not None


def load_staff(session: Session, site_id: str) -> list[Staff]:
    """People of a site, present and past, by first day."""
    query = (
        select(StaffRow)
        .where(StaffRow.site_id == site_id)
        .order_by(col(StaffRow.from_on), col(StaffRow.staff_id))
    )
    return [Staff(row.staff_id, row.name, row.job, row.from_on, row.to_on) for row in session.exec(query)]


def save_licence(
    session: Session,
    licence_id: str,
    site_id: str,
    licence: Licence,
    *,
    recorded_at: datetime,
    replaces: str | None = None,
) -> None:
    """Keeps a licence or a certificate, in place of another where it was mistyped."""
    session.add(
        LicenceRow(
            licence_id=licence_id,
            site_id=site_id,
            kind=licence.kind,
            number=licence.number,
            holder=licence.holder,
            from_on=licence.from_on,
            to_on=licence.to_on,
            staff_id=licence.staff_id,
            replaces=replaces,
            recorded_at=recorded_at,
        )
    )
    session.flush()


def load_licences(session: Session, site_id: str | None = None) -> dict[str, dict[str, Licence]]:
    """Site to its licences by row id, those that were replaced left out."""
    newer = aliased(LicenceRow)
    query = (
        select(LicenceRow)
        .outerjoin(newer, col(newer.replaces) == col(LicenceRow.licence_id))
        .where(col(newer.licence_id).is_(None))
        .order_by(col(LicenceRow.site_id), col(LicenceRow.from_on), col(LicenceRow.licence_id))
    )
    if site_id is not None:
        query = query.where(LicenceRow.site_id == site_id)
    found: dict[str, dict[str, Licence]] = {}
    for row in session.exec(query):
        found.setdefault(row.site_id, {})[row.licence_id] = Licence(
            cast(LicenceKind, row.kind), row.number, row.holder, row.from_on, row.to_on, row.staff_id
        )
    return found


def save_grade(session: Session, grade_id: str, site_id: str, graded: Graded, recorded_at: datetime) -> None:
    """Keeps a food-safety grade."""
    session.add(
        SiteGradeRow(
            grade_id=grade_id,
            site_id=site_id,
            grade=graded.grade,
            graded_on=graded.graded_on,
            office=graded.office,
            recorded_at=recorded_at,
        )
    )
    session.flush()


def load_grades(session: Session) -> dict[str, Graded]:
    """Site to its newest grade."""
    rows = session.exec(
        select(SiteGradeRow).order_by(col(SiteGradeRow.graded_on), col(SiteGradeRow.recorded_at))
    )
    return {row.site_id: Graded(cast(Grade, row.grade), row.graded_on, row.office) for row in rows}


def save_training(
    session: Session, training_id: str, site_id: str, training: Training, recorded_at: datetime
) -> None:
    """Keeps hours in which a person was taught."""
    session.add(
        TrainingRow(
            training_id=training_id,
            site_id=site_id,
            staff_id=training.staff_id,
            held_on=training.held_on,
            minutes=training.minutes,
            topic=training.topic,
            recorded_at=recorded_at,
        )
    )
    session.flush()


def load_trainings(session: Session, site_id: str) -> list[Training]:
    """Every teaching at a site, by day."""
    query = (
        select(TrainingRow)
        .where(TrainingRow.site_id == site_id)
        .order_by(col(TrainingRow.held_on), col(TrainingRow.training_id))
    )
    return [Training(row.staff_id, row.held_on, row.minutes, row.topic) for row in session.exec(query)]
