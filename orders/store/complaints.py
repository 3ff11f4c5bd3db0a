"""Rows of complaints and of what was done about each."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import cast

from sqlalchemy import CheckConstraint, UniqueConstraint, func
from sqlmodel import Field, Session, col, select

from orders.ids import short_code
from orders.oversight.complaints import STEP_KINDS, Complaint, Progress, Step, StepKind, progress
from orders.store.base import Row, UtcDateTime, insert_rows
from orders.store.triggers import APPEND_ONLY

_KINDS = ", ".join(f"'{kind}'" for kind in STEP_KINDS)


class ComplaintRow(Row, table=True):
    """What somebody asked for or complained of; the channel's own number makes sending it twice harmless."""

    __tablename__ = "complaints"
    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint("channel", "external_ref"),
        CheckConstraint("due_on >= received_on", name="due"),
        {"info": APPEND_ONLY},
    )

    complaint_id: str = Field(primary_key=True)
    code: str
    kind: str
    text: str
    channel: str
    external_ref: str | None = None
    site_id: str
    place: str
    contact: str
    received_on: date = Field(index=True)
    due_on: date
    eaten_on: date | None = None
    meal: str = ""
    taken_by: str
    taken_at: datetime = Field(sa_type=UtcDateTime)


class ComplaintStepRow(Row, table=True):
    """One thing done about a complaint; numbered, so that of two at once one is refused."""

    __tablename__ = "complaint_steps"
    __table_args__ = (CheckConstraint(f"kind IN ({_KINDS})", name="kind"), {"info": APPEND_ONLY})

    complaint_id: str = Field(primary_key=True, foreign_key="complaints.complaint_id")
    number: int = Field(primary_key=True)
    kind: str
    note: str
    to: str
    by: str
    at: datetime = Field(sa_type=UtcDateTime)
    day_on: date


@dataclass(frozen=True, slots=True)
class KeptComplaint:
    """
    A complaint as it is kept.

    Parameters
    ----------
    complaint_id, code
        Row id; the number people say.
    complaint
        What was asked.
    contact
        How the person is reached: personal data, empty when not given.
    external_ref
        The channel's own number, None for none.
    steps
        What was done, in order.
    """

    complaint_id: str
    code: str
    complaint: Complaint
    contact: str = ""
    external_ref: str | None = None
    steps: tuple[Step, ...] = ()

    @property
    def progress(self) -> Progress:
        """How it stands."""
        return progress(self.steps)


def save_complaint(session: Session, kept: KeptComplaint, taken_by: str, taken_at: datetime) -> None:
    """
    Keeps a new complaint.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the channel's number is known already.
    """
    values = {
        **asdict(kept.complaint),
        "complaint_id": kept.complaint_id,
        "code": kept.code,
        "contact": kept.contact,
        "external_ref": kept.external_ref,
        "taken_by": taken_by,
        "taken_at": taken_at,
    }
    insert_rows(session, ComplaintRow, [values])


def save_step(session: Session, complaint_id: str, number: int, step: Step) -> None:
    """
    Keeps what was done next.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When somebody else took this step's number in the same moment.
    """
    insert_rows(session, ComplaintStepRow, [{**asdict(step), "complaint_id": complaint_id, "number": number}])


def load_complaints(
    session: Session, from_on: date | None = None, to_on: date | None = None, code: str | None = None
) -> list[KeptComplaint]:
    """Complaints received on these days (both included, None is open), or the one of a code, as received."""
    query = select(ComplaintRow)
    if from_on is not None:
        query = query.where(col(ComplaintRow.received_on) >= from_on)
    if to_on is not None:
        query = query.where(col(ComplaintRow.received_on) <= to_on)
    if code is not None:
        query = query.where(ComplaintRow.code == code)
    rows = session.exec(query.order_by(col(ComplaintRow.received_on), col(ComplaintRow.complaint_id))).all()
    steps = _steps(session, [row.complaint_id for row in rows])
    return [_kept(row, steps[row.complaint_id]) for row in rows]


def complaint_of_ref(session: Session, channel: str, external_ref: str) -> str | None:
    """Code of the complaint that a channel's own number became, or None."""
    query = select(ComplaintRow.code).where(
        ComplaintRow.channel == channel, ComplaintRow.external_ref == external_ref
    )
    return session.exec(query).first()


def next_complaint_code(session: Session) -> str:
    """The number of the next complaint, ``T0007``."""
    count = session.exec(select(func.count()).select_from(ComplaintRow)).one()
    return short_code("T", count + 1, 4)


def _steps(session: Session, complaint_ids: Collection[str]) -> dict[str, list[Step]]:
    query = select(ComplaintStepRow).where(col(ComplaintStepRow.complaint_id).in_(complaint_ids))
    found: dict[str, list[Step]] = defaultdict(list)
    for row in session.exec(query.order_by("complaint_id", "number")):
        step = Step(cast(StepKind, row.kind), row.note, row.to, row.by, row.at, row.day_on)
        found[row.complaint_id].append(step)
    return found


def _kept(row: ComplaintRow, steps: list[Step]) -> KeptComplaint:
    complaint = Complaint(
        row.kind,
        row.text,
        row.channel,
        row.site_id,
        row.place,
        row.received_on,
        row.due_on,
        row.eaten_on,
        row.meal,
    )
    return KeptComplaint(row.complaint_id, row.code, complaint, row.contact, row.external_ref, tuple(steps))
