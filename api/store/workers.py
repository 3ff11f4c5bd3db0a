"""Rows of workers: how far each has come, so that a page can say whether the sensors are being heard."""

from datetime import datetime

from sqlmodel import Field, Session, select

from orders.store.base import Row, UtcDateTime


class WorkerRow(Row, table=True):
    """
    The state of one worker process, written over with each report.

    Parameters
    ----------
    name
        ``"ingest"``, with its partition where there are several.
    seen_at
        When it last reported, by the house's clock.
    judged_at
        Every open box has been judged as of this instant.
    frames, acknowledged
        Since the process began.
    stored
        Readings in the database that are judged.
    """

    __tablename__ = "workers"

    name: str = Field(primary_key=True)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    judged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    frames: int = 0
    stored: int = 0
    acknowledged: int = 0


def report_worker(session: Session, row: WorkerRow) -> None:
    """Writes a worker's state over its last."""
    session.merge(row)
    session.flush()


def load_workers(session: Session) -> list[WorkerRow]:
    """Every worker that ever reported, by name."""
    return list(session.exec(select(WorkerRow).order_by("name")))
