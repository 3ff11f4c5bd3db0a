"""Rows of workers: how far each has come, so that a page can say whether the sensors are being heard."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlmodel import Field, Session, col, delete, select
from sqlmodel.sql.expression import SelectOfScalar

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
    failed
        How often the database kept nothing since the process began: what it kept then arrived long before.
    """

    __tablename__ = "workers"

    name: str = Field(primary_key=True)
    seen_at: datetime = Field(sa_type=UtcDateTime)
    judged_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    frames: int = 0
    stored: int = 0
    acknowledged: int = 0
    failed: int = 0


class WorkerLinkRow(Row, table=True):
    """
    Whether a worker hears a broker.

    Parameters
    ----------
    worker
        As `WorkerRow.name`.
    broker
        As ``sensors.toml`` names it.
    is_connected
        Whether its subscription stands.
    since_at
        Since when that is so, by the house's clock.
    """

    __tablename__ = "worker_links"

    worker: str = Field(primary_key=True)
    broker: str = Field(primary_key=True)
    is_connected: bool
    since_at: datetime = Field(sa_type=UtcDateTime)


def report_worker(session: Session, row: WorkerRow) -> None:
    """Writes a worker's state over its last."""
    session.merge(row)
    session.flush()


def load_workers(session: Session) -> list[WorkerRow]:
    """Every worker that ever reported, by name."""
    return list(session.exec(select(WorkerRow).order_by("name")))


def report_links(
    session: Session, worker: str, brokers: Collection[str], lacking: Collection[str], now_at: datetime
) -> None:
    """
    Notes which brokers a worker hears; what has not changed keeps its instant.

    Parameters
    ----------
    session
        The caller's transaction.
    worker
        Its name.
    brokers, lacking
        All it should hear, and those of them that it does not.
    now_at
        Now.
    """
    kept = {row.broker: row for row in session.exec(_links_of([worker]))}
    for gone in kept.keys() - set(brokers):
        session.delete(kept[gone])
    for broker in brokers:
        is_connected, row = broker not in lacking, kept.get(broker)
        if row is None or row.is_connected != is_connected:
            session.merge(
                WorkerLinkRow(worker=worker, broker=broker, is_connected=is_connected, since_at=now_at)
            )
    session.flush()


def load_links(session: Session, workers: Collection[str] | None = None) -> list[WorkerLinkRow]:
    """What these workers hear, or all of them, by worker and broker."""
    query = select(WorkerLinkRow) if workers is None else _links_of(workers)
    return list(session.exec(query.order_by("worker", "broker")))


def forget_workers(session: Session, names: Iterable[str]) -> None:
    """Strikes the workers of another division than these names have."""
    known = list(names)
    session.exec(delete(WorkerRow).where(col(WorkerRow.name).not_in(known)))
    session.exec(delete(WorkerLinkRow).where(col(WorkerLinkRow.worker).not_in(known)))


def _links_of(workers: Collection[str]) -> SelectOfScalar[WorkerLinkRow]:
    return select(WorkerLinkRow).where(col(WorkerLinkRow.worker).in_(workers))
