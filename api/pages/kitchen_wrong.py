"""Something went wrong in the kitchen: what, and what is done instead."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.day.replan import replan
from api.day.replan_documents import replan_document
from api.day.views_kitchen import kitchen_view
from api.pages.shell import chosen
from api.permissions import Actor
from api.web.access import HouseHere, LanguageHere, may
from api.web.render import render
from kitchen.replan import EVENT_KINDS, Event
from kitchen.store.equipment import load_equipment
from kitchen.store.staff import load_workers
from orders.errors import BadInput

router = APIRouter(prefix="/kitchen/wrong", include_in_schema=False)
Planner = Annotated[Actor, may("day.publish")]
SLIPS = (10, 20, 30)
SEED = 1


@router.get("")
def page(request: Request, house: HouseHere, actor: Planner, service: str = "") -> Response:
    """What can go wrong, to be tapped on."""
    with house.database.read() as session:
        facts = _facts(session, request, actor, service)
    return render(request, "kitchen_wrong.html", done=None, **facts)


@router.post("")
def wrong(
    request: Request,
    house: HouseHere,
    language: LanguageHere,
    actor: Planner,
    kind: Annotated[str, Form(max_length=10)],
    ref: Annotated[str, Form(max_length=60)],
    minutes: Annotated[int, Form(ge=0, le=600)] = 0,
    service: Annotated[str, Form()] = "",
) -> Response:
    """The rest of the day is planned again and published."""
    known = next((one for one in EVENT_KINDS if one == kind), None)
    if known is None or (known == "slip") != (minutes > 0):
        raise BadInput("replan_minutes", kind=kind)
    with house.database.read() as session:
        shown = chosen(session, actor, request, service)[1]
    outcome = replan(
        house.database,
        shown,
        Event(known, ref, minutes),
        actor=actor,
        now_at=house.clock.now(),
        ids=house.ids,
        seed=SEED,
    )
    with house.database.read() as session:
        facts = _facts(session, request, actor, service)
    return render(request, "kitchen_wrong.html", done=replan_document(outcome, language), **facts)


def _facts(session: Session, request: Request, actor: Actor, wanted: str) -> dict[str, Any]:
    choice, service = chosen(session, actor, request, wanted)
    view = kitchen_view(session, service, request.app.state.house.clock.now())
    workers = load_workers(session, service.kitchen_id, service.service_on).values()
    return {
        "choice": choice,
        "service": service,
        "zone": service.zone,
        "batches": view.due,
        "names": view.names,
        "equipment": load_equipment(session, service.kitchen_id),
        "cooks": [one for one in workers if one.cooks],
        "slips": SLIPS,
    }
