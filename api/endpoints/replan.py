"""The rest of a published day planned again, after something went wrong."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.day.replan import replan
from api.day.replan_documents import ref_of, replan_document
from api.endpoints.day import MOST_SEED, ServiceHere
from api.permissions import Actor
from api.web.access import HouseHere, LanguageHere, may
from kitchen.replan import Event, EventKind
from kitchen.store.replans import load_replans
from orders.errors import BadInput

router = APIRouter(prefix="/api/v1/services/{kitchen_id}/{service_on}/{meal}", tags=["day"])
MOST_MINUTES = 600


class EventIn(BaseModel):
    """What went wrong, by the code of the batch, cook or piece of equipment."""

    kind: EventKind
    of: str = Field(max_length=60)
    minutes: int = Field(default=0, ge=0, le=MOST_MINUTES)
    seed: int = Field(default=1, ge=0, le=MOST_SEED)


@router.post("/replan")
def replan_day(
    wanted: EventIn,
    service: ServiceHere,
    house: HouseHere,
    language: LanguageHere,
    actor: Annotated[Actor, may("day.publish")],
) -> dict[str, Any]:
    """Plans the rest of a published day again and publishes it: changes, and who gets what instead."""
    if (wanted.kind == "slip") != (wanted.minutes > 0):
        raise BadInput("replan_minutes", kind=wanted.kind)
    with house.database.read() as session:
        ref = ref_of(session, service, wanted.kind, wanted.of)
    done = replan(
        house.database,
        service,
        Event(wanted.kind, ref, wanted.minutes),
        actor=actor,
        now_at=house.clock.now(),
        ids=house.ids,
        seed=wanted.seed,
    )
    return replan_document(done, language)


@router.get("/replans")
def replans(
    service: ServiceHere, house: HouseHere, _: Annotated[Actor, may("day.read")]
) -> list[dict[str, Any]]:
    """What went wrong on a day, and what each version changed."""
    with house.database.read() as session:
        return [
            {"version": one.version, "kind": one.kind, "at": one.at.isoformat(), **one.found}
            for one in load_replans(session, service.key)
        ]
