"""The page of alarms: what rings since when, who has answered, whom it calls next, what becomes of food."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.day.acknowledge import acknowledge_alarm
from api.day.decide import Decided, decide_alarm
from api.day.views_alarms import alarm_items
from api.pages.shell import answer
from api.permissions import Actor
from api.web.access import HouseHere, may
from api.web.render import render
from telemetry.store.alarm_acts import Disposition

router = APIRouter(prefix="/alarms", include_in_schema=False)
Reader = Annotated[Actor, may("alarm.read")]


@router.get("")
def page(request: Request, house: HouseHere, actor: Reader) -> Response:
    """The alarms that the reader may see."""
    with house.database.read() as session:
        facts = _facts(session, house, actor)
    return render(request, "alarms.html", **facts)


@router.get("/live")
def live(request: Request, house: HouseHere, actor: Reader) -> Response:
    """The part of the page that changes by itself."""
    with house.database.read() as session:
        facts = _facts(session, house, actor)
    return render(request, "alarms_live.html", done="", **facts)


@router.post("/{alarm_id}/seen")
def seen(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("alarm.acknowledge")],
    alarm_id: str,
    comment: Annotated[str, Form(max_length=500)],
    person: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Somebody has seen an alarm and says what is done; it calls nobody else."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        acknowledge_alarm(session, alarm_id, comment, actor=actor, now_at=now_at, person=person)
    return _done(request, house, actor, "It is noted.")


@router.post("/{alarm_id}/decided")
def decided(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("alarm.decide")],
    alarm_id: str,
    disposition: Annotated[Disposition, Form()],
    action: Annotated[str, Form(max_length=200)],
    person: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """What was done, and what becomes of the food."""
    now_at, told = house.clock.now(), Decided(disposition, action, person)
    with house.database.begin() as session:
        decide_alarm(session, alarm_id, told, actor=actor, now_at=now_at, ids=house.ids)
    return _done(request, house, actor, "It is written down.")


def _facts(session: Session, house: HouseHere, actor: Actor) -> dict[str, Any]:
    items = alarm_items(session, actor, house.clock.now())
    return {
        "open": [one for one in items if one.is_open],
        "over": [one for one in items if not one.is_open],
    }


def _done(request: Request, house: HouseHere, actor: Actor, done: str) -> Response:
    with house.database.read() as session:
        facts = _facts(session, house, actor)
    return answer(request, "/alarms", "alarms_live.html", done, **facts)
