"""What happens on the road of a published day, and changes by a dispatcher's hand."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.day.by_hand import edit_told, hand_previewed, hand_published
from api.day.road_documents import hand_document, road_document, road_events_document, road_names
from api.day.road_events import road_previewed, road_replan
from api.day.road_told import road_told
from api.endpoints.day import MOST_SEED, ServiceHere
from api.house import House
from api.permissions import Actor
from api.web.access import HouseHere, LanguageHere, may
from orders.service import Service
from routing.day_events import RoadEvent
from routing.hands import Edit

router = APIRouter(prefix="/api/v1/services/{kitchen_id}/{service_on}/{meal}", tags=["day"])
Planner = Annotated[Actor, may("day.publish")]
Text = Annotated[str, Field(min_length=3, max_length=120)]
Digest = Annotated[str, Field(min_length=64, max_length=64)]


class RoadIn(BaseModel):
    """What happened, each as ``vehicle-down:V2@10:20``."""

    events: list[Text] = Field(min_length=1, max_length=20)
    seed: int = Field(default=1, ge=0, le=MOST_SEED)


class RoadConfirmedIn(RoadIn):
    """The same, with the digest of the preview that somebody looked at."""

    digest: Digest


class EditsIn(BaseModel):
    """Edits by hand, each as ``move:C05,T2,1`` or ``swap:V1,V2``."""

    edits: list[Text] = Field(min_length=1, max_length=20)


class EditsConfirmedIn(EditsIn):
    """The same, with the digest of the preview that somebody looked at."""

    digest: Digest


@router.post("/road/preview")
def preview_road(
    wanted: RoadIn, service: ServiceHere, house: HouseHere, language: LanguageHere, actor: Planner
) -> dict[str, Any]:
    """What events on the road make of the day: changes, who fetches what, each diner's time or remedy."""
    events = _events(house, service, wanted.events)
    found = road_previewed(house.database, service, events, now_at=house.clock.now(), seed=wanted.seed)
    with house.database.read() as session:
        return road_document(found, service, language, road_names(session, service), published=False)


@router.post("/road")
def tell_road(
    wanted: RoadConfirmedIn, service: ServiceHere, house: HouseHere, language: LanguageHere, actor: Planner
) -> dict[str, Any]:
    """
    Publishes what a preview showed as the next version.

    Refused: what has not happened yet (act_in_future), and when the day moved on since (replan_moved_on).
    """
    found = road_replan(
        house.database,
        service,
        _events(house, service, wanted.events),
        actor=actor,
        now_at=house.clock.now(),
        ids=house.ids,
        seed=wanted.seed,
        expected=wanted.digest,
    )
    with house.database.read() as session:
        return road_document(found, service, language, road_names(session, service), published=True)


@router.get("/road")
def road(
    service: ServiceHere, house: HouseHere, _: Annotated[Actor, may("day.read")]
) -> list[dict[str, Any]]:
    """What happened on the road of a day, and what each version made of it."""
    with house.database.read() as session:
        return road_events_document(session, service)


@router.post("/by-hand/preview")
def preview_hand(
    wanted: EditsIn, service: ServiceHere, house: HouseHere, language: LanguageHere, actor: Planner
) -> dict[str, Any]:
    """The plan after edits by hand, and every rule that it would break, in words."""
    edits = _edits(house, service, wanted.edits)
    found = hand_previewed(house.database, service, edits, now_at=house.clock.now())
    with house.database.read() as session:
        return hand_document(found, service, language, road_names(session, service))


@router.post("/by-hand")
def edit_by_hand(
    wanted: EditsConfirmedIn, service: ServiceHere, house: HouseHere, language: LanguageHere, actor: Planner
) -> dict[str, Any]:
    """
    Publishes the edited plan as the next version.

    Refused: a plan that breaks a rule (plan_by_hand_breaks), a locked trip (trip_locked), replan_moved_on.
    """
    done = hand_published(
        house.database,
        service,
        _edits(house, service, wanted.edits),
        actor=actor,
        now_at=house.clock.now(),
        ids=house.ids,
        expected=wanted.digest,
    )
    with house.database.read() as session:
        return road_document(done, service, language, road_names(session, service), published=True)


def _events(house: House, service: Service, texts: list[str]) -> list[RoadEvent]:
    with house.database.read() as session:
        return [road_told(session, service, text, house.clock.now()) for text in texts]


def _edits(house: House, service: Service, texts: list[str]) -> list[Edit]:
    with house.database.read() as session:
        return [edit_told(session, service, text) for text in texts]
