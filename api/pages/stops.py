"""Stop: the bar on every page, the page of one stop, and the acts of stopping, answering and ending."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from sqlmodel import Session

from api.audit import record
from api.checks.desk import CheckDesk, watch_of
from api.checks.withholding import WithheldTold, end_hold, withhold
from api.day.services import find_kitchen
from api.day.stop_people import reach_of
from api.day.stops import FoodStop, find_stop, seen_stop, stops_for
from api.day.views_alarms import called_for
from api.pages.shell import answer, chosen, is_fragment
from api.permissions import Actor
from api.web.access import HouseHere, may, user_of
from api.web.news import News
from api.web.render import render
from orders.service import parse_service

router = APIRouter(prefix="/stops", include_in_schema=False)
Reader = Annotated[Actor, may("stop.read")]


@router.get("/news")
async def news(request: Request, actor: Reader) -> StreamingResponse:
    """Marks that change when something must be seen at once; they tell nothing by themselves."""
    told: News = request.app.state.news
    return StreamingResponse(told.marks(), media_type="text/event-stream")


@router.get("/bar")
def bar(request: Request, house: HouseHere, actor: Reader) -> Response:
    """What stands at the top of every page: the stops that concern the reader, and alarms that call them."""
    now_at, login = house.clock.now(), user_of(request).login
    with house.database.read() as session:
        stops = stops_for(session, actor, now_at)
        called = called_for(session, actor, login, now_at)
    return render(request, "stop_bar.html", stops=stops, called=called)


@router.post("")
def stopped(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("food.hold")],
    ref: Annotated[str, Form(max_length=80)],
    reason: Annotated[str, Form(max_length=200)],
    person: Annotated[str, Form(max_length=80)] = "",
    service: Annotated[str, Form()] = "",
) -> Response:
    """One button: a batch or a closed box goes nowhere from now on."""
    with house.database.read() as session:
        shown = chosen(session, actor, request, service)[1]
    with house.database.begin(lock=shown.key) as session:
        desk = CheckDesk(find_kitchen(session, shown.kitchen_id), actor, house.clock.now(), house.ids)
        kept = withhold(session, desk, shown, WithheldTold(ref, reason, person))
    page = f"/stops/{kept.withheld_id}"
    if is_fragment(request):
        return Response(status_code=204, headers={"HX-Redirect": page})
    return RedirectResponse(page, status_code=303)


@router.get("/{withheld_id}")
def page(request: Request, house: HouseHere, actor: Reader, withheld_id: str) -> Response:
    """One stop: who has answered, and whom the food has reached. Who asked is written down."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        stop = find_stop(session, withheld_id, actor)
        reach = reach_of(session, stop.service, stop.held, stop.boxes, actor)
        subject = f"{stop.service.key}/{stop.held.code}"
        record(session, actor, "stop.read", subject, now_at, {"meals": len(reach.meals)})
        facts = _facts(session, stop)
    return render(request, "stop.html", reach=reach, **facts)


@router.get("/{withheld_id}/live")
def live(request: Request, house: HouseHere, actor: Reader, withheld_id: str) -> Response:
    """The part of the page that changes by itself."""
    with house.database.read() as session:
        facts = _facts(session, find_stop(session, withheld_id, actor))
    return render(request, "stop_live.html", done="", **facts)


@router.post("/{withheld_id}/seen")
def seen(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("stop.seen")],
    withheld_id: str,
    kind: Annotated[Literal["site", "van"], Form()],
    place_id: Annotated[str, Form(max_length=80)],
    person: Annotated[str, Form(max_length=80)] = "",
    comment: Annotated[str, Form(max_length=200)] = "",
    on_bar: Annotated[bool, Form()] = False,
) -> Response:
    """A place says that it knows and keeps the food back, or the kitchen says so after a call."""
    now_at = house.clock.now()
    with house.database.begin() as session:
        told = {"person": person, "comment": comment}
        seen_stop(session, withheld_id, kind, place_id, actor=actor, now_at=now_at, **told)
    if on_bar and is_fragment(request):
        return bar(request, house, actor)
    return _done(request, house, actor, withheld_id, "It is noted.")


@router.post("/{withheld_id}/ended")
def ended(
    request: Request,
    house: HouseHere,
    actor: Annotated[Actor, may("food.lift")],
    withheld_id: str,
    kind: Annotated[Literal["lifted", "discarded"], Form()],
    reason: Annotated[str, Form(max_length=200)],
    person: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """A second person releases the food or withdraws it."""
    with house.database.begin() as session:
        stop = find_stop(session, withheld_id, actor)
        kitchen = find_kitchen(session, stop.service.kitchen_id)
        desk = CheckDesk(kitchen, actor, house.clock.now(), house.ids)
        end_hold(session, desk, withheld_id, kind, reason, person)
    done = "It is released." if kind == "lifted" else "It is withdrawn."
    return _done(request, house, actor, withheld_id, done)


def _facts(session: Session, stop: FoodStop) -> dict[str, Any]:
    on = parse_service(stop.held.service_key).service_on
    people = watch_of(session, stop.service.kitchen_id, on).workers
    return {"stop": stop, "zone": stop.service.zone, "people": [one.name for one in people.values()]}


def _done(request: Request, house: HouseHere, actor: Actor, withheld_id: str, done: str) -> Response:
    with house.database.read() as session:
        facts = _facts(session, find_stop(session, withheld_id, actor))
    return answer(request, f"/stops/{withheld_id}", "stop_live.html", done, **facts)
