"""Which probe sat in which box, and when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from orders.errors import Conflict, NotFound
from orders.store.base import Row
from orders.store.triggers import APPEND_ONLY
from telemetry.pairing import Pairing
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


class CorrectedUseRow(Row, table=True):
    """A `ProbeUse` of a correction: one that was noted and stands no longer, or one that stands instead."""

    __tablename__ = "telemetry_corrected_uses"
    __table_args__ = (CheckConstraint(f"senses IN {SENSES}", name="senses"), {"info": APPEND_ONLY})

    correction_id: str = Field(primary_key=True, max_length=36)
    stands: bool = Field(primary_key=True)
    device_id: str = Field(primary_key=True, max_length=64)
    probe: str = Field(primary_key=True, max_length=64)
    from_at: datetime = Field(primary_key=True, sa_type=Microseconds)
    to_at: datetime | None = Field(default=None, sa_type=Microseconds)
    box_id: str = Field(index=True, max_length=36)
    senses: str = Field(max_length=8)
    core_c: float | None = None
    actor: str = Field(max_length=36)
    corrected_at: datetime = Field(sa_type=Microseconds)
    since_at: datetime = Field(sa_type=Microseconds)
    reason: str = Field(max_length=32)


@dataclass(frozen=True, slots=True)
class Correcting:
    """
    Who corrects a use, when, and why.

    Parameters
    ----------
    correction_id
        Row id of the correction.
    actor
        Who, as a user id.
    at
        When.
    since_at
        From which minute on it was otherwise.
    reason
        A code: ``"moved"``, ``"packing_mended"`` or ``"packing_withdrawn"``.
    """

    correction_id: str
    actor: str
    at: datetime
    since_at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class CorrectedUse:
    """
    A use that a correction took away or put in its place.

    Parameters
    ----------
    use
        As it was noted then.
    stands
        Whether it is what the correction says; False for what was wrong.
    by
        Who corrected it, when, and why.
    """

    use: ProbeUse
    stands: bool
    by: Correcting


def put_in(session: Session, use: ProbeUse) -> None:
    """
    Notes that a probe was put into a box.

    Raises
    ------
    Conflict
        When the probe sat in a box, this or another, at any instant of this use; ``box`` names it by its
        row id.
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
    other = _overlapping(session, use)
    if other is not None:
        raise _in_a_box(use, other.box_id)
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as lost_race:
        other = _overlapping(session, use)
        raise _in_a_box(use, other.box_id if other else "") from lost_race


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


def empty_box(session: Session, box_id: str, at: datetime) -> None:
    """Notes that every probe still in a box left it at an instant, at the earliest when it came."""
    for use in uses_of_boxes(session, [box_id])[box_id]:
        if use.to_at is None:
            take_out(session, use.device_id, use.probe, max(at, use.from_at))


def refill_box(session: Session, box_id: str, left_at: datetime) -> None:
    """
    Notes that the probes that left a box at an instant are still inside.

    Raises
    ------
    Conflict
        When one of them sits in another box by now.
    """
    query = select(ProbeUseRow).where(ProbeUseRow.box_id == box_id, col(ProbeUseRow.to_at) == left_at)
    for row in session.exec(query):
        of_probe = uses_of_probe(session, row.device_id, row.probe)
        later = next((one for one in of_probe if one.from_at >= left_at), None)
        if later is not None:
            raise _in_a_box(_fact(row), later.box_id)
        row.to_at = None
    session.flush()


def take_away(session: Session, box_id: str, by: Correcting) -> list[ProbeUse]:
    """
    The uses of a box whose packing was corrected: they no longer stand; put in what is true instead.

    Parameters
    ----------
    session
        The caller's transaction.
    box_id
        The box.
    by
        Who corrects it.

    Returns
    -------
    list[ProbeUse]
        What stood; it stays among `corrected_uses`.
    """
    uses = uses_of_boxes(session, [box_id])[box_id]
    _withdraw(session, uses, by)
    return uses


