"""The house's clock; a rehearsal's can be moved on."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel

from api.audit import record
from api.clock import RehearsalClock
from api.permissions import Actor
from api.web.access import HouseHere, may
from orders.errors import Conflict

router = APIRouter(prefix="/api/v1/clock", tags=["clock"])


class ClockShows(BaseModel):
    """What the clock shows."""

    now_at: datetime
    rehearsal: bool
    speed: float


class Advance(BaseModel):
    """Where to move a rehearsal's clock."""

    to: AwareDatetime


@router.get("")
def read_clock(house: HouseHere, _: Annotated[Actor, may("clock.read")]) -> ClockShows:
    """The present instant of the house."""
    clock = house.clock
    if isinstance(clock, RehearsalClock):
        return ClockShows(now_at=clock.now(), rehearsal=True, speed=clock.speed)
    return ClockShows(now_at=clock.now(), rehearsal=False, speed=1)


@router.post("/advance")
def advance_clock(to: Advance, house: HouseHere, actor: Annotated[Actor, may("clock.advance")]) -> ClockShows:
    """Moves a rehearsal's clock on, never back; the system's clock is left alone."""
    clock = house.clock
    if not isinstance(clock, RehearsalClock):
        raise Conflict("not_a_rehearsal")
    shown_at = clock.advance_to(to.to)
    with house.database.begin() as session:
        record(session, actor, "clock.advance", "clock", shown_at)
    return ClockShows(now_at=shown_at, rehearsal=True, speed=clock.speed)
