"""The kitchen's page: what to cook and pack now, and the acts that say it is done."""

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from api.day.acknowledge import acknowledge_alarm
from api.day.close import settle
from api.day.cook import batch_cooked
from api.day.pack_boxes import box_packed
from api.day.views_kitchen import kitchen_view
from api.pages.shell import answer, chosen
from api.permissions import Actor
from api.web.access import HouseHere, may
from api.web.render import render

router = APIRouter(prefix="/kitchen", include_in_schema=False)
Reader = Annotated[Actor, may("day.plan")]


@router.get("")
def page(request: Request, house: HouseHere, actor: Reader, service: str = "") -> Response:
    """The kitchen's service of today."""
    with house.database.read() as session:
        facts = _facts(session, request, actor, service)
    return render(request, "kitchen.html", **facts)


@router.get("/live")
def live(request: Request, house: HouseHere, actor: Reader, service: str = "") -> Response:
    """The part of the page that changes by itself."""
    with house.database.read() as session:
        facts = _facts(session, request, actor, service)
    return render(request, "kitchen_live.html", done="", **facts)


@router.post("/batches/{batch_id}/cooked")
def cooked(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("batch.cook")],
    batch_id: str,
    core_c: Annotated[float, Form()],
    service: Annotated[str, Form()] = "",
) -> Response:
    """A batch came off the heat."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        batch_cooked(session, batch_id, core_c=core_c, actor=actor, now_at=now_at, ids=house.ids)
    return _done(request, house, actor, service, "The batch is off the heat.")


@router.post("/boxes/{box_id}/packed")
def packed(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("box.pack")],
    box_id: str,
    core_c: Annotated[float, Form()],
    carrier_code: Annotated[str, Form()],
    service: Annotated[str, Form()] = "",
) -> Response:
    """A box was closed."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        box_packed(
            session,
            box_id,
            core_c=core_c,
            carrier_code=carrier_code.strip(),
            actor=actor,
            now_at=now_at,
            ids=house.ids,
        )
    return _done(request, house, actor, service, "The box is closed.")


@router.post("/clashes/{clash_id}")
def settled(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("clash.settle")],
    clash_id: str,
    dish_id: Annotated[str, Form()] = "",
    service: Annotated[str, Form()] = "",
) -> Response:
    """Another dish stands in, or none when the field is empty."""
    now_at = house.clock.now()
    with house.database.read() as session:
        shown = chosen(session, actor, request, service)[1]
    with house.database.begin(lock=shown.key) as session:
        settle(session, shown, clash_id, dish_id or None, actor=actor, now_at=now_at, ids=house.ids)
    return _done(request, house, actor, service, "The clash is settled.")


@router.post("/alarms/{alarm_id}")
def acknowledged(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("alarm.acknowledge")],
    alarm_id: str,
    comment: Annotated[str, Form(max_length=500)],
    service: Annotated[str, Form()] = "",
) -> Response:
    """Somebody has seen an alarm and says what was done."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        acknowledge_alarm(session, alarm_id, comment, actor=actor, now_at=now_at)
    return _done(request, house, actor, service, "It is noted.")


def _facts(session: Session, request: Request, actor: Actor, wanted: str) -> dict[str, Any]:
    choice, service = chosen(session, actor, request, wanted)
    view = kitchen_view(session, service, request.app.state.house.clock.now())
    return {"choice": choice, "service": service, "zone": service.zone, "view": view}


def _done(request: Request, house: HouseHere, actor: Actor, wanted: str, done: str) -> Response:
    with house.database.read() as session:
        facts = _facts(session, request, actor, wanted)
    return answer(request, f"/kitchen?service={wanted}", "kitchen_live.html", done, **facts)