def correct(session: Session, pairing: Pairing, by: Correcting) -> None:
    """
    Keeps what `telemetry.pairing.corrected` found: both the wrong uses and the right ones stay readable.

    Raises
    ------
    Conflict
        When a right one shares an instant with another use.
    """
    _withdraw(session, pairing.gone, by)
    for use in pairing.stand:
        put_in(session, use)
        session.add(_corrected_row(use, True, by))
    session.flush()


def corrected_uses(session: Session, box_ids: Sequence[str]) -> dict[str, list[CorrectedUse]]:
    """What was corrected of each box's uses, in the order of the corrections, the wrong ones first."""
    found: dict[str, list[CorrectedUse]] = {box_id: [] for box_id in box_ids}
    query = select(CorrectedUseRow).where(col(CorrectedUseRow.box_id).in_(box_ids))
    ordered = query.order_by(
        col(CorrectedUseRow.corrected_at),
        CorrectedUseRow.correction_id,
        col(CorrectedUseRow.stands),
        CorrectedUseRow.device_id,
        col(CorrectedUseRow.from_at),
    )
    for row in session.exec(ordered):
        by = Correcting(row.correction_id, row.actor, row.corrected_at, row.since_at, row.reason)
        found[row.box_id].append(CorrectedUse(_fact(row), row.stands, by))
    return found


def uses_of_probe(session: Session, device_id: str, probe: str) -> list[ProbeUse]:
    """Every use of a probe that stands, earliest first."""
    query = _of_probe(device_id, probe).order_by(col(ProbeUseRow.from_at))
    return [_fact(row) for row in session.exec(query)]


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


def places_now(session: Session, device_id: str) -> list[str]:
    """Where the probes of a device are now, by row id of the box or asset."""
    query = select(ProbeUseRow.box_id).where(
        ProbeUseRow.device_id == device_id, col(ProbeUseRow.to_at).is_(None)
    )
    return sorted(set(session.exec(query)))


def boxes_between(
    session: Session, device_id: str, probe: str, from_at: datetime, to_at: datetime
) -> list[str]:
    """The boxes in which a probe sat at any instant between two, both inclusive, by their ids."""
    left_at = col(ProbeUseRow.to_at)
    query = _of_probe(device_id, probe).where(
        col(ProbeUseRow.from_at) <= to_at, or_(left_at.is_(None), left_at > from_at)
    )
    return sorted({row.box_id for row in session.exec(query)})


def _of_probe(device_id: str, probe: str) -> SelectOfScalar[ProbeUseRow]:
    return select(ProbeUseRow).where(ProbeUseRow.device_id == device_id, ProbeUseRow.probe == probe)


def _withdraw(session: Session, uses: Iterable[ProbeUse], by: Correcting) -> None:
    for use in uses:
        session.delete(session.get_one(ProbeUseRow, (use.device_id, use.probe, use.from_at)))
        session.add(_corrected_row(use, False, by))
    session.flush()


def _corrected_row(use: ProbeUse, stands: bool, by: Correcting) -> CorrectedUseRow:
    return CorrectedUseRow(
        correction_id=by.correction_id,
        stands=stands,
        device_id=use.device_id,
        probe=use.probe,
        from_at=use.from_at,
        to_at=use.to_at,
        box_id=use.box_id,
        senses=use.senses,
        core_c=use.core_c,
        actor=by.actor,
        corrected_at=by.at,
        since_at=by.since_at,
        reason=by.reason,
    )


def _in_a_box(use: ProbeUse, box_id: str) -> Conflict:
    return Conflict("probe_in_a_box", device_id=use.device_id, probe=use.probe, box=box_id)


def _overlapping(session: Session, use: ProbeUse) -> ProbeUseRow | None:
    to_at = col(ProbeUseRow.to_at)
    query = _of_probe(use.device_id, use.probe).where(or_(to_at.is_(None), to_at > use.from_at))
    if use.to_at is not None:
        query = query.where(col(ProbeUseRow.from_at) < use.to_at)
    return session.exec(query.order_by(col(ProbeUseRow.from_at))).first()


def _fact(row: ProbeUseRow | CorrectedUseRow) -> ProbeUse:
    senses = cast(Senses, row.senses)
    return ProbeUse(row.device_id, row.probe, senses, row.box_id, row.from_at, row.to_at, row.core_c)
