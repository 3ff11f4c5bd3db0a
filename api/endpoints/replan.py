"""The rest of a published day planned again, after something went wrong."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.day.replan import previewed, replan
from api.day.replan_documents import events_document, names_of, ref_of, replan_document
from api.day.replan_undo import undo_replan
from api.endpoints.day import MOST_SEED, ServiceHere
from api.house import House
from api.permissions import Actor
from api.web.access import HouseHere, LanguageHere, may
from kitchen.replan import Event, EventKind
from kitchen.store.replans import load_replans
from orders.errors import BadInput
from orders.service import Service

router = APIRouter(prefix="/api/v1/services/{kitchen_id}/{service_on}/{meal}", tags=["day"])
Planner = Annotated[Actor, may("day.publish")]
MOST_MINUTES = 600


class EventIn(BaseModel):
    """What went wrong, by the code of the batch, cook or piece of equipment."""

    kind: EventKind
    of: str = Field(max_length=60)
    minutes: int = Field(default=0, ge=0, le=MOST_MINUTES)
    seed: int = Field(default=1, ge=0, le=MOST_SEED)


class ConfirmedIn(EventIn):
    """The same, with the digest of the preview that somebody looked at."""

    digest: str = Field(min_length=64, max_length=64)


class Undone(BaseModel):
    """The version that is published now, and the one that it repeats."""

    version: int
    repeats: int


@router.post("/replan/preview")
def preview_replan(
    wanted: EventIn, service: ServiceHere, house: HouseHere, language: LanguageHere, actor: Planner
) -> dict[str, Any]:
    """What planning the rest of the day again would change; its digest is what confirms it."""
    event = _event(house, service, wanted)
    now_at = house.clock.now()
    would = previewed(house.database, service, event, now_at=now_at, ids=house.ids, seed=wanted.seed)
    with house.database.read() as session:
        return replan_document(would, language, names_of(session, service), published=False)


@router.post("/replan")
def replan_day(
    wanted: ConfirmedIn, service: ServiceHere, house: HouseHere, language: LanguageHere, actor: Planner
) -> dict[str, Any]:
    """
    Publishes what a preview showed: changes, and who gets what instead.

    Refused (replan_moved_on) when anything was published, reported or ordered since the preview.
    """
    done = replan(
        house.database,
        service,
        _event(house, service, wanted),
        actor=actor,
        now_at=house.clock.now(),
        ids=house.ids,
        seed=wanted.seed,
        expected=wanted.digest,
    )
    with house.database.read() as session:
        return replan_document(done, language, names_of(session, service), published=True)


@router.post("/replan/undo")
def undo(service: ServiceHere, house: HouseHere, actor: Planner) -> Undone:
    """The version before the last re-plan is published again, while nothing of the new one has begun."""
    done = undo_replan(house.database, service, actor=actor, now_at=house.clock.now(), ids=house.ids)
    return Undone(version=done[0], repeats=done[1])


@router.get("/replans")
def replans(
    service: ServiceHere, house: HouseHere, _: Annotated[Actor, may("day.read")]
) -> list[dict[str, Any]]:
    """What went wrong on a day, what each version changed, and what was taken back."""
    with house.database.read() as session:
        return events_document(load_replans(session, service.key))


def _event(house: House, service: Service, wanted: EventIn) -> Event:
    if (wanted.kind == "slip") != (wanted.minutes > 0):
        raise BadInput("replan_minutes", kind=wanted.kind)
    with house.database.read() as session:
        return Event(wanted.kind, ref_of(session, service, wanted.kind, wanted.of), wanted.minutes)
