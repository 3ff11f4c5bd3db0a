"""Which probe sat in which box, and when."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from orders.errors import Conflict, NotFound
from orders.store.base import Row
from telemetry.readings import SENSES, ProbeUse, Senses
from telemetry.store.microseconds import Microseconds

_STILL_INSIDE = text("to_at IS NULL")


class ProbeUseRow(Row, table=True):
    """One `ProbeUse`: a probe sits in one box at a time, by a unique index over those still inside."""

    __tablename__ = "telemetry_probe_uses"
    __table_args__ = (
        CheckConstraint(f"senses IN {SENSES}", name="senses"),
        CheckConstraint("to_at IS NULL OR to_at >= from_at", name="to_after_from"),
        Index(
            "uq_telemetry_probe_uses_still_inside",
            "device_id",
            "probe",
            unique=True,
            sqlite_where=_STILL_INSIDE,
            postgresql_where=_STILL_INSIDE,
        ),
    )

    device_id: str = Field(primary_key=True, max_length=64)
    probe: str = Field(primary_key=True, max_length=64)
    from_at: datetime = Field(primary_key=True, sa_type=Microseconds)
    to_at: datetime | None = Field(default=None, sa_type=Microseconds)
    box_id: str = Field(index=True, max_length=36)
    senses: str = Field(max_length=8)
    core_c: float | None = None


def put_in(session: Session, use: ProbeUse) -> None:
    """
    Notes that a probe was put into a box.

    Raises
    ------
    Conflict
        When the probe sat in a box, this or another, at any instant of this use.
    """
    row = ProbeUseRow(
        device_id=use.device_id,
        probe=use.probe,
        from_at=use.from_at,
        to_at=use.to_at,
        box_id=use.box_id,
        senses=use.senses,
        core_c=use.core_c,
    )
    taken = Conflict("probe_in_a_box", device_id=use.device_id, probe=use.probe)
    if _overlaps(session, use):
        raise taken
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as lost_race:
        raise taken from lost_race


def take_out(session: Session, device_id: str, probe: str, to_at: datetime) -> ProbeUse:
    """
    Notes that a probe left its box.

    Parameters
    ----------
    session
        The caller's transaction.
    device_id, probe
        The probe.
    to_at
        When it left; readings from this instant on no longer belong to the box.

    Returns
    -------
    ProbeUse
        The use, now ended.

    Raises
    ------
    NotFound
        When the probe sits in no box.
    Conflict
        When it would have left before it came.
    """
    row = session.exec(_of_probe(device_id, probe).where(col(ProbeUseRow.to_at).is_(None))).one_or_none()
    if row is None:
        raise NotFound("probe_use", f"{device_id}/{probe}")
    if to_at < row.from_at:
        raise Conflict("probe_leaves_before_it_came", device_id=device_id, probe=probe)
    row.to_at = to_at
    session.flush()
    return _fact(row)


def take_away(session: Session, box_id: str) -> list[ProbeUse]:
    """Drops the uses of a box whose packing was corrected, and gives them; put in what is true instead."""
    rows = session.exec(select(ProbeUseRow).where(ProbeUseRow.box_id == box_id)).all()
    uses = [_fact(row) for row in rows]
    for row in rows:
        session.delete(row)
    session.flush()
    return uses


def uses_of_boxes(session: Session, box_ids: Sequence[str]) -> dict[str, list[ProbeUse]]:
    """Uses of each box, earliest first; a box without a probe has an empty list."""
    uses: dict[str, list[ProbeUse]] = {box_id: [] for box_id in box_ids}
    query = select(ProbeUseRow).where(col(ProbeUseRow.box_id).in_(box_ids))
    for row in session.exec(query.order_by(col(ProbeUseRow.from_at), ProbeUseRow.device_id)):
        uses[row.box_id].append(_fact(row))
    return uses


def open_uses(session: Session) -> list[ProbeUse]:
    """Uses of the probes that are in a box now, by device and probe."""
    query = select(ProbeUseRow).where(col(ProbeUseRow.to_at).is_(None))
    return [_fact(row) for row in session.exec(query.order_by(ProbeUseRow.device_id, ProbeUseRow.probe))]


def use_at(session: Session, device_id: str, probe: str, at: datetime) -> ProbeUse | None:
    """The use to which a reading of this probe at this instant belongs, or None when it sat in no box."""
    to_at = col(ProbeUseRow.to_at)
    query = _of_probe(device_id, probe).where(
        col(ProbeUseRow.from_at) <= at, or_(to_at.is_(None), to_at > at)
    )
    row = session.exec(query).first()
    return None if row is None else _fact(row)


def _of_probe(device_id: str, probe: str) -> SelectOfScalar[ProbeUseRow]:
    return select(ProbeUseRow).where(ProbeUseRow.device_id == device_id, ProbeUseRow.probe == probe)


def _overlaps(session: Session, use: ProbeUse) -> bool:
    to_at = col(ProbeUseRow.to_at)
    query = _of_probe(use.device_id, use.probe).where(or_(to_at.is_(None), to_at > use.from_at))
    if use.to_at is not None:
        query = query.where(col(ProbeUseRow.from_at) < use.to_at)
    return session.exec(query).first() is not None


def _fact(row: ProbeUseRow) -> ProbeUse:
    senses = cast(Senses, row.senses)
    return ProbeUse(row.device_id, row.probe, senses, row.box_id, row.from_at, row.to_at, row.core_c)
