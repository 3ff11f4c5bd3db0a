"""The clock of a batch that a core at the end of cooking starts, or puts right."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from api.checks.desk import CheckDesk
from api.checks.floor import Floor
from api.checks.points import COOK, is_told_by, names
from api.day.cook import batch_cooked
from api.day.corrections import Hand, Mended, mend
from kitchen.haccp import ControlPoint, Standing
from kitchen.store.acts import load_history
from kitchen.store.steps import Step
from orders.errors import Conflict


@dataclass(frozen=True, slots=True)
class Clock:
    """
    The clock of a batch when a core at the end of cooking is told.

    Parameters
    ----------
    batch_id
        Of which batch; None where nothing starts it.
    runs, stood
        Whether it runs; how the point stood.
    core_c
        Of the act that started it; None where none did, or nobody measured.
    old_at
        Since when, where the measurement that is corrected started it; None where another did.
    """

    batch_id: str | None = None
    runs: bool = False
    stood: Standing = "missing"
    core_c: float | None = None
    old_at: datetime | None = None


def clock_of(session: Session, floor: Floor, batch_id: str | None, old: Step | None) -> Clock:
    """The clock of a batch; `Conflict` when the correction would take away that of another one."""
    if batch_id is None:
        return Clock()
    if old is not None and old.batch_id != batch_id and _started_by(session, old):
        raise Conflict("step_started_clock")
    acts = load_history(session, "cooked", batch_id)
    stands = acts[-1] if acts and not acts[-1].withdrawn else None
    own = next(one for one in floor.of_batch[batch_id] if one.point.code == COOK)
    is_old = stands is not None and old is not None and _started_by(session, old)
    return Clock(
        batch_id,
        batch_id in floor.cooked_at,
        own.standing,
        stands.core_c if stands else None,
        stands.happened_at if stands and is_old else None,
    )


def _started_by(session: Session, step: Step) -> bool:
    acts = load_history(session, "cooked", step.batch_id or "")
    return any(is_told_by(act, step) for act in acts)


def require_clock(point: ControlPoint, step: Step, clock: Clock, told_ref: str) -> None:
    """Lets a good core be kept: one that starts no second clock, nor the clock of food that is discarded."""
    if clock.batch_id is None or not step.passed:
        return
    if clock.stood == "discard" and not clock.runs:
        raise Conflict(f"point_{clock.stood}", ref=told_ref, **names(point))
    if clock.stood == "passed" and clock.runs and step.replaces is None:
        raise Conflict("batch_cooked_already", batch=told_ref)


def start_clock(session: Session, desk: CheckDesk, step: Step, clock: Clock) -> None:
    """
    Lets a core at the end of cooking start the batch's clock, or correct the act that started it.

    A core measured again while the clock runs leaves it alone: the food was off the heat at that minute.
    Where the act was corrected to a core below the limit, the food never was: the next good one is its act.
    """
    if clock.batch_id is None:
        return
    if not clock.runs:
        if step.passed:
            batch_cooked(
                session,
                clock.batch_id,
                core_c=step.value_c,
                actor=desk.actor,
                now_at=desk.now_at,
                ids=desk.ids,
                happened_at=step.happened_at,
            )
        return
    raw = clock.core_c is not None and step.least_c is not None and clock.core_c < step.least_c
    if clock.old_at is not None or (raw and step.passed and step.replaces is None):
        at = None if step.happened_at == clock.old_at else step.happened_at
        hand = Hand(desk.actor, desk.now_at, desk.ids)
        told = Mended(at, step.value_c, reason=step.reason, measured=True)
        mend(session, "cooked", clock.batch_id, told, hand)
